/** Conversions, new tensors like this one, and turned copies, by the names that programs in PyTorch use. */
import { GradError } from "../errors.ts";
import { checkOptions } from "../options.ts";
import type { DType } from "../tensor/dtypes.ts";
import type { AnyShape, Flatten, Known, Nested, Shape } from "../tensor/shapes.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type CreationOptions, empty, full, sizesAndOptions, tensor } from "./create.ts";
import { requireTensor } from "./kernels.ts";
import { cast } from "./layout.ts";
import { reshaped } from "./views.ts";

/**
 * All elements as one axis, without a copy where the memory allows it: the same as `flatten()`.
 *
 * @example
 * tensor([[1, 2], [3, 4]]).ravel().toArray(); // [1, 2, 3, 4]
 */
export function ravel<S extends Shape>(this: Tensor<S>): Tensor<Flatten<S>> {
  return reshaped(this, [this.count], "ravel") as Tensor<Flatten<S>>;
}

/**
 * The tensor itself: it is on the cpu already.
 *
 * @example
 * tensor([1, 2]).cpu().toArray(); // [1, 2]
 */
export function cpu<S extends Shape>(this: Tensor<S>): Tensor<S> {
  return this;
}

/**
 * The tensor as int32, which stands for PyTorch's int64; fractions are cut off.
 *
 * @example
 * tensor([1.7, -1.7]).long().toArray(); // [1, -1]
 */
export function long<S extends Shape>(this: Tensor<S>): Tensor<S> {
  return cast(this, "int32");
}

/**
 * Whether each element is not 0, as bool.
 *
 * @example
 * tensor([0, 2]).bool().toArray(); // [false, true]
 */
export function bool<S extends Shape>(this: Tensor<S>): Tensor<S> {
  return cast(this, "bool");
}

/**
 * The tensor as uint8; fractions are cut off.
 *
 * @example
 * tensor([1.7, 255]).byte().toArray(); // [1, 255]
 */
export function byte<S extends Shape>(this: Tensor<S>): Tensor<S> {
  return cast(this, "uint8");
}

/**
 * The tensor in the dtype of another.
 *
 * @example
 * tensor([1, 2]).typeAs(tensor([1], { dtype: "int32" })).dtype; // "int32"
 */
export function typeAs<S extends Shape>(this: Tensor<S>, other: Tensor): Tensor<S> {
  requireTensor("typeAs", other);
  return cast(this, other.dtype);
}

/**
 * Takes a computed tensor out of its graph, in place: it is a leaf without gradients then. A view takes `detach()`.
 *
 * @throws {GradError} if this is a view.
 * @example
 * w.mul(2).detach_().requiresGrad; // false
 */
export function detach_<S extends Shape>(this: Tensor<S>): Tensor<S> {
  if (this.base !== null) throw new GradError("detach_: a view stays in its graph; got a view; use detach()");
  this.node = null;
  return this;
}

/** The signature of functions that make tensors of one value: sizes one by one, or as an array with options. */
export interface NewFilled {
  <const D extends number[]>(this: Tensor, ...sizes: D): Tensor<Known<D>>;
  <const D extends readonly number[]>(this: Tensor, sizes: D, options?: CreationOptions): Tensor<Known<D>>;
}

function newFilled(op: string, value: number | null): NewFilled {
  return function (this: Tensor, ...all: unknown[]): Tensor<AnyShape> {
    const { sizes, options } = sizesAndOptions<CreationOptions>(op, all);
    const own = { dtype: this.dtype, ...options };
    return value === null ? empty(sizes, own) : full(sizes, value, own);
  };
}

/**
 * Zeros of the dtype of this tensor.
 *
 * @throws {ShapeError} if a size is not a whole number of at least 0.
 * @throws {DTypeError} if the dtype is unknown, or is no float dtype with `requiresGrad`.
 * @throws {ValueError} for an unknown option.
 * @throws {MemoryError} if the tensor is too large for memory.
 * @example
 * tensor([1], { dtype: "float64" }).newZeros(2).dtype; // "float64"
 */
export const newZeros: NewFilled = newFilled("newZeros", 0);
/**
 * Ones of the dtype of this tensor.
 *
 * @throws {ShapeError} if a size is not a whole number of at least 0.
 * @throws {DTypeError} if the dtype is unknown, or is no float dtype with `requiresGrad`.
 * @throws {ValueError} for an unknown option.
 * @throws {MemoryError} if the tensor is too large for memory.
 * @example
 * tensor([5]).newOnes(2, 2).toArray(); // [[1, 1], [1, 1]]
 */
export const newOnes: NewFilled = newFilled("newOnes", 1);
/**
 * A tensor of whatever the memory holds, of the dtype of this tensor: write before you read.
 *
 * @throws {ShapeError} if a size is not a whole number of at least 0.
 * @throws {DTypeError} if the dtype is unknown, or is no float dtype with `requiresGrad`.
 * @throws {ValueError} for an unknown option.
 * @throws {MemoryError} if the tensor is too large for memory.
 * @example
 * tensor([5]).newEmpty(2, 3).shape; // [2, 3]
 */
export const newEmpty: NewFilled = newFilled("newEmpty", null);

/**
 * One value in the dtype of this tensor. The sizes are an array.
 *
 * @throws {ShapeError} if a size is not a whole number of at least 0.
 * @throws {DTypeError} if the dtype is unknown, or is no float dtype with `requiresGrad`.
 * @throws {ValueError} if an int dtype does not hold the value, or for an unknown option.
 * @throws {MemoryError} if the tensor is too large for memory.
 * @example
 * tensor([1]).newFull([2], 7).toArray(); // [7, 7]
 */
export function newFull<const D extends readonly number[]>(
  this: Tensor,
  sizes: D,
  value: number,
  options: CreationOptions = {},
): Tensor<Known<D>> {
  checkOptions("newFull", options, ["dtype", "requiresGrad"]);
  return full(sizes, value, { dtype: this.dtype, ...options });
}

/**
 * A tensor of numbers in the dtype of this tensor; see `tensor`.
 *
 * @throws {ShapeError} if the arrays of one level differ in length.
 * @throws {DTypeError} if an element is no number, the dtype is unknown, or is no float dtype with `requiresGrad`.
 * @throws {ValueError} if an int dtype does not hold a number, or for an unknown option.
 * @example
 * tensor([1], { dtype: "int32" }).newTensor([2, 3]).dtype; // "int32"
 */
export function newTensor<const V>(this: Tensor, values: V, options: CreationOptions = {}): Tensor<Nested<V>> {
  const dtype: DType = this.dtype;
  return tensor(values, { dtype, ...options });
}
