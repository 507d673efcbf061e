/** Tensors out of numbers. */
import { makeLeaf } from "../autograd/node.ts";
import { backend } from "../backend/index.ts";
import { DTypeError, ShapeError, ValueError } from "../errors.ts";
import { checkOptions } from "../options.ts";
import { checkDType, checkHolds, type DType, isFloat, type TypedArray } from "../tensor/dtypes.ts";
import type { Known, Nested, Shape } from "../tensor/shapes.ts";
import { checkSizes } from "../tensor/sizes.ts";
import { type Tensor, empty as uninitialised } from "../tensor/tensor.ts";
import { ALL, family, pointer, requireTensor } from "./kernels.ts";
import { cast } from "./layout.ts";
import { readNested } from "./nested.ts";

/** Options of functions that make tensors. */
export interface CreationOptions {
  /** The element type; float32 unless said otherwise. */
  dtype?: DType;
  /** Whether operations on the tensor are recorded for `backward()`. */
  requiresGrad?: boolean;
}

/** Nested arrays of numbers or booleans, as deep as the tensor has axes. */
export type NestedArray = number | boolean | readonly NestedArray[];

const OPTIONS = ["dtype", "requiresGrad"];

const fillKernels = family("fill", ALL);
const aranges = family("arange", ["float32", "float64", "int32"]);

/** Sizes given one by one, or as an array that options may follow. */
export function sizesAndOptions<O extends CreationOptions>(
  op: string,
  all: readonly unknown[],
  names: readonly string[] = OPTIONS,
): { sizes: readonly number[]; options: O } {
  const [first] = all;
  const listed = Array.isArray(first);
  const sizes = [...(listed ? first : all)] as number[];
  if (!listed && typeof sizes.at(-1) === "object" && sizes.at(-1) !== null) {
    throw new ShapeError(`${op}: options follow sizes in an array: ${op}([${sizes.slice(0, -1).join(", ")}], { … })`);
  }
  checkSizes(op, sizes);
  const options = (listed ? (all[1] ?? {}) : {}) as O;
  checkOptions(op, options, names);
  if (options.dtype !== undefined) checkDType(op, options.dtype);
  return { sizes, options };
}

/** The tensor, with gradients when they are asked for. */
export function finished(x: Tensor, options: CreationOptions): Tensor {
  if (options.requiresGrad) {
    if (!isFloat(x.dtype))
      throw new DTypeError(`requiresGrad: only float32 and float64 have gradients; got ${x.dtype}`);
    makeLeaf(x);
  }
  return x;
}

function filled(op: string, value: number, all: readonly unknown[]): Tensor {
  const { sizes, options } = sizesAndOptions(op, all);
  const dtype = options.dtype ?? "float32";
  checkHolds(op, dtype, value);
  const x = uninitialised(sizes, dtype);
  fillKernels[x.dtype](pointer(x), value, x.count);
  return finished(x, options);
}

/** One value in the shape and dtype of x. */
export function filledLike<S extends Shape>(
  op: string,
  value: number,
  x: Tensor<S>,
  options: CreationOptions,
): Tensor<S> {
  requireTensor(op, x);
  checkOptions(op, options, OPTIONS);
  return filled(op, value, [x.shape, { dtype: x.dtype, ...options }]) as Tensor<S>;
}

/**
 * A tensor of zeros. Sizes one by one, or as an array with options.
 *
 * @throws {ShapeError} if a size is not a whole number of at least 0.
 * @throws {DTypeError} if the dtype is unknown, or is no float dtype with `requiresGrad`.
 * @throws {ValueError} for an unknown option.
 * @throws {MemoryError} if the tensor is too large for memory.
 * @example
 * zeros(2, 3).shape; // [2, 3]
 * zeros([2, 3], { dtype: "int32" });
 */
export function zeros<const D extends number[]>(...sizes: D): Tensor<Known<D>>;
export function zeros<const D extends readonly number[]>(sizes: D, options?: CreationOptions): Tensor<Known<D>>;
export function zeros(...all: unknown[]): Tensor {
  return filled("zeros", 0, all);
}

