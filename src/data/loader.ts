/** The DataLoader: batches of a dataset, in order or shuffled as PyTorch shuffles. */
import { ValueError } from "../errors.ts";
import { arange, defaultGenerator, Generator, randperm, type Tensor } from "../ops/index.ts";
import { type Batch, collate, type Dataset } from "./dataset.ts";

/** Options of {@link DataLoader}. */
export interface DataLoaderOptions {
  /** Samples in a batch; 1 unless said otherwise. */
  batchSize?: number;
  /** Whether every epoch has an order of its own. */
  shuffle?: boolean;
  /** Whether a last batch that is not full is left out. */
  dropLast?: boolean;
  /** Where the order comes from; the default generator unless said otherwise. */
  generator?: Generator;
}

/**
 * Batches of a dataset. Each loop over it is an epoch; `for await` lets other work run between batches.
 * The order is PyTorch's for the same seed.
 *
 * @example
 * const loader = new DataLoader(train, { batchSize: 100, shuffle: true });
 * for (const [images, labels] of loader) { … }
 */
export class DataLoader<Sample> {
  readonly dataset: Dataset<Sample>;
  readonly batchSize: number;
  readonly shuffle: boolean;
  readonly dropLast: boolean;
  readonly #generator: Generator | undefined;

  constructor(dataset: Dataset<Sample>, options: DataLoaderOptions = {}) {
    const { batchSize = 1, shuffle = false, dropLast = false, generator } = options;
    if (!Number.isInteger(batchSize) || batchSize < 1) {
      throw new ValueError(`DataLoader: batchSize is a whole number of at least 1; got ${batchSize}`);
    }
    checkDataset(dataset);
    if (generator !== undefined && !(generator instanceof Generator)) {
      throw new ValueError(`DataLoader: generator is a Generator; got ${String(generator)}`);
    }
    if (shuffle && dataset.length === 0) throw new ValueError("DataLoader: an empty dataset cannot be shuffled");
    this.dataset = dataset;
    this.batchSize = batchSize;
    this.shuffle = shuffle;
    this.dropLast = dropLast;
    this.#generator = generator;
  }

  /** The number of batches in an epoch. */
  get length(): number {
    const batches = this.dataset.length / this.batchSize;
    return this.dropLast ? Math.floor(batches) : Math.ceil(batches);
  }

  [Symbol.iterator](): globalThis.Generator<Batch<Sample>, void, undefined> {
    // PyTorch draws a seed for its worker processes at the start of every epoch, whether it has workers or not.
    (this.#generator ?? defaultGenerator).random63();
    return this.#batches();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Batch<Sample>, void, undefined> {
    for (const batch of this) {
      yield batch;
      await new Promise((resolve) => setTimeout(resolve));
    }
  }

  *#batches(): globalThis.Generator<Batch<Sample>, void, undefined> {
    const { batchSize, dataset } = this;
    const order = this.#order();
    const whole = Math.floor(dataset.length / batchSize);
    for (let i = 0; i < whole; i++) yield this.#batch(order, i * batchSize, batchSize);
    // With a generator of its own, PyTorch's sampler draws one more permutation when it is exhausted.
    if (this.shuffle && this.#generator !== undefined) randperm(dataset.length, { generator: this.#generator });
    const rest = dataset.length - whole * batchSize;
    if (rest > 0 && !this.dropLast) yield this.#batch(order, whole * batchSize, rest);
  }

  /** The indices in the order of this epoch, as an int32 vector. */
  #order(): Tensor<[number]> {
    const n = this.dataset.length;
    if (!this.shuffle) return arange(n);
    const generator = this.#generator ?? new Generator().manualSeed(defaultGenerator.random63());
    return randperm(n, { generator });
  }

  #batch(order: Tensor<[number]>, start: number, length: number): Batch<Sample> {
    const indices: Tensor<[number]> = order.narrow(0, start, length);
    if (this.dataset.batch !== undefined) return this.dataset.batch(indices);
    return collate(Array.from(indices.data(), (index) => this.dataset.get(index)));
  }
}

function checkDataset(dataset: unknown): void {
  const { length, get, batch } = (dataset ?? {}) as Partial<Dataset>;
  if (typeof length === "number" && (typeof get === "function" || typeof batch === "function")) return;
  const promised = typeof (dataset as { then?: unknown } | null | undefined)?.then === "function";
  throw new ValueError(
    `DataLoader: a dataset has a length and get(index); got ${promised ? "a promise; await it" : String(dataset)}`,
  );
}
