// Makes the compact fixture of PyTorch's random streams from a vectors file, which holds for every case the tensors
// PyTorch drew after manual_seed: { torch, seed, cases: { name: [{ dtype, shape, bits | vals }] } }.
//
//   node scripts/make-parity-fixtures.mjs <vectors.json>    writes tests/parity/random-seed<seed>.json
//
// A tensor becomes { dtype, shape, data }, data being the base64 of its little-endian bytes. One of more than
// WHOLE elements becomes { dtype, shape, sha256, first, last }: the hash of those bytes, and the base64 of its first and
// last 8 elements to show where a mismatch starts. Bits of f32 and f64 are exact; integers are stored as int32 where they
// all fit, else as f64 ("int53"), else as int64.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";

const WHOLE = 128;
const ENDS = 8;

/** A stored type of `size` bytes per element and how one element of the vectors file is put into it. */
const TYPES = {
  f32: { size: 4, put: (bytes, at, x) => bytes.writeUInt32LE(x, at) },
  f64: { size: 8, put: (bytes, at, x) => bytes.writeBigUInt64LE(BigInt(`0x${x}`), at) },
  int32: { size: 4, put: (bytes, at, x) => bytes.writeInt32LE(Number(x), at) },
  int53: { size: 8, put: (bytes, at, x) => bytes.writeDoubleLE(Number(x), at) },
  int64: { size: 8, put: (bytes, at, x) => bytes.writeBigInt64LE(BigInt(x), at) },
};

function storedType(tensor) {
  if (tensor.bits) return tensor.dtype;
  if (tensor.vals.every((x) => BigInt(x) === BigInt.asIntN(32, BigInt(x)))) return "int32";
  return tensor.vals.every((x) => Number.isSafeInteger(Number(x))) ? "int53" : "int64";
}

function compact(tensor) {
  const dtype = storedType(tensor);
  const { size, put } = TYPES[dtype];
  const values = tensor.bits ?? tensor.vals;
  const bytes = Buffer.alloc(values.length * size);
  for (const [i, x] of values.entries()) put(bytes, i * size, x);
  const { shape } = tensor;
  if (values.length <= WHOLE) return { dtype, shape, data: bytes.toString("base64") };
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const first = bytes.subarray(0, ENDS * size).toString("base64");
  return { dtype, shape, sha256, first, last: bytes.subarray(-ENDS * size).toString("base64") };
}

const source = process.argv[2];
if (!source) {
  console.error("usage: node scripts/make-parity-fixtures.mjs <vectors.json>");
  process.exit(1);
}
const { torch, seed, cases } = JSON.parse(readFileSync(source, "utf8"));
const lines = Object.entries(cases).map(
  ([name, tensors]) => `${JSON.stringify(name)}: ${JSON.stringify(tensors.map(compact))}`,
);
const target = new URL(`../tests/parity/random-seed${seed}.json`, import.meta.url);
mkdirSync(new URL(".", target), { recursive: true });
writeFileSync(target, `{ "torch": ${JSON.stringify(torch)}, "seed": ${seed}, "cases": {\n${lines.join(",\n")}\n} }\n`);
console.log(`${lines.length} cases written to ${target.pathname}`);
