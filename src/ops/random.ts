/** Random tensors, and dropout. */
import { record, tracks } from "../autograd/node.ts";
import { backend } from "../backend/index.ts";
import { DTypeError, ShapeError, ValueError } from "../errors.ts";
import { checkOptions } from "../options.ts";
import { checkDType, type DType, isFloat } from "../tensor/dtypes.ts";
import type { Known, Shape } from "../tensor/shapes.ts";
import { checkSizes, show } from "../tensor/sizes.ts";
import { changes, empty, type Tensor } from "../tensor/tensor.ts";
import { type CreationOptions, finished, onesLike, sizesAndOptions } from "./create.ts";
import { defaultGenerator, Generator } from "./generator.ts";
import { type Family, FLOATS, family, pointer, requireFloat, requireTensor } from "./kernels.ts";
import { cast, contiguous, copyInto } from "./layout.ts";

/** Options of random tensors: those of `zeros`, and the generator to draw from. */
export interface RandomOptions extends CreationOptions {
  /** Where random numbers come from; the default generator unless said otherwise. */
  generator?: Generator;
}

const OPTIONS: readonly (keyof RandomOptions)[] = ["dtype", "requiresGrad", "generator"];

const uniform = family("random_uniform", FLOATS, "rand");
const normal = family("random_normal", FLOATS, "randn");
const integers = backend.kernel("random_integers");
const wideIntegers = backend.kernel("random_integers_f64");
const permutation = backend.kernel("random_permutation");

/** The generator to draw from. */
export function usedGenerator(op: string, generator: Generator | undefined): Generator {
  const used = generator ?? defaultGenerator;
  if (!(used instanceof Generator)) throw new ValueError(`${op}: generator is a Generator; got ${String(used)}`);
  return used;
}

/** Its state, for the very next kernel call. */
export function stateOf(op: string, generator: Generator | undefined): number {
  return backend.pointer(usedGenerator(op, generator).storage);
}

function sample(op: string, kernels: Family, a: number, b: number, all: readonly unknown[]): Tensor {
  const { sizes, options } = sizesAndOptions<RandomOptions>(op, all, OPTIONS);
  const dtype = options.dtype ?? "float32";
  if (!FLOATS.includes(dtype)) throw new DTypeError(`${op}: takes dtype float32 or float64; got ${dtype}`);
  const x = empty(sizes, dtype);
  kernels[dtype](stateOf(op, options.generator), pointer(x), x.count, a, b);
  return finished(x, options);
}

/**
 * Uniform random numbers from [0, 1), PyTorch's torch.rand. Sizes one by one, or as an array with options.
 *
 * @throws {ShapeError} if a size is not a whole number of at least 0.
 * @throws {DTypeError} if the dtype is neither float32 nor float64.
 * @throws {ValueError} for an unknown option.
 * @throws {MemoryError} if the tensor is too large for memory.
 * @example
 * rand(2, 3).shape; // [2, 3]
 * rand([2, 3], { dtype: "float64" }).dtype; // "float64"
 */
export function rand<const D extends number[]>(...sizes: D): Tensor<Known<D>>;
export function rand<const D extends readonly number[]>(sizes: D, options?: RandomOptions): Tensor<Known<D>>;
export function rand(...all: unknown[]): Tensor {
  return sample("rand", uniform, 0, 1, all);
}

/**
 * Normal random numbers of mean 0 and variance 1, PyTorch's torch.randn; arguments as in {@link rand}.
 *
 * @throws {ShapeError} if a size is not a whole number of at least 0.
 * @throws {DTypeError} if the dtype is neither float32 nor float64.
 * @throws {ValueError} for an unknown option.
 * @throws {MemoryError} if the tensor is too large for memory.
 * @example
 * randn(2, 3).shape; // [2, 3]
 */
export function randn<const D extends number[]>(...sizes: D): Tensor<Known<D>>;
export function randn<const D extends readonly number[]>(sizes: D, options?: RandomOptions): Tensor<Known<D>>;
export function randn(...all: unknown[]): Tensor {
  return sample("randn", normal, 0, 1, all);
}

