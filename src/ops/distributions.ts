/** Random numbers from distributions, PyTorch's CPU streams. */
import { type Gradient, record, tracks } from "../autograd/node.ts";
import { backend, type Kernel } from "../backend/index.ts";
import { DTypeError, ShapeError, ValueError } from "../errors.ts";
import { checkOptions } from "../options.ts";
import { DTYPES, type DType, isFloat, promote } from "../tensor/dtypes.ts";
import type { AnyShape, Arg, Broadcast, Known, Out, Shape } from "../tensor/shapes.ts";
import { broadcast, checkSizes, show } from "../tensor/sizes.ts";
import { empty, Tensor } from "../tensor/tensor.ts";
import { finished, zeros } from "./create.ts";
import type { Generator } from "./generator.ts";
import { FLOATS, family, pointer, requireFloat, requireTensor } from "./kernels.ts";
import { cast, contiguous, copyInto } from "./layout.ts";
import { drawIntegers, fillable, normal_, type RandomOptions, stateOf, usedGenerator } from "./random.ts";
import { expandTo } from "./views.ts";

/** Where random numbers come from; the default generator unless given. */
interface Drawing {
  generator?: Generator;
}
const DRAWING = ["generator"];

const bernoulliKernels: Readonly<Record<DType, Kernel>> = {
  float32: backend.kernel("random_bernoulli_f32"),
  float64: backend.kernel("random_bernoulli_f64"),
  int32: backend.kernel("random_bernoulli_i32"),
  uint8: backend.kernel("random_bernoulli_u8"),
  bool: backend.kernel("random_bernoulli_u8"),
};
const bernoulliEach = family("random_bernoulli_each", FLOATS, "bernoulli");
const exponentials = family("random_exponential", FLOATS, "exponential_");
const geometrics = family("random_geometric", FLOATS, "geometric_");
const checks = family("weights_check", FLOATS, "multinomial");
const repeated = family("random_repeated", FLOATS, "multinomial");
const distinct = family("random_distinct", FLOATS, "multinomial");
const remainders = backend.kernel("random_remainders");
const wholes = backend.kernel("random_whole_f64");

/** Drawn numbers do not depend on what they were drawn with smoothly: gradients are zero, as PyTorch's are. */
function recordZeros(y: Tensor, op: string, inputs: readonly Tensor[]): void {
  if (!inputs.some(tracks)) return;
  const gradients: Gradient[] = inputs.map((x) => () => zeros([...x.shape], { dtype: x.dtype }) as Tensor);
  record(y, op, inputs, gradients);
}

/**
 * 0 or 1 for every element of a tensor of probabilities: 1 with that probability. float32 or float64, as the
 * probabilities.
 *
 * @throws {DTypeError} for int dtypes and bool.
 * @throws {ValueError} if a probability is not from 0 to 1, or an option is unknown.
 * @example
 * tensor([0, 1, 1]).bernoulli().toArray(); // [0, 1, 1]
 */
export function bernoulli<S extends Shape>(this: Tensor<S>, options: Drawing = {}): Tensor<S> {
  requireFloat("bernoulli", this);
  checkOptions("bernoulli", options, DRAWING);
  const p: Tensor = contiguous.call(this);
  const wrong = p.data().find((value) => !(value >= 0 && value <= 1));
  if (wrong !== undefined) throw new ValueError(`bernoulli: a probability lies between 0 and 1; got ${wrong}`);
  const y = empty(p.shape, p.dtype);
  bernoulliEach[p.dtype](stateOf("bernoulli", options.generator), pointer(p), pointer(y), p.count);
  recordZeros(y, "bernoulli", [this]);
  return y;
}

/**
 * Fills the tensor, of any dtype, with ones of probability p and zeros.
 *
 * @throws {ValueError} if `p` is not from 0 to 1, this requires gradients or is not row-major, or an option is unknown.
 * @example
 * zeros(3).bernoulli_(1).toArray(); // [1, 1, 1]
 */
export function bernoulli_<S extends Shape>(this: Tensor<S>, p = 0.5, options: Drawing = {}): Tensor<S> {
  checkOptions("bernoulli_", options, DRAWING);
  const x = fillable("bernoulli_", this);
  if (!(p >= 0 && p <= 1)) throw new ValueError(`bernoulli_: p is a probability from 0 to 1; got ${p}`);
  bernoulliKernels[x.dtype](stateOf("bernoulli_", options.generator), pointer(x), x.count, p);
  return this;
}

/**
 * Fills the tensor with exponentially distributed numbers of rate lambda, whose mean is 1 / lambda. Takes float dtypes.
 *
 * @throws {DTypeError} for int dtypes and bool.
 * @throws {ValueError} if `lambda` is not above 0 or not finite, this requires gradients or is not row-major, or an
 * option is unknown.
 * @example
 * zeros(1000).exponential_(2).min().item() >= 0; // true
 */
