import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { DTypeError, FileError, FormatError, ShapeError, ValueError } from "../../src/errors.ts";
import { ones, type Tensor, tensor, zeros } from "../../src/index.ts";
import { findInk } from "../../src/vision/handwriting/ink.ts";
import { type DigitFromPhotoOptions, digitFromPhoto, MNIST, writeImage } from "../../src/vision/index.ts";

const folder = mkdtempSync(join(tmpdir(), "nabla-handwriting-"));
afterAll(() => rmSync(folder, { recursive: true }));

type Shade = (x: number, y: number) => number;
const [WIDTH, HEIGHT] = [240, 320];

/** How much ink lies at a place: a 7 of straight strokes, 120 pixels high. */
function seven(x: number, y: number, left = 80, top = 90, pen = 6): number {
  const bar = distance(x, y, left, top, left + 80, top);
  const leg = distance(x, y, left + 80, top, left + 30, top + 120);
  return Math.min(bar, leg) < pen ? 1 : 0;
}

/** The same with edges that fall off over a dozen pixels. */
function blurredSeven(x: number, y: number): number {
  const bar = distance(x, y, 80, 90, 160, 90);
  const leg = distance(x, y, 160, 90, 110, 210);
  return 1 / (1 + Math.exp((Math.min(bar, leg) - 6) / 2));
}

function distance(x: number, y: number, x1: number, y1: number, x2: number, y2: number): number {
  const [dx, dy] = [x2 - x1, y2 - y1];
  const share = Math.min(1, Math.max(0, ((x - x1) * dx + (y - y1) * dy) / (dx * dx + dy * dy)));
  return Math.hypot(x - x1 - share * dx, y - y1 - share * dy);
}

/** A page of bytes [1, height, width] with some noise of its own. */
function page(shade: Shade, width = WIDTH, height = HEIGHT): Tensor {
  let seed = 5;
  const noise = (): number => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return (seed / 2147483648 - 0.5) * 6;
  };
  const bytes = Uint8Array.from({ length: width * height }, (_, i) =>
    Math.min(255, Math.max(0, shade(i % width, Math.floor(i / width)) + noise())),
  );
  return tensor(bytes).reshape(1, height, width);
}

/** Dark ink on light paper. */
const written =
  (ink: Shade, paper = 220, pen = 40): Shade =>
  (x, y) =>
    paper + (pen - paper) * ink(x, y);
const plain = digitFromPhoto(page(written(seven)));

/** How alike two pictures are: 1 for the same up to brightness. */
function alike(a: Tensor, b: Tensor): number {
  const [x, y] = [a.data(), b.data()];
  let [xy, xx, yy] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    const [p, q] = [x[i] as number, y[i] as number];
    xy += p * q;
    xx += p * p;
    yy += q * q;
  }
  return xy / Math.sqrt(xx * yy);
}

/** A JPEG with an EXIF block that says how it was held. */
function held(jpeg: Uint8Array, orientation: number): Uint8Array {
  const tiff = [0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0];
  const exif = [0x45, 0x78, 0x69, 0x66, 0, 0, ...tiff];
  return Uint8Array.from([...jpeg.subarray(0, 2), 0xff, 0xe1, 0, exif.length + 2, ...exif, ...jpeg.subarray(2)]);
}