/**
 * A tensor of ones; arguments as in {@link zeros}.
 *
 * @throws {ShapeError} if a size is not a whole number of at least 0.
 * @throws {DTypeError} if the dtype is unknown, or is no float dtype with `requiresGrad`.
 * @throws {ValueError} for an unknown option.
 * @throws {MemoryError} if the tensor is too large for memory.
 * @example
 * ones(2, 2).toArray(); // [[1, 1], [1, 1]]
 */
export function ones<const D extends number[]>(...sizes: D): Tensor<Known<D>>;
export function ones<const D extends readonly number[]>(sizes: D, options?: CreationOptions): Tensor<Known<D>>;
export function ones(...all: unknown[]): Tensor {
  return filled("ones", 1, all);
}

/**
 * A tensor filled with one value. The sizes are an array.
 *
 * @throws {ShapeError} if a size is not a whole number of at least 0.
 * @throws {DTypeError} if the dtype is unknown, or is no float dtype with `requiresGrad`.
 * @throws {ValueError} if an int dtype does not hold the value, or for an unknown option.
 * @throws {MemoryError} if the tensor is too large for memory.
 * @example
 * full([2], 0.5).toArray(); // [0.5, 0.5]
 */
export function full<const D extends readonly number[]>(
  sizes: D,
  value: number,
  options: CreationOptions = {},
): Tensor<Known<D>> {
  return filled("full", value, [sizes, options]);
}

/**
 * A tensor of whatever the memory holds: write before you read. Sizes one by one, or as an array with options.
 *
 * @throws {ShapeError} if a size is not a whole number of at least 0.
 * @throws {DTypeError} if the dtype is unknown, or is no float dtype with `requiresGrad`.
 * @throws {ValueError} for an unknown option.
 * @throws {MemoryError} if the tensor is too large for memory.
 * @example
 * empty(2, 3).shape; // [2, 3]
 */
export function empty<const D extends number[]>(...sizes: D): Tensor<Known<D>>;
export function empty<const D extends readonly number[]>(sizes: D, options?: CreationOptions): Tensor<Known<D>>;
export function empty(...all: unknown[]): Tensor {
  const { sizes, options } = sizesAndOptions("empty", all);
  return finished(uninitialised(sizes, options.dtype ?? "float32"), options);
}

/**
 * Zeros of the shape and dtype of another tensor.
 *
 * @throws {DTypeError} if `x` is no tensor, the dtype is unknown, or it is no float dtype with `requiresGrad`.
 * @throws {ValueError} for an unknown option.
 * @example
 * zerosLike(tensor([1, 2])).toArray(); // [0, 0]
 */
export function zerosLike<S extends Shape>(x: Tensor<S>, options: CreationOptions = {}): Tensor<S> {
  return filledLike("zerosLike", 0, x, options);
}

/**
 * Ones of the shape and dtype of another tensor.
 *
 * @throws {DTypeError} if `x` is no tensor, the dtype is unknown, or it is no float dtype with `requiresGrad`.
 * @throws {ValueError} for an unknown option.
 * @example
 * onesLike(tensor([1, 2])).toArray(); // [1, 1]
 */
export function onesLike<S extends Shape>(x: Tensor<S>, options: CreationOptions = {}): Tensor<S> {
  return filledLike("onesLike", 1, x, options);
}

/**
 * The numbers from `start` up to but without `end`, `step` apart: arange(end), arange(start, end), arange(start, end, step).
 * int32 when all are whole, else float32, unless a dtype is given in the last argument.
 *
 * @throws {ValueError} if a bound is not finite or not held by the dtype, `step` does not lead from `start` to `end`,
 * or an option is unknown.
 * @throws {DTypeError} if the dtype is unknown, or is no float dtype with `requiresGrad`.
 * @throws {MemoryError} if the numbers are too many for memory.
 * @example
 * arange(3).toArray(); // [0, 1, 2]
 */
