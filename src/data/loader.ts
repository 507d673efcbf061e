/** The DataLoader: batches of a dataset, in PyTorch's order for the same seed. */
import { StateDictError, ValueError } from "../errors.ts";
import { defaultGenerator, type Generator, Tensor, tensor } from "../ops/index.ts";
import { checkFlag, checkOptions, shown } from "../options.ts";
import { defaultCollate } from "./collate.ts";
import { type Batch, checkIndex, type Dataset, type IterableDataset } from "./dataset.ts";
import {
  BatchSampler,
  checkGenerator,
  checkSampler,
  chunked,
  lengthOf,
  RandomSampler,
  type Sampler,
  SequentialSampler,
} from "./sampler.ts";
import { checkDataset } from "./subset.ts";

interface CommonOptions {
  /** Whether every epoch has an order of its own. */
  shuffle?: boolean;
  /** The order of the samples; excludes `shuffle`. */
  sampler?: Iterable<number>;
  /** The batches by their indices; excludes `batchSize`, `shuffle`, `sampler` and `dropLast`. */
  batchSampler?: Iterable<readonly number[]>;
  /** Whether a last batch that is not full is left out. */
  dropLast?: boolean;
  /** Where the order comes from; the default generator unless said otherwise. */
  generator?: Generator;
}

/** Options of a {@link DataLoader} that makes batches. */
export interface DataLoaderOptions<Sample = never> extends CommonOptions {
  /** Samples in a batch, 1 unless said otherwise; null gives sample after sample as they are. */
  batchSize?: number;
  /** Makes a batch out of samples; `defaultCollate` unless given. */
  collateFn?: (samples: Sample[]) => unknown;
}

/** Options of a {@link DataLoader} that gives single samples. */
export interface SampleLoaderOptions<Sample = never> extends CommonOptions {
  /** No batches: sample after sample. */
  batchSize: null;
  /** What is done to each sample; nothing unless given. */
  collateFn?: (sample: Sample) => unknown;
}

const OPTIONS: readonly (keyof DataLoaderOptions)[] = [
  "batchSize",
  "shuffle",
  "sampler",
  "batchSampler",
  "dropLast",
  "collateFn",
  "generator",
];

type AnyOptions<Sample> = DataLoaderOptions<Sample> | SampleLoaderOptions<Sample>;

/** What a loader gives: samples without batches, else what `collateFn` makes, else stacked samples. */
export type Loaded<Sample, Options> = Options extends { collateFn: (samples: never) => infer Made }
  ? Made
  : Options extends { batchSize: null }
    ? Sample
    : Batch<Sample>;

/** Samples by index or one after the other; an array is a dataset of its elements. */
type Source<Sample> = Dataset<Sample> | IterableDataset<Sample> | readonly Sample[];

/** Where a loader is in its epoch: what `stateDict()` gives. Outside of a loop `given` is 0 and there are no states. */
export type LoaderState = {
  /** How many batches (or samples, without batches) the loop has given. */
  given: number;
  /** The default generator when the loop began. */
  start: Tensor | null;
  /** The loader's own generator when the loop began, and now. */
  own: { start: Tensor; now: Tensor } | null;
};

/**
 * Batches of a dataset. Each loop over it is an epoch; `for await` lets other work run between batches, and takes
 * datasets that are async iterables. The order is PyTorch's for the same seed.
 *
 * @throws {ValueError} for an unknown option or value, options that contradict each other, something else than a
 * dataset, an empty one that is to be shuffled, or an async iterable in a loop without `await`.
 * @throws {IndexError} if a sampler gives an index that the dataset does not have.
 * @throws {DataError} if samples cannot be stacked, as `defaultCollate` says.
 * @throws {ShapeError} if the tensors of a batch differ in shape.
 * @example
 * const loader = new DataLoader(new TensorDataset(arange(5)), { batchSize: 2 });
 * Array.from(loader, ([x]) => x.toArray()); // [[0, 1], [2, 3], [4]]
 */
