/** Images of one size with labels, in memory as bytes. */
import { backend } from "../backend/index.ts";
import { defaultCollate } from "../data/collate.ts";
import { type Batch, checkIndices, type Dataset } from "../data/dataset.ts";
import { IndexError } from "../errors.ts";
import { empty, type Tensor } from "../ops/index.ts";
import { pointer } from "../tensor/tensor.ts";
import { batchSteps, runSteps } from "./transforms/compose.ts";
import { ToTensor, tableAt, writtenTable } from "./transforms/pixels.ts";
import type { ImageTransform, Transform } from "./transforms/transform.ts";

/** An image and its label. */
export type LabelledImage = [image: Tensor, label: number];

const gatherImages = backend.kernel("gather_images_u8_f32");
const gatherBytes = backend.kernel("gather_rows_1");
const gatherLabels = backend.kernel("gather_u8_i32");

/** Images of one size with labels, in memory as bytes. */
export class ByteImages implements Dataset<LabelledImage> {
  /** All images, uint8 [n, height, width] or [n, channels, height, width]. */
  readonly images: Tensor;
  /** All labels, uint8 [n]. */
  readonly targets: Tensor;
  /** The names of the classes, by label. */
  readonly classes: readonly string[];
  readonly transform: Transform | undefined;
  /** The transform's steps, when all of them do whole batches. */
  readonly #steps: readonly ImageTransform<unknown>[] | undefined;
  /** The transform as a table of floats, when it maps each pixel by itself. */
  readonly #table: Tensor | undefined;

  constructor(images: Tensor, targets: Tensor, classes: readonly string[], transform: Transform | undefined) {
    this.images = images;
    this.targets = targets;
    this.classes = classes;
    this.transform = transform;
    this.#steps = transform && batchSteps(transform);
    const channels = this.#channels;
    const mapped = this.#steps && tableAt(this.#steps, 0, channels);
    if (mapped?.next === this.#steps?.length) this.#table = mapped && writtenTable(mapped.table, channels);
  }

  get length(): number {
    return this.images.shape[0] as number;
  }

  get #channels(): number {
    return this.images.ndim === 4 ? (this.images.shape[1] as number) : 1;
  }

  get(index: number): LabelledImage {
    if (!Number.isInteger(index) || index < 0 || index >= this.length) {
      throw new IndexError(`get: there are ${this.length} images; got index ${index}`);
    }
    const image: Tensor = this.images.select(0, index).clone();
    return [this.transform?.forward(image) ?? image, this.targets.select(0, index).item()];
  }

  /** The images and labels at the indices: by kernels over the whole batch, unless the transform needs single images. */
  batch(given: Tensor<[number]>): Batch<LabelledImage> {
    const indices = checkIndices("batch", given);
    if (this.transform !== undefined && this.#steps === undefined) {
      return defaultCollate(Array.from(indices.data(), (index) => this.get(index)));
    }
    const images = this.#table === undefined ? this.#gather(indices) : this.#gatherFloats(indices, this.#table);
    const labels = empty([indices.count], { dtype: "int32" });
    gatherLabels(pointer(this.targets), pointer(indices), pointer(labels), indices.count, this.length);
    return [images, labels] as Batch<LabelledImage>;
  }

  #gather(indices: Tensor): Tensor {
    const n = indices.count;
    const sizes = this.images.shape.slice(1) as readonly number[];
    const bytes = sizes.reduce((product, size) => product * size, 1);
    const images: Tensor = empty([n, ...sizes], { dtype: "uint8" });
    const wrong = gatherBytes(pointer(this.images), pointer(indices), pointer(images), n, this.length, bytes);
    this.#checkFound(indices, wrong);
    if (this.#steps === undefined) return images;
    if (images.ndim === 4) return runSteps(this.#steps, images);
    const flat = runSteps(this.#steps, images.unsqueeze(1));
    return this.#steps.some((step) => step instanceof ToTensor) ? flat : flat.squeeze(1);
  }

  #gatherFloats(indices: Tensor, table: Tensor): Tensor {
    const n = indices.count;
    const [height, width] = this.images.shape.slice(-2) as [number, number];
    const plane = height * width;
    const channels = this.#channels;
    const images = empty(n, channels, height, width);
    const wrong = gatherImages(
      ...([pointer(this.images), pointer(indices), pointer(images), n, this.length, channels * plane] as const),
      ...([pointer(table), channels, plane] as const),
    );
    this.#checkFound(indices, wrong);
    return images;
  }

  #checkFound(indices: Tensor, wrong: number): void {
    if (wrong < 0) return;
    throw new IndexError(`batch: there are ${this.length} images; got index ${indices.select(0, wrong).item()}`);
  }
}
