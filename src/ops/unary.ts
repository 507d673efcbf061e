/** Elementwise functions of one tensor. */
import { record, tracks } from "../autograd/node.ts";
import { DTypeError, ValueError } from "../errors.ts";
import { checkOptions, shown } from "../options.ts";
import { isFloat } from "../tensor/dtypes.ts";
import type { Shape } from "../tensor/shapes.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type Unary, unary } from "./elementwise.ts";
import { NUMBERS, requireFloat } from "./kernels.ts";
import { cast } from "./layout.ts";

/** A function that leaves whole numbers, and so tensors of int dtypes, as they are. */
function rounding(name: string): Unary {
  const rounded = unary(name, "nothing");
  return function (this: Tensor): Tensor {
    return isFloat(this.dtype) ? rounded.call(this) : this.clone();
  };
}

/**
 * -x.
 *
 * @example
 * tensor([1, -2]).neg().toArray(); // [-1, 2]
 */
export const neg: Unary = unary("neg", "input", (g) => g.neg(), NUMBERS);
/**
 * |x|; its gradient at 0 is 0.
 *
 * @example
 * tensor([1, -2]).abs().toArray(); // [1, 2]
 */
export const abs: Unary = unary("abs", "input", (g, x) => g.mul(x.sign()), NUMBERS);
/**
 * -1, 0 or 1 with the sign of x.
 *
 * @example
 * tensor([3, 0, -2]).sign().toArray(); // [1, 0, -1]
 */
export const sign: Unary = unary("sign", "nothing", undefined, NUMBERS);
/**
 * e to the power of x.
 *
 * @example
 * tensor([0, 1]).exp().toArray(); // [1, 2.718]
 */
export const exp: Unary = unary("exp", "output", (g, y) => g.mul(y));
/**
 * exp(x) - 1, exact near 0.
 *
 * @example
 * tensor([0, 1e-6]).expm1().toArray(); // [0, 1e-6]
 */
export const expm1: Unary = unary("expm1", "output", (g, y) => g.mul(y.add(1)));
/**
 * Natural logarithm; -Infinity at 0, NaN below.
 *
 * @example
 * tensor([1, 2, 0]).log().toArray(); // [0, 0.6931, -Infinity]
 */
export const log: Unary = unary("log", "input", (g, x) => g.div(x));
/**
 * log(1 + x), exact near 0.
 *
 * @example
 * tensor([0, 1e-6]).log1p().toArray(); // [0, 1e-6]
 */
export const log1p: Unary = unary("log1p", "input", (g, x) => g.div(x.add(1)));
/**
 * Logarithm to base 2.
 *
 * @example
 * tensor([1, 8]).log2().toArray(); // [0, 3]
 */
export const log2: Unary = unary("log2", "input", (g, x) => g.div(x.mul(Math.LN2)));
/**
 * Logarithm to base 10.
 *
 * @example
 * tensor([1, 100]).log10().toArray(); // [0, 2]
 */
export const log10: Unary = unary("log10", "input", (g, x) => g.div(x.mul(Math.LN10)));
/**
 * 2 to the power of x.
 *
 * @example
 * tensor([0, 3]).exp2().toArray(); // [1, 8]
 */
export const exp2: Unary = unary("exp2", "output", (g, y) => g.mul(y.mul(Math.LN2)));
/**
 * Square root; NaN below 0.
 *
 * @example
 * tensor([4, 9]).sqrt().toArray(); // [2, 3]
 */
export const sqrt: Unary = unary("sqrt", "output", (g, y) => g.div(y.mul(2)));
/**
 * 1 / sqrt(x).
 *
 * @example
 * tensor([1, 4]).rsqrt().toArray(); // [1, 0.5]
 */
export const rsqrt: Unary = unary("rsqrt", "output", (g, y) => g.mul(y.mul(y).mul(y)).mul(-0.5));
/**
 * x * x.
 *
 * @example
 * tensor([2, 3]).square().toArray(); // [4, 9]
 */
export const square: Unary = unary("square", "input", (g, x) => g.mul(x).mul(2), NUMBERS);
/**
 * 1 / x.
 *
 * @example
 * tensor([2, 4]).reciprocal().toArray(); // [0.5, 0.25]
 */
export const reciprocal: Unary = unary("reciprocal", "output", (g, y) => g.mul(y.mul(y)).neg());
/**
 * Sine of x in radians.
 *
 * @example
 * tensor([0, 1]).sin().toArray(); // [0, 0.8415]
 */
export const sin: Unary = unary("sin", "input", (g, x) => g.mul(x.cos()));
/**
 * Cosine of x in radians.
 *
 * @example
 * tensor([0, 1]).cos().toArray(); // [1, 0.5403]
 */
export const cos: Unary = unary("cos", "input", (g, x) => g.mul(x.sin()).neg());
/**
 * Tangent of x in radians.
 *
 * @example
 * tensor([0, 1]).tan().toArray(); // [0, 1.557]
 */
export const tan: Unary = unary("tan", "output", (g, y) => g.mul(y.mul(y).add(1)));
/**
 * Inverse tangent, in radians.
 *
 * @example
 * tensor([0, 1]).atan().toArray(); // [0, 0.7854]
 */
export const atan: Unary = unary("atan", "input", (g, x) => g.div(x.mul(x).add(1)));
/**
 * Inverse sine, in radians; NaN outside -1 to 1.
 *
 * @example
 * tensor([0, 1]).asin().toArray(); // [0, 1.571]
 */
export const asin: Unary = unary("asin", "input", (g, x) => g.mul(x.mul(x).neg().add(1).rsqrt()));
/**
 * Inverse cosine, in radians; NaN outside -1 to 1.
 *
 * @example
 * tensor([0, 1]).acos().toArray(); // [1.571, 0]
 */
