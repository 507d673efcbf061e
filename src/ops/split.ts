/** Views of parts, windows and diagonals, and views under other axes. */
import { IndexError, MemoryError, ShapeError, ValueError } from "../errors.ts";
import { checkOptions } from "../options.ts";
import type { Chunk, Diagonal, MoveDim, Split, Unbind, Unflatten, Unfold } from "../tensor/parts.ts";
import type { Arg, ArgList, Expand, OnAxis, Out, Reshape, Shape, Transpose } from "../tensor/shapes.ts";
import { axes, axis, count, show } from "../tensor/sizes.ts";
import { stridesOf, type Tensor } from "../tensor/tensor.ts";
import { tensor } from "./create.ts";
import { filled } from "./filled.ts";
import { requireTensor } from "./kernels.ts";
import { expandTo, permuted, placed, reshaped, viewOf } from "./views.ts";

/** Throws unless n is a whole number, of at least `least` where that is given. */
export function checkWhole(op: string, name: string, n: unknown, least?: number): void {
  if (Number.isInteger(n) && !((n as number) < (least as number))) return;
  throw new ValueError(
    `${op}: ${name} is a whole number${least === undefined ? "" : ` of at least ${least}`}; got ${String(n)}`,
  );
}

/** A list with something for each of `length` parts. */
function listOf<T>(op: string, length: number, part: (_: unknown, i: number) => T): T[] {
  if (length > MOST_PARTS) throw new MemoryError(`${op}: ${length} parts are more than memory can hold`);
  return Array.from({ length }, part);
}

/** More views than this fill the memory of JavaScript. */
const MOST_PARTS = 2 ** 23;

/** The axis of an op that a tensor without axes does not have. */
function ownAxis(op: string, dim: number, x: Tensor): number {
  if (x.ndim === 0) throw new IndexError(`${op}: a tensor without axes has nothing to split`);
  return axis(op, dim, x.shape);
}

/** Parts of the given sizes, one after the other along an axis. */
function parts(x: Tensor, at: number, sizes: readonly number[]): Tensor[] {
  let start = 0;
  return sizes.map((size) => {
    const part = x.narrow(at, start, size) as Tensor;
    start += size;
    return part;
  });
}

/** Sizes of `size` each that make up `length`, the last one smaller; one of 0 when there is nothing. */
function equalSizes(op: string, length: number, size: number): number[] {
  return listOf(op, Math.max(Math.ceil(length / size), 1), (_, i) => Math.min(size, length - i * size));
}

/**
 * Parts along an axis, as views: of `size` each, the last one smaller, or of the sizes in a list, which make up the axis.
 *
 * @throws {IndexError} if `dim` is not an axis.
 * @throws {ShapeError} if the sizes of a list do not make up the axis.
 * @throws {ValueError} if a size is not a whole number of at least 1, or in a list of at least 0.
 * @throws {MemoryError} if there are more parts than memory can hold.
 * @example
 * tensor([1, 2, 3]).split(2).map((part) => part.toArray()); // [[1, 2], [3]]
 * zeros(5, 2).split([1, 4])[1].shape; // [4, 2]
 */
export function split<S extends Shape, const N extends number | readonly number[], D extends number = 0>(
  this: Tensor<S>,
  size: N,
  dim?: Arg<OnAxis<S, D>, D>,
): Split<S, N, D> {
  const at = ownAxis("split", (dim as number | undefined) ?? 0, this);
  const length = this.shape[at] as number;
  if (typeof size === "number") {
    checkWhole("split", "the size", size, 1);
    return parts(this, at, equalSizes("split", length, size)) as unknown as Split<S, N, D>;
  }
  if (!Array.isArray(size)) throw new ValueError(`split: takes a size or an array of sizes; got ${String(size)}`);
  for (const one of size) checkWhole("split", "each size", one, 0);
  const total = size.reduce((sum: number, one: number) => sum + one, 0);
  if (total !== length) {
    throw new ShapeError(
      `split: sizes make up axis ${at} of ${show(this.shape)}; got ${show(size)}, which make ${total}`,
    );
  }
  return parts(this, at, size) as unknown as Split<S, N, D>;
}

/**
 * At most `chunks` parts of one size along an axis, the last one smaller: views.
 *
 * @throws {IndexError} if `dim` is not an axis.
 * @throws {ValueError} if `chunks` is not a whole number of at least 1.
 * @throws {MemoryError} if there are more parts than memory can hold.
 * @example
 * tensor([1, 2, 3, 4, 5]).chunk(2).map((part) => part.toArray()); // [[1, 2, 3], [4, 5]]
 */
