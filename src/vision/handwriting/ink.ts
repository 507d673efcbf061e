/** From a photographed page to its ink: light, shadows and paper are taken away. */
import { blurred, closing, mapped, type Plane, resized } from "./plane.ts";

/** The ink of a page. */
export interface Ink {
  /** How much darker than the paper each place is (lighter, on a dark ground), from 0 to 1. */
  readonly contrast: Plane;
  /** The contrast from which on a place is ink. */
  readonly threshold: number;
  /** Whether the writing is lighter than its ground. */
  readonly inverted: boolean;
  /** How far ink and paper are apart, in sizes of the paper's own noise. */
  readonly clarity: number;
}

/** Parts of the picture's longer side: the widths of strokes that decide whether writing is dark or light. */
const STROKES = [0.012, 0.025, 0.05, 0.08];
/** Half the width of what is taken for a stroke rather than a shadow, as part of the longer side. */
const WIDEST = 0.12;
/** Blocks per side of the coarse grid that the light is fitted to. */
const BLOCKS = 24;

/** Finds the ink of a gray page from 0 to 255. */
export function findInk(page: Plane): Ink {
  const side = Math.max(page.width, page.height);
  const calm = blurred(page, Math.round(side / 400));
  const even = evenLight(calm);
  const inverted = isLightOnDark(halved(even));
  const dark = inverted ? mapped(even, (value) => 2 - Math.min(2, value)) : even;
  const radius = Math.max(3, Math.round(WIDEST * side));
  const paper = blurred(closing(dark, radius), Math.round(radius / 8));
  const contrast = mapped(dark, (value, i) =>
    Math.min(1, Math.max(0, 1 - value / Math.max(0.02, paper.values[i] as number))),
  );
  const threshold = edgeThreshold(contrast);
  return { contrast, threshold, inverted, clarity: clarityOf(contrast, threshold) };
}

/** The page divided by a smooth light over it: a surface of degree 2, fitted to the medians of blocks, without those of the ink. */
function evenLight(page: Plane): Plane {
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
  let weights = samples.map(() => 1);
  let light: number[] = [];
  for (let round = 0; round < 6; round++) {
    light = leastSquares(
      samples.map(({ u, v }) => terms(u, v)),
      samples.map(({ value }) => value),
      weights,
    );
    const off = samples.map(({ u, v, value }) => Math.abs(value - dot(terms(u, v), light)));
    const usual = 1.5 * median(off) + 0.5;
    weights = off.map((one) => 1 / (1 + (one / usual) ** 2));
  }
  const middle = median(samples.map(({ value }) => value));
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

function median(values: ArrayLike<number>): number {
  return Float32Array.from(values).sort()[Math.floor(values.length / 2)] as number;
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

function halved(page: Plane): Plane {
  return resized(page, Math.ceil(page.width / 2), Math.ceil(page.height / 2));
}

/**
 * Whether light strokes stand on a dark ground. What is narrow and dark is filled by a closing, what is narrow and light by an opening: strokes
 * are narrower than the spaces between them, so the one that fills more at stroke widths has found the ink.
 */
function isLightOnDark(page: Plane): boolean {
  const side = Math.max(page.width, page.height);
  const turned = mapped(page, (value) => -value);
  const filled = (one: Plane, radius: number): number => {
    const closed = closing(one, radius);
    return closed.values.reduce((sum, value, i) => sum + Math.abs(value - (one.values[i] as number)) ** 3, 0);
  };
  let [dark, light] = [0, 0];
  for (const stroke of STROKES) {
    const radius = Math.max(1, Math.round(stroke * side));
    dark += filled(page, radius);
    light += filled(turned, radius);
  }
  return light > dark;
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

/** The distance from paper to ink in the noise's size. */
function clarityOf({ values }: Plane, threshold: number): number {
  const paper = values.filter((value) => value <= threshold);
  let [ink, count] = [0, 0];
  for (const value of values) {
    if (value <= threshold) continue;
    ink += value;
    count++;
  }
  if (count === 0 || paper.length === 0) return 0;
  const usual = median(paper);
  const noise = 1.4826 * median(paper.map((value) => Math.abs(value - usual)));
  return (ink / count - usual) / (noise + 0.004);
}
