/** Reductions: many elements to one, over all axes or some. */
import { type Gradient, record, tracks } from "../autograd/node.ts";
import { ShapeError, ValueError } from "../errors.ts";
import { shown } from "../options.ts";
import { isFloat } from "../tensor/dtypes.ts";
import type { Arg, Out, Reduce, Shape } from "../tensor/shapes.ts";
import { axes, axis, count, type Span, sameShape, show, span } from "../tensor/sizes.ts";
import { empty, type Tensor } from "../tensor/tensor.ts";
import { stack } from "./join.ts";
import { type Family, family, NUMBERS, pointer } from "./kernels.ts";
import { cast, contiguous, widened } from "./layout.ts";
import { expandTo, movedLast, reshaped } from "./views.ts";

/** One axis, or several. */
export type Dims = number | readonly number[];

/** A reduction seen by its kernel: [outer, length, inner] of row-major memory, and the shapes of the result. */
export interface Plan {
  x: Tensor;
  outer: number;
  length: number;
  inner: number;
  /** The result's shape, and the same with the reduced axes kept as size 1. */
  shape: readonly number[];
  kept: readonly number[];
}

/** Brings the reduced axes side by side: as they are where they already lie so, else by a copy with them last. */
export function plan(op: string, x: Tensor, dims: Dims | undefined, keepdim: boolean): Plan {
  if (typeof keepdim !== "boolean") {
    throw new ValueError(
      `${op}: keepdim is true or false, behind the axis; got ${shown(keepdim)}; x.${op}(1, true) keeps the axis`,
    );
  }
  if (dims === undefined && !keepdim) {
    return { x: contiguous.call(x), outer: 1, length: x.count, inner: 1, shape: [], kept: x.shape.map(() => 1) };
  }
  const axes = reducedAxes(op, x, dims);
  const kept = keptOf(x.shape, axes);
  const shape = keepdim ? kept : x.shape.filter((_, i) => !axes.includes(i));
  const first = axes[0] ?? 0;
  const adjacent = axes.every((a, i) => a === first + i);
  const source = contiguous.call(adjacent ? x : movedLast(x, axes));
  const length = count(axes.map((a) => x.shape[a] as number));
  const outer = adjacent ? count(x.shape.slice(0, first)) : count(shape);
  const inner = adjacent ? count(x.shape.slice(first + axes.length)) : 1;
  return { x: source, outer, length, inner, shape, kept };
}

/** A shape with some axes kept as size 1. */
function keptOf(shape: readonly number[], axes: readonly number[]): readonly number[] {
  return shape.map((size, i) => (axes.includes(i) ? 1 : size));
}

/** The axes to reduce, counted from the front, ascending; all of them when none is given. */
export function reducedAxes(op: string, x: Tensor, dims: Dims | undefined): number[] {
  if (dims === undefined) return x.shape.map((_, i) => i);
  if (typeof dims !== "number" && !Array.isArray(dims)) {
    throw new ValueError(`${op}: takes an axis or a list of axes; got ${shown(dims)}; x.${op}(1), x.${op}([0, 1])`);
  }
  const all = axes(op, dims, x.shape);
  if (new Set(all).size !== all.length) throw new ValueError(`${op}: each axis once; got ${show(dims as number[])}`);
  return x.ndim === 0 ? [] : all.sort((a, b) => a - b);
}

/** The gradient of a sum of shape `kept`: repeated over what was summed. */
export function repeated(kept: readonly number[], shape: readonly number[]): Gradient {
  return (g) => expandTo(reshaped(g, kept), shape);
}

const sums = family("sum", NUMBERS);

/**
 * The sum of all elements, or along one axis or several. bool and uint8 are counted in int32.
 *
 * @throws {IndexError} if `dim` is not an axis.
 * @throws {ValueError} if an axis is listed twice, or an int sum does not fit int32.
 * @example
 * ones(2, 3).sum().item(); // 6
 * ones(2, 3).sum(0).toArray(); // [2, 2, 2]
 */