/** The range in which a dtype holds every whole number. */
const WHOLE: Readonly<Record<DType, number>> = {
  bool: 2,
  uint8: 256,
  int32: 2 ** 31,
  float32: 2 ** 24,
  float64: 2 ** 53,
};

/** Throws unless low and high are whole numbers of the dtype, low below high. */
function checkRange(op: string, low: number, high: number, dtype: DType): void {
  const most = WHOLE[dtype];
  const least = most > 256 ? -most : 0;
  const fits = Number.isInteger(low) && Number.isInteger(high) && low >= least && high <= most;
  if (fits && low < high) return;
  const hint = dtype === "int32" && low < high ? '; dtype "float64" holds more' : "";
  throw new ValueError(
    `${op}: low and high are whole numbers in the range of ${dtype}, low below high; got ${low} and ${high}${hint}`,
  );
}

/** Fills row-major memory with whole numbers in [low, high). */
export function drawIntegers(op: string, x: Tensor, low: number, high: number, generator: Generator | undefined): void {
  checkRange(op, low, high, x.dtype);
  const wide = isFloat(x.dtype) ? "float64" : "int32";
  const y = x.dtype === wide ? x : empty(x.shape, wide);
  (wide === "int32" ? integers : wideIntegers)(stateOf(op, generator), pointer(y), y.count, low, high);
  if (y !== x) copyInto(cast(y, x.dtype), x);
}

/**
 * Whole random numbers from `low` (0 when it is left out) up to but without `high`: int32 unless a dtype is given;
 * float64 has room for wider ranges. The sizes are an array.
 *
 * @throws {ShapeError} if a size is not a whole number of at least 0.
 * @throws {DTypeError} if the dtype is unknown, or is no float dtype with `requiresGrad`.
 * @throws {ValueError} if `low` and `high` are not whole numbers that the dtype holds with `low` below `high`, or for
 * an unknown option.
 * @throws {MemoryError} if the tensor is too large for memory.
 * @example
 * randint(0, 10, [5]).shape; // [5]
 * randint(10, [2, 3]).shape; // [2, 3]
 */
export function randint<const D extends readonly number[]>(
  low: number,
  high: number,
  sizes: D,
  options?: RandomOptions,
): Tensor<Known<D>>;
export function randint<const D extends readonly number[]>(
  high: number,
  sizes: D,
  options?: RandomOptions,
): Tensor<Known<D>>;
export function randint(...args: unknown[]): Tensor {
  const [low, high, sizes, options = {}] = (Array.isArray(args[1]) ? [0, ...args] : args) as [
    low: number,
    high: number,
    sizes: readonly number[],
    options?: RandomOptions,
  ];
  if (!Array.isArray(sizes)) {
    throw new ShapeError(`randint: sizes are an array: randint(low, high, [2, 3]); got ${String(sizes)}`);
  }
  checkOptions("randint", options, OPTIONS);
  const dtype = checkDType("randint", options.dtype ?? "int32");
  checkRange("randint", low, high, dtype);
  checkSizes("randint", sizes);
  const x = empty([...sizes], dtype);
  drawIntegers("randint", x, low, high, options.generator);
  return finished(x, options);
}

/**
 * The numbers 0 … n - 1 in random order, as int32.
 *
 * @throws {ShapeError} if `n` is not a whole number of at least 0.
 * @throws {ValueError} for an unknown option.
 * @throws {MemoryError} if the numbers are too many for memory.
 * @example
 * randperm(4).sort().values.toArray(); // [0, 1, 2, 3]
 */
export function randperm<const N extends number>(n: N, options: { generator?: Generator } = {}): Tensor<[N]> {
  checkOptions("randperm", options, ["generator"]);
  checkSizes("randperm", [n]);
  const x = empty([n], "int32");
  permutation(stateOf("randperm", options.generator), pointer(x), n);
  return x;
}

/** Where an in-place fill with random numbers may go: row-major memory that no gradient flows through. */
function target(op: string, x: Tensor): Tensor {
  requireFloat(op, x);
  return fillable(op, x);
}

