/** Images at another size. */
import { ShapeError, ValueError } from "../../errors.ts";
import { text } from "../../ops/conv-geometry.ts";
import { empty, type Tensor } from "../../ops/index.ts";
import { type ResizeMode, type ResizeWeights, resizeImages } from "../../ops/resize.ts";
import { checkOptions } from "../../options.ts";
import {
  checkSize,
  Draws,
  type ImageSize,
  ImageTransform,
  type RandomTransformOptions,
  refuseGradients,
  roundHalfEven,
  sizeOf,
  stacked,
  unstacked,
} from "./transform.ts";

/** Options of transforms that resize. */
export interface ResizeOptions {
  /** "bilinear" unless said otherwise. */
  interpolation?: ResizeMode;
  /** Whether reducing averages over all pixels that fall together, true unless said otherwise; nearest never does. */
  antialias?: boolean;
}

const MODES: readonly ResizeMode[] = ["nearest", "nearest-exact", "bilinear", "bicubic"];

function checkWeights(op: string, { interpolation = "bilinear", antialias = true }: ResizeOptions): ResizeWeights {
  if (!MODES.includes(interpolation)) {
    throw new ValueError(`${op}: interpolation is ${MODES.join(", ")}; got ${JSON.stringify(interpolation)}`);
  }
  return { mode: interpolation, antialias, alignCorners: false };
}

/** Images in another size; bicubic may go beyond the range of floats, and bytes end at 0 and 255. */
function resized(images: Tensor, size: readonly [number, number], how: ResizeWeights): Tensor {
  const [, height, width] = sizeOf(images);
  return height === size[0] && width === size[1] ? images : resizeImages(images, size, how);
}

/**
 * Images at another size: [height, width], or a number for the shorter side with the longer one in proportion.
 * torchvision's Resize of tensors.
 *
 * @throws {ValueError} for an unknown option or `interpolation`, a `size` that is no whole number above 0 nor
 * [height, width], or a `maxSize` that is not above a size of one number.
 * @throws {ShapeError} if the image has other axes or no pixels, or none are left with `maxSize`.
 * @throws {DTypeError} if the image is not a tensor, or neither uint8 nor of a float dtype.
 * @example
 * new transforms.Resize(2).forward(arange(16).to("float32").reshape(4, 4)).shape; // [2, 2]
 */
export class Resize extends ImageTransform {
  readonly size: number | readonly [height: number, width: number];
  readonly maxSize: number | undefined;
  readonly #weights: ResizeWeights;

  constructor(size: number | readonly [number, number], options: ResizeOptions & { maxSize?: number } = {}) {
    super();
    checkSize("Resize", size);
    const { maxSize } = checkOptions("Resize", options, ["interpolation", "antialias", "maxSize"]);
    if (maxSize !== undefined && !(typeof size === "number" && Number.isInteger(maxSize) && maxSize > size)) {
      throw new ValueError(`Resize: maxSize is a whole number above a size of one number; got ${maxSize} for ${size}`);
    }
    this.size = size;
    this.maxSize = maxSize;
    this.#weights = checkWeights("Resize", options);
  }

