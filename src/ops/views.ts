/** Views: the same memory seen by other shapes. Nothing is copied but where a reshape cannot be a view. */
import { type Gradient, type Node, record, tracks } from "../autograd/node.ts";
import { IndexError, ShapeError } from "../errors.ts";
import type {
  Arg,
  ArgList,
  Asserted,
  Expand,
  Flatten,
  OnAxis,
  Out,
  Permute,
  RemoveAt,
  Reshape,
  SetAt,
  Shape,
  Squeeze,
  SqueezeAll,
  Transpose,
  Unsqueeze,
} from "../tensor/shapes.ts";
import {
  axis,
  broadcastStrides,
  checkSizes,
  count,
  inserted,
  isRowMajor,
  removed,
  sameShape,
  show,
} from "../tensor/sizes.ts";
import { stridesOf, Tensor } from "../tensor/tensor.ts";
import { filled } from "./filled.ts";
import { contiguous, copyInto } from "./layout.ts";

/** A view of x. `gradient` leads from the view's gradient to x's. */
export function viewOf(
  x: Tensor,
  op: string,
  shape: readonly number[],
  strides: readonly number[] | null,
  offset: number,
  gradient: Gradient,
): Tensor {
  const kept = strides === null || isRowMajor(shape, strides) ? null : strides;
  const y = new Tensor(x.storage, shape, x.dtype, offset, kept, x.base ?? x);
  if (tracks(x)) {
    record(y, op, [x], [gradient]);
    if (y.node !== null) (y.node as Node).viewed = y.base?.node ?? null;
  } else if (x.node === null) {
    y.plain = x.base === null || x.plain;
  }
  return y;
}

/** The strides of x under another shape of as many elements, or undefined when only a copy has that shape. */
function viewStrides(x: Tensor, shape: readonly number[]): readonly number[] | null | undefined {
  if (x.strides === null) return null;
  const sizes = x.shape.filter((size) => size !== 1);
  const steps = x.strides.filter((_, i) => x.shape[i] !== 1);
  const strides = new Array<number>(shape.length).fill(1);
  let from = sizes.length - 1;
  let to = shape.length - 1;
  while (from >= 0 && to >= 0) {
    let size = sizes[from] as number;
    const step = steps[from] as number;
    while (from > 0 && steps[from - 1] === (steps[from] as number) * (sizes[from] as number))
      size *= sizes[--from] as number;
    let inside = 1;
    while (to >= 0 && (inside < size || shape[to] === 1)) {
      strides[to] = step * inside;
      inside *= shape[to--] as number;
    }
    if (inside !== size) return undefined;
    from--;
  }
  return strides;
}

/** The sizes with -1 worked out. */
function resolved(op: string, x: Tensor, sizes: readonly number[]): readonly number[] {
  const free = sizes.indexOf(-1);
  if (free >= 0 && sizes.lastIndexOf(-1) !== free) {
    throw new ShapeError(`${op}: one size may be -1; got ${show(sizes)}`);
  }
  const shape = [...sizes];
  if (free >= 0) {
    shape[free] = 1;
    const rest = checkSizes(op, shape, Infinity);
    shape[free] = x.count / rest;
    if (rest === 0 || !Number.isInteger(shape[free])) {
      throw new ShapeError(
        `${op}: cannot reshape ${show(x.shape)} (${x.count} elements) to ${show(sizes)}: ` +
          `${rest === 0 ? "the -1 could be anything" : `${x.count} is not a multiple of ${rest}`}`,
      );
    }
    return shape;
  }
  if (checkSizes(op, shape, Infinity) !== x.count) {
    throw new ShapeError(
      `${op}: cannot reshape ${show(x.shape)} (${x.count} elements) to ${show(shape)} (${count(shape)} elements)`,
    );
  }
  return shape;
}

/** x under a shape of as many elements; a view where that is possible. */
export function reshaped(x: Tensor, shape: readonly number[], op = "reshape"): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const strides = viewStrides(x, shape);
  if (strides === undefined) return reshaped(contiguous.call(x), shape, op);
  const before = x.shape;
  return viewOf(x, op, shape, strides, x.offset, (g) => reshaped(g, before));
}

