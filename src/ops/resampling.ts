/** How each new element of an axis is made of old ones, by the modes of `interpolate`; the arithmetic is PyTorch's. */

/** For each new element the places of `taps` old ones, and their weights. */
export interface Table {
  readonly taps: number;
  readonly places: Int32Array;
  readonly weights: Float64Array;
}

/** An axis: its size before and after, and how far apart neighbours are in old elements. */
export interface AxisScale {
  readonly from: number;
  readonly to: number;
  /** 1 over the factor given, or `from / to`. */
  readonly step: number;
  readonly alignCorners: boolean;
  /** Rounds to the dtype of the elements, in which PyTorch works places out. */
  readonly round: (x: number) => number;
}

function table(
  to: number,
  taps: number,
  fill: (j: number, put: (place: number, weight: number) => void) => void,
): Table {
  const places = new Int32Array(to * taps);
  const weights = new Float64Array(to * taps);
  for (let j = 0; j < to; j++) {
    let at = j * taps;
    fill(j, (place, weight) => {
      places[at] = place;
      weights[at++] = weight;
    });
    // What is left weighs nothing, and is read where the element reads anyway.
    for (let k = Math.max(at, j * taps + 1); k < (j + 1) * taps; k++) places[k] = places[j * taps] as number;
  }
  return { taps, places, weights };
}

/** The element below, or with `exact` the one whose middle is nearest. PyTorch works this out in float32. */
export function nearest({ from, to, step }: AxisScale, exact: boolean): Table {
  const scale = Math.fround(step);
  return table(to, 1, (j, put) => {
    const place = Math.floor(Math.fround(Math.fround(j + (exact ? 0.5 : 0)) * scale));
    put(Math.min(place, from - 1), 1);
  });
}

/** Where the middle of new element j lies among the old ones. */
function source({ from, to, step, alignCorners, round }: AxisScale, j: number): number {
  if (alignCorners) return to > 1 ? round(round((from - 1) / (to - 1)) * j) : 0;
  return round(round(round(step) * (j + 0.5)) - 0.5);
}

/** Between two neighbours. */
export function linear(axis: AxisScale): Table {
  return table(axis.to, 2, (j, put) => {
    const x = Math.max(source(axis, j), 0);
    const below = Math.min(Math.floor(x), axis.from - 1);
    const share = axis.round(Math.min(Math.max(x - below, 0), 1));
    put(below, 1 - share);
    put(Math.min(below + 1, axis.from - 1), share);
  });
}

/** Keys' cubic convolution at a distance; `a` is its slope at 1. */
function cubicAt(x: number, a: number): number {
  const d = Math.abs(x);
  if (d < 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  return d < 2 ? ((d - 5) * d + 8) * d * a - 4 * a : 0;
}

/** Between four neighbours. */
export function cubic(axis: AxisScale): Table {
  return table(axis.to, 4, (j, put) => {
    const x = source(axis, j);
    const below = Math.floor(x);
    for (let k = -1; k <= 2; k++) {
      put(Math.min(Math.max(below + k, 0), axis.from - 1), cubicAt(x - below - k, -0.75));
    }
  });
}

/** The mean of the elements that a new one covers. */
export function area({ from, to }: AxisScale): Table {
  const first = (j: number): number => Math.floor((j * from) / to);
  const end = (j: number): number => Math.ceil(((j + 1) * from) / to);
  let taps = 1;
  for (let j = 0; j < to; j++) taps = Math.max(taps, end(j) - first(j));
  return table(to, taps, (j, put) => {
    for (let i = first(j); i < end(j); i++) put(i, 1 / (end(j) - first(j)));
  });
}

const triangle = (x: number): number => Math.max(1 - Math.abs(x), 0);
const FILTERS = {
  linear: { filter: triangle, width: 2 },
  cubic: { filter: (x: number): number => cubicAt(x, -0.5), width: 4 },
};

/** By a filter that widens where the axis gets smaller, so that nothing in between is left out. */
export function antialiased({ from, to, step, alignCorners }: AxisScale, kind: "linear" | "cubic"): Table {
  const { filter, width } = FILTERS[kind];
  const scale = alignCorners ? (to > 1 ? (from - 1) / (to - 1) : 0) : step;
  const support = (width / 2) * Math.max(scale, 1);
  const narrowing = scale >= 1 ? 1 / scale : 1;
  const taps = Math.ceil(support) * 2 + 1;
  return table(to, taps, (j, put) => {
    const centre = scale * (j + 0.5);
    const first = Math.max(Math.trunc(centre - support + 0.5), 0);
    const count = Math.min(Math.min(Math.trunc(centre + support + 0.5), from) - first, taps);
    const weights = Array.from({ length: Math.max(count, 0) }, (_, i) =>
      filter((i + first - centre + 0.5) * narrowing),
    );
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    for (const [i, weight] of weights.entries()) put(first + i, total === 0 ? weight : weight / total);
  });
}
