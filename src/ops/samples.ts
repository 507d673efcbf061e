/** Statistics of samples: differences, areas, covariances, the most frequent value. */
import { ShapeError } from "../errors.ts";
import { checkOptions } from "../options.ts";
import type { Arg, OnAxis, Out, Reduce, Shape } from "../tensor/shapes.ts";
import { axis, show } from "../tensor/sizes.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { arange } from "./create.ts";
import type { Extremes } from "./extremes.ts";
import { cat } from "./join.ts";
import { requireFloat, requireTensor } from "./kernels.ts";
import { checkNumber } from "./loss.ts";
import { where } from "./masks.ts";
import { requireSome } from "./reduce.ts";
import { checkWhole } from "./split.ts";

/** Options of `diff`. */
export interface DiffOptions {
  /** How often differences are taken; 1 unless said otherwise. */
  n?: number;
  /** Along which axis; the last unless said otherwise. */
  dim?: number;
  /** What is put before the tensor along the axis. */
  prepend?: Tensor;
  /** What is put behind it. */
  append?: Tensor;
}

/**
 * Differences of neighbours along an axis, which becomes shorter by 1 each time.
 *
 * @throws {IndexError} if `dim` is not an axis.
 * @throws {ShapeError} if there is no axis, or `prepend` or `append` has other sizes outside the axis.
 * @throws {ValueError} if `n` is not a whole number of at least 0, or an option is unknown.
 * @example
 * tensor([1, 4, 9]).diff().toArray(); // [3, 5]
 */
export function diff(this: Tensor, options: DiffOptions = {}): Tensor {
  checkOptions("diff", options, ["n", "dim", "prepend", "append"]);
  const { n = 1, dim = -1, prepend, append } = options;
  checkWhole("diff", "n", n, 0);
  if (this.ndim === 0) throw new ShapeError("diff: needs at least one axis; got []");
  const at = axis("diff", dim, this.shape);
  const given = [prepend, this, append].filter((x) => x !== undefined);
  let x: Tensor = given.length > 1 ? cat(given, at) : this;
  const rounds = Math.min(n, (x.shape[at] as number) || 1); // nothing is left after as many
  for (let i = 0; i < rounds; i++) {
    const rest = Math.max((x.shape[at] as number) - 1, 0);
    const first = x.narrow(at, 0, rest) as Tensor;
    const next = x.narrow(at, Math.min(1, x.shape[at] as number), rest) as Tensor;
    x = (x.dtype === "bool" ? next.ne(first) : next.sub(first)) as Tensor;
  }
  return x;
}

/** Options of `trapezoid`. */
export interface TrapezoidOptions {
  /** Where the values stand, ascending: a vector, or of the shape of the values. */
  x?: Tensor;
  /** How far apart they stand; 1 unless said otherwise. */
  dx?: number;
  /** Along which axis; the last unless said otherwise. */
  dim?: number;
}

/**
 * The area under values along an axis, by the trapezoidal rule.
 *
 * @throws {IndexError} if `dim` is not an axis.
 * @throws {ShapeError} if `y` has no axes, or `x` is not as long as it.
 * @throws {ValueError} if `dx` is not finite or an option is unknown.
 * @example
 * trapezoid(tensor([1, 2, 3])).item(); // 4
 * trapezoid(tensor([1, 2]), { x: tensor([0, 10]) }).item(); // 15
 */
export function trapezoid(y: Tensor, options: TrapezoidOptions = {}): Tensor {
  requireTensor("trapezoid", y);
  checkOptions("trapezoid", options, ["x", "dx", "dim"]);
  const { x, dx = 1, dim = -1 } = options;
  checkNumber("trapezoid", "dx", dx);
  const at = axis("trapezoid", dim, y.shape);
  if (y.ndim === 0) throw new ShapeError("trapezoid: needs at least one axis; got []");
  const rest = Math.max((y.shape[at] as number) - 1, 0);
  const sums = (y.narrow(at, 0, rest) as Tensor).add(y.narrow(at, (y.shape[at] as number) - rest, rest)) as Tensor;
  if (x === undefined) return (sums.sum(at) as Tensor).mul(dx / 2) as Tensor;
  requireTensor("trapezoid", x);
  const spread = x.ndim === 1 ? (x.reshape(...y.shape.map((_, i) => (i === at ? x.count : 1))) as Tensor) : x;
  if (spread.ndim !== y.ndim || spread.shape[at] !== y.shape[at]) {
    throw new ShapeError(`trapezoid: x is as long as y along axis ${at}; got ${show(x.shape)} for y ${show(y.shape)}`);
  }
  return (sums.mul(spread.diff({ dim: at })).sum(at) as Tensor).div(2) as Tensor;
}