export function exponential_<S extends Shape>(this: Tensor<S>, lambda = 1, options: Drawing = {}): Tensor<S> {
  requireFloat("exponential_", this);
  checkOptions("exponential_", options, DRAWING);
  const x = fillable("exponential_", this);
  if (!(lambda > 0 && lambda < Number.POSITIVE_INFINITY)) {
    throw new ValueError(`exponential_: lambda is above 0 and finite; got ${lambda}`);
  }
  exponentials[x.dtype](stateOf("exponential_", options.generator), pointer(x), x.count, lambda);
  return this;
}

/**
 * Fills the tensor with the number of trials until the first success, each succeeding with probability p: 1, 2, 3, …
 * Takes float dtypes.
 *
 * @throws {DTypeError} for int dtypes and bool.
 * @throws {ValueError} if `p` is not between 0 and 1, this requires gradients or is not row-major, or an option is
 * unknown.
 * @example
 * zeros(100).geometric_(0.3).min().item() >= 1; // true
 */
export function geometric_<S extends Shape>(this: Tensor<S>, p: number, options: Drawing = {}): Tensor<S> {
  checkOptions("geometric_", options, DRAWING);
  requireFloat("geometric_", this);
  const x = fillable("geometric_", this);
  if (!(p > 0 && p < 1)) throw new ValueError(`geometric_: p is a probability between 0 and 1, without them; got ${p}`);
  geometrics[x.dtype](stateOf("geometric_", options.generator), pointer(x), x.count, Math.log1p(-p));
  return this;
}

/** How many whole numbers `random_` draws from without bounds; float64 has 2^53 + 1. */
const NUMBERS: Readonly<Record<DType, number>> = {
  bool: 2,
  uint8: 256,
  int32: 2 ** 31,
  float32: 2 ** 24 + 1,
  float64: 2 ** 53,
};

/**
 * Fills the tensor with whole random numbers: from `from` up to but without `to`; without bounds all from 0 up that the dtype holds.
 *
 * @throws {ValueError} if one bound is missing, a bound is not whole or not held by the dtype, `from` is not below
 * `to`, this requires gradients or is not row-major, or an option is unknown.
 * @example
 * zeros(3).random_(7, 8).toArray(); // [7, 7, 7]
 */
export function random_<S extends Shape>(this: Tensor<S>, options?: Drawing): Tensor<S>;
export function random_<S extends Shape>(this: Tensor<S>, from: number, to: number, options?: Drawing): Tensor<S>;
export function random_<S extends Shape>(
  this: Tensor<S>,
  from: number | Drawing = {},
  to?: number,
  options: Drawing = {},
): Tensor<S> {
  const x = fillable("random_", this);
  if (typeof from === "number" || to !== undefined) {
    if (typeof from !== "number" || typeof to !== "number") {
      throw new ValueError(`random_: takes both bounds or none; got ${String(from)} and ${String(to)}`);
    }
    drawIntegers("random_", x, from, to, checkOptions("random_", options, DRAWING).generator);
    return this;
  }
  const { generator } = checkOptions("random_", from, DRAWING);
  const state = (): number => stateOf("random_", generator);
  if (x.dtype === "float64") {
    wholes(state(), pointer(x), x.count);
    return this;
  }
  const whole = x.dtype === "int32" ? x : empty(x.shape, "int32");
  remainders(state(), pointer(whole), whole.count, NUMBERS[x.dtype]);
  if (whole !== x) copyInto(cast(whole, x.dtype), x);
  return this;
}

/** The shape of N positions drawn from weights of shape S. */
type Drawn<S extends Shape, N extends number> = number extends S["length"]
  ? AnyShape
  : S extends readonly [infer Rows extends number, number]
    ? [Rows, N]
    : [N];

/** Options of {@link multinomial}. */
export interface MultinomialOptions {
  /** Whether a position may be drawn more than once; false unless said otherwise. */
  replacement?: boolean;
  /** Where random numbers come from; the default generator unless said otherwise. */
  generator?: Generator;
}

/**
 * Positions drawn with probabilities proportional to weights [n] or, row by row, [rows, n]: int32 [numSamples] or
 * [rows, numSamples]. The weights are floats.
 *
 * @throws {DTypeError} for int dtypes and bool.
 * @throws {ShapeError} if this is neither [n] nor [rows, n], or n is 0.
 * @throws {ValueError} if a weight is negative or not finite, fewer are above 0 than there are to draw, `numSamples` is
 * not a whole number of at least 1, or an option is unknown.
 * @example
 * tensor([0, 3, 0]).multinomial(2, { replacement: true }).toArray(); // [1, 1]
 */
