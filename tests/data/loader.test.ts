// The DataLoader: batches, lengths, collation, and both kinds of iteration. Its orders beside PyTorch's are in tests/parity.
import { describe, expect, test } from "vitest";
import { DataLoader, type Dataset, defaultCollate } from "../../src/data/index.ts";
import {
  DataError,
  Generator,
  isGradEnabled,
  manualSeed,
  NablaError,
  noGrad,
  ones,
  rand,
  ShapeError,
  type Tensor,
  tensor,
  ValueError,
} from "../../src/index.ts";

const range = (length: number): Dataset<number> => ({ length, get: (index) => index });
const batches = (loader: Iterable<Tensor>): number[][] => [...loader].map((batch) => [...batch.data()]);

describe("batches", () => {
  test("in order, the last one short", () => {
    const loader = new DataLoader(range(7), { batchSize: 3 });
    expect(batches(loader)).toEqual([[0, 1, 2], [3, 4, 5], [6]]); // biome-ignore format: batches
    expect(loader.length).toBe(3);
  });

  test("dropLast leaves the short one out", () => {
    const loader = new DataLoader(range(7), { batchSize: 3, dropLast: true });
    expect(batches(loader)).toEqual([[0, 1, 2], [3, 4, 5]]); // biome-ignore format: batches
    expect(loader.length).toBe(2);
  });

  test.each([
    [6, 3, false, 2],
    [6, 3, true, 2],
    [1, 3, false, 1],
    [1, 3, true, 0],
    [0, 3, false, 0],
  ])("length %i in batches of %i, dropLast %s: %i", (length, batchSize, dropLast, expected) => {
    const loader = new DataLoader(range(length), { batchSize, dropLast });
    expect(loader.length).toBe(expected);
    expect([...loader]).toHaveLength(expected);
  });

  test("single samples by default", () => {
    expect(batches(new DataLoader(range(2)))).toEqual([[0], [1]]);
  });

  test("shuffled: each epoch is another permutation of all samples", () => {
    const loader = new DataLoader(range(50), { batchSize: 8, shuffle: true });
    const epochs = [batches(loader).flat(), batches(loader).flat()];
    for (const epoch of epochs)
      expect([...epoch].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i));
    expect(epochs[0]).not.toEqual(epochs[1]);
  });

  test("the dataset may grow between epochs", () => {
    const growing = { length: 2, get: (index: number): number => index };
    const loader = new DataLoader(growing, { batchSize: 2 });
    expect(batches(loader)).toEqual([[0, 1]]);
    growing.length = 3;
    expect(batches(loader)).toEqual([[0, 1], [2]]); // biome-ignore format: batches
  });

  test("a dataset with batch() is asked for whole batches of int32 indices, and never for samples", () => {
    const asked: unknown[] = [];
    const dataset: Dataset<number> = {
      length: 5,
      get: () => {
        throw new Error("not to be called");
      },
      batch: (indices) => {
        asked.push([indices.dtype, indices.toArray()]);
        return indices;
      },
    };
    expect(batches(new DataLoader(dataset, { batchSize: 3 }))).toEqual([[0, 1, 2], [3, 4]]); // biome-ignore format: batches
    expect(asked).toEqual([["int32", [0, 1, 2]], ["int32", [3, 4]]]); // biome-ignore format: batches
  });
});

describe("iteration", () => {
  test("an early break ends the epoch, and the next one starts at the front", () => {
    const loader = new DataLoader(range(9), { batchSize: 2 });
    for (let i = 0; i < 3; i++) {
      for (const batch of loader) {
        expect(batch.toArray()).toEqual([0, 1]);
        break;
      }
    }
  });

  test("two loops over one loader do not disturb each other", () => {
    const loader = new DataLoader(range(4), { batchSize: 2 });
    const pairs: number[][] = [];
    for (const a of loader) for (const b of loader) pairs.push([a.data()[0] as number, b.data()[0] as number]);
    expect(pairs).toEqual([[0, 0], [0, 2], [2, 0], [2, 2]]); // biome-ignore format: pairs
  });

  test("the epoch's seed is drawn when the loop begins, as in PyTorch, not at its first batch", () => {
    manualSeed(1);
    const iterator = new DataLoader(range(4), { batchSize: 2 })[Symbol.iterator]();
    const after = rand(1).item();
    iterator.next();
    const later = rand(1).item();
    manualSeed(1);
    [...new DataLoader(range(4), { batchSize: 2 })];
    expect([rand(1).item(), rand(1).item()]).toEqual([after, later]);
  });

  test("for await gives the same batches in the same order and lets timers run in between", async () => {
    const options = { batchSize: 3, shuffle: true };
    manualSeed(5);
    const expected = batches(new DataLoader(range(10), options));
    manualSeed(5);
    const found: number[][] = [];
    let ticks = 0;
    const timer = setInterval(() => ticks++, 0);
    for await (const batch of new DataLoader(range(10), options)) {
      found.push([...batch.data()]);
      expect(isGradEnabled()).toBe(true);
      noGrad(() => batch.mul(2));
    }
    clearInterval(timer);
    expect(found).toEqual(expected);
    expect(ticks).toBeGreaterThanOrEqual(2);
  });

  test("a break out of for await ends it", async () => {
    let asked = 0;
    const dataset = {
      length: 100,
      get: (index: number): number => {
        asked++;
        return index;
      },
    };
    for await (const batch of new DataLoader(dataset, { batchSize: 2 })) {
      expect(batch.toArray()).toEqual([0, 1]);
      break;
    }
    expect(asked).toBe(2);
  });

  test("an error of the dataset comes out of the loop", () => {
    const dataset = {
      length: 3,
      get: (index: number): number => {
        if (index === 1) throw new RangeError("sample 1 is broken");
        return index;
      },
    };
    expect(() => [...new DataLoader(dataset)]).toThrow(new RangeError("sample 1 is broken"));
  });
});