export class DataLoader<Sample, const Options extends AnyOptions<Sample> = DataLoaderOptions<Sample>> {
  readonly dataset: Source<Sample>;
  /** Samples in a batch; null without batches, or when a batch sampler says. */
  readonly batchSize: number | null;
  readonly dropLast: boolean;
  /** The order of the samples; null for iterable datasets and with a batch sampler of one's own. */
  readonly sampler: Iterable<number> | null;
  /** The batches by their indices; null for iterable datasets and without batches. */
  readonly batchSampler: Iterable<readonly number[]> | null;
  readonly #byIndex: Dataset<Sample> | null;
  readonly #collate: AnyOptions<Sample>["collateFn"];
  readonly #generator: Generator | undefined;
  /** The loop that runs. */
  #epoch: LoaderState = NO_EPOCH;
  /** Where the next loop takes up. */
  #resumed: LoaderState | null = null;

  constructor(dataset: Source<Sample>, options?: Options) {
    const given: AnyOptions<Sample> = options ?? {};
    const { shuffle = false, dropLast = false, generator } = given;
    const iterable = isIterableDataset(dataset);
    checkOptions("DataLoader", given, OPTIONS);
    checkAgreement(given, iterable);
    const listed = Array.isArray(dataset) ? arrayDataset(dataset as readonly Sample[]) : (dataset as Dataset<Sample>);
    if (!iterable) checkDataset("DataLoader", listed);
    this.dataset = dataset;
    this.batchSize = given.batchSize === undefined && given.batchSampler === undefined ? 1 : (given.batchSize ?? null);
    this.dropLast = dropLast;
    this.#generator = generator;
    this.#collate = given.collateFn;
    this.#byIndex = iterable ? null : listed;
    this.sampler = null;
    this.batchSampler = given.batchSampler ?? null;
    if (iterable || given.batchSampler !== undefined) return;
    if (shuffle && listed.length === 0) throw new ValueError("DataLoader: an empty dataset cannot be shuffled");
    this.sampler =
      given.sampler ?? (shuffle ? new RandomSampler(listed, { generator }) : new SequentialSampler(listed));
    if (this.batchSize !== null) {
      this.batchSampler = new BatchSampler(this.sampler as Sampler, this.batchSize, { dropLast });
    }
  }

