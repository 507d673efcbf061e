/** Colours changed: jitter, and gray. */
import { backend } from "../../backend/index.ts";
import { ShapeError, ValueError } from "../../errors.ts";
import { cat, empty, type Tensor, tensor } from "../../ops/index.ts";
import { checkOptions } from "../../options.ts";
import { pointer } from "../../tensor/tensor.ts";
import {
  Draws,
  type ImageSize,
  ImageTransform,
  type RandomTransformOptions,
  refuseGradients,
  sizeOf,
  stacked,
  unstacked,
} from "./transform.ts";

/** Options of {@link ColorJitter}: how far a factor may be from 1 (or, for the hue, from 0), or its range. */
export interface ColorJitterOptions extends RandomTransformOptions {
  brightness?: number | readonly [least: number, most: number];
  contrast?: number | readonly [least: number, most: number];
  saturation?: number | readonly [least: number, most: number];
  /** At most 0.5, which is half around the colour wheel. */
  hue?: number | readonly [least: number, most: number];
}

type Range = readonly [number, number];
const KINDS = ["brightness", "contrast", "saturation", "hue"] as const;

/** The order of the adjustments (-1 for none), and the factor of each kind. */
interface Jitter {
  readonly order: readonly number[];
  readonly factors: readonly number[];
}

const kernels = {
  uint8: backend.kernel("color_jitter_u8"),
  float32: backend.kernel("color_jitter_f32"),
  float64: backend.kernel("color_jitter_f64"),
} as const;

/**
 * Brightness, contrast, saturation and hue changed at random, in random order; torchvision's ColorJitter, with its
 * choices. Images have 1 or 3 channels; floats are from 0 to 1, so it stands before Normalize.
 *
 * @throws {ValueError} for an unknown option, a factor below 0, a `hue` beyond 0.5, or a range in the wrong order.
 * @throws {ShapeError} if the image has other axes or no pixels, or other than 1 or 3 channels.
 * @throws {DTypeError} if the image is not a tensor, or neither uint8 nor of a float dtype.
 * @throws {GradError} if it requires gradients, which do not flow through.
 * @example
 * new transforms.ColorJitter({ brightness: [2, 2] }).forward(full([3, 1, 1], 0.25)).toArray(); // [[[0.5]], [[0.5]], [[0.5]]]
 */
export class ColorJitter extends ImageTransform<Jitter> {
  readonly #ranges: readonly (Range | undefined)[];
  readonly #draws: Draws;

  constructor(options: ColorJitterOptions = {}) {
    super();
    checkOptions("ColorJitter", options, [...KINDS, "generator"]);
    this.#ranges = KINDS.map((kind) => checkFactor(kind, options[kind]));
    this.#draws = new Draws("ColorJitter", options.generator);
  }