export function sum(this: Tensor): Tensor<[]>;
export function sum<S extends Shape, const D extends Dims, K extends boolean = false>(
  this: Tensor<S>,
  dim: Arg<Reduce<S, D, K>, D>,
  keepdim?: K,
): Tensor<Out<Reduce<S, D, K>>>;
export function sum(this: Tensor, dim?: Dims, keepdim = false): Tensor {
  const wide = widened(this);
  const { x, outer, length, inner, shape, kept } = plan("sum", wide, dim, keepdim);
  const y = empty(shape, x.dtype);
  if (sums[x.dtype](pointer(x), pointer(y), outer, length, inner) !== 0 && x.dtype === "int32") {
    throw new ValueError(`sum: the sum of ${show(x.shape)} int32 does not fit int32; use x.to("float64").sum()`);
  }
  if (tracks(wide)) record(y, "sum", [wide], [repeated(kept, wide.shape)]);
  return y;
}

/**
 * The mean of all elements, or along one axis or several. Int dtypes and bool are computed in float32; the mean of
 * nothing is NaN.
 *
 * @throws {IndexError} if `dim` is not an axis.
 * @throws {ValueError} if an axis is listed twice.
 * @example
 * tensor([1, 2, 6]).mean().item(); // 3
 */
export function mean(this: Tensor): Tensor<[]>;
export function mean<S extends Shape, const D extends Dims, K extends boolean = false>(
  this: Tensor<S>,
  dim: Arg<Reduce<S, D, K>, D>,
  keepdim?: K,
): Tensor<Out<Reduce<S, D, K>>>;
export function mean(this: Tensor, dim?: Dims, keepdim = false): Tensor {
  const x: Tensor = isFloat(this.dtype) ? this : cast(this, "float32");
  const total = dim === undefined && !keepdim ? x.sum() : x.sum(reducedAxes("mean", x, dim), keepdim);
  return total.div(x.count === 0 ? 0 : x.count / Math.max(total.count, 1));
}

const products = family("prod", NUMBERS);

/**
 * The product of all elements, or along one axis. bool and uint8 are multiplied in int32.
 *
 * @throws {IndexError} if `dim` is not an axis.
 * @throws {ValueError} if an int product does not fit int32.
 * @example
 * tensor([[1, 2], [3, 4]]).prod(1).toArray(); // [2, 12]
 */
export function prod(this: Tensor): Tensor<[]>;
export function prod<S extends Shape, D extends number, K extends boolean = false>(
  this: Tensor<S>,
  dim: Arg<Reduce<S, D, K>, D>,
  keepdim?: K,
): Tensor<Out<Reduce<S, D, K>>>;
export function prod(this: Tensor, dim?: number, keepdim = false): Tensor {
  const wide = widened(this);
  const { x, outer, length, inner, shape, kept } = plan("prod", wide, dim, keepdim);
  const y = empty(shape, x.dtype);
  if (products[x.dtype](pointer(x), pointer(y), outer, length, inner) !== 0 && x.dtype === "int32") {
    throw new ValueError(`prod: the product of ${show(x.shape)} int32 does not fit int32; use x.to("float64").prod()`);
  }
  if (tracks(wide)) {
    const along = dim === undefined ? null : axis("prod", dim, wide.shape);
    record(y, "prod", [wide], [prodGradient(wide, y, kept, along)], [wide, y]);
  }
  return y;
}

/** The product of the others: the product divided by x, or computed element by element where x is 0. */
function prodGradient(x: Tensor, y: Tensor, kept: readonly number[], along: number | null): Gradient {
  return (g) => {
    const whole = expandTo(reshaped(y, kept), x.shape);
    const spread = expandTo(reshaped(g, kept), x.shape);
    const others = x.eq(0).any().item() ? productOfOthers(x, along) : whole.div(x);
    return spread.mul(others);
  };
}

/** For each element, the product of the others that it is multiplied with: along an axis, or of the whole tensor. */
function productOfOthers(x: Tensor, along: number | null): Tensor {
  const line = along === null || x.ndim === 0 ? reshaped(contiguous.call(x), [x.count]) : x;
  const dim = x.ndim === 0 ? 0 : (along ?? 0);
  const length = line.shape[dim] as number;
  const others: Tensor[] = [];
  for (let i = 0; i < length; i++) {
    const rest = [line.narrow(dim, 0, i), line.narrow(dim, i + 1, length - i - 1)] as const;
    others.push((rest[0].prod(dim) as Tensor).mul(rest[1].prod(dim) as Tensor));
  }
  return reshaped(stack(others, dim), x.shape);
}

