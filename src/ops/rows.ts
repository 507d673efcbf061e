/** Rows replaced by index, and the in-place forms of functions by index. */
import { DTypeError, ShapeError } from "../errors.ts";
import type { Scatter } from "../tensor/indexing.ts";
import type { Arg, OnAxis, Shape } from "../tensor/shapes.ts";
import { axis, sameShape, show, span } from "../tensor/sizes.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { tril, triu } from "./arrange.ts";
import { checkOperand } from "./binary.ts";
import { eye } from "./create.ts";
import { scalar, scatter, scatterAdd } from "./gather.ts";
import { into } from "./inplace.ts";
import { requireTensor } from "./kernels.ts";
import { cast } from "./layout.ts";
import { checkedList, indexAdd, putSpan } from "./take.ts";
import { expandTo } from "./views.ts";

/** A copy of x with rows of `source`, which may broadcast to them, in the place of those that the index names. */
function replaced(op: string, x: Tensor, dim: number, index: unknown, source: Tensor): Tensor {
  const at = axis(op, dim, x.shape);
  const places = checkedList(op, index);
  const wanted = x.ndim === 0 ? [] : x.shape.with(at, places.count);
  if (source.ndim > 0 && !sameShape(source.shape, wanted)) {
    throw new ShapeError(
      `${op}: ${places.count} indices need a source of shape ${show(wanted)}; got ${show(source.shape)}`,
    );
  }
  const part = span(x.shape, at);
  return putSpan(op, x, part, places, expandTo(source, wanted), false);
}

/**
 * A copy with `value`, a number or a tensor without axes, in all rows that the index (int32, one axis) names along an axis.
 *
 * @throws {IndexError} if `dim` is not an axis, or an index is out of range.
 * @throws {DTypeError} if the index is neither int32 nor uint8.
 * @throws {ShapeError} if the index has several axes, or the value has any.
 * @throws {ValueError} if an int dtype does not hold the value.
 * @example
 * ones(3).indexFill(0, tensor([0, 2], { dtype: "int32" }), -1).toArray(); // [-1, 1, -1]
 */
export function indexFill<S extends Shape, D extends number>(
  this: Tensor<S>,
  dim: Arg<OnAxis<S, D>, D>,
  index: Tensor,
  value: Tensor | number,
): Tensor<S> {
  checkOperand("indexFill", value);
  if (typeof value !== "number" && value.ndim > 0) {
    throw new ShapeError(`indexFill: the value is a number or a tensor without axes; got ${show(value.shape)}`);
  }
  const source = typeof value === "number" ? scalar("indexFill", value, this.dtype) : cast(value, this.dtype);
  return replaced("indexFill", this, dim as number, index, source);
}

/**
 * A copy with rows of `source`, of the same dtype, in the place of those that the index (int32, one axis) names along an axis.
 *
 * @throws {IndexError} if `dim` is not an axis, or an index is out of range.
 * @throws {DTypeError} if the index is neither int32 nor uint8, or the source is of another dtype.
 * @throws {ShapeError} if the index has several axes, or the source does not have its rows.
 * @example
 * zeros(3).indexCopy(0, tensor([2, 0], { dtype: "int32" }), tensor([5, 6])).toArray(); // [6, 0, 5]
 */
export function indexCopy<S extends Shape, D extends number>(
  this: Tensor<S>,
  dim: Arg<OnAxis<S, D>, D>,
  index: Tensor,
  source: Tensor,
): Tensor<S> {
  requireTensor("indexCopy", source);
  if (source.dtype !== this.dtype) {
    throw new DTypeError(`indexCopy: the source is ${this.dtype}; got ${source.dtype}; use to("${this.dtype}")`);
  }
  return replaced("indexCopy", this, dim as number, index, source);
}

/** The in-place form of a function with the same arguments. */
function changing<F>(name: string, compute: F): F {
  return into(name, compute as (this: Tensor, ...args: never[]) => Tensor, false) as F;
}

/** The signature of a function that puts elements by index: the tensor keeps its shape. */
export type Scattering<V> = <S extends Shape, D extends number, I extends Shape>(
  this: Tensor<S>,
  dim: Arg<OnAxis<S, D>, D>,
  index: Arg<Scatter<S, D, I>, Tensor<I>>,
  source: V,
) => Tensor<S>;

/**
 * Puts elements by index along an axis, in place; see {@link scatter}.
 *
 * @throws {IndexError} if `dim` is not an axis, or an index is out of range.
 * @throws {DTypeError} if the index is neither int32 nor uint8, or the source is of another dtype.
 * @throws {ShapeError} if the index does not fit into this outside the axis, or not into the source.
 * @throws {ValueError} if an int dtype does not hold the number.
 * @throws {GradError} if this may not be changed: a leaf with gradients while recording, a view of one, or an expanded
 * view.
 * @example
 * zeros(2, 3).scatter_(1, tensor([[2], [0]], { dtype: "int32" }), 1).toArray(); // [[0, 0, 1], [1, 0, 0]]
 */
