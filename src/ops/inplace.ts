/** Operations that change a tensor's memory. Their names end in "_"; backward notices when it needs the old values. */
import { checkView, type Gradient, record, tracks } from "../autograd/node.ts";
import { GradError, ShapeError } from "../errors.ts";
import { checkHolds, isFloat } from "../tensor/dtypes.ts";
import type { Shape } from "../tensor/shapes.ts";
import { sameShape, show } from "../tensor/sizes.ts";
import { empty, stridesOf, type Tensor } from "../tensor/tensor.ts";
import * as binary from "./binary.ts";
import { checkOperand, type Operand } from "./binary.ts";
import { ALL, type Family, FLOATS, family, pointer, requireTensor, scalarPointer } from "./kernels.ts";
import { cast, contiguous, copyInto } from "./layout.ts";
import { expandTo, placed, viewOf } from "./views.ts";

/** The signature of an in-place function of two tensors: the other broadcasts to this one. */
export type InPlace = <S extends Shape, B extends Shape = []>(this: Tensor<S>, other: Operand<S, B>) => Tensor<S>;

/** Throws where a change would leave autograd with gradients of values that are gone. */
export function checkWritable(op: string, x: Tensor, tracked: boolean): void {
  if (tracked && x.node?.leaf) {
    throw new GradError(
      `${op}: a leaf that requires gradients cannot be changed while recording; wrap the call in noGrad`,
    );
  }
  if (tracked && x.base !== null) checkViewWritable(op, x, x.base);
  if (overlaps(x)) {
    throw new GradError(`${op}: an expanded tensor has elements that share memory; use clone() first`);
  }
}

function checkViewWritable(op: string, x: Tensor, base: Tensor): void {
  if (base.node?.leaf) {
    throw new GradError(
      `${op}: a view of a leaf that requires gradients cannot be changed while recording; wrap the call in noGrad`,
    );
  }
  if (base.node !== null && x.node === null) {
    throw new GradError(
      `${op}: a view taken by detach() or in noGrad cannot be changed while recording; wrap the call in noGrad, or clone() it`,
    );
  }
  checkView(op, x);
}

/** Whether two elements share memory. */
function overlaps(x: Tensor): boolean {
  if (x.strides === null || x.count === 0) return false;
  const axes = x.shape.map((size, i) => ({ size, stride: (x.strides as readonly number[])[i] as number }));
  let reach = 0;
  for (const { size, stride } of axes.filter((one) => one.size > 1).sort((a, b) => a.stride - b.stride)) {
    if (stride <= reach) return true;
    reach += stride * (size - 1);
  }
  return false;
}

/** A row-major copy outside the graph. */
function copyOf(x: Tensor): Tensor {
  const y = empty(x.shape, x.dtype);
  copyInto(x, y);
  return y;
}

/** Puts the elements of `value` into x's memory. */
function write(op: string, x: Tensor, value: Tensor, tracked: boolean): void {
  if (!sameShape(x.shape, value.shape)) {
    throw new ShapeError(`${op}: the result has shape ${show(value.shape)}, which does not fit into ${show(x.shape)}`);
  }
  const converted = cast(value, x.dtype);
  copyInto(converted.storage === x.storage ? copyOf(converted) : converted, x);
  x.storage.version++;
  if (!tracked) return;
  if (x.base === null) x.node = converted.node;
  else recordPart(op, x, x.base, converted);
}

/** A tensor of the shape of x's base, seen as x sees its base. */
function lookOf(x: Tensor, base: Tensor): (whole: Tensor) => Tensor {
  const { shape } = x;
  const strides = stridesOf(x);
  const skipped = x.offset - base.offset;
  const look = (whole: Tensor): Tensor => {
    const flat = contiguous.call(whole);
    return viewOf(flat, "view", shape, strides, flat.offset + skipped, (g) => placed(g, whole.shape, look));
  };
  return look;
}

/** g with zeros in one part. */
function cleared(g: Tensor, look: (whole: Tensor) => Tensor): Tensor {
  const rest = copyOf(g);
  const part = look(rest);
  copyInto(expandTo(nothing(empty([], g.dtype)), part.shape), part);
  if (tracks(g)) record(rest, "cleared", [g], [(h) => cleared(h, look)]);
  return rest;
}

