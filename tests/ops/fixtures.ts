/** What PyTorch computed for the op cases, and how close nabla has to come. */
import type { DType, Tensor } from "../../src/index.ts";
import type { Family } from "./cases.ts";
import { readFixtures } from "./read-fixtures.ts";
import { type Run, weight } from "./runs.ts";

/** All elements, or of many the first and last and the sum of all, each by its weight; in base64. */
export interface Stored {
  readonly d: DType;
  readonly s?: readonly number[];
  readonly b?: string;
  readonly first?: string;
  readonly last?: string;
  readonly sum?: string;
}

export interface Expected {
  readonly y: readonly (Stored & { readonly s: readonly number[] })[];
  readonly g?: readonly (Stored | null)[];
}

export interface Fixtures {
  readonly torch: string;
  readonly runs: Readonly<Record<string, Readonly<Record<string, Expected>>>>;
}

const read = new Map<Family, Fixtures>();

function fixturesOf(family: Family): Fixtures {
  let found = read.get(family);
  if (found === undefined) {
    found = readFixtures(family);
    read.set(family, found);
  }
  return found;
}

/** What PyTorch computed for a run. */
export function expected(run: Run): Expected {
  const found = fixturesOf(run.family).runs[run.key]?.[run.float];
  if (found === undefined)
    throw new Error(`PyTorch has not computed this run: run tests/ops/make-fixtures.py ${run.family}`);
  return found;
}

/**
 * How far a number may be from PyTorch's: `relative` to the number, and `absolute` for what cancels in sums, which is
 * in proportion to the largest number of the result. float32 has 6e-8 of rounding a step and float64 1e-16: both leave
 * room for other orders of summation and other polynomials. Special values cancel nothing: they have `relative`, and
 * below `smallest`, the smallest normal number, may be 0.
 */
export const TOLERANCE: Readonly<Record<DType, { relative: number; absolute: number; smallest: number }>> = {
  float32: { relative: 1e-5, absolute: 1e-6, smallest: 2 ** -126 },
  float64: { relative: 1e-11, absolute: 1e-13, smallest: 2 ** -1022 },
  int32: { relative: 0, absolute: 0, smallest: 0 },
  uint8: { relative: 0, absolute: 0, smallest: 0 },
  bool: { relative: 0, absolute: 0, smallest: 0 },
};

const ARRAYS = { float32: Float32Array, float64: Float64Array, int32: Int32Array, uint8: Uint8Array, bool: Uint8Array };

function decode(base64: string, dtype: DType): number[] {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return [...new ARRAYS[dtype](bytes.buffer)];
}

function largest(values: Iterable<number>): number {
  let most = 1;
  for (const value of values) if (Number.isFinite(value) && Math.abs(value) > most) most = Math.abs(value);
  return most;
}

/** Whether a number is the expected one: NaN for NaN, the same infinity, or close enough. */
function agrees(value: number, wanted: number, allowed: number): boolean {
  if (Number.isNaN(wanted) || !Number.isFinite(wanted)) return Object.is(value, wanted);
  return Math.abs(value - wanted) <= allowed;
}

/** What is compared. */
export interface Comparison {
  /** Numbers among which nothing cancels, so that each counts by itself. */
  readonly special: boolean;
  /** Whether 0 and -0 differ. */
  readonly signedZeros: boolean;
}

function withSign(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

/** Where a run of numbers first differs from what is wanted. */
function firstDifference(
  values: ArrayLike<number>,
  from: number,
  wanted: readonly number[],
  dtype: DType,
  { special, signedZeros }: Comparison,
): string | null {
  const { relative, absolute, smallest } = TOLERANCE[dtype];
  const room = special ? smallest : absolute * largest(wanted);
  for (const [i, want] of wanted.entries()) {
    const value = values[from + i] as number;
    const otherZero = signedZeros && value === 0 && want === 0 && !Object.is(value, want);
    if (!agrees(value, want, room + relative * Math.abs(want)) || otherZero) {
      return `element ${from + i} is ${withSign(value)}, in PyTorch ${withSign(want)}`;
    }
  }
  return null;
}

function sumDiffers(values: ArrayLike<number>, wanted: number, dtype: DType): string | null {
  let sum = 0;
  let size = 0;
  for (let i = 0; i < values.length; i++) {
    sum += weight(i) * (values[i] as number);
    size += Math.abs(weight(i) * (values[i] as number));
  }
  const { relative, absolute } = TOLERANCE[dtype];
  const rounding = 1e-14; // of the sum itself, also of whole numbers
  if (agrees(sum, wanted, size * (relative + absolute + rounding))) return null;
  return `the weighted sum of all elements is ${sum}, in PyTorch ${wanted}`;
}

/** Where a tensor differs from what PyTorch computed, or null. */
export function difference(actual: Tensor, wanted: Stored, comparison: Comparison): string | null {
  if (actual.dtype !== wanted.d) return `the dtype is ${actual.dtype}, in PyTorch ${wanted.d}`;
  const shape: readonly number[] = actual.shape;
  if (wanted.s !== undefined && shape.join() !== wanted.s.join()) {
    return `the shape is [${shape.join(", ")}], in PyTorch [${wanted.s.join(", ")}]`;
  }
  const values = actual.data();
  if (wanted.b !== undefined) {
    const all = decode(wanted.b, wanted.d);
    if (all.length !== values.length) return `${values.length} elements, in PyTorch ${all.length}`;
    return firstDifference(values, 0, all, wanted.d, comparison);
  }
  const [first, last] = [decode(wanted.first as string, wanted.d), decode(wanted.last as string, wanted.d)];
  return (
    firstDifference(values, 0, first, wanted.d, comparison) ??
    firstDifference(values, values.length - last.length, last, wanted.d, comparison) ??
    sumDiffers(values, decode(wanted.sum as string, "float64")[0] as number, wanted.d)
  );
}
