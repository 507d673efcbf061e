// Files that are no images, or only parts of one: errors that name the file and what was found, and never half-read pixels.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import {
  DTypeError,
  FileError,
  FormatError,
  NablaError,
  rand,
  ShapeError,
  type Tensor,
  ValueError,
  zeros,
} from "../../src/index.ts";
import { type ImageMode, readImage, writeImage } from "../../src/vision/index.ts";

interface Fixture {
  name: string;
  file: string;
}

const fixtures: Fixture[] = JSON.parse(
  readFileSync(new URL("../vision/fixtures/images.json", import.meta.url), "utf8"),
);
const bytesOf = (name: string): Uint8Array => {
  const fixture = fixtures.find((one) => one.name === name);
  if (fixture === undefined) throw new Error(name);
  return new Uint8Array(Buffer.from(fixture.file, "base64"));
};

const folder = mkdtempSync(join(tmpdir(), "nabla-images-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** What reading a file of these bytes says, without the file's path. */
function said(bytes: Uint8Array | string, name = "holiday.png"): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  try {
    readImage(path);
  } catch (error) {
    expect(error).toBeInstanceOf(FormatError);
    expect((error as Error).message).toContain(JSON.stringify(path));
    return (error as Error).message.replace(JSON.stringify(path), "FILE");
  }
  return "nothing";
}

describe("not an image", () => {
  test.each([
    ["", "an empty file"],
    ["hello, world, this is text", 'text that begins with "hello, world, th"'],
    ["<!doctype html>", "an HTML or XML page; convert it first"],
    ["<svg xmlns=", "SVG; convert it first"],
    ["GIF89a...", "GIF; convert it first"],
    ["RIFF....WEBPVP8 ", "WebP; convert it first"],
    ["BM......", "BMP; convert it first"],
    ["%PDF-1.7", "PDF; convert it first"],
    [new Uint8Array(1000), "1000 zero bytes"],
    [Uint8Array.from([1, 2, 3, 250]), "4 bytes that begin with 01 02 03 fa"],
  ])("%j", (bytes, found) => {
    expect(said(bytes)).toBe(`image FILE: the file must be PNG or JPEG; got ${found}`);
  });

  test("a folder, and no file at all", () => {
    mkdirSync(join(folder, "d.png"));
    expect(() => readImage(join(folder, "d.png"))).toThrow(FileError);
    expect(() => readImage(join(folder, "none.png"))).toThrow(/none\.png": no such file or folder/);
  });
});

describe("PNG", () => {
  const whole = bytesOf("RGBA");

  test("cut off anywhere", () => {
    for (const name of ["RGBA", "palette of 2 bits", "16 bits, colour type 2, interlaced"]) {
      const bytes = bytesOf(name);
      for (let length = 8; length < bytes.length; length++) {
        expect(said(bytes.subarray(0, length))).toMatch(/^PNG FILE: the file is truncated/);
      }
    }
    expect(said(whole.subarray(0, 100))).toMatch(
      /^PNG FILE: the file is truncated: IDAT at byte 33 has \d+ bytes; got/,
    );
  });

  test("with any bit wrong", () => {
    for (let i = 8; i < whole.length; i++) {
      expect(said(whole.with(i, (whole[i] as number) ^ (1 << (i % 8))))).toMatch(
        /^PNG FILE: the file is (damaged|truncated)/,
      );
    }
  });

  /** Another header with a right checksum, as a program with a defect writes it. */
  const withHeader = (change: (header: DataView) => void): Uint8Array => {
    const bytes = whole.slice();
    const view = new DataView(bytes.buffer);
    change(new DataView(bytes.buffer, 16, 13));
    view.setUint32(29, crc(bytes.subarray(12, 29)));
    return bytes;
  };

  test("whose header does not fit its pixels", () => {
    expect(said(withHeader((h) => h.setUint32(4, 8)))).toBe("PNG FILE: 11 × 8 pixels need 360 bytes; got 315");
    expect(said(withHeader((h) => h.setUint32(4, 6)))).toMatch(/must unpack to 270 bytes; got "/);
    expect(said(withHeader((h) => h.setUint32(0, 0)))).toBe("PNG FILE: width and height are at least 1; got 0 × 7");
    expect(said(withHeader((h) => h.setUint32(0, 2 ** 31)))).toMatch(
      /at most 268435456 pixels are read; got 2147483648 × 7/,
    );
    expect(said(withHeader((h) => h.setUint8(8, 3)))).toBe("PNG FILE: no image has colour type 6 with 3 bits");
    expect(said(withHeader((h) => h.setUint8(9, 5)))).toBe("PNG FILE: no image has colour type 5 with 8 bits");
    expect(said(withHeader((h) => h.setUint8(12, 2)))).toMatch(/interlacing 0 or 1; got 0, 0, 2/);
    expect(said(withHeader((h) => h.setUint8(9, 3)))).toMatch(/need \d+ bytes|must unpack to 84 bytes/);
  });

  test("without palette, or with pixels beyond it", () => {
    const bytes = bytesOf("palette of 2 bits");
    const at = Buffer.from(bytes).indexOf("PLTE");
    const renamed = bytes.slice();
    renamed.set(Buffer.from("plTE"), at);
    const length = new DataView(bytes.buffer).getUint32(at - 4);
    new DataView(renamed.buffer).setUint32(at + 4 + length, crc(renamed.subarray(at, at + 4 + length)));
    expect(said(renamed)).toBe("PNG FILE: a palette holds 3 bytes for each colour; got no bytes");
    const shorter = Buffer.concat([
      bytes.subarray(0, at - 4),
      Buffer.from([0, 0, 0, 3]),
      framed(Buffer.concat([Buffer.from("PLTE"), bytes.subarray(at + 4, at + 7)])),
      bytes.subarray(at + 8 + length),
    ]);
    expect(said(new Uint8Array(shorter))).toMatch(/the palette has 1 colours; got a pixel of colour [123]/);
  });
});

/** A part of a PNG with its checksum behind. */
function framed(part: Uint8Array): Buffer {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc(part));
  return Buffer.concat([part, sum]);
}

function crc(bytes: Uint8Array): number {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
}

describe("JPEG", () => {
  test("cut off anywhere", () => {
    for (const name of ["JPEG", "progressive JPEG", "JPEG of orientation 6"]) {
      const bytes = bytesOf(name);
      for (let length = 3; length < bytes.length - 1; length += 7) {
        expect(said(bytes.subarray(0, length), "a.jpg")).toMatch(/^JPEG FILE: the file must be a whole JPEG; got "/);
      }
    }
  });

  test("with bytes that are wrong is an error or an image of its size, but never anything else", () => {
    const bytes = bytesOf("JPEG");
    for (let i = 2; i < bytes.length; i += 5) {
      try {
        const image: Tensor = readImage(bytes.with(i, (bytes[i] as number) ^ 0x55));
        expect(image.shape[0]).toBe(3);
      } catch (error) {
        expect(error).toBeInstanceOf(NablaError);
      }
    }
  });
});

describe("arguments", () => {
  test("of readImage", () => {
    expect(() => readImage(bytesOf("RGB"), { mode: "cmyk" as ImageMode })).toThrow(
      new ValueError('readImage: mode is "gray", "rgb" or "rgba"; got "cmyk"'),
    );
    expect(() => readImage(7 as unknown as string)).toThrow("readImage: takes a path or a Uint8Array; got number");
  });

  test("of writeImage", () => {
    const path = join(folder, "x.png");
    expect(() => writeImage(zeros(2, 4, 4), path)).toThrow(ShapeError);
    expect(() => writeImage(zeros(2, 4, 4), path)).toThrow(/with 1, 3 or 4 channels; got \[2, 4, 4\]/);
    expect(() => writeImage(zeros(3, 0, 4), path)).toThrow(ShapeError);
    expect(() => writeImage(zeros(1, 3, 4, 4), path)).toThrow(ShapeError);
    expect(() => writeImage(zeros([4, 4], { dtype: "int32" }), path)).toThrow(DTypeError);
    expect(() => writeImage(rand(4, 4).add(1), path)).toThrow(/float pixels are from 0 to 1; got 1\.\d+; clamp/);
    expect(() => writeImage(zeros(4, 4).div(0), path)).toThrow(/got NaN/);
    expect(() => writeImage(zeros(4, 4), join(folder, "x.gif"))).toThrow(
      /a path ends in \.png, \.jpg or \.jpeg; got ".*x\.gif"/,
    );
    expect(() => writeImage(zeros(4, 4, 4), join(folder, "x.jpg"))).toThrow(/JPEG has no alpha/);
    expect(() => writeImage(zeros(4, 4), join(folder, "x.jpg"), { quality: 0 })).toThrow(
      /quality is from 1 to 100; got 0/,
    );
  });
});