/** The same for any dtype. */
export function fillable(op: string, x: Tensor): Tensor {
  requireTensor(op, x);
  if (x.strides !== null)
    throw new ValueError(`${op}: fills row-major tensors; got a view of ${show(x.shape)}; use contiguous()`);
  if (tracks(x)) throw new ValueError(`${op}: changes a tensor that requires gradients; wrap the call in noGrad`);
  changes(x);
  return x;
}

/**
 * Fills the tensor with uniform random numbers from [from, to). Takes float dtypes.
 *
 * @throws {DTypeError} for int dtypes and bool.
 * @throws {ValueError} if `from` is above `to` or one is not finite, this requires gradients or is not row-major, or an
 * option is unknown.
 * @example
 * empty(2, 3).uniform_(-1, 1).shape; // [2, 3]
 */
export function uniform_<S extends Shape>(
  this: Tensor<S>,
  from = 0,
  to = 1,
  options: { generator?: Generator } = {},
): Tensor<S> {
  checkOptions("uniform_", options, ["generator"]);
  const x = target("uniform_", this);
  if (!(from <= to && Number.isFinite(to - from))) {
    throw new ValueError(`uniform_: from is at most to, both finite; got ${from} and ${to}`);
  }
  uniform[x.dtype](stateOf("uniform_", options.generator), pointer(x), x.count, from, to);
  return this;
}

/**
 * Fills the tensor with normal random numbers. `mean` is 0 and `std` 1 unless said otherwise. Takes float dtypes.
 *
 * @throws {DTypeError} for int dtypes and bool.
 * @throws {ValueError} if `mean` is not finite, `std` is below 0, this requires gradients or is not row-major, or an
 * option is unknown.
 * @example
 * empty(2, 3).normal_(0, 0.1).shape; // [2, 3]
 */
export function normal_<S extends Shape>(
  this: Tensor<S>,
  mean = 0,
  std = 1,
  options: { generator?: Generator } = {},
): Tensor<S> {
  checkOptions("normal_", options, ["generator"]);
  const x = target("normal_", this);
  if (!Number.isFinite(mean) || !Number.isFinite(std) || std < 0) {
    throw new ValueError(`normal_: mean is finite and std at least 0; got ${mean} and ${std}`);
  }
  normal[x.dtype](stateOf("normal_", options.generator), pointer(x), x.count, mean, std);
  return this;
}

const drop = family("dropout", FLOATS);
const dropBackward = family("dropout_backward", FLOATS);

/**
 * Zeros each element with probability p and scales the others by 1 / (1 - p); the tensor itself when not training. The
 * mask comes from the default generator, as in PyTorch. Takes float dtypes.
 *
 * @throws {DTypeError} for int dtypes and bool.
 * @throws {ValueError} if `p` is not from 0 to 1.
 * @example
 * ones(4).dropout(1).toArray(); // [0, 0, 0, 0]
 */
export function dropout<S extends Shape>(this: Tensor<S>, p = 0.5, training = true): Tensor<S> {
  if (!(p >= 0 && p <= 1)) throw new ValueError(`dropout: p is a probability from 0 to 1; got ${p}`);
  requireFloat("dropout", this);
  if (!training || p === 0) return this;
  const x: Tensor = contiguous.call(this);
  const y = empty(x.shape, x.dtype);
  const mask = backend.borrow(x.count);
  drop[x.dtype](stateOf("dropout", undefined), pointer(x), pointer(y), backend.pointer(mask), x.count, p);
  if (!tracks(x)) {
    backend.release(mask);
    return y;
  }
  const dtype: DType = x.dtype;
  const gradient = (g: Tensor): Tensor => {
    const flat = contiguous.call(g);
    const dx = empty(flat.shape, dtype);
    dropBackward[dtype](pointer(flat), backend.pointer(mask), pointer(dx), flat.count, p);
    return dx;
  };
  const composed = (g: Tensor): Tensor => g.mul(gradient(onesLike(g)));
  record(y, "dropout", [x], [gradient], [], [mask], [composed]);
  return y;
}
