/** Series in order of time: cut without shuffling, and read through windows. */
import { DataError, DTypeError, ShapeError, ValueError } from "../errors.ts";
import { Tensor, tensor } from "../ops/index.ts";
import { checkOptions } from "../options.ts";
import type { AnyShape, Shape } from "../tensor/shapes.ts";
import { show } from "../tensor/sizes.ts";
import { type Batch, checkIndex, checkIndices, type Dataset } from "./dataset.ts";
import { gatherRows } from "./memory.ts";
import { splitLengths } from "./subset.ts";

/** Options of {@link SlidingWindows}. */
export interface WindowOptions {
  /** How many steps the network sees. */
  window: number;
  /** How many steps right after the window it is to say; 1 unless said otherwise. */
  horizon?: number;
  /** How many steps lie between the starts of two windows; 1 unless said otherwise. */
  stride?: number;
  /** The series that the targets come from, as long as the first: the columns that are forecast. The series itself unless said otherwise. */
  targets?: Tensor;
}

/** A window on the series, and the steps right after it. */
export type WindowSample = [window: Tensor<AnyShape>, next: Tensor<AnyShape>];

/**
 * All windows on a series [steps] or [steps, features]: sample i is the `window` steps from step i · `stride`, and the
 * `horizon` steps of the targets right after them. Samples are views; a batch [n, window, …] and [n, horizon, …] is
 * gathered by one kernel each. For a test on later steps cut the series first, with {@link splitByTime}, so that no
 * window lies on both sides of the cut.
 *
 * @throws {ValueError} for an unknown option, or steps that are no whole numbers of at least 1.
 * @throws {ShapeError} if the series is shorter than a window and what follows it, has no axis, or `targets` have
 * another length.
 * @throws {DTypeError} if series or targets are not tensors.
 * @throws {IndexError} if there is no such window.
 * @throws {DataError} for a value that is not finite; the message names its step.
 * @example
 * const days = new SlidingWindows(arange(6), { window: 3 });
 * [days.length, days.get(2).map((x) => x.toArray())]; // [3, [[2, 3, 4], [5]]]
 */
export class SlidingWindows implements Dataset<WindowSample> {
  readonly series: Tensor;
  readonly targets: Tensor;
  readonly window: number;
  readonly horizon: number;
  readonly stride: number;
  /** The number of windows. */
  readonly length: number;

  constructor(series: Tensor, options: WindowOptions) {
    checkOptions("SlidingWindows", options, ["window", "horizon", "stride", "targets"]);
    const { window, horizon = 1, stride = 1, targets = series } = options;
    for (const [name, value] of Object.entries({ window, horizon, stride })) {
      if (Number.isInteger(value) && value >= 1) continue;
      throw new ValueError(`SlidingWindows: ${name} is a whole number of at least 1; got ${String(value)}`);
    }
    this.series = checkedSeries("series", series);
    this.targets = targets === series ? this.series : checkedSeries("targets", targets);
    const [steps, others] = [this.series.shape[0] as number, this.targets.shape[0] as number];
    if (steps !== others) {
      throw new ShapeError(`SlidingWindows: targets are as long as the series; got ${others} and ${steps} steps`);
    }
    if (steps < window + horizon) {
      throw new ShapeError(
        `SlidingWindows: a window of ${window} and ${horizon} after it take ${window + horizon} steps; got a series of ${steps}`,
      );
    }
    this.window = window;
    this.horizon = horizon;
    this.stride = stride;
    this.length = Math.floor((steps - window - horizon) / stride) + 1;
  }

  /** Window `index` and the steps after it, as views. */
  get(index: number): WindowSample {
    checkIndex("SlidingWindows.get", index, this.length);
    const start = index * this.stride;
    return [
      this.series.narrow(0, start, this.window) as Tensor,
      this.targets.narrow(0, start + this.window, this.horizon) as Tensor,
    ];
  }

  /** The windows at the indices, [n, window, …], and the steps after them, [n, horizon, …]. */
  batch(given: Tensor<[number]>): Batch<WindowSample> {
    const indices = checkIndices("SlidingWindows.batch", given).data();
    for (const index of indices) checkIndex("SlidingWindows.batch", index, this.length);
    const windows = this.#gather(this.series, indices, 0, this.window);
    return [windows, this.#gather(this.targets, indices, this.window, this.horizon)] as Batch<WindowSample>;
  }

  #gather(from: Tensor, indices: ArrayLike<number>, offset: number, steps: number): Tensor {
    const places = new Int32Array(indices.length * steps);
    for (let i = 0; i < places.length; i++) {
      places[i] = (indices[Math.floor(i / steps)] as number) * this.stride + offset + (i % steps);
    }
    const rows = gatherRows("SlidingWindows.batch", from, tensor(places));
    return rows.reshape(indices.length, steps, ...(from.shape as readonly number[]).slice(1)) as Tensor;
  }
}

/** The series in row-major memory. */
function checkedSeries(name: string, series: unknown): Tensor {
  if (!(series instanceof Tensor)) throw new DTypeError(`SlidingWindows: ${name} is a tensor; got ${typeof series}`);
  if (series.ndim === 0) throw new ShapeError(`SlidingWindows: the first axis of ${name} counts steps; got []`);
  const values = series.detach().data();
  if (series.dtype === "float32" || series.dtype === "float64") {
    const bad = values.findIndex((value: number) => !Number.isFinite(value));
    if (bad >= 0) {
      const step = Math.floor(bad / (values.length / (series.shape[0] as number)));
      throw new DataError(
        `SlidingWindows: the values of ${name} are finite; got ${values[bad]} at step ${step} of ${show(series.shape)}; ` +
          "fill or leave out what is missing",
      );
    }
  }
  return series.contiguous();
}

/** The same shape with another number of steps. */
type Part<S extends Shape> = number extends S["length"]
  ? AnyShape
  : S extends readonly [unknown, ...infer Rest extends Shape]
    ? [number, ...Rest]
    : AnyShape;

/**
 * Cuts a series [steps, …] into parts one after the other, of the lengths given, or of the fractions given when they
 * add up to 1: the past to train on, the future to test on. Parts are views.
 *
 * @throws {ValueError} if the lengths do not add up to the steps, nor to 1.
 * @throws {ShapeError} if the series has no axis.
 * @throws {DTypeError} if it is not a tensor.
 * @example
 * const [past, future] = splitByTime(arange(10), [0.8, 0.2]);
 * [past.count, future.toArray()]; // [8, [8, 9]]
 */
export function splitByTime<S extends Shape, const L extends readonly number[]>(
  series: Tensor<S>,
  lengths: L,
): { -readonly [K in keyof L]: Tensor<Part<S>> } {
  if (!(series instanceof Tensor)) throw new DTypeError(`splitByTime: takes a tensor; got ${typeof series}`);
  if (series.ndim === 0) throw new ShapeError("splitByTime: the first axis counts steps; got []");
  const steps = series.shape[0] as number;
  const sizes = splitLengths("splitByTime", lengths, steps, `the ${steps} steps of the series`);
  let start = 0;
  const parts = sizes.map((size) => {
    start += size;
    return (series as Tensor).narrow(0, start - size, size);
  });
  return parts as readonly Tensor[] as { -readonly [K in keyof L]: Tensor<Part<S>> };
}