/**
 * The same elements under another shape; one size may be -1 and is worked out. A view where possible, else a copy.
 *
 * @throws {ShapeError} if the sizes do not make up the elements, or several are -1.
 * @example
 * zeros(100, 28, 28).reshape(-1, 784).shape; // [100, 784]
 */
export function reshape<S extends Shape, const D extends number[]>(
  this: Tensor<S>,
  ...sizes: ArgList<Reshape<S, D>, D>
): Tensor<Out<Reshape<S, D>>> {
  return reshaped(this, resolved("reshape", this, sizes as number[]));
}

/**
 * The same memory under another shape; one size may be -1 and is worked out.
 *
 * @throws {ShapeError} if the sizes do not make up the elements, several are -1, or only a copy has that shape
 * (`reshape` copies then).
 * @example
 * tensor([1, 2, 3, 4]).view(2, 2).toArray(); // [[1, 2], [3, 4]]
 */
export function view<S extends Shape, const D extends number[]>(
  this: Tensor<S>,
  ...sizes: ArgList<Reshape<S, D>, D>
): Tensor<Out<Reshape<S, D>>> {
  const shape = resolved("view", this, sizes as number[]);
  if (viewStrides(this, shape) === undefined) {
    throw new ShapeError(
      `view: ${show(shape)} is no view of ${show(this.shape)} with strides ${show(stridesOf(this))}; use reshape(), which copies`,
    );
  }
  return reshaped(this, shape, "view");
}

/**
 * Axes from `start` to `end`, both included, merged into one.
 *
 * @throws {IndexError} if `start` or `end` is not an axis.
 * @throws {ShapeError} if `start` lies behind `end`.
 * @example
 * zeros(2, 3, 4).flatten(1).shape; // [2, 12]
 */
export function flatten<S extends Shape, Start extends number = 0, End extends number = -1>(
  this: Tensor<S>,
  start?: Arg<Flatten<S, Start, End>, Start>,
  end?: Arg<Flatten<S, Start, End>, End>,
): Tensor<Out<Flatten<S, Start, End>>> {
  const first = axis("flatten", (start as number | undefined) ?? 0, this.shape);
  const last = axis("flatten", (end as number | undefined) ?? -1, this.shape);
  if (first > last) throw new ShapeError(`flatten: the start axis comes before the end axis; got ${first} and ${last}`);
  const merged = count(this.shape.slice(first, last + 1));
  return reshaped(this, [...this.shape.slice(0, first), merged, ...this.shape.slice(last + 1)], "flatten");
}

/** x with axis `order[i]` as axis i: a view. */
export function permuted(x: Tensor, order: readonly number[], op: string): Tensor {
  const picked = (list: readonly number[]): number[] => order.map((i) => list[i] as number);
  const back = (): number[] => order.map((_, i) => order.indexOf(i));
  return viewOf(x, op, picked(x.shape), picked(stridesOf(x)), x.offset, (g) => permuted(g, back(), op));
}

/** x with the given axes, ascending, moved to the end. */
export function movedLast(x: Tensor, axes: readonly number[]): Tensor {
  const others = x.shape.map((_, i) => i).filter((i) => !axes.includes(i));
  return permuted(x, [...others, ...axes], "permute");
}

/**
 * Two axes swapped: a view.
 *
 * @throws {IndexError} if `a` or `b` is not an axis.
 * @example
 * zeros(2, 3, 4).transpose(0, 2).shape; // [4, 3, 2]
 */
export function transpose<S extends Shape, A extends number, B extends number>(
  this: Tensor<S>,
  a: Arg<OnAxis<S, A>, A>,
  b: Arg<OnAxis<S, B>, B>,
): Tensor<Out<Transpose<S, A, B>>> {
  const [i, j] = [axis("transpose", a as number, this.shape), axis("transpose", b as number, this.shape)];
  const order = this.shape.map((_, k) => (k === i ? j : k === j ? i : k));
  return permuted(this, order, "transpose");
}

/**
 * A matrix with its axes swapped: a view. Tensors of fewer than two axes come back as they are.
 *
 * @throws {ShapeError} if there are more than two axes.
 * @example
 * tensor([[1, 2], [3, 4]]).t().toArray(); // [[1, 3], [2, 4]]
 */
