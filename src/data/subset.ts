/** Datasets out of datasets: parts of one, several in a row, random splits. */
import { ValueError } from "../errors.ts";
import { type Generator, randperm, type Tensor, tensor } from "../ops/index.ts";
import { listed } from "../options.ts";
import { type Batch, checkIndex, checkIndices, type Dataset } from "./dataset.ts";
import { gatherRows } from "./memory.ts";

/** Throws unless `dataset` has samples by index. */
export function checkDataset(op: string, dataset: unknown): void {
  const { length, get } = (dataset ?? {}) as Partial<Dataset>;
  if (typeof length === "number" && typeof get === "function") {
    if (Number.isInteger(length) && length >= 0) return;
    throw new ValueError(`${op}: the length of a dataset is a whole number of at least 0; got ${length}`);
  }
  const promised = typeof (dataset as { then?: unknown } | null | undefined)?.then === "function";
  throw new ValueError(
    `${op}: a dataset has a length and get(index); got ${promised ? "a promise; await it" : String(dataset)}`,
  );
}

/**
 * The samples of a dataset at some indices. Batches come from the dataset's own `batch` where it has one.
 *
 * @throws {ValueError} if it is not given a dataset, with a length and `get`, and a list of indices.
 * @throws {IndexError} for an index that the dataset does not have.
 * @example
 * new Subset(new TensorDataset(arange(10)), [7, 2]).get(0)[0].item(); // 7
 */
export class Subset<Sample> implements Dataset<Sample> {
  readonly dataset: Dataset<Sample>;
  /** Where its samples are in the dataset. */
  readonly indices: readonly number[];
  /** The samples at the indices; only for datasets that have it. */
  readonly batch?: (indices: Tensor<[number]>) => Batch<Sample>;

  constructor(dataset: Dataset<Sample>, indices: Iterable<number>) {
    checkDataset("Subset", dataset);
    this.dataset = dataset;
    this.indices = listed("Subset", "indices", indices);
    for (const index of this.indices) checkIndex("Subset", index, dataset.length);
    if (dataset.batch !== undefined) {
      const own = tensor(Int32Array.from(this.indices)) as Tensor;
      this.batch = (given) => {
        const indices = checkIndices("Subset.batch", given);
        const chosen = gatherRows("Subset.batch", own, indices) as Tensor<[number]>;
        return (dataset as Required<Dataset<Sample>>).batch(chosen);
      };
    }
  }

  get length(): number {
    return this.indices.length;
  }

  get(index: number): Sample {
    checkIndex("Subset.get", index, this.length);
    return this.dataset.get(this.indices[index] as number);
  }
}

/**
 * Several datasets, one after the other.
 *
 * @throws {ValueError} for no datasets, or something else than a dataset.
 * @throws {IndexError} if `get` is given an index that there is not.
 * @example
 * const [a, b] = [new TensorDataset(zeros(2)), new TensorDataset(ones(3))];
 * new ConcatDataset([a, b]).length; // 5
 */
export class ConcatDataset<Sample> implements Dataset<Sample> {
  readonly datasets: readonly Dataset<Sample>[];
  /** The number of samples up to the end of each dataset. */
  readonly cumulativeSizes: readonly number[];

  constructor(datasets: Iterable<Dataset<Sample>>) {
    this.datasets = listed("ConcatDataset", "datasets", datasets);
    if (this.datasets.length === 0) throw new ValueError("ConcatDataset: needs at least one dataset; got none");
    let total = 0;
    this.cumulativeSizes = this.datasets.map((dataset) => {
      checkDataset("ConcatDataset", dataset);
      total += dataset.length;
      return total;
    });
  }

  get length(): number {
    return this.cumulativeSizes.at(-1) as number;
  }

  get(index: number): Sample {
    checkIndex("ConcatDataset.get", index, this.length);
    const which = this.cumulativeSizes.findIndex((end) => index < end);
    const start = which === 0 ? 0 : (this.cumulativeSizes[which - 1] as number);
    return (this.datasets[which] as Dataset<Sample>).get(index - start);
  }
}

/** How far fractions may be from a sum of 1. */
const CLOSE = 1e-9;

/** Lengths, or fractions of `total`: rounded down, and what is left over given out from the first on. `op` and `whole` are for messages. */
export function splitLengths(op: string, given: readonly number[], total: number, whole: string): readonly number[] {
  if (!Array.isArray(given) || given.length === 0) {
    throw new ValueError(`${op}: takes an array of lengths or fractions; got ${String(given)}`);
  }
  const sum = given.reduce((a, b) => a + b, 0);
  let lengths = given as readonly number[];
  if (Math.abs(sum - 1) <= CLOSE) {
    const wrong = lengths.find((fraction) => !(fraction >= 0 && fraction <= 1));
    if (wrong !== undefined) throw new ValueError(`${op}: a fraction lies between 0 and 1; got ${wrong}`);
    const floors = lengths.map((fraction) => Math.floor(total * fraction));
    const left = total - floors.reduce((a, b) => a + b, 0);
    lengths = floors.map((length, i) => length + Math.floor(left / given.length) + Number(i < left % given.length));
  }
  const odd = lengths.find((length) => !Number.isInteger(length) || length < 0);
  if (odd !== undefined) {
    throw new ValueError(
      `${op}: lengths are whole numbers that add up to ${total}, or fractions that add up to 1; got ${given.join(", ")}`,
    );
  }
  const count = lengths.reduce((a, b) => a + b, 0);
  if (count !== total) {
    throw new ValueError(`${op}: lengths add up to ${whole}; got ${given.join(", ")}`);
  }
  return lengths;
}

/**
 * Splits a dataset at random into parts of the lengths given, or of the fractions given when they add up to 1.
 * The same seed gives PyTorch's split.
 *
 * @throws {ValueError} for an unknown option, something else than a dataset, or lengths that do not add up to its
 * length, nor to 1.
 * @example
 * const [train, test] = randomSplit(new TensorDataset(arange(10)), [0.8, 0.2]);
 * [train.length, test.length]; // [8, 2]
 */
export function randomSplit<Sample, const L extends readonly number[]>(
  dataset: Dataset<Sample>,
  lengths: L,
  options: { generator?: Generator } = {},
): { -readonly [K in keyof L]: Subset<Sample> } {
  checkDataset("randomSplit", dataset);
  const sizes = splitLengths("randomSplit", lengths, dataset.length, `the dataset's ${dataset.length} samples`);
  const order = randperm(dataset.length, options).data();
  let start = 0;
  const parts = sizes.map((size) => {
    const part = new Subset(dataset, order.subarray(start, start + size));
    start += size;
    return part;
  });
  return parts as readonly Subset<Sample>[] as { -readonly [K in keyof L]: Subset<Sample> };
}
