import { crc32, inflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { DTypeError, IndexError, ShapeError, ValueError } from "../../src/errors.ts";
import { type ImageBatch, type ImagesOptions, images } from "../../src/plot/index.ts";
import { all, parseSvg, texts } from "./svg.ts";

/** Decodes a PNG without interlacing and row filters, by Node's zlib; checks signature and every chunk's CRC. */
function decodePng(uri: string): { width: number; height: number; samples: number[] } {
  expect(uri).toMatch(/^data:image\/png;base64,/);
  const bytes = Buffer.from(uri.slice(uri.indexOf(",") + 1), "base64");
  expect(bytes.subarray(0, 8).toString("latin1")).toBe("\x89PNG\r\n\x1a\n");
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    chunks.set(bytes.toString("latin1", at + 4, at + 8), bytes.subarray(at + 8, at + 8 + length));
    expect(bytes.readUInt32BE(at + 8 + length)).toBe(crc32(bytes.subarray(at + 4, at + 8 + length)));
    at += 12 + length;
  }
  expect([...chunks.keys()]).toEqual(["IHDR", "IDAT", "IEND"]);
  const header = chunks.get("IHDR") as Buffer;
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const stride = width * (header[9] === 2 ? 3 : 1);
  const rows = inflateSync(chunks.get("IDAT") as Buffer);
  expect(rows.length).toBe((stride + 1) * height);
  const samples: number[] = [];
  for (let y = 0; y < height; y++) {
    expect(rows[y * (stride + 1)]).toBe(0);
    samples.push(...rows.subarray(y * (stride + 1) + 1, (y + 1) * (stride + 1)));
  }
  return { width, height, samples };
}

function decoded(batch: ImageBatch, options?: ImagesOptions): number[][] {
  return all(parseSvg(images(batch, options).svg), "image").map(
    (image) => decodePng(image.getAttribute("href") as string).samples,
  );
}

const bytes: ImageBatch = {
  data: Uint8Array.from([0, 51, 102, 153, 204, 255, 1, 2, 3, 4, 5, 6]),
  count: 2,
  height: 2,
  width: 3,
};

describe("pixels", () => {
  it("shows bytes as they are", () => {
    expect(decoded(bytes)).toEqual([
      [0, 51, 102, 153, 204, 255],
      [1, 2, 3, 4, 5, 6],
    ]);
  });

  it("shows numbers from 0 to 1, else from the least to the greatest, or as told", () => {
    const sizes = { count: 1, height: 1, width: 3 };
    expect(decoded({ data: [0, 0.2, 0.6], ...sizes })).toEqual([[0, 51, 153]]);
    expect(decoded({ data: [-1, 0, 4], ...sizes })).toEqual([[0, 51, 255]]);
    expect(decoded({ data: [5, 5, 5], ...sizes })).toEqual([[0, 0, 0]]);
    expect(decoded({ data: Float32Array.of(-1, 0, 1), ...sizes }, { range: [-0.5, 0.5] })).toEqual([[0, 128, 255]]);
  });

  it("takes tensors with and without a dimension of channels, and bool", () => {
    const values = [0, 0.2, 0.4, 0.6];
    const nested = [[values.slice(0, 2), values.slice(2)]];
    expect(decoded({ shape: [1, 2, 2], toArray: () => nested })).toEqual([[0, 51, 102, 153]]);
    expect(decoded({ shape: [1, 1, 2, 2], toArray: () => [nested] })).toEqual([[0, 51, 102, 153]]);
    const mask = { shape: [1, 1, 2], dtype: "bool", toArray: () => [[[false, true]]], data: () => Uint8Array.of(0, 1) };
    expect(decoded(mask)).toEqual([[0, 255]]);
  });

  it("interleaves channels", () => {
    const data = Uint8Array.from([1, 2, 3, 4, 10, 20, 30, 40, 100, 110, 120, 130]);
    expect(decoded({ data, count: 1, channels: 3, height: 2, width: 2 })).toEqual([
      [1, 10, 100, 2, 20, 110, 3, 30, 120, 4, 40, 130],
    ]);
  });

  it("has matplotlib's Greys", () => {
    // matplotlib 3.11.2: (colormaps["Greys"](np.array([0, 255, 64, 128, 100, 200]))[:, 0] * 255).round()
    const data = Uint8Array.of(0, 255, 64, 128, 100, 200);
    expect(decoded({ data, count: 1, height: 1, width: 6 }, { colormap: "Greys" })).toEqual([
      [255, 0, 217, 149, 184, 70],
    ]);
  });
});

