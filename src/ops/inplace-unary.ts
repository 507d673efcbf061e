/** Functions of one tensor that change its memory. */
import { isFloat } from "../tensor/dtypes.ts";
import { changes, type Tensor } from "../tensor/tensor.ts";
import type { Unary } from "./elementwise.ts";
import { into } from "./inplace.ts";
import { FLOATS, family, pointer } from "./kernels.ts";
import { relu } from "./relu.ts";
import * as unary from "./unary.ts";

/** The in-place form of a function of one tensor, whose kernel may write where it reads. */
function oneInPlace(name: string, compute: Unary, keeps = true): Unary {
  const kernels = family(name.slice(0, -1), FLOATS);
  return into(name, compute as (this: Tensor) => Tensor, keeps, (x) => {
    if (x.strides !== null || !isFloat(x.dtype)) return false;
    changes(x);
    kernels[x.dtype](pointer(x), pointer(x), x.count);
    return true;
  }) as Unary;
}

/**
 * this = -this.
 *
 * @throws {GradError} if this may not be changed: a leaf with gradients while recording, a view of one, or an expanded
 * view.
 * @example
 * tensor([1, -2]).neg_().toArray(); // [-1, 2]
 */
export const neg_: Unary = oneInPlace("neg_", unary.neg);
/**
 * this = |this|.
 *
 * @throws {GradError} if this may not be changed: a leaf with gradients while recording, a view of one, or an expanded
 * view.
 * @example
 * tensor([1, -2]).abs_().toArray(); // [1, 2]
 */
export const abs_: Unary = oneInPlace("abs_", unary.abs);
/**
 * this = exp(this).
 *
 * @throws {DTypeError} for int dtypes and bool.
 * @throws {GradError} if this may not be changed: a leaf with gradients while recording, a view of one, or an expanded
 * view.
 * @example
 * tensor([0, 1]).exp_().toArray(); // [1, 2.718]
 */
export const exp_: Unary = oneInPlace("exp_", unary.exp, false);
/**
 * this = exp(this) - 1, exact near 0.
 *
 * @throws {DTypeError} for int dtypes and bool.
 * @throws {GradError} if this may not be changed: a leaf with gradients while recording, a view of one, or an expanded
 * view.
 * @example
 * tensor([0, 1]).expm1_().toArray(); // [0, 1.718]
 */
export const expm1_: Unary = oneInPlace("expm1_", unary.expm1, false);
/**
 * this = log(1 + this), exact near 0.
 *
 * @throws {DTypeError} for int dtypes and bool.
 * @throws {GradError} if this may not be changed: a leaf with gradients while recording, a view of one, or an expanded
 * view.
 * @example
 * tensor([0, 1]).log1p_().toArray(); // [0, 0.6931]
 */
export const log1p_: Unary = oneInPlace("log1p_", unary.log1p);
/**
 * Every element becomes -1, 0 or 1, by its sign.
 *
 * @throws {GradError} if this may not be changed: a leaf with gradients while recording, a view of one, or an expanded
 * view.
 * @example
 * tensor([3, 0, -2]).sign_().toArray(); // [1, 0, -1]
 */
export const sign_: Unary = oneInPlace("sign_", unary.sign, false);
/**
 * this = log(this).
 *
 * @throws {DTypeError} for int dtypes and bool.
 * @throws {GradError} if this may not be changed: a leaf with gradients while recording, a view of one, or an expanded
 * view.
 * @example
 * tensor([1, 2]).log_().toArray(); // [0, 0.6931]
 */
export const log_: Unary = oneInPlace("log_", unary.log);
/**
 * this = sqrt(this).
 *
 * @throws {DTypeError} for int dtypes and bool.
 * @throws {GradError} if this may not be changed: a leaf with gradients while recording, a view of one, or an expanded
 * view.
 * @example
 * tensor([4, 9]).sqrt_().toArray(); // [2, 3]
 */
export const sqrt_: Unary = oneInPlace("sqrt_", unary.sqrt, false);
/**
 * this = 1 / sqrt(this).
 *
 * @throws {DTypeError} for int dtypes and bool.
 * @throws {GradError} if this may not be changed: a leaf with gradients while recording, a view of one, or an expanded
 * view.
 * @example
 * tensor([1, 4]).rsqrt_().toArray(); // [1, 0.5]
 */
export const rsqrt_: Unary = oneInPlace("rsqrt_", unary.rsqrt, false);
/**
 * this = this * this.
 *
 * @throws {GradError} if this may not be changed: a leaf with gradients while recording, a view of one, or an expanded
 * view.
 * @example
 * tensor([2, 3]).square_().toArray(); // [4, 9]
 */