export function arange(end: number, options?: CreationOptions): Tensor<[number]>;
export function arange(start: number, end: number, options?: CreationOptions): Tensor<[number]>;
export function arange(start: number, end: number, step: number, options?: CreationOptions): Tensor<[number]>;
export function arange(...args: (number | CreationOptions | undefined)[]): Tensor<[number]> {
  const odd = args.find((arg) => typeof arg !== "number" && typeof arg !== "object" && arg !== undefined);
  if (odd !== undefined) throw new ValueError(`arange: takes numbers; got ${typeof odd} ${String(odd)}`);
  const numbers = args.filter((arg) => typeof arg === "number");
  const options = (args.find((arg) => typeof arg === "object") ?? {}) as CreationOptions;
  checkOptions("arange", options, OPTIONS);
  const [start, end, step] =
    numbers.length === 1 ? [0, numbers[0] as number, 1] : [numbers[0] as number, numbers[1] as number, numbers[2] ?? 1];
  if (
    !Number.isFinite(start) ||
    !Number.isFinite(end) ||
    !Number.isFinite(step) ||
    step === 0 ||
    (end - start) * step < 0
  ) {
    throw new ValueError(
      `arange: needs finite bounds and a step that leads from start to end; got ${start}, ${end}, ${step}`,
    );
  }
  const dtype = checkDType("arange", options.dtype ?? (numbers.every(Number.isInteger) ? "int32" : "float32"));
  const length = Math.ceil((end - start) / step);
  checkSizes("arange", [length]);
  for (const value of [start, start + Math.max(length - 1, 0) * step]) checkHolds("arange", dtype, value);
  const computed = dtype === "uint8" || dtype === "bool" ? "int32" : dtype;
  const x = uninitialised([length], computed);
  aranges[computed](pointer(x), start, step, length);
  return finished(cast(x, dtype), options) as Tensor<[number]>;
}

/** What `of` gives for `count` numbers from `start` to `end`, both included, evenly spaced. */
function spaced<N extends number>(
  op: string,
  start: number,
  end: number,
  count: N,
  options: CreationOptions,
  of: (value: number) => number,
): Tensor<[N]> {
  checkSizes(op, [count]);
  if (!Number.isFinite(start) || !Number.isFinite(end)) {
    throw new ValueError(`${op}: start and end are finite; got ${start} and ${end}`);
  }
  const dtype = checkDType(op, options.dtype ?? "float32");
  const x = uninitialised([count], "float64");
  const values = doubles(x);
  const step = (end - start) / Math.max(count - 1, 1);
  for (let i = 0; i < count; i++) {
    const value = of(i < count / 2 ? start + i * step : end - (count - 1 - i) * step);
    checkHolds(op, dtype, value);
    values[i] = value;
  }
  return finished(cast(x, dtype), options) as Tensor<[N]>;
}

/**
 * `count` numbers from `start` to `end`, both included, evenly spaced: [count], float32 unless a dtype is given.
 *
 * @throws {ValueError} if `start` or `end` is not finite, an int dtype does not hold a number, or an option is unknown.
 * @throws {ShapeError} if `count` is not a whole number of at least 0.
 * @throws {DTypeError} if the dtype is unknown, or is no float dtype with `requiresGrad`.
 * @throws {MemoryError} if the numbers are too many for memory.
 * @example
 * linspace(0, 1, 5).toArray(); // [0, 0.25, 0.5, 0.75, 1]
 */
export function linspace<const N extends number>(
  start: number,
  end: number,
  count: N,
  options: CreationOptions = {},
): Tensor<[N]> {
  checkOptions("linspace", options, OPTIONS);
  return spaced("linspace", start, end, count, options, (value) => value);
}

/**
 * `count` powers of `base` (10), whose exponents are evenly spaced from `start` to `end`, both included: [count],
 * float32 unless a dtype is given.
 *
 * @throws {ValueError} if `start`, `end` or `base` is not finite, an int dtype does not hold a power, or an option is
 * unknown.
 * @throws {ShapeError} if `count` is not a whole number of at least 0.
 * @throws {DTypeError} if the dtype is unknown, or is no float dtype with `requiresGrad`.
 * @throws {MemoryError} if the numbers are too many for memory.
 * @example
 * logspace(0, 2, 3).toArray(); // [1, 10, 100]
 */
export function logspace<const N extends number>(
  start: number,
  end: number,
  count: N,
  options: CreationOptions & { base?: number } = {},
): Tensor<[N]> {
  const { base = 10 } = checkOptions("logspace", options, [...OPTIONS, "base"]);
  if (!Number.isFinite(base)) throw new ValueError(`logspace: base is finite; got ${base}`);
  return spaced("logspace", start, end, count, options, (value) => base ** value);
}

