import { DTypeError } from "../errors.ts";

/** What plots need of a tensor; a nabla `Tensor` fits, as does anything else of this form. */
export interface TensorLike {
  readonly shape: readonly number[];
  readonly dtype?: string;
  /** The elements as nested arrays, or one number for a scalar. */
  toArray(): unknown;
  /** The elements as one flat, contiguous array; used instead of `toArray` where it exists. */
  data?(): ArrayLike<number>;
}

/** A flat array of numbers. */
export type FlatNumbers =
  | readonly number[]
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint8ClampedArray
  | Uint16Array
  | Uint32Array;

/** Numbers as every plot takes them: an array, a typed array or a tensor. */
export type Numbers = FlatNumbers | TensorLike;

/** Whether `value` has the form of a tensor. */
export function isTensorLike(value: unknown): value is TensorLike {
  const tensor = value as Partial<TensorLike> | null;
  return typeof tensor === "object" && tensor !== null && Array.isArray(tensor.shape) && "toArray" in tensor;
}

/**
 * The elements of `numbers` as one flat array, in row-major order.
 *
 * @param what Names the argument in errors, such as `curves: y of series "loss"`.
 * @throws {DTypeError} if it is neither an array nor a tensor, or an element is not a number.
 */
export function flatten(numbers: Numbers, what: string): ArrayLike<number> {
  if (isTensorLike(numbers)) {
    if (typeof numbers.data === "function") return numbers.data();
    const flat: unknown[] = [numbers.toArray()].flat(Number.POSITIVE_INFINITY);
    return checkNumbers(flat, what);
  }
  if (Array.isArray(numbers)) return checkNumbers(numbers, what);
  const isTyped = ArrayBuffer.isView(numbers) && !(numbers instanceof DataView);
  if (isTyped && !(numbers instanceof BigInt64Array) && !(numbers instanceof BigUint64Array)) return numbers;
  throw new DTypeError(`${what}: expects an array, a typed array or a tensor of numbers; got ${describe(numbers)}`);
}

function checkNumbers(values: readonly unknown[], what: string): ArrayLike<number> {
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (typeof value !== "number") {
      throw new DTypeError(`${what}: expects numbers only; got ${describe(value)} at index ${i}`);
    }
  }
  return values as number[];
}

/** A short text for a value of the wrong type, for error messages. */
export function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (typeof value === "bigint") return `${value}n`;
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === "object" && value !== null) return value.constructor?.name ?? "an object";
  return typeof value === "function" ? "a function" : String(value);
}

/** A number as axes and legends show it: at most `digits` significant digits, no locale, so that it is the same everywhere. */
export function formatNumber(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "∞" : "−∞";
  if (value === 0) return "0";
  const size = Math.abs(value);
  const sign = value < 0 ? "−" : "";
  if (size >= 1e7 || size < 1e-3) {
    const [mantissa, exponent] = size.toExponential(digits - 1).split("e") as [string, string];
    return `${sign}${trimZeros(mantissa)}e${exponent.replace("+", "").replace("-", "−")}`;
  }
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(size)));
  const [whole, fraction] = size.toFixed(decimals).split(".") as [string, string?];
  const grouped = whole.length > 3 ? whole.replace(/\B(?=(\d{3})+$)/g, ",") : whole;
  return sign + (fraction === undefined ? grouped : trimZeros(`${grouped}.${fraction}`));
}

/** Formats the ticks of an axis with as few digits as tell them apart. */
export function tickFormat(ticks: readonly number[]): (tick: number) => string {
  let digits = 6;
  while (digits < 15 && new Set(ticks.map((tick) => formatNumber(tick, digits))).size < ticks.length) digits++;
  return (tick) => formatNumber(tick, digits);
}

/** Formats shares as percentages: 0.98 as 98 %. */
export function percentFormat(ticks: readonly number[]): (tick: number) => string {
  const hundreds = tickFormat(ticks.map((tick) => tick * 100));
  return (tick) => `${hundreds(tick * 100)} %`;
}

function trimZeros(decimal: string): string {
  return decimal.includes(".") ? decimal.replace(/\.?0+$/, "") : decimal;
}