/** Records that the part of `base` that x sees was replaced by `value`: of the base, and of x as a view of it. */
function recordPart(op: string, x: Tensor, base: Tensor, value: Tensor): void {
  if (base.strides !== null) {
    throw new GradError(`${op}: a view of memory that is not row-major cannot be changed while recording; use clone()`);
  }
  const look = lookOf(x, base);
  record(base, op, [base, value], [(g) => cleared(g, look), look]);
  renew(x);
}

/** Leads the gradients of a view to what its base is now. */
function renew(x: Tensor): void {
  const { base } = x;
  if (base === null) return;
  const look = lookOf(x, base);
  record(x, "view", [base], [(g) => placed(g, base.shape, look)]);
  if (x.node !== null) x.node.viewed = base.node;
}

/** Assigns `value`, of its shape, to x, a part of `whole`. */
export function assign(op: string, x: Tensor, value: Tensor, whole: Tensor): void {
  const tracked = tracks(x) || tracks(value);
  checkWritable(op, x, tracked);
  write(op, x, value, tracked);
  if (tracked) renew(whole);
}

/** Runs a kernel from x and `other` into x itself, where nothing stands in the way. Says whether it did. */
function overwrite(kernels: Family, x: Tensor, other: Tensor | number): boolean {
  if (x.strides !== null || !isFloat(x.dtype)) return false;
  if (typeof other === "number") {
    kernels[x.dtype](pointer(x), scalarPointer(other, x.dtype), pointer(x), x.count, 1, 0, 0);
  } else {
    const apart = other.storage !== x.storage || other.offset === x.offset;
    if (!apart || other.strides !== null || other.dtype !== x.dtype || !sameShape(other.shape, x.shape)) return false;
    kernels[x.dtype](pointer(x), pointer(other), pointer(x), x.count, 1, 1, 0);
  }
  x.storage.version++;
  return true;
}

/** `keeps` says whether the gradients read the old values, which are then copied. */
function inPlace(name: string, compute: binary.Binary, keeps: boolean): InPlace {
  const kernels = family(name.slice(0, -1), FLOATS);
  return function (this: Tensor, other: unknown): Tensor {
    checkOperand(name, other);
    const tracked = tracks(this) || (typeof other !== "number" && tracks(other));
    checkWritable(name, this, tracked);
    if (!tracked && overwrite(kernels, this, other)) return this;
    write(name, this, compute.call(tracked && keeps ? this.clone() : this, other), tracked);
    return this;
  } as InPlace;
}

/** this = this + other. */
export const add_: InPlace = inPlace("add_", binary.add, false);
/** this = this - other. */
export const sub_: InPlace = inPlace("sub_", binary.sub, false);
/** this = this * other. */
export const mul_: InPlace = inPlace("mul_", binary.mul, true);
/** this = this / other. */
export const div_: InPlace = inPlace("div_", binary.div, true);

const fill = family("fill", ALL);

/** The gradient of values that were overwritten. */
const nothing: Gradient = (g) => {
  const dx = empty(g.shape, g.dtype);
  fill[dx.dtype](pointer(dx), 0, dx.count);
  return dx;
};

/** Copies the elements of another tensor, which broadcasts to this shape, converting their dtype. */
export function copy_<S extends Shape>(this: Tensor<S>, other: Tensor): Tensor<S> {
  requireTensor("copy_", other);
  const value = expandTo(cast(other, this.dtype), this.shape);
  const tracked = tracks(this) || tracks(value);
  checkWritable("copy_", this, tracked);
  write("copy_", this, value, tracked && this.base !== null);
  if (tracked && this.base === null) record(this, "copy_", [this, value], [nothing, (g) => g]);
  return this;
}

/** Sets every element to one value. */
export function fill_<S extends Shape>(this: Tensor<S>, value: number): Tensor<S> {
  const tracked = tracks(this);
  checkWritable("fill_", this, tracked);
  checkHolds("fill_", this.dtype, value);
  const part = tracked && this.base !== null;
  if (this.strides === null && !part) {
    fill[this.dtype](pointer(this), value, this.count);
    this.storage.version++;
  } else {
    const values = empty(this.shape, this.dtype);
    fill[this.dtype](pointer(values), value, values.count);
    write("fill_", this, values, part);
  }
  if (tracked && !part) record(this, "fill_", [this], [nothing]);
  return this;
}

/** Sets every element to 0. */
export function zero_<S extends Shape>(this: Tensor<S>): Tensor<S> {
  return fill_.call(this, 0) as Tensor<S>;
}