  sizeAfter([channels, height, width]: ImageSize): ImageSize {
    if (typeof this.size !== "number") return [channels, ...this.size];
    const [short, long] = width <= height ? [width, height] : [height, width];
    let [newShort, newLong] = [this.size, Math.floor((this.size * long) / short)];
    if (this.maxSize !== undefined && newLong > this.maxSize) {
      [newShort, newLong] = [Math.floor((this.maxSize * newShort) / newLong), this.maxSize];
    }
    if (newShort < 1)
      throw new ShapeError(`Resize: no pixel of ${height} × ${width} is left with maxSize ${this.maxSize}`);
    return width <= height ? [channels, newLong, newShort] : [channels, newShort, newLong];
  }
  choose(): null {
    return null;
  }
  apply(images: Tensor): Tensor {
    const [, height, width] = this.sizeAfter(sizeOf(images));
    return resized(images, [height, width], this.#weights);
  }
}

/**
 * An image or a batch at another size, as {@link Resize} does it. Gradients flow through float images.
 *
 * @throws {ValueError} for an unknown option or `interpolation`, or a `size` that is no whole number above 0 nor
 * [height, width].
 * @throws {ShapeError} if the image has other axes or no pixels.
 * @throws {DTypeError} if the image is not a tensor, or neither uint8 nor of a float dtype.
 * @example
 * transforms.resize(ones(3, 4, 4), [2, 2]).shape; // [3, 2, 2]
 */
export function resize(image: Tensor, size: number | readonly [number, number], options: ResizeOptions = {}): Tensor {
  return unstacked(new Resize(size, options).apply(stacked("resize", image)), image.ndim);
}

/** Options of {@link RandomResizedCrop}. */
export interface RandomResizedCropOptions extends ResizeOptions, RandomTransformOptions {
  /** The part of the image that is taken, [0.08, 1] unless said otherwise. */
  scale?: readonly [least: number, most: number];
  /** Width by height of what is taken, [3/4, 4/3] unless said otherwise. */
  ratio?: readonly [least: number, most: number];
}

interface Box {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/** Boxes are tried until one fits; then the middle is taken. */
const TRIALS = 10;

/**
 * A random part of an image, of random proportions, at one size; torchvision's RandomResizedCrop, with its choices.
 *
 * @throws {ValueError} for an unknown option or `interpolation`, a `size` that is no whole number above 0 nor
 * [height, width], a `scale` or `ratio` that is no range above 0, or a `generator` that is none.
 * @throws {ShapeError} if the image has other axes or no pixels.
 * @throws {DTypeError} if the image is not a tensor, or neither uint8 nor of a float dtype.
 * @throws {GradError} if it requires gradients, which do not flow through.
 * @example
 * new transforms.RandomResizedCrop(4).forward(zeros(3, 9, 9)).shape; // [3, 4, 4]
 */
export class RandomResizedCrop extends ImageTransform<Box> {
  readonly size: readonly [height: number, width: number];
  readonly #scale: readonly [number, number];
  readonly #ratio: readonly [number, number];
  readonly #weights: ResizeWeights;
  readonly #draws: Draws;

  constructor(size: number | readonly [number, number], options: RandomResizedCropOptions = {}) {
    super();
    checkOptions("RandomResizedCrop", options, ["scale", "ratio", "interpolation", "antialias", "generator"]);
    const { scale = [0.08, 1], ratio = [3 / 4, 4 / 3], generator } = options;
    this.size = checkSize("RandomResizedCrop", size);
    for (const [what, range] of Object.entries({ scale, ratio })) {
      const [least, most] = Array.isArray(range) ? range : [Number.NaN, Number.NaN];
      if (!(least > 0 && least <= most && most < Number.POSITIVE_INFINITY)) {
        throw new ValueError(`RandomResizedCrop: ${what} is [least, most], above 0; got ${text(range)}`);
      }
    }
    this.#scale = scale;
    this.#ratio = ratio;
    this.#weights = checkWeights("RandomResizedCrop", options);
    this.#draws = new Draws("RandomResizedCrop", generator);
  }

  sizeAfter([channels]: ImageSize): ImageSize {
    return [channels, ...this.size];
  }
  choose([, height, width]: ImageSize): Box {
    const [least, most] = this.#ratio.map((ratio) => Math.fround(Math.log(Math.fround(ratio)))) as [number, number];
    for (let trial = 0; trial < TRIALS; trial++) {
      const area = height * width * this.#draws.uniform(...this.#scale);
      const aspect = Math.fround(Math.exp(this.#draws.uniform(least, most)));
      const columns = roundHalfEven(Math.sqrt(area * aspect));
      const rows = roundHalfEven(Math.sqrt(area / aspect));
      if (columns < 1 || rows < 1 || columns > width || rows > height) continue;
      const top = this.#draws.integer(0, height - rows + 1);
      const left = this.#draws.integer(0, width - columns + 1);
      return { top, left, height: rows, width: columns };
    }
    const [rows, columns] = middleBox(height, width, this.#ratio);
    return {
      top: Math.floor((height - rows) / 2),
      left: Math.floor((width - columns) / 2),
      height: rows,
      width: columns,
    };
  }
  apply(images: Tensor, choices: readonly Box[]): Tensor {
    refuseGradients("RandomResizedCrop", images);
    const y: Tensor = empty([choices.length, images.shape[1] as number, ...this.size], { dtype: images.dtype });
    for (const [i, { top, left, height, width }] of choices.entries()) {
      const part = images.narrow(0, i, 1).narrow(2, top, height).narrow(3, left, width) as Tensor;
      y.narrow(0, i, 1).copy_(resized(part.contiguous(), this.size, this.#weights));
    }
    return y;
  }
}

/** The largest box of proportions within the range. */
function middleBox(height: number, width: number, [least, most]: readonly [number, number]): [number, number] {
  const ratio = width / height;
  if (ratio < least) return [roundHalfEven(width / least), width];
  return ratio > most ? [height, roundHalfEven(height * most)] : [height, width];
}