  sizeAfter(size: ImageSize): ImageSize {
    checkChannels("ColorJitter", size);
    return size;
  }
  choose(): Jitter {
    const order = this.#draws.permutation(KINDS.length);
    const factors = this.#ranges.map((range) => (range === undefined ? 1 : this.#draws.uniform(...range)));
    return { order: order.map((kind) => (this.#ranges[kind] === undefined ? -1 : kind)), factors };
  }
  apply(images: Tensor, choices: readonly Jitter[]): Tensor {
    refuseGradients("ColorJitter", images);
    const [channels, height, width] = sizeOf(images);
    const dtype = images.dtype as keyof typeof kernels;
    const y = empty(images.shape, { dtype }) as Tensor;
    const orders: Tensor = tensor(Int32Array.from(choices.flatMap(({ order }) => order)));
    const factors: Tensor = tensor(Float64Array.from(choices.flatMap((jitter) => jitter.factors)));
    const sizes = [choices.length, channels, height * width] as const;
    kernels[dtype](pointer(images), pointer(y), ...sizes, pointer(orders), pointer(factors));
    return y;
  }
}

function checkChannels(op: string, [channels]: ImageSize): void {
  if (channels !== 1 && channels !== 3) {
    throw new ShapeError(`${op}: takes images of 1 or 3 channels, [channels, height, width]; got ${channels} channels`);
  }
}

/** The range of a factor; undefined when it can only be the one that changes nothing. */
function checkFactor(kind: (typeof KINDS)[number], given: number | readonly number[] | undefined): Range | undefined {
  if (given === undefined) return undefined;
  const [middle, least, most] = kind === "hue" ? [0, -0.5, 0.5] : [1, 0, Number.POSITIVE_INFINITY];
  const range =
    typeof given === "number" ? [Math.max(middle - given, kind === "hue" ? -given : 0), middle + given] : given;
  const [low, high] = range as Range;
  const fits = Array.isArray(range) && range.length === 2 && low <= high && low >= least && high <= most;
  if (!fits || !Number.isFinite(high) || (typeof given === "number" && given < 0)) {
    const rule =
      kind === "hue"
        ? "a number from 0 to 0.5, or [least, most] within ±0.5"
        : "a number from 0, or [least, most] from 0";
    throw new ValueError(`ColorJitter: ${kind} is ${rule}; got ${String(given)}`);
  }
  return low === middle && high === middle ? undefined : [low, high];
}

/** Options of {@link Grayscale}. */
export interface GrayscaleOptions {
  /** 1 unless said otherwise; with 3 all channels are the same. */
  channels?: 1 | 3;
}

/**
 * Colours to gray by ITU-R 601-2: [3, height, width] to [1, height, width], or to three equal channels; torchvision's
 * Grayscale.
 *
 * @throws {ValueError} for an unknown option, or `channels` other than 1 and 3.
 * @throws {ShapeError} if the image has other axes or no pixels, or other than 1 or 3 channels.
 * @throws {DTypeError} if the image is not a tensor, or neither uint8 nor of a float dtype.
 * @example
 * new transforms.Grayscale().forward(full([3, 1, 1], 200, { dtype: "uint8" })).toArray(); // [[[199]]]
 */
export class Grayscale extends ImageTransform {
  readonly channels: 1 | 3;

  constructor(options: GrayscaleOptions = {}) {
    super();
    const { channels = 1 } = checkOptions("Grayscale", options, ["channels"]);
    if (channels !== 1 && channels !== 3)
      throw new ValueError(`Grayscale: channels is 1 or 3; got ${String(channels)}`);
    this.channels = channels;
  }

  sizeAfter(size: ImageSize): ImageSize {
    checkChannels("Grayscale", size);
    return [this.channels, size[1], size[2]];
  }
  choose(): null {
    return null;
  }
  apply(images: Tensor): Tensor {
    const gray = images.shape[1] === 1 ? images : weighted(images);
    return this.channels === 1 ? gray : cat([gray, gray, gray], 1);
  }
}

/** 0.2989 red, 0.587 green and 0.114 blue, rounded down for bytes. */
function weighted(images: Tensor): Tensor {
  const x = images.dtype === "uint8" ? images.to("float32") : images;
  const channel = (c: number): Tensor => x.narrow(1, c, 1);
  const gray = channel(0).mul(0.2989).add(channel(1).mul(0.587)).add(channel(2).mul(0.114));
  return images.dtype === "uint8" ? gray.to("uint8") : gray;
}

/**
 * An image or a batch in gray: [..., 3, height, width] to [..., 1, height, width], or three equal channels. Gradients
 * flow through float images.
 *
 * @throws {ValueError} for an unknown option, or `channels` other than 1 and 3.
 * @throws {ShapeError} if the image has other axes or no pixels, or other than 1 or 3 channels.
 * @throws {DTypeError} if the image is not a tensor, or neither uint8 nor of a float dtype.
 * @example
 * transforms.grayscale(ones(3, 2, 2)).shape; // [1, 2, 2]
 */
export function grayscale(image: Tensor, options: GrayscaleOptions = {}): Tensor {
  const images = stacked("grayscale", image);
  const gray = new Grayscale(options);
  gray.sizeAfter(sizeOf(images));
  return unstacked(gray.apply(images), Math.max(image.ndim, 3));
}