  /**
   * The number of batches in an epoch.
   *
   * @throws {ValueError} if the dataset or the sampler does not know its length.
   */
  get length(): number {
    if (this.#byIndex !== null) return lengthOf("DataLoader", this.batchSampler ?? this.sampler, "sampler");
    const samples = lengthOf("DataLoader", this.dataset, "dataset");
    if (this.batchSize === null) return samples;
    return this.dropLast ? Math.floor(samples / this.batchSize) : Math.ceil(samples / this.batchSize);
  }

  /** Whether its samples come from an async iterable, so that only `for await` loops over it. */
  get isAsync(): boolean {
    return this.#byIndex === null && !(Symbol.iterator in this.dataset);
  }

  [Symbol.iterator](): globalThis.Generator<Loaded<Sample, Options>, void, undefined> {
    if (this.isAsync) {
      throw new ValueError("DataLoader: the dataset is an async iterable; use for await");
    }
    const resumed = this.#begin();
    const entries = this.#entries()[Symbol.iterator]();
    for (let i = 0; i < this.#epoch.given; i++) entries.next();
    this.#goOn(resumed);
    return this.#items(entries, this.#epoch);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Loaded<Sample, Options>, void, undefined> {
    if (this.#byIndex === null && Symbol.asyncIterator in this.dataset) {
      yield* this.#streamed(this.dataset as AsyncIterable<Sample>);
      return;
    }
    for (const batch of this) {
      yield batch;
      await new Promise((resolve) => setTimeout(resolve));
    }
  }

  /**
   * Where the loop over the loader is, for `loadStateDict`. With the generators' states (a `Checkpoint` keeps them all) the epoch goes
   * on with the batches that it would have had.
   *
   * @example
   * const loader = new DataLoader(new TensorDataset(arange(6)), { batchSize: 2 });
   * const given: number[] = [];
   * for (const _ of loader) given.push(loader.stateDict().given);
   * given; // [1, 2, 3]
   */
  stateDict(): LoaderState {
    const { given, start, own } = this.#epoch;
    const now = this.#own?.getState();
    return { given, start, own: now ? { start: own?.start ?? now, now } : null };
  }

  /**
   * Has the next loop take up where the state was: it gives the batches that were left, in the same order. Its samples
   * are read again only where there are no indices to skip.
   *
   * @throws {StateDictError} for what `stateDict()` did not give.
   */
  loadStateDict(state: LoaderState): void {
    const { given, start, own } = state ?? {};
    const valid = Number.isInteger(given) && given >= 0 && (given === 0 || start instanceof Tensor);
    if (!valid || own === undefined || (own !== null && this.#own === undefined)) {
      throw new StateDictError(
        "DataLoader.loadStateDict: takes what stateDict() gives, of a loader with a generator of its own or without as here",
      );
    }
    this.#epoch = NO_EPOCH;
    this.#resumed = given === 0 ? null : state;
    if (given === 0 && own !== null) this.#generator?.setState(own.now);
  }

  /** The loader's generator where that is not the default one. */
  get #own(): Generator | undefined {
    return this.#generator === defaultGenerator ? undefined : this.#generator;
  }

  /** Begins an epoch, or the one that is to be taken up; gives what the generators go on with then. */
  #begin(): { main: Tensor; own: Tensor | undefined } | null {
    const resumed = this.#resumed;
    this.#resumed = null;
    const own = this.#own;
    const main = defaultGenerator.getState();
    if (resumed !== null) {
      defaultGenerator.setState(resumed.start as Tensor);
      if (resumed.own !== null) own?.setState(resumed.own.start);
    }
    const start = defaultGenerator.getState();
    this.#epoch = { given: resumed?.given ?? 0, start, own: own ? { start: own.getState(), now: start } : null };
    // PyTorch draws a seed for its worker processes at the start of every epoch, whether it has workers or not.
    (this.#generator ?? defaultGenerator).random63();
    return resumed && { main, own: resumed.own?.now };
  }

  #goOn(resumed: { main: Tensor; own: Tensor | undefined } | null): void {
    if (resumed === null) return;
    defaultGenerator.setState(resumed.main);
    if (resumed.own !== undefined) this.#own?.setState(resumed.own);
  }

  /** What is asked of the dataset, batch after batch: indices, or samples where there are none. */
  #entries(): Iterable<unknown> {
    if (this.#byIndex !== null) return this.batchSampler ?? (this.sampler as Iterable<number>);
    const samples = this.dataset as Iterable<Sample>;
    return this.batchSize === null ? samples : chunked(samples, this.batchSize, this.dropLast);
  }

  *#items(
    entries: Iterator<unknown>,
    epoch: LoaderState,
  ): globalThis.Generator<Loaded<Sample, Options>, void, undefined> {
    try {
      for (let next = entries.next(); next.done !== true; next = entries.next()) {
        const batch = this.#made(next.value);
        epoch.given++;
        yield batch;
      }
    } finally {
      entries.return?.();
      if (this.#epoch === epoch) this.#epoch = NO_EPOCH;
    }
  }

  #made(entry: unknown): Loaded<Sample, Options> {
    const dataset = this.#byIndex;
    if (dataset === null) {
      return this.batchSize === null ? this.#single(entry as Sample) : this.#collated(entry as Sample[]);
    }
    if (this.batchSampler !== null) return this.#batch(dataset, entry as readonly number[]);
    checkIndex("DataLoader", entry as number, dataset.length);
    return this.#single(dataset.get(entry as number));
  }

  async *#streamed(samples: AsyncIterable<Sample>): AsyncGenerator<Loaded<Sample, Options>, void, undefined> {
    const resumed = this.#begin();
    const epoch = this.#epoch;
    let skip = resumed === null ? 0 : epoch.given;
    try {
      for await (const entry of this.batchSize === null ? samples : chunks(samples, this.batchSize, this.dropLast)) {
        if (skip > 0) {
          if (--skip === 0) this.#goOn(resumed);
          continue;
        }
        const batch = this.#made(entry);
        epoch.given++;
        yield batch;
      }
    } finally {
      if (this.#epoch === epoch) this.#epoch = NO_EPOCH;
    }
  }

