// Samplers, and what the loader does with its options. Orders beside PyTorch's are in tests/parity.
import { describe, expect, test } from "vitest";
import {
  BatchSampler,
  DataLoader,
  type Dataset,
  RandomSampler,
  SequentialSampler,
  SubsetRandomSampler,
  TensorDataset,
  WeightedRandomSampler,
} from "../../src/data/index.ts";
import { Generator, manualSeed, rand, type Tensor, tensor } from "../../src/index.ts";

const range = (length: number): Dataset<number> => ({ length, get: (index) => index });
const lists = (batches: Iterable<Tensor>): unknown[] => Array.from(batches, (batch) => batch.toArray());
const sorted = (values: Iterable<number>): number[] => [...values].sort((a, b) => a - b);

describe("samplers", () => {
  test("RandomSampler: every index once, another order every epoch", () => {
    const sampler = new RandomSampler(range(40));
    const [first, second] = [[...sampler], [...sampler]];
    expect(sorted(first)).toEqual([...new SequentialSampler(range(40))]);
    expect(second).not.toEqual(first);
  });

  test.each([1, 10, 32, 33, 64, 100])("RandomSampler with replacement gives %i", (numSamples) => {
    const sampler = new RandomSampler(range(5), { replacement: true, numSamples });
    const found = [...sampler];
    expect([sampler.length, found.length]).toEqual([numSamples, numSamples]);
    expect(found.every((i) => Number.isInteger(i) && i >= 0 && i < 5)).toBe(true);
  });

  test("RandomSampler without replacement beyond the dataset: whole permutations, then a part", () => {
    const found = [...new RandomSampler(range(4), { numSamples: 10 })];
    expect(found).toHaveLength(10);
    expect([sorted(found.slice(0, 4)), sorted(found.slice(4, 8))]).toEqual([[0, 1, 2, 3], [0, 1, 2, 3]]); // biome-ignore format: permutations
    expect([...new RandomSampler(range(9), { numSamples: 2 })]).toHaveLength(2);
  });

  test("SubsetRandomSampler: its indices in some order", () => {
    const sampler = new SubsetRandomSampler([9, 4, 7], { generator: new Generator().manualSeed(1) });
    expect(sampler.length).toBe(3);
    expect(sorted(sampler)).toEqual([4, 7, 9]);
  });

  test("WeightedRandomSampler: never a weight of 0, all of them without replacement", () => {
    const weights = [1, 0, 3, 1];
    const many = [...new WeightedRandomSampler(weights, 2000)];
    const counts = weights.map((_, i) => many.filter((found) => found === i).length);
    expect(counts[1]).toBe(0);
    expect(Math.abs((counts[2] as number) / 2000 - 0.6)).toBeLessThan(0.05);
    expect(sorted(new WeightedRandomSampler(tensor(weights), 3, { replacement: false }))).toEqual([0, 2, 3]);
  });

  test("BatchSampler: lengths with and without the last batch", () => {
    const sampler = new SequentialSampler(range(5));
    const short = new BatchSampler(sampler, 2);
    const whole = new BatchSampler(sampler, 2, { dropLast: true });
    expect([short.length, [...short]]).toEqual([3, [[0, 1], [2, 3], [4]]]); // biome-ignore format: batches
    expect([whole.length, [...whole]]).toEqual([2, [[0, 1], [2, 3]]]); // biome-ignore format: batches
  });

  test("BatchSampler takes a batch before it asks for more", () => {
    let asked = 0;
    const sampler = {
      length: 9,
      *[Symbol.iterator]() {
        for (; asked < 9; ) yield asked++;
      },
    };
    for (const batch of new BatchSampler(sampler, 3)) {
      expect(batch).toEqual([0, 1, 2]);
      break;
    }
    expect(asked).toBe(3);
  });
});

