/** Writing into a tensor that others may look into: what may be written, and what autograd has to know of it. */
import { isGradEnabled } from "../autograd/mode.ts";
import { checkView, type Gradient, record, tracks } from "../autograd/node.ts";
import { GradError, ShapeError } from "../errors.ts";
import { sameShape, show } from "../tensor/sizes.ts";
import { changes, empty, stridesOf, type Tensor } from "../tensor/tensor.ts";
import { filled } from "./filled.ts";
import { cast, contiguous, copyInto } from "./layout.ts";
import { expandTo, placed, viewOf } from "./views.ts";

/** The gradient of values that were overwritten. */
export const nothing: Gradient = (g) => filled(g.shape, g.dtype);

/** Throws where a change would leave autograd with gradients of values that are gone. */
export function checkWritable(op: string, x: Tensor, tracked: boolean): void {
  if (tracked && x.node?.leaf) {
    throw new GradError(
      `${op}: a leaf that requires gradients cannot be changed while recording; wrap the call in noGrad`,
    );
  }
  if (x.base !== null && (tracked || (x.plain && isGradEnabled()))) checkViewWritable(op, x, x.base);
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
export function write(op: string, x: Tensor, value: Tensor, tracked: boolean): void {
  if (!sameShape(x.shape, value.shape)) {
    throw new ShapeError(`${op}: the result has shape ${show(value.shape)}, which does not fit into ${show(x.shape)}`);
  }
  const converted = cast(value, x.dtype);
  const values = converted.storage === x.storage ? copyOf(converted) : converted;
  changes(x);
  copyInto(values, x);
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
