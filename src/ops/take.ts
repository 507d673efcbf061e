/** Rows and elements by a list of indices. */
import { type Gradient, record, tracks } from "../autograd/node.ts";
import type { Kernel } from "../backend/index.ts";
import { DTypeError, ShapeError } from "../errors.ts";
import { checkOptions } from "../options.ts";
import { DTYPES } from "../tensor/dtypes.ts";
import type { IndexSelect } from "../tensor/indexing.ts";
import type { Arg, OnAxis, Out, Shape } from "../tensor/shapes.ts";
import { axis, broadcast, count, type Span, sameShape, show, span } from "../tensor/sizes.ts";
import { empty, type Tensor } from "../tensor/tensor.ts";
import { filled } from "./filled.ts";
import { byBytes, checkedIndex, checkRange, gathered } from "./gather.ts";
import { family, NUMBERS, pointer, requireTensor } from "./kernels.ts";
import { contiguous, copyInto } from "./layout.ts";
import { expandTo, reshaped } from "./views.ts";

const selects = byBytes("index_select");
const puts = byBytes("index_put");
const adds = family("index_add", NUMBERS, "indexAdd");

/**
 * Elements of x at `places` of a span, under the shape `out`. With `wraps` places below 0 count from the end: most lists
 * have none, so that they are looked for only where the kernel refuses.
 */
export function takeSpan(
  op: string,
  x: Tensor,
  part: Span,
  places: Tensor,
  out: readonly number[],
  wraps = false,
): Tensor {
  const { outer, length, inner } = part;
  const from = contiguous.call(x);
  const y = empty(out, x.dtype);
  const run = selects[DTYPES[x.dtype].bytes] as Kernel;
  const bad = run(pointer(from), pointer(places), pointer(y), outer, length, inner, places.count);
  if (bad >= 0 && wraps) return takeSpan(op, x, part, placesOf(op, [places], [length], places.shape), out);
  checkRange(op, bad, places, length);
  if (tracks(from)) {
    const before = from.shape;
    record(y, op, [from], [(g) => spread(op, g, before, part, places)], [places]);
  }
  return y;
}

/** The gradient of `takeSpan`: every element of g added at its place. */
function spread(
  op: string,
  g: Tensor,
  shape: readonly number[],
  { outer, length, inner }: Span,
  places: Tensor,
): Tensor {
  const from = contiguous.call(g);
  const y = filled(shape, g.dtype);
  adds[g.dtype](pointer(y), pointer(places), pointer(from), outer, length, inner, places.count);
  if (tracks(g)) {
    record(y, op, [g], [(h) => takeSpan(op, h, { outer, length, inner }, places, g.shape)], [places]);
  }
  return y;
}

/** A row-major copy of x with `values` put at (or added to) places of a span. */
export function putSpan(
  op: string,
  x: Tensor,
  part: Span,
  places: Tensor,
  values: Tensor,
  accumulate: boolean,
): Tensor {
  const y = empty(x.shape, x.dtype);
  copyInto(x, y);
  putInto(op, y, part, places, values, accumulate);
  if (tracks(x) || tracks(values)) {
    const toValues: Gradient = (g) => takeSpan(op, g, part, places, values.shape);
    const toInput: Gradient = (g) =>
      accumulate ? g : putSpan(op, g, part, places, filled(values.shape, g.dtype), false);
    record(y, op, [x, values], [toInput, toValues], [places]);
  }
  return y;
}

/** Puts values at (or adds them to) places of a span of y, which is row-major. */
export function putInto(
  op: string,
  y: Tensor,
  { outer, length, inner }: Span,
  places: Tensor,
  values: Tensor,
  accumulate: boolean,
): void {
  const run = accumulate ? adds[y.dtype] : (puts[DTYPES[y.dtype].bytes] as Kernel);
  const from = contiguous.call(values);
  checkRange(op, run(pointer(y), pointer(places), pointer(from), outer, length, inner, places.count), places, length);
}

/** Indices of one axis, for functions that take them as a list. */
export function checkedList(op: string, index: unknown): Tensor {
  const places = checkedIndex(op, index);
  if (places.ndim > 1) throw new ShapeError(`${op}: indices have one axis; got ${show(places.shape)}; use flatten()`);
  return places.ndim === 0 ? reshaped(places, [1]) : places;
}

/**
 * Rows by index, int32 or uint8 [n], along an axis: a copy, with the axis as long as the index.
 *
 * @throws {IndexError} if `dim` is not an axis, or an index is out of range.
 * @throws {DTypeError} if the index is neither int32 nor uint8.
 * @throws {ShapeError} if the index has several axes.
 * @example
 * tensor([[1, 2], [3, 4]]).indexSelect(0, tensor([1, 1], { dtype: "int32" })).toArray(); // [[3, 4], [3, 4]]
 */
export function indexSelect<S extends Shape, D extends number, I extends Shape>(
  this: Tensor<S>,
  dim: Arg<OnAxis<S, D>, D>,
  index: Arg<IndexSelect<S, D, I>, Tensor<I>>,
): Tensor<Out<IndexSelect<S, D, I>>> {
  const at = axis("indexSelect", dim as number, this.shape);
  const places = checkedList("indexSelect", index);
  if (this.ndim === 0) return takeSpan("indexSelect", this, span([1], 0, 1), places, []);
  return takeSpan("indexSelect", this, span(this.shape, at), places, this.shape.with(at, places.count));
}

