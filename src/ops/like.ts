/** Tensors of the shape and dtype of another. */
import { checkOptions } from "../options.ts";
import type { Shape } from "../tensor/shapes.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type CreationOptions, empty, filledLike } from "./create.ts";
import type { Generator } from "./generator.ts";
import { requireTensor } from "./kernels.ts";
import { drawIntegers, type RandomOptions, rand, randn } from "./random.ts";

const RANDOM = ["dtype", "requiresGrad", "generator"];

/**
 * A tensor of whatever the memory holds, of the shape and dtype of another: write before you read.
 *
 * @throws {DTypeError} if the dtype is unknown, or is no float dtype with `requiresGrad`.
 * @throws {ValueError} for an unknown option.
 * @example
 * emptyLike(zeros(2, 3)).shape; // [2, 3]
 */
export function emptyLike<S extends Shape>(x: Tensor<S>, options: CreationOptions = {}): Tensor<S> {
  requireTensor("emptyLike", x);
  checkOptions("emptyLike", options, ["dtype", "requiresGrad"]);
  return empty(x.shape as readonly number[], { dtype: x.dtype, ...options }) as Tensor<S>;
}

/**
 * One value in the shape and dtype of another tensor.
 *
 * @throws {DTypeError} if the dtype is unknown, or is no float dtype with `requiresGrad`.
 * @throws {ValueError} if an int dtype does not hold the value, or for an unknown option.
 * @example
 * fullLike(zeros(2), 7).toArray(); // [7, 7]
 */
export function fullLike<S extends Shape>(x: Tensor<S>, value: number, options: CreationOptions = {}): Tensor<S> {
  return filledLike("fullLike", value, x, options);
}

/**
 * Uniform random numbers from [0, 1), of the shape and float dtype of another tensor.
 *
 * @throws {DTypeError} if the dtype is no float dtype.
 * @throws {ValueError} for an unknown option.
 * @example
 * randLike(zeros(2, 3)).shape; // [2, 3]
 */
export function randLike<S extends Shape>(x: Tensor<S>, options: RandomOptions = {}): Tensor<S> {
  requireTensor("randLike", x);
  checkOptions("randLike", options, RANDOM);
  return rand(x.shape as readonly number[], { dtype: x.dtype, ...options }) as Tensor<S>;
}

/**
 * Normal random numbers of mean 0 and variance 1, of the shape and float dtype of another tensor.
 *
 * @throws {DTypeError} if the dtype is no float dtype.
 * @throws {ValueError} for an unknown option.
 * @example
 * randnLike(zeros(2, 3)).shape; // [2, 3]
 */
export function randnLike<S extends Shape>(x: Tensor<S>, options: RandomOptions = {}): Tensor<S> {
  requireTensor("randnLike", x);
  checkOptions("randnLike", options, RANDOM);
  return randn(x.shape as readonly number[], { dtype: x.dtype, ...options }) as Tensor<S>;
}

/**
 * Whole random numbers from `low` up to but without `high`, of the shape and dtype of another tensor.
 *
 * @throws {ValueError} if `low` and `high` are not whole numbers that the dtype holds with `low` below `high`, or for
 * an unknown option.
 * @example
 * randintLike(zeros(3), 5, 6).toArray(); // [5, 5, 5]
 */
export function randintLike<S extends Shape>(
  x: Tensor<S>,
  low: number,
  high: number,
  options: { generator?: Generator } = {},
): Tensor<S> {
  requireTensor("randintLike", x);
  checkOptions("randintLike", options, ["generator"]);
  const y = empty(x.shape as readonly number[], { dtype: x.dtype }) as Tensor<S>;
  drawIntegers("randintLike", y, low, high, options.generator);
  return y;
}
