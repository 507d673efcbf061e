/** Image files read and written: PNG and JPEG, and what sharp reads. */
import jpeg from "jpeg-js";
import { backend } from "../backend/index.ts";
import { DTypeError, FormatError, ShapeError, ValueError } from "../errors.ts";
import { writeFileAtomic } from "../files/atomic.ts";
import { readFileBytes } from "../files/read.ts";
import { empty, Tensor } from "../ops/index.ts";
import { checkOptions } from "../options.ts";
import { encodePng } from "../plot/png.ts";
import { show } from "../tensor/sizes.ts";
import { exifOrientation, isWholeJpeg, upright } from "./jpeg-segments.ts";
import { decodePng, isPng, MOST_PIXELS, type Pixels } from "./png.ts";

/** Channels of an image that is read: gray, red, green and blue, or these and alpha. */
export type ImageMode = "gray" | "rgb" | "rgba";

/** Options of {@link readImage}. */
export interface ReadImageOptions<Mode extends ImageMode = ImageMode> {
  /** The channels, "rgb" unless said otherwise, whatever the file has. */
  mode?: Mode;
}

/** The channels of a mode. */
interface ChannelsOf {
  gray: 1;
  rgb: 3;
  rgba: 4;
}

const CHANNELS: ChannelsOf = { gray: 1, rgb: 3, rgba: 4 };
const MOST_JPEG_MEGABYTES = 4096;

/**
 * An image file, or its bytes, as uint8 [channels, height, width].
 *
 * PNG of every kind (16 bits are scaled to 8, palettes looked up, interlacing resolved) and JPEG, turned upright as its
 * EXIF says. Colours become gray as in PIL (ITU-R 601-2), gray is repeated, alpha is 255 where a file has none and is
 * left out by "gray" and "rgb". The source is a path, or the bytes of a file.
 *
 * @throws {ValueError} for an unknown option or mode, or a source that is neither a path nor bytes.
 * @throws {FormatError} if it is no image, cut off or damaged: there are no half-read pixels.
 * @throws {FileError} if the file cannot be read.
 * @example
 * writeImage(zeros([3, 2, 5], { dtype: "uint8" }), "black.png");
 * readImage("black.png", { mode: "gray" }).shape; // [1, 2, 5]
 */
export function readImage<Mode extends ImageMode = "rgb">(
  source: string | Uint8Array,
  options: ReadImageOptions<Mode> = {},
): Tensor<[ChannelsOf[Mode], number, number]> {
  const mode = checkMode("readImage", checkOptions("readImage", options, ["mode"]).mode ?? "rgb");
  const { bytes, name } = bytesOf("readImage", source);
  return planes(decode(bytes, name), mode) as Tensor<[ChannelsOf[Mode], number, number]>;
}

/** What is used of the package sharp. */
interface Sharp {
  autoOrient(): Sharp;
  toColourspace(space: "srgb"): Sharp;
  raw(): Sharp;
  toBuffer(options: { resolveWithObject: true }): Promise<{
    data: Uint8Array;
    info: { width: number; height: number; channels: 1 | 2 | 3 | 4 };
  }>;
}
type OpenSharp = (bytes: Uint8Array, options: { failOn: "warning"; limitInputPixels: number }) => Sharp;

/** The package sharp, if it is installed: a name that is no literal leaves it out of bundles and of what has to be there. */
async function loadSharp(): Promise<OpenSharp | undefined> {
  const name: string = "sharp";
  try {
    return ((await import(name)) as { default: OpenSharp }).default;
  } catch {
    return undefined;
  }
}

/**
 * {@link readImage} in the background where the package `sharp` is installed, which is several times as fast for JPEG
 * (with pixels that may differ by one or two) and reads WebP, AVIF, GIF and TIFF as well; PNG has the same pixels
 * either way. Without `sharp` it is {@link readImage}.
 *
 * @throws {ValueError} for an unknown option or mode, or a source that is neither a path nor bytes.
 * @throws {FormatError} if it is no image, cut off or damaged: there are no half-read pixels.
 * @throws {FileError} if the file cannot be read.
 * @example
 * writeImage(zeros(3, 2, 5), "black.png");
 * (await readImageAsync("black.png")).shape; // [3, 2, 5]
 */
export async function readImageAsync<Mode extends ImageMode = "rgb">(
  source: string | Uint8Array,
  options: ReadImageOptions<Mode> = {},
): Promise<Tensor<[ChannelsOf[Mode], number, number]>> {
  const mode = checkMode("readImageAsync", checkOptions("readImageAsync", options, ["mode"]).mode ?? "rgb");
  const { bytes, name } = bytesOf("readImageAsync", source);
  const sharp = isPng(bytes) ? undefined : await loadSharp();
  const pixels = sharp === undefined ? decode(bytes, name) : await decodeWithSharp(sharp, bytes, name);
  return planes(pixels, mode) as Tensor<[ChannelsOf[Mode], number, number]>;
}