describe("DataLoader options", () => {
  test("a sampler of one's own, an array among them", () => {
    expect(lists(new DataLoader(range(9), { batchSize: 2, sampler: [8, 1, 4] }))).toEqual([[8, 1], [4]]);
  });

  test("a batch sampler of one's own", () => {
    const loader = new DataLoader(range(9), { batchSampler: [[1, 2], [], [0]] });
    expect([loader.length, loader.batchSize]).toEqual([3, null]);
    expect(() => [...loader]).toThrow(/at least one sample/);
    expect(lists(new DataLoader(range(9), { batchSampler: [[1, 2], [0]] }))).toEqual([[1, 2], [0]]);
  });

  test("batchSize null: samples as they are", () => {
    const loader = new DataLoader(range(3), { batchSize: null });
    const samples: number[] = [...loader];
    expect([loader.length, samples]).toEqual([3, [0, 1, 2]]);
    const doubled: number[] = [...new DataLoader(range(3), { batchSize: null, collateFn: (x: number) => 2 * x })];
    expect(doubled).toEqual([0, 2, 4]);
  });

  test("collateFn makes the batches, also of datasets that could", () => {
    const sums: number[] = [
      ...new DataLoader(range(5), { batchSize: 2, collateFn: (some: number[]) => some.reduce((a, b) => a + b) }),
    ];
    expect(sums).toEqual([1, 5, 4]);
    const dataset = new TensorDataset(tensor([1, 2, 3]));
    const counts = [...new DataLoader(dataset, { batchSize: 2, collateFn: (some: unknown[]) => some.length })];
    expect(counts).toEqual([2, 1]);
  });

  test("an array is a dataset: strings and objects", () => {
    const samples = [{ text: "a", size: 1 }, { text: "b", size: 2 }]; // biome-ignore format: a table
    const [batch] = [...new DataLoader(samples, { batchSize: 2 })];
    expect(batch?.text).toEqual(["a", "b"]);
    expect(batch?.size.toArray()).toEqual([1, 2]);
    expect(sorted(new DataLoader([3, 1, 2], { batchSize: null, shuffle: true }))).toEqual([1, 2, 3]);
  });

  test("a shuffle with a generator repeats, and is the random sampler's", () => {
    const order = (options: object): unknown => lists(new DataLoader(range(20), { batchSize: 6, ...options }));
    const seeded = (): Generator => new Generator().manualSeed(9);
    expect(order({ shuffle: true, generator: seeded() })).toEqual(order({ shuffle: true, generator: seeded() }));
    const generator = seeded();
    expect(order({ sampler: new RandomSampler(range(20), { generator }), generator })).toEqual(
      order({ shuffle: true, generator: seeded() }),
    );
  });
});

describe("iterable datasets", () => {
  function* count(): globalThis.Generator<number> {
    for (let i = 0; i < 5; i++) yield i;
  }
  async function* countSlowly(): AsyncGenerator<number> {
    for (const i of count()) {
      await Promise.resolve();
      yield i;
    }
  }
  const stream: Iterable<number> = { [Symbol.iterator]: count };
  const slow: AsyncIterable<number> = { [Symbol.asyncIterator]: countSlowly };
  const gathered = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
    const all: T[] = [];
    for await (const item of items) all.push(item);
    return all;
  };

  test("in batches, epoch after epoch", () => {
    const loader = new DataLoader(stream, { batchSize: 2 });
    expect(lists(loader)).toEqual([[0, 1], [2, 3], [4]]); // biome-ignore format: batches
    expect(lists(loader)).toHaveLength(3);
    expect(lists(new DataLoader(stream, { batchSize: 2, dropLast: true }))).toHaveLength(2);
    expect([...new DataLoader(stream, { batchSize: null })]).toEqual([0, 1, 2, 3, 4]);
  });

  test("async ones by for await", async () => {
    expect(lists(await gathered(new DataLoader(slow, { batchSize: 2 })))).toEqual([[0, 1], [2, 3], [4]]); // biome-ignore format: batches
    expect(await gathered(new DataLoader(slow, { batchSize: 2, dropLast: true }))).toHaveLength(2);
    expect(await gathered(new DataLoader(slow, { batchSize: null }))).toEqual([0, 1, 2, 3, 4]);
    expect(lists(await gathered(new DataLoader(stream, { batchSize: 4 })))).toEqual([[0, 1, 2, 3], [4]]);
    expect(() => [...new DataLoader(slow)]).toThrow(/async iterable; use for await/);
  });

  test("the length is the dataset's, if it knows it", () => {
    expect(new DataLoader(Object.assign({ length: 5 }, stream), { batchSize: 2 }).length).toBe(3);
    expect(() => new DataLoader(stream).length).toThrow(/the dataset has no length/);
  });

  test("an epoch draws its seed, as with other datasets", () => {
    manualSeed(1);
    lists(new DataLoader(stream));
    const after = rand(1).item();
    manualSeed(1);
    lists(new DataLoader(range(5)));
    expect(rand(1).item()).toBe(after);
  });
});
