/** What a transform is, and PyTorch's way of drawing single numbers. */
import { tracks } from "../../autograd/node.ts";
import { DTypeError, GradError, ShapeError, ValueError } from "../../errors.ts";
import { defaultGenerator, Generator, Tensor } from "../../ops/index.ts";
import { show } from "../../tensor/sizes.ts";

/** A step from an image to an image. */
export interface Transform {
  forward(image: Tensor): Tensor;
}

/** Channels, height and width. */
export type ImageSize = readonly [channels: number, height: number, width: number];

/**
 * A transform of images [height, width] or [channels, height, width], uint8 or of a float dtype, that does whole
 * batches [n, channels, height, width] at once. What is random about it is chosen image after image, in torchvision's
 * order, so a batch is what its images are one by one.
 *
 * @throws {ShapeError} if the image has other axes or no pixels.
 * @throws {DTypeError} if the image is not a tensor, or neither uint8 nor of a float dtype.
 * @example
 * new transforms.CenterCrop(20) instanceof transforms.ImageTransform; // true
 */
export abstract class ImageTransform<Choice = null> implements Transform {
  /** The size of what comes out for an image of this size; throws when it takes none of this size. */
  abstract sizeAfter(size: ImageSize): ImageSize;
  /** @internal What is done to one image. */
  abstract choose(size: ImageSize): Choice;
  /** @internal Images [n, channels, height, width] in row-major memory, each with its choice. */
  abstract apply(images: Tensor, choices: readonly Choice[]): Tensor;
  /** An image [height, width] or [channels, height, width], or a batch [n, channels, height, width] with choices for each image. */
  forward(image: Tensor): Tensor {
    return runEach(this.constructor.name, this, image);
  }
}

/** Runs one transform over an image or a batch. */
function runEach<Choice>(op: string, step: ImageTransform<Choice>, image: Tensor): Tensor {
  const images = stacked(op, image);
  const size = sizeOf(images);
  step.sizeAfter(size);
  const choices = Array.from({ length: images.shape[0] as number }, () => step.choose(size));
  return unstacked(step.apply(images, choices), image.ndim);
}

/** Channels, height and width of [n, channels, height, width]. */
export function sizeOf(images: Tensor): ImageSize {
  return images.shape.slice(1) as readonly number[] as ImageSize;
}

/** The image or images as [n, channels, height, width] in row-major memory. */
export function stacked(op: string, image: Tensor): Tensor {
  if (!(image instanceof Tensor)) throw new DTypeError(`${op}: takes a tensor; got ${typeof image}`);
  const { shape, dtype } = image as Tensor;
  if (dtype !== "uint8" && dtype !== "float32" && dtype !== "float64") {
    throw new DTypeError(`${op}: takes uint8, float32 or float64 images; got ${dtype}`);
  }
  if (shape.length < 2 || shape.length > 4) {
    throw new ShapeError(
      `${op}: takes [height, width], [channels, height, width] or a batch of these; got ${show(shape)}`,
    );
  }
  if (shape.slice(-2).includes(0) || shape.at(-3) === 0) {
    throw new ShapeError(`${op}: an image has at least one pixel; got ${show(shape)}`);
  }
  const flat: Tensor = image.contiguous();
  const [height, width] = shape.slice(-2) as [number, number];
  if (shape.length === 2) return flat.reshape(1, 1, height, width);
  return shape.length === 3 ? flat.unsqueeze(0) : flat;
}

/** Throws a GradError for images that record gradients, which would end here without a word. */
export function refuseGradients(op: string, images: Tensor): void {
  if (!tracks(images)) return;
  throw new GradError(`${op}: gradients do not flow through it; got an image that requires them; use detach() before`);
}

/** Back to as many axes as came in; an image without channels gets its axis back only when it has several. */
export function unstacked(images: Tensor, axes: number): Tensor {
  if (axes === 4) return images;
  const image: Tensor = images.squeeze(0);
  return axes === 2 && image.shape[0] === 1 ? image.squeeze(0) : image;
}

/** Options of transforms that choose at random. */
export interface RandomTransformOptions {
  /** Where the choices come from; the default generator unless said otherwise. */
  generator?: Generator;
}

/** Single numbers out of a generator, as PyTorch draws them. */
export class Draws {
  readonly #generator: Generator;

  constructor(op: string, generator: Generator = defaultGenerator) {
    if (!(generator instanceof Generator)) {
      throw new ValueError(`${op}: generator is a Generator; got ${String(generator)}`);
    }
    this.#generator = generator;
  }

  get generator(): Generator {
    return this.#generator;
  }

  /** torch.randint(low, high, (1,)), for ranges below 2^28. */
  integer(low: number, high: number): number {
    return low + (this.#generator.random() % (high - low));
  }

  /** torch.rand(1) < p. */
  happens(p: number): boolean {
    return this.uniform(0, 1) < Math.fround(p);
  }

  /** torch.empty(1).uniform_(from, to), in float32. */
  uniform(from: number, to: number): number {
    const unit = (this.#generator.random() & 0xffffff) / 2 ** 24;
    return Math.fround(unit * Math.fround(Math.fround(to) - Math.fround(from)) + Math.fround(from));
  }

  /** torch.randperm(n), n small. */
  permutation(n: number): number[] {
    const order = Array.from({ length: n }, (_, i) => i);
    for (let i = 0; i < n - 1; i++) {
      const j = i + (this.#generator.random() % (n - i));
      [order[i], order[j]] = [order[j] as number, order[i] as number];
    }
    return order;
  }
}

export function checkProbability(op: string, p: number): number {
  if (!(p >= 0 && p <= 1)) throw new ValueError(`${op}: p is a probability from 0 to 1; got ${String(p)}`);
  return p;
}

/** A size as height and width: one whole number stands for a square. */
export function checkSize(op: string, size: number | readonly number[]): [height: number, width: number] {
  const pair = typeof size === "number" ? [size, size] : size;
  if (!Array.isArray(pair) || pair.length !== 2 || !pair.every((n) => Number.isInteger(n) && n > 0)) {
    throw new ValueError(`${op}: size is a whole number above 0, or [height, width]; got ${String(size)}`);
  }
  return pair as unknown as [number, number];
}

/** Python's round: halves go to the even neighbour. */
export function roundHalfEven(x: number): number {
  const low = Math.floor(x);
  const rest = x - low;
  if (rest !== 0.5) return Math.round(x);
  return low % 2 === 0 ? low : low + 1;
}
