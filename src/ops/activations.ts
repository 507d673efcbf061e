/** Activation functions with numbers of their own. Elementwise: the shape stays; int dtypes are computed in float32. */
import { type Gradient, record, tracks } from "../autograd/node.ts";
import { ShapeError, ValueError } from "../errors.ts";
import { checkOptions } from "../options.ts";
import { isFloat } from "../tensor/dtypes.ts";
import type { Arg, OnAxis, Shape } from "../tensor/shapes.ts";
import { axis, show } from "../tensor/sizes.ts";
import { empty, type Tensor } from "../tensor/tensor.ts";
import { FLOATS, family, pointer, requireFloat, requireTensor } from "./kernels.ts";
import { cast, contiguous } from "./layout.ts";

/** The gradient of an activation as recorded operations: of g, the input, and the function's numbers. */
type Composed = (g: Tensor, x: Tensor, a: number, b: number, c: number) => Tensor;
type Numbers = readonly [a?: number, b?: number, c?: number];
type Activation = (x: Tensor, ...numbers: Numbers) => Tensor;

/** An elementwise function whose kernels read the input and up to three numbers. */
function activation(name: string, op: string, composed: Composed): Activation {
  const forward = family(name, FLOATS, op);
  const backward = family(`${name}_backward`, FLOATS, op);
  return (input, a = 0, b = 0, c = 0) => {
    requireTensor(op, input);
    const x = contiguous.call(isFloat(input.dtype) ? input : cast(input, "float32"));
    const y = empty(x.shape, x.dtype);
    forward[x.dtype](pointer(x), pointer(y), x.count, a, b, c);
    if (!tracks(x)) return y;
    const gradient: Gradient = (g) => {
      const flat = contiguous.call(g);
      const dx = empty(x.shape, x.dtype);
      backward[x.dtype](pointer(flat), pointer(x), pointer(dx), x.count, a, b, c);
      return dx;
    };
    record(y, op, [x], [gradient], [x], null, [(g) => composed(g, x, a, b, c)]);
    return y;
  };
}

/** Where a comparison holds, as 1 and 0 of x's dtype: no gradient flows through it. */
export function mask(x: Tensor, holds: Tensor): Tensor {
  return cast(holds, x.dtype);
}

export function oneMinus(x: Tensor): Tensor {
  return x.neg().add(1);
}

/** Throws unless the number can be computed with. */
function requireNumber(op: string, name: string, value: unknown): asserts value is number {
  if (typeof value === "number" && Number.isFinite(value)) return;
  throw new ValueError(`${op}: ${name} is a finite number; got ${String(value)}`);
}

// ---- made of a line --------------------------------------------------------------------------------------------------

const leaky = activation("leaky_relu", "leakyRelu", (g, x, a) =>
  g.mul(
    mask(x, x.gt(0))
      .mul(1 - a)
      .add(a),
  ),
);

/**
 * x where it is positive, else negativeSlope * x.
 *
 * @throws {ValueError} if `negativeSlope` is not finite or an option is unknown.
 * @example
 * tensor([-1, 2]).leakyRelu({ negativeSlope: 0.1 }).toArray(); // [-0.1, 2]
 */
export function leakyRelu<S extends Shape>(this: Tensor<S>, options: { negativeSlope?: number } = {}): Tensor<S> {
  const { negativeSlope = 0.01 } = checkOptions("leakyRelu", options, ["negativeSlope"]);
  requireNumber("leakyRelu", "negativeSlope", negativeSlope);
  return leaky(this, negativeSlope);
}

const clamped = activation("hardtanh", "hardtanh", (g, x, a, b) => g.mul(mask(x, x.gt(a)).mul(mask(x, x.lt(b)))));

/**
 * x between minVal and maxVal, where its gradient is 1, and those bounds beyond.
 *
 * @throws {ValueError} if a bound is not finite, `minVal` is above `maxVal` or an option is unknown.
 * @example
 * tensor([-3, 0.5, 3]).hardtanh().toArray(); // [-1, 0.5, 1]
 */
