/** Elements by index along one axis. Indices are int32 (or uint8), never negative, and checked: an IndexError names the first bad one. */
import { record, tracks } from "../autograd/node.ts";
import { backend, type Kernel } from "../backend/index.ts";
import { DTypeError, IndexError, ShapeError } from "../errors.ts";
import { checkHolds, DTYPES, type DType } from "../tensor/dtypes.ts";
import type { Gather, Scatter } from "../tensor/indexing.ts";
import type { Arg, OnAxis, Out, Shape } from "../tensor/shapes.ts";
import { axis, placeOf, sameShape, show, writeLoops } from "../tensor/sizes.ts";
import { empty, stridesOf, type Tensor } from "../tensor/tensor.ts";
import { filled } from "./filled.ts";
import { family, NUMBERS, pointer, requireTensor } from "./kernels.ts";
import { cast, contiguous, copyInto } from "./layout.ts";
import { expandTo, placed, reshaped } from "./views.ts";

/** A kernel's versions by the size of an element. */
export type ByBytes = Readonly<Record<number, Kernel>>;

/** The versions of a kernel that moves elements of 1, 4 or 8 bytes. */
export function byBytes(name: string): ByBytes {
  return { 1: backend.kernel(`${name}_1`), 4: backend.kernel(`${name}_4`), 8: backend.kernel(`${name}_8`) };
}

const gathers = byBytes("gather");
const scatters = byBytes("scatter");
const scatterAdds = family("scatter_add", NUMBERS, "scatterAdd");

/** A number as a tensor without axes. */
export function scalar(op: string, value: number, dtype: DType): Tensor {
  checkHolds(op, dtype, value);
  return filled([], dtype, value);
}

/** Indices as int32 in row-major order. */
export function checkedIndex(op: string, index: unknown): Tensor {
  requireTensor(op, index);
  if (index.dtype === "bool") {
    throw new DTypeError(`${op}: indices are int32; got a bool mask ${show(index.shape)}; use mask.nonzero()`);
  }
  if (index.dtype !== "int32" && index.dtype !== "uint8") {
    throw new DTypeError(
      `${op}: indices are int32; got ${index.dtype} ${show(index.shape)}; convert with index.to("int32")`,
    );
  }
  return contiguous.call(cast(index, "int32"));
}

/** Throws for the index that a kernel found out of range. */
export function checkRange(op: string, bad: number, index: Tensor, length: number, lowest = 0): void {
  if (bad < 0) return;
  const value = reshaped(index, [index.count]).select(0, bad).item();
  const place = placeOf(bad, index.shape);
  const at = place.length === 0 ? "" : ` at position ${place.length === 1 ? place[0] : show(place)}`;
  const range = length === 0 ? "there is nothing to index" : `indices are ${lowest} to ${length - 1}`;
  throw new IndexError(`${op}: index ${value}${at} is out of range for size ${length}: ${range}`);
}

/** The size along an axis; of a tensor without axes 1. */
function lengthOf(x: Tensor, at: number): number {
  return x.ndim === 0 ? 1 : (x.shape[at] as number);
}

/** Throws unless the index has as many axes as x and, but for the axis `at`, no larger sizes. `whole` compares all axes. */
export function checkInside(op: string, index: Tensor, x: Tensor, at: number, name: string, whole: boolean): void {
  const rank = Math.max(x.ndim, 1);
  const fits = Math.max(index.ndim, 1) === rank;
  if (fits && index.shape.every((size, i) => (i === at && !whole) || size <= (x.shape[i] ?? 1))) return;
  const rule = fits
    ? `the index is no larger than ${name}${whole ? "" : ` outside axis ${at}`}`
    : `the index has as many axes as ${name}`;
  throw new ShapeError(`${op}: ${rule}; got index ${show(index.shape)} and ${name} ${show(x.shape)}`);
}

