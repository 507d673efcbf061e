/** Dropout of whole channels, and dropout that keeps mean and variance. The masks are PyTorch's for the same seed. */
import { noGrad } from "../autograd/mode.ts";
import { ShapeError, ValueError } from "../errors.ts";
import type { Shape } from "../tensor/shapes.ts";
import { show } from "../tensor/sizes.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { SELU_ALPHA, SELU_SCALE } from "./activations.ts";
import { ones } from "./create.ts";
import { requireFloat } from "./kernels.ts";
import { dropout } from "./random.ts";

function checkDropout(op: string, x: Tensor, p: unknown): void {
  requireFloat(op, x);
  if (typeof p !== "number" || !(p >= 0 && p <= 1)) {
    throw new ValueError(`${op}: p is a probability from 0 to 1; got ${String(p)}`);
  }
}

/** The sizes of a mask with one number for each channel: [batch, channels, 1, …], or [channels, 1, …] without a batch. */
function channels(x: Tensor, batched: boolean): number[] {
  return x.shape.map((size, i) => (i < (batched ? 2 : 1) ? size : 1));
}

/** 0 where an element or channel is dropped, else 1 / (1 - p). */
function kept(sizes: readonly number[], x: Tensor, p: number): Tensor {
  return noGrad(() => dropout.call(ones(sizes, { dtype: x.dtype }), p));
}

/** The signature of dropout functions: p is 0.5 unless said otherwise. */
export type Dropout = <S extends Shape>(this: Tensor<S>, p?: number, training?: boolean) => Tensor<S>;

/** Zeros channels of tensors with as many axes as `ranks` lists; the first of those is without a batch when `single` says so. */
function channelDropout(op: string, ranks: readonly number[], form: string, single: boolean): Dropout {
  return function (this: Tensor, p = 0.5, training = true): Tensor {
    checkDropout(op, this, p);
    if (!ranks.includes(this.ndim)) throw new ShapeError(`${op}: takes ${form}; got ${show(this.shape)}`);
    if (!training || p === 0) return this;
    return this.mul(kept(channels(this, !(single && this.ndim === ranks[0])), this, p));
  } as Dropout;
}

/**
 * Zeros whole channels of [batch, channels, length] or [channels, length] with probability p, and scales the others by
 * 1 / (1 - p). Takes float dtypes.
 *
 * @throws {DTypeError} for int dtypes and bool.
 * @throws {ShapeError} if this does not have 2 or 3 axes.
 * @throws {ValueError} if `p` is not from 0 to 1.
 * @example
 * ones(4, 8, 16).dropout1d(0.2).shape; // [4, 8, 16]
 */
export const dropout1d: Dropout = channelDropout(
  "dropout1d",
  [2, 3],
  "[batch, channels, length] or [channels, length]",
  true,
);

/**
 * Zeros whole channels of [batch, channels, height, width] with probability p, and scales the others by 1 / (1 - p).
 * Takes float dtypes.
 *
 * @throws {DTypeError} for int dtypes and bool.
 * @throws {ShapeError} if this does not have 3 or 4 axes.
 * @throws {ValueError} if `p` is not from 0 to 1.
 * @example
 * ones(4, 8, 16, 16).dropout2d(0.2).shape; // [4, 8, 16, 16]
 */
export const dropout2d: Dropout = channelDropout(
  "dropout2d",
  [3, 4],
  "[batch, channels, height, width] or [batch, channels, length]",
  false,
);

/**
 * Zeros whole channels of [batch, channels, depth, height, width] with probability p; the batch may be missing. Takes
 * float dtypes.
 *
 * @throws {DTypeError} for int dtypes and bool.
 * @throws {ShapeError} if this does not have 4 or 5 axes.
 * @throws {ValueError} if `p` is not from 0 to 1.
 * @example
 * ones(4, 8, 2, 16, 16).dropout3d(0.2).shape; // [4, 8, 2, 16, 16]
 */
export const dropout3d: Dropout = channelDropout(
  "dropout3d",
  [4, 5],
  "[batch, channels, depth, height, width] or [channels, depth, height, width]",
  true,
);

/** What SELU gives for -Infinity: the value that dropped elements take. */
const FLOOR = SELU_ALPHA * SELU_SCALE;

function alpha(x: Tensor, p: number, sizes: readonly number[]): Tensor {
  if (p === 1) return x.mul(0);
  const scale = 1 / Math.sqrt((FLOOR * FLOOR * p + 1) * (1 - p));
  const mask = kept(sizes, x, p).ne(0).to(x.dtype) as Tensor;
  const shift = mask
    .add(-1)
    .mul(FLOOR * scale)
    .add(FLOOR * scale * p);
  return x.mul(mask.mul(scale)).add(shift);
}

/**
 * Sets elements to SELU's lowest value with probability p, and keeps mean and variance. Klambauer et al., 2017. Does
 * nothing when `training` is false. Takes float dtypes.
 *
 * @throws {DTypeError} for int dtypes and bool.
 * @throws {ValueError} if `p` is not from 0 to 1.
 * @example
 * tensor([1, 2]).alphaDropout(0.5, false).toArray(); // [1, 2]
 */
export function alphaDropout<S extends Shape>(this: Tensor<S>, p = 0.5, training = true): Tensor<S> {
  checkDropout("alphaDropout", this, p);
  return !training || p === 0 ? this : (alpha(this, p, this.shape) as Tensor<S>);
}

/**
 * `alphaDropout` of whole channels of [batch, channels, …]. Does nothing when `training` is false. Takes float dtypes.
 *
 * @throws {DTypeError} for int dtypes and bool.
 * @throws {ShapeError} if there are fewer than two axes.
 * @throws {ValueError} if `p` is not from 0 to 1.
 * @example
 * randn(4, 8, 16).featureAlphaDropout(0.1).shape; // [4, 8, 16]
 */
export function featureAlphaDropout<S extends Shape>(this: Tensor<S>, p = 0.5, training = true): Tensor<S> {
  checkDropout("featureAlphaDropout", this, p);
  if (this.ndim < 2) throw new ShapeError(`featureAlphaDropout: takes [batch, channels, …]; got ${show(this.shape)}`);
  return !training || p === 0 ? this : (alpha(this, p, channels(this, true)) as Tensor<S>);
}
