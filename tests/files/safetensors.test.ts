import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { DTypeError, FormatError, NablaError, ShapeError, ValueError } from "../../src/errors.ts";
import {
  decodeSafetensors,
  encodeSafetensors,
  type Safetensors,
  type SafetensorsEntry,
} from "../../src/files/safetensors.ts";

const reference = new Uint8Array(readFileSync(new URL("reference.safetensors", import.meta.url)));

function file(header: string, data: Uint8Array = new Uint8Array(0)): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}

function failure(bytes: Uint8Array): string {
  try {
    decodeSafetensors(bytes, "m.safetensors");
  } catch (error) {
    expect(error).toBeInstanceOf(FormatError);
    const { message } = error as FormatError;
    expect(message.startsWith('safetensors "m.safetensors": ')).toBe(true);
    return message.slice('safetensors "m.safetensors": '.length);
  }
  throw new Error("decoded without an error");
}

function floats(entry: SafetensorsEntry | undefined): number[] {
  if (entry === undefined) throw new Error("no such entry");
  return [...new Float32Array(entry.data.buffer, entry.data.byteOffset, entry.data.length / 4)];
}

const f32 = (...values: number[]): Uint8Array => new Uint8Array(Float32Array.from(values).buffer);

describe("a file of the reference implementation", () => {
  const { entries, metadata } = decodeSafetensors(reference, "reference.safetensors");

  test("gives names, dtypes, shapes and metadata", () => {
    expect(Object.fromEntries([...entries].map(([name, { dtype, shape }]) => [name, [dtype, ...shape]]))).toEqual({
      "fc1.weight": ["F32", 2, 3],
      "fc1.bias": ["F32", 2],
      double: ["F64"],
      "bn.num_batches_tracked": ["I64"],
      labels: ["I32", 2],
      pixels: ["U8", 1, 3],
      mask: ["BOOL", 3],
      empty: ["F32", 0, 5],
      half: ["F16", 10],
      brain: ["BF16", 4],
      'é "quoted"\n🙂': ["U8", 1],
    });
    expect(metadata).toEqual({ framework: "é" });
  });

  test("gives the values", () => {
    expect(floats(entries.get("fc1.weight"))).toEqual([0, 0.25, 0.5, 0.75, 1, 1.25]);
    expect(floats(entries.get("fc1.bias"))).toEqual([-1.5, 3.25]);
    const data = (name: string) => (entries.get(name) as SafetensorsEntry).data;
    expect(new Float64Array(data("double").slice().buffer)).toEqual(Float64Array.of(Math.PI));
    expect(new BigInt64Array(data("bn.num_batches_tracked").slice().buffer)).toEqual(BigInt64Array.of(2n ** 40n + 1n));
    expect(new Int32Array(data("labels").slice().buffer)).toEqual(Int32Array.of(-7, 2 ** 31 - 1));
    expect([...data("pixels")]).toEqual([0, 127, 255]);
    expect([...data("mask")]).toEqual([1, 0, 1]);
    expect(data("empty").length).toBe(0);
  });

  test("halves are widened to float32 when asked", () => {
    const widened = decodeSafetensors(reference, "reference.safetensors", {
      halfToFloat32: true,
    }).entries;
    expect(widened.get("half")?.dtype).toBe("F32");
    const tiny = [1023 * 2 ** -24, 2 ** -24];
    expect(floats(widened.get("half"))).toEqual([0, -0, 1, -2.5, 65504, ...tiny, Infinity, -Infinity, NaN]);
    expect(floats(widened.get("brain"))).toEqual([1, -2.5, 2 ** 127, Infinity]);
    expect(widened.get("fc1.weight")).toEqual(entries.get("fc1.weight"));
  });

  test("is written again byte for byte, from entries in any order", () => {
    const shuffled = new Map([...entries].reverse());
    expect(encodeSafetensors(shuffled, metadata)).toEqual(reference);
    expect(encodeSafetensors(Object.fromEntries(shuffled), metadata)).toEqual(reference);
  });
});