/** The strides of x along all axes but `at`. */
function strideless(x: Tensor, at: number): readonly number[] {
  return x.ndim === 0 ? [] : stridesOf(x).with(at, 0);
}

function stepOf(x: Tensor, at: number): number {
  return x.ndim === 0 ? 1 : (stridesOf(x)[at] as number);
}

/** Elements of x at an index of int32 in row-major order that fits it, along axis `at`. */
export function gathered(op: string, x: Tensor, at: number, index: Tensor): Tensor {
  const y = empty(index.shape, x.dtype);
  if (y.count > 0) {
    const { address, values } = backend.table;
    writeLoops(values, index.shape, index.ndim === 0 ? [] : strideless(x, at));
    const run = gathers[DTYPES[x.dtype].bytes] as Kernel;
    const [length, step] = [lengthOf(x, at), stepOf(x, at)];
    checkRange(op, run(pointer(x), pointer(index), pointer(y), y.count, length, step, address), index, length);
  }
  if (tracks(x)) {
    const before = x.shape;
    record(y, op, [x], [(g) => addedAt(op, g, at, index, before)], [index]);
  }
  return y;
}

/** The gradient of `gathered`: zeros of a shape, with every element of g added at its index. */
export function addedAt(op: string, g: Tensor, at: number, index: Tensor, shape: readonly number[]): Tensor {
  const dx = filled(shape, g.dtype);
  scatterInto(op, scatterAdds[g.dtype], dx, at, index, g);
  if (tracks(g)) record(dx, "scatterAdd", [g], [(h) => gathered(op, h, at, index)], [index]);
  return dx;
}

/** Runs a kernel that puts or adds elements of `source` to y, which is row-major. */
function scatterInto(op: string, run: Kernel, y: Tensor, at: number, index: Tensor, source: Tensor): void {
  if (index.count === 0) return;
  const { address, values } = backend.table;
  const flat = index.ndim === 0;
  writeLoops(values, index.shape, flat ? [] : strideless(y, at), flat ? [] : stridesOf(source));
  const parts = at === 0 ? 1 : (index.shape[0] as number);
  const [length, step] = [lengthOf(y, at), stepOf(y, at)];
  const bad = run(pointer(y), pointer(index), pointer(source), parts, index.count, length, step, address);
  checkRange(op, bad, index, length);
}

/**
 * Elements by index along an axis: y[i][j] = x[index[i][j]][j] for axis 0, y[i][j] = x[i][index[i][j]] for axis 1. The
 * index, int32 or uint8, has as many axes as x and gives the result's shape; other axes may be shorter than x's.
 *
 * @throws {IndexError} if `dim` is not an axis, or for the first index out of range, which it names.
 * @throws {DTypeError} if the index is neither int32 nor uint8.
 * @throws {ShapeError} if the index has another number of axes, or is larger than this outside the axis.
 * @example
 * tensor([[1, 2], [3, 4]]).gather(1, tensor([[1], [0]], { dtype: "int32" })).toArray(); // [[2], [3]]
 */
export function gather<S extends Shape, D extends number, I extends Shape>(
  this: Tensor<S>,
  dim: Arg<OnAxis<S, D>, D>,
  index: Arg<Gather<S, D, I>, Tensor<I>>,
): Tensor<Out<Gather<S, D, I>>> {
  const at = axis("gather", dim as number, this.shape);
  const where = checkedIndex("gather", index);
  checkInside("gather", where, this, at, "the input", false);
  return gathered("gather", this, at, where);
}

/** A copy of x in row-major memory, outside the graph. */
function copied(x: Tensor): Tensor {
  const y = empty(x.shape, x.dtype);
  copyInto(x, y);
  return y;
}