/**
 * The covariances of variables (rows) from observations (columns), [n, observations] to [n, n]; of one variable its variance.
 * Sums are divided by the number of observations less `correction`, 1 unless said otherwise. Takes float dtypes.
 *
 * @throws {DTypeError} for int dtypes and bool.
 * @throws {ShapeError} if there are more than two axes.
 * @throws {ValueError} if `correction` is not finite or an option is unknown.
 * @example
 * tensor([[0, 2], [2, 0]]).cov().toArray(); // [[2, -2], [-2, 2]]
 */
export function cov(this: Tensor, options: { correction?: number } = {}): Tensor {
  requireFloat("cov", this);
  checkOptions("cov", options, ["correction"]);
  const { correction = 1 } = options;
  checkNumber("cov", "correction", correction);
  if (this.ndim > 2) throw new ShapeError(`cov: takes [variables, observations] or a vector; got ${show(this.shape)}`);
  const x = this.ndim === 2 ? this : (this.reshape(1, -1) as Tensor);
  const from = x.sub(x.mean(1, true)) as Tensor;
  const product = (from.matmul(from.T) as Tensor).div(Math.max((x.shape[1] as number) - correction, 0)) as Tensor;
  return product.count === 1 ? (product.reshape() as Tensor) : product;
}

/**
 * The correlation coefficients, from -1 to 1, of variables (rows) from observations (columns): [n, observations] to [n, n];
 * of one variable 1. Takes float dtypes.
 *
 * @throws {DTypeError} for int dtypes and bool.
 * @throws {ShapeError} if there are more than two axes.
 * @example
 * tensor([[0, 2], [2, 0]]).corrcoef().toArray(); // [[1, -1], [-1, 1]]
 */
export function corrcoef(this: Tensor): Tensor {
  const c = cov.call(this);
  if (c.ndim === 0) return c.div(c) as Tensor;
  const deviation = c.diagonal().sqrt() as Tensor;
  return (c.div(deviation.unsqueeze(1)).div(deviation) as Tensor).clamp(-1, 1);
}

/**
 * The most frequent element along an axis and where it last stands: `{ values, indices }`; of several the smallest. Compares
 * every element of a line with every other, so that lines are short: votes of neighbours or of models.
 *
 * @throws {IndexError} if `dim` is not an axis.
 * @throws {ShapeError} if the axis has no elements.
 * @example
 * tensor([[2, 0, 2], [1, 1, 0]]).mode().values.toArray(); // [2, 1]
 */
export function mode<S extends Shape, D extends number = -1, K extends boolean = false>(
  this: Tensor<S>,
  dim?: Arg<OnAxis<S, D>, D>,
  keepdim?: K,
): Extremes<Out<Reduce<S, D, K>>>;
export function mode(this: Tensor, dim = -1, keepdim = false): Extremes<Shape> {
  const at = axis("mode", dim, this.shape);
  const x = (this.ndim === 0 ? this.reshape(1) : this.movedim(at, -1)) as Tensor;
  const length = x.shape.at(-1) as number;
  requireSome("mode", this, length);
  const line = x.detach();
  const counts = line.unsqueeze(-1).eq(line.unsqueeze(-2)).sum(-1) as Tensor;
  const most = counts.eq(counts.amax(-1, true));
  const found = where(most, line, line.amax(-1, true)).amin(-1, true) as Tensor;
  const places = where(line.eq(found), arange(length), 0).amax(-1, true) as Tensor;
  const shaped = (y: Tensor): Tensor => {
    if (this.ndim === 0) return y.reshape() as Tensor;
    return (keepdim ? y.movedim(-1, at) : y.squeeze(-1)) as Tensor;
  };
  return { values: shaped(x.gather(-1, places) as Tensor), indices: shaped(places) };
}