async function decodeWithSharp(sharp: OpenSharp, bytes: Uint8Array, name: string): Promise<Pixels> {
  try {
    const image = sharp(bytes, { failOn: "warning", limitInputPixels: MOST_PIXELS });
    const { data, info } = await image.autoOrient().toColourspace("srgb").raw().toBuffer({ resolveWithObject: true });
    return { ...info, data };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new FormatError(
      `image ${JSON.stringify(name)}: the file must be a whole image; got ${describe(bytes)} (sharp: ${reason})`,
      { cause },
    );
  }
}

function checkMode(op: string, mode: ImageMode): ImageMode {
  if (Object.hasOwn(CHANNELS, mode)) return mode;
  throw new ValueError(`${op}: mode is "gray", "rgb" or "rgba"; got ${JSON.stringify(mode)}`);
}

function bytesOf(op: string, source: string | Uint8Array): { bytes: Uint8Array; name: string } {
  if (typeof source === "string") return { bytes: readFileBytes(source), name: source };
  if (source instanceof Uint8Array) return { bytes: source, name: "bytes" };
  throw new ValueError(`${op}: takes a path or a Uint8Array; got ${typeof source}`);
}

function decode(bytes: Uint8Array, name: string): Pixels {
  if (isPng(bytes)) return decodePng(bytes, name);
  if (isJpeg(bytes)) return decodeJpeg(bytes, name);
  throw new FormatError(`image ${JSON.stringify(name)}: the file must be PNG or JPEG; got ${describe(bytes)}`);
}

function isJpeg(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;
}

/** How files of other kinds begin. */
const BEGINNINGS: readonly (readonly [name: string, ascii: string, at: number, sharp?: true])[] = [
  ["GIF", "GIF8", 0, true],
  ["WebP", "WEBP", 8, true],
  ["BMP", "BM", 0],
  ["TIFF", "II*\0", 0, true],
  ["TIFF", "MM\0*", 0, true],
  ["AVIF or HEIC", "ftyp", 4, true],
  ["PDF", "%PDF", 0],
  ["SVG", "<svg", 0],
  ["an HTML or XML page", "<", 0],
];