describe("the sheet", () => {
  const batch: ImageBatch = { data: new Uint8Array(12 * 784), count: 12, height: 28, width: 28 };
  const labels = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1];
  const predictions = labels.with(3, 8);

  it("lays pictures out in rows, all of one size, none over another", () => {
    const picture = images(batch, { labels, predictions, title: "Test digits", columns: 5 });
    const boxes = all(parseSvg(picture.svg), "image").map((image) =>
      ["x", "y", "width", "height"].map((name) => Number(image.getAttribute(name))),
    );
    expect(boxes).toHaveLength(12);
    expect(new Set(boxes.map((box) => box[1])).size).toBe(3);
    expect(new Set(boxes.map((box) => `${box[2]} × ${box[3]}`))).toEqual(new Set(["112 × 112"]));
    for (const [x, , width] of boxes as [number, number, number, number][]) {
      expect(x).toBeGreaterThan(0);
      expect(x + width).toBeLessThan(picture.width);
    }
  });

  it("marks wrong ones by frame and text", () => {
    const svg = parseSvg(images(batch, { labels, predictions }).svg);
    expect(texts(svg)).toEqual(labels.map((label, i) => (i === 3 ? "8 (is 3)" : String(label))));
    expect(all(svg, 'rect[stroke="#cf222e"]')).toHaveLength(1);
    expect(all(svg, 'text[fill="#cf222e"]').map((text) => text.textContent)).toEqual(["8 (is 3)"]);
    expect(all(svg, "desc")[0]?.textContent).toContain("12 pictures of 28 by 28 pixels; 1 marked as wrong");
  });

  it("names classes, in two lines where one is too short, and takes captions of any kind", () => {
    const classes = [
      "T-shirt/top",
      "Trouser",
      "Pullover",
      "Dress",
      "Coat",
      "Sandal",
      "Shirt",
      "Sneaker",
      "Bag",
      "Ankle boot",
    ];
    const named = texts(parseSvg(images(batch, { labels, predictions, classes }).svg));
    expect(named.slice(2, 6)).toEqual(["Pullover", "Bag", "(is Dress)", "Coat"]);
    const captions = labels.map((label) => `<${label}> & "more than fits here"`);
    const svg = parseSvg(images(batch, { captions, wrong: labels.map((label) => label === 1) }).svg);
    expect(texts(svg)[0]).toMatch(/^<0> & ".*…$/);
    expect(all(svg, 'rect[stroke="#cf222e"]')).toHaveLength(2);
  });

  it("keeps pixels sharp, the file small and the same every time", () => {
    const options = { labels: Int32Array.from(labels), predictions: { shape: [12], toArray: () => predictions } };
    const { svg } = images(batch, options);
    expect(svg.match(/image-rendering:pixelated/g)).toHaveLength(12);
    expect(svg.length).toBeLessThan(12_000);
    expect(images(batch, options).svg).toBe(svg);
  });
});

describe("bad arguments", () => {
  const one = { count: 1, height: 2, width: 2 };
  it.each<[string, () => unknown, new (message: string) => Error, string]>([
    [
      "too few values",
      () => images({ data: [1, 2, 3], ...one }),
      ShapeError,
      "1 × 1 × 2 × 2 (count × channels × height × width) needs 4",
    ],
    ["a flat tensor", () => images({ shape: [2, 784], toArray: () => [] }), ShapeError, "got [2, 784]; reshape it"],
    ["two channels", () => images({ data: [], ...one, channels: 2 }), ShapeError, "1 channel (gray) or 3"],
    [
      "half a picture",
      () => images({ data: [], ...one, count: 0.5 }),
      ShapeError,
      "count must be a whole number; got 0.5",
    ],
    ["nothing", () => images({ data: [], ...one, count: 0 }), ValueError, "there is nothing to draw"],
    ["an array", () => images([1, 2] as never), DTypeError, "got an array of 2"],
    [
      "NaN",
      () => images({ data: [0, 0, Number.NaN, 0], ...one }),
      ValueError,
      "pixels must be finite; got NaN in picture 0",
    ],
    ["labels", () => images(bytes, { labels: [1] }), ShapeError, "one of labels per picture; got 1 for 2 pictures"],
    [
      "captions",
      () => images(bytes, { captions: ["a"] }),
      ShapeError,
      "one of captions per picture; got 1 for 2 pictures",
    ],
    [
      "unknown class",
      () => images(bytes, { labels: [0, 2], classes: ["a", "b"] }),
      IndexError,
      "got class 2 for picture 1",
    ],
    ["both", () => images(bytes, { labels: [0, 1], captions: ["a", "b"] }), ValueError, "got both"],
    [
      "colormap",
      () => images(bytes, { colormap: "jet" as never }),
      ValueError,
      'one of gray, Greys, Reds, Blues, RdBu, bwr, viridis; got "jet"',
    ],
    ["range", () => images(bytes, { range: [1, 0] }), ValueError, "the lower first; got [1,0]"],
    ["columns", () => images(bytes, { columns: 0 }), ValueError, "columns must be a whole number above 0; got 0"],
    [
      "too many columns",
      () => images({ data: new Uint8Array(500), count: 500, height: 1, width: 1 }, { columns: 500 }),
      ValueError,
      "do not fit",
    ],
    [
      "too many",
      () => images({ data: new Uint8Array(2501), count: 2501, height: 1, width: 1 }),
      ValueError,
      "at most 2500 pictures; got 2501",
    ],
  ])("%s", (_, draw, type, message) => {
    expect(draw).toThrow(type);
    expect(draw).toThrow(message);
  });
});
