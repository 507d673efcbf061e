/** Reductions with statistics in them: variances, norms, logarithms of sums of powers, extremes over several axes. */
import { record, tracks } from "../autograd/node.ts";
import { ValueError } from "../errors.ts";
import { checkOptions } from "../options.ts";
import { isFloat } from "../tensor/dtypes.ts";
import type { Arg, Out, Reduce, Shape } from "../tensor/shapes.ts";
import { count } from "../tensor/sizes.ts";
import { empty, type Tensor } from "../tensor/tensor.ts";
import { FLOATS, family, NUMBERS, pointer, requireFloat } from "./kernels.ts";
import { cast, widened } from "./layout.ts";
import { type Dims, plan, reducedAxes, repeated, requireSome } from "./reduce.ts";
import { expandTo, reshaped } from "./views.ts";

const variances = family("var", FLOATS, "var");

/** Options of variances. */
export interface VarOptions {
  /** The sum of squares is divided by the number of elements less this; 1, the unbiased estimate, unless said otherwise. */
  correction?: number;
}

interface Spread {
  variance: Tensor;
  mean: Tensor;
}

function spreadOf(op: string, x: Tensor, dim: Dims | undefined, keepdim: boolean, options: VarOptions): Spread {
  const { correction = 1 } = checkOptions(op, options, ["correction"]);
  requireFloat(op, x);
  if (typeof correction !== "number" || Number.isNaN(correction)) {
    throw new ValueError(`${op}: correction is a number; got ${String(correction)}`);
  }
  const { x: source, outer, length, inner, shape, kept } = plan(op, x, dim, keepdim);
  const [variance, mean] = [empty(shape, x.dtype), empty(shape, x.dtype)];
  variances[x.dtype](pointer(source), pointer(variance), pointer(mean), outer, length, inner, correction);
  if (tracks(x)) {
    const center = reshaped(mean, kept);
    const scale = 2 / Math.max(length - correction, 0);
    const axes = reducedAxes(op, x, dim);
    const toward = (middle: () => Tensor) => (g: Tensor) =>
      x.sub(middle()).mul(reshaped((g as Tensor).mul(scale) as Tensor, kept)) as Tensor;
    const average = (): Tensor => (axes.length === 0 ? x : x.mean(axes, true));
    record(variance, op, [x], [toward(() => center)], [x], null, [toward(average)]);
    record(mean, "mean", [x], [(g) => repeated(kept, x.shape)(g.div(length) as Tensor)]);
  }
  return { variance, mean };
}

/** The square root whose gradient is 0 where the variance is: there the elements are equal. */
function rootOf(variance: Tensor): Tensor {
  const y = variance.detach().sqrt();
  if (tracks(variance)) {
    const formula = (root: () => Tensor) => (g: Tensor) => {
      const zero = cast(y.eq(0), y.dtype);
      return g.mul(zero.neg().add(1)).div(root().mul(2).add(zero)) as Tensor;
    };
    record(y, "std", [variance], [formula(() => y)], [y], null, [formula(() => y)]);
  }
  return y;
}

/**
 * The variance of all elements, or along one axis or several. Divides by the number of elements less `correction`
 * (1, so that the estimate has no bias); NaN where nothing is left. Takes float dtypes.
 *
 * @throws {DTypeError} for int dtypes and bool.
 * @throws {IndexError} if `dim` is not an axis.
 * @throws {ValueError} if an axis is listed twice, `correction` is NaN or an option is unknown.
 * @example
 * tensor([1, 2, 6]).var().item(); // 7
 * tensor([[1, 3], [2, 6]]).var(1, false, { correction: 0 }).toArray(); // [1, 4]
 */
function variance(this: Tensor, dim?: undefined, keepdim?: boolean, options?: VarOptions): Tensor<[]>;
function variance<S extends Shape, const D extends Dims, K extends boolean = false>(
  this: Tensor<S>,
  dim: Arg<Reduce<S, D, K>, D>,
  keepdim?: K,
  options?: VarOptions,
): Tensor<Out<Reduce<S, D, K>>>;
function variance(this: Tensor, dim?: Dims, keepdim = false, options: VarOptions = {}): Tensor {
  return spreadOf("var", this, dim, keepdim, options).variance;
}

export { variance as var };

/**
 * The standard deviation of all elements, or along one axis or several: the square root of {@link var}.
 *
 * @throws {DTypeError} for int dtypes and bool.
 * @throws {IndexError} if `dim` is not an axis.
 * @throws {ValueError} if an axis is listed twice, `correction` is NaN or an option is unknown.
 * @example
 * tensor([1, 3, 5]).std().item(); // 2
 */
