/** One corner of a line: x, y. A `NaN` as y breaks the line. */
export type Point = readonly [x: number, y: number];

/**
 * The exponential moving average of `values`, with Adam's correction for its start at zero, as TensorBoard draws it.
 * Values that are not finite are passed over: their place holds NaN, and the average goes on from the last finite one.
 *
 * @param weight The share of the past in each value, from 0 (no smoothing) to below 1.
 */
export function movingAverage(values: ArrayLike<number>, weight: number): Float64Array {
  const smoothed = new Float64Array(values.length);
  let sum = 0;
  let share = 1;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (!Number.isFinite(value)) {
      smoothed[i] = Number.NaN;
      continue;
    }
    sum = weight * sum + (1 - weight) * value;
    share *= weight;
    smoothed[i] = sum / (1 - share);
  }
  return smoothed;
}

/** The weight that suits `count` points: a memory of 2 % of them, and none for 100 points or fewer. */
export function defaultSmoothing(count: number): number {
  return count <= 100 ? 0 : 1 - 50 / count;
}

/**
 * A line of at most a few corners per pixel column that covers the same pixels as the whole one: of each run of points inside one column
 * the first, the lowest, the highest and the last. Runs follow the order given, so lines that go back in x keep their form.
 *
 * @param column The pixel column of an x.
 */
export function thinLine(x: ArrayLike<number>, y: ArrayLike<number>, column: (x: number) => number): Point[] {
  const kept: Point[] = [];
  let start = 0;
  for (let i = 1; i <= x.length; i++) {
    const goesOn =
      i < x.length &&
      Number.isFinite(y[i]) === Number.isFinite(y[start]) &&
      Math.floor(column(x[i] as number)) === Math.floor(column(x[start] as number));
    if (goesOn) continue;
    keepRun(x, y, start, i - 1, kept);
    start = i;
  }
  return kept;
}

function keepRun(x: ArrayLike<number>, y: ArrayLike<number>, first: number, last: number, kept: Point[]): void {
  if (!Number.isFinite(y[first])) {
    kept.push([x[first] as number, Number.NaN]);
    return;
  }
  let lowest = first;
  let highest = first;
  for (let i = first; i <= last; i++) {
    if ((y[i] as number) < (y[lowest] as number)) lowest = i;
    if ((y[i] as number) > (y[highest] as number)) highest = i;
  }
  const corners = [...new Set([first, lowest, highest, last])].sort((a, b) => a - b);
  for (const i of corners) kept.push([x[i] as number, y[i] as number]);
}

/** A line cut off where it leaves the range from `low` to `high`; it breaks there, and begins anew where it comes back. */
export function clipLine(points: readonly Point[], low: number, high: number): Point[] {
  const clipped: Point[] = [];
  for (let i = 0; i < points.length; i++) {
    const [x, y] = points[i] as Point;
    const last = points[i - 1];
    if (last !== undefined && Number.isFinite(last[1]) && Number.isFinite(y)) {
      const crossed = [low, high].filter((bound) => (last[1] - bound) * (y - bound) < 0);
      if (last[1] > y) crossed.reverse();
      for (const bound of crossed) clipped.push([last[0] + ((bound - last[1]) / (y - last[1])) * (x - last[0]), bound]);
    }
    clipped.push([x, y >= low && y <= high ? y : Number.NaN]);
  }
  return clipped;
}