export function hardtanh<S extends Shape>(
  this: Tensor<S>,
  options: { minVal?: number; maxVal?: number } = {},
): Tensor<S> {
  const { minVal = -1, maxVal = 1 } = checkOptions("hardtanh", options, ["minVal", "maxVal"]);
  requireNumber("hardtanh", "minVal", minVal);
  requireNumber("hardtanh", "maxVal", maxVal);
  if (minVal > maxVal)
    throw new ValueError(`hardtanh: minVal is at most maxVal; got ${minVal} and ${maxVal}; swap them`);
  return clamped(this, minVal, maxVal);
}

/**
 * min(max(x, 0), 6).
 *
 * @example
 * tensor([-1, 3, 8]).relu6().toArray(); // [0, 3, 6]
 */
export function relu6<S extends Shape>(this: Tensor<S>): Tensor<S> {
  return clamped(this, 0, 6);
}

const hardSigmoid = activation("hardsigmoid", "hardsigmoid", (g, x) =>
  g.mul(mask(x, x.gt(-3)).mul(mask(x, x.lt(3)))).div(6),
);

/**
 * relu6(x + 3) / 6: a sigmoid made of three lines.
 *
 * @example
 * tensor([-4, 0, 1.5]).hardsigmoid().toArray(); // [0, 0.5, 0.75]
 */
export function hardsigmoid<S extends Shape>(this: Tensor<S>): Tensor<S> {
  return hardSigmoid(this);
}

const hardSwish = activation("hardswish", "hardswish", (g, x) => {
  const inside = mask(x, x.gt(-3)).mul(mask(x, x.lt(3)));
  return g.mul(
    clamped(x, -3, 3)
      .div(3)
      .add(0.5)
      .mul(inside)
      .add(mask(x, x.ge(3))),
  );
});

/**
 * x * relu6(x + 3) / 6.
 *
 * @example
 * tensor([-1, 1, 3]).hardswish().toArray(); // [-0.3333, 0.6667, 3]
 */
export function hardswish<S extends Shape>(this: Tensor<S>): Tensor<S> {
  return hardSwish(this);
}

const outside: Composed = (g, x, a) => g.mul(mask(x, x.lt(-a)).add(mask(x, x.gt(a))));
const soft = activation("softshrink", "softshrink", outside);
const hard = activation("hardshrink", "hardshrink", outside);

function checkLambda(op: string, lambd: unknown): asserts lambd is number {
  requireNumber(op, "lambd", lambd);
  if (lambd < 0) throw new ValueError(`${op}: lambd is at least 0; got ${lambd}`);
}

/**
 * x brought nearer to 0 by `lambd`, and 0 within it.
 *
 * @throws {ValueError} if `lambd` is not finite or below 0, or an option is unknown.
 * @example
 * tensor([-1, 0.2, 2]).softshrink().toArray(); // [-0.5, 0, 1.5]
 */
export function softshrink<S extends Shape>(this: Tensor<S>, options: { lambd?: number } = {}): Tensor<S> {
  const { lambd = 0.5 } = checkOptions("softshrink", options, ["lambd"]);
  checkLambda("softshrink", lambd);
  return soft(this, lambd);
}

/**
 * x, and 0 within `lambd` of 0.
 *
 * @throws {ValueError} if `lambd` is not finite or below 0, or an option is unknown.
 * @example
 * tensor([-1, 0.2, 2]).hardshrink().toArray(); // [-1, 0, 2]
 */
export function hardshrink<S extends Shape>(this: Tensor<S>, options: { lambd?: number } = {}): Tensor<S> {
  const { lambd = 0.5 } = checkOptions("hardshrink", options, ["lambd"]);
  checkLambda("hardshrink", lambd);
  return hard(this, lambd);
}

const above = activation("threshold", "threshold", (g, x, a) => g.mul(oneMinus(mask(x, x.le(a)))));

/**
 * x where it is above `limit`, else `value`.
 *
 * @throws {ValueError} if `limit` or `value` is not finite.
 * @example
 * tensor([0.5, 3]).threshold(1, 20).toArray(); // [20, 3]
 */
export function threshold<S extends Shape>(this: Tensor<S>, limit: number, value: number): Tensor<S> {
  requireNumber("threshold", "the threshold", limit);
  requireNumber("threshold", "value", value);
  return above(this, limit, value);
}

// ---- made of exponentials --------------------------------------------------------------------------------------------