export function t<S extends Shape>(this: Tensor<S>): Tensor<Out<Transpose<S, 0, 1>>> {
  if (this.ndim > 2) throw new ShapeError(`t: takes at most 2 axes; got ${show(this.shape)}; use transpose(-2, -1)`);
  const x: Tensor = this;
  return x.ndim < 2 ? x : permuted(x, [1, 0], "t");
}

/**
 * Axis `dims[i]` becomes axis i: a view. Lists every axis once.
 *
 * @throws {IndexError} if one of `dims` is not an axis.
 * @throws {ShapeError} if an axis is missing or listed twice.
 * @example
 * zeros(2, 3, 4).permute(2, 0, 1).shape; // [4, 2, 3]
 */
export function permute<S extends Shape, const D extends number[]>(
  this: Tensor<S>,
  ...dims: ArgList<Permute<S, D>, D>
): Tensor<Out<Permute<S, D>>> {
  const order = (dims as number[]).map((dim) => axis("permute", dim, this.shape));
  if (order.length !== this.ndim || new Set(order).size !== order.length) {
    throw new ShapeError(`permute: lists each axis of ${show(this.shape)} once; got ${show(dims as number[])}`);
  }
  return permuted(this, order, "permute");
}

/**
 * Without the axes of size 1; or without axis `dim` when its size is 1.
 *
 * @throws {IndexError} if `dim` is not an axis.
 * @example
 * zeros(2, 1, 3).squeeze().shape; // [2, 3]
 * zeros(1, 1, 3).squeeze(0).shape; // [1, 3]
 */
export function squeeze<S extends Shape>(this: Tensor<S>): Tensor<SqueezeAll<S>>;
export function squeeze<S extends Shape, D extends number>(
  this: Tensor<S>,
  dim: Arg<Squeeze<S, D>, D>,
): Tensor<Out<Squeeze<S, D>>>;
export function squeeze(this: Tensor, dim?: number): Tensor {
  const at = dim === undefined ? -1 : axis("squeeze", dim, this.shape);
  const before: readonly number[] = this.shape;
  let shape = before;
  let { strides } = this;
  for (let i = before.length - 1; i >= 0; i--) {
    if (before[i] !== 1 || (dim !== undefined && i !== at)) continue;
    shape = removed(shape, i);
    if (strides !== null) strides = removed(strides, i);
  }
  return viewOf(this, "squeeze", shape, strides, this.offset, (g) => reshaped(g, before));
}

/**
 * With an axis of size 1 before axis `dim`; -1 puts it last.
 *
 * @throws {IndexError} if `dim` is not an axis of the result.
 * @example
 * tensor([1, 2]).unsqueeze(1).toArray(); // [[1], [2]]
 */
export function unsqueeze<S extends Shape, D extends number>(
  this: Tensor<S>,
  dim: Arg<Unsqueeze<S, D>, D>,
): Tensor<Out<Unsqueeze<S, D>>> {
  const at = axis("unsqueeze", dim as number, this.shape, this.ndim + 1);
  const before = this.shape;
  const strides = this.strides === null ? null : inserted(this.strides, at, 1);
  return viewOf(this, "unsqueeze", inserted(before, at, 1), strides, this.offset, (g) => reshaped(g, before));
}

/** x repeated over a shape that it broadcasts to, without a copy. */
export function expandTo(x: Tensor, shape: readonly number[], op = "expand"): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const lead = shape.length - x.ndim;
  const fits = lead >= 0 && x.shape.every((size, i) => size === shape[i + lead] || size === 1);
  if (!fits) {
    throw new ShapeError(`${op}: ${show(x.shape)} does not expand to ${show(shape)}; only axes of size 1 are repeated`);
  }
  const before = x.shape;
  const strides = broadcastStrides(before, stridesOf(x), shape);
  return viewOf(x, "expand", shape, strides, x.offset, (g) => summed(g, before));
}

/** Sums a gradient over what was repeated: the reduction comes as a method, since this room loads before it. */
function summed(g: Tensor, shape: readonly number[]): Tensor {
  const lead = g.ndim - shape.length;
  const axes = g.shape.map((_, i) => i).filter((i) => i < lead || shape[i - lead] !== g.shape[i]);
  return reshaped(g.sum(axes, true), shape);
}

/**
 * Repeated over a larger shape without a copy: axes of size 1, and new ones in front. -1 keeps a size.
 *
 * @throws {ShapeError} if an axis that is not of size 1 would change, or an axis would go away.
 * @throws {MemoryError} if the sizes are too large to be counted.
 * @example
 * tensor([[1], [2]]).expand(2, 3).toArray(); // [[1, 1, 1], [2, 2, 2]]
 */