function describe(bytes: Uint8Array): string {
  if (bytes.length === 0) return "an empty file";
  const begin = String.fromCharCode(...bytes.subarray(0, 16));
  const known = BEGINNINGS.find(([, ascii, at]) => begin.startsWith(ascii, at));
  if (known !== undefined)
    return `${known[0]}; convert it first${known[3] ? ", or use readImageAsync with sharp installed" : ""}`;
  if (bytes.every((byte) => byte === 0)) return `${bytes.length} zero bytes`;
  const printable = /^[\t\n\r\x20-\x7e]+$/.test(begin);
  const hex = Array.from(bytes.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
  return printable ? `text that begins with ${JSON.stringify(begin)}` : `${bytes.length} bytes that begin with ${hex}`;
}

function decodeJpeg(bytes: Uint8Array, name: string): Pixels {
  let decoded: { width: number; height: number; data: Uint8Array };
  try {
    // A decoder that tolerates what is missing would give gray for the rest of the image.
    if (!isWholeJpeg(bytes))
      throw new Error(`it has no end marker, so the file is truncated after ${bytes.length} bytes`);
    decoded = jpeg.decode(bytes, {
      useTArray: true,
      formatAsRGBA: false,
      tolerantDecoding: false,
      maxResolutionInMP: MOST_PIXELS / 1e6,
      maxMemoryUsageInMB: MOST_JPEG_MEGABYTES,
    });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new FormatError(`JPEG ${JSON.stringify(name)}: the file must be a whole JPEG; got "${reason}"`, { cause });
  }
  const { width, height, data } = decoded;
  if (!(width > 0 && height > 0) || data.length !== width * height * 3) {
    throw new FormatError(
      `JPEG ${JSON.stringify(name)}: ${width} × ${height} pixels of 3 channels; got ${data.length} samples`,
    );
  }
  return upright({ width, height, channels: 3, data }, exifOrientation(bytes));
}

/** PIL's weights of ITU-R 601-2, in 65536ths. */
function luma(r: number, g: number, b: number): number {
  return (r * 19595 + g * 38470 + b * 7471 + 0x8000) >> 16;
}

/** Pixels as planes, uint8 [channels, height, width]. */
function planes({ width, height, channels, data }: Pixels, mode: ImageMode): Tensor {
  const image: Tensor = empty([CHANNELS[mode], height, width], { dtype: "uint8" });
  const bytes = backend.view(image.storage);
  const plane = width * height;
  const coloured = channels >= 3;
  for (let i = 0, at = 0; i < plane; i++, at += channels) {
    const r = data[at] as number;
    const g = coloured ? (data[at + 1] as number) : r;
    const b = coloured ? (data[at + 2] as number) : r;
    if (mode === "gray") {
      bytes[i] = coloured ? luma(r, g, b) : r;
      continue;
    }
    bytes[i] = r;
    bytes[plane + i] = g;
    bytes[2 * plane + i] = b;
    if (mode === "rgba") bytes[3 * plane + i] = channels % 2 === 0 ? (data[at + channels - 1] as number) : 255;
  }
  return image;
}

/** Options of {@link writeImage}. */
export interface WriteImageOptions {
  /** JPEG's quality from 1 to 100, 90 unless said otherwise. */
  quality?: number;
}

/**
 * Writes an image as PNG or JPEG, as the path's ending says: uint8, or a float dtype from 0 to 1 (rounded to 255ths),
 * of shape [height, width] or [channels, height, width] with 1, 3 or 4 channels. JPEG has no alpha. The file is written
 * whole or not at all.
 *
 * @throws {ValueError} for an unknown option, another ending, a `quality` outside [1, 100], or a pixel of a float image
 * outside [0, 1].
 * @throws {ShapeError} if it has another shape or no pixels, or is a JPEG of 4 channels.
 * @throws {DTypeError} if it is not a tensor, or of another dtype.
 * @throws {FileError} if the file cannot be written.
 * @example
 * writeImage(rand(3, 8, 8), "noise.png");
 * readImage("noise.png").shape; // [3, 8, 8]
 */
export function writeImage(image: Tensor, path: string, options: WriteImageOptions = {}): void {
  if (typeof path !== "string") throw new ValueError(`writeImage: path is a string; got ${typeof path}`);
  const { quality = 90 } = checkOptions("writeImage", options, ["quality"]);
  const ending = /\.[^./\\]*$/.exec(path)?.[0].toLowerCase() ?? "";
  if (![".png", ".jpg", ".jpeg"].includes(ending)) {
    throw new ValueError(`writeImage: a path ends in .png, .jpg or .jpeg; got ${JSON.stringify(path)}`);
  }
  if (!(quality >= 1 && quality <= 100)) throw new ValueError(`writeImage: quality is from 1 to 100; got ${quality}`);
  const { width, height, channels, data } = pixelsOf(image);
  if (ending === ".png") {
    writeFileAtomic(path, encodePng(data, width, height, channels as 1 | 3 | 4));
    return;
  }
  if (channels === 4) throw new ShapeError("writeImage: JPEG has no alpha; got 4 channels; write PNG, or narrow to 3");
  const four = new Uint8Array(width * height * 4).fill(255);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) four[4 * i + c] = data[i * channels + (channels === 1 ? 0 : c)] as number;
  }
  writeFileAtomic(path, new Uint8Array(jpeg.encode({ width, height, data: four }, quality).data));
}

/** A tensor as 8-bit samples, pixel after pixel. */
function pixelsOf(image: Tensor): Pixels {
  if (!(image instanceof Tensor)) throw new DTypeError(`writeImage: takes a tensor; got ${typeof image}`);
  const { dtype, shape } = image as Tensor;
  const [channels, height, width] = (shape.length === 2 ? [1, ...shape] : shape) as [number, number, number];
  if (shape.length < 2 || shape.length > 3 || ![1, 3, 4].includes(channels) || height * width === 0) {
    throw new ShapeError(
      `writeImage: takes [height, width] or [channels, height, width] with 1, 3 or 4 channels; got ${show(shape)}`,
    );
  }
  if (dtype !== "uint8" && dtype !== "float32" && dtype !== "float64") {
    throw new DTypeError(`writeImage: takes uint8, or a float dtype from 0 to 1; got ${dtype}`);
  }
  const values = (image as Tensor).data();
  const data = new Uint8Array(values.length);
  const plane = height * width;
  const scale = dtype === "uint8" ? 1 : 255;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (!(value * scale >= 0 && value * scale <= 255)) {
      throw new ValueError(`writeImage: float pixels are from 0 to 1; got ${value}; clamp or rescale them`);
    }
    data[(i % plane) * channels + Math.floor(i / plane)] = Math.round(value * scale);
  }
  return { width, height, channels: channels as 1 | 3 | 4, data };
}
