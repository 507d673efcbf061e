/** Samplers: in which order a loader asks for samples. PyTorch's orders for the same seed. */
import { DTypeError, ValueError } from "../errors.ts";
import { defaultGenerator, Generator, randint, randperm, type Tensor, tensor } from "../ops/index.ts";
import { checkOptions, listed, shown } from "../options.ts";

/** Indices of samples (or, for batch samplers, arrays of them) in some order. Each loop over it is an epoch. */
export interface Sampler<Index = number> extends Iterable<Index> {
  /** How many there are in an epoch. */
  readonly length: number;
}

/** Anything with a number of samples. */
interface Sized {
  readonly length: number;
}

function checkSized(op: string, data: unknown): void {
  const length = (data as Sized | null | undefined)?.length;
  if (typeof length !== "number") {
    throw new ValueError(`${op}: takes a dataset, or anything with a length; got ${String(data)}`);
  }
}

function checkCount(op: string, name: string, value: unknown): void {
  if (Number.isInteger(value) && (value as number) > 0) return;
  throw new ValueError(`${op}: ${name} is a whole number of at least 1; got ${shown(value)}`);
}

/** Throws unless `generator` is a Generator or left out. */
export function checkGenerator(op: string, generator: unknown): void {
  if (generator === undefined || generator instanceof Generator) return;
  throw new ValueError(`${op}: generator is a Generator; got ${String(generator)}`);
}

/**
 * All indices in order.
 *
 * @throws {ValueError} if `dataSource` has no length.
 * @example
 * [...new SequentialSampler({ length: 3 })]; // [0, 1, 2]
 */
export class SequentialSampler implements Sampler {
  readonly dataSource: Sized;

  constructor(dataSource: Sized) {
    checkSized("SequentialSampler", dataSource);
    this.dataSource = dataSource;
  }

  get length(): number {
    return this.dataSource.length;
  }

  *[Symbol.iterator](): globalThis.Generator<number, void, undefined> {
    for (let i = 0; i < this.dataSource.length; i++) yield i;
  }
}

/** Options of {@link RandomSampler}. */
export interface RandomSamplerOptions {
  /** Whether an index may come more than once. */
  replacement?: boolean;
  /** How many indices an epoch has; the number of samples unless said otherwise. */
  numSamples?: number;
  /** Where the order comes from; unless given, a new stream each epoch whose seed the default generator draws. */
  generator?: Generator;
}

/** How many indices with replacement are drawn at once. */
const CHUNK = 32;

/**
 * Indices in random order, or drawn with replacement.
 *
 * @throws {ValueError} for an unknown option or value, an empty dataset, something without a length, or a `numSamples`
 * that is no whole number of at least 1.
 * @example
 * new RandomSampler({ length: 10 }, { replacement: true, numSamples: 25 }).length; // 25
 */
export class RandomSampler implements Sampler {
  readonly dataSource: Sized;
  readonly replacement: boolean;
  readonly #numSamples: number | undefined;
  readonly #generator: Generator | undefined;

  constructor(dataSource: Sized, options: RandomSamplerOptions = {}) {
    checkOptions("RandomSampler", options, ["replacement", "numSamples", "generator"]);
    const { replacement = false, numSamples, generator } = options;
    checkSized("RandomSampler", dataSource);
    if (dataSource.length === 0) throw new ValueError("RandomSampler: an empty dataset cannot be shuffled");
    checkCount("RandomSampler", "numSamples", numSamples ?? dataSource.length);
    checkGenerator("RandomSampler", generator);
    this.dataSource = dataSource;
    this.replacement = replacement;
    this.#numSamples = numSamples;
    this.#generator = generator;
  }

  get length(): number {
    return this.#numSamples ?? this.dataSource.length;
  }

  *[Symbol.iterator](): globalThis.Generator<number, void, undefined> {
    const n = this.dataSource.length;
    const generator = this.#generator ?? new Generator().manualSeed(defaultGenerator.random63());
    let left = this.length;
    while (this.replacement && left >= 0) {
      yield* randint(0, n, [Math.min(left, CHUNK)], { generator }).data();
      left -= CHUNK;
    }
    // The last permutation is drawn also when nothing of it is needed, as in PyTorch.
    while (!this.replacement && left >= 0) {
      yield* randperm(n, { generator }).data().subarray(0, left);
      left -= n;
    }
  }
}

/**
 * Some indices in random order.
 *
 * @throws {ValueError} for an unknown option, indices that are no list, or a `generator` that is none.
 * @example
 * [...new SubsetRandomSampler([4, 7])].length; // 2
 */
export class SubsetRandomSampler implements Sampler {
  readonly indices: readonly number[];
  readonly #generator: Generator | undefined;

  constructor(indices: Iterable<number>, options: { generator?: Generator } = {}) {
    this.indices = listed("SubsetRandomSampler", "indices", indices);
    checkOptions("SubsetRandomSampler", options, ["generator"]);
    checkGenerator("SubsetRandomSampler", options.generator);
    this.#generator = options.generator;
  }

