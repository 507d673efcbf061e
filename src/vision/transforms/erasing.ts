/** Rectangles of images erased. */
import { backend } from "../../backend/index.ts";
import { ShapeError, ValueError } from "../../errors.ts";
import { empty, type Tensor } from "../../ops/index.ts";
import { checkOptions } from "../../options.ts";
import {
  checkProbability,
  Draws,
  type ImageSize,
  ImageTransform,
  type RandomTransformOptions,
  refuseGradients,
  roundHalfEven,
} from "./transform.ts";

/** Options of {@link RandomErasing}. */
export interface RandomErasingOptions extends RandomTransformOptions {
  /** How probable it is that an image loses a rectangle, 0.5 unless said otherwise. */
  p?: number;
  /** The part of the image that is erased, [0.02, 0.33] unless said otherwise. */
  scale?: readonly [least: number, most: number];
  /** Height by width of the rectangle, [0.3, 3.3] unless said otherwise. */
  ratio?: readonly [least: number, most: number];
  /** What stands there afterwards: a number (0 unless said otherwise), one for each channel, or normal noise. */
  value?: number | readonly number[] | "random";
}

interface Rectangle {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
  /** Noise [channels, height, width], when that is what stands there. */
  readonly noise: Tensor | undefined;
}

/** Rectangles are tried until one fits. */
const TRIALS = 10;

/**
 * Erases a random rectangle of an image (Zhong et al. 2017, https://arxiv.org/abs/1708.04896); torchvision's
 * RandomErasing, with its choices.
 *
 * @throws {ValueError} for an unknown option, a `p` outside [0, 1], a `scale` outside it, a `ratio` that is no range
 * above 0, or a `value` that is none; from `forward` for a uint8 image and a value that is no byte.
 * @throws {ShapeError} if the image has other axes or no pixels, or there is not one value, or one for each channel.
 * @throws {DTypeError} if the image is not a tensor, or neither uint8 nor of a float dtype.
 * @throws {GradError} if it requires gradients, which do not flow through.
 * @example
 * new transforms.RandomErasing({ p: 0 }).forward(ones(1, 1, 2)).toArray(); // [[[1, 1]]]
 */
export class RandomErasing extends ImageTransform<Rectangle | null> {
  readonly p: number;
  readonly #scale: readonly [number, number];
  readonly #ratio: readonly [number, number];
  readonly #value: readonly number[] | "random";
  readonly #draws: Draws;

  constructor(options: RandomErasingOptions = {}) {
    super();
    checkOptions("RandomErasing", options, ["p", "scale", "ratio", "value", "generator"]);
    const { p = 0.5, scale = [0.02, 0.33], ratio = [0.3, 3.3], value = 0, generator } = options;
    this.p = checkProbability("RandomErasing", p);
    if (!(scale[0] >= 0 && scale[0] <= scale[1] && scale[1] <= 1)) {
      throw new ValueError(`RandomErasing: scale is [least, most], within 0 and 1; got ${String(scale)}`);
    }
    if (!(ratio[0] > 0 && ratio[0] <= ratio[1] && ratio[1] < Number.POSITIVE_INFINITY)) {
      throw new ValueError(`RandomErasing: ratio is [least, most], above 0; got ${String(ratio)}`);
    }
    this.#scale = scale;
    this.#ratio = ratio;
    this.#value = typeof value === "number" ? [value] : value;
    if (
      value !== "random" &&
      !(Array.isArray(this.#value) && this.#value.length > 0 && this.#value.every(Number.isFinite))
    ) {
      throw new ValueError(`RandomErasing: value is a number, one for each channel, or "random"; got ${String(value)}`);
    }
    this.#draws = new Draws("RandomErasing", generator);
  }

  sizeAfter(size: ImageSize): ImageSize {
    if (this.#value !== "random" && this.#value.length !== 1 && this.#value.length !== size[0]) {
      throw new ShapeError(
        `RandomErasing: one value, or one for each of ${size[0]} channels; got ${this.#value.length}`,
      );
    }
    return size;
  }

  choose([channels, height, width]: ImageSize): Rectangle | null {
    const draws = this.#draws;
    if (!draws.happens(this.p)) return null;
    // torchvision takes the logarithm and its exponential in float32.
    const [least, most] = this.#ratio.map((ratio) => Math.fround(Math.log(Math.fround(ratio)))) as [number, number];
    for (let trial = 0; trial < TRIALS; trial++) {
      const area = height * width * draws.uniform(...this.#scale);
      const aspect = Math.fround(Math.exp(draws.uniform(least, most)));
      const rows = roundHalfEven(Math.sqrt(area * aspect));
      const columns = roundHalfEven(Math.sqrt(area / aspect));
      if (rows >= height || columns >= width) continue;
      const noise =
        this.#value === "random"
          ? (empty([channels, rows, columns]) as Tensor).normal_(0, 1, { generator: draws.generator })
          : undefined;
      const top = draws.integer(0, height - rows + 1);
      const left = draws.integer(0, width - columns + 1);
      return { top, left, height: rows, width: columns, noise };
    }
    return null;
  }

  apply(images: Tensor, choices: readonly (Rectangle | null)[]): Tensor {
    refuseGradients("RandomErasing", images);
    if (images.dtype === "uint8" && (this.#value === "random" || !this.#value.every(isByte))) {
      throw new ValueError(
        `RandomErasing: uint8 images are filled with whole numbers from 0 to 255; got ${String(this.#value)}; put ToTensor before it`,
      );
    }
    const [, channels, height, width] = images.shape as readonly number[] as [number, number, number, number];
    const y: Tensor = images.clone();
    const bytes = backend.view(y.storage);
    const array = { uint8: Uint8Array, float32: Float32Array, float64: Float64Array }[y.dtype as "uint8"];
    const pixels = new array(bytes.buffer as ArrayBuffer, bytes.byteOffset, y.count);
    for (const [i, rectangle] of choices.entries()) {
      if (rectangle === null) continue;
      const noise = rectangle.noise?.data();
      for (let c = 0; c < channels; c++) {
        const value = this.#value === "random" ? 0 : (this.#value[this.#value.length === 1 ? 0 : c] as number);
        for (let r = 0; r < rectangle.height; r++) {
          const from = ((i * channels + c) * height + rectangle.top + r) * width + rectangle.left;
          const row = (c * rectangle.height + r) * rectangle.width;
          if (noise === undefined) pixels.fill(value, from, from + rectangle.width);
          else pixels.set(noise.subarray(row, row + rectangle.width), from);
        }
      }
    }
    return y;
  }
}

function isByte(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= 255;
}
