/** A line search for the strong Wolfe conditions (Nocedal and Wright 2006, algorithms 3.5 and 3.6), as PyTorch does it. */
import type { Tensor } from "../ops/index.ts";

/** A point on the line: the step, the loss there, its gradient, and the gradient along the direction. */
export interface Point {
  t: number;
  loss: number;
  gradient: Tensor;
  slope: number;
}

/** The loss has fallen enough when it is below the first by this share of what the first slope promises. */
const C1 = 1e-4;
/** The slope is flat enough at this share of the first. */
const C2 = 0.9;

/** What a search needs: the first point, where it looks next, how long the direction is, and when to end. */
export interface Search {
  start: Point;
  t: number;
  evaluate: (t: number) => Point;
  length: number;
  toleranceChange: number;
  most: number;
}

/** Where the search ends, and how often it evaluated the loss. */
export function strongWolfe(search: Search): { point: Point; evaluations: number } {
  const { start, evaluate, length, toleranceChange, most } = search;
  const high = (x: Point): boolean => x.loss > start.loss + C1 * x.t * start.slope;
  const flat = (x: Point): boolean => Math.abs(x.slope) <= -C2 * start.slope;
  const { ends, ...found } = bracketed(search, high, flat);
  let { iterations, done } = found;
  const lower = (): 0 | 1 => (ends[0].loss <= ends[1].loss ? 0 : 1);
  let low = lower();
  let stuck = false;
  for (; !done && iterations < most; iterations++) {
    const [least, greatest] = [Math.min(ends[0].t, ends[1].t), Math.max(ends[0].t, ends[1].t)];
    if ((greatest - least) * length < toleranceChange) break;
    let t = interpolate(ends[0], ends[1], least, greatest);
    const margin = 0.1 * (greatest - least);
    const near = Math.min(greatest - t, t - least) < margin;
    // One step near an end is allowed; the next, or one onto the end, is moved inwards.
    if (near && (stuck || t >= greatest || t <= least)) {
      t = Math.abs(t - greatest) < Math.abs(t - least) ? greatest - margin : least + margin;
      stuck = false;
    } else {
      stuck = near;
    }
    const next = evaluate(t);
    const other = low === 0 ? 1 : 0;
    if (high(next) || next.loss >= ends[low].loss) {
      ends[other] = next;
      low = lower();
    } else {
      done = flat(next);
      if (!done && next.slope * (ends[other].t - ends[low].t) >= 0) ends[other] = ends[low];
      ends[low] = next;
    }
  }
  return { point: ends[low], evaluations: iterations + 1 };
}

/** Two points with one between them that meets the conditions; both are the same when it meets them itself. */
function bracketed(
  { start, t: first, evaluate, most }: Search,
  high: (x: Point) => boolean,
  flat: (x: Point) => boolean,
): { ends: [Point, Point]; iterations: number; done: boolean } {
  let before = start;
  let now = evaluate(first);
  let iterations = 0;
  for (; iterations < most; iterations++) {
    if (high(now) || (iterations > 1 && now.loss >= before.loss))
      return { ends: [before, now], iterations, done: false };
    if (flat(now)) return { ends: [now, now], iterations, done: true };
    if (now.slope >= 0) return { ends: [before, now], iterations, done: false };
    const t = interpolate(before, now, now.t + 0.01 * (now.t - before.t), now.t * 10);
    before = now;
    now = evaluate(t);
  }
  return { ends: [start, now], iterations, done: false };
}

/** The least of the cubic through two points with their slopes, within bounds; the middle where it has none. */
function interpolate(a: Point, b: Point, least: number, greatest: number): number {
  const d1 = a.slope + b.slope - (3 * (a.loss - b.loss)) / (a.t - b.t);
  const square = d1 ** 2 - a.slope * b.slope;
  if (!(square >= 0)) return (least + greatest) / 2;
  const d2 = Math.sqrt(square);
  const [near, far] = a.t <= b.t ? [a, b] : [b, a];
  const t = far.t - (far.t - near.t) * ((far.slope + d2 - d1) / (far.slope - near.slope + 2 * d2));
  return Math.min(Math.max(t, least), greatest);
}
