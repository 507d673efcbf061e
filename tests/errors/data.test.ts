// Bad input of datasets, loaders, samplers and distributions: the class of each error and a message that names the values.
import { describe, expect, test } from "vitest";
import {
  BatchSampler,
  CharVocabulary,
  ConcatDataset,
  DataLoader,
  type Dataset,
  parseCsv,
  RandomSampler,
  randomSplit,
  SequentialSampler,
  Subset,
  SubsetRandomSampler,
  TensorDataset,
  WeightedRandomSampler,
} from "../../src/data/index.ts";
import {
  DTypeError,
  empty,
  Generator,
  IndexError,
  normal,
  ones,
  randint,
  ShapeError,
  type Tensor,
  tensor,
  ValueError,
  zeros,
} from "../../src/index.ts";
import { type Case, testCases } from "./cases.ts";

const range = (length: number): Dataset<number> => ({ length, get: (index) => index });
const stream: Iterable<number> = { [Symbol.iterator]: () => [1, 2][Symbol.iterator]() };
const vector = (...values: number[]): Tensor<[number]> => tensor(Int32Array.from(values)) as Tensor as Tensor<[number]>;
const two = new TensorDataset(zeros(2, 3));
const loader = (options: object): unknown => new DataLoader(range(4), options);

const CASES: Record<string, Case[]> = {
  datasets: [
    [
      "a length that is no number of samples",
      () => new DataLoader({ length: Number.NaN, get: () => 1 }),
      ValueError,
      "a whole number of at least 0; got NaN",
    ],
    [
      "a table that is no text",
      () => parseCsv(5 as never),
      ValueError,
      "parseCsv: takes the text of a table; got number",
    ],
    [
      "tokens that are no list",
      () => new CharVocabulary(5 as never),
      ValueError,
      'CharVocabulary: takes the tokens, as ["a", "b"]; got 5',
    ],
    [
      "an option of vocabularies that is none",
      () => new CharVocabulary(["a"], { unk: "a" } as never),
      ValueError,
      "there is no option unk",
    ],
    ["no tensors", () => new TensorDataset(), ShapeError, "needs at least one tensor; got none"],
    ["an array", () => new TensorDataset([1, 2] as never), DTypeError, "takes tensors; got object as argument 0"],
    ["a number without axes", () => new TensorDataset(tensor(1)), ShapeError, "counts samples; got [] as argument 0"],
    ["other lengths", () => new TensorDataset(zeros(2, 3), zeros(4)), ShapeError, "one length; got [2, 3] and [4]"],
    ["a sample beyond", () => two.get(2), IndexError, "a whole number from 0 to 1; got 2"],
    ["a negative sample", () => two.get(-1), IndexError, "got -1"],
    ["half a sample", () => two.get(0.5), IndexError, "got 0.5"],
    ["no sample", () => two.get(undefined as never), IndexError, "got undefined"],
    ["a batch beyond", () => two.batch(vector(1, 2)), IndexError, "there are 2 samples; got index 2"],
    ["a batch below", () => two.batch(vector(-1)), IndexError, "there are 2 samples; got index -1"],
    [
      "a batch of floats",
      () => two.batch(zeros(2) as never),
      DTypeError,
      "indices as an int32 vector; got float32 [2]",
    ],
    [
      "a batch of a matrix",
      () => two.batch(zeros([2, 2], { dtype: "int32" }) as never),
      DTypeError,
      "got int32 [2, 2]",
    ],
    ["a subset of nothing", () => new Subset(undefined as never, []), ValueError, "Subset: a dataset has a length"],
    [
      "a subset beyond",
      () => new Subset(two, [0, 2]),
      IndexError,
      "Subset: an index is a whole number from 0 to 1; got 2",
    ],
    ["beyond a subset", () => new Subset(two, [0]).get(1), IndexError, "got 1"],
    [
      "a batch beyond a subset",
      () => new Subset(two, [0]).batch?.(vector(1)),
      IndexError,
      "there are 1 samples; got index 1",
    ],
    ["none in a row", () => new ConcatDataset([]), ValueError, "needs at least one dataset; got none"],
    ["something else in a row", () => new ConcatDataset([two, 3 as never]), ValueError, "ConcatDataset: a dataset has"],
    ["beyond the row", () => new ConcatDataset([range(2), range(1)]).get(3), IndexError, "from 0 to 2; got 3"],
  ],
  splits: [
    ["too few", () => randomSplit(range(5), [2, 2]), ValueError, "add up to the dataset's 5 samples; got 2, 2"],
    ["halves", () => randomSplit(range(5), [2.5, 2.5]), ValueError, "whole numbers that add up to 5, or fractions"],
    ["fractions beyond 1", () => randomSplit(range(5), [0.9, 0.9]), ValueError, "got 0.9, 0.9"],
    ["a negative fraction", () => randomSplit(range(5), [1.5, -0.5]), ValueError, "between 0 and 1; got 1.5"],
    ["a negative length", () => randomSplit(range(5), [6, -1]), ValueError, "got 6, -1"],
    ["NaN", () => randomSplit(range(5), [Number.NaN, 1]), ValueError, "got NaN, 1"],
    ["no lengths", () => randomSplit(range(5), []), ValueError, "an array of lengths or fractions"],
    ["a number", () => randomSplit(range(5), 0.8 as never), ValueError, "got 0.8"],
    [
      "no generator",
      () => randomSplit(range(2), [1, 1], { generator: 1 as never }),
      ValueError,
      "generator is a Generator",
    ],
  ],
  samplers: [
    ["no dataset", () => new SequentialSampler(5 as never), ValueError, "anything with a length; got 5"],
    ["nothing to shuffle", () => new RandomSampler(range(0)), ValueError, "an empty dataset cannot be shuffled"],
    ["no samples", () => new RandomSampler(range(3), { numSamples: 0 }), ValueError, "at least 1; got 0"],
    ["a half", () => new RandomSampler(range(3), { numSamples: 1.5 }), ValueError, "got 1.5"],
    ["no truth", () => new RandomSampler(range(3), { replacement: 1 as never }), ValueError, "true or false; got 1"],
    ["a seed", () => new SubsetRandomSampler([1], { generator: 5 as never }), ValueError, "is a Generator; got 5"],
    ["no weights", () => new WeightedRandomSampler(3 as never, 2), DTypeError, "numbers in an array or tensor; got 3"],
    [
      "too few weights",
      () => [...new WeightedRandomSampler([1, 0], 2, { replacement: false })],
      ValueError,
      "at least 2 of 2",
    ],
    ["a negative weight", () => [...new WeightedRandomSampler([1, -1], 2)], ValueError, "none is below 0"],
    [
      "batches of none",
      () => new BatchSampler(new SequentialSampler(range(3)), 0),
      ValueError,
      "batchSize is a whole number",
    ],
    [
      "no sampler",
      () => new BatchSampler(undefined as never, 2),
      ValueError,
      "sampler is a Sampler, which is iterable",
    ],
  ],
  loaders: [
    ["sampler and shuffle", () => loader({ sampler: [1], shuffle: true }), ValueError, "sampler excludes shuffle"],
    [
      "batch sampler and size",
      () => loader({ batchSampler: [[1]], batchSize: 2 }),
      ValueError,
      "batchSampler excludes batchSize",
    ],
    [
      "batch sampler and more",
      () => loader({ batchSampler: [[1]], shuffle: true, sampler: [1], dropLast: true }),
      ValueError,
      "sampler excludes shuffle",
    ],
    [
      "batch sampler and dropLast",
      () => loader({ batchSampler: [[1]], dropLast: true }),
      ValueError,
      "excludes dropLast",
    ],
    [
      "no batches and dropLast",
      () => loader({ batchSize: null, dropLast: true }),
      ValueError,
      "batchSize null excludes dropLast",
    ],
    ["a stream and shuffle", () => new DataLoader(stream, { shuffle: true }), ValueError, "excludes shuffle"],
    ["a stream and a sampler", () => new DataLoader(stream, { sampler: [0] }), ValueError, "excludes sampler"],
    ["a size of text", () => loader({ batchSize: "8" }), ValueError, 'at least 1, or null; got "8"'],
    ["no truth", () => loader({ shuffle: 1 }), ValueError, "shuffle is true or false; got 1"],
    ["no function", () => loader({ collateFn: {} }), ValueError, "collateFn is a function; got object"],
    ["no sampler", () => loader({ sampler: 3 }), ValueError, "sampler is a Sampler, which is iterable; got 3"],
    ["a sampler beyond", () => [...new DataLoader(range(4), { sampler: [4] })], IndexError, "from 0 to 3; got 4"],
    [
      "beyond one by one",
      () => [...new DataLoader(range(4), { sampler: [-1], batchSize: null })],
      IndexError,
      "got -1",
    ],
    ["a sampler beyond int32", () => [...new DataLoader(two, { sampler: [2 ** 32] })], IndexError, "got 4294967296"],
    [
      "a number of batches that none knows",
      () => new DataLoader(range(4), { sampler: new Set([1]) }).length,
      ValueError,
      "the sampler has no length",
    ],
  ],
  distributions: [
    ["a probability above 1", () => tensor([0.5, 1.5]).bernoulli(), ValueError, "lies between 0 and 1; got 1.5"],
    ["a probability that is NaN", () => tensor([Number.NaN]).bernoulli(), ValueError, "got NaN"],
    ["whole probabilities", () => vector(1).bernoulli(), DTypeError, "bernoulli: takes float32 or float64; got int32"],
    ["bernoulli_ of 2", () => ones(2).bernoulli_(2), ValueError, "a probability from 0 to 1; got 2"],
    ["bernoulli_ of a view", () => (ones(2, 3).t() as Tensor).bernoulli_(), ValueError, "fills row-major tensors"],
    [
      "bernoulli_ of a leaf",
      () => zeros([2], { requiresGrad: true }).bernoulli_(),
      ValueError,
      "wrap the call in noGrad",
    ],
    ["a rate of 0", () => ones(2).exponential_(0), ValueError, "lambda is above 0 and finite; got 0"],
    ["a rate that is NaN", () => ones(2).exponential_(Number.NaN), ValueError, "got NaN"],
    ["whole waiting times", () => vector(1).exponential_(), DTypeError, "takes float32 or float64; got int32"],
    ["certain success", () => ones(2).geometric_(1), ValueError, "between 0 and 1, without them; got 1"],
    ["no success", () => ones(2).geometric_(undefined as never), ValueError, "got undefined"],
    ["one bound", () => ones(2).random_(3 as never), ValueError, "both bounds or none; got 3 and undefined"],
    ["bounds that meet", () => ones(2).random_(3, 3), ValueError, "low below high; got 3 and 3"],
    ["bounds beyond float32", () => ones(2).random_(0, 2 ** 30), ValueError, "in the range of float32"],
    [
      "bounds beyond uint8",
      () => empty([2], { dtype: "uint8" }).random_(0, 300),
      ValueError,
      "in the range of uint8, low below high; got 0 and 300",
    ],
    [
      "bounds beyond bool",
      () => empty([2], { dtype: "bool" }).random_(-1, 2),
      ValueError,
      "in the range of bool, low below high; got -1 and 2",
    ],
    [
      "random_ from a seed",
      () => ones(2).random_({ generator: 1 as never }),
      ValueError,
      "generator is a Generator; got 1",
    ],
    ["randint beyond int32", () => randint(0, 2 ** 40, [2]), ValueError, 'dtype "float64" holds more'],
    [
      "randint beyond uint8",
      () => randint(0, 257, [2], { dtype: "uint8" }),
      ValueError,
      "the range of uint8, low below",
    ],
    ["no weights", () => zeros(0).multinomial(1), ShapeError, "weights [n] or [rows, n] with n above 0; got [0]"],
    ["weights of three axes", () => ones(2, 2, 2).multinomial(1), ShapeError, "got [2, 2, 2]"],
    ["weights of 0", () => zeros(3).multinomial(1), ValueError, "at least 1 of 3 are above 0"],
    [
      "weights that are NaN",
      () =>
        tensor([
          [1, 1],
          [1, Number.NaN],
        ]).multinomial(1),
      ValueError,
      "got others in row 1",
    ],
    ["infinite weights", () => tensor([1, Number.POSITIVE_INFINITY]).multinomial(1), ValueError, "weights are finite"],
    ["more than there are", () => ones(3).multinomial(4), ValueError, "at least 4 of 3 are above 0"],
    ["none to draw", () => ones(3).multinomial(0), ValueError, "numSamples is a whole number of at least 1; got 0"],
    ["a negative deviation", () => normal(0, tensor([1, -2])), ValueError, "std is at least 0; got -2"],
    ["a deviation that is NaN", () => normal(tensor([1]), Number.NaN), ValueError, "std is at least 0; got NaN"],
    ["no sizes", () => normal(0, 1, undefined as never), ValueError, "two numbers need sizes"],
    ["other shapes", () => normal(zeros(3), ones(4) as never), ShapeError, "normal: cannot broadcast [3] with [4]"],
    ["whole means", () => normal(vector(1), 1), DTypeError, "normal: takes float32 or float64; got int32"],
    [
      "whole normals",
      () => normal(0, 1, [2], { dtype: "int32" }),
      DTypeError,
      "takes dtype float32 or float64; got int32",
    ],
    ["text", () => normal("0" as never, 1), DTypeError, "normal: takes a tensor"],
  ],
};

describe.each(Object.keys(CASES))("%s", (family) => {
  testCases(CASES[family] ?? []);
});

test("a refused draw leaves the stream where it was", () => {
  const generator = new Generator().manualSeed(1);
  const before = generator.getState().toArray();
  expect(() => zeros(3).multinomial(1, { generator })).toThrow(ValueError);
  expect(() => tensor([2]).bernoulli({ generator })).toThrow(ValueError);
  expect(generator.getState().toArray()).toEqual(before);
});