export function expand<S extends Shape, const D extends number[]>(
  this: Tensor<S>,
  ...sizes: ArgList<Expand<S, D>, D>
): Tensor<Out<Expand<S, D>>> {
  const x: Tensor = this;
  const given = sizes as readonly number[];
  const lead = given.length - x.ndim;
  const shape = given.map((size, i) => (size === -1 && i >= lead ? (x.shape[i - lead] as number) : size));
  checkSizes("expand", shape);
  return expandTo(x, shape);
}

/**
 * Elements `start` to `start + length` along an axis: a view.
 *
 * @throws {IndexError} if `dim` is not an axis, or `start` and `length` do not lie within it.
 * @example
 * tensor([1, 2, 3, 4]).narrow(0, 1, 2).toArray(); // [2, 3]
 */
export function narrow<S extends Shape, D extends number, L extends number>(
  this: Tensor<S>,
  dim: Arg<OnAxis<S, D>, D>,
  start: number,
  length: L,
): Tensor<Out<SetAt<S, D, L>>> {
  const at = axis("narrow", dim as number, this.shape);
  const size = this.shape[at] as number;
  const from = start < 0 ? start + size : start;
  if (!Number.isInteger(from) || !Number.isInteger(length) || from < 0 || length < 0 || from + length > size) {
    throw new IndexError(
      `narrow: start and length lie within axis ${at} of ${show(this.shape)}; got start ${start}, length ${length}`,
    );
  }
  const strides = stridesOf(this);
  const offset = this.offset + from * (strides[at] as number);
  const before = this.shape;
  return viewOf(this, "narrow", before.with(at, length), strides, offset, (g) =>
    placed(g, before, (whole) => whole.narrow(at, from, length)),
  );
}

/**
 * Element `index` along an axis, which goes away: a view. Negative indices count from the end.
 *
 * @throws {IndexError} if `dim` is not an axis, or `index` does not lie within it.
 * @example
 * tensor([[1, 2], [3, 4]]).select(1, -1).toArray(); // [2, 4]
 */
export function select<S extends Shape, D extends number>(
  this: Tensor<S>,
  dim: Arg<OnAxis<S, D>, D>,
  index: number,
): Tensor<Out<OnAxis<S, D, RemoveAt<S, D>>>> {
  if (this.ndim === 0) throw new IndexError("select: a tensor without axes has nothing to select from");
  const at = axis("select", dim as number, this.shape);
  const size = this.shape[at] as number;
  if (!Number.isInteger(index) || index < -size || index >= size) {
    throw new IndexError(`select: index ${index} is out of range for axis ${at} of ${show(this.shape)}`);
  }
  const from = index < 0 ? index + size : index;
  const isRow = at === 0 && this.strides === null;
  const strides = isRow ? null : stridesOf(this);
  const offset = this.offset + from * (strides === null ? this.count / size : (strides[at] as number));
  const before = this.shape;
  return viewOf(this, "select", removed(before, at), strides === null ? null : removed(strides, at), offset, (g) =>
    placed(g, before, (whole) => whole.select(at, from)),
  );
}

/** The gradient of a view without overlaps: g in its place, zeros elsewhere. `look` is the view, of any tensor. */
export function placed(g: Tensor, shape: readonly number[], look: (whole: Tensor) => Tensor): Tensor {
  const whole = filled(shape, g.dtype);
  copyInto(g, look(whole));
  if (tracks(g)) record(whole, "placed", [g], [look]);
  return whole;
}

/**
 * The tensor under a shape that is checked when the program runs: gives a known type to a tensor of unknown shape. -1
 * stands for any size.
 *
 * @throws {ShapeError} if the tensor has another shape.
 * @example
 * images.as(-1, 784).shape; // [4, 784]
 */
export function as<const D extends number[]>(this: Tensor, ...sizes: D): Tensor<Asserted<D>> {
  const fits = sizes.length === this.ndim && sizes.every((size, i) => size === -1 || size === this.shape[i]);
  if (!fits) throw new ShapeError(`as: expects ${show(sizes)}; got ${show(this.shape)}`);
  return this;
}
