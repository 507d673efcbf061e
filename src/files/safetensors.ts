import { DTypeError, FormatError, MemoryError, ShapeError, ValueError } from "../errors.ts";
import {
  isSafetensorsDType,
  MAX_HEADER_BYTES,
  parseHeader,
  SAFETENSORS_ITEM_BYTES,
  type SafetensorsDType,
  tensorBytes,
} from "./safetensors-header.ts";

export type { SafetensorsDType } from "./safetensors-header.ts";

/** One tensor of a file: little-endian bytes in row-major order. */
export interface SafetensorsEntry {
  readonly dtype: SafetensorsDType;
  readonly shape: readonly number[];
  /** As read, it begins at a multiple of its element's size, so a typed array can be laid over it. */
  readonly data: Uint8Array;
}

/** The content of a file. Entries come in the order of their data. */
export interface Safetensors {
  readonly entries: Map<string, SafetensorsEntry>;
  readonly metadata: Record<string, string>;
}

export interface DecodeOptions {
  /** Give F16 and BF16 tensors as F32 (every value is exact in F32). Default false: the bytes as they are. */
  readonly halfToFloat32?: boolean;
}

const LENGTH_BYTES = 8;
const METADATA = "__metadata__";

/**
 * Writes tensors in the safetensors format (https://github.com/huggingface/safetensors), byte for byte like the reference implementation:
 * widest dtype first, then by name, the header padded with spaces so that the data begin at a multiple of 8.
 *
 * @param entries - the tensors by name
 * @param metadata - free text by key
 * @param op - the name under which mistakes are reported
 * @throws {DTypeError} if an entry has a dtype that the format does not know.
 * @throws {ShapeError} if the sizes of an entry do not make up its bytes.
 * @throws {ValueError} if a name is reserved, or a text is not well-formed or too long for the header.
 * @throws {MemoryError} if the file does not fit in memory.
 *
 * @example
 * const data = new Uint8Array(Float32Array.of(1, 2).buffer);
 * const bytes = encodeSafetensors({ "fc1.bias": { dtype: "F32", shape: [2], data } });
 */
export function encodeSafetensors(
  entries: ReadonlyMap<string, SafetensorsEntry> | Readonly<Record<string, SafetensorsEntry>>,
  metadata: Readonly<Record<string, string>> = {},
  op = "encodeSafetensors",
): Uint8Array<ArrayBuffer> {
  const sorted = [...(isMap(entries) ? entries : Object.entries(entries))];
  for (const [name, entry] of sorted) checkEntry(op, name, entry);
  sorted.sort(([nameA, a], [nameB, b]) => rank(b.dtype) - rank(a.dtype) || (nameA < nameB ? -1 : 1));

  const { text, dataBytes } = headerText(op, sorted, metadata);
  const header = new TextEncoder().encode(text);
  const padded = Math.ceil(header.length / 8) * 8;
  if (padded > MAX_HEADER_BYTES) {
    throw new ValueError(`${op}: names and metadata must fit in ${MAX_HEADER_BYTES} bytes; got ${header.length}`);
  }
  const bytes = allocate(op, LENGTH_BYTES + padded + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(padded), true);
  bytes.set(header, LENGTH_BYTES);
  bytes.fill(0x20, LENGTH_BYTES + header.length, LENGTH_BYTES + padded);
  let position = LENGTH_BYTES + padded;
  for (const [, { data }] of sorted) {
    bytes.set(data, position);
    position += data.length;
  }
  return bytes;
}

/**
 * Reads a safetensors file. The data are views of `bytes` where their alignment allows, copies otherwise.
 *
 * @param bytes - the whole file
 * @param fileName - named in errors
 * @throws {FormatError} if the bytes are not exactly one well-formed file; nothing else is thrown, whatever they are.
 *
 * @example
 * const { entries } = decodeSafetensors(readFileBytes(path), path);
 * for (const [name, { dtype, shape }] of entries) console.log(name, dtype, shape);
 */
export function decodeSafetensors(bytes: Uint8Array, fileName: string, options: DecodeOptions = {}): Safetensors {
  const fail = (rule: string): FormatError => new FormatError(`safetensors ${JSON.stringify(fileName)}: ${rule}`);
  const dataStart = LENGTH_BYTES + headerLength(bytes, fail);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes.subarray(LENGTH_BYTES, dataStart));
  } catch {
    throw fail("the header must be UTF-8; got other bytes");
  }
  const header = parseHeader(text, bytes.length - dataStart, fail);
  const entries = new Map<string, SafetensorsEntry>();
  for (const { name, dtype, shape, begin, end } of header.entries) {
    const stored = {
      dtype,
      shape,
      data: aligned(bytes.subarray(dataStart + begin, dataStart + end), dtype),
    };
    entries.set(name, options.halfToFloat32 ? widenHalf(stored) : stored);
  }
  return { entries, metadata: header.metadata };
}