/**
 * The identity matrix [n, n], or [n, m] with ones on its diagonal.
 *
 * @throws {ShapeError} if a size is not a whole number of at least 0.
 * @throws {DTypeError} if the dtype is unknown, or is no float dtype with `requiresGrad`.
 * @throws {ValueError} for an unknown option.
 * @throws {MemoryError} if the matrix is too large for memory.
 * @example
 * eye(2).toArray(); // [[1, 0], [0, 1]]
 */
export function eye<const N extends number>(n: N, options?: CreationOptions): Tensor<[N, N]>;
export function eye<const N extends number, const M extends number>(
  n: N,
  m: M,
  options?: CreationOptions,
): Tensor<[N, M]>;
export function eye(n: number, second?: number | CreationOptions, third: CreationOptions = {}): Tensor {
  const m = typeof second === "number" ? second : n;
  const options = second === undefined || typeof second === "number" ? third : second;
  checkOptions("eye", options, OPTIONS);
  checkSizes("eye", [n, m]);
  const x = uninitialised([n, m], "float64");
  const values = doubles(x).fill(0);
  for (let i = 0; i < Math.min(n, m); i++) values[i * m + i] = 1;
  return finished(cast(x, checkDType("eye", options.dtype ?? "float32")), options);
}

/** A new float64 tensor's elements, until the next allocation. */
function doubles(x: Tensor): Float64Array {
  const bytes = backend.view(x.storage);
  return new Float64Array(bytes.buffer, bytes.byteOffset, x.count);
}

/** A tensor with a copy of a typed array's elements, of the dtype that has such elements. */
function fromTyped(values: TypedArray, shape: readonly number[], dtype: DType): Tensor {
  const x = uninitialised(shape, dtype);
  const view = backend.view(x.storage);
  view.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  return x;
}

/** The dtype whose elements a typed array has. */
function dtypeOf(values: ArrayBufferView): DType | undefined {
  if (values instanceof Float32Array) return "float32";
  if (values instanceof Float64Array) return "float64";
  if (values instanceof Int32Array) return "int32";
  return values instanceof Uint8Array || values instanceof Uint8ClampedArray ? "uint8" : undefined;
}

/**
 * A tensor of numbers: a number, nested arrays, or a copy of a typed array (Float32Array, Float64Array, Int32Array,
 * Uint8Array), whose dtype it then has. Numbers become float32 and booleans bool unless a dtype is given.
 *
 * @throws {ShapeError} if the arrays of one level differ in length, or are nested too deep.
 * @throws {DTypeError} if an element is no number, the dtype is unknown, or is no float dtype with `requiresGrad`.
 * @throws {ValueError} if an int dtype does not hold a number, or for an unknown option.
 * @example
 * tensor([[1, 2], [3, 4]]).shape; // [2, 2]
 * tensor([0, 2, 1], { dtype: "int32" });
 */
export function tensor<const V>(values: V, options: CreationOptions = {}): Tensor<Nested<V>> {
  checkOptions("tensor", options, OPTIONS);
  if (options.dtype !== undefined) checkDType("tensor", options.dtype);
  if (ArrayBuffer.isView(values)) {
    const dtype = dtypeOf(values);
    if (dtype === undefined) {
      throw new DTypeError(
        `tensor: takes Float32Array, Float64Array, Int32Array or Uint8Array; got ${values.constructor.name}`,
      );
    }
    const typed = values as unknown as TypedArray;
    if (options.dtype !== undefined && options.dtype !== dtype) checkRange(typed, options.dtype);
    return finished(cast(fromTyped(typed, [typed.length], dtype), options.dtype ?? dtype), options);
  }
  const { shape, flat, booleans } = readNested(values);
  const guessed: DType = booleans > 0 && booleans === flat.length ? "bool" : "float32";
  const dtype = options.dtype ?? guessed;
  checkRange(flat, dtype);
  return finished(cast(fromTyped(flat, shape, "float64"), dtype), options);
}

/** Throws when a number is not one that an int dtype has. */
function checkRange(values: TypedArray, dtype: DType): void {
  if (isFloat(dtype) || dtype === "bool") return;
  for (let i = 0; i < values.length; i++) checkHolds("tensor", dtype, values[i] as number, ` at element ${i}`);
}