describe("defaultCollate", () => {
  test("whole numbers and booleans to int32, fractions to float32", () => {
    const of = (samples: unknown[]): unknown[] => {
      const batch = defaultCollate(samples) as Tensor;
      return [batch.dtype, batch.toArray()];
    };
    expect(of([1, 2])).toEqual(["int32", [1, 2]]);
    expect(of([1, 2.5])).toEqual(["float32", [1, 2.5]]);
    expect(of([true, false])).toEqual(["int32", [1, 0]]);
  });

  test("tensors along a new first axis, of their dtype", () => {
    const batch = defaultCollate([ones([2, 3], { dtype: "uint8" }), ones([2, 3], { dtype: "uint8" })]) as Tensor;
    expect([batch.shape, batch.dtype]).toEqual([[2, 2, 3], "uint8"]);
  });

  test("tuples part by part, nested ones too", () => {
    const batch = defaultCollate([
      [tensor([1, 2]), 0, [0.5]],
      [tensor([3, 4]), 1, [1.5]],
    ]) as unknown as [Tensor, Tensor, [Tensor]];
    expect(batch[0].toArray()).toEqual([[1, 2], [3, 4]]); // biome-ignore format: a matrix
    expect([batch[1].dtype, batch[1].toArray(), batch[2][0].toArray()]).toEqual(["int32", [0, 1], [0.5, 1.5]]);
  });

  test.each<[string, unknown[], RegExp]>([
    ["functions", [() => 1], /defaultCollate: .*got function/],
    ["objects of a class", [new Date()], /defaultCollate: .*got object; pass a collateFn/],
    ["objects with other keys", [{ x: 1 }, { y: 1 }], /sample 0 is an object with the keys x and sample 1 .* y/],
    ["null", [null], /got null/],
    ["a sample that is missing", [1, undefined], /defaultCollate: .*sample 1.*undefined/],
    ["a number among tensors", [tensor(1), 2], /defaultCollate: .*sample 1.*number/],
    ["a tensor among numbers", [1, tensor(2)], /defaultCollate: .*sample 1/],
    ["tuples of other lengths", [[1, 2], [1]], /defaultCollate: .*sample 1.*length/],
    ["longer tuples", [[1], [1, 2]], /defaultCollate: .*sample 1.*length/],
    ["nothing", [], /defaultCollate: .*at least one sample/],
  ])("%s: an error, never a NaN", (_, samples, message) => {
    expect(() => defaultCollate(samples)).toThrow(DataError);
    expect(() => defaultCollate(samples)).toThrow(message);
  });

  test("tensors of other shapes", () => {
    const samples = [ones(2, 3), ones(2, 3), ones(2, 4)];
    expect(() => defaultCollate(samples)).toThrow(ShapeError);
    expect(() => defaultCollate(samples)).toThrow(
      "defaultCollate: the tensors of a batch have one shape; got [2, 3] in sample 0 and [2, 4] in sample 2; bring them to one size",
    );
  });
});

describe("bad arguments", () => {
  test.each<[string, () => unknown, RegExp]>([
    [
      "batchSize 0",
      () => new DataLoader(range(3), { batchSize: 0 }),
      /batchSize is a whole number of at least 1, or null; got 0/,
    ],
    ["batchSize 2.5", () => new DataLoader(range(3), { batchSize: 2.5 }), /got 2.5/],
    [
      "an empty dataset, shuffled",
      () => new DataLoader(range(0), { shuffle: true }),
      /empty dataset cannot be shuffled/,
    ],
    ["no dataset", () => new DataLoader(undefined as never), /DataLoader: .*dataset.*length.*get.*got undefined/],
    ["a promise", () => new DataLoader(Promise.resolve(range(3)) as never), /got a promise; await it/],
    [
      "a generator that is none",
      () => new DataLoader(range(3), { generator: 5 as never }),
      /generator is a Generator; got 5/,
    ],
  ])("%s", (_, make, message) => {
    expect(make).toThrow(NablaError);
    expect(make).toThrow(ValueError);
    expect(make).toThrow(message);
  });

  test("a generator of its own leaves the default one alone", () => {
    manualSeed(3);
    const first = rand(1).item();
    manualSeed(3);
    [...new DataLoader(range(5), { shuffle: true, generator: new Generator() })];
    expect(rand(1).item()).toBe(first);
  });
});