export function chunk<S extends Shape, D extends number = 0>(
  this: Tensor<S>,
  chunks: number,
  dim?: Arg<OnAxis<S, D>, D>,
): Tensor<Out<Chunk<S, D>>>[] {
  const at = ownAxis("chunk", (dim as number | undefined) ?? 0, this);
  checkWhole("chunk", "the number of chunks", chunks, 1);
  const length = this.shape[at] as number;
  const sizes =
    length === 0 ? listOf("chunk", chunks, () => 0) : equalSizes("chunk", length, Math.ceil(length / chunks));
  return parts(this, at, sizes);
}

/**
 * Parts along an axis, as views: `sections` parts whose sizes differ by at most 1, or the parts between the indices of a list.
 *
 * @throws {IndexError} if `dim` is not an axis.
 * @throws {ValueError} if `sections` is not a whole number of at least 1, or an index in a list is not whole or is
 * below -size.
 * @throws {MemoryError} if there are more parts than memory can hold.
 * @example
 * tensor([1, 2, 3, 4]).tensorSplit(3).map((part) => part.toArray()); // [[1, 2], [3], [4]]
 * tensor([1, 2, 3, 4]).tensorSplit([1, 3]).map((part) => part.toArray()); // [[1], [2, 3], [4]]
 */
export function tensorSplit<S extends Shape, D extends number = 0>(
  this: Tensor<S>,
  sections: number | readonly number[],
  dim?: Arg<OnAxis<S, D>, D>,
): Tensor<Out<Chunk<S, D>>>[] {
  const at = ownAxis("tensorSplit", (dim as number | undefined) ?? 0, this);
  const length = this.shape[at] as number;
  if (typeof sections === "number") {
    checkWhole("tensorSplit", "the number of sections", sections, 1);
    const larger = length % sections;
    const size = Math.floor(length / sections);
    const sizes = listOf("tensorSplit", sections, (_, i) => size + (i < larger ? 1 : 0));
    return parts(this, at, sizes);
  }
  if (!Array.isArray(sections)) {
    throw new ValueError(`tensorSplit: takes a number of sections or an array of indices; got ${String(sections)}`);
  }
  for (const one of sections) checkWhole("tensorSplit", "each index", one, -length);
  const bounds = sections.map((i: number) => Math.min(i < 0 ? i + length : i, length));
  return [0, ...bounds].map((start, i) => {
    const stop = i < bounds.length ? (bounds[i] as number) : length;
    return this.narrow(at as number as never, start, Math.max(stop - start, 0)) as Tensor;
  });
}

/**
 * The elements along an axis, each a view without the axis.
 *
 * @throws {IndexError} if `dim` is not an axis.
 * @throws {MemoryError} if there are more parts than memory can hold.
 * @example
 * const [x, y] = tensor([[1, 2], [3, 4]]).unbind(1);
 * y.toArray(); // [2, 4]
 */
export function unbind<S extends Shape, D extends number = 0>(
  this: Tensor<S>,
  dim?: Arg<OnAxis<S, D>, D>,
): Unbind<S, D> {
  const x: Tensor = this;
  const at = ownAxis("unbind", (dim as number | undefined) ?? 0, x);
  return listOf("unbind", x.shape[at] as number, (_, i) => x.select(at, i)) as unknown as Unbind<S, D>;
}

/**
 * Windows of `size` elements every `step` elements along an axis: the axis counts the windows, and a last axis holds their
 * elements. A view; overlapping windows share memory, and their gradients add up.
 *
 * @throws {IndexError} if `dim` is not an axis.
 * @throws {ShapeError} if the windows are longer than the axis.
 * @throws {ValueError} if `size` is not a whole number of at least 0, or `step` of at least 1.
 * @example
 * tensor([1, 2, 3, 4]).unfold(0, 2, 1).toArray(); // [[1, 2], [2, 3], [3, 4]]
 */
export function unfold<S extends Shape, D extends number, N extends number>(
  this: Tensor<S>,
  dim: Arg<OnAxis<S, D>, D>,
  size: N,
  step: number,
): Tensor<Out<Unfold<S, D, N>>> {
  const at = ownAxis("unfold", dim as number, this);
  checkWhole("unfold", "the size", size, 0);
  checkWhole("unfold", "the step", step, 1);
  const before = this.shape;
  const length = before[at] as number;
  if (size > length) {
    throw new ShapeError(`unfold: windows of ${size} are longer than axis ${at} of ${show(before)}`);
  }
  const windows = Math.floor((length - size) / step) + 1;
  const strides = stridesOf(this);
  const along = strides[at] as number;
  const shape = [...before.with(at, windows), size];
  return viewOf(this, "unfold", shape, [...strides.with(at, along * step), along], this.offset, (g) =>
    folded(g, before, at, step),
  );
}

