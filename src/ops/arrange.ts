/** Copies in another order, repeated, or with parts set to zero. */
import { record, tracks } from "../autograd/node.ts";
import type { Kernel } from "../backend/index.ts";
import { IndexError, ShapeError, ValueError } from "../errors.ts";
import { DTYPES } from "../tensor/dtypes.ts";
import type { DiagOf, EmbedDiagonal, OneHot, Repeated, RepeatInterleaved, Tiled } from "../tensor/indexing.ts";
import type { Arg, ArgList, OnAxis, Out, Shape } from "../tensor/shapes.ts";
import { axes, axis, checkSizes, count, show } from "../tensor/sizes.ts";
import { empty, stridesOf, Tensor } from "../tensor/tensor.ts";
import { filled } from "./filled.ts";
import { byBytes, checkedIndex } from "./gather.ts";
import { cat } from "./join.ts";
import { pointer } from "./kernels.ts";
import { contiguous, copyInto } from "./layout.ts";
import { elements } from "./read.ts";
import { checkWhole } from "./split.ts";
import { expandTo, placed, reshaped } from "./views.ts";

/** Axes given as one number or a list, from the front, each once. */
export function axesOf(op: string, dims: number | readonly number[], x: Tensor): number[] {
  const list = axes(op, dims, x.shape);
  if (new Set(list).size !== list.length) throw new ShapeError(`${op}: each axis once; got ${show(list)}`);
  return list;
}

const reverses = byBytes("reverse");

/**
 * A copy with the elements along some axes in reverse.
 *
 * @throws {IndexError} if one of `dims` is not an axis.
 * @throws {ShapeError} if an axis is listed twice.
 * @example
 * tensor([1, 2, 3]).flip(0).toArray(); // [3, 2, 1]
 */
export function flip<S extends Shape>(this: Tensor<S>, dims: number | readonly number[]): Tensor<S> {
  const x: Tensor = this;
  const turned = x.ndim === 0 ? [] : axesOf("flip", dims, x);
  const y = turned.length === 1 && turned[0] === x.ndim - 1 ? reversed(x) : turnedAround(x, turned);
  if (tracks(x)) record(y, "flip", [x], [(g) => g.flip(dims)]);
  return y;
}

/** Rows turned around: the most common flip, of images from left to right. */
function reversed(x: Tensor): Tensor {
  const from = contiguous.call(x);
  const y = empty(x.shape, x.dtype);
  const columns = x.shape.at(-1) as number;
  const run = reverses[DTYPES[x.dtype].bytes] as Kernel;
  run(pointer(from), pointer(y), columns === 0 ? 0 : x.count / columns, columns);
  return y;
}

/** A copy from the last element of some axes to their first. */
function turnedAround(x: Tensor, turned: readonly number[]): Tensor {
  const strides = [...stridesOf(x)];
  let { offset } = x;
  for (const i of turned) {
    offset += Math.max((x.shape[i] as number) - 1, 0) * (strides[i] as number);
    strides[i] = -(strides[i] as number);
  }
  const y = empty(x.shape, x.dtype);
  copyInto(new Tensor(x.storage, x.shape, x.dtype, offset, strides), y);
  return y;
}

/**
 * A copy with the elements moved on by `shifts` along axes, those beyond the end coming in at the front. Without axes the
 * flattened tensor is rolled.
 *
 * @throws {ValueError} if a shift is not a whole number.
 * @throws {IndexError} if one of `dims` is not an axis.
 * @throws {ShapeError} if there are not as many shifts as axes, or several without axes.
 * @example
 * tensor([1, 2, 3]).roll(1).toArray(); // [3, 1, 2]
 */
export function roll<S extends Shape>(
  this: Tensor<S>,
  shifts: number | readonly number[],
  dims?: number | readonly number[],
): Tensor<S> {
  const x: Tensor = this;
  const by: readonly number[] = Array.isArray(shifts) ? shifts : [shifts];
  for (const shift of by) {
    if (!Number.isInteger(shift)) throw new ValueError(`roll: shifts are whole numbers; got ${String(shift)}`);
  }
  if (dims === undefined) {
    if (by.length !== 1) throw new ShapeError(`roll: without axes one shift; got ${show(by)}`);
    return reshaped(rolled(reshaped(x, [x.count]), 0, by[0] as number), x.shape);
  }
  const along = axes("roll", dims, x.shape);
  if (along.length !== by.length) {
    throw new ShapeError(`roll: as many shifts as axes; got shifts ${show(by)} and axes ${show(along)}`);
  }
  return along.reduce((y, at, i) => (y.ndim === 0 ? y : rolled(y, at, by[i] as number)), x);
}

function rolled(x: Tensor, at: number, by: number): Tensor {
  const length = x.shape[at] as number;
  const first = length === 0 ? 0 : ((by % length) + length) % length;
  if (first === 0) return x.clone();
  return cat([x.narrow(at, length - first, first), x.narrow(at, 0, length - first)] as Tensor[], at);
}