test("all 65,536 halves widen as numpy widens them", () => {
  const data = new Uint8Array(Uint16Array.from({ length: 65536 }, (_, i) => i).buffer);
  const bytes = encodeSafetensors({
    h: { dtype: "F16", shape: [65536], data },
  });
  const values = Float32Array.from(floats(decodeSafetensors(bytes, "h", { halfToFloat32: true }).entries.get("h")));
  const bits = new Uint32Array(values.buffer).map((bit, i) => (Number.isNaN(values[i]) ? 0x7fc00000 : bit));
  const hash = createHash("sha256").update(bits).digest("hex");
  expect(hash).toBe("385ff5fe69182797cda5f1827e20cf423f4416bc9246f27d0eec27cac9039259");
});

describe("writing", () => {
  test("no tensors at all, as the reference writes it", () => {
    expect([...encodeSafetensors({})]).toEqual([8, 0, 0, 0, 0, 0, 0, 0, 123, 125, 32, 32, 32, 32, 32, 32]);
    expect(decodeSafetensors(encodeSafetensors({}), "empty")).toEqual({
      entries: new Map(),
      metadata: {},
    });
  });

  test("the data begin at a multiple of 8 for every length of name", () => {
    for (let length = 1; length <= 9; length++) {
      const bytes = encodeSafetensors({
        ["n".repeat(length)]: { dtype: "F32", shape: [1], data: f32(1) },
      });
      expect(new DataView(bytes.buffer).getUint32(0, true) % 8).toBe(0);
    }
  });

  test("names and metadata keys that objects treat specially survive", () => {
    const entry = { dtype: "U8", shape: [1], data: Uint8Array.of(7) } as const;
    const names = ["__proto__", "constructor", "toString", "1", "", "a\\b", "\u2028"];
    const metadata = Object.fromEntries(names.map((name) => [name, name]));
    const decoded = decodeSafetensors(encodeSafetensors(new Map(names.map((name) => [name, entry])), metadata), "odd");
    expect([...decoded.entries.keys()].sort()).toEqual([...names].sort());
    expect(Object.entries(decoded.metadata).sort()).toEqual(Object.entries(metadata).sort());
    expect(Object.getPrototypeOf(decoded.metadata)).toBe(Object.prototype);
  });

  test.each([
    [
      "bytes too few",
      { a: { dtype: "F32", shape: [2], data: f32(1) } },
      ShapeError,
      /must have 8 bytes as F32 \[2\]; got 4/,
    ],
    ["a fraction as size", { a: { dtype: "F32", shape: [0.5], data: f32() } }, ShapeError, /whole numbers/],
    [
      "a size beyond counting",
      { a: { dtype: "F32", shape: [2 ** 52, 4], data: f32() } },
      ShapeError,
      /fewer than 2\^53/,
    ],
    [
      "an unknown dtype",
      { a: { dtype: "float32", shape: [1], data: f32(1) } },
      DTypeError,
      /out of BOOL.*got "float32"/,
    ],
    ["the reserved name", { __metadata__: { dtype: "F32", shape: [1], data: f32(1) } }, ValueError, /reserved/],
    ["half a surrogate pair", { "\ud800": { dtype: "F32", shape: [1], data: f32(1) } }, ValueError, /Unicode/],
  ])("refuses %s", (_, entries, type, message) => {
    const write = () => encodeSafetensors(entries as unknown as Record<string, SafetensorsEntry>);
    expect(write).toThrow(type);
    expect(write).toThrow(message);
  });

  test("refuses metadata that is not text", () => {
    const write = () => encodeSafetensors({}, { epoch: 3 } as unknown as Record<string, string>);
    expect(write).toThrow('encodeSafetensors: metadata "epoch" must be text; got 3');
    expect(write).toThrow(ValueError);
  });
});

test("data are views where they are aligned and copies where they are not", () => {
  const bytes = encodeSafetensors({
    a: { dtype: "F32", shape: [2], data: f32(1, 2) },
  });
  const view = decodeSafetensors(bytes, "a").entries.get("a") as SafetensorsEntry;
  expect(view.data.buffer).toBe(bytes.buffer);
  const moved = new Uint8Array(bytes.length + 1).subarray(1);
  moved.set(bytes);
  const copy = decodeSafetensors(moved, "a").entries.get("a") as SafetensorsEntry;
  expect(copy.data.buffer).not.toBe(moved.buffer);
  expect(floats(copy)).toEqual([1, 2]);
});

const entry = (dtype: string, shape: string, offsets: string): string =>
  `{"dtype":"${dtype}","shape":${shape},"data_offsets":${offsets}}`;