describe("the form of MNIST", () => {
  it("is 28 × 28 from 0 to 1, the digit in 20 × 20 with its centre of mass in the middle", () => {
    const { image } = plain;
    expect(image.shape).toEqual([1, 28, 28]);
    const values = image.data();
    let [sum, x, y] = [0, 0, 0];
    const rows = new Set<number>();
    values.forEach((value, i) => {
      expect(value >= 0 && value <= 1).toBe(true);
      sum += value;
      x += value * ((i % 28) + 0.5);
      y += value * (Math.floor(i / 28) + 0.5);
      if (value > 0.5) rows.add(Math.floor(i / 28));
    });
    expect(Math.abs(x / sum - 14.5)).toBeLessThan(0.25); // as in MNIST: 14.51 and 14.49 on average
    expect(Math.abs(y / sum - 14.5)).toBeLessThan(0.25);
    expect(rows.size).toBeGreaterThanOrEqual(19);
    expect(rows.size).toBeLessThanOrEqual(21);
    expect(Math.max(...values)).toBe(1);
    expect(values[0]).toBe(0);
  });

  it("says where the digit is, in the photo's pixels", () => {
    expect(plain.box.left).toBeCloseTo(74, -1);
    expect(plain.box.top).toBeCloseTo(84, -1);
    expect(plain.box.width).toBeCloseTo(92, -1);
    expect(plain.box.height).toBeCloseTo(132, -1);
    expect(plain.steps.map((step) => step.name)).toEqual(["gray", "ink", "shapes", "cut out", "28 × 28"]);
    expect(plain.steps[0]?.image.shape).toEqual([320, 240]);
  });

  it("has strokes as thick as MNIST's, however thin or thick the pen", () => {
    const thin = digitFromPhoto(page(written((x, y) => seven(x, y, 80, 90, 1.5))));
    expect(alike(thin.image, plain.image)).toBeGreaterThan(0.93);
    const thick = digitFromPhoto(page(written((x, y) => seven(x, y, 80, 90, 10))));
    expect(alike(thick.image, plain.image)).toBeGreaterThan(0.85);
  });

  it("leaves the images of MNIST nearly as they are", async () => {
    const { images } = await MNIST.load({ train: false });
    const likeness = Array.from({ length: 12 }, (_, i) => {
      const original = images.select(0, i);
      return alike(digitFromPhoto(original).image, original.div(255));
    });
    expect(likeness.reduce((sum, one) => sum + one, 0) / 12).toBeGreaterThan(0.93);
    expect(Math.min(...likeness)).toBeGreaterThan(0.8);
    expect(digitFromPhoto(images.select(0, 0)).inverted).toBe(true);
  });
});

