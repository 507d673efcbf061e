// Datasets in memory and datasets out of datasets: whole batches beside sample after sample.
import { describe, expect, test } from "vitest";
import {
  ConcatDataset,
  DataLoader,
  type Dataset,
  defaultCollate,
  randomSplit,
  Subset,
  TensorDataset,
} from "../../src/data/index.ts";
import { arange, Generator, manualSeed, rand, randn, Tensor, tensor } from "../../src/index.ts";

const vector = (...values: number[]): Tensor<[number]> => tensor(Int32Array.from(values)) as Tensor as Tensor<[number]>;
const bytes = (x: Tensor): Buffer => Buffer.from(x.data().buffer);
const values = (batch: unknown): unknown => (batch as Tensor[]).map((x) => x.toArray());

describe("TensorDataset", () => {
  const table: Tensor = randn(9, 6);
  const tensors: Record<string, Tensor> = {
    float32: randn(9, 3),
    float64: randn([9, 2], { dtype: "float64" }),
    int32: arange(9),
    uint8: (arange(27) as Tensor).reshape(9, 3).to("uint8"),
    bool: (arange(9) as Tensor).gt(4),
    "one number a row": randn(9, 1),
    "three axes": randn(9, 2, 5),
    "no elements": randn(9, 0),
    "narrowed columns": table.narrow(1, 1, 4),
    transposed: randn(4, 9).t() as Tensor,
    "narrowed rows": (randn(20, 3) as Tensor).narrow(0, 5, 9),
    expanded: (randn(9, 1) as Tensor).expand(9, 4) as Tensor,
  };

  test.each(Object.keys(tensors))("a batch of %s is its samples stacked", (name) => {
    const dataset = new TensorDataset(tensors[name] as Tensor, arange(9) as Tensor);
    const indices = [3, 0, 8, 8, 1];
    const batch = dataset.batch(vector(...indices));
    const slow = defaultCollate(indices.map((i) => dataset.get(i))) as unknown as [Tensor, Tensor];
    for (const [i, x] of batch.entries()) {
      expect([x.dtype, x.shape]).toEqual([slow[i]?.dtype, slow[i]?.shape]);
      expect(bytes(x).equals(bytes(slow[i] as Tensor))).toBe(true);
    }
    expect(dataset.batch(vector())[0].shape[0]).toBe(0);
  });

  test("samples are rows of every tensor", () => {
    const dataset = new TensorDataset(tensor([[1, 2], [3, 4]]), vector(7, 8)); // biome-ignore format: a matrix
    expect(dataset.length).toBe(2);
    expect(values(dataset.get(1))).toEqual([[3, 4], 8]);
  });

  test("one tensor still gives tuples", () => {
    const [batch] = [...new DataLoader(new TensorDataset(vector(5, 6)), { batchSize: 2 })];
    expect(values(batch)).toEqual([[5, 6]]);
  });

  test("changes of the tensor's memory are seen", () => {
    const x: Tensor = tensor([1, 2, 3]);
    const dataset = new TensorDataset(x);
    x.mul_(10);
    expect(values(dataset.batch(vector(2, 0)))).toEqual([[30, 10]]);
  });

  test("gradients flow through a batch to a tensor that tracks them", () => {
    const x: Tensor = randn([3, 2], { requiresGrad: true });
    const [batch] = new TensorDataset(x).batch(vector(2, 2, 0));
    batch.sum().backward();
    expect(x.grad?.toArray()).toEqual([[1, 1], [0, 0], [2, 2]]); // biome-ignore format: a matrix
  });
});

describe("Subset", () => {
  const numbers = new TensorDataset(vector(0, 10, 20, 30, 40));

  test("chooses, repeats and reorders", () => {
    const subset = new Subset(numbers, [4, 1, 1]);
    expect([subset.length, subset.indices]).toEqual([3, [4, 1, 1]]);
    expect(values(subset.get(0))).toEqual([40]);
    expect(values(subset.batch?.(vector(2, 0)))).toEqual([[10, 40]]);
  });

  test("of a subset", () => {
    const inner = new Subset(new Subset(numbers, [4, 3, 2]), [2, 0]);
    expect(values([...new DataLoader(inner, { batchSize: 2 })][0])).toEqual([[20, 40]]);
  });

  test("asks a dataset without batch() for its samples", () => {
    const dataset: Dataset<number> = { length: 4, get: (i) => i * i };
    const subset = new Subset(dataset, [3, 2]);
    expect(subset.batch).toBeUndefined();
    expect([...new DataLoader(subset, { batchSize: 2 })].map((x) => x.toArray())).toEqual([[9, 4]]);
  });

  test("never asks a dataset with batch() for single samples", () => {
    const dataset: Dataset<number> = {
      length: 4,
      get: () => {
        throw new Error("not to be called");
      },
      batch(indices) {
        return indices.mul(this.length) as Tensor<[number]>;
      },
    };
    expect([...new DataLoader(new Subset(dataset, [3, 2]), { batchSize: 2 })].map((x) => x.toArray())).toEqual([
      [12, 8],
    ]);
  });
});

describe("ConcatDataset", () => {
  test("one after the other, empty ones too", () => {
    const parts = [vector(1, 2), vector(), vector(3), vector(4, 5)].map((x) => new TensorDataset(x));
    const all = new ConcatDataset(parts);
    expect([all.length, all.cumulativeSizes]).toEqual([5, [2, 2, 3, 5]]);
    const [batch] = [...new DataLoader(all, { batchSize: 5 })];
    expect(values(batch)).toEqual([[1, 2, 3, 4, 5]]);
  });
});

describe("randomSplit", () => {
  const ten: Dataset<number> = { length: 10, get: (i) => i };
  const lengths = (length: number, given: number[]): number[] =>
    randomSplit({ length, get: (i: number) => i }, given).map((part) => part.length);

  test("every sample is in one part", () => {
    const parts = randomSplit(ten, [5, 3, 2]);
    expect(parts.map((part) => part.length)).toEqual([5, 3, 2]);
    const all = parts.flatMap((part) => [...part.indices]);
    expect(all.sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  // The lengths of torch.utils.data.random_split(range(n), fractions).
  test.each<[number, number[], number[]]>([
    [11, [0.8, 0.2], [9, 2]],
    [10, [0.5, 0.5], [5, 5]],
    [10, [0.34, 0.33, 0.33], [4, 3, 3]],
    [3, [0.1, 0.1, 0.8], [1, 0, 2]],
    [7, [1], [7]],
    [5, [1, 0], [5, 0]],
    [5, [0.7, 0.2, 0.1], [4, 1, 0]],
    [1, [0.5, 0.5], [1, 0]],
    [9, [0, 9], [0, 9]],
  ])("%i samples in parts of %o: %o", (length, given, expected) => {
    expect(lengths(length, given)).toEqual(expected);
  });

  test("a generator decides, and leaves the default one alone", () => {
    const split = (): unknown =>
      randomSplit(ten, [6, 4], { generator: new Generator().manualSeed(3) }).map((part) => part.indices);
    manualSeed(1);
    const first = split();
    const after = rand(1).item();
    manualSeed(1);
    expect(rand(1).item()).toBe(after);
    expect(split()).toEqual(first);
  });
});

test("a tensor is recognised as one in every dataset", () => {
  expect(new TensorDataset(vector(1)).get(0)[0]).toBeInstanceOf(Tensor);
});