export const scatter_: Scattering<Tensor | number> = changing("scatter_", scatter as Scattering<Tensor | number>);
/**
 * Adds elements by index along an axis, in place; see {@link scatterAdd}.
 *
 * @throws {IndexError} if `dim` is not an axis, or an index is out of range.
 * @throws {DTypeError} if the index is neither int32 nor uint8, the source is of another dtype, or this is uint8 or
 * bool.
 * @throws {ShapeError} if the index does not fit into this outside the axis, or not into the source.
 * @throws {GradError} if this may not be changed: a leaf with gradients while recording, a view of one, or an expanded
 * view.
 * @example
 * zeros(2).scatterAdd_(0, tensor([1, 1], { dtype: "int32" }), tensor([1, 2])).toArray(); // [0, 3]
 */
export const scatterAdd_: Scattering<Tensor> = changing("scatterAdd_", scatterAdd as Scattering<Tensor>);
/**
 * Adds rows by index along an axis, in place; see {@link indexAdd}.
 *
 * @throws {IndexError} if `dim` is not an axis, or an index is out of range.
 * @throws {DTypeError} if the index is neither int32 nor uint8, the source is of another dtype, or this is uint8 or
 * bool.
 * @throws {ShapeError} if the index has several axes, or the source does not have its rows.
 * @throws {ValueError} for an unknown option.
 * @throws {GradError} if this may not be changed: a leaf with gradients while recording, a view of one, or an expanded
 * view.
 * @example
 * ones(2).indexAdd_(0, tensor([1, 1], { dtype: "int32" }), tensor([1, 2])).toArray(); // [1, 4]
 */
export const indexAdd_: typeof indexAdd = changing("indexAdd_", indexAdd);
/**
 * Fills rows by index along an axis, in place; see {@link indexFill}.
 *
 * @throws {IndexError} if `dim` is not an axis, or an index is out of range.
 * @throws {DTypeError} if the index is neither int32 nor uint8.
 * @throws {ShapeError} if the index has several axes, or the value has any.
 * @throws {ValueError} if an int dtype does not hold the value.
 * @throws {GradError} if this may not be changed: a leaf with gradients while recording, a view of one, or an expanded
 * view.
 * @example
 * ones(3).indexFill_(0, tensor([1], { dtype: "int32" }), 0).toArray(); // [1, 0, 1]
 */
export const indexFill_: typeof indexFill = changing("indexFill_", indexFill);
/**
 * Replaces rows by index along an axis, in place; see {@link indexCopy}.
 *
 * @throws {IndexError} if `dim` is not an axis, or an index is out of range.
 * @throws {DTypeError} if the index is neither int32 nor uint8, or the source is of another dtype.
 * @throws {ShapeError} if the index has several axes, or the source does not have its rows.
 * @throws {GradError} if this may not be changed: a leaf with gradients while recording, a view of one, or an expanded
 * view.
 * @example
 * zeros(2).indexCopy_(0, tensor([1], { dtype: "int32" }), tensor([7])).toArray(); // [0, 7]
 */
export const indexCopy_: typeof indexCopy = changing("indexCopy_", indexCopy);
/**
 * Sets everything above a diagonal of the last two axes to 0; see {@link tril}.
 *
 * @throws {ShapeError} if there are fewer than two axes.
 * @throws {ValueError} if `diagonal` is not a whole number.
 * @throws {GradError} if this may not be changed: a leaf with gradients while recording, a view of one, or an expanded
 * view.
 * @example
 * ones(2, 2).tril_().toArray(); // [[1, 0], [1, 1]]
 */
export const tril_: typeof tril = changing("tril_", tril);
/**
 * Sets everything below a diagonal of the last two axes to 0; see {@link triu}.
 *
 * @throws {ShapeError} if there are fewer than two axes.
 * @throws {ValueError} if `diagonal` is not a whole number.
 * @throws {GradError} if this may not be changed: a leaf with gradients while recording, a view of one, or an expanded
 * view.
 * @example
 * ones(2, 2).triu_(1).toArray(); // [[0, 1], [0, 0]]
 */
export const triu_: typeof triu = changing("triu_", triu);

/**
 * Sets the diagonal of a matrix to one value.
 *
 * @throws {ShapeError} if this is not a matrix.
 * @throws {ValueError} if an int dtype does not hold the value.
 * @throws {GradError} if this may not be changed: a leaf with gradients while recording, a view of one, or an expanded
 * view.
 * @example
 * ones(2, 2).fillDiagonal_(0).toArray(); // [[0, 1], [1, 0]]
 */
export function fillDiagonal_<S extends Shape>(this: Tensor<S>, value: number): Tensor<S> {
  if (this.ndim !== 2) throw new ShapeError(`fillDiagonal_: takes a matrix; got ${show(this.shape)}`);
  const [rows, columns] = this.shape as readonly [number, number];
  return this.maskedFill_(eye(rows, columns, { dtype: "bool" }), value);
}
