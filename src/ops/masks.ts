/** Choosing by conditions. */
import { type Gradient, record, tracks } from "../autograd/node.ts";
import { backend } from "../backend/index.ts";
import { DTypeError, ShapeError } from "../errors.ts";
import { type DType, promote, promoteNumber } from "../tensor/dtypes.ts";
import type { Masked, Where } from "../tensor/indexing.ts";
import type { Arg, Broadcast, Out, Shape } from "../tensor/shapes.ts";
import { broadcast, broadcastStrides, sameShape, show, span, writeLoops } from "../tensor/sizes.ts";
import { empty, stridesOf, type Tensor } from "../tensor/tensor.ts";
import { checkOperand } from "./binary.ts";
import { scalar } from "./gather.ts";
import { copy_ } from "./inplace.ts";
import { ALL, family, pointer, requireTensor } from "./kernels.ts";
import { cast, contiguous } from "./layout.ts";
import { takeSpan } from "./take.ts";
import { expandTo, reshaped } from "./views.ts";

const choose = family("where", ALL);
const counts = family("nonzero_count", ["bool"]);
const places = family("nonzero", ["bool"]);

/** Throws unless the condition is a bool tensor. */
export function checkMask(op: string, mask: unknown): asserts mask is Tensor {
  requireTensor(op, mask);
  if (mask.dtype !== "bool") {
    throw new DTypeError(
      `${op}: a mask is a bool tensor; got ${mask.dtype} ${show(mask.shape)}; compare, for example x.gt(0), or use x.to("bool")`,
    );
  }
}

/** a where the condition holds, else b: of one dtype, broadcast to `shape`. */
function chosen(op: string, condition: Tensor, a: Tensor, b: Tensor, shape: readonly number[]): Tensor {
  const y = empty(shape, a.dtype);
  const all = [condition, a, b];
  const flat = all.every((x) => x.strides === null && (x.count === 1 || x.count === y.count));
  if (flat) {
    const [sc, sa, sb] = all.map((x) => (x.count === 1 ? 0 : 1));
    choose[y.dtype](
      pointer(condition),
      pointer(a),
      pointer(b),
      pointer(y),
      y.count,
      sc as number,
      sa as number,
      sb as number,
      0,
    );
  } else if (y.count > 0) {
    const { address, values } = backend.table;
    writeLoops(values, shape, ...all.map((x) => broadcastStrides(x.shape, stridesOf(x), shape)));
    choose[y.dtype](pointer(condition), pointer(a), pointer(b), pointer(y), y.count, 0, 0, 0, address);
  }
  if (tracks(a) || tracks(b)) record(y, op, [a, b], shares(condition, a.shape, b.shape), [condition]);
  return y;
}

/** The gradients of a choice, which hold on to the condition only. */
function shares(condition: Tensor, shapeA: readonly number[], shapeB: readonly number[]): Gradient[] {
  return [(g) => summed(masked(g, condition, true), shapeA), (g) => summed(masked(g, condition, false), shapeB)];
}

/** g where the condition is `kept`, else 0. */
function masked(g: Tensor, condition: Tensor, kept: boolean): Tensor {
  const zero = scalar("where", 0, g.dtype);
  return kept ? chosen("where", condition, g, zero, g.shape) : chosen("where", condition, zero, g, g.shape);
}

/** A gradient summed to the shape of an operand that was broadcast, by operations that are recorded. */
function summed(g: Tensor, shape: readonly number[]): Tensor {
  if (sameShape(g.shape, shape)) return g;
  const lead = g.ndim - shape.length;
  const axes = g.shape.map((_, i) => i).filter((i) => i < lead || (shape[i - lead] === 1 && g.shape[i] !== 1));
  return reshaped(g.sum(axes, true), shape);
}

/** The dtype that the two values of `where` meet in. */
function meeting(a: Tensor | number, b: Tensor | number): DType {
  if (typeof a !== "number" && typeof b !== "number") return promote(a.dtype, b.dtype);
  if (typeof a === "number" && typeof b === "number") {
    return promote(promoteNumber("int32", a), promoteNumber("int32", b));
  }
  return typeof a === "number" ? promoteNumber((b as Tensor).dtype, a) : promoteNumber(a.dtype, b as number);
}

/**
 * Elements of `a` where the condition (bool) holds and of `b` elsewhere; all three broadcast to each other, and either value
 * may be a number. With the condition alone: the indices of the elements that hold, one int32 tensor for each axis.
 *
 * @throws {DTypeError} if the condition is not bool.
 * @throws {ShapeError} if the shapes do not broadcast.
 * @throws {ValueError} if the int dtype of one value does not hold the other, a number.
 * @example
 * where(tensor([1, -2]).gt(0), 5, tensor([3, 4])).toArray(); // [5, 4]
 */
