import { describe, expect, test } from "vitest";
import { FormatError } from "../../src/errors.ts";
import { parseIdx } from "../../src/vision/idx.ts";

/** An IDX file of the given type, sizes and data, written byte by byte. */
function idx(type: number, sizes: readonly number[], data: readonly number[]): Uint8Array {
  const bigEndian = sizes.flatMap((size) => [size >>> 24, (size >>> 16) & 255, (size >>> 8) & 255, size & 255]);
  return Uint8Array.from([0, 0, type, sizes.length, ...bigEndian, ...data]);
}

describe("parseIdx reads", () => {
  test.each([
    ["uint8", 0x08, [0, 128, 255], Uint8Array.of(0, 128, 255)],
    ["int8", 0x09, [0, 127, 128], Int8Array.of(0, 127, -128)],
    ["int16", 0x0b, [0, 1, 1, 0, 0xff, 0xfe], Int16Array.of(1, 256, -2)],
    ["int32", 0x0c, [0, 0, 0, 1, 1, 2, 3, 4, 255, 255, 255, 254], Int32Array.of(1, 0x01020304, -2)],
    ["float32", 0x0d, [0x3f, 0xc0, 0, 0, 0xc0, 0, 0, 0, 0x7f, 0x80, 0, 0], Float32Array.of(1.5, -2, Infinity)],
    [
      "float64",
      0x0e,
      [0x3f, 0xf8, 0, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0, 0x40, 0x09, 0x21, 0xfb, 0x54, 0x44, 0x2d, 0x18],
      Float64Array.of(1.5, -2, Math.PI),
    ],
  ] as const)("%s", (dtype, type, bytes, data) => {
    expect(parseIdx(idx(type, [3], bytes), "x")).toEqual({ dtype, shape: [3], data });
  });

  test("several dimensions, none, and empty ones", () => {
    expect(parseIdx(idx(8, [2, 1, 3], [1, 2, 3, 4, 5, 6]), "x").shape).toEqual([2, 1, 3]);
    expect(parseIdx(idx(8, [], [7]), "x")).toEqual({ dtype: "uint8", shape: [], data: Uint8Array.of(7) });
    expect(parseIdx(idx(0x0e, [0, 5], []), "x")).toEqual({
      dtype: "float64",
      shape: [0, 5],
      data: new Float64Array(0),
    });
  });

  test("from the middle of a buffer, bytes without a copy", () => {
    const file = idx(8, [2], [3, 4]);
    const moved = new Uint8Array(file.length + 6).subarray(3, 3 + file.length);
    moved.set(file);
    const { data } = parseIdx(moved, "x");
    expect([...data]).toEqual([3, 4]);
    expect(data.buffer).toBe(moved.buffer);
    const wide = new Uint8Array(13).subarray(1);
    wide.set(idx(0x0c, [1], [0, 0, 1, 0]));
    expect([...parseIdx(wide, "x").data]).toEqual([256]);
  });
});

describe("parseIdx refuses, naming file and numbers", () => {
  const rule = "the magic number must be 00 00, a type (08, 09, 0b to 0e) and a number of dimensions; got";
  test.each([
    ["no bytes", new Uint8Array(0), "a file begins with a magic number of 4 bytes; got 0 bytes in all"],
    ["another format", Uint8Array.of(1, 2, 3, 4), `${rule} 01 02 03 04`],
    ["the type between int8 and int16", idx(0x0a, [1], [1]), `${rule} 00 00 0a 01`],
    ["an archive", Uint8Array.of(0x1f, 0x8b, 8, 0), `${rule} 1f 8b 08 00, which is a gzip archive: unpack it first`],
    [
      "a web page",
      new TextEncoder().encode("<!DOCTYPE html>"),
      `${rule} 3c 21 44 4f, which looks like a web page: the download went wrong`,
    ],
    [
      "a header cut off",
      idx(8, [1, 2], []).subarray(0, 11),
      "2 dimensions need a header of 12 bytes; got 11, so the file is truncated",
    ],
    [
      "data cut off",
      idx(0x0b, [2, 3], new Array(11).fill(0)),
      "sizes [2, 3] of int16 need 12 bytes of data; got 11, so the file is truncated",
    ],
    ["bytes that trail", idx(8, [2], [1, 2, 3]), "sizes [2] of uint8 need 2 bytes of data; got 3, so 1 bytes trail"],
    [
      "sizes too large",
      idx(8, [0xffffffff, 0xffffffff], []),
      "the sizes [4294967295, 4294967295] are too large for any file",
    ],
    [
      "4 GB that are not there",
      idx(8, [0xffffffff], []),
      "sizes [4294967295] of uint8 need 4294967295 bytes of data; got 0, so the file is truncated",
    ],
  ])("%s", (_, bytes, message) => {
    const parse = () => parseIdx(bytes, "t10k.idx");
    expect(parse).toThrow(FormatError);
    expect(parse).toThrow(`IDX "t10k.idx": ${message}`);
  });

  test("every truncation and every changed byte, or reads something consistent", () => {
    const file = idx(0x0c, [2, 2], new Array(16).fill(1));
    for (let length = 0; length < file.length; length++) {
      expect(() => parseIdx(file.subarray(0, length), "x")).toThrow(FormatError);
    }
    for (let at = 0; at < file.length; at++) {
      for (let value = 0; value < 256; value++) {
        try {
          const { shape, data } = parseIdx(file.with(at, value), "x");
          expect(data.length).toBe(shape.reduce((product, size) => product * size, 1));
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
        }
      }
    }
  });
});