const belowZero: Composed = (g, x, a, b, c) => {
  const curve = x
    .minimum(0)
    .mul(c)
    .exp()
    .mul(a * c);
  return g.mul(curve.mul(mask(x, x.le(0))).add(mask(x, x.gt(0)).mul(b)));
};
const eluOf = activation("elu", "elu", belowZero);
const celuOf = activation("elu", "celu", belowZero);
const seluOf = activation("elu", "selu", belowZero);

/**
 * x where it is positive, else alpha * (exp(x) - 1). Clevert, Unterthiner and Hochreiter, 2015.
 *
 * @throws {ValueError} if `alpha` is not finite or an option is unknown.
 * @example
 * tensor([-1, 2]).elu().toArray(); // [-0.6321, 2]
 */
export function elu<S extends Shape>(this: Tensor<S>, options: { alpha?: number } = {}): Tensor<S> {
  const { alpha = 1 } = checkOptions("elu", options, ["alpha"]);
  requireNumber("elu", "alpha", alpha);
  return eluOf(this, alpha, 1, 1);
}

/**
 * x where it is positive, else alpha * (exp(x / alpha) - 1), which is smooth for every alpha but 0. Barron, 2017.
 *
 * @throws {ValueError} if `alpha` is not finite or is 0, or an option is unknown.
 * @example
 * tensor([-1, 2]).celu({ alpha: 2 }).toArray(); // [-0.7869, 2]
 */
export function celu<S extends Shape>(this: Tensor<S>, options: { alpha?: number } = {}): Tensor<S> {
  const { alpha = 1 } = checkOptions("celu", options, ["alpha"]);
  requireNumber("celu", "alpha", alpha);
  if (alpha === 0) throw new ValueError("celu: alpha divides, so it is not 0; got 0");
  return celuOf(this, alpha, 1, 1 / alpha);
}

export const SELU_ALPHA = 1.6732632423543772;
export const SELU_SCALE = 1.0507009873554805;

/**
 * The ELU whose results keep mean 0 and variance 1 from layer to layer. Klambauer et al., 2017.
 *
 * @example
 * tensor([-1, 2]).selu().toArray(); // [-1.111, 2.101]
 */
export function selu<S extends Shape>(this: Tensor<S>): Tensor<S> {
  return seluOf(this, SELU_ALPHA * SELU_SCALE, SELU_SCALE, 1);
}

const geluOf = activation("gelu", "gelu", (g, x) => {
  const below = x.mul(Math.SQRT1_2).erf().add(1).mul(0.5);
  const density = x
    .square()
    .mul(-0.5)
    .exp()
    .mul(1 / Math.sqrt(2 * Math.PI));
  return g.mul(below.add(x.mul(density)));
});

const geluTanhOf = activation("gelu_tanh", "gelu", (g, x) => {
  const root = Math.sqrt(2 / Math.PI);
  const square = x.square();
  const t = x.mul(square.mul(0.044715).add(1)).mul(root).tanh();
  const inner = square
    .mul(3 * 0.044715)
    .add(1)
    .mul(root);
  return g.mul(
    t
      .add(1)
      .add(x.mul(oneMinus(t.square())).mul(inner))
      .mul(0.5),
  );
});

/** How GELU is computed: exactly, or by the approximation with tanh. */
export interface GELUOptions {
  /** "none" (unless said otherwise) for the exact function, or "tanh" for its approximation. */
  approximate?: "none" | "tanh";
}

/**
 * x times the probability that a normal number is below x. Hendrycks and Gimpel, 2016.
 *
 * @throws {ValueError} if `approximate` is neither "none" nor "tanh", or an option is unknown.
 * @example
 * tensor([-1, 2]).gelu().toArray(); // [-0.1587, 1.954]
 * tensor([-1, 2]).gelu({ approximate: "tanh" }).toArray(); // [-0.1588, 1.955]
 */
export function gelu<S extends Shape>(this: Tensor<S>, options: GELUOptions = {}): Tensor<S> {
  const { approximate = "none" } = checkOptions("gelu", options, ["approximate"]);
  if (approximate !== "none" && approximate !== "tanh") {
    throw new ValueError(`gelu: approximate is "none" or "tanh"; got ${JSON.stringify(approximate)}`);
  }
  return approximate === "none" ? geluOf(this) : geluTanhOf(this);
}

const siluOf = activation("silu", "silu", (g, x) => {
  const s = x.sigmoid();
  return g.mul(s.mul(x.mul(oneMinus(s)).add(1)));
});

