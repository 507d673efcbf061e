// MNIST through the loader: its kernels beside sample after sample, bit for bit, and FashionMNIST from files of its format.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DataLoader, type Dataset, defaultCollate } from "../../src/data/index.ts";
import { DTypeError, FormatError, IndexError, manualSeed, type Tensor, tensor } from "../../src/index.ts";
import { FashionMNIST, type LabelledImage, MNIST, transforms } from "../../src/vision/index.ts";

const bytes = (x: Tensor): Buffer => Buffer.from(x.data().buffer);

const TRANSFORMS: [string, transforms.Transform | undefined][] = [
  ["no transform", undefined],
  ["ToTensor", new transforms.ToTensor()],
  [
    "ToTensor and Normalize",
    new transforms.Compose([new transforms.ToTensor(), new transforms.Normalize([0.1307], [0.3081])]),
  ],
  ["a transform of one's own", { forward: (image) => image.to("float32").sub(3).unsqueeze(0) as Tensor }],
];

describe.each(TRANSFORMS)("%s", (name, transform) => {
  let mnist: MNIST;
  beforeAll(async () => {
    mnist = await MNIST.load({ train: false, download: false, transform });
  });

  test("batches of the loader are what its samples are, one by one", () => {
    expect(mnist.length).toBe(10000);
    const first = (dataset: Dataset<LabelledImage>): [Tensor, Tensor][] => {
      manualSeed(4);
      const batches: [Tensor, Tensor][] = [];
      for (const batch of new DataLoader(dataset, { batchSize: 48, shuffle: true })) {
        batches.push(batch as [Tensor, Tensor]);
        if (batches.length === 3) break;
      }
      return batches;
    };
    const slow = first({ length: mnist.length, get: (index) => mnist.get(index) });
    for (const [i, [images, labels]] of first(mnist).entries()) {
      const [slowImages, slowLabels] = slow[i] as [Tensor, Tensor];
      expect([images.shape, images.dtype]).toEqual([slowImages.shape, slowImages.dtype]);
      expect(bytes(images).equals(bytes(slowImages))).toBe(true);
      expect([labels.dtype, labels.toArray()]).toEqual([slowLabels.dtype, slowLabels.toArray()]);
    }
  });

  test("any indices make a batch", () => {
    const indices: Tensor<[number]> = tensor([0, 9999, 17, 17, 4321, 8], { dtype: "int32" });
    const [images, labels] = mnist.batch(indices);
    const [slowImages, slowLabels] = defaultCollate(Array.from(indices.data(), (i) => mnist.get(i)));
    expect(images.shape).toEqual(name === "no transform" ? [6, 28, 28] : [6, 1, 28, 28]);
    expect(bytes(images).equals(bytes(slowImages))).toBe(true);
    expect(labels.toArray()).toEqual(slowLabels.toArray());
  });

  test("indices out of range or of another dtype are errors that name them", () => {
    for (const wrong of [10000, -1]) {
      const indices: Tensor<[number]> = tensor([0, wrong], { dtype: "int32" });
      expect(() => mnist.batch(indices)).toThrow(IndexError);
      expect(() => mnist.batch(indices)).toThrow(`there are 10000 images; got index ${wrong}`);
      expect(() => mnist.get(wrong)).toThrow(`there are 10000 images; got index ${wrong}`);
    }
    expect(() => mnist.get(1.5)).toThrow(IndexError);
    const floats: Tensor<[number]> = tensor([0, 1]);
    expect(() => mnist.batch(floats)).toThrow(DTypeError);
    expect(() => mnist.batch(floats)).toThrow(/batch: .*int32.*got float32 \[2\]/);
  });

  test("indices with strides are read in their own order", () => {
    const table: Tensor = tensor([[5, 1], [6, 2], [7, 3]], { dtype: "int32" }); // biome-ignore format: a matrix
    const column = table.select(1, 1) as Tensor<[number]>;
    expect(bytes(mnist.batch(column)[0]).equals(bytes(mnist.batch(column.clone())[0]))).toBe(true);
    expect(mnist.batch(column)[1].toArray()).toEqual([1, 2, 3].map((i) => mnist.get(i)[1]));
  });
});

test("every pixel value maps as ToTensor and Normalize do", async () => {
  const pixels = new Uint8Array(784).map((_, i) => i % 256);
  const image: Tensor = (tensor(pixels) as Tensor).reshape(28, 28);
  const transform = new transforms.Compose([new transforms.ToTensor(), new transforms.Normalize([0.5], [0.25])]);
  const expected = pixels.reduce<number[]>((list, v) => {
    list.push(Math.fround(Math.fround(Math.fround(v / 255) - 0.5) / 0.25));
    return list;
  }, []);
  expect([...transform.forward(image).data()]).toEqual(expected);
});

describe("FashionMNIST from a folder", () => {
  let root = "";
  const idx = (type: number, sizes: number[], data: number[]): Buffer => {
    const head = Buffer.alloc(4 + 4 * sizes.length);
    head.writeUInt32BE(type * 256 + sizes.length, 0);
    for (const [i, size] of sizes.entries()) head.writeUInt32BE(size, 4 + 4 * i);
    return Buffer.concat([head, Buffer.from(data)]);
  };
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), "nabla-fashion-"));
    writeFileSync(join(root, "t10k-images-idx3-ubyte"), idx(8, [3, 2, 2], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 255]));
    writeFileSync(join(root, "t10k-labels-idx1-ubyte"), idx(8, [3], [9, 0, 5]));
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  test("images, labels and the names of the classes", async () => {
    const fashion = await FashionMNIST.load({ root, train: false, transform: new transforms.ToTensor() });
    expect(fashion.length).toBe(3);
    const [batch] = [...new DataLoader(fashion, { batchSize: 3 })];
    const [images, labels] = batch as [Tensor, Tensor];
    expect(images.shape).toEqual([3, 1, 2, 2]);
    expect(images.select(0, 2).toArray()).toEqual([[[8, 9], [10, 255]].map((row) => row.map((v) => Math.fround(v / 255)))]); // biome-ignore format: a matrix
    expect([...labels.data()].map((label) => fashion.classes[label])).toEqual(["Ankle boot", "T-shirt/top", "Sandal"]);
  });

  test("files that do not go together", async () => {
    writeFileSync(join(root, "train-images-idx3-ubyte"), idx(8, [2, 1, 1], [1, 2]));
    writeFileSync(join(root, "train-labels-idx1-ubyte"), idx(8, [3], [1, 2, 3]));
    await expect(FashionMNIST.load({ root })).rejects.toThrow(FormatError);
    await expect(FashionMNIST.load({ root })).rejects.toThrow(/as many labels as images; got 3 and 2/);
    writeFileSync(join(root, "train-images-idx3-ubyte"), idx(8, [4], [1, 2, 3, 4]));
    await expect(FashionMNIST.load({ root })).rejects.toThrow(/expects uint8 with 3 axes; the file holds uint8 \[4\]/);
    writeFileSync(join(root, "train-images-idx3-ubyte"), idx(8, [2, 1, 1], [1]));
    await expect(FashionMNIST.load({ root })).rejects.toThrow(FormatError);
  });
});
