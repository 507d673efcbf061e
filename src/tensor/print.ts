/** Tensors as PyTorch prints them: 4 digits, one scale for the whole tensor, long ones shortened to their edges. */
import type { DType, TypedArray } from "./dtypes.ts";
import { isFloat } from "./dtypes.ts";
import { count } from "./sizes.ts";

const PRECISION = 4;
const LINE_WIDTH = 80;
/** Tensors of more elements show `EDGE` at each end of every axis. */
const THRESHOLD = 1000;
const EDGE = 3;

/** What is printed: the elements in row-major order, and what is said of them. */
export interface Printed {
  shape: readonly number[];
  dtype: DType;
  data: TypedArray;
  requiresGrad: boolean;
  /** The operation that computed it, when one was recorded. */
  gradFn?: string;
}

type Format = (value: number) => string;

/** 1.5e+02, with at least two digits of exponent as in C. */
function scientific(value: number): string {
  return halfToEven((digits) => value.toExponential(digits)).replace(/e([+-])(\d)$/, "e$10$2");
}

function fixed(value: number): string {
  return halfToEven((digits) => value.toFixed(digits));
}

/** Enough digits to tell a value that lies halfway between two roundings from one that nearly does. */
const EXACT = 60;

/** The text with PRECISION digits. JavaScript rounds halves up, C and PyTorch to the even digit: 0.03125 to 0.0312. */
function halfToEven(text: (digits: number) => string): string {
  const short = text(PRECISION);
  const [number = "", exponent = ""] = short.split(/(?=e)/);
  const last = Number(number.at(-1));
  const rest = text(EXACT).split("e")[0]?.split(".")[1]?.slice(PRECISION) ?? "";
  return last % 2 === 1 && /^50*$/.test(rest) ? number.slice(0, -1) + (last - 1) + exponent : short;
}

function whole(value: number): string {
  return `${value.toFixed(0)}.`;
}

/** "nan" and the like, "-0.0000" for the zero below zero, and any other value in its format. */
function withSpecials(format: Format): Format {
  return (value) => special(value) ?? (Object.is(value, -0) ? `-${format(0)}` : format(value));
}

function special(value: number): string | undefined {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  return undefined;
}

/** One format for all values: whole numbers, fixed or scientific, whichever PyTorch would choose. */
function floatFormat(values: readonly number[]): Format {
  const sizes = values.filter((value) => Number.isFinite(value) && value !== 0).map(Math.abs);
  const largest = sizes.reduce((a, b) => Math.max(a, b), 0);
  const smallest = sizes.reduce((a, b) => Math.min(a, b), Infinity);
  const wide = sizes.length > 0 && (largest / smallest > 1000 || largest > 1e8);
  if (sizes.every(Number.isInteger)) return withSpecials(wide ? scientific : whole);
  return withSpecials(wide || smallest < 1e-4 ? scientific : fixed);
}

/** The positions along an axis that are shown; -1 stands for the gap. */
function shown(size: number, shorten: boolean): number[] {
  const all = Array.from({ length: size }, (_, i) => i);
  return shorten && size > 2 * EDGE ? [...all.slice(0, EDGE), -1, ...all.slice(-EDGE)] : all;
}

/** The values that are shown. */
function visible(x: Printed, shorten: boolean): number[] {
  const values: number[] = [];
  const walk = (axis: number, at: number): void => {
    if (axis === x.shape.length) {
      values.push(x.data[at] as number);
      return;
    }
    const size = x.shape[axis] as number;
    for (const i of shown(size, shorten)) if (i >= 0) walk(axis + 1, at * size + i);
  };
  walk(0, 0);
  return values;
}

/** The last axis: as many values to a line as fit. */
function row(cells: readonly string[], indent: number, width: number): string {
  const perLine = Math.max(1, Math.floor((LINE_WIDTH - indent) / (width + 2)));
  const lines: string[] = [];
  for (let i = 0; i < cells.length; i += perLine) lines.push(cells.slice(i, i + perLine).join(", "));
  return `[${lines.join(`,\n${" ".repeat(indent + 1)}`)}]`;
}

/**
 * The text of a tensor, for example `tensor([[1., 2.],\n        [3., 4.]])`. dtypes other than float32, int32 and bool are
 * named, and so is what autograd knows. Follows torch/_tensor_str.py.
 */
export function formatTensor(x: Printed): string {
  const prefix = "tensor(";
  const suffixes: string[] = [];
  if (x.data.length === 0 && x.shape.length !== 1) suffixes.push(`size=[${x.shape.join(", ")}]`);
  if (x.dtype === "float64" || x.dtype === "uint8") suffixes.push(`dtype=${x.dtype}`);
  if (x.gradFn !== undefined) suffixes.push(`gradFn=<${x.gradFn}>`);
  else if (x.requiresGrad) suffixes.push("requiresGrad=true");
  return withSuffixes(prefix + body(x, prefix.length), suffixes, prefix.length);
}

function body(x: Printed, indent: number): string {
  if (x.data.length === 0) return "[]";
  const shorten = count(x.shape) > THRESHOLD;
  const values = visible(x, shorten);
  const plain: Format = x.dtype === "bool" ? (value) => String(value !== 0) : String;
  const format = isFloat(x.dtype) ? floatFormat(values) : plain;
  // As in PyTorch, zeros and the like do not count for the width of floats.
  const counts = (value: number): boolean => !isFloat(x.dtype) || (Number.isFinite(value) && value !== 0);
  const width = values.reduce((found, value) => (counts(value) ? Math.max(found, format(value).length) : found), 0);
  const cell = (at: number): string => format(x.data[at] as number).padStart(width);
  const nest = (axis: number, at: number, depth: number): string => {
    if (axis === x.shape.length) return cell(at).trimStart();
    const size = x.shape[axis] as number;
    const positions = shown(size, shorten);
    if (axis === x.shape.length - 1) {
      return row(
        positions.map((i) => (i < 0 ? " ..." : cell(at * size + i))),
        depth,
        width,
      );
    }
    const gap = `,${"\n".repeat(x.shape.length - axis - 1)}${" ".repeat(depth + 1)}`;
    return `[${positions.map((i) => (i < 0 ? "..." : nest(axis + 1, at * size + i, depth + 1))).join(gap)}]`;
  };
  return nest(0, 0, indent);
}

/** Adds `, dtype=…)` on the last line where it fits, else on a line of its own. */
function withSuffixes(text: string, suffixes: readonly string[], indent: number): string {
  let result = text;
  let last = text.length - text.lastIndexOf("\n") + 1;
  for (const suffix of suffixes) {
    if (last + suffix.length + 2 > LINE_WIDTH) {
      result += `,\n${" ".repeat(indent)}${suffix}`;
      last = indent + suffix.length;
    } else {
      result += `, ${suffix}`;
      last += suffix.length + 2;
    }
  }
  return `${result})`;
}