/**
 * x * sigmoid(x), also called swish.
 *
 * @example
 * tensor([-1, 2]).silu().toArray(); // [-0.2689, 1.762]
 */
export function silu<S extends Shape>(this: Tensor<S>): Tensor<S> {
  return siluOf(this);
}

const mishOf = activation("mish", "mish", (g, x) => {
  const t = softplusOf(x, 1, 20).tanh();
  return g.mul(t.add(x.mul(x.sigmoid()).mul(oneMinus(t.square()))));
});

/**
 * x * tanh(softplus(x)). Misra, 2019.
 *
 * @example
 * tensor([-1, 2]).mish().toArray(); // [-0.3034, 1.944]
 */
export function mish<S extends Shape>(this: Tensor<S>): Tensor<S> {
  return mishOf(this);
}

const softplusOf = activation("softplus", "softplus", (g, x, a, b) => {
  const straight = mask(x, x.mul(a).gt(b));
  return g.mul(x.mul(a).sigmoid().mul(oneMinus(straight)).add(straight));
});

/**
 * log(1 + exp(beta * x)) / beta: a smooth max(x, 0). It is x itself where beta * x is above `threshold`.
 *
 * @throws {ValueError} if `beta` is not finite or is 0, `threshold` is not finite, or an option is unknown.
 * @example
 * tensor([0, 2]).softplus().toArray(); // [0.6931, 2.127]
 */
export function softplus<S extends Shape>(
  this: Tensor<S>,
  options: { beta?: number; threshold?: number } = {},
): Tensor<S> {
  const { beta = 1, threshold: limit = 20 } = checkOptions("softplus", options, ["beta", "threshold"]);
  requireNumber("softplus", "beta", beta);
  requireNumber("softplus", "threshold", limit);
  if (beta === 0) throw new ValueError("softplus: beta divides, so it is not 0; got 0");
  return softplusOf(this, beta, limit);
}

const logSigmoidOf = activation("logsigmoid", "logsigmoid", (g, x) => g.mul(x.neg().sigmoid()));

/**
 * log(sigmoid(x)), exact where sigmoid itself would round to 0.
 *
 * @example
 * tensor([0, -200]).logsigmoid().toArray(); // [-0.6931, -200]
 */
export function logsigmoid<S extends Shape>(this: Tensor<S>): Tensor<S> {
  return logSigmoidOf(this);
}

// ---- made of other ops -----------------------------------------------------------------------------------------------

/**
 * x / (1 + |x|).
 *
 * @example
 * tensor([-1, 3]).softsign().toArray(); // [-0.5, 0.75]
 */
export function softsign<S extends Shape>(this: Tensor<S>): Tensor<S> {
  const x: Tensor = this;
  return x.div(x.abs().add(1));
}

/**
 * x - tanh(x).
 *
 * @example
 * tensor([0, 1]).tanhshrink().toArray(); // [0, 0.2384]
 */
export function tanhshrink<S extends Shape>(this: Tensor<S>): Tensor<S> {
  const x: Tensor = this;
  return x.sub(x.tanh());
}

/**
 * The first half along an axis (the last) times the sigmoid of the second half, so that the axis is half as long. Takes
 * float dtypes. Dauphin et al., 2016.
 *
 * @throws {DTypeError} for int dtypes and bool.
 * @throws {ShapeError} if the axis has an odd size, or there is no axis.
 * @throws {IndexError} if `dim` is not an axis.
 * @example
 * tensor([1, 2, 0, 0]).glu().toArray(); // [0.5, 1]
 */
export function glu<S extends Shape, D extends number = -1>(
  this: Tensor<S>,
  dim: Arg<OnAxis<S, D>, D> = -1 as Arg<OnAxis<S, D>, D>,
): Tensor {
  const x: Tensor = this;
  requireFloat("glu", x);
  if (x.ndim === 0) throw new ShapeError("glu: needs at least one axis to halve; got []");
  const at = axis("glu", dim as number, x.shape);
  const size = x.shape[at] as number;
  if (size % 2 !== 0) throw new ShapeError(`glu: axis ${at} has an even size; got ${show(x.shape)}`);
  return x.narrow(at, 0, size / 2).mul((x.narrow(at, size / 2, size / 2) as Tensor).sigmoid());
}
