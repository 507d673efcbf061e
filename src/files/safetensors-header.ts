import type { FormatError } from "../errors.ts";

/** Bytes of one element, for every dtype of the format whose elements are whole bytes, in the order in which the reference implementation ranks them. */
export const SAFETENSORS_ITEM_BYTES = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E5M2: 1,
  F8_E4M3: 1,
  F8_E8M0: 1,
  F8_E4M3FNUZ: 1,
  F8_E5M2FNUZ: 1,
  I16: 2,
  U16: 2,
  F16: 2,
  BF16: 2,
  I32: 4,
  U32: 4,
  F32: 4,
  C64: 8,
  F64: 8,
  I64: 8,
  U64: 8,
} as const;

/** A dtype as a safetensors file names it. */
export type SafetensorsDType = keyof typeof SAFETENSORS_ITEM_BYTES;

/** One tensor's row in the header; `begin` and `end` count from the start of the data. */
export interface HeaderEntry {
  readonly name: string;
  readonly dtype: SafetensorsDType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/** What a header says, its entries in the order of their data. */
export interface Header {
  readonly entries: readonly HeaderEntry[];
  readonly metadata: Record<string, string>;
}

/** The limit of the reference implementation, which keeps a corrupt length from asking for all memory. */
export const MAX_HEADER_BYTES = 100_000_000;

/** Is `dtype` one the format knows (and stores in whole bytes)? */
export function isSafetensorsDType(dtype: unknown): dtype is SafetensorsDType {
  return typeof dtype === "string" && Object.hasOwn(SAFETENSORS_ITEM_BYTES, dtype);
}

/** The bytes a tensor takes, or undefined when they are more than a number can count exactly. */
export function tensorBytes(dtype: SafetensorsDType, shape: readonly number[]): number | undefined {
  let bytes: number = SAFETENSORS_ITEM_BYTES[dtype];
  for (const size of shape) {
    bytes *= size;
    if (bytes > Number.MAX_SAFE_INTEGER) return undefined;
  }
  return bytes;
}

/**
 * Parses and checks a header: JSON, unique keys, known dtypes, shapes that fit their bytes, and data without overlaps or holes.
 *
 * @param text - the JSON text, padding included
 * @param dataBytes - how many bytes of data follow the header
 * @param fail - makes the error, given the rule that is broken
 */
export function parseHeader(text: string, dataBytes: number, fail: (rule: string) => FormatError): Header {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw fail(`the header must be JSON; got a ${cause instanceof Error ? cause.message : cause}`);
  }
  if (!isObject(json)) throw fail("the header must be a JSON object");
  const duplicate = duplicateKey(text);
  if (duplicate !== undefined) throw fail(`keys must be unique; got ${JSON.stringify(duplicate)} twice`);

  const entries: HeaderEntry[] = [];
  let metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(json)) {
    if (name === "__metadata__") metadata = parseMetadata(value, fail);
    else entries.push(parseEntry(name, value, fail));
  }
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  checkCover(entries, dataBytes, fail);
  return { entries, metadata };
}

function parseMetadata(value: unknown, fail: (rule: string) => FormatError): Record<string, string> {
  if (!isObject(value)) throw fail(`__metadata__ must be an object of strings; got ${show(value)}`);
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== "string") {
      throw fail(`__metadata__ must hold strings only; got ${JSON.stringify(key)}: ${show(text)}`);
    }
  }
  return value as Record<string, string>;
}

function parseEntry(name: string, value: unknown, fail: (rule: string) => FormatError): HeaderEntry {
  const tensor = `tensor ${JSON.stringify(name)}`;
  if (!isObject(value)) throw fail(`${tensor} must be an object; got ${show(value)}`);
  const { dtype, shape, data_offsets: offsets } = value;
  if (!isSafetensorsDType(dtype)) {
    const known = Object.keys(SAFETENSORS_ITEM_BYTES).join(", ");
    throw fail(`${tensor} must have a dtype out of ${known}; got ${show(dtype)}`);
  }
  if (!Array.isArray(shape) || !shape.every(isSize)) {
    throw fail(`${tensor} must have a shape of whole numbers from 0 to 2^53 - 1; got ${show(shape)}`);
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isSize)) {
    throw fail(`${tensor} must have data_offsets [begin, end] in whole bytes; got ${show(offsets)}`);
  }
  const [begin, end] = offsets as [number, number];
  if (end < begin) throw fail(`${tensor} must end after it begins; got data_offsets ${show(offsets)}`);
  const bytes = tensorBytes(dtype, shape);
  if (bytes === undefined) throw fail(`${tensor} must have a size below 2^53 bytes; got ${dtype} ${show(shape)}`);
  if (end - begin !== bytes) {
    throw fail(`${tensor} must take ${bytes} bytes as ${dtype} ${show(shape)}; got ${end - begin} in its data_offsets`);
  }
  return { name, dtype, shape, begin, end };
}

/** The data must cover the rest of the file exactly, each byte once. */
function checkCover(entries: readonly HeaderEntry[], dataBytes: number, fail: (rule: string) => FormatError): void {
  let position = 0;
  for (const { name, begin, end } of entries) {
    const tensor = `tensor ${JSON.stringify(name)}`;
    if (begin < position) throw fail(`${tensor} must not overlap another; it begins at ${begin}, before ${position}`);
    if (begin > position)
      throw fail(`the data must have no holes; got one from ${position} to ${begin}, before ${tensor}`);
    if (end > dataBytes) {
      throw fail(`${tensor} ends at byte ${end} of the data; got ${dataBytes} bytes of data, so the file is truncated`);
    }
    position = end;
  }
  if (position !== dataBytes) {
    throw fail(
      `the data must end where the last tensor ends, at byte ${position}; got ${dataBytes - position} more bytes`,
    );
  }
}

/** The first key that an object of the text, at any depth, has twice (JSON.parse keeps the last one silently). `text` is valid JSON. */
function duplicateKey(text: string): string | undefined {
  const keysOf: Set<string>[] = [];
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === "{") keysOf.push(new Set());
    else if (character === "}") keysOf.pop();
    else if (character === '"') {
      const end = stringEnd(text, at);
      if (isFollowedByColon(text, end)) {
        const key: string = JSON.parse(text.slice(at, end));
        const keys = keysOf[keysOf.length - 1];
        if (keys?.has(key)) return key;
        keys?.add(key);
      }
      at = end - 1;
    }
  }
  return undefined;
}

function stringEnd(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at + 1;
}

function isFollowedByColon(text: string, at: number): boolean {
  let next = at;
  while (next < text.length && " \t\r\n".includes(text.charAt(next))) next++;
  return text[next] === ":";
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && !Object.is(value, -0) && (value as number) >= 0;
}

/** A value as JSON, cut short and not below its first level: a corrupt file can hold megabytes, nested deeper than the stack. */
function show(value: unknown): string {
  const shallow = (item: unknown): string => (typeof item === "object" && item !== null ? "…" : JSON.stringify(item));
  let text: string;
  if (Array.isArray(value)) text = `[${value.slice(0, 16).map(shallow).join(",")}${value.length > 16 ? ",…]" : "]"}`;
  else if (isObject(value)) text = "an object";
  else text = value === undefined ? "nothing" : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