describe("light, paper and place change little", () => {
  const shaded =
    (light: Shade): Shade =>
    (x, y) =>
      written(seven)(x, y) * light(x, y);
  /** A pen of three pixels on paper that lies in shadow where `depth` is above 0. */
  const thinAcross =
    (depth: Shade): Shade =>
    (x, y) =>
      written((a, b) => seven(a, b, 80, 90, 2))(x, y) * (1 - 0.5 / (1 + Math.exp(-depth(x, y) / 5)));
  it.each<[string, Shade]>([
    ["a dim light", shaded(() => 0.4)],
    ["light from one side", shaded((x, y) => 1 - 0.35 * (x / WIDTH) - 0.3 * (y / HEIGHT))],
    ["dark corners", shaded((x, y) => 1 - 0.45 * ((x / 120 - 1) ** 2 + (y / 160 - 1) ** 2) * 0.5)],
    ["a shadow over a part", shaded((x, y) => (x + 0.6 * y < 150 ? 0.6 : 1))],
    ["a pale pencil", written(seven, 220, 150)],
    ["chalk on a board", written(seven, 45, 215)],
    ["another place", written((x, y) => seven(x, y, 30, 150))],
    ["specks", (x, y) => written(seven)(x, y) - ((x - 20) ** 2 + (y - 20) ** 2 < 9 ? 150 : 0)],
    ["the table at the edge", (x, y) => (x > 225 ? 70 : written(seven)(x, y))],
    ["ruled paper", (x, y) => written(seven)(x, y) - ((y + 0.05 * x) % 40 < 2 && seven(x, y) === 0 ? 70 : 0)],
    ["squared paper", (x, y) => written(seven)(x, y) - ((x % 40 < 2 || y % 40 < 2) && seven(x, y) === 0 ? 60 : 0)],
    ["a thin pen across a soft, wavy shadow", thinAcross((x, y) => x - 110 - 0.5 * y + 12 * Math.sin(y / 18))],
    ["a thin pen and the round shadow of a phone", thinAcross((x, y) => 90 - Math.hypot(x - 150, y - 230))],
    ["folds", shaded((x, y) => 0.75 + 0.25 * Math.min(1, Math.abs(Math.sin(x / 25 + Math.sin(y / 30)) * 2)))],
    [
      "a table on all sides",
      (x, y) =>
        Math.abs(x - 120 + 0.1 * y) > 105 || y < 30 || y > 290 ? 80 + 20 * Math.sin(x / 4) : written(seven)(x, y),
    ],
    ["glare on a board", (x, y) => written(seven)(x, y) + 40 * Math.exp(-((x - 60) ** 2 + (y - 60) ** 2) / 1500)],
    ["dark cardboard", written(seven, 120, 30)],
    ["out of focus, close to the border", (x, y) => 220 - 150 * blurredSeven(x + 60, y)],
  ])("%s", (_, shade) => {
    expect(alike(digitFromPhoto(page(shade)).image, plain.image)).toBeGreaterThan(0.9);
  });

  it("a brush so broad that it fills most of the image", () => {
    const found = digitFromPhoto(page((x, y) => 255 * (1 - seven(x, y, 60, 60, 26))));
    expect(found.inverted).toBe(false);
    expect(alike(found.image, plain.image)).toBeGreaterThan(0.7);
    expect(digitFromPhoto(page((x, y) => 255 * seven(x, y, 60, 60, 26))).inverted).toBe(true);
  });

  it("what a digit encloses is no writing", () => {
    const ring: Shade = (x, y) => (Math.abs(Math.hypot(x - 120, y - 160) - 60) < 5 ? 1 : 0);
    const { inverted, box } = digitFromPhoto(page(written(ring)));
    expect(inverted).toBe(false);
    expect(box.width).toBeGreaterThan(120);
  });

  it("a digit that is small in a large photo is read from near", () => {
    const small = digitFromPhoto(page((x, y) => written(seven)((x - 380) * 1.6, (y - 500) * 1.6), 960, 1280));
    expect(alike(small.image, plain.image)).toBeGreaterThan(0.95);
    expect(small.box.left).toBeCloseTo(380 + 74 / 1.6, -1);
    expect(small.box.height).toBeCloseTo(132 / 1.6, -1);
  });

  it("says whether the writing is light, and how many rules were taken out", () => {
    expect(digitFromPhoto(page(written(seven, 45, 215))).inverted).toBe(true);
    expect(plain.inverted).toBe(false);
    expect(plain.ruledLines).toBe(0);
    const ruled = page((x, y) => written(seven)(x, y) - (y % 60 < 2 && seven(x, y) === 0 ? 178 : 0));
    expect(digitFromPhoto(ruled).ruledLines).toBeGreaterThanOrEqual(4);
  });

  it("a tall 1 is no ruled line", () => {
    const one = digitFromPhoto(page(written((x, y) => (Math.abs(x - 100 - 0.1 * y) < 6 && y > 40 && y < 285 ? 1 : 0))));
    expect(one.ruledLines).toBe(0);
    expect(one.box.height).toBeGreaterThan(220);
  });

  it("parts of one digit stay together", () => {
    const five: Shade = (x, y) =>
      Math.min(distance(x, y, 90, 100, 80, 150), distance(x, y, 80, 150, 140, 170), distance(x, y, 140, 170, 90, 220)) <
        6 || distance(x, y, 104, 92, 150, 88) < 6
        ? 1
        : 0;
    const { box } = digitFromPhoto(page(written(five)));
    expect(box.top).toBeLessThan(90);
    expect(box.height).toBeGreaterThan(130);
  });
});

describe("files of every kind", () => {
  const gray = page(written(seven));

  it("PNG, JPEG, colour, alpha", () => {
    writeImage(gray, join(folder, "gray.png"));
    writeImage(gray, join(folder, "gray.jpg"));
    writeImage(gray.expand(3, HEIGHT, WIDTH).clone(), join(folder, "colour.jpg"));
    for (const file of ["gray.png", "gray.jpg", "colour.jpg"]) {
      expect(alike(digitFromPhoto(join(folder, file)).image, plain.image)).toBeGreaterThan(0.97);
    }
    for (const ink of [0, 255]) {
      const color = tensor(new Uint8Array(3 * WIDTH * HEIGHT).fill(ink)).reshape(3, HEIGHT, WIDTH);
      const alpha = tensor(
        Uint8Array.from({ length: WIDTH * HEIGHT }, (_, i) => 255 * seven(i % WIDTH, Math.floor(i / WIDTH))),
      );
      const drawn = tensor(new Uint8Array([...color.data(), ...alpha.data()])).reshape(4, HEIGHT, WIDTH);
      writeImage(drawn, join(folder, "alpha.png"));
      const found = digitFromPhoto(join(folder, "alpha.png"));
      expect(alike(found.image, plain.image)).toBeGreaterThan(0.95);
      expect(found.inverted).toBe(ink === 255);
    }
  });

  it("turned by EXIF, as phones do", () => {
    // Rows of the file are columns of the scene: orientation 6 is turned by 90° clockwise to be upright.
    const turned = page((x, y) => written(seven)(y, HEIGHT - 1 - x), HEIGHT, WIDTH);
    writeImage(
      page((x, y) => written(seven)(WIDTH - 1 - y, x), HEIGHT, WIDTH),
      join(folder, "six.jpg"),
    );
    writeImage(turned, join(folder, "turned.jpg"));
    const six = held(new Uint8Array(readFileSync(join(folder, "six.jpg"))), 6);
    const eight = held(new Uint8Array(readFileSync(join(folder, "turned.jpg"))), 6);
    const likeness = [six, eight].map((bytes) => alike(digitFromPhoto(bytes).image, plain.image));
    expect(Math.max(...likeness)).toBeGreaterThan(0.95);
    expect(Math.min(...likeness)).toBeLessThan(0.8);
  });

  it("huge and small photos", () => {
    const wide = 1500;
    const scale = wide / WIDTH;
    const huge = digitFromPhoto(page((x, y) => written(seven)(x / scale, y / scale), wide, HEIGHT * scale));
    expect(alike(huge.image, plain.image)).toBeGreaterThan(0.97);
    expect(huge.box.height).toBeGreaterThan(700);
    expect(huge.steps[0]?.image.shape).toEqual([320, 240]);
    const small = digitFromPhoto(page((x, y) => written(seven)(x * 6, y * 6), 40, 53));
    expect(alike(small.image, plain.image)).toBeGreaterThan(0.85);
  });
});