const one = entry("F32", "[1]", "[0,4]");
const four = new Uint8Array(4);

describe("a file that is not well-formed is refused with the reason", () => {
  test.each([
    ["no bytes", new Uint8Array(0), "a file begins with the 8-byte length of its header; got 0 bytes in all"],
    ["7 bytes", new Uint8Array(7), "a file begins with the 8-byte length of its header; got 7 bytes in all"],
    [
      "an empty header",
      new Uint8Array(8),
      'the header must begin with "{"; got an empty header, so this is another format',
    ],
    ["an array", file("[]"), 'the header must begin with "{"; got byte 0x5b, so this is another format'],
    ["leading space", file(" {}"), 'the header must begin with "{"; got byte 0x20, so this is another format'],
    ["a longer header", file("{}").with(0, 10), "the header has 10 bytes; got only 2, so the file is truncated"],
    [
      "data twice",
      file(`{"a":${one},"b":${one}}`, four),
      'tensor "b" must not overlap another; it begins at 0, before 4',
    ],
    ["a tensor as null", file('{"a":null}'), 'tensor "a" must be an object; got null'],
    ["no shape", file('{"a":{"dtype":"F32"}}'), /^tensor "a" must have a shape .*; got nothing$/],
    [
      "negative sizes",
      file(`{"a":${entry("F32", "[-1]", "[0,4]")}}`, four),
      /^tensor "a" must have a shape .*; got \[-1\]$/,
    ],
    ["a size of -0", file(`{"a":${entry("F32", "[-0]", "[0,0]")}}`), /must have a shape/],
    ["a size of 1e99", file(`{"a":${entry("F32", "[1e99]", "[0,4]")}}`, four), /must have a shape .*; got \[1e\+99\]$/],
    [
      "three offsets",
      file(`{"a":${entry("F32", "[1]", "[0,4,8]")}}`, four),
      /must have data_offsets .*; got \[0,4,8\]$/,
    ],
    [
      "offsets reversed",
      file(`{"a":${entry("F32", "[1]", "[4,0]")}}`, four),
      /must end after it begins; got .*\[4,0\]$/,
    ],
    ["an unknown dtype", file(`{"a":${entry("F4", "[1]", "[0,4]")}}`, four), /dtype out of BOOL, .*; got "F4"$/],
    ["a dtype of Object", file(`{"a":${entry("toString", "[1]", "[0,4]")}}`, four), /dtype out of .*; got "toString"$/],
    [
      "a header too long",
      file("{}").with(7, 1),
      "the header must be at most 100000000 bytes; got a length of 72057594037927938, so this is another format",
    ],
    [
      "bytes that do not fit the shape",
      file(`{"a":${entry("F32", "[2]", "[0,4]")}}`, four),
      'tensor "a" must take 8 bytes as F32 [2]; got 4 in its data_offsets',
    ],
    [
      "sizes beyond counting",
      file(`{"a":${entry("F32", "[4294967296,4294967296]", "[0,4]")}}`, four),
      'tensor "a" must have a size below 2^53 bytes; got F32 [4294967296,4294967296]',
    ],
    [
      "a hole",
      file(`{"a":${one},"b":${entry("U8", "[2]", "[6,8]")}}`, new Uint8Array(8)),
      'the data must have no holes; got one from 4 to 6, before tensor "b"',
    ],
    [
      "data cut off",
      file(`{"a":${one}}`, four.subarray(0, 3)),
      'tensor "a" ends at byte 4 of the data; got 3 bytes of data, so the file is truncated',
    ],
    [
      "data left over",
      file(`{"a":${one}}`, new Uint8Array(9)),
      "the data must end where the last tensor ends, at byte 4; got 5 more bytes",
    ],
    ["not JSON", file('{"a":}'), /^the header must be JSON; .*not valid JSON/],
    ["not UTF-8", file("{}").with(9, 0xff), "the header must be UTF-8; got other bytes"],
    ["a tensor twice", file(`{"a":${one},"\\u0061" :${one}}`, four), 'keys must be unique; got "a" twice'],
    ["a field twice", file(`{"a":{"dtype":"U8",${one.slice(1)}}`, four), 'keys must be unique; got "dtype" twice'],
    ["metadata as a list", file('{"__metadata__":[]}'), "__metadata__ must be an object of strings; got []"],
    ["metadata numbers", file('{"__metadata__":{"a":1}}'), '__metadata__ must hold strings only; got "a": 1'],
  ])("%s", (_, bytes, message) => {
    if (typeof message === "string") expect(failure(bytes)).toBe(message);
    else expect(failure(bytes)).toMatch(message);
  });

  test("a value of megabytes is cut short in the message", () => {
    const long = "x".repeat(3e6);
    expect(failure(file(`{"a":"${long}"}`)).length).toBeLessThan(200);
    expect(failure(file(`{"a":{"dtype":"F32","shape":["${long}"]}}`)).length).toBeLessThan(200);
  });

  test("deep nesting and long strings are errors, not crashes", () => {
    const depth = 200_000;
    expect(failure(file(`{"a":${"[".repeat(depth)}${"]".repeat(depth)}}`))).toMatch(/must be an object/);
    expect(failure(file(`{"a":"${"\\n".repeat(depth)}"}`))).toMatch(/must be an object/);
  });
});