/** A copy of x, `times` of it along every axis; new axes come in front. */
function repeated(x: Tensor, times: readonly number[]): Tensor {
  const padded = [...new Array<number>(times.length - x.ndim).fill(1), ...x.shape];
  const pairs = reshaped(
    x,
    padded.flatMap((size) => [1, size]),
  );
  const wide = expandTo(
    pairs,
    padded.flatMap((size, i) => [times[i] as number, size]),
  );
  const y = reshaped(
    wide,
    padded.map((size, i) => size * (times[i] as number)),
  );
  return y.storage === x.storage ? y.clone() : y;
}

/**
 * A copy of the tensor repeated along every axis: `times` has one number for each axis, and more for new axes in front.
 *
 * @throws {ShapeError} if there are fewer numbers than axes, or one is not a whole number of at least 0.
 * @throws {MemoryError} if the copy is too large for memory.
 * @example
 * tensor([1, 2]).repeat(2, 2).toArray(); // [[1, 2, 1, 2], [1, 2, 1, 2]]
 */
export function repeat<S extends Shape, const N extends number[]>(
  this: Tensor<S>,
  ...times: ArgList<Repeated<S, N>, N>
): Tensor<Out<Repeated<S, N>>> {
  const numbers = times as readonly number[];
  checkSizes("repeat", numbers);
  if (numbers.length < this.ndim) {
    throw new ShapeError(
      `repeat: one number for each axis of ${show(this.shape)}; got ${show(numbers)}; tile() takes fewer`,
    );
  }
  return repeated(this, numbers);
}

/**
 * The same as `repeat`, but fewer numbers than axes repeat the last axes.
 *
 * @throws {ShapeError} if a number is not a whole number of at least 0.
 * @throws {MemoryError} if the copy is too large for memory.
 * @example
 * tensor([1, 2]).tile(2).toArray(); // [1, 2, 1, 2]
 */
export function tile<S extends Shape, const N extends number[]>(
  this: Tensor<S>,
  ...times: N
): Tensor<Out<Tiled<S, N>>> {
  checkSizes("tile", times);
  const missing = Math.max(this.ndim - times.length, 0);
  return repeated(this, [...new Array<number>(missing).fill(1), ...times]);
}

/**
 * A copy with every element along an axis repeated: all `times` times, or each as often as a list or an int tensor
 * says. Without an axis the flattened tensor is repeated.
 *
 * @throws {ValueError} if a number of repeats is not a whole number of at least 0.
 * @throws {ShapeError} if a list is not as long as the axis.
 * @throws {DTypeError} if a tensor of repeats is neither int32 nor uint8.
 * @throws {IndexError} if `dim` is not an axis.
 * @throws {MemoryError} if the copy is too large for memory.
 * @example
 * tensor([1, 2]).repeatInterleave(2).toArray(); // [1, 1, 2, 2]
 * tensor([1, 2]).repeatInterleave([0, 3], 0).toArray(); // [2, 2, 2]
 */
export function repeatInterleave<S extends Shape, D extends number = -1>(
  this: Tensor<S>,
  times: number | readonly number[] | Tensor,
  dim?: Arg<OnAxis<S, D>, D>,
): Tensor<Out<RepeatInterleaved<S>>> {
  const op = "repeatInterleave";
  const x: Tensor = dim === undefined || this.ndim === 0 ? reshaped(this, [this.count]) : this;
  const at = axis(op, (dim as number | undefined) ?? 0, x.shape);
  const length = x.shape[at] as number;
  const given = times instanceof Tensor ? [...checkedIndex(op, times).data()] : times;
  const each = Array.isArray(given);
  const list: readonly number[] = each ? given : new Array<number>(length).fill(given as number);
  for (const one of list) checkWhole(op, "each number of repeats", one, 0);
  if (!each) checkWhole(op, "the number of repeats", given, 0);
  if (list.length !== length) {
    throw new ShapeError(
      `${op}: axis ${at} of ${show(x.shape)} takes ${length} numbers of repeats; got ${list.length}`,
    );
  }
  const total = list.reduce((sum, n) => sum + n, 0);
  checkSizes(op, [total], 2 ** 31 - 1);
  const rows = empty([total], "int32");
  const places = elements(rows);
  let end = 0;
  for (const [i, n] of list.entries()) {
    places.fill(i, end, end + n);
    end += n;
  }
  return x.indexSelect(at, rows) as Tensor;
}

const triangles = byBytes("triangle");

function triangle(op: "tril" | "triu", x: Tensor, diagonal: number): Tensor {
  if (x.ndim < 2) throw new ShapeError(`${op}: takes matrices, of at least two axes; got ${show(x.shape)}`);
  checkWhole(op, "diagonal", diagonal);
  const from = contiguous.call(x);
  const y = empty(x.shape, x.dtype);
  const [rows, columns] = x.shape.slice(-2) as [number, number];
  const run = triangles[DTYPES[x.dtype].bytes] as Kernel;
  run(pointer(from), pointer(y), count(x.shape.slice(0, -2)), rows, columns, diagonal, op === "triu" ? 1 : 0);
  if (tracks(x)) record(y, op, [x], [(g) => triangle(op, g, diagonal)]);
  return y;
}

