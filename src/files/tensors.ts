/** Tensors in files: the safetensors format, which PyTorch programs read and write too. */
import { backend } from "../backend/index.ts";
import { FormatError, ValueError } from "../errors.ts";
import { empty, Tensor, tensor } from "../ops/index.ts";
import type { DType, TypedArray } from "../tensor/dtypes.ts";
import { writeFileAtomic } from "./atomic.ts";
import { readFileBytes } from "./read.ts";
import { decodeSafetensors, encodeSafetensors, type SafetensorsDType, type SafetensorsEntry } from "./safetensors.ts";

const TO_FILE: Readonly<Record<DType, SafetensorsDType>> = {
  float32: "F32",
  float64: "F64",
  int32: "I32",
  uint8: "U8",
  bool: "BOOL",
};
const FROM_FILE: Partial<Record<SafetensorsDType, DType>> = {
  F32: "float32",
  F64: "float64",
  I32: "int32",
  U8: "uint8",
  BOOL: "bool",
};

/**
 * Writes tensors to a safetensors file, by key; `metadata` holds strings beside them. The file is written beside and
 * renamed: an earlier one stays whole until the new one is complete.
 *
 * @throws {FileError} if the file cannot be written, as in a browser: {@link serialize} gives the bytes. The error
 * names the path.
 * @throws {ValueError} if a value is no tensor, metadata are no texts, or a name is reserved by the format.
 * @example
 * save(model.stateDict(), "model.safetensors");
 */
export function save(
  tensors: Readonly<Record<string, Tensor>>,
  path: string,
  metadata: Readonly<Record<string, string>> = {},
): void {
  writeFileAtomic(path, encode("save", tensors, metadata));
}

/**
 * The bytes of a safetensors file of the tensors, by key, for where there are no files: `load` takes them back. `metadata`
 * are texts by name that stand in the header.
 *
 * @throws {ValueError} if a value is no tensor, metadata are no texts, or a name is reserved by the format.
 * @example
 * load(serialize({ w: ones(2) })).w!.toArray(); // [1, 1]
 */
export function serialize(
  tensors: Readonly<Record<string, Tensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  return encode("serialize", tensors, metadata);
}

function encode(
  op: string,
  tensors: Readonly<Record<string, Tensor>>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  if (typeof tensors !== "object" || tensors === null) {
    throw new ValueError(`${op}: takes an object of tensors by key, as model.stateDict(); got ${String(tensors)}`);
  }
  const entries = new Map<string, SafetensorsEntry>();
  for (const [key, x] of Object.entries(tensors)) {
    if (!(x instanceof Tensor)) throw new ValueError(`${op}: ${JSON.stringify(key)} is no tensor but ${typeof x}`);
    entries.set(key, toEntry(x, key));
  }
  return encodeSafetensors(entries, metadata, op);
}

/**
 * Reads the tensors of a safetensors file, by key, from its path or from its bytes. F16 and BF16 become float32, and
 * I64 becomes int32 where every value fits. In a browser there are bytes only, such as `await response.arrayBuffer()`
 * of a `fetch` or `await blob.arrayBuffer()`. The source is a path, or the bytes of a file.
 *
 * @throws {FileError} if the file cannot be read.
 * @throws {MemoryError} if the file does not fit in memory.
 * @throws {FormatError} if the bytes are corrupt, of another format, or hold a dtype or a number that no tensor has.
 * @throws {ValueError} if `source` is neither a path nor bytes.
 * @example
 * model.loadStateDict(load("model.safetensors"));
 */
export function load(source: string | ArrayBufferLike | Uint8Array): Record<string, Tensor> {
  const name = typeof source === "string" ? source : "bytes";
  const { entries } = decodeSafetensors(bytesOf(source), name, { halfToFloat32: true });
  return Object.fromEntries([...entries].map(([key, entry]) => [key, fromEntry(name, key, entry)]));
}

function bytesOf(source: string | ArrayBufferLike | Uint8Array): Uint8Array {
  if (typeof source === "string") return readFileBytes(source);
  if (source instanceof Uint8Array) return source;
  const kind = Object.prototype.toString.call(source).slice(8, -1);
  if (kind === "ArrayBuffer" || kind === "SharedArrayBuffer") return new Uint8Array(source);
  throw new ValueError(
    `load: takes a path, an ArrayBuffer or a Uint8Array; got ${kind}; for a Blob or a response, await its arrayBuffer()`,
  );
}

/** PyTorch counts batches in int64, and so do its files. */
const COUNTER = /(^|\.)num_batches_tracked$/;

export function toEntry(x: Tensor, key = ""): SafetensorsEntry {
  const values: TypedArray = x.data();
  if (x.dtype === "int32" && COUNTER.test(key)) {
    return { dtype: "I64", shape: x.shape, data: new Uint8Array(BigInt64Array.from(values, BigInt).buffer) };
  }
  const data = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return { dtype: TO_FILE[x.dtype], shape: x.shape, data };
}

export function fromEntry(path: string, key: string, entry: SafetensorsEntry): Tensor {
  if (entry.dtype === "I64") return fromInt64(path, key, entry);
  const dtype = FROM_FILE[entry.dtype];
  if (dtype === undefined)
    throw new FormatError(`load ${JSON.stringify(path)}: ${key} has dtype ${entry.dtype}, which no tensor has`);
  const x = empty(entry.shape, { dtype });
  backend.view(x.storage).set(entry.data);
  return x;
}

function fromInt64(path: string, key: string, entry: SafetensorsEntry): Tensor {
  const values = new BigInt64Array(entry.data.buffer, entry.data.byteOffset, entry.data.byteLength / 8);
  const wide = values.find((value) => value !== BigInt.asIntN(32, value));
  if (wide !== undefined)
    throw new FormatError(`load ${JSON.stringify(path)}: ${key} holds ${wide}, which does not fit int32`);
  const flat: Tensor = tensor(Int32Array.from(values, Number));
  return flat.reshape(...entry.shape);
}
