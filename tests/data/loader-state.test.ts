/** A loop over a loader that is taken up in the middle gives what was left, and leaves the generators as they would have been. */
import { describe, expect, test } from "vitest";
import {
  BatchSampler,
  DataLoader,
  type Dataset,
  RandomSampler,
  TensorDataset,
  WeightedRandomSampler,
} from "../../src/data/index.ts";
import { arange, defaultGenerator, Generator, manualSeed, rand, StateDictError, type Tensor } from "../../src/index.ts";

const numbers = new TensorDataset(arange(23));
type Loader = { [Symbol.iterator](): Iterator<unknown>; [Symbol.asyncIterator](): AsyncIterator<unknown> } & Pick<
  DataLoader<unknown>,
  "stateDict" | "loadStateDict"
>;

/** Samples that draw from the default generator, as random transforms do. */
const noisy: Dataset<[Tensor, Tensor]> = {
  length: 23,
  get: (i) => [numbers.get(i)[0] as Tensor, rand(1) as Tensor],
};

async function* slowly(): AsyncGenerator<number> {
  for (let i = 0; i < 23; i++) yield i;
}

const streamed = { [Symbol.asyncIterator]: slowly };

const LOADERS: Record<string, () => Loader> = {
  "in order": () => new DataLoader(numbers, { batchSize: 4 }) as Loader,
  shuffled: () => new DataLoader(numbers, { batchSize: 4, shuffle: true }) as Loader,
  "shuffled, samples that draw": () => new DataLoader(noisy, { batchSize: 4, shuffle: true }) as unknown as Loader,
  "shuffled by a generator of its own": () =>
    new DataLoader(noisy, {
      batchSize: 4,
      shuffle: true,
      generator: new Generator().manualSeed(5),
    }) as unknown as Loader,
  "shuffled, single samples": () => new DataLoader(numbers, { batchSize: null, shuffle: true }) as unknown as Loader,
  "a weighted sampler": () =>
    new DataLoader(noisy, {
      batchSize: 4,
      sampler: new WeightedRandomSampler(Array(23).fill(1), 40),
    }) as unknown as Loader,
  "with replacement": () =>
    new DataLoader(noisy, {
      batchSize: 4,
      sampler: new RandomSampler(noisy, { replacement: true, numSamples: 100 }),
    }) as unknown as Loader,
  "a batch sampler": () =>
    new DataLoader(noisy, { batchSampler: new BatchSampler(new RandomSampler(noisy), 5) }) as unknown as Loader,
  "samples one after the other": () =>
    new DataLoader({ [Symbol.iterator]: () => Array(23).keys() }, { batchSize: 4 }) as unknown as Loader,
  "samples of a stream": () => new DataLoader(streamed, { batchSize: 4 }) as unknown as Loader,
};

const shown = (batch: unknown): string => JSON.stringify(batch, (_, x) => x?.toArray?.() ?? x);

/** Two epochs, with draws between the batches as of dropout; stops after `stop` batches with the states. */
async function run(loader: Loader, stop = Number.POSITIVE_INFINITY, seen: string[] = []): Promise<string[]> {
  for (let epoch = 0; epoch < 2; epoch++) {
    for await (const batch of loader) {
      seen.push(`${shown(batch)} ${rand(1).item()}`);
      if (seen.length === stop) return seen;
    }
  }
  return seen;
}

describe.each(Object.entries(LOADERS))("%s", (_, make) => {
  test.each([1, 2, 5, 7, 8])("stopped after %i batches", async (stop) => {
    manualSeed(1);
    const whole = await run(make());

    manualSeed(1);
    const first = make();
    const seen: string[] = [];
    let states: [ReturnType<Loader["stateDict"]>, Tensor] | undefined;
    let epoch = 0;
    search: for (; epoch < 2; epoch++) {
      for await (const batch of first) {
        seen.push(`${shown(batch)} ${rand(1).item()}`);
        if (seen.length < stop) continue;
        states = [first.stateDict(), defaultGenerator.getState()];
        break search;
      }
    }
    const second = make();
    manualSeed(99);
    defaultGenerator.setState((states as NonNullable<typeof states>)[1]);
    second.loadStateDict((states as NonNullable<typeof states>)[0]);
    for (; epoch < 2; epoch++) for await (const batch of second) seen.push(`${shown(batch)} ${rand(1).item()}`);
    expect(seen).toEqual(whole);
  });
});

test("outside of a loop there is nothing to take up", () => {
  const loader = new DataLoader(numbers, { batchSize: 4 });
  expect(loader.stateDict()).toEqual({ given: 0, start: null, own: null });
  for (const _ of loader) break;
  expect(loader.stateDict().given).toBe(0);
  loader.loadStateDict(loader.stateDict());
  expect([...loader].length).toBe(6);
});

test("between two epochs the loader's own generator is kept", () => {
  const make = (seed: number) =>
    new DataLoader(numbers, { shuffle: true, generator: new Generator().manualSeed(seed) });
  const first = make(1);
  for (const _ of first);
  const second = make(2);
  second.loadStateDict(first.stateDict());
  expect([...second].map(shown)).toEqual([...first].map(shown));
});

test("a state of something else", () => {
  const loader = new DataLoader(numbers, { batchSize: 4 });
  const own = new DataLoader(numbers, { batchSize: 4, generator: new Generator() });
  for (const state of [undefined, {}, { given: -1, start: null, own: null }, { given: 2, start: null, own: null }]) {
    expect(() => loader.loadStateDict(state as never)).toThrow(StateDictError);
  }
  expect(() => loader.loadStateDict(own.stateDict())).toThrow(/of a loader with a generator of its own or without/);
});
