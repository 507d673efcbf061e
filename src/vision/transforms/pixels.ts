/** Pixels to floats: ToTensor and Normalize, as a table for bytes. */
import { backend } from "../../backend/index.ts";
import { DTypeError, ShapeError, ValueError } from "../../errors.ts";
import { empty, Tensor, tensor } from "../../ops/index.ts";
import { show } from "../../tensor/sizes.ts";
import { identityPlacements, place } from "./placement.ts";
import { type ImageSize, ImageTransform, sizeOf } from "./transform.ts";

/** More channels than an image has; an axis that is longer counts rows or columns. */
const MOST_CHANNELS = 4;

/**
 * Whether the channels are the last axis: the first one then counts more than channels, and the last one no more than 4.
 * What could be both has its channels first.
 */
function channelsLast(image: Tensor): boolean {
  const { shape } = image as Tensor;
  return image.ndim >= 3 && (shape.at(-3) as number) > MOST_CHANNELS && (shape.at(-1) as number) <= MOST_CHANNELS;
}

/** The image with its channels first. */
export function channelsFirst(image: Tensor): Tensor {
  if (image.ndim < 2 || image.ndim > 4) {
    throw new ShapeError(
      `ToTensor: takes [height, width], [channels, height, width] or [height, width, channels]; got ${show(image.shape)}`,
    );
  }
  if (image.ndim === 2) return image.unsqueeze(0);
  if (!channelsLast(image)) return image;
  return image.ndim === 3 ? image.permute(2, 0, 1) : image.permute(0, 3, 1, 2);
}

/**
 * A uint8 image [height, width], [channels, height, width] or [height, width, channels] to float32
 * [channels, height, width] between 0 and 1. The channels are the last axis when that has at most 4 and the first has
 * more.
 *
 * @throws {ShapeError} if the image has other axes.
 * @throws {DTypeError} if it is not a tensor.
 * @example
 * tensor([[0, 255]], { dtype: "uint8" }).shape; // [1, 2]
 * new transforms.ToTensor().forward(tensor([[0, 255]], { dtype: "uint8" })).toArray(); // [[[0, 1]]]
 */
export class ToTensor extends ImageTransform {
  override forward(image: Tensor): Tensor {
    return toTensor(image);
  }
  sizeAfter(size: ImageSize): ImageSize {
    return size;
  }
  choose(): null {
    return null;
  }
  apply(images: Tensor): Tensor {
    return images.dtype === "uint8" ? tableLookup(images, { mean: [0], std: [1] }) : images;
  }
}

/**
 * Functional form of {@link ToTensor}. Images of other dtypes than uint8 keep their values and dtype.
 *
 * @throws {ShapeError} if the image has other axes.
 * @throws {DTypeError} if it is not a tensor.
 * @example
 * transforms.toTensor(zeros([28, 28], { dtype: "uint8" })).shape; // [1, 28, 28]
 */
export function toTensor(image: Tensor): Tensor {
  if (!(image instanceof Tensor)) throw new DTypeError(`ToTensor: takes a tensor; got ${typeof image}`);
  const planes = channelsFirst(image);
  return planes.dtype === "uint8" ? planes.to("float32").div(255) : planes.contiguous();
}

/**
 * Takes a mean off every channel and divides by a standard deviation: float image [channels, height, width] or a batch
 * of them.
 *
 * @throws {ValueError} unless there is one mean and one std for each channel (or for all), the means finite and the
 * deviations above 0.
 * @throws {ShapeError} if the image has fewer than 3 axes, or other channels.
 * @throws {DTypeError} if the image is not of a float dtype.
 * @example
 * new transforms.Normalize([0.5], [0.5]).forward(ones(1, 1, 2)).toArray(); // [[[1, 1]]]
 */
export class Normalize extends ImageTransform {
  readonly mean: readonly number[];
  readonly std: readonly number[];

