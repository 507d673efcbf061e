/** What is done to an image between the file and the network. */
import { backend } from "../backend/index.ts";
import { DTypeError, ShapeError, ValueError } from "../errors.ts";
import { type Tensor, tensor } from "../ops/index.ts";
import { show } from "../tensor/sizes.ts";

/** A step from an image to an image. */
export interface Transform {
  forward(image: Tensor): Tensor;
}

/**
 * Steps that map each pixel by itself, as one table for whole batches: the channel means and deviations that are taken off and divided
 * by after the division by 255.
 */
export interface PixelTable {
  mean: readonly number[];
  std: readonly number[];
}

/**
 * A uint8 image [height, width] or [height, width, channels] to float32 [channels, height, width] between 0 and 1.
 *
 * @example
 * const train = await MNIST.load({ train: true, transform: new transforms.ToTensor() });
 */
export class ToTensor implements Transform {
  forward(image: Tensor): Tensor {
    return toTensor(image);
  }
}

/**
 * Functional form of {@link ToTensor}.
 * @example
 * transforms.toTensor(tensor([[0, 255]], { dtype: uint8 })).toArray(); // [[[0, 1]]]
 */
export function toTensor(image: Tensor): Tensor {
  if (image.ndim !== 2 && image.ndim !== 3) {
    throw new ShapeError(`ToTensor: takes [height, width] or [height, width, channels]; got ${show(image.shape)}`);
  }
  const planes = image.ndim === 2 ? image.unsqueeze(0) : image.permute(2, 0, 1);
  return image.dtype === "uint8" ? planes.to("float32").div(255) : planes.contiguous();
}

/**
 * Takes a mean off every channel and divides by a standard deviation: float image [channels, height, width] or a batch of them.
 *
 * @example
 * new transforms.Compose([new transforms.ToTensor(), new transforms.Normalize([0.5], [0.5])]);
 */
export class Normalize implements Transform {
  readonly mean: readonly number[];
  readonly std: readonly number[];

  constructor(mean: readonly number[], std: readonly number[]) {
    checkStatistics(mean, std);
    this.mean = mean;
    this.std = std;
  }

  forward(image: Tensor): Tensor {
    return normalize(image, this.mean, this.std);
  }
}

function checkStatistics(mean: readonly number[], std: readonly number[]): void {
  if (mean.length === 0 || mean.length !== std.length) {
    throw new ValueError(`Normalize: one mean and one std per channel; got ${mean.length} and ${std.length}`);
  }
  if (!std.every((value) => value > 0)) throw new ValueError(`Normalize: std is above 0; got ${show(std)}`);
}

/**
 * Functional form of {@link Normalize}.
 * @example
 * transforms.normalize(tensor([[[0, 1]]]), [0.5], [0.5]).toArray(); // [[[-1, 1]]]
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

/**
 * Steps one after the other.
 * @example
 * new transforms.Compose([new transforms.ToTensor(), new transforms.Normalize([0.1307], [0.3081])]);
 */
export class Compose implements Transform {
  readonly transforms: readonly Transform[];

  constructor(transforms: readonly Transform[]) {
    this.transforms = transforms;
  }

  forward(image: Tensor): Tensor {
    return this.transforms.reduce((x, step) => step.forward(x), image);
  }
}

/** @internal The table that a transform amounts to for images of so many channels; undefined when it is more than ToTensor and Normalize. */
export function pixelTable(transform: Transform, channels: number): PixelTable | undefined {
  const steps = transform instanceof Compose ? transform.transforms : [transform];
  const [first, second] = steps;
  if (!(first instanceof ToTensor) || steps.length > 2) return undefined;
  if (second === undefined) return { mean: new Array(channels).fill(0), std: new Array(channels).fill(1) };
  if (!(second instanceof Normalize)) return undefined;
  if (second.mean.length !== channels && second.mean.length !== 1) return undefined;
  const spread = (values: readonly number[]): number[] =>
    Array.from({ length: channels }, (_, i) => values[values.length === 1 ? 0 : i] as number);
  return { mean: spread(second.mean), std: spread(second.std) };
}

const buildTable = backend.kernel("image_lut_f32");

/** @internal The table written out: 256 floats per channel. */
export function writePixelTable(table: PixelTable, target: Tensor): void {
  const { address, values } = backend.table;
  const channels = table.mean.length;
  values.set(table.mean, 0);
  values.set(table.std, channels);
  buildTable(backend.pointer(target.storage), channels, address, address + channels * 8);
}