/**
 * A copy with rows of `source` added at indices, int32 or uint8 [n], along an axis. Takes float32, float64 and int32.
 * Sums are made in the order of the index, so that results are the same every time.
 *
 * @throws {IndexError} if `dim` is not an axis, or an index is out of range.
 * @throws {DTypeError} if the index is neither int32 nor uint8, the source is of another dtype, or this is uint8 or
 * bool.
 * @throws {ShapeError} if the index has several axes, or the source does not have its rows.
 * @throws {ValueError} for an unknown option.
 * @example
 * zeros(3).indexAdd(0, tensor([0, 2, 2], { dtype: "int32" }), tensor([1, 2, 3])).toArray(); // [1, 0, 5]
 */
export function indexAdd<S extends Shape, D extends number>(
  this: Tensor<S>,
  dim: Arg<OnAxis<S, D>, D>,
  index: Tensor,
  source: Tensor,
  options: { alpha?: number } = {},
): Tensor<S> {
  const op = "indexAdd";
  const at = axis(op, dim as number, this.shape);
  const places = checkedList(op, index);
  requireTensor(op, source);
  if (source.dtype !== this.dtype) {
    throw new DTypeError(
      `${op}: the source has the input's dtype ${this.dtype}; got ${source.dtype}; convert with source.to("${this.dtype}")`,
    );
  }
  const wanted = this.ndim === 0 ? [] : this.shape.with(at, places.count);
  if (!sameShape(source.shape, wanted)) {
    throw new ShapeError(
      `${op}: ${places.count} indices need a source of shape ${show(wanted)}; got ${show(source.shape)}`,
    );
  }
  const { alpha = 1 } = checkOptions(op, options, ["alpha"]);
  const values: Tensor = alpha === 1 ? source : source.mul(alpha);
  return putSpan(op, this, span(this.shape, at), places, values, true);
}

/**
 * Elements by their position in the flattened tensor, under the shape of the index. Positions below 0 count from the end.
 *
 * @throws {IndexError} if a position is out of range.
 * @throws {DTypeError} if the index is neither int32 nor uint8.
 * @example
 * tensor([[1, 2], [3, 4]]).take(tensor([0, -1], { dtype: "int32" })).toArray(); // [1, 4]
 */
export function take<I extends Shape>(this: Tensor, index: Tensor<I>): Tensor<I> {
  const given = checkedIndex("take", index);
  return takeSpan("take", this, span([this.count], 0, 1), given, given.shape, true);
}

/**
 * Like {@link gather}, with the index and the input broadcast to each other outside the axis; without an axis `take` of
 * the flattened tensor. Gives `x.sort(dim)` from `x.argsort(dim)`.
 *
 * @throws {IndexError} if `dim` is not an axis, or an index is out of range.
 * @throws {DTypeError} if the index is neither int32 nor uint8.
 * @throws {ShapeError} if the numbers of axes differ, or the shapes do not broadcast outside the axis.
 * @example
 * tensor([[5, 2], [3, 4]]).takeAlongDim(tensor([[1], [0]], { dtype: int32 }), 1).toArray(); // [[2], [3]]
 */
export function takeAlongDim(this: Tensor, index: Tensor, dim?: number): Tensor {
  if (dim === undefined) return take.call(this, reshaped(checkedIndex("takeAlongDim", index), [index.count]));
  const at = axis("takeAlongDim", dim, this.shape);
  const where = checkedIndex("takeAlongDim", index);
  if (where.ndim !== this.ndim) {
    throw new ShapeError(
      `takeAlongDim: the index has as many axes as the input; got index ${show(where.shape)} and the input ${show(this.shape)}`,
    );
  }
  if (this.ndim === 0) return gathered("takeAlongDim", this, at, where);
  const common = broadcast("takeAlongDim", this.shape.with(at, 1), where.shape.with(at, 1));
  const x = expandTo(this, common.with(at, this.shape[at] as number));
  const given = contiguous.call(expandTo(where, common.with(at, where.shape[at] as number)));
  return gathered("takeAlongDim", x, at, given);
}

const wrap = family("index_places", ["int32"]);

/** The places that index tensors name together, one for each of the axes that `sizes` lists; negative ones from the end. */
export function placesOf(
  op: string,
  indices: readonly Tensor[],
  sizes: readonly number[],
  shape: readonly number[],
): Tensor {
  const places = empty(shape, "int32");
  if (count(sizes) > 2 ** 31 - 1) {
    throw new ShapeError(`${op}: axes of ${show(sizes)} have more elements than an int32 index reaches`);
  }
  for (const [i, index] of indices.entries()) {
    const length = sizes[i] as number;
    const given = contiguous.call(expandTo(index, shape));
    const bad = wrap.int32(
      pointer(given),
      pointer(places),
      places.count,
      length,
      count(sizes.slice(i + 1)),
      i > 0 ? 1 : 0,
    );
    checkRange(op, bad, given, length, -length);
  }
  return places;
}