export function where(condition: Tensor): Tensor<[number]>[];
export function where<C extends Shape, A extends Shape = [], B extends Shape = []>(
  condition: Tensor<C>,
  a: Arg<Broadcast<C, A>, Tensor<A> | number>,
  b: Arg<Where<C, A, B>, Tensor<B> | number>,
): Tensor<Out<Where<C, A, B>>>;
export function where(condition: Tensor, a?: Tensor | number, b?: Tensor | number): Tensor | Tensor[] {
  requireTensor("where", condition);
  if (a === undefined && b === undefined) {
    const found = nonzero.call(condition);
    return condition.shape.map((_, i) => found.select(1, i).contiguous());
  }
  checkMask("where", condition);
  checkOperand("where", a);
  checkOperand("where", b);
  const dtype = meeting(a, b);
  const [x, y] = [a, b].map((v) => (typeof v === "number" ? scalar("where", v, dtype) : cast(v, dtype)));
  const shape = broadcast("where", condition.shape, broadcast("where", (x as Tensor).shape, (y as Tensor).shape));
  return chosen("where", condition, x as Tensor, y as Tensor, shape);
}

/** The value of maskedFill in x's dtype. */
function fillValue(op: string, x: Tensor, value: Tensor | number): Tensor {
  checkOperand(op, value);
  if (typeof value !== "number" && value.ndim > 0) {
    throw new ShapeError(
      `${op}: the value is a number or a tensor without axes; got ${show(value.shape)}; use where()`,
    );
  }
  return typeof value === "number" ? scalar(op, value, x.dtype) : cast(value, x.dtype);
}

/**
 * A copy with `value` where the mask (bool) is true. The mask broadcasts to the tensor, or the tensor to the mask.
 *
 * @throws {DTypeError} if the mask is not bool.
 * @throws {ShapeError} if the mask does not broadcast, or the value has axes.
 * @throws {ValueError} if an int dtype does not hold the value.
 * @example
 * tensor([1, 2, 3]).maskedFill(tensor([true, false, true]), 0).toArray(); // [0, 2, 0]
 */
export function maskedFill<S extends Shape, M extends Shape>(
  this: Tensor<S>,
  mask: Arg<Masked<S, M>, Tensor<M>>,
  value: Tensor | number,
): Tensor<Out<Masked<S, M>>> {
  const where = mask as Tensor;
  checkMask("maskedFill", where);
  const shape = broadcast("maskedFill", this.shape, where.shape);
  return chosen("maskedFill", where, fillValue("maskedFill", this, value), this, shape);
}

/**
 * Sets the elements where the mask (bool), which broadcasts to the tensor, is true; see {@link maskedFill}.
 *
 * @throws {DTypeError} if the mask is not bool.
 * @throws {ShapeError} if the mask does not broadcast to this shape, or the value has axes.
 * @throws {ValueError} if an int dtype does not hold the value.
 * @throws {GradError} if this may not be changed: a leaf with gradients while recording, a view of one, or an expanded
 * view.
 * @example
 * tensor([1, -2]).maskedFill_(tensor([false, true]), 0).toArray(); // [1, 0]
 */
export function maskedFill_<S extends Shape>(this: Tensor<S>, mask: Tensor, value: Tensor | number): Tensor<S> {
  checkMask("maskedFill_", mask);
  const shape = broadcast("maskedFill_", this.shape, mask.shape);
  if (!sameShape(shape, this.shape)) {
    throw new ShapeError(`maskedFill_: the mask broadcasts to ${show(this.shape)}; got ${show(mask.shape)}`);
  }
  copy_.call(this, chosen("maskedFill_", mask, fillValue("maskedFill_", this, value), this, shape));
  return this;
}

/**
 * The elements where the mask (bool) is true, in row-major order, as a copy of one axis. The mask and the tensor broadcast.
 *
 * @throws {DTypeError} if the mask is not bool.
 * @throws {ShapeError} if the shapes do not broadcast.
 * @example
 * tensor([1, 2, 3]).maskedSelect(tensor([true, false, true])).toArray(); // [1, 3]
 */
export function maskedSelect<S extends Shape, M extends Shape>(
  this: Tensor<S>,
  mask: Arg<Masked<S, M>, Tensor<M>>,
): Tensor<[number]> {
  const given = mask as Tensor;
  checkMask("maskedSelect", given);
  const shape = broadcast("maskedSelect", this.shape, given.shape);
  const x = expandTo(this, shape);
  const found = placesOfMask(expandTo(given, shape));
  return takeSpan("maskedSelect", x, span([x.count], 0, 1), found, found.shape);
}

/** Where a mask is true, as int32: [found, axes]. */
function indicesOfMask(mask: Tensor, sizes: readonly number[]): Tensor {
  const flat = contiguous.call(mask);
  const found = counts.bool(pointer(flat), flat.count);
  const y = empty([found, sizes.length], "int32");
  const { address, values } = backend.table;
  values[0] = sizes.length;
  for (const [i, size] of sizes.entries()) values[1 + i] = size;
  places.bool(pointer(flat), pointer(y), found, address);
  return y;
}

/** Where a mask is true in the flattened tensor, as int32. */
export function placesOfMask(mask: Tensor): Tensor {
  const found = indicesOfMask(mask, [mask.count]);
  return reshaped(found, [found.count]);
}

/**
 * The indices of all elements that are not 0, in row-major order, as int32: [found, axes].
 *
 * @example
 * tensor([[0, 1], [2, 0]]).nonzero().toArray(); // [[0, 1], [1, 0]]
 */
export function nonzero(this: Tensor): Tensor<[number, number]> {
  return indicesOfMask(cast(this, "bool"), this.shape);
}
