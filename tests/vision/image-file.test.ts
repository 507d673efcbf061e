// Image files of every kind, read as Pillow reads them, and written so that they come back.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { FormatError, rand, type Tensor, tensor, zeros } from "../../src/index.ts";
import { readImage, readImageAsync, writeImage } from "../../src/vision/index.ts";

interface Fixture {
  name: string;
  file: string;
  shape: [number, number];
  rgba: string;
  gray: string;
}

const fixtures: Fixture[] = JSON.parse(readFileSync(new URL("fixtures/images.json", import.meta.url), "utf8"));
const bytesOf = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, "base64"));
const sharpInstalled = ((): boolean => {
  try {
    createRequire(new URL("../../src/vision/image-file.ts", import.meta.url)).resolve("sharp");
    return true;
  } catch {
    return false;
  }
})();
const folder = mkdtempSync(join(tmpdir(), "nabla-images-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** The most that two images differ. */
function farthest(image: Tensor, wanted: Uint8Array): number {
  const got = image.data();
  expect(got.length).toBe(wanted.length);
  return wanted.reduce((most, value, i) => Math.max(most, Math.abs(value - (got[i] as number))), 0);
}

describe.each(fixtures)("$name", ({ name, file, shape, rgba, gray }) => {
  // JPEG leaves decoders some freedom: rounding, and how colours of half the resolution are enlarged.
  const slack = name.includes("JPEG") ? (name.includes("4:4:4") || /gray|orient/.test(name) ? 3 : 12) : 0;

  test("has Pillow's pixels in every mode", () => {
    const bytes = bytesOf(file);
    const wanted = bytesOf(rgba);
    const full = readImage(bytes, { mode: "rgba" });
    expect([full.shape, full.dtype]).toEqual([[4, ...shape], "uint8"]);
    expect(farthest(full, wanted)).toBeLessThanOrEqual(slack);
    const rgb = readImage(bytes);
    expect(rgb.shape).toEqual([3, ...shape]);
    expect(farthest(rgb, wanted.subarray(0, 3 * shape[0] * shape[1]))).toBeLessThanOrEqual(slack);
    const one = readImage(bytes, { mode: "gray" });
    expect(one.shape).toEqual([1, ...shape]);
    expect(farthest(one, bytesOf(gray))).toBeLessThanOrEqual(slack);
  });

  test("reads the same from a path", () => {
    const path = join(folder, "some file");
    writeFileSync(path, bytesOf(file));
    expect(readImage(path).toArray()).toEqual(readImage(bytesOf(file)).toArray());
  });
});

describe("readImageAsync", () => {
  test("gives the pixels of readImage, with or without sharp", async () => {
    for (const { name, file } of fixtures) {
      const bytes = bytesOf(file);
      const found = await readImageAsync(bytes, { mode: "rgba" });
      const plain = readImage(bytes, { mode: "rgba" });
      expect(found.shape).toEqual(plain.shape);
      expect(farthest(found, plain.data() as Uint8Array)).toBeLessThanOrEqual(name.includes("JPEG") ? 12 : 0);
    }
  });

  test("says what is wrong with a file", async () => {
    const jpeg = bytesOf(fixtures.find(({ name }) => name === "JPEG")?.file as string);
    await expect(readImageAsync(jpeg.subarray(0, jpeg.length / 2))).rejects.toThrow(FormatError);
    await expect(readImageAsync(jpeg.subarray(0, jpeg.length / 2))).rejects.toThrow(
      /"bytes": the file must be a whole/,
    );
    await expect(readImageAsync(new Uint8Array(50))).rejects.toThrow(/got 50 zero bytes/);
    await expect(readImageAsync("none.png")).rejects.toThrow(/none\.png": no such file/);
  });

  // sharp is optional, and WebP is read by it alone.
  test.skipIf(!sharpInstalled)("reads WebP with sharp", async () => {
    const webp = bytesOf("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==");
    expect((await readImageAsync(webp)).shape).toEqual([3, 1, 1]);
    expect(() => readImage(webp)).toThrow(/got WebP; convert it first, or use readImageAsync with sharp installed/);
  });
});

describe("writeImage", () => {
  test.each([1, 3, 4] as const)("PNG with %d channels comes back as it was", (channels) => {
    const path = join(folder, `a${channels}.png`);
    const image: Tensor = rand(channels, 9, 5).mul(255).to("uint8");
    writeImage(image, path);
    const mode = ({ 1: "gray", 3: "rgb", 4: "rgba" } as const)[channels];
    expect(readImage(path, { mode }).toArray()).toEqual(image.toArray());
  });

  test("floats from 0 to 1 become 255ths, and an image may have no channels", () => {
    const path = join(folder, "b.PNG");
    writeImage(tensor([[0, 0.2], [0.5, 1]]), path); // biome-ignore format: a matrix
    expect(readImage(path, { mode: "gray" }).toArray()).toEqual([[[0, 51], [128, 255]]]); // biome-ignore format: a matrix
  });

  test("a transposed view is written as it looks", () => {
    const path = join(folder, "c.png");
    const image: Tensor = tensor([[[1, 2, 3], [4, 5, 6]]], { dtype: "uint8" }); // biome-ignore format: a matrix
    writeImage(image.transpose(1, 2), path);
    expect(readImage(path, { mode: "gray" }).toArray()).toEqual([[[1, 4], [2, 5], [3, 6]]]); // biome-ignore format: a matrix
  });

  test("JPEG comes back nearly, better with more quality", () => {
    const ramp = Uint8Array.from({ length: 3 * 16 * 16 }, (_, i) => (i % 16) * 15);
    const image: Tensor = (tensor(ramp) as Tensor).reshape(3, 16, 16);
    const error = (quality: number): number => {
      const path = join(folder, "d.jpg");
      writeImage(image, path, { quality });
      return farthest(readImage(path), ramp);
    };
    expect(error(100)).toBeLessThanOrEqual(4);
    expect(error(20)).toBeGreaterThan(error(100));
    writeImage(zeros([1, 8, 8], { dtype: "uint8" }), join(folder, "e.jpeg"));
    expect(farthest(readImage(join(folder, "e.jpeg"), { mode: "gray" }), new Uint8Array(64))).toBe(0);
  });
});