export const acos: Unary = unary("acos", "input", (g, x) => g.mul(x.mul(x).neg().add(1).rsqrt()).neg());
/**
 * Hyperbolic sine.
 *
 * @example
 * tensor([0, 1]).sinh().toArray(); // [0, 1.175]
 */
export const sinh: Unary = unary("sinh", "input", (g, x) => g.mul(x.cosh()));
/**
 * Hyperbolic cosine.
 *
 * @example
 * tensor([0, 1]).cosh().toArray(); // [1, 1.543]
 */
export const cosh: Unary = unary("cosh", "input", (g, x) => g.mul(x.sinh()));
/**
 * Hyperbolic tangent.
 *
 * @example
 * tensor([0, 1]).tanh().toArray(); // [0, 0.7616]
 */
export const tanh: Unary = unary("tanh", "output", (g, y) => g.mul(y.mul(y).neg().add(1)));
/**
 * 1 / (1 + exp(-x)).
 *
 * @example
 * tensor([0, 2]).sigmoid().toArray(); // [0.5, 0.8808]
 */
export const sigmoid: Unary = unary("sigmoid", "output", (g, y) => g.mul(y.sub(y.mul(y))));
/**
 * The error function.
 *
 * @example
 * tensor([0, 1]).erf().toArray(); // [0, 0.8427]
 */
export const erf: Unary = unary("erf", "input", (g, x) => g.mul(x.mul(x).neg().exp()).mul(2 / Math.sqrt(Math.PI)));
/**
 * The largest whole number not above x.
 *
 * @example
 * tensor([1.7, -1.2]).floor().toArray(); // [1, -2]
 */
export const floor: Unary = rounding("floor");
/**
 * The smallest whole number not below x.
 *
 * @example
 * tensor([1.2, -1.7]).ceil().toArray(); // [2, -1]
 */
export const ceil: Unary = rounding("ceil");
/** Options of `round`. */
export interface RoundOptions {
  /** Digits that stay behind the point; below 0 that many before it become 0. 0 unless said otherwise. */
  decimals?: number;
}

/** The signature of `round` and `round_`. */
export type Rounding = <S extends Shape>(this: Tensor<S>, options?: RoundOptions) => Tensor<S>;

const toWhole = rounding("round");

/**
 * The nearest whole number, or the nearest of as many `decimals`; halves go to the even one.
 *
 * @throws {ValueError} if `decimals` is no whole number, or an option is unknown.
 * @throws {DTypeError} for `decimals` below 0 of an int dtype or bool.
 * @example
 * tensor([0.5, 1.5, 1.7]).round().toArray(); // [0, 2, 2]
 * tensor([0.25, 3.14159]).round({ decimals: 2 }).toArray(); // [0.25, 3.14]
 */
export const round: Rounding = function (this: Tensor, options?: RoundOptions): Tensor {
  const { decimals = 0 } = options === undefined ? {} : checkOptions("round", options, ["decimals"]);
  if (!Number.isInteger(decimals)) throw new ValueError(`round: decimals is a whole number; got ${shown(decimals)}`);
  if (decimals === 0) return toWhole.call(this);
  if (!isFloat(this.dtype)) {
    if (decimals > 0) return this.clone();
    throw new DTypeError(`round: decimals below 0 take float dtypes; got ${this.dtype}; use float()`);
  }
  const unit = 10 ** Math.abs(decimals);
  if (decimals < 0) return toWhole.call(this.div(unit)).mul(unit) as Tensor;
  return toWhole.call(this.mul(unit)).div(unit) as Tensor;
} as Rounding;

/**
 * x without its digits behind the point.
 *
 * @example
 * tensor([1.7, -1.7]).trunc().toArray(); // [1, -1]
 */
export const trunc: Unary = rounding("trunc");

const rawLogit = unary("logit", "input", (g, x) => g.div(x.mul(x.neg().add(1))));

/**
 * log(x / (1 - x)), the inverse of sigmoid; NaN outside 0 to 1. With `eps`, x is first brought into [eps, 1 - eps].
 *
 * @throws {ValueError} if `eps` is not from 0 to 1, or an option is unknown.
 * @example
 * tensor([0.5, 1]).logit({ eps: 0.5 }).toArray(); // [0, 0]
 */
export function logit<S extends Shape>(this: Tensor<S>, options: { eps?: number } = {}): Tensor<S> {
  const { eps } = checkOptions("logit", options, ["eps"]);
  if (eps !== undefined && !(eps >= 0 && eps <= 1)) throw new ValueError(`logit: eps is from 0 to 1; got ${eps}`);
  const x: Tensor = isFloat(this.dtype) ? this : cast(this, "float32");
  if (eps === undefined) return rawLogit.call(x) as Tensor<S>;
  const y = rawLogit.call(x.detach().clamp(eps, 1 - eps));
  if (tracks(x)) {
    const slope = (g: Tensor): Tensor => {
      const z = x.clamp(eps, 1 - eps) as Tensor;
      const outside = cast(x.lt(eps).logicalOr(x.gt(1 - eps)), x.dtype);
      return g.mul(outside.neg().add(1)).div(z.mul(z.neg().add(1)));
    };
    record(y, "logit", [x], [slope], [x]);
  }
  return y as Tensor<S>;
}

/**
 * The digits behind the point, with the sign of x. Takes float dtypes.
 *
 * @throws {DTypeError} for int dtypes and bool.
 * @example
 * tensor([1.25, -1.25]).frac().toArray(); // [0.25, -0.25]
 */
export function frac<S extends Shape>(this: Tensor<S>): Tensor<S> {
  requireFloat("frac", this);
  const x: Tensor = this;
  return x.sub(x.trunc());
}
