/** From a photographed page to its ink: light, shadows and paper are taken away. */
import { blurred, closing, mapped, median, type Plane } from "./plane.ts";

/** The ink of a page. */
export interface Ink {
  /** How much darker than the paper each place is (lighter, on a dark ground), from 0 to 1. */
  readonly contrast: Plane;
  /** The contrast from which on a place is ink. */
  readonly threshold: number;
}

/** Parts of the picture's longer side: the widths of strokes that decide whether writing is dark or light. */
const STROKES = [0.006, 0.012, 0.025, 0.05, 0.08, 0.12];
/** Blocks per side of the coarse grid that the light is fitted to. */
const BLOCKS = 24;
/** Weight of what is darker than the paper when the light is fitted: it is ink or shadow. */
const DARK = 0.2;

/** A gray page from 0 to 255 with dark writing (light one is turned around), its noise calmed and its light made even. */
export function evened(page: Plane, inverted: boolean): Plane {
  const calm = calmed(page);
  return evenLight(inverted ? mapped(calm, (value) => 255 - value) : calm, DARK);
}

/** Finds the ink of a page in even light: what is darker than the paper around it, and at most 2 · radius + 1 wide. */
export function findInk(even: Plane, radius: number): Ink {
  const paper = blurred(closing(even, radius), Math.round(radius / 8));
  const contrast = mapped(even, (value, i) => {
    const ground = paper.values[i] as number;
    return Math.min(1, Math.max(0, (ground - value) / Math.max(0.02, ground)));
  });
  return { contrast, threshold: edgeThreshold(contrast) };
}

function calmed(page: Plane): Plane {
  return blurred(page, Math.round(Math.max(page.width, page.height) / 400));
}

/**
 * The page divided by a smooth light over it: a surface of degree 2, fitted to the medians of blocks, without those of the ink. `dark` is the weight of
 * what is darker than the light, 1 where the ink may be lighter.
 */
function evenLight(page: Plane, dark: number): Plane {
  const { width, height, values } = page;
  const samples: { readonly u: number; readonly v: number; readonly value: number }[] = [];
  for (let by = 0; by < BLOCKS; by++) {
    for (let bx = 0; bx < BLOCKS; bx++) {
      const block: number[] = [];
      for (let y = Math.floor((by * height) / BLOCKS); y < Math.ceil(((by + 1) * height) / BLOCKS); y++) {
        for (let x = Math.floor((bx * width) / BLOCKS); x < Math.ceil(((bx + 1) * width) / BLOCKS); x++) {
          block.push(values[y * width + x] as number);
        }
      }
      samples.push({ u: (2 * bx + 1) / BLOCKS - 1, v: (2 * by + 1) / BLOCKS - 1, value: median(block) });
    }
  }
  const middle = median(samples.map(({ value }) => value));
  let weights = samples.map(({ value }) => (value < middle ? dark : 1));
  let light: number[] = [];
  for (let round = 0; round < 6; round++) {
    light = leastSquares(
      samples.map(({ u, v }) => terms(u, v)),
      samples.map(({ value }) => value),
      weights,
    );
    const off = samples.map(({ u, v, value }) => value - dot(terms(u, v), light));
    const usual = 1.5 * median(off.map(Math.abs)) + 0.5;
    weights = off.map((one) => (one < 0 ? dark : 1) / (1 + (one / usual) ** 2));
  }
  const [c, cu, cv, cuu, cuv, cvv] = light as [number, number, number, number, number, number];
  return mapped(page, (value, i) => {
    const u = (2 * (i % width) + 1) / width - 1;
    const v = (2 * Math.floor(i / width) + 1) / height - 1;
    return value / Math.max(8, 0.25 * middle, c + (cu + cuu * u + cuv * v) * u + (cv + cvv * v) * v);
  });
}

function terms(u: number, v: number): number[] {
  return [1, u, v, u * u, u * v, v * v];
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, one, i) => sum + one * (b[i] as number), 0);
}

