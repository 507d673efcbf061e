/** Operations that change a tensor's memory. Their names end in "_"; backward notices when it needs the old values. */
import { record, tracks } from "../autograd/node.ts";
import { backend } from "../backend/index.ts";
import { DTypeError } from "../errors.ts";
import { checkHolds, isFloat } from "../tensor/dtypes.ts";
import type { Shape } from "../tensor/shapes.ts";
import { broadcastStrides, rowMajor, sameShape, writeLoops } from "../tensor/sizes.ts";
import { changes, stridesOf, Tensor } from "../tensor/tensor.ts";
import { checkWritable, nothing, write } from "./assign.ts";
import * as binary from "./binary.ts";
import { checkOperand, type Operand, scaledOperand } from "./binary.ts";
import { type DivOptions, div, remainder } from "./division.ts";
import { filled } from "./filled.ts";
import { ALL, type Family, FLOATS, family, pointer, requireTensor, scalarPointer } from "./kernels.ts";
import { cast } from "./layout.ts";
import type { Bound } from "./math.ts";
import * as math from "./math.ts";
import { expandTo } from "./views.ts";

const clamps = family("clamp", FLOATS);

/** The signature of an in-place function of two tensors: the other broadcasts to this one. */
export type InPlace = <S extends Shape, B extends Shape = []>(this: Tensor<S>, other: Operand<S, B>) => Tensor<S>;

/** The signature of an in-place function whose other operand may be scaled: `alpha` times it is taken. */
export type InPlaceScalable = <S extends Shape, B extends Shape = []>(
  this: Tensor<S>,
  other: Operand<S, B>,
  options?: { alpha?: number },
) => Tensor<S>;

/** The signature of `div_`. */
export type InPlaceDivision = <S extends Shape, B extends Shape = []>(
  this: Tensor<S>,
  other: Operand<S, B>,
  options?: DivOptions,
) => Tensor<S>;

/** Whether a tensor of shape `from` repeats over the shape `to`. */
function repeatsOver(from: readonly number[], to: readonly number[]): boolean {
  const lead = to.length - from.length;
  return lead >= 0 && from.every((size, i) => size === 1 || size === to[lead + i]);
}

/** Runs a kernel from x and `other` into x itself, where nothing stands in the way. Says whether it did. */
function overwrite(kernels: Family, x: Tensor, other: Tensor | number): boolean {
  if (x.strides !== null || !isFloat(x.dtype)) return false;
  if (typeof other === "number") {
    changes(x);
    kernels[x.dtype](pointer(x), scalarPointer(other, x.dtype), pointer(x), x.count, 1, 0, 0);
  } else {
    if (other.dtype !== x.dtype) return false;
    const flat = other.strides === null && sameShape(other.shape, x.shape);
    if (other.storage === x.storage && !(flat && other.offset === x.offset)) return false;
    if (!flat && !repeatsOver(other.shape, x.shape)) return false;
    changes(x);
    if (flat) kernels[x.dtype](pointer(x), pointer(other), pointer(x), x.count, 1, 1, 0);
    else if (x.count > 0) {
      const { address, values } = backend.table;
      writeLoops(values, x.shape, rowMajor(x.shape), broadcastStrides(other.shape, stridesOf(other), x.shape));
      kernels[x.dtype](pointer(x), pointer(other), pointer(x), x.count, 0, 0, address);
    }
  }
  return true;
}

/** Throws where a result does not belong into x: fractions into ints. */
function checkResult(op: string, x: Tensor, value: Tensor): void {
  if (isFloat(x.dtype) || !isFloat(value.dtype)) return;
  throw new DTypeError(
    `${op}: the result is ${value.dtype} and does not go into ${x.dtype}; use the form without "_", or x.to("${value.dtype}")`,
  );
}

/** The in-place form of a function: what it computes goes into its tensor. `keeps` says whether gradients read the old values. */
export function into<A extends unknown[]>(
  name: string,
  compute: (this: Tensor, ...args: A) => Tensor,
  keeps: boolean,
  fast?: (x: Tensor, ...args: A) => boolean,
): (this: Tensor, ...args: A) => Tensor {
  return function (this: Tensor, ...args: A): Tensor {
    const tracked = tracks(this) || args.some((arg) => arg instanceof Tensor && tracks(arg));
    checkWritable(name, this, tracked);
    if (!tracked && fast?.(this, ...args)) return this;
    const value = compute.apply(tracked && keeps ? this.clone() : this, args);
    checkResult(name, this, value);
    write(name, this, value, tracked);
    return this;
  };
}

function inPlace(
  name: string,
  compute: binary.Binary,
  keeps: boolean,
  kernels = family(name.slice(0, -1), FLOATS),
): InPlace {
  const changed = into(name, compute as (this: Tensor, other: number | Tensor) => Tensor, keeps, (x, other) =>
    overwrite(kernels, x, other),
  );
  return function (this: Tensor, other: unknown): Tensor {
    checkOperand(name, other);
    return changed.call(this, other);
  } as InPlace;
}

