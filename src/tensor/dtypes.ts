/** Element types: their sizes, their typed arrays, and which type two of them meet in. */
import { DTypeError, ValueError } from "../errors.ts";

/** The element types of tensors. */
export type DType = "float32" | "float64" | "int32" | "uint8" | "bool";
/** Element types that gradients flow through. */
export type FloatDType = "float32" | "float64";

export const float32 = "float32" as const;
export const float64 = "float64" as const;
export const int32 = "int32" as const;
export const uint8 = "uint8" as const;
export const bool = "bool" as const;

export type TypedArray = Float32Array | Float64Array | Int32Array | Uint8Array;
interface DTypeFacts {
  readonly bytes: number;
  /** How kernels call it: the end of their names. */
  readonly suffix: string;
  readonly array: {
    new (buffer: ArrayBufferLike, byteOffset: number, length: number): TypedArray;
    of(...values: number[]): TypedArray;
  };
  /** Position on the way bool → uint8 → int32 → float32 → float64. */
  readonly rank: number;
}

export const DTYPES: Readonly<Record<DType, DTypeFacts>> = {
  float32: { bytes: 4, suffix: "f32", array: Float32Array, rank: 3 },
  float64: { bytes: 8, suffix: "f64", array: Float64Array, rank: 4 },
  int32: { bytes: 4, suffix: "i32", array: Int32Array, rank: 2 },
  uint8: { bytes: 1, suffix: "u8", array: Uint8Array, rank: 1 },
  bool: { bytes: 1, suffix: "bool", array: Uint8Array, rank: 0 },
};

export function isFloat(dtype: DType): dtype is FloatDType {
  return dtype === "float32" || dtype === "float64";
}

/** What to use for a dtype that only PyTorch has, such as "int64"; nothing for a text that reads like none. */
export function nearest(name: string): string {
  if (/double/.test(name)) return "float64";
  if (/float|half/.test(name)) return "float32";
  return /int|long|short/.test(name) ? "int32" : "";
}

/** Throws unless `value` names a dtype. */
export function checkDType(op: string, value: unknown): DType {
  if (typeof value === "string" && Object.hasOwn(DTYPES, value)) return value as DType;
  const near = nearest(String(value));
  const fix = near && `; use ${near}`;
  throw new DTypeError(`${op}: dtype is one of ${Object.keys(DTYPES).join(", ")}; got ${String(value)}${fix}`);
}

const RANGES: Partial<Record<DType, readonly [number, number]>> = {
  int32: [-(2 ** 31), 2 ** 31 - 1],
  uint8: [0, 255],
};

/** Throws unless `value` is a number, and one that an int dtype has when it is one. `at` says where it was found. */
export function checkHolds(op: string, dtype: DType, value: number, at = ""): void {
  if (typeof value !== "number") throw new DTypeError(`${op}: takes a number; got ${String(value)}${at}`);
  const range = RANGES[dtype];
  if (range !== undefined && !(value >= range[0] && value <= range[1])) {
    throw new ValueError(`${op}: ${dtype} holds ${range[0]} to ${range[1]}; got ${value}${at}`);
  }
}

/** The dtype that two tensors are computed in: the higher of bool, uint8, int32, float32, float64. */
export function promote(a: DType, b: DType): DType {
  return a === b || DTYPES[a].rank > DTYPES[b].rank ? a : b;
}

/** The dtype that a tensor and a JavaScript number meet in: a fractional number makes an int tensor float32, and so does one beyond int32. */
export function promoteNumber(dtype: DType, value: number): DType {
  if (isFloat(dtype)) return dtype;
  if ((value | 0) !== value || Object.is(value, -0)) return "float32";
  return dtype === "bool" ? "int32" : dtype;
}