/** The coefficients with the least weighted squares, by the normal equations. */
function leastSquares(rows: readonly number[][], targets: readonly number[], weights: readonly number[]): number[] {
  const n = rows[0]?.length as number;
  const system = Array.from({ length: n }, (_, a) =>
    Array.from({ length: n + 1 }, (_, b) =>
      rows.reduce(
        (sum, row, i) => {
          const other = b < n ? (row[b] as number) : (targets[i] as number);
          return sum + (weights[i] as number) * (row[a] as number) * other;
        },
        a === b ? 1e-9 : 0,
      ),
    ),
  );
  for (let a = 0; a < n; a++) {
    const pivot = system[a] as number[];
    for (const row of system) {
      if (row === pivot) continue;
      const factor = (row[a] as number) / (pivot[a] as number);
      for (let b = a; b <= n; b++) row[b] = (row[b] as number) - factor * (pivot[b] as number);
    }
  }
  return system.map((row, a) => (row[n] as number) / (row[a] as number));
}

/**
 * How much speaks for light writing on a dark ground, below 0 for dark writing: a logarithm of odds.
 *
 * What is narrow and dark is filled by a closing, what is narrow and light by an opening. Strokes are narrower than the spaces in and between
 * them and than shadows, so the one that fills more has found the ink, the narrower the surer. And most of a page is its ground: where the
 * middle brightness is near the lightest, the writing is dark.
 */
export function lightOnDark(page: Plane): number {
  const side = Math.max(page.width, page.height);
  const even = evenLight(calmed(page), 1);
  const turned = mapped(even, (value) => -value);
  const filled = (one: Plane, radius: number): number => {
    const closed = closing(one, radius);
    return closed.values.reduce((sum, value, i) => sum + Math.abs(value - (one.values[i] as number)) ** 3, 0);
  };
  let [dark, light] = [1e-9, 1e-9];
  for (const stroke of STROKES) {
    const radius = Math.max(1, Math.round(stroke * side));
    dark += filled(even, radius) / stroke ** 2.5;
    light += filled(turned, radius) / stroke ** 2.5;
  }
  const sorted = page.values.toSorted();
  const [darkest, middle, lightest] = [0.002, 0.5, 0.998].map((at) => sorted[Math.floor(at * (sorted.length - 1))]) as [
    number,
    number,
    number,
  ];
  const range = lightest - darkest + 1e-9;
  return Math.log(light / dark) + Math.log((lightest - middle + 0.02 * range) / (middle - darkest + 0.02 * range));
}

/**
 * Otsu's threshold over the places at edges, where ink and paper are equally common: ink alone covers so little of a page that a plain
 * histogram would split the paper.
 *
 * @see Otsu (1979), A threshold selection method from gray-level histograms
 */
function edgeThreshold({ values, width, height }: Plane): number {
  const BINS = 128;
  const counts = new Float64Array(BINS);
  for (let y = 1; y + 1 < height; y++) {
    for (let x = 1; x + 1 < width; x++) {
      const i = y * width + x;
      const dx = (values[i + 1] as number) - (values[i - 1] as number);
      const dy = (values[i + width] as number) - (values[i - width] as number);
      const bin = Math.min(BINS - 1, Math.floor((values[i] as number) * BINS));
      counts[bin] = (counts[bin] as number) + dx * dx + dy * dy;
    }
  }
  const total = counts.reduce((sum, count) => sum + count, 0);
  const all = counts.reduce((sum, count, bin) => sum + count * bin, 0);
  let [best, most, below, sum] = [0, -1, 0, 0];
  for (let bin = 0; bin < BINS; bin++) {
    below += counts[bin] as number;
    sum += bin * (counts[bin] as number);
    const above = total - below;
    if (below === 0 || above <= 0) continue;
    const between = below * above * (sum / below - (all - sum) / above) ** 2;
    if (between > most) [most, best] = [between, bin];
  }
  return (best + 1) / BINS;
}