  #batch(dataset: Dataset<Sample>, indices: readonly number[]): Loaded<Sample, Options> {
    for (const index of indices) checkIndex("DataLoader", index, dataset.length);
    if (dataset.batch !== undefined && this.#collate === undefined) {
      const vector = tensor(Int32Array.from(indices)) as Tensor as Tensor<[number]>;
      return dataset.batch(vector) as Loaded<Sample, Options>;
    }
    return this.#collated(indices.map((index) => dataset.get(index)));
  }

  #collated(samples: Sample[]): Loaded<Sample, Options> {
    const collate = (this.#collate ?? defaultCollate) as (samples: Sample[]) => Loaded<Sample, Options>;
    return collate(samples);
  }

  #single(sample: Sample): Loaded<Sample, Options> {
    const collate = this.#collate as ((sample: Sample) => unknown) | undefined;
    return (collate === undefined ? sample : collate(sample)) as Loaded<Sample, Options>;
  }
}

/** Arrays of `size` samples as they come. */
async function* chunks<T>(values: AsyncIterable<T>, size: number, dropLast: boolean): AsyncGenerator<T[]> {
  let some: T[] = [];
  for await (const value of values) {
    some.push(value);
    if (some.length < size) continue;
    yield some;
    some = [];
  }
  if (some.length > 0 && !dropLast) yield some;
}

const NO_EPOCH: LoaderState = Object.freeze({ given: 0, start: null, own: null });

function arrayDataset<Sample>(samples: readonly Sample[]): Dataset<Sample> {
  return {
    get length() {
      return samples.length;
    },
    get: (index) => samples[index] as Sample,
  };
}

/** Whether samples come one after the other instead of by index. */
function isIterableDataset(dataset: unknown): boolean {
  if (typeof dataset !== "object" || dataset === null || Array.isArray(dataset)) return false;
  if (typeof (dataset as Partial<Dataset>).get === "function") return false;
  return Symbol.iterator in dataset || Symbol.asyncIterator in dataset;
}

/** Throws for options that are wrong or contradict each other. */
function checkAgreement(options: AnyOptions<never>, iterable: boolean): void {
  const { batchSize, shuffle = false, sampler, batchSampler, dropLast = false, collateFn, generator } = options;
  if (batchSize !== undefined && batchSize !== null && (!Number.isInteger(batchSize) || batchSize < 1)) {
    throw new ValueError(`DataLoader: batchSize is a whole number of at least 1, or null; got ${shown(batchSize)}`);
  }
  for (const [name, value] of Object.entries({ shuffle, dropLast })) checkFlag("DataLoader", name, value);
  if (collateFn !== undefined && typeof collateFn !== "function") {
    throw new ValueError(`DataLoader: collateFn is a function; got ${collateFn === null ? "null" : typeof collateFn}`);
  }
  checkGenerator("DataLoader", generator);
  if (sampler !== undefined) checkSampler("DataLoader", "sampler", sampler);
  if (batchSampler !== undefined) checkSampler("DataLoader", "batchSampler", batchSampler);
  const used = { shuffle, sampler, batchSampler };
  const clash = (what: string, others: Record<string, unknown>): void => {
    const found = Object.keys(others).filter((name) => others[name] !== undefined && others[name] !== false);
    if (found.length > 0)
      throw new ValueError(`DataLoader: ${what} excludes ${found.join(", ")}; leave one of them out`);
  };
  if (iterable) clash("a dataset that is iterated over, without indices,", used);
  if (sampler !== undefined) clash("sampler", { shuffle });
  if (batchSampler !== undefined) clash("batchSampler", { batchSize, shuffle, sampler, dropLast });
  if (batchSize === null) clash("batchSize null", { dropLast });
}
