/** Columns brought to mean 0 and deviation 1. */
import { DataError, ShapeError, ValueError } from "../errors.ts";
import { type Tensor, tensor } from "../ops/index.ts";
import { requireTensor } from "../ops/kernels.ts";
import { checkOptions } from "../options.ts";
import type { Shape } from "../tensor/shapes.ts";
import { show } from "../tensor/sizes.ts";

/**
 * Takes the mean off every column of a matrix [rows, columns] and divides by its standard deviation, as scikit-learn's.
 * Fit it on the training rows only. A column of one value is left with zeros.
 *
 * @throws {ValueError} for an unknown option, a `correction` below 0, or a use before `fit`.
 * @throws {ShapeError} if `fit` is not given [rows, columns] with rows enough, or `transform` other columns.
 * @throws {DataError} if `fit` is given values that are not finite.
 * @throws {DTypeError} for something else than a tensor.
 * @example
 * const scaler = new StandardScaler().fit(tensor([[1, 5], [3, 5]]));
 * scaler.transform(tensor([[1, 5], [5, 5]])).toArray(); // [[-1, 0], [3, 0]]
 */
export class StandardScaler {
  readonly #correction: number;
  #mean: Tensor<[number]> | undefined;
  #std: Tensor<[number]> | undefined;

  /** `correction` is taken off the number of rows in the variance: 0 unless said otherwise, 1 for the unbiased estimate. */
  constructor(options: { correction?: number } = {}) {
    const { correction = 0 } = checkOptions("StandardScaler", options, ["correction"]);
    if (!(correction >= 0)) throw new ValueError(`StandardScaler: correction is at least 0; got ${String(correction)}`);
    this.#correction = correction;
  }

  /** The mean of every column. */
  get mean(): Tensor<[number]> {
    return this.#fitted(this.#mean);
  }

  /** The standard deviation of every column; 1 for a column of one value. */
  get std(): Tensor<[number]> {
    return this.#fitted(this.#std);
  }

  /**
   * Learns means and deviations from rows [n, columns].
   *
   * @throws {ShapeError} unless `x` is a matrix of more rows than `correction`.
   * @throws {DataError} for NaN and infinities.
   * @throws {DTypeError} if it is not a tensor.
   */
  fit(x: Tensor): this {
    requireTensor("StandardScaler.fit", x);
    const [n = 0, columns = 0] = x.shape as readonly number[];
    if (x.ndim !== 2 || n <= this.#correction) {
      throw new ShapeError(
        `StandardScaler: fits [rows, columns] with more than ${this.#correction} rows; got ${show(x.shape)}`,
      );
    }
    const values = x.detach().to("float64").data();
    const [mean, std] = [new Float64Array(columns), new Float64Array(columns)];
    for (let i = 0; i < values.length; i++)
      mean[i % columns] = (mean[i % columns] as number) + (values[i] as number) / n;
    for (let i = 0; i < values.length; i++) {
      const away = (values[i] as number) - (mean[i % columns] as number);
      std[i % columns] = (std[i % columns] as number) + away ** 2 / (n - this.#correction);
    }
    const odd = std.findIndex((value) => !Number.isFinite(value));
    if (odd >= 0) throw new DataError(`StandardScaler: values are finite; got others in column ${odd}`);
    const dtype = x.dtype === "float64" ? "float64" : "float32";
    this.#mean = tensor(mean, { dtype }) as Tensor as Tensor<[number]>;
    this.#std = tensor(
      std.map((value) => Math.sqrt(value) || 1),
      { dtype },
    ) as Tensor as Tensor<[number]>;
    return this;
  }

  /** The rows scaled. */
  transform<S extends Shape>(x: Tensor<S>): Tensor<S> {
    this.#check(x);
    return x.sub(this.mean as Tensor).div(this.std as Tensor) as Tensor as Tensor<S>;
  }

  /** {@link fit}, then {@link transform}. */
  fitTransform<S extends Shape>(x: Tensor<S>): Tensor<S> {
    return this.fit(x).transform(x);
  }

  /** Scaled rows as they were. */
  inverseTransform<S extends Shape>(x: Tensor<S>): Tensor<S> {
    this.#check(x);
    return x.mul(this.std as Tensor).add(this.mean as Tensor) as Tensor as Tensor<S>;
  }

  #check(x: Tensor): void {
    requireTensor("StandardScaler", x);
    const columns = this.mean.shape[0];
    if (x.ndim > 0 && x.shape[x.ndim - 1] === columns) return;
    throw new ShapeError(`StandardScaler: was fit on ${columns} columns; got ${show(x.shape)}`);
  }

  #fitted(value: Tensor<[number]> | undefined): Tensor<[number]> {
    if (value === undefined) throw new ValueError("StandardScaler: has learned nothing yet; call fit first");
    return value;
  }
}
