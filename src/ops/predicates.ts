/** Questions about the elements of one tensor. */
import { isFloat } from "../tensor/dtypes.ts";
import type { Shape } from "../tensor/shapes.ts";
import type { Tensor } from "../tensor/tensor.ts";

/**
 * Which elements are infinite.
 *
 * @example
 * tensor([1, Infinity, NaN]).isinf().toArray(); // [false, true, false]
 */
export function isinf<S extends Shape>(this: Tensor<S>): Tensor<S> {
  const x: Tensor = this;
  return x.abs().eq(Number.POSITIVE_INFINITY);
}

/**
 * Which elements are neither infinite nor NaN.
 *
 * @example
 * tensor([1, Infinity, NaN]).isfinite().toArray(); // [true, false, false]
 */
export function isfinite<S extends Shape>(this: Tensor<S>): Tensor<S> {
  const x: Tensor = this;
  return x.abs().lt(Number.POSITIVE_INFINITY);
}

/**
 * Which elements are 0, as bool.
 *
 * @example
 * tensor([0, 2]).logicalNot().toArray(); // [true, false]
 */
export function logicalNot<S extends Shape>(this: Tensor<S>): Tensor<S> {
  const x: Tensor = this;
  return x.eq(0);
}

/**
 * Which elements are NaN.
 *
 * @example
 * tensor([1, Infinity, NaN]).isnan().toArray(); // [false, false, true]
 */
export function isnan<S extends Shape>(this: Tensor<S>): Tensor<S> {
  const x: Tensor = this;
  return x.ne(x);
}

/**
 * Whether the tensor's dtype is float32 or float64.
 *
 * @example
 * tensor([1, 2]).isFloatingPoint(); // true
 */
export function isFloatingPoint(this: Tensor): boolean {
  return isFloat(this.dtype);
}
