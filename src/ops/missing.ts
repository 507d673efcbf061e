/** Choosing by a condition, and what to do about NaN and infinities. */
import { checkOptions } from "../options.ts";
import { isFloat } from "../tensor/dtypes.ts";
import type { Where } from "../tensor/indexing.ts";
import type { Arg, Broadcast, Out, Reduce, Shape } from "../tensor/shapes.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { requireFloat } from "./kernels.ts";
import { where as choose } from "./masks.ts";
import type { Dims } from "./reduce.ts";

/**
 * Elements of this where the condition (bool) holds and of `other` elsewhere; all broadcast to each other, and `other` may be
 * a number. The same as `where(condition, x, other)`.
 *
 * @throws {DTypeError} if the condition is not bool.
 * @throws {ShapeError} if the shapes do not broadcast.
 * @throws {ValueError} if an int dtype does not hold `other`, a number.
 * @example
 * const x = tensor([1, -2, 3]);
 * x.where(x.gt(0), 0).toArray(); // [1, 0, 3]
 */
export function where<S extends Shape, C extends Shape, B extends Shape = []>(
  this: Tensor<S>,
  condition: Arg<Broadcast<C, S>, Tensor<C>>,
  other: Arg<Where<C, S, B>, Tensor<B> | number>,
): Tensor<Out<Where<C, S, B>>> {
  return choose(condition as Tensor, this as Tensor, other as Tensor);
}

/** Options of `nanToNum`. */
export interface NanToNumOptions {
  /** What takes the place of NaN; 0 unless said otherwise. */
  nan?: number;
  /** What takes the place of infinity; the largest number of the dtype unless said otherwise. */
  posinf?: number;
  /** What takes the place of -infinity; the lowest number of the dtype unless said otherwise. */
  neginf?: number;
}

/**
 * A copy with numbers in the place of NaN and infinities; ints stay as they are. Gradients are 0 there.
 *
 * @throws {ValueError} for an unknown option.
 * @example
 * tensor([NaN, 1, -Infinity]).nanToNum({ neginf: -5 }).toArray(); // [0, 1, -5]
 */
export function nanToNum<S extends Shape>(this: Tensor<S>, options: NanToNumOptions = {}): Tensor<S> {
  checkOptions("nanToNum", options, ["nan", "posinf", "neginf"]);
  const x: Tensor = this;
  if (!isFloat(x.dtype)) return x.clone();
  const most = x.dtype === "float32" ? (2 - 2 ** -23) * 2 ** 127 : Number.MAX_VALUE;
  const { nan = 0, posinf = most, neginf = -most } = options;
  const infinite = (y: Tensor, sign: number, value: number): Tensor => choose(x.eq(sign / 0), value, y);
  return infinite(infinite(choose(x.isnan(), nan, x), 1, posinf), -1, neginf);
}

/** The sum without NaN, and how many elements there are in it. */
function withoutNan(x: Tensor, dim: Dims | undefined, keepdim: boolean): [sum: Tensor, count: Tensor] {
  const mask = x.isnan();
  const each = [choose(mask, 0, x), mask.logicalNot()];
  return each.map((y) => (dim === undefined && !keepdim ? y.sum() : y.sum(dim as Dims, keepdim))) as [Tensor, Tensor];
}

/**
 * The sum of all elements that are not NaN, or along one axis or several.
 *
 * @throws {IndexError} if `dim` is not an axis.
 * @throws {ValueError} if an axis is listed twice, or an int sum does not fit int32.
 * @example
 * tensor([1, NaN, 2]).nansum().item(); // 3
 */
export function nansum(this: Tensor): Tensor<[]>;
export function nansum<S extends Shape, const D extends Dims, K extends boolean = false>(
  this: Tensor<S>,
  dim: Arg<Reduce<S, D, K>, D>,
  keepdim?: K,
): Tensor<Out<Reduce<S, D, K>>>;
export function nansum(this: Tensor, dim?: Dims, keepdim = false): Tensor {
  return withoutNan(this, dim, keepdim)[0];
}

/**
 * The mean of all elements that are not NaN, or along one axis or several; NaN where there are none. Takes float dtypes.
 *
 * @throws {DTypeError} for int dtypes and bool.
 * @throws {IndexError} if `dim` is not an axis.
 * @throws {ValueError} if an axis is listed twice.
 * @example
 * tensor([[1, NaN], [2, 4]]).nanmean(1).toArray(); // [1, 3]
 */
export function nanmean(this: Tensor): Tensor<[]>;
export function nanmean<S extends Shape, const D extends Dims, K extends boolean = false>(
  this: Tensor<S>,
  dim: Arg<Reduce<S, D, K>, D>,
  keepdim?: K,
): Tensor<Out<Reduce<S, D, K>>>;
export function nanmean(this: Tensor, dim?: Dims, keepdim = false): Tensor {
  requireFloat("nanmean", this);
  const [sum, count] = withoutNan(this, dim, keepdim);
  return sum.div(count) as Tensor;
}
