import { FormatError } from "../errors.ts";

/** The arrays an IDX file can hold, each as the typed array of its numbers. */
export type IdxArray =
  | { readonly dtype: "uint8"; readonly shape: readonly number[]; readonly data: Uint8Array }
  | { readonly dtype: "int8"; readonly shape: readonly number[]; readonly data: Int8Array }
  | { readonly dtype: "int16"; readonly shape: readonly number[]; readonly data: Int16Array }
  | { readonly dtype: "int32"; readonly shape: readonly number[]; readonly data: Int32Array }
  | { readonly dtype: "float32"; readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly dtype: "float64"; readonly shape: readonly number[]; readonly data: Float64Array };

const types = new Map([
  [0x08, { dtype: "uint8", itemBytes: 1 }],
  [0x09, { dtype: "int8", itemBytes: 1 }],
  [0x0b, { dtype: "int16", itemBytes: 2 }],
  [0x0c, { dtype: "int32", itemBytes: 4 }],
  [0x0d, { dtype: "float32", itemBytes: 4 }],
  [0x0e, { dtype: "float64", itemBytes: 8 }],
] as const);

/**
 * Reads an IDX file, the format of MNIST: a magic number (0, 0, type, number of dimensions), one big-endian 32-bit size per dimension,
 * then the numbers, big-endian, the last dimension running fastest. (http://yann.lecun.com/exdb/mnist/, "the IDX file format".)
 *
 * @param bytes - the whole unpacked file; uint8 and int8 data stay views of it
 * @param name - named in errors
 * @throws {FormatError} when the magic number is not IDX's or the file's length is not what its sizes ask for.
 *
 * @example
 * const labels = parseIdx(readFileBytes("t10k-labels-idx1-ubyte"), "t10k-labels-idx1-ubyte");
 * console.log(labels.dtype, labels.shape); // uint8 [ 10000 ]
 */
export function parseIdx(bytes: Uint8Array, name: string): IdxArray {
  const fail = (rule: string): FormatError => new FormatError(`IDX ${JSON.stringify(name)}: ${rule}`);
  if (bytes.length < 4) throw fail(`a file begins with a magic number of 4 bytes; got ${bytes.length} bytes in all`);
  const [zero, nil, code, dimensions] = bytes as unknown as [number, number, number, number];
  const type = types.get(code as 0x08);
  if (zero !== 0 || nil !== 0 || type === undefined) throw fail(magicRule(bytes));

  const header = 4 + 4 * dimensions;
  if (bytes.length < header) {
    throw fail(
      `${dimensions} dimensions need a header of ${header} bytes; got ${bytes.length}, so the file is truncated`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const shape = Array.from({ length: dimensions }, (_, i) => view.getUint32(4 + 4 * i));
  const expected = shape.reduce((product, size) => product * size, type.itemBytes);
  if (!(expected <= Number.MAX_SAFE_INTEGER)) throw fail(`the sizes [${shape.join(", ")}] are too large for any file`);
  const found = bytes.length - header;
  if (found !== expected) {
    const what = found < expected ? "the file is truncated" : `${found - expected} bytes trail`;
    throw fail(`sizes [${shape.join(", ")}] of ${type.dtype} need ${expected} bytes of data; got ${found}, so ${what}`);
  }
  return { dtype: type.dtype, shape, data: read[type.dtype](view, header, expected / type.itemBytes) } as IdxArray;
}

function magicRule(bytes: Uint8Array): string {
  const magic = [...bytes.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
  let hint = "";
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) hint = ", which is a gzip archive: unpack it first";
  else if (bytes[0] === 0x3c) hint = ", which looks like a web page: the download went wrong";
  return `the magic number must be 00 00, a type (08, 09, 0b to 0e) and a number of dimensions; got ${magic}${hint}`;
}

// Copied number by number: IDX is big-endian, typed arrays have the machine's order.
const read = {
  uint8: (view: DataView, start: number, length: number) =>
    new Uint8Array(view.buffer, view.byteOffset + start, length),
  int8: (view: DataView, start: number, length: number) => new Int8Array(view.buffer, view.byteOffset + start, length),
  int16: (view: DataView, start: number, length: number) =>
    new Int16Array(length).map((_, i) => view.getInt16(start + 2 * i)),
  int32: (view: DataView, start: number, length: number) =>
    new Int32Array(length).map((_, i) => view.getInt32(start + 4 * i)),
  float32: (view: DataView, start: number, length: number) =>
    new Float32Array(length).map((_, i) => view.getFloat32(start + 4 * i)),
  float64: (view: DataView, start: number, length: number) =>
    new Float64Array(length).map((_, i) => view.getFloat64(start + 8 * i)),
};