/**
 * A copy of the lower triangle of the last two axes, zeros elsewhere. `diagonal` above 0 keeps diagonals above the main one.
 *
 * @throws {ShapeError} if there are fewer than two axes.
 * @throws {ValueError} if `diagonal` is not a whole number.
 * @example
 * ones(2, 2).tril().toArray(); // [[1, 0], [1, 1]]
 */
export function tril<S extends Shape>(this: Tensor<S>, diagonal = 0): Tensor<S> {
  return triangle("tril", this, diagonal);
}

/**
 * A copy of the upper triangle of the last two axes, zeros elsewhere; see {@link tril}.
 *
 * @throws {ShapeError} if there are fewer than two axes.
 * @throws {ValueError} if `diagonal` is not a whole number.
 * @example
 * tensor([[1, 2], [3, 4]]).triu().toArray(); // [[1, 2], [0, 4]]
 */
export function triu<S extends Shape>(this: Tensor<S>, diagonal = 0): Tensor<S> {
  return triangle("triu", this, diagonal);
}

/**
 * Matrices of zeros with the last axis on a diagonal: [..., n] → [..., n, n], larger by `offset`. `offset` above 0 puts
 * it above the main diagonal.
 *
 * @throws {ShapeError} if there is no axis.
 * @throws {ValueError} if `offset` is not a whole number.
 * @example
 * tensor([1, 2]).diagEmbed().toArray(); // [[1, 0], [0, 2]]
 */
export function diagEmbed<S extends Shape>(this: Tensor<S>, offset = 0): Tensor<Out<EmbedDiagonal<S>>> {
  if (this.ndim === 0) throw new ShapeError("diagEmbed: needs at least one axis; got []");
  checkWhole("diagEmbed", "offset", offset);
  const x: Tensor = this;
  const size = (x.shape.at(-1) as number) + Math.abs(offset);
  const look = (whole: Tensor): Tensor => whole.diagonal({ offset, dim1: -2, dim2: -1 }) as Tensor;
  return placed(x, [...x.shape.slice(0, -1), size, size], look);
}

/**
 * Of a vector the matrix with it on a diagonal; of a matrix a copy of its diagonal. `offset` above 0 is a diagonal above
 * the main one.
 *
 * @throws {ShapeError} if this is neither a vector nor a matrix.
 * @throws {ValueError} if `offset` is not a whole number.
 * @example
 * tensor([[1, 2], [3, 4]]).diag().toArray(); // [1, 4]
 */
export function diag<S extends Shape>(this: Tensor<S>, offset = 0): Tensor<Out<DiagOf<S>>> {
  const x: Tensor = this;
  if (x.ndim === 1) return x.diagEmbed(offset);
  if (x.ndim !== 2)
    throw new ShapeError(`diag: takes a vector or a matrix; got ${show(x.shape)}; use diagonal() or diagEmbed()`);
  return x.diagonal({ offset }).clone();
}

/**
 * Class indices, int32 or uint8 of any shape, as rows of zeros with a 1 at the class, int32: a new last axis of
 * `classes`, or of the largest index and one.
 *
 * @throws {DTypeError} if this is neither int32 nor uint8.
 * @throws {IndexError} if an index is below 0, or not below `classes`.
 * @throws {ValueError} if `classes` is not a whole number of at least 1.
 * @throws {ShapeError} if there are no indices and `classes` is left out.
 * @example
 * tensor([0, 2], { dtype: "int32" }).oneHot(3).toArray(); // [[1, 0, 0], [0, 0, 1]]
 */
export function oneHot<S extends Shape, N extends number = number>(
  this: Tensor<S>,
  classes?: N,
): Tensor<Out<OneHot<S, N>>> {
  const index = checkedIndex("oneHot", this);
  if (classes !== undefined && classes !== (-1 as number)) checkWhole("oneHot", "the number of classes", classes, 1);
  if (index.count === 0 && (classes === undefined || classes === (-1 as number))) {
    throw new ShapeError("oneHot: without indices the number of classes is given; got none");
  }
  const free = classes === undefined || classes === (-1 as number);
  const [lowest, highest] =
    index.count === 0 ? [0, -1] : [(index.min() as Tensor).item(), (index.max() as Tensor).item()];
  const size = free ? highest + 1 : (classes as number);
  if (lowest < 0) throw new IndexError(`oneHot: class indices are at least 0; got ${lowest}`);
  if (highest >= size) {
    throw new IndexError(
      `oneHot: indices are below the number of classes, ${size}; got ${highest}; it takes at least oneHot(${highest + 1})`,
    );
  }
  const shape = [...index.shape, size];
  return filled(shape, "int32").scatter(-1, reshaped(index, [...index.shape, 1]), 1) as Tensor;
}