export function std(this: Tensor, dim?: undefined, keepdim?: boolean, options?: VarOptions): Tensor<[]>;
export function std<S extends Shape, const D extends Dims, K extends boolean = false>(
  this: Tensor<S>,
  dim: Arg<Reduce<S, D, K>, D>,
  keepdim?: K,
  options?: VarOptions,
): Tensor<Out<Reduce<S, D, K>>>;
export function std(this: Tensor, dim?: Dims, keepdim = false, options: VarOptions = {}): Tensor {
  return rootOf(spreadOf("std", this, dim, keepdim, options).variance);
}

/** The variance and the mean in one pass. */
export interface VarMean<S extends Shape> {
  var: Tensor<S>;
  mean: Tensor<S>;
}

/**
 * The variance and the mean together; see {@link var}.
 *
 * @throws {DTypeError} for int dtypes and bool.
 * @throws {IndexError} if `dim` is not an axis.
 * @throws {ValueError} if an axis is listed twice, `correction` is NaN or an option is unknown.
 * @example
 * const { var: variance, mean } = tensor([1, 2, 3]).varMean();
 * [variance.item(), mean.item()]; // [1, 2]
 */
export function varMean(this: Tensor, dim?: undefined, keepdim?: boolean, options?: VarOptions): VarMean<[]>;
export function varMean<S extends Shape, const D extends Dims, K extends boolean = false>(
  this: Tensor<S>,
  dim: Arg<Reduce<S, D, K>, D>,
  keepdim?: K,
  options?: VarOptions,
): VarMean<Out<Reduce<S, D, K>>>;
export function varMean(this: Tensor, dim?: Dims, keepdim = false, options: VarOptions = {}): VarMean<Shape> {
  const found = spreadOf("varMean", this, dim, keepdim, options);
  return { var: found.variance, mean: found.mean };
}

/** The standard deviation and the mean in one pass. */
export interface StdMean<S extends Shape> {
  std: Tensor<S>;
  mean: Tensor<S>;
}

/**
 * The standard deviation and the mean together; see {@link std}.
 *
 * @throws {DTypeError} for int dtypes and bool.
 * @throws {IndexError} if `dim` is not an axis.
 * @throws {ValueError} if an axis is listed twice, `correction` is NaN or an option is unknown.
 * @example
 * const { std, mean } = tensor([1, 2, 3]).stdMean();
 * [std.item(), mean.item()]; // [1, 2]
 */
export function stdMean(this: Tensor, dim?: undefined, keepdim?: boolean, options?: VarOptions): StdMean<[]>;
export function stdMean<S extends Shape, const D extends Dims, K extends boolean = false>(
  this: Tensor<S>,
  dim: Arg<Reduce<S, D, K>, D>,
  keepdim?: K,
  options?: VarOptions,
): StdMean<Out<Reduce<S, D, K>>>;
export function stdMean(this: Tensor, dim?: Dims, keepdim = false, options: VarOptions = {}): StdMean<Shape> {
  const found = spreadOf("stdMean", this, dim, keepdim, options);
  return { std: rootOf(found.variance), mean: found.mean };
}

const logSums = family("logsumexp", FLOATS);

/**
 * The logarithm of the sum of exp(x) along one axis or several, computed without overflow. Int dtypes and bool are
 * computed in float32.
 *
 * @throws {IndexError} if `dim` is not an axis.
 * @throws {ValueError} if an axis is listed twice.
 * @example
 * tensor([-1000, 1000]).logsumexp(0).item(); // 1000
 */
export function logsumexp<S extends Shape, const D extends Dims, K extends boolean = false>(
  this: Tensor<S>,
  dim: Arg<Reduce<S, D, K>, D>,
  keepdim?: K,
): Tensor<Out<Reduce<S, D, K>>>;
export function logsumexp(this: Tensor, dim: Dims, keepdim = false): Tensor {
  const wide: Tensor = isFloat(this.dtype) ? this : cast(this, "float32");
  const { x, outer, length, inner, shape, kept } = plan("logsumexp", wide, dim, keepdim);
  const y = empty(shape, x.dtype);
  logSums[x.dtype](pointer(x), pointer(y), outer, length, inner);
  if (tracks(wide)) {
    const share = (g: Tensor): Tensor => wide.sub(reshaped(y, kept)).exp().mul(reshaped(g, kept)) as Tensor;
    record(y, "logsumexp", [wide], [share], [wide, y]);
  }
  return y;
}

const extremeKernels = { amax: family("max", NUMBERS, "amax"), amin: family("min", NUMBERS, "amin") };