function scalableInPlace(name: string, compute: binary.Binary): InPlaceScalable {
  const plain = inPlace(name, compute, false);
  return function (this: Tensor, other: unknown, options?: { alpha?: number }): Tensor {
    if (options === undefined) return plain.call(this, other as Tensor);
    return plain.call(this, scaledOperand(name, other, options));
  } as InPlaceScalable;
}

/**
 * this = this + other, or this + alpha · other.
 *
 * @throws {ShapeError} if the other does not broadcast to this shape.
 * @throws {DTypeError} if the result is a float and this is not.
 * @throws {ValueError} for an unknown option.
 * @throws {GradError} if this may not be changed: a leaf with gradients while recording, a view of one, or an expanded
 * view.
 * @example
 * tensor([1, 2]).add_(10).toArray(); // [11, 12]
 * tensor([1, 2]).add_(tensor([1, 1]), { alpha: -0.5 }).toArray(); // [0.5, 1.5]
 */
export const add_: InPlaceScalable = scalableInPlace("add_", binary.add);
/**
 * this = this - other, or this - alpha · other.
 *
 * @throws {ShapeError} if the other does not broadcast to this shape.
 * @throws {DTypeError} if the result is a float and this is not.
 * @throws {ValueError} for an unknown option.
 * @throws {GradError} if this may not be changed: a leaf with gradients while recording, a view of one, or an expanded
 * view.
 * @example
 * tensor([1, 2]).sub_(tensor([1, 1])).toArray(); // [0, 1]
 */
export const sub_: InPlaceScalable = scalableInPlace("sub_", binary.sub);
/**
 * this = this * other.
 *
 * @throws {ShapeError} if the other does not broadcast to this shape.
 * @throws {DTypeError} if the result is a float and this is not.
 * @throws {GradError} if this may not be changed: a leaf with gradients while recording, a view of one, or an expanded
 * view.
 * @example
 * tensor([1, 2]).mul_(3).toArray(); // [3, 6]
 */
export const mul_: InPlace = inPlace("mul_", binary.mul, true);
const quotient = inPlace("div_", div, true);
const rounded = into("div_", div as (this: Tensor, other: number | Tensor, options: DivOptions) => Tensor, false);

/**
 * this = this / other, rounded where `roundingMode` says so: see `div`.
 *
 * @throws {ShapeError} if the other does not broadcast to this shape.
 * @throws {DTypeError} for int dtypes and bool without rounding.
 * @throws {ValueError} for another `roundingMode`, an unknown option, or ints divided by 0 with rounding.
 * @throws {GradError} if this may not be changed: a leaf with gradients while recording, a view of one, or an expanded
 * view.
 * @example
 * tensor([1, 2]).div_(2).toArray(); // [0.5, 1]
 * tensor([-7, 7]).div_(2, { roundingMode: "floor" }).toArray(); // [-4, 3]
 */
export const div_: InPlaceDivision = function (this: Tensor, other: unknown, options?: DivOptions): Tensor {
  if (options === undefined) return quotient.call(this, other as number);
  checkOperand("div_", other);
  return rounded.call(this, other, options);
} as InPlaceDivision;

/**
 * this = this to the power of other.
 *
 * @throws {ShapeError} if the other does not broadcast to this shape.
 * @throws {DTypeError} if the result is a float and this is not.
 * @throws {ValueError} if a power of ints is no int32.
 * @throws {GradError} if this may not be changed: a leaf with gradients while recording, a view of one, or an expanded
 * view.
 * @example
 * tensor([2, 3]).pow_(2).toArray(); // [4, 9]
 */
export const pow_: InPlace = inPlace("pow_", binary.pow, true);
/**
 * this = this modulo other, with the sign of other.
 *
 * @throws {ShapeError} if the other does not broadcast to this shape.
 * @throws {DTypeError} if the result is a float and this is not.
 * @throws {ValueError} if ints are divided by 0.
 * @throws {GradError} if this may not be changed: a leaf with gradients while recording, a view of one, or an expanded
 * view.
 * @example
 * tensor([-7, 7]).remainder_(3).toArray(); // [2, 1]
 */
export const remainder_: InPlace = inPlace("remainder_", remainder, true);

const bounded = into<[min: Bound, max: Bound]>("clamp_", math.clamp, true, (x, min, max) => {
  if (min instanceof Tensor || max instanceof Tensor || x.strides !== null || !isFloat(x.dtype)) return false;
  changes(x);
  clamps[x.dtype](pointer(x), pointer(x), x.count, min ?? Number.NEGATIVE_INFINITY, max ?? Number.POSITIVE_INFINITY);
  return true;
});

/**
 * Brings every element into [min, max]: see `clamp`.
 *
 * @throws {ValueError} if both bounds are null or one is NaN.
 * @throws {ShapeError} if a bound does not broadcast to this shape.
 * @throws {DTypeError} if the result is a float and this is not.
 * @throws {GradError} if this may not be changed: a leaf with gradients while recording, a view of one, or an expanded
 * view.
 * @example
 * tensor([-2, 0.5, 3]).clamp_(0, 1).toArray(); // [0, 0.5, 1]
 */