test("repeated words inside strings and in different objects are not duplicate keys", () => {
  const metadata = { 'a":"': 'a":"', dtype: '{"a":1,"a":1}', "\\": "\\" };
  const entries = {
    a: { dtype: "U8", shape: [1], data: Uint8Array.of(1) },
    dtype: { dtype: "U8", shape: [0], data: f32() },
  };
  const decoded = decodeSafetensors(encodeSafetensors(entries as Record<string, SafetensorsEntry>, metadata), "x");
  expect(decoded.metadata).toEqual(metadata);
  expect([...decoded.entries.keys()]).toEqual(["a", "dtype"]);
});

describe("any damage gives a FormatError or a consistent decode", () => {
  /** What a decode must satisfy whatever the bytes were. */
  function check(bytes: Uint8Array): Safetensors | undefined {
    let decoded: Safetensors;
    try {
      decoded = decodeSafetensors(bytes, "damaged", { halfToFloat32: true });
    } catch (error) {
      if (error instanceof FormatError) return undefined;
      throw new Error(`not a FormatError: ${error}`, { cause: error });
    }
    for (const { dtype, shape, data } of decoded.entries.values()) {
      const size = shape.reduce((product, length) => product * length, 1);
      const itemBytes = Number(/\d+$/.exec(dtype.replace("BOOL", "U8").replace(/^F8_.*/, "U8"))?.[0]) / 8;
      expect(data.length).toBe(size * itemBytes);
      expect(data.byteOffset % itemBytes).toBe(0);
    }
    return decoded;
  }

  test("every truncation and every extension", () => {
    for (let length = 0; length < reference.length; length++) expect(check(reference.slice(0, length))).toBeUndefined();
    const longer = new Uint8Array(reference.length + 1);
    longer.set(reference);
    expect(check(longer)).toBeUndefined();
  });

  test("every bit of the first kilobyte flipped", () => {
    let refused = 0;
    for (let bit = 0; bit < reference.length * 8; bit++) {
      const damaged = reference.slice();
      damaged[bit >> 3] = (damaged[bit >> 3] as number) ^ (1 << (bit & 7));
      if (check(damaged) === undefined) refused++;
    }
    // All of the header's structure is checked; only names, metadata text and data can change unnoticed.
    expect(refused).toBeGreaterThan(2000);
    expect(refused).toBeLessThan(reference.length * 8);
  });

  test("thousands of random changes of several bytes", () => {
    let state = 777;
    const random = (below: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    const spice = new TextEncoder().encode('{}[]",:0129-eF64IBU\\ \u0000\u007f');
    for (let round = 0; round < 6000; round++) {
      const damaged = reference.slice();
      for (let change = random(6); change >= 0; change--) {
        const at = random(random(2) === 0 ? 8 : damaged.length);
        damaged[at] = random(2) === 0 ? random(256) : (spice[random(spice.length)] as number);
      }
      check(damaged);
    }
  });
});

test("errors of both directions are NablaErrors with codes", () => {
  expect(() => decodeSafetensors(new Uint8Array(3), "a")).toThrow(expect.objectContaining({ code: "ERR_FORMAT" }));
  const bad = { a: { dtype: "F32", shape: [2], data: f32(1) } } as const;
  expect(() => encodeSafetensors(bad)).toThrow(NablaError);
});