/** The gradient of `unfold`: every window's elements added where they came from. */
function folded(g: Tensor, shape: readonly number[], at: number, step: number): Tensor {
  const [windows, size] = [g.shape[at] as number, g.shape.at(-1) as number];
  const last = g.ndim - 1;
  const order = Array.from({ length: last }, (_, i) => i).toSpliced(at + 1, 0, last);
  const flat = reshaped(permuted(g, order, "unfold"), shape.with(at, windows * size));
  const places = Int32Array.from({ length: windows * size }, (_, i) => Math.floor(i / size) * step + (i % size));
  return filled(shape, g.dtype).indexAdd(at, tensor(places), flat) as Tensor;
}

/**
 * Axes moved to other positions, one or several; the others keep their order: a view. `source` and `destination` are
 * positions, or lists of as many.
 *
 * @throws {IndexError} if a position is not one of an axis.
 * @throws {ShapeError} if there are not as many destinations as sources, or one is listed twice.
 * @example
 * zeros(2, 3, 4).movedim(0, -1).shape; // [3, 4, 2]
 */
export function movedim<
  S extends Shape,
  const A extends number | readonly number[],
  const B extends number | readonly number[],
>(this: Tensor<S>, source: A, destination: B): Tensor<Out<MoveDim<S, A, B>>> {
  const [from, to] = [axes("movedim", source, this.shape), axes("movedim", destination, this.shape)];
  if (from.length !== to.length || new Set(from).size !== from.length || new Set(to).size !== to.length) {
    throw new ShapeError(`movedim: as many axes as positions, each once; got ${show(from)} and ${show(to)}`);
  }
  if (this.ndim === 0) return permuted(this, [], "movedim");
  const order = new Array<number>(this.ndim).fill(-1);
  for (const [i, position] of to.entries()) order[position] = from[i] as number;
  const others = this.shape.map((_, i) => i).filter((i) => !from.includes(i));
  return permuted(
    this,
    order.map((i) => (i >= 0 ? i : (others.shift() as number))),
    "movedim",
  );
}

/**
 * Two axes swapped: the same as `transpose`.
 *
 * @throws {IndexError} if `a` or `b` is not an axis.
 * @example
 * zeros(2, 3, 4).swapaxes(0, 2).shape; // [4, 3, 2]
 */
export function swapaxes<S extends Shape, A extends number, B extends number>(
  this: Tensor<S>,
  a: Arg<OnAxis<S, A>, A>,
  b: Arg<OnAxis<S, B>, B>,
): Tensor<Out<Transpose<S, A, B>>> {
  const x: Tensor = this;
  return x.transpose(a as number, b as number);
}

/**
 * One axis split into several; one size may be -1 and is worked out.
 *
 * @throws {IndexError} if `dim` is not an axis.
 * @throws {ShapeError} if the sizes do not make up the axis.
 * @example
 * zeros(2, 12).unflatten(1, [3, -1]).shape; // [2, 3, 4]
 */
export function unflatten<S extends Shape, D extends number, const N extends readonly number[]>(
  this: Tensor<S>,
  dim: Arg<OnAxis<S, D>, D>,
  sizes: N,
): Tensor<Out<Unflatten<S, D, N>>> {
  const x: Tensor = this;
  const at = ownAxis("unflatten", dim as number, x);
  if (!Array.isArray(sizes)) throw new ShapeError(`unflatten: sizes are an array; got ${String(sizes)}`);
  const length = x.shape[at] as number;
  const known = count(sizes.filter((size: number) => size !== -1));
  const free = sizes.filter((size: number) => size === -1).length;
  const whole = sizes.every((size: number) => Number.isInteger(size) && size >= -1);
  const fits = free === 0 ? known === length : free === 1 && known > 0 && length % known === 0;
  if (!whole || !fits) {
    throw new ShapeError(`unflatten: sizes make up axis ${at} of ${show(x.shape)}; got ${show(sizes)}`);
  }
  const filled = sizes.map((size: number) => (size === -1 ? length / known : size));
  return reshaped(x, x.shape.toSpliced(at, 1, ...filled), "unflatten");
}