describe("photos without one digit", () => {
  const two: Shade = (x, y) => Math.max(seven(x, y, 20, 90), seven(x, y, 135, 92));

  it("says that there are several, or takes the most prominent", () => {
    expect(() => digitFromPhoto(page(written(two)))).toThrow(ValueError);
    expect(() => digitFromPhoto(page(written(two)))).toThrow("expects one digit in a photo; got 2 figures; crop it");
    const { image } = digitFromPhoto(page(written(two)), { several: "largest" });
    expect(alike(image, plain.image)).toBeGreaterThan(0.95);
  });

  it("black paper is no ink, which took half a minute to find no rules in", () => {
    const { contrast } = findInk({ width: 40, height: 30, values: new Float32Array(1200) }, 7);
    expect(Math.max(...contrast.values)).toBe(0);
  });

  it.each<[string, Shade]>([
    ["nothing at all", () => 255],
    ["paper", () => 200],
    ["paper in a falling light", (x, y) => 230 - 0.3 * x - 0.2 * y],
    ["black", () => 0],
    ["rules only", (_, y) => (y % 40 < 2 ? 150 : 220)],
  ])("%s", (_, shade) => {
    expect(() => digitFromPhoto(page(shade))).toThrow("expects a digit in the photo; got nothing that stands out");
  });

  it.each<[string, () => unknown, DigitFromPhotoOptions, unknown, string]>([
    ["floats", () => ones(1, 40, 40), {}, DTypeError, "takes an image of bytes, uint8; got float32"],
    [
      "two channels",
      () => zeros([2, 40, 40], { dtype: "uint8" }),
      {},
      ShapeError,
      "1, 3 or 4 channels; got [2, 40, 40]",
    ],
    ["a batch", () => zeros([1, 1, 40, 40], { dtype: "uint8" }), {}, ShapeError, "got [1, 1, 40, 40]"],
    ["a few pixels", () => zeros([1, 4, 4], { dtype: "uint8" }), {}, ShapeError, "at least 8 × 4 pixels; got 4 × 4"],
    ["no pixels", () => zeros([1, 0, 40], { dtype: "uint8" }), {}, ShapeError, "got 0 × 40"],
    ["no file", () => join(folder, "none.png"), {}, FileError, "none.png"],
    ["bytes that are no image", () => Uint8Array.of(1, 2, 3), {}, FormatError, "PNG or JPEG"],
    ["a number", () => 7, {}, ValueError, "takes a path or a Uint8Array"],
    ["another option", () => page(written(seven)), { invert: true } as never, ValueError, "no option invert"],
    [
      "another value",
      () => page(written(seven)),
      { several: "first" as never },
      ValueError,
      '"error" or "largest"; got "first"',
    ],
  ])("refuses %s", (_, photo, options, kind, message) => {
    expect(() => digitFromPhoto(photo() as never, options)).toThrow(kind as never);
    expect(() => digitFromPhoto(photo() as never, options)).toThrow(message);
  });
});
