/** Running sums, products and extremes along an axis. */
import { record, tracks } from "../autograd/node.ts";
import { ValueError } from "../errors.ts";
import type { Arg, OnAxis, Shape } from "../tensor/shapes.ts";
import { axis, type Span, show, span } from "../tensor/sizes.ts";
import { empty, type Tensor } from "../tensor/tensor.ts";
import { onesLike } from "./create.ts";
import type { Extremes } from "./extremes.ts";
import { addedAt } from "./gather.ts";
import { cat } from "./join.ts";
import { FLOATS, family, NUMBERS, pointer, requireFloat } from "./kernels.ts";
import { contiguous, widened } from "./layout.ts";

/** A tensor as the kernels see it: row-major, [outer, length, inner] around one axis. */
interface Line extends Span {
  readonly x: Tensor;
  readonly at: number;
}

function lineOf(op: string, self: Tensor, dim: number): Line {
  const wide = widened(self);
  const at = axis(op, dim, self.shape);
  const x = contiguous.call(wide);
  return { x, at, ...span(x.shape, at) };
}

/** Throws when the kernel found an int that does not fit. */
function checkFits(op: string, x: Tensor, wrong: number | undefined): void {
  if (wrong !== 0 && x.dtype === "int32") {
    throw new ValueError(`${op}: a result of ${show(x.shape)} int32 does not fit int32; use x.to("float64")`);
  }
}

const runningSums = family("cumsum", NUMBERS);

/** Running sums from the front, or from the end. */
function runningSum(op: string, self: Tensor, dim: number, reverse: boolean): Tensor {
  const { x, outer, length, inner } = lineOf(op, self, dim);
  const y = empty(x.shape, x.dtype);
  checkFits(op, x, runningSums[x.dtype](pointer(x), pointer(y), outer, length, inner, Number(reverse)));
  if (tracks(x)) record(y, op, [x], [(g) => runningSum(op, g, dim, !reverse)]);
  return y;
}

/**
 * Running sums along an axis. bool and uint8 are counted in int32.
 *
 * @throws {IndexError} if `dim` is not an axis.
 * @throws {ValueError} if an int result does not fit int32.
 * @example
 * tensor([1, 2, 3]).cumsum(0).toArray(); // [1, 3, 6]
 */
export function cumsum<S extends Shape, D extends number>(this: Tensor<S>, dim: Arg<OnAxis<S, D>, D>): Tensor<S> {
  return runningSum("cumsum", this, dim as number, false) as Tensor<S>;
}

const runningProducts = family("cumprod", NUMBERS);
const runningProductsBackward = family("cumprod_backward", FLOATS, "cumprod");

/**
 * Running products along an axis; see {@link cumsum}.
 *
 * @throws {IndexError} if `dim` is not an axis.
 * @throws {ValueError} if an int result does not fit int32.
 * @example
 * tensor([1, 2, 3]).cumprod(0).toArray(); // [1, 2, 6]
 */
export function cumprod<S extends Shape, D extends number>(this: Tensor<S>, dim: Arg<OnAxis<S, D>, D>): Tensor<S> {
  const { x, at, outer, length, inner } = lineOf("cumprod", this, dim as number);
  const y = empty(x.shape, x.dtype);
  checkFits("cumprod", x, runningProducts[x.dtype](pointer(x), pointer(y), outer, length, inner));
  if (tracks(x)) {
    const gradient = (g: Tensor): Tensor => {
      const flat = contiguous.call(g);
      const dx = empty(x.shape, x.dtype);
      const sizes = [outer, length, inner] as const;
      runningProductsBackward[x.dtype](pointer(flat), pointer(x), pointer(y), pointer(dx), ...sizes);
      return dx;
    };
    const formula = (g: Tensor): Tensor => {
      if (x.ndim === 0) return g;
      if (x.eq(0).any().item()) return productsOfOthers(g, x, at);
      return runningSum("cumsum", g.mul(y) as Tensor, at, true).div(x) as Tensor;
    };
    record(y, "cumprod", [x], [gradient], [x, y], null, [formula]);
  }
  return y as Tensor<S>;
}

/** The gradient of running products without a division: element by element with a 1 in its place, where x has zeros. */
function productsOfOthers(g: Tensor, x: Tensor, at: number): Tensor {
  const length = x.shape[at] as number;
  const gradients: Tensor[] = [];
  for (let i = 0; i < length; i++) {
    const one = onesLike(x.narrow(at, i, 1).detach());
    const rest = [x.narrow(at, 0, i), one, x.narrow(at, i + 1, length - i - 1)] as Tensor[];
    const terms = g.mul(cumprod.call(cat(rest, at), at as never)) as Tensor;
    gradients.push(terms.narrow(at, i, length - i).sum(at, true) as Tensor);
  }
  return cat(gradients, at) as Tensor;
}

const runningExtremes = { cummax: family("cummax", NUMBERS), cummin: family("cummin", NUMBERS) };

function runningExtreme(op: "cummax" | "cummin", self: Tensor, dim: number): Extremes<Shape> {
  const { x, at, outer, length, inner } = lineOf(op, self, dim);
  const [values, indices] = [empty(x.shape, x.dtype), empty(x.shape, "int32")];
  runningExtremes[op][x.dtype](pointer(x), pointer(values), pointer(indices), outer, length, inner);
  if (tracks(x)) {
    record(values, op, [x], [(g) => addedAt(op, g, at, indices, x.shape)], [indices]);
  }
  return { values, indices };
}

/**
 * The largest element so far along an axis and where it stands: `{ values, indices }`. The last of equals; NaN counts as
 * largest and stays.
 *
 * @throws {IndexError} if `dim` is not an axis.
 * @example
 * tensor([1, 3, 2]).cummax(0).values.toArray(); // [1, 3, 3]
 */
export function cummax<S extends Shape, D extends number>(this: Tensor<S>, dim: Arg<OnAxis<S, D>, D>): Extremes<S> {
  return runningExtreme("cummax", this, dim as number) as Extremes<S>;
}

/**
 * The smallest element so far along an axis and where it stands; see {@link cummax}.
 *
 * @throws {IndexError} if `dim` is not an axis.
 * @example
 * tensor([3, 1, 2]).cummin(0).values.toArray(); // [3, 1, 1]
 */
export function cummin<S extends Shape, D extends number>(this: Tensor<S>, dim: Arg<OnAxis<S, D>, D>): Extremes<S> {
  return runningExtreme("cummin", this, dim as number) as Extremes<S>;
}

/**
 * The logarithm of running sums of exponentials along an axis, computed without overflow. Takes float dtypes.
 *
 * @throws {DTypeError} for int dtypes and bool.
 * @throws {IndexError} if `dim` is not an axis.
 * @example
 * tensor([1000, 1000]).logcumsumexp(0).toArray(); // [1000, 1000.6931]
 */
export function logcumsumexp<S extends Shape, D extends number>(this: Tensor<S>, dim: Arg<OnAxis<S, D>, D>): Tensor<S> {
  requireFloat("logcumsumexp", this);
  const at = axis("logcumsumexp", dim as number, this.shape);
  const length = this.shape[at] ?? 1;
  let y: Tensor = this.clone();
  for (let step = 1; step < length; step *= 2) {
    // each element has the sum of `step` elements up to it: with the one `step` before, twice as many
    const [later, earlier] = [y.narrow(at, step, length - step), y.narrow(at, 0, length - step)] as [Tensor, Tensor];
    y = cat([y.narrow(at, 0, step) as Tensor, later.logaddexp(earlier)], at) as Tensor;
  }
  return y as Tensor<S>;
}
