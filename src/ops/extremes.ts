/** The largest and smallest elements, and where they are: of a whole tensor or along an axis. */
import { type Gradient, record, tracks } from "../autograd/node.ts";
import type { Arg, Out, Reduce, Shape } from "../tensor/shapes.ts";
import { axis } from "../tensor/sizes.ts";
import { empty, type Tensor } from "../tensor/tensor.ts";
import { family, NUMBERS, pointer } from "./kernels.ts";
import { cast, widened } from "./layout.ts";
import { plan, requireSome } from "./reduce.ts";
import { reshaped } from "./views.ts";

const indexKernels = { argmax: family("argmax", NUMBERS), argmin: family("argmin", NUMBERS) };

function argument(op: "argmax" | "argmin", self: Tensor, dim: number | undefined, keepdim: boolean): Tensor {
  const wide = widened(self);
  const { x, outer, length, inner, shape } = plan(op, wide, dim, keepdim);
  requireSome(op, self, length);
  const y = empty(shape, "int32");
  indexKernels[op][x.dtype](pointer(x), pointer(y), outer, length, inner);
  return y;
}

/**
 * Where the largest element is, as int32: in the flattened tensor, or along an axis. The first of equals; NaN counts as largest.
 *
 * @throws {ShapeError} if there is no element to choose from.
 * @throws {IndexError} if `dim` is not an axis.
 * @example
 * tensor([[1, 3], [5, 4]]).argmax(1).toArray(); // [1, 0]
 */
export function argmax(this: Tensor): Tensor<[]>;
export function argmax<S extends Shape, D extends number, K extends boolean = false>(
  this: Tensor<S>,
  dim: Arg<Reduce<S, D, K>, D>,
  keepdim?: K,
): Tensor<Out<Reduce<S, D, K>>>;
export function argmax(this: Tensor, dim?: number, keepdim = false): Tensor {
  return argument("argmax", this, dim, keepdim);
}

/**
 * Where the smallest element is, as int32; see {@link argmax}.
 *
 * @throws {ShapeError} if there is no element to choose from.
 * @throws {IndexError} if `dim` is not an axis.
 * @example
 * tensor([[5, 2], [3, 4]]).argmin(1).toArray(); // [1, 0]
 */
export function argmin(this: Tensor): Tensor<[]>;
export function argmin<S extends Shape, D extends number, K extends boolean = false>(
  this: Tensor<S>,
  dim: Arg<Reduce<S, D, K>, D>,
  keepdim?: K,
): Tensor<Out<Reduce<S, D, K>>>;
export function argmin(this: Tensor, dim?: number, keepdim = false): Tensor {
  return argument("argmin", this, dim, keepdim);
}

/** The largest or smallest elements along an axis, and where they are (int32). */
export interface Extremes<S extends Shape> {
  values: Tensor<S>;
  indices: Tensor<S>;
}

const extremeKernels = { max: family("max", NUMBERS), min: family("min", NUMBERS) };
const placedKernels = { max: family("max_index", NUMBERS, "max"), min: family("min_index", NUMBERS, "min") };

function extreme(op: "max" | "min", self: Tensor, dim: number | undefined, keepdim: boolean): Tensor | Extremes<Shape> {
  const wide = widened(self);
  const { x, outer, length, inner, shape, kept } = plan(op, wide, dim, keepdim);
  requireSome(op, self, length);
  const values = empty(shape, x.dtype);
  if (dim === undefined) {
    extremeKernels[op][x.dtype](pointer(x), pointer(values), outer, length, inner);
    if (tracks(wide)) record(values, op, [wide], [evenShares(wide, values)], [wide, values]);
    return values;
  }
  const indices = empty(shape, "int32");
  placedKernels[op][x.dtype](pointer(x), pointer(values), pointer(indices), outer, length, inner);
  if (tracks(wide))
    record(values, op, [wide], [toIndex(wide.shape, axis(op, dim, wide.shape), indices, kept)], [indices]);
  return { values, indices };
}

/** The gradient of a whole tensor's extreme: shared evenly among the elements that have it. */
function evenShares(x: Tensor, y: Tensor): Gradient {
  return (g) => {
    const mask = cast(Number.isNaN(y.item()) ? x.isnan() : x.eq(y), x.dtype);
    return mask.mul(g).div(mask.sum());
  };
}

/** The gradient of an extreme along an axis: to the element at the index. */
function toIndex(shape: readonly number[], dim: number, indices: Tensor, kept: readonly number[]): Gradient {
  return (g) => {
    const positions = positionsAlong(shape, dim);
    return cast(positions.eq(reshaped(indices, kept)), g.dtype).mul(reshaped(g, kept));
  };
}

const arange = family("arange", ["int32"]);

/** 0, 1, 2, … along one axis, of size 1 along the others. */
function positionsAlong(shape: readonly number[], dim: number): Tensor {
  const size = shape.length === 0 ? 1 : (shape[dim] as number);
  const x = empty([size], "int32");
  arange.int32(pointer(x), 0, 1, size);
  return reshaped(
    x,
    shape.map((_, i) => (i === dim ? size : 1)),
  );
}

/**
 * The largest element; or along an axis, `{ values, indices }`. NaN counts as largest.
 *
 * @throws {ShapeError} if there is no element to choose from.
 * @throws {IndexError} if `dim` is not an axis.
 * @example
 * const { values, indices } = tensor([[1, 3], [5, 4]]).max(1); // [3, 5], [1, 0]
 */
export function max(this: Tensor): Tensor<[]>;
export function max<S extends Shape, D extends number, K extends boolean = false>(
  this: Tensor<S>,
  dim: Arg<Reduce<S, D, K>, D>,
  keepdim?: K,
): Extremes<Out<Reduce<S, D, K>>>;
export function max(this: Tensor, dim?: number, keepdim = false): Tensor | Extremes<Shape> {
  return extreme("max", this, dim, keepdim);
}

/**
 * The smallest element; or along an axis, `{ values, indices }`. NaN counts as smallest.
 *
 * @throws {ShapeError} if there is no element to choose from.
 * @throws {IndexError} if `dim` is not an axis.
 * @example
 * tensor([5, 2]).min().item(); // 2
 * tensor([[5, 2], [3, 4]]).min(1).values.toArray(); // [2, 3]
 */
export function min(this: Tensor): Tensor<[]>;
export function min<S extends Shape, D extends number, K extends boolean = false>(
  this: Tensor<S>,
  dim: Arg<Reduce<S, D, K>, D>,
  keepdim?: K,
): Extremes<Out<Reduce<S, D, K>>>;
export function min(this: Tensor, dim?: number, keepdim = false): Tensor | Extremes<Shape> {
  return extreme("min", this, dim, keepdim);
}