export function multinomial<S extends Shape, const N extends number>(
  this: Tensor<S>,
  numSamples: N,
  options: MultinomialOptions = {},
): Tensor<Drawn<S, N>> {
  requireFloat("multinomial", this);
  const { replacement = false, generator } = checkOptions("multinomial", options, ["replacement", "generator"]);
  const weights: Tensor = contiguous.call(this);
  const [n] = weights.shape.slice(-1);
  if (weights.ndim < 1 || weights.ndim > 2 || n === undefined || n === 0) {
    throw new ShapeError(`multinomial: takes weights [n] or [rows, n] with n above 0; got ${show(weights.shape)}`);
  }
  if (!Number.isInteger(numSamples) || numSamples < 1) {
    throw new ValueError(`multinomial: numSamples is a whole number of at least 1; got ${String(numSamples)}`);
  }
  const rows = weights.count / n;
  const needed = replacement ? 1 : numSamples;
  const bad = checks[weights.dtype](pointer(weights), rows, n, needed);
  if (bad >= 0) {
    const where = weights.ndim === 2 ? ` in row ${bad}` : "";
    throw new ValueError(
      `multinomial: weights are finite, none is below 0, and at least ${needed} of ${n} are above 0; got others${where}`,
    );
  }
  const y = empty([...weights.shape.slice(0, -1), numSamples], "int32");
  const { storage } = usedGenerator("multinomial", generator);
  const heap = replacement || numSamples === 1 ? null : empty([n], "int32");
  const scratch = backend.borrow(n * DTYPES[weights.dtype].bytes);
  const [state, from, to, rest] = [backend.pointer(storage), pointer(weights), pointer(y), backend.pointer(scratch)];
  if (replacement && numSamples > 1) repeated[weights.dtype](state, from, to, rows, n, numSamples, rest);
  else distinct[weights.dtype](state, from, to, rows, n, numSamples, rest, heap === null ? 0 : pointer(heap));
  backend.release(scratch);
  return y;
}

/** Throws unless the deviations are numbers of at least 0. */
function checkDeviations(std: Tensor | number): void {
  const least = typeof std === "number" ? std : std.count === 0 ? 0 : std.min().item();
  if (!(least >= 0)) throw new ValueError(`normal: std is at least 0; got ${least}`);
}

/**
 * Normal random numbers, the mean and the standard deviation given for each element by tensors that broadcast, or for
 * all of them by numbers. With two numbers the sizes follow. `mean` and `std` are tensors of float dtypes or numbers.
 *
 * @throws {DTypeError} if a tensor or `dtype` is not of a float dtype.
 * @throws {ShapeError} if the tensors do not broadcast, or a size is not a whole number of at least 0.
 * @throws {ValueError} if `std` is below 0, two numbers come without sizes or with a `mean` that is not finite, or an
 * option is unknown.
 * @example
 * normal(tensor([1, 2]), 0).toArray(); // [1, 2]
 */
export function normal<const D extends readonly number[]>(
  mean: number,
  std: number,
  sizes: D,
  options?: RandomOptions,
): Tensor<Known<D>>;
export function normal<S extends Shape>(mean: Tensor<S>, std: number, options?: Drawing): Tensor<S>;
export function normal<S extends Shape>(mean: number, std: Tensor<S>, options?: Drawing): Tensor<S>;
export function normal<A extends Shape, B extends Shape>(
  mean: Tensor<A>,
  std: Arg<Broadcast<A, B>, Tensor<B>>,
  options?: Drawing,
): Tensor<Out<Broadcast<A, B>>>;
export function normal(
  mean: Tensor | number,
  std: Tensor | number,
  third?: readonly number[] | Drawing,
  last: RandomOptions = {},
): Tensor {
  if (typeof mean === "number" && typeof std === "number") {
    if (!Array.isArray(third)) throw new ValueError(`normal: two numbers need sizes: normal(0, 1, [2, 3])`);
    checkSizes("normal", third);
    const { dtype = "float32", generator } = checkOptions("normal", last, ["dtype", "requiresGrad", "generator"]);
    if (!isFloat(dtype)) throw new DTypeError(`normal: takes dtype float32 or float64; got ${dtype}`);
    return finished(
      normal_.call(empty([...third], dtype), mean, std, generator === undefined ? {} : { generator }),
      last,
    );
  }
  const { generator } = checkOptions("normal", (third ?? {}) as Drawing, DRAWING);
  const given = [mean, std].filter((value) => typeof value !== "number");
  for (const x of given) {
    requireTensor("normal", x);
    requireFloat("normal", x);
  }
  checkDeviations(std);
  return drawNormal(mean, std, given, generator);
}

/** One standard normal number for each element, scaled and moved. */
function drawNormal(
  mean: Tensor | number,
  std: Tensor | number,
  given: readonly Tensor[],
  generator: Generator | undefined,
): Tensor {
  const [first, second = first] = given as [Tensor, Tensor?];
  const shape = broadcast("normal", first.shape, second.shape);
  const unit = empty([...shape], promote(first.dtype, second.dtype));
  normal_.call(unit, 0, typeof std === "number" ? std : 1, generator === undefined ? {} : { generator });
  const scaled = typeof std === "number" ? unit : (unit.mul(expandTo(std.detach(), shape)) as Tensor);
  const y =
    mean === 0 ? scaled : (scaled.add(mean instanceof Tensor ? expandTo(mean.detach(), shape) : mean) as Tensor);
  recordZeros(y, "normal", given);
  return y;
}