function headerLength(bytes: Uint8Array, fail: (rule: string) => FormatError): number {
  if (bytes.length < LENGTH_BYTES) {
    throw fail(`a file begins with the 8-byte length of its header; got ${bytes.length} bytes in all`);
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER_BYTES)) {
    throw fail(
      `the header must be at most ${MAX_HEADER_BYTES} bytes; got a length of ${length}, so this is another format`,
    );
  }
  const rest = bytes.length - LENGTH_BYTES;
  if (length > BigInt(rest)) throw fail(`the header has ${length} bytes; got only ${rest}, so the file is truncated`);
  const first = bytes[LENGTH_BYTES];
  if (length === 0n || first !== 0x7b) {
    const found = length === 0n ? "an empty header" : `byte 0x${first?.toString(16).padStart(2, "0")}`;
    throw fail(`the header must begin with "{"; got ${found}, so this is another format`);
  }
  return Number(length);
}

function checkEntry(op: string, name: string, { dtype, shape, data }: SafetensorsEntry): void {
  const tensor = `${op}: tensor ${JSON.stringify(name)}`;
  if (name === METADATA)
    throw new ValueError(`${tensor} must have another name; ${METADATA} is reserved by the format`);
  checkText(name, tensor);
  if (!isSafetensorsDType(dtype)) {
    const known = Object.keys(SAFETENSORS_ITEM_BYTES).join(", ");
    throw new DTypeError(`${tensor} must have a dtype out of ${known}; got ${JSON.stringify(dtype)}`);
  }
  const whole = shape.every((size) => Number.isSafeInteger(size) && size >= 0);
  const bytes = whole ? tensorBytes(dtype, shape) : undefined;
  if (bytes !== data.length) {
    const rule = whole ? `must have ${bytes ?? "fewer than 2^53"} bytes` : "must have a shape of whole numbers";
    throw new ShapeError(`${tensor} ${rule} as ${dtype} [${shape.join(", ")}]; got ${data.length} bytes`);
  }
}

function checkText(text: string, what: string): void {
  if (/\p{Surrogate}/u.test(text))
    throw new ValueError(`${what} must be well-formed Unicode; got half a surrogate pair`);
}

function headerText(
  op: string,
  sorted: readonly (readonly [string, SafetensorsEntry])[],
  metadata: Readonly<Record<string, string>>,
): { text: string; dataBytes: number } {
  const rows: string[] = [];
  const notes = Object.entries(metadata);
  for (const [key, value] of notes) {
    const what = `${op}: metadata ${JSON.stringify(key)}`;
    if (typeof value !== "string") throw new ValueError(`${what} must be text; got ${JSON.stringify(value)}`);
    checkText(key, what);
    checkText(value, what);
  }
  if (notes.length > 0) rows.push(`"${METADATA}":${JSON.stringify(metadata)}`);
  let end = 0;
  for (const [name, { dtype, shape, data }] of sorted) {
    const begin = end;
    end += data.length;
    rows.push(`${JSON.stringify(name)}:${JSON.stringify({ dtype, shape, data_offsets: [begin, end] })}`);
  }
  return { text: `{${rows.join(",")}}`, dataBytes: end };
}

function allocate(op: string, length: number): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(length);
  } catch (cause) {
    throw new MemoryError(`${op}: the file must fit in memory; got ${length} bytes`, { cause });
  }
}

const ranks: ReadonlyMap<string, number> = new Map(Object.keys(SAFETENSORS_ITEM_BYTES).map((name, at) => [name, at]));

function rank(dtype: SafetensorsDType): number {
  return ranks.get(dtype) ?? 0;
}

function aligned(data: Uint8Array, dtype: SafetensorsDType): Uint8Array {
  return data.byteOffset % SAFETENSORS_ITEM_BYTES[dtype] === 0 ? data : data.slice();
}

function widenHalf(entry: SafetensorsEntry): SafetensorsEntry {
  const { dtype, shape, data } = entry;
  if (dtype !== "F16" && dtype !== "BF16") return entry;
  const halves = new Uint16Array(data.buffer, data.byteOffset, data.length / 2);
  const bits = new Uint32Array(halves.length);
  if (dtype === "BF16") for (let i = 0; i < halves.length; i++) bits[i] = (halves[i] as number) << 16;
  else for (let i = 0; i < halves.length; i++) bits[i] = float32BitsOfHalf(halves[i] as number);
  return { dtype: "F32", shape, data: new Uint8Array(bits.buffer) };
}

/** IEEE 754 binary16 to binary32, exact: 1 sign, 5 exponent and 10 fraction bits become 1, 8 and 23. */
function float32BitsOfHalf(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return sign | 0x7f800000 | (fraction << 13);
  if (exponent !== 0) return sign | ((exponent + 112) << 23) | (fraction << 13);
  if (fraction === 0) return sign;
  // A subnormal half is normal in binary32: move its highest bit to the place of the implicit one.
  const shift = Math.clz32(fraction) - 21;
  return sign | ((113 - shift) << 23) | (((fraction << shift) & 0x3ff) << 13);
}

function isMap<T>(entries: ReadonlyMap<string, T> | Readonly<Record<string, T>>): entries is ReadonlyMap<string, T> {
  return entries instanceof Map;
}