  get length(): number {
    return this.indices.length;
  }

  *[Symbol.iterator](): globalThis.Generator<number, void, undefined> {
    for (const i of randperm(this.length, { generator: this.#generator }).data()) yield this.indices[i] as number;
  }
}

/** Options of {@link WeightedRandomSampler}. */
export interface WeightedRandomSamplerOptions {
  /** Whether an index may come more than once; true unless said otherwise. */
  replacement?: boolean;
  /** Where random numbers come from; the default generator unless said otherwise. */
  generator?: Generator;
}

/**
 * Indices drawn with probabilities proportional to weights, which are at least 0 and need no sum of 1.
 *
 * @throws {ValueError} for an unknown option, a `numSamples` that is no whole number of at least 1, or a `generator`
 * that is none; when it is looped over, for weights that are below 0, not finite, or too few above 0.
 * @throws {DTypeError} if `weights` are neither an array nor a tensor.
 * @throws {ShapeError} when it is looped over, if there are no weights.
 * @example
 * [...new WeightedRandomSampler([0, 1], 3)]; // [1, 1, 1]
 */
export class WeightedRandomSampler implements Sampler {
  /** The weights, float64. */
  readonly weights: Tensor<[number]>;
  readonly length: number;
  readonly replacement: boolean;
  readonly #generator: Generator | undefined;

  constructor(weights: Iterable<number> | Tensor, numSamples: number, options: WeightedRandomSamplerOptions = {}) {
    checkOptions("WeightedRandomSampler", options, ["replacement", "generator"]);
    const { replacement = true, generator } = options;
    const values = weights !== null && typeof weights === "object" && "data" in weights ? weights.data() : weights;
    if (typeof values !== "object" || values === null || !(Symbol.iterator in values)) {
      throw new DTypeError(`WeightedRandomSampler: weights are numbers in an array or tensor; got ${String(weights)}`);
    }
    checkCount("WeightedRandomSampler", "numSamples", numSamples);
    checkGenerator("WeightedRandomSampler", generator);
    this.weights = tensor(Float64Array.from(values)) as Tensor as Tensor<[number]>;
    this.length = numSamples;
    this.replacement = replacement;
    this.#generator = generator;
  }

  *[Symbol.iterator](): globalThis.Generator<number, void, undefined> {
    const { replacement } = this;
    yield* this.weights.multinomial(this.length, { replacement, generator: this.#generator }).data();
  }
}

/**
 * Batches of the indices of another sampler.
 *
 * @throws {ValueError} for an unknown option, a sampler that cannot be looped over, or a `batchSize` that is no whole
 * number of at least 1.
 * @example
 * [...new BatchSampler(new SequentialSampler({ length: 5 }), 2)]; // [[0, 1], [2, 3], [4]]
 */
export class BatchSampler<Index = number> implements Sampler<Index[]> {
  readonly sampler: Sampler<Index>;
  readonly batchSize: number;
  readonly dropLast: boolean;

  constructor(sampler: Sampler<Index>, batchSize: number, options: { dropLast?: boolean } = {}) {
    checkOptions("BatchSampler", options, ["dropLast"]);
    checkSampler("BatchSampler", "sampler", sampler);
    checkCount("BatchSampler", "batchSize", batchSize);
    this.sampler = sampler;
    this.batchSize = batchSize;
    this.dropLast = options.dropLast ?? false;
  }

  get length(): number {
    const batches = lengthOf("BatchSampler", this.sampler, "sampler") / this.batchSize;
    return this.dropLast ? Math.floor(batches) : Math.ceil(batches);
  }

  *[Symbol.iterator](): globalThis.Generator<Index[], void, undefined> {
    yield* chunked(this.sampler, this.batchSize, this.dropLast);
  }
}

/** The length of what need not have one; throws a ValueError when it has none. */
export function lengthOf(op: string, value: unknown, name: string): number {
  const { length } = (value ?? {}) as { length?: unknown };
  if (typeof length === "number") return length;
  throw new ValueError(`${op}: the number of batches is not known, as the ${name} has no length`);
}

/** Throws unless `sampler` can be looped over. */
export function checkSampler(op: string, name: string, sampler: unknown): void {
  if (typeof sampler === "object" && sampler !== null && Symbol.iterator in sampler) return;
  throw new ValueError(`${op}: ${name} is a Sampler, which is iterable; got ${String(sampler)}`);
}

/** Arrays of `size` values, each given before more values are asked for. */
export function* chunked<T>(
  values: Iterable<T>,
  size: number,
  dropLast: boolean,
): globalThis.Generator<T[], void, undefined> {
  let chunk: T[] = [];
  for (const value of values) {
    chunk.push(value);
    if (chunk.length < size) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0 && !dropLast) yield chunk;
}