/**
 * The elements along a diagonal of two axes, as a last axis: a view. `offset` above 0 takes a diagonal above the main one.
 *
 * @throws {IndexError} if `dim1` or `dim2` is not an axis.
 * @throws {ShapeError} if there are fewer than two axes, or both are the same.
 * @throws {ValueError} if `offset` is not a whole number, or an option is unknown.
 * @example
 * tensor([[1, 2], [3, 4]]).diagonal().toArray(); // [1, 4]
 */
export function diagonal<S extends Shape>(
  this: Tensor<S>,
  options: { offset?: number; dim1?: number; dim2?: number } = {},
): Tensor<Diagonal<S>> {
  const { offset = 0, dim1 = 0, dim2 = 1 } = checkOptions("diagonal", options, ["offset", "dim1", "dim2"]);
  const shape: readonly number[] = this.shape;
  if (shape.length < 2) throw new ShapeError(`diagonal: needs at least two axes; got ${show(shape)}`);
  checkWhole("diagonal", "offset", offset);
  const [a, b] = [axis("diagonal", dim1, shape), axis("diagonal", dim2, shape)];
  if (a === b) throw new ShapeError(`diagonal: two different axes of ${show(shape)}; got ${dim1} and ${dim2}`);
  const [rows, columns] = [shape[a] as number, shape[b] as number];
  const length = Math.max(offset < 0 ? Math.min(rows + offset, columns) : Math.min(rows, columns - offset), 0);
  const strides = stridesOf(this);
  const [down, across] = [strides[a] as number, strides[b] as number];
  const skipped = length === 0 ? 0 : offset < 0 ? -offset * down : offset * across;
  const others = (list: readonly number[]): number[] => list.filter((_, i) => i !== a && i !== b);
  return viewOf(
    this,
    "diagonal",
    [...others(shape), length],
    [...others(strides), down + across],
    this.offset + skipped,
    (g) => placed(g, shape, (whole) => whole.diagonal(options) as Tensor),
  ) as Tensor<Diagonal<S>>;
}

/**
 * Repeated to the shape of another tensor, without a copy; see `expand`.
 *
 * @throws {ShapeError} if this does not broadcast to the other's shape.
 * @example
 * tensor([[1], [2]]).expandAs(zeros(2, 2)).toArray(); // [[1, 1], [2, 2]]
 */
export function expandAs<S extends Shape, B extends Shape>(
  this: Tensor<S>,
  other: Arg<Expand<S, B>, Tensor<B>>,
): Tensor<Out<Expand<S, B>>> {
  requireTensor("expandAs", other);
  return expandTo(this, other.shape);
}

/**
 * The same elements under the shape of another tensor; see `reshape`.
 *
 * @throws {ShapeError} if the numbers of elements differ.
 * @example
 * tensor([1, 2, 3, 4]).reshapeAs(zeros(2, 2)).toArray(); // [[1, 2], [3, 4]]
 */
export function reshapeAs<S extends Shape, B extends Shape>(
  this: Tensor<S>,
  other: Arg<Reshape<S, B>, Tensor<B>>,
): Tensor<Out<Reshape<S, B>>> {
  requireTensor("reshapeAs", other);
  const [x, { shape }]: [Tensor, Tensor] = [this, other];
  return x.reshape(...shape);
}

/**
 * The same memory under the shape of another tensor; see `view`.
 *
 * @throws {ShapeError} if the numbers of elements differ, or only a copy has that shape.
 * @example
 * tensor([1, 2, 3, 4]).viewAs(zeros(2, 2)).toArray(); // [[1, 2], [3, 4]]
 */
export function viewAs<S extends Shape, B extends Shape>(
  this: Tensor<S>,
  other: Arg<Reshape<S, B>, Tensor<B>>,
): Tensor<Out<Reshape<S, B>>> {
  requireTensor("viewAs", other);
  const [x, { shape }]: [Tensor, Tensor] = [this, other];
  return x.view(...shape);
}

/**
 * Repeated over a larger shape without a copy: the same as `expand` with all sizes given.
 *
 * @throws {ShapeError} if this does not broadcast to the sizes.
 * @throws {MemoryError} if the sizes are too large to be counted.
 * @example
 * tensor([1, 2]).broadcastTo(2, 2).toArray(); // [[1, 2], [1, 2]]
 */
export function broadcastTo<S extends Shape, const D extends number[]>(
  this: Tensor<S>,
  ...sizes: ArgList<Expand<S, D>, D>
): Tensor<Out<Expand<S, D>>> {
  const x: Tensor = this;
  return x.expand(...(sizes as number[]));
}