export const square_: Unary = oneInPlace("square_", unary.square);
/**
 * this = 1 / this.
 *
 * @throws {DTypeError} for int dtypes and bool.
 * @throws {GradError} if this may not be changed: a leaf with gradients while recording, a view of one, or an expanded
 * view.
 * @example
 * tensor([2, 4]).reciprocal_().toArray(); // [0.5, 0.25]
 */
export const reciprocal_: Unary = oneInPlace("reciprocal_", unary.reciprocal, false);
/**
 * this = sin(this).
 *
 * @throws {DTypeError} for int dtypes and bool.
 * @throws {GradError} if this may not be changed: a leaf with gradients while recording, a view of one, or an expanded
 * view.
 * @example
 * tensor([0, 1]).sin_().toArray(); // [0, 0.8415]
 */
export const sin_: Unary = oneInPlace("sin_", unary.sin);
/**
 * this = cos(this).
 *
 * @throws {DTypeError} for int dtypes and bool.
 * @throws {GradError} if this may not be changed: a leaf with gradients while recording, a view of one, or an expanded
 * view.
 * @example
 * tensor([0, 1]).cos_().toArray(); // [1, 0.5403]
 */
export const cos_: Unary = oneInPlace("cos_", unary.cos);
/**
 * this = tanh(this).
 *
 * @throws {DTypeError} for int dtypes and bool.
 * @throws {GradError} if this may not be changed: a leaf with gradients while recording, a view of one, or an expanded
 * view.
 * @example
 * tensor([0, 1]).tanh_().toArray(); // [0, 0.7616]
 */
export const tanh_: Unary = oneInPlace("tanh_", unary.tanh, false);
/**
 * this = 1 / (1 + exp(-this)).
 *
 * @throws {DTypeError} for int dtypes and bool.
 * @throws {GradError} if this may not be changed: a leaf with gradients while recording, a view of one, or an expanded
 * view.
 * @example
 * tensor([0, 2]).sigmoid_().toArray(); // [0.5, 0.8808]
 */
export const sigmoid_: Unary = oneInPlace("sigmoid_", unary.sigmoid, false);
/**
 * this = max(this, 0).
 *
 * @throws {GradError} if this may not be changed: a leaf with gradients while recording, a view of one, or an expanded
 * view.
 * @example
 * tensor([-1, 2]).relu_().toArray(); // [0, 2]
 */
export const relu_: Unary = oneInPlace("relu_", relu, false);
/**
 * Every element becomes the largest whole number not above it.
 *
 * @throws {GradError} if this may not be changed: a leaf with gradients while recording, a view of one, or an expanded
 * view.
 * @example
 * tensor([1.7, -1.2]).floor_().toArray(); // [1, -2]
 */
export const floor_: Unary = oneInPlace("floor_", unary.floor, false);
/**
 * Every element becomes the smallest whole number not below it.
 *
 * @throws {GradError} if this may not be changed: a leaf with gradients while recording, a view of one, or an expanded
 * view.
 * @example
 * tensor([1.2, -1.7]).ceil_().toArray(); // [2, -1]
 */
export const ceil_: Unary = oneInPlace("ceil_", unary.ceil, false);
const toWhole = oneInPlace("round_", unary.round, false);
const toDecimals = into("round_", unary.round as (this: Tensor, options: unary.RoundOptions) => Tensor, false);

/**
 * Every element becomes the nearest whole number, or the nearest of as many `decimals`; halves go to the even one.
 *
 * @throws {ValueError} if `decimals` is no whole number, or an option is unknown.
 * @throws {DTypeError} for `decimals` below 0 of an int dtype or bool.
 * @throws {GradError} if this may not be changed: a leaf with gradients while recording, a view of one, or an expanded
 * view.
 * @example
 * tensor([0.5, 1.5, 1.7]).round_().toArray(); // [0, 2, 2]
 */
export const round_: unary.Rounding = function (this: Tensor, options?: unary.RoundOptions): Tensor {
  return options === undefined ? toWhole.call(this) : toDecimals.call(this, options);
} as unary.Rounding;
/**
 * Every element loses its digits behind the point.
 *
 * @throws {GradError} if this may not be changed: a leaf with gradients while recording, a view of one, or an expanded
 * view.
 * @example
 * tensor([1.7, -1.7]).trunc_().toArray(); // [1, -1]
 */
export const trunc_: Unary = oneInPlace("trunc_", unary.trunc, false);