  constructor(mean: readonly number[], std: readonly number[]) {
    super();
    checkStatistics(mean, std);
    this.mean = mean;
    this.std = std;
  }

  override forward(image: Tensor): Tensor {
    return normalize(image, this.mean, this.std);
  }
  sizeAfter(size: ImageSize): ImageSize {
    return size;
  }
  choose(): null {
    return null;
  }
  apply(images: Tensor): Tensor {
    return normalize(images, this.mean, this.std);
  }
}

function checkStatistics(mean: readonly number[], std: readonly number[]): void {
  if (!Array.isArray(mean) || !Array.isArray(std) || mean.length === 0 || mean.length !== std.length) {
    throw new ValueError(`Normalize: one mean and one std per channel; got ${mean?.length} and ${std?.length}`);
  }
  if (!mean.every(Number.isFinite)) throw new ValueError(`Normalize: mean has numbers; got ${show(mean)}`);
  if (!std.every((value) => value > 0)) throw new ValueError(`Normalize: std is above 0; got ${show(std)}`);
}

/**
 * Functional form of {@link Normalize}.
 *
 * @throws {ValueError} unless there is one mean and one std for each channel (or for all), the means finite and the
 * deviations above 0.
 * @throws {ShapeError} if the image has fewer than 3 axes, or other channels.
 * @throws {DTypeError} if the image is not of a float dtype.
 * @example
 * normalize(tensor([3, 4]), { dim: 0 }).toArray(); // [0.6, 0.8]
 */
export function normalize(image: Tensor, mean: readonly number[], std: readonly number[]): Tensor {
  checkStatistics(mean, std);
  if (image.dtype !== "float32" && image.dtype !== "float64") {
    throw new DTypeError(`Normalize: takes a float image; got ${image.dtype}; put ToTensor before it`);
  }
  if (image.ndim < 3 || (mean.length !== 1 && image.shape[image.ndim - 3] !== mean.length)) {
    throw new ShapeError(`Normalize: takes [..., ${mean.length} channels, height, width]; got ${show(image.shape)}`);
  }
  const column = (values: readonly number[]): Tensor => {
    const x: Tensor = tensor([...values], { dtype: image.dtype });
    return x.reshape(-1, 1, 1);
  };
  return image.sub(column(mean)).div(column(std));
}

/** The channel means and deviations that are taken off and divided by after the division by 255. */
export interface PixelTable {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

const buildTable = backend.kernel("image_lut_f32");

/** The table written out: 256 floats for each channel. */
export function writtenTable(table: PixelTable, channels: number): Tensor {
  const spread = (values: readonly number[]): number[] =>
    Array.from({ length: channels }, (_, i) => values[values.length === 1 ? 0 : i] as number);
  const written = empty([channels, 256]) as Tensor;
  const { address, values } = backend.table;
  values.set(spread(table.mean), 0);
  values.set(spread(table.std), channels);
  buildTable(backend.pointer(written.storage), channels, address, address + channels * 8);
  return written;
}

/** Bytes [n, channels, height, width] looked up. */
function tableLookup(images: Tensor, table: PixelTable): Tensor {
  const size = sizeOf(images);
  const placements = identityPlacements(images.shape[0] as number);
  return place(images, { size, placements, outside: { mode: "constant", fill: 0 } }, writtenTable(table, size[0]));
}

/** The table that ToTensor at `start`, and Normalize behind it, amount to; undefined when there is no ToTensor. */
export function tableAt(
  steps: readonly ImageTransform<unknown>[],
  start: number,
  channels: number,
): { readonly table: PixelTable; readonly next: number } | undefined {
  if (!(steps[start] instanceof ToTensor)) return undefined;
  const then = steps[start + 1];
  const fits = then instanceof Normalize && (then.mean.length === 1 || then.mean.length === channels);
  return fits ? { table: then, next: start + 2 } : { table: { mean: [0], std: [1] }, next: start + 1 };
}