/** The source of a scatter in x's dtype: a number is repeated. */
export function sourceOf(op: string, x: Tensor, at: number, index: Tensor, source: Tensor | number): Tensor {
  if (typeof source === "number") return expandTo(scalar(op, source, x.dtype), index.shape);
  requireTensor(op, source);
  checkInside(op, index, source, at, "the source", true);
  if (source.dtype !== x.dtype) {
    throw new DTypeError(
      `${op}: the source has the input's dtype ${x.dtype}; got ${source.dtype}; convert with source.to("${x.dtype}")`,
    );
  }
  return source;
}

/** The first elements of x along every axis, as many as the shape has. */
export function corner(x: Tensor, shape: readonly number[]): Tensor {
  let y = x;
  for (const [i, size] of shape.entries()) if (y.shape[i] !== size) y = y.narrow(i, 0, size) as Tensor;
  return y;
}

/** A copy of x with elements of `value` put along an axis, or added with `add`. */
export function scattered(
  op: string,
  x: Tensor,
  dim: number,
  index: unknown,
  value: Tensor | number,
  add = false,
): Tensor {
  const at = axis(op, dim, x.shape);
  const where = checkedIndex(op, index);
  checkInside(op, where, x, at, "the input", false);
  const source = sourceOf(op, x, at, where, value);
  const y = copied(x);
  const run = add ? scatterAdds[x.dtype] : (scatters[DTYPES[x.dtype].bytes] as Kernel);
  scatterInto(op, run, y, at, where, source);
  if (tracks(x) || tracks(source)) {
    const toInput = (g: Tensor): Tensor => (add ? g : (g.scatter(at, where, 0) as Tensor));
    const toSource = (g: Tensor): Tensor => {
      const taken = gathered(op, g, at, where);
      if (sameShape(taken.shape, source.shape)) return taken;
      return placed(taken, source.shape, (whole) => corner(whole, where.shape));
    };
    record(y, op, [x, source], [toInput, toSource], [where]);
  }
  return y;
}

/**
 * A copy with elements replaced along an axis: y[index[i][j]][j] = source[i][j] for axis 0, and so on.
 * The source is a tensor of the input's dtype at least as large as the index, or a number. The last of several indices
 * that name one place wins.
 *
 * @throws {IndexError} if `dim` is not an axis, or for the first index out of range, which it names.
 * @throws {DTypeError} if the index is neither int32 nor uint8, or the source is of another dtype.
 * @throws {ShapeError} if the index does not fit into this outside the axis, or not into the source.
 * @throws {ValueError} if an int dtype does not hold the number.
 * @example
 * zeros(3).scatter(0, tensor([2, 0], { dtype: "int32" }), tensor([5, 6])).toArray(); // [6, 0, 5]
 */
export function scatter<S extends Shape, D extends number, I extends Shape>(
  this: Tensor<S>,
  dim: Arg<OnAxis<S, D>, D>,
  index: Arg<Scatter<S, D, I>, Tensor<I>>,
  source: Tensor | number,
): Tensor<S> {
  return scattered("scatter", this, dim as number, index, source);
}

/**
 * A copy with elements added along an axis: y[index[i][j]][j] += source[i][j] for axis 0, and so on. Takes float32,
 * float64 and int32. Sums are made in the order of the index, so that results are the same every time.
 *
 * @throws {IndexError} if `dim` is not an axis, or for the first index out of range, which it names.
 * @throws {DTypeError} if the index is neither int32 nor uint8, the source is of another dtype, or this is uint8 or
 * bool.
 * @throws {ShapeError} if the index does not fit into this outside the axis, or not into the source.
 * @example
 * zeros(2).scatterAdd(0, tensor([1, 1, 0], { dtype: "int32" }), tensor([1, 2, 3])).toArray(); // [3, 3]
 */
export function scatterAdd<S extends Shape, D extends number, I extends Shape>(
  this: Tensor<S>,
  dim: Arg<OnAxis<S, D>, D>,
  index: Arg<Scatter<S, D, I>, Tensor<I>>,
  source: Tensor,
): Tensor<S> {
  return scattered("scatterAdd", this, dim as number, index, source, true);
}
