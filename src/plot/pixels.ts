import { DTypeError, ShapeError, ValueError } from "../errors.ts";
import { extent } from "./axis.ts";
import { describe, type FlatNumbers, flatten, isTensorLike, type TensorLike } from "./numbers.ts";
import { encodePng, pngUri } from "./png.ts";

/** Pictures as one flat array, channels first: `count` × `channels` × `height` × `width` values. */
export interface ImageArray {
  readonly data: FlatNumbers;
  readonly count: number;
  readonly height: number;
  readonly width: number;
  /** 1 (gray, the default) or 3 (red, green, blue). */
  readonly channels?: number;
}

/** Pictures as PyTorch lays them out: a tensor [count, height, width] or [count, channels, height, width], or a flat array with its sizes. */
export type ImageBatch = TensorLike | ImageArray;

/** Checked pictures. */
export interface Pixels {
  readonly values: ArrayLike<number>;
  readonly count: number;
  readonly channels: 1 | 3;
  readonly height: number;
  readonly width: number;
  /** The values shown as the colormap's first and last colour. */
  readonly range: readonly [low: number, high: number];
}

/** Reads and checks a batch of pictures; `diverges` puts zero into the middle of their range. */
export function readPixels(
  images: ImageBatch,
  range: readonly [low: number, high: number] | undefined,
  diverges: boolean,
): Pixels {
  const { data, count, channels, height, width } = layout(images);
  for (const [name, size] of Object.entries({ count, height, width })) {
    if (!Number.isInteger(size) || size < 0) {
      throw new ShapeError(`images: ${name} must be a whole number; got ${describe(size)}`);
    }
  }
  if (channels !== 1 && channels !== 3) {
    throw new ShapeError(
      `images: expects 1 channel (gray) or 3 (red, green, blue); got ${describe(channels)}; pictures are channels first`,
    );
  }
  const values = flatten(data, "images");
  if (count * height * width === 0) {
    throw new ValueError(`images: there is nothing to draw; got ${count} pictures of ${height} × ${width}`);
  }
  const expected = count * channels * height * width;
  if (values.length !== expected) {
    const sizes = `${count} × ${channels} × ${height} × ${width}`;
    throw new ShapeError(
      `images: ${sizes} (count × channels × height × width) needs ${expected} values; got ${values.length}`,
    );
  }
  for (let i = 0; i < expected; i++) {
    if (Number.isFinite(values[i])) continue;
    const picture = Math.floor(i / (channels * height * width));
    throw new ValueError(`images: pixels must be finite; got ${values[i]} in picture ${picture}`);
  }
  return { values, count, channels, height, width, range: range ?? naturalRange(values, images, diverges) };
}

function layout(images: ImageBatch): { data: ImageArray["data"] | TensorLike } & Omit<Required<ImageArray>, "data"> {
  if (isTensorLike(images)) {
    const { shape } = images;
    if (shape.length !== 3 && shape.length !== 4) {
      throw new ShapeError(
        `images: expects [count, height, width] or [count, channels, height, width]; got [${shape.join(", ")}]; ` +
          "reshape it, such as x.reshape(-1, 1, 28, 28)",
      );
    }
    const [count, channels, height, width] = (shape.length === 4 ? shape : [shape[0], 1, shape[1], shape[2]]) as [
      number,
      number,
      number,
      number,
    ];
    return { data: images, count, channels, height, width };
  }
  if (typeof images !== "object" || images === null || !("data" in images)) {
    const form = "{ data, count, height, width }";
    throw new DTypeError(
      `images: expects a tensor [count, channels, height, width] or ${form}; got ${describe(images)}`,
    );
  }
  return { ...images, channels: images.channels ?? 1 };
}

/** Bytes run from 0 to 255; other values from 0 to 1 if they all lie there, else from the least to the greatest of all pictures together. */
function naturalRange(
  values: ArrayLike<number>,
  images: ImageBatch,
  diverges: boolean,
): readonly [low: number, high: number] {
  if (diverges) {
    const [low, high] = extent([values]) as readonly [number, number];
    const most = Math.max(Math.abs(low), Math.abs(high)) || 1;
    return [-most, most];
  }
  const isBool = "dtype" in images && images.dtype === "bool";
  if (!isBool && (values instanceof Uint8Array || values instanceof Uint8ClampedArray)) return [0, 255];
  const [low, high] = extent([values]) as readonly [number, number];
  return low >= 0 && high <= 1 ? [0, 1] : [low, high];
}

/** Picture `index` as a PNG in a `data:` URI; one-channel pictures take their colours from `table`, 256 × 3 bytes. */
export function pictureUri(pixels: Pixels, index: number, table: Uint8Array): string {
  const { values, channels, height, width, range } = pixels;
  const [low, high] = range;
  const size = height * width;
  const level = (i: number): number => {
    const share = high > low ? ((values[i] as number) - low) / (high - low) : 0;
    return Math.round(255 * Math.min(1, Math.max(0, share)));
  };
  const start = index * channels * size;
  if (channels === 3) {
    const samples = Uint8Array.from({ length: 3 * size }, (_, i) => level(start + (i % 3) * size + Math.floor(i / 3)));
    return pngUri(encodePng(samples, width, height, 3));
  }
  if (isGray(table)) {
    const samples = Uint8Array.from({ length: size }, (_, i) => table[3 * level(start + i)] as number);
    return pngUri(encodePng(samples, width, height, 1));
  }
  const samples = new Uint8Array(3 * size);
  for (let i = 0; i < size; i++) {
    const color = 3 * level(start + i);
    samples.set(table.subarray(color, color + 3), 3 * i);
  }
  return pngUri(encodePng(samples, width, height, 3));
}

function isGray(table: Uint8Array): boolean {
  for (let i = 0; i < table.length; i += 3) if (table[i] !== table[i + 1] || table[i] !== table[i + 2]) return false;
  return true;
}
