// What PyTorch drew from a seed, and the comparison with it bit for bit. Made by scripts/make-parity-fixtures.mjs.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

/** The element types of a fixture; integers beyond int32 are stored as float64 ("int53") or as 64 bits ("int64"). */
export type StoredType = "f32" | "f64" | "int32" | "int53" | "int64";

/** One tensor: all its little-endian bytes in base64, or their hash with the first and the last 8 elements. */
export interface Vector {
  readonly dtype: StoredType;
  readonly shape: readonly number[];
  readonly data?: string;
  readonly sha256?: string;
  readonly first?: string;
  readonly last?: string;
}

export interface Vectors {
  readonly torch: string;
  readonly seed: number;
  readonly cases: Readonly<Record<string, readonly Vector[]>>;
}

/** Reads a fixture of this directory. */
export function readVectors(file: string): Vectors {
  return JSON.parse(readFileSync(new URL(file, import.meta.url), "utf8")) as Vectors;
}

/** The bytes of `values` in the vector's stored type. */
function bytesOf(values: ArrayLike<number | bigint>, dtype: StoredType): Buffer {
  const size = dtype === "f32" || dtype === "int32" ? 4 : 8;
  const bytes = Buffer.alloc(values.length * size);
  for (let i = 0; i < values.length; i++) {
    const x = values[i] as number | bigint;
    if (dtype === "f32") bytes.writeFloatLE(Number(x), i * size);
    else if (dtype === "int32") bytes.writeInt32LE(Number(x), i * size);
    else if (dtype === "int64") bytes.writeBigInt64LE(BigInt(x), i * size);
    else bytes.writeDoubleLE(Number(x), i * size);
  }
  return bytes;
}

/** Where `values` first differs from the vector, in words; undefined if every bit agrees. */
export function difference(values: ArrayLike<number | bigint>, expected: Vector): string | undefined {
  const count = expected.shape.reduce((product, size) => product * size, 1);
  if (values.length !== count) return `${values.length} elements, not ${count}`;
  const bytes = bytesOf(values, expected.dtype);
  const size = bytes.length / Math.max(count, 1);
  const compare = (base64: string, start: number): string | undefined => {
    const wanted = Buffer.from(base64, "base64");
    const i = [...wanted.keys()].find((at) => wanted[at] !== bytes[start + at]);
    return i === undefined ? undefined : `element ${Math.floor((start + i) / size)} differs`;
  };
  if (expected.data !== undefined) return compare(expected.data, 0);
  const { first = "", last = "", sha256 } = expected;
  const atEnds = compare(first, 0) ?? compare(last, bytes.length - Buffer.from(last, "base64").length);
  if (atEnds) return atEnds;
  return createHash("sha256").update(bytes).digest("hex") === sha256 ? undefined : "an inner element differs";
}