export function clamp_<S extends Shape>(this: Tensor<S>, min: Bound, max: Bound = null): Tensor<S> {
  math.checkBounds("clamp_", min, max);
  return bounded.call(this, min, max) as Tensor<S>;
}

const moved = into("lerp_", math.lerp as (this: Tensor, end: Tensor, weight: number | Tensor) => Tensor, false);
/**
 * this = this + weight · (end - this). Takes float dtypes.
 *
 * @throws {DTypeError} if this or `end` is not of a float dtype.
 * @throws {ShapeError} if the others do not broadcast to this shape.
 * @throws {GradError} if this may not be changed: a leaf with gradients while recording, a view of one, or an expanded
 * view.
 * @example
 * tensor([0, 10]).lerp_(tensor([10, 20]), 0.5).toArray(); // [5, 15]
 */
export function lerp_<S extends Shape>(this: Tensor<S>, end: Tensor, weight: number | Tensor): Tensor<S> {
  return moved.call(this, end, weight) as Tensor<S>;
}

type Scaled = (this: Tensor, a: Tensor, b: Tensor, options?: math.ScaledOptions) => Tensor;
const withProduct = into("addcmul_", math.addcmul as Scaled, false);
const withQuotient = into("addcdiv_", math.addcdiv as Scaled, false);

/**
 * this = this + value · a · b.
 *
 * @throws {ShapeError} if the others do not broadcast to this shape.
 * @throws {DTypeError} if the result is a float and this is not.
 * @throws {ValueError} for an unknown option.
 * @throws {GradError} if this may not be changed: a leaf with gradients while recording, a view of one, or an expanded
 * view.
 * @example
 * tensor([1, 1]).addcmul_(tensor([2, 3]), tensor([4, 5]), { value: 0.5 }).toArray(); // [5, 8.5]
 */
export function addcmul_<S extends Shape>(
  this: Tensor<S>,
  a: Tensor,
  b: Tensor,
  options?: math.ScaledOptions,
): Tensor<S> {
  return withProduct.call(this, a, b, options) as Tensor<S>;
}

/**
 * this = this + value · a / b.
 *
 * @throws {ShapeError} if the others do not broadcast to this shape.
 * @throws {DTypeError} for int dtypes and bool.
 * @throws {ValueError} for an unknown option.
 * @throws {GradError} if this may not be changed: a leaf with gradients while recording, a view of one, or an expanded
 * view.
 * @example
 * tensor([1, 1]).addcdiv_(tensor([2, 3]), tensor([4, 4])).toArray(); // [1.5, 1.75]
 */
export function addcdiv_<S extends Shape>(
  this: Tensor<S>,
  a: Tensor,
  b: Tensor,
  options?: math.ScaledOptions,
): Tensor<S> {
  return withQuotient.call(this, a, b, options) as Tensor<S>;
}

const fill = family("fill", ALL);

/**
 * Copies the elements of another tensor, which broadcasts to this shape, converting their dtype.
 *
 * @throws {ShapeError} if the other does not broadcast to this shape.
 * @throws {GradError} if this may not be changed: a leaf with gradients while recording, a view of one, or an expanded
 * view.
 * @example
 * zeros(2, 2).copy_(tensor([1, 2])).toArray(); // [[1, 2], [1, 2]]
 */
export function copy_<S extends Shape>(this: Tensor<S>, other: Tensor): Tensor<S> {
  requireTensor("copy_", other);
  const value = expandTo(cast(other, this.dtype), this.shape, "copy_");
  const tracked = tracks(this) || tracks(value);
  checkWritable("copy_", this, tracked);
  write("copy_", this, value, tracked && this.base !== null);
  if (tracked && this.base === null) record(this, "copy_", [this, value], [nothing, (g) => g]);
  return this;
}

/**
 * Sets every element to one value.
 *
 * @throws {ValueError} if an int dtype does not hold the value.
 * @throws {GradError} if this may not be changed: a leaf with gradients while recording, a view of one, or an expanded
 * view.
 * @example
 * zeros(2).fill_(7).toArray(); // [7, 7]
 */
export function fill_<S extends Shape>(this: Tensor<S>, value: number): Tensor<S> {
  const tracked = tracks(this);
  checkWritable("fill_", this, tracked);
  checkHolds("fill_", this.dtype, value);
  const part = tracked && this.base !== null;
  if (this.strides === null && !part) {
    changes(this);
    fill[this.dtype](pointer(this), value, this.count);
    this.storage.used = "no";
  } else {
    write("fill_", this, filled(this.shape, this.dtype, value), part);
  }
  if (tracked && !part) record(this, "fill_", [this], [nothing]);
  return this;
}

/**
 * Sets every element to 0.
 *
 * @throws {GradError} if this may not be changed: a leaf with gradients while recording, a view of one, or an expanded
 * view.
 * @example
 * tensor([1, 2]).zero_().toArray(); // [0, 0]
 */
export function zero_<S extends Shape>(this: Tensor<S>): Tensor<S> {
  return fill_.call(this, 0) as Tensor<S>;
}