/** Throws unless there is something to choose from. */
export function requireSome(op: string, x: Tensor, length: number): void {
  if (length === 0)
    throw new ShapeError(`${op}: needs at least one element along the reduced axis; got ${show(x.shape)}`);
}

const truth = { any: family("any", ["bool"]), all: family("all", ["bool"]) };

function quantify(op: "any" | "all", self: Tensor, dim: Dims | undefined, keepdim: boolean): Tensor {
  const { x, outer, length, inner, shape } = plan(op, cast(self, "bool"), dim, keepdim);
  const y = empty(shape, "bool");
  truth[op].bool(pointer(x), pointer(y), outer, length, inner);
  return y;
}

/**
 * Whether any element is not 0, as bool.
 *
 * @throws {IndexError} if `dim` is not an axis.
 * @example
 * tensor([[0, 1], [0, 0]]).any(1).toArray(); // [true, false]
 */
export function any(this: Tensor): Tensor<[]>;
export function any<S extends Shape, D extends number, K extends boolean = false>(
  this: Tensor<S>,
  dim: Arg<Reduce<S, D, K>, D>,
  keepdim?: K,
): Tensor<Out<Reduce<S, D, K>>>;
export function any(this: Tensor, dim?: Dims, keepdim = false): Tensor {
  return quantify("any", this, dim, keepdim);
}

/**
 * Whether no element is 0, as bool.
 *
 * @throws {IndexError} if `dim` is not an axis.
 * @example
 * tensor([[1, 1], [0, 1]]).all(1).toArray(); // [true, false]
 */
export function all(this: Tensor): Tensor<[]>;
export function all<S extends Shape, D extends number, K extends boolean = false>(
  this: Tensor<S>,
  dim: Arg<Reduce<S, D, K>, D>,
  keepdim?: K,
): Tensor<Out<Reduce<S, D, K>>>;
export function all(this: Tensor, dim?: Dims, keepdim = false): Tensor {
  return quantify("all", this, dim, keepdim);
}

/** A gradient summed to the shape of an operand that was broadcast. */
export function sumTo(g: Tensor, shape: readonly number[]): Tensor {
  if (sameShape(g.shape, shape)) return g;
  const lead = g.ndim - shape.length;
  const axes = g.shape.map((_, i) => i).filter((i) => i < lead || (shape[i - lead] === 1 && g.shape[i] !== 1));
  const { x, outer, length, inner } = plan("sum", g, axes, true);
  const y = empty(shape, g.dtype);
  sums[x.dtype](pointer(x), pointer(y), outer, length, inner);
  if (tracks(g)) record(y, "sum", [g], [repeated(keptOf(g.shape, axes), g.shape)]);
  return y;
}

/** A function of the elements along one axis, of the same shape: softmax and its kin. */
export function alongAxis(
  op: string,
  forward: Family,
  backward: Family,
  formula: (g: Tensor, y: Tensor, dim: number) => Tensor,
): <S extends Shape>(x: Tensor<S>, dim: number) => Tensor<S> {
  return (input, dim) => {
    const wide: Tensor = isFloat(input.dtype) ? input : cast(input, "float32");
    const at = axis(op, dim, wide.shape);
    const x = contiguous.call(wide);
    const part = span(x.shape, at);
    const y = empty(x.shape, x.dtype);
    forward[x.dtype](pointer(x), pointer(y), part.outer, part.length, part.inner);
    if (tracks(x)) {
      const gradient = alongAxisGradient(backward, y, part);
      record(y, op, [x], [gradient], [y], null, [(g) => formula(g, y, at)]);
    }
    return y;
  };
}

function alongAxisGradient(backward: Family, y: Tensor, { outer, length, inner }: Span): Gradient {
  return (g) => {
    const flat = contiguous.call(g);
    const dx = empty(y.shape, y.dtype);
    backward[y.dtype](pointer(flat), pointer(y), pointer(dx), outer, length, inner);
    return dx;
  };
}