function extremeOver(op: "amax" | "amin", self: Tensor, dim: Dims | undefined, keepdim: boolean): Tensor {
  const wide = widened(self);
  const { x, outer, length, inner, shape, kept } = plan(op, wide, dim, keepdim);
  requireSome(op, self, length);
  const y = empty(shape, x.dtype);
  extremeKernels[op][x.dtype](pointer(x), pointer(y), outer, length, inner);
  if (tracks(wide)) {
    const axes = reducedAxes(op, wide, dim);
    const share = (g: Tensor): Tensor => {
      const mask = cast(wide.detach().eq(reshaped(y.detach(), kept)), y.dtype);
      const ties = axes.length === 0 ? mask : mask.sum(axes, true);
      return mask.mul(reshaped(g, kept).div(ties)) as Tensor;
    };
    record(y, op, [wide], [share], [wide, y]);
  }
  return y;
}

/**
 * The largest element of all, or along one axis or several. The gradient is shared evenly among equals.
 *
 * @throws {ShapeError} if there is no element to choose from.
 * @throws {IndexError} if `dim` is not an axis.
 * @throws {ValueError} if an axis is listed twice.
 * @example
 * tensor([[1, 3], [5, 4]]).amax([0, 1]).item(); // 5
 */
export function amax(this: Tensor): Tensor<[]>;
export function amax<S extends Shape, const D extends Dims, K extends boolean = false>(
  this: Tensor<S>,
  dim: Arg<Reduce<S, D, K>, D>,
  keepdim?: K,
): Tensor<Out<Reduce<S, D, K>>>;
export function amax(this: Tensor, dim?: Dims, keepdim = false): Tensor {
  return extremeOver("amax", this, dim, keepdim);
}

/**
 * The smallest element of all, or along one axis or several. The gradient is shared evenly among equals.
 *
 * @throws {ShapeError} if there is no element to choose from.
 * @throws {IndexError} if `dim` is not an axis.
 * @throws {ValueError} if an axis is listed twice.
 * @example
 * tensor([[5, 2], [3, 4]]).amin(1).toArray(); // [2, 3]
 */
export function amin(this: Tensor): Tensor<[]>;
export function amin<S extends Shape, const D extends Dims, K extends boolean = false>(
  this: Tensor<S>,
  dim: Arg<Reduce<S, D, K>, D>,
  keepdim?: K,
): Tensor<Out<Reduce<S, D, K>>>;
export function amin(this: Tensor, dim?: Dims, keepdim = false): Tensor {
  return extremeOver("amin", this, dim, keepdim);
}

/** The smallest and the largest element. */
export interface MinMax<S extends Shape> {
  min: Tensor<S>;
  max: Tensor<S>;
}

/**
 * The smallest and the largest element of all, or along one axis or several: `{ min, max }`.
 *
 * @throws {ShapeError} if there is no element to choose from.
 * @throws {IndexError} if `dim` is not an axis.
 * @throws {ValueError} if an axis is listed twice.
 * @example
 * const { min, max } = tensor([5, 2, 3]).aminmax();
 * [min.item(), max.item()]; // [2, 5]
 */
export function aminmax(this: Tensor): MinMax<[]>;
export function aminmax<S extends Shape, const D extends Dims, K extends boolean = false>(
  this: Tensor<S>,
  dim: Arg<Reduce<S, D, K>, D>,
  keepdim?: K,
): MinMax<Out<Reduce<S, D, K>>>;
export function aminmax(this: Tensor, dim?: Dims, keepdim = false): MinMax<Shape> {
  return { min: extremeOver("amin", this, dim, keepdim), max: extremeOver("amax", this, dim, keepdim) };
}

/**
 * How many elements are not 0, of all or along one axis or several, as int32.
 *
 * @throws {IndexError} if `dim` is not an axis.
 * @throws {ValueError} if an axis is listed twice.
 * @example
 * tensor([0, 2, 3]).countNonzero().item(); // 2
 */
export function countNonzero(this: Tensor): Tensor<[]>;
export function countNonzero<S extends Shape, const D extends Dims, K extends boolean = false>(
  this: Tensor<S>,
  dim: Arg<Reduce<S, D, K>, D>,
  keepdim?: K,
): Tensor<Out<Reduce<S, D, K>>>;
export function countNonzero(this: Tensor, dim?: Dims, keepdim = false): Tensor {
  const mask: Tensor = (this as Tensor).ne(0);
  return dim === undefined && !keepdim ? mask.sum() : mask.sum(reducedAxes("countNonzero", mask, dim), keepdim);
}

const sumsOfSquares = family("sum_squares", FLOATS, "norm");
const sumsOfAbs = family("sum_abs", FLOATS, "norm");

/** What is known of a norm that is being computed. */
interface Normed {
  x: Tensor;
  axes: readonly number[];
  kept: readonly number[];
}

/** 1 where a number is 0, else 0: what keeps a quotient finite whose numerator is 0 there too. */
function whereZero(x: Tensor): Tensor {
  return cast(x.detach().eq(0), x.dtype);
}

