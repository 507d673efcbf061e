/** Metrics of numbers. */
import { DTypeError, ShapeError, ValueError } from "../../errors.ts";
import type { Tensor } from "../../ops/index.ts";
import { sameShape, show } from "../../tensor/sizes.ts";
import { checkTensors } from "./classes.ts";
import { Metric } from "./metric.ts";

/** Sums of each column: of errors, of their squares, and mean and squared deviations of the targets. */
type Sums = { seen: number; absolute: number[]; squared: number[]; mean: number[]; deviations: number[] };

/** The base of metrics of numbers: outputs and targets [n] or [n, columns], of one shape. */
abstract class NumberMetric extends Metric<number, Sums> {
  protected fresh(): Sums {
    return { seen: 0, absolute: [], squared: [], mean: [], deviations: [] };
  }

  update(output: Tensor, target: Tensor): void {
    const name = this.constructor.name;
    checkTensors(name, output, target);
    if (!sameShape(output.shape, target.shape) || output.ndim < 1) {
      const fix = fixOf(output.shape, target.shape);
      throw new ShapeError(
        `${name}: output and target have one shape, [n] or [n, columns]; got ${show(output.shape)} and ${show(target.shape)}${fix}`,
      );
    }
    if (output.dtype === "bool") throw new DTypeError(`${name}: takes numbers; got bool`);
    const n = output.shape[0] as number;
    const columns = n === 0 ? 0 : output.count / n;
    const { state } = this;
    if (state.seen > 0 && n > 0 && columns !== state.mean.length) {
      throw new ShapeError(`${name}: batches have one number of columns; got ${columns} after ${state.mean.length}`);
    }
    const [values, targets] = [output.detach().data(), target.detach().data()];
    for (let i = 0; i < values.length; i++) {
      const at = i % columns;
      if (at === 0) state.seen++;
      const truth = targets[i] as number;
      const error = (values[i] as number) - truth;
      state.absolute[at] = (state.absolute[at] ?? 0) + Math.abs(error);
      state.squared[at] = (state.squared[at] ?? 0) + error * error;
      // Welford's update keeps the deviations exact for targets far from 0.
      const away = truth - (state.mean[at] ?? 0);
      state.mean[at] = (state.mean[at] ?? 0) + away / state.seen;
      state.deviations[at] = (state.deviations[at] ?? 0) + away * (truth - (state.mean[at] as number));
    }
  }

  protected abstract column(at: number): number;

  /** The mean over the columns. */
  compute(): number {
    const { mean, seen } = this.state;
    if (seen === 0) return this.nothing();
    return mean.reduce((sum, _, at) => sum + this.column(at), 0) / mean.length;
  }
}

function fixOf(output: readonly number[], target: readonly number[]): string {
  if (sameShape(output, [...target, 1])) return "; use target.unsqueeze(-1) or output.squeeze(-1)";
  return sameShape([...output, 1], target) ? "; use output.unsqueeze(-1) or target.squeeze(-1)" : "";
}

/**
 * The mean absolute error. Outputs and targets have one shape, [n] or [n, columns]; of several columns it is the mean.
 *
 * @throws {ValueError} if `compute` is called before any `update`.
 * @throws {ShapeError} if output and target differ in shape, or batches in their columns.
 * @throws {DTypeError} if they are not tensors, or bools.
 * @example
 * const error = new MAE();
 * error.update(tensor([1, 2]), tensor([1, 4]));
 * error.compute(); // 1
 */
export class MAE extends NumberMetric {
  override readonly better = "min";

  protected column(at: number): number {
    return (this.state.absolute[at] as number) / this.state.seen;
  }
}

/**
 * The root of the mean squared error, of each column; of several the mean, as scikit-learn's root_mean_squared_error.
 * Outputs and targets have one shape, [n] or [n, columns].
 *
 * @throws {ValueError} if `compute` is called before any `update`.
 * @throws {ShapeError} if output and target differ in shape, or batches in their columns.
 * @throws {DTypeError} if they are not tensors, or bools.
 * @example
 * const error = new RMSE();
 * error.update(tensor([1, 2]), tensor([1, 4]));
 * error.compute(); // 1.414
 */
export class RMSE extends NumberMetric {
  override readonly better = "min";

  protected column(at: number): number {
    return Math.sqrt((this.state.squared[at] as number) / this.state.seen);
  }
}

/**
 * The coefficient of determination: 1 for exact outputs, 0 for what the mean of the targets achieves, below 0 for worse
 * (scikit-learn's r2_score). Outputs and targets have one shape, [n] or [n, columns]; of several columns it is the
 * mean.
 *
 * @throws {ValueError} if `compute` is called before two samples were seen.
 * @throws {ShapeError} if output and target differ in shape, or batches in their columns.
 * @throws {DTypeError} if they are not tensors, or bools.
 * @example
 * const r2 = new R2();
 * r2.update(tensor([2.5, 0, 2, 8]), tensor([3, -0.5, 2, 7]));
 * r2.compute(); // 0.9486
 */
export class R2 extends NumberMetric {
  protected column(at: number): number {
    if (this.state.seen < 2) throw new ValueError("R2: needs at least two samples; got 1");
    const [squared, deviations] = [this.state.squared[at] as number, this.state.deviations[at] as number];
    // Targets that are all the same: scikit-learn's rule.
    if (deviations === 0 && !Number.isNaN(squared)) return squared === 0 ? 1 : 0;
    return 1 - squared / deviations;
  }
}