/** Norms by a kernel: the sum of absolute values, or the root of the sum of squares. */
function summed(p: 1 | 2, x: Tensor, dim: Dims | undefined, keepdim: boolean, { kept }: Normed): Tensor {
  const { x: source, outer, length, inner, shape } = plan("norm", x, dim, keepdim);
  const total = empty(shape, x.dtype);
  (p === 1 ? sumsOfAbs : sumsOfSquares)[x.dtype](pointer(source), pointer(total), outer, length, inner);
  const y = p === 1 ? total : total.sqrt();
  if (tracks(x)) {
    const share = (g: Tensor): Tensor => {
      const spread = reshaped(g, kept);
      if (p === 1) return x.sign().mul(spread) as Tensor;
      const norm = reshaped(y, kept);
      return x.mul(spread.div(norm.add(whereZero(norm)))) as Tensor;
    };
    record(y, "norm", [x], [share], [x, y]);
  }
  return y;
}

/** Any other power: (Σ |x|^p)^(1/p). */
function powered(p: number, x: Tensor, dim: Dims | undefined, keepdim: boolean, { kept, axes }: Normed): Tensor {
  const flat = x.detach().abs().pow(p) as Tensor;
  const total: Tensor = dim === undefined && !keepdim ? flat.sum() : flat.sum(axes, keepdim);
  const y = total.pow(1 / p) as Tensor;
  if (tracks(x)) {
    const share = (g: Tensor): Tensor => {
      const norm = reshaped(y, kept);
      const size = x.abs().add(whereZero(x)) as Tensor;
      const slope = x.sign().mul(size.pow(p - 1)) as Tensor;
      const whole = norm.add(whereZero(norm)).pow(p - 1) as Tensor;
      // A power below 0 makes a norm of 0 where any element is: no other element moves it.
      const moves = p < 0 ? whereZero(norm).neg().add(1) : 1;
      return slope.mul(reshaped(g, kept).div(whole).mul(moves)) as Tensor;
    };
    record(y, "norm", [x], [share], [x, y]);
  }
  return y;
}

/**
 * The p-norm of all elements, or along one axis or several: the p-th root of the sum of |x| to the power of p. p is a
 * number, Infinity and -Infinity (the largest and smallest |x|) and 0 (how many are not 0) among them, or "fro" for 2.
 * Takes float dtypes.
 *
 * @throws {DTypeError} for int dtypes and bool.
 * @throws {IndexError} if `dim` is not an axis.
 * @throws {ValueError} if `p` is neither a number nor "fro", or an axis is listed twice.
 * @throws {ShapeError} if p is -Infinity and there are no elements.
 * @example
 * tensor([3, 4]).norm().item(); // 5
 * tensor([[3, -4], [6, 8]]).norm(1, 1).toArray(); // [7, 14]
 */
export function norm(this: Tensor, p?: number | "fro"): Tensor<[]>;
export function norm<S extends Shape, const D extends Dims, K extends boolean = false>(
  this: Tensor<S>,
  p: number | "fro",
  dim: Arg<Reduce<S, D, K>, D>,
  keepdim?: K,
): Tensor<Out<Reduce<S, D, K>>>;
export function norm(this: Tensor, p: number | "fro" = 2, dim?: Dims, keepdim = false): Tensor {
  const x: Tensor = this;
  requireFloat("norm", x);
  const power = p === "fro" ? 2 : p;
  if (typeof power !== "number" || Number.isNaN(power)) {
    throw new ValueError(`norm: p is a number or "fro"; got ${String(p)}`);
  }
  const axes = reducedAxes("norm", x, dim);
  const normed = { x, axes, kept: x.shape.map((size, i) => (axes.includes(i) ? 1 : size)) };
  if (power === 1 || power === 2) return summed(power, x, dim, keepdim, normed);
  if (Math.abs(power) === Number.POSITIVE_INFINITY) {
    const size = x.abs();
    const length = count(axes.map((i) => x.shape[i] as number));
    if (power > 0 && length === 0) return size.sum(axes, keepdim) as Tensor;
    requireSome("norm", x, length);
    const all = dim === undefined && !keepdim;
    if (power > 0) return all ? size.amax() : size.amax(axes, keepdim);
    return all ? size.amin() : size.amin(axes, keepdim);
  }
  if (power === 0) {
    const size = cast(x.detach().ne(0), x.dtype);
    const y: Tensor = dim === undefined && !keepdim ? size.sum() : size.sum(axes, keepdim);
    if (tracks(x)) record(y, "norm", [x], [(g) => expandTo(reshaped(g.mul(0) as Tensor, normed.kept), x.shape)]);
    return y;
  }
  return powered(power, x, dim, keepdim, normed);
}
