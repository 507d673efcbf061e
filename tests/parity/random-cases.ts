// Every random stream of the fixture that nabla has, drawn through the public API.
import {
  DataLoader,
  type DataLoaderOptions,
  RandomSampler,
  randomSplit,
  WeightedRandomSampler,
} from "../../src/data/index.ts";
import {
  empty,
  Generator,
  linspace,
  manualSeed,
  nn,
  ones,
  rand,
  randint,
  randn,
  randperm,
  Tensor,
  tensor,
} from "../../src/index.ts";
import { initial } from "./initial-cases.ts";
import { difference, readVectors, type Vector } from "./vectors.ts";

const { seed, cases } = readVectors("random-seed777.json");

/** What a case draws, in the fixture's order. */
type Draws = () => readonly (Tensor | readonly (number | bigint)[])[];

const draws: Record<string, Draws> = {
  "raw32_mod_2^32-1": () => {
    const generator = new Generator().manualSeed(seed);
    return [Array.from({ length: 700 }, () => generator.random() % (2 ** 32 - 1))];
  },
  rand_f64_10: () => [rand([10], { dtype: "float64" })],
  "uniform_m0.1_0.3_2000": () => [empty(2000).uniform_(-0.1, 0.3)],
  uniform_2_5_2000: () => [empty(2000).uniform_(2, 5)],
  "uniform_m1e-3_7_2000": () => [empty(2000).uniform_(-1e-3, 7)],
  randn_odd_then_cached: () => [randn(3), randn(20), randn(1), randn(1), rand(1)],
  randn_f64_5: () => [randn([5], { dtype: "float64" })],
  randn_f64_20: () => [randn([20], { dtype: "float64" })],
  "normal_0.5_2_5": () => [empty(5).normal_(0.5, 2)],
  "normal_0.5_2_1000": () => [empty(1000).normal_(0.5, 2)],
  "normal_0_0.02_1000": () => [empty(1000).normal_(0, 0.02)],
  randint_0_10_20: () => [randint(0, 10, [20]), rand(1)],
  "randint_-5_1000000_20": () => [randint(-5, 1000000, [20])],
  random__int64_6: () => {
    const generator = manualSeed(seed);
    return [Array.from({ length: 6 }, () => generator.random63()), rand(1)];
  },
  "dropout_0.5_ones_40": () => [ones(40).dropout(0.5), rand(1)],
  "dropout_0.2_ramp_40": () => [new nn.Dropout(0.2).forward(ramp(40).div(7))],
  "randint_0_2^40_10": () => [randint(0, 2 ** 40, [10], { dtype: "float64" })],
  random__int32_6: () => [empty([6], { dtype: "int32" }).random_()],
  random__uint8_6: () => [empty([6], { dtype: "uint8" }).random_()],
  random__f32_6: () => [empty(6).random_()],
  random__bool_12: () => [empty([12], { dtype: "bool" }).random_()],
  "bernoulli__0.3_40": () => [empty(40).bernoulli_(0.3), rand(1)],
  bernoulli_ptensor_40: () => [linspace(0, 1, 40).bernoulli(), rand(1)],
  exponential_40: () => [empty(40).exponential_(), rand(1)],
  multinomial_1: () => [tensor([0.1, 0.2, 0.3, 0.4]).multinomial(1), rand(1)],
  multinomial_norepl_3: () => [tensor([0.1, 0.2, 0.3, 0.4]).multinomial(3), rand(1)],
  multinomial_repl_20: () => [tensor([0.1, 0.2, 0.3, 0.4]).multinomial(20, { replacement: true }), rand(1)],
  Linear_4_3: () => new nn.Linear(4, 3).parameters(),
  Linear_784_10: () => new nn.Linear(784, 10).parameters(),
  Linear_1_1: () => new nn.Linear(1, 1).parameters(),
  Linear_nobias_5_2: () => new nn.Linear(5, 2, { bias: false }).parameters(),
  MLP_seq: () =>
    new nn.Sequential(new nn.Linear(2, 8), new nn.Tanh(), new nn.Dropout(0.5), new nn.Linear(8, 1)).parameters(),
  loader_shuffle_bs6_3epochs: () => epochs({ batchSize: 6, shuffle: true }),
  loader_noshuffle_bs6_3epochs: () => epochs({ batchSize: 6 }),
  loader_shuffle_droplast: () => epochs({ batchSize: 6, shuffle: true, dropLast: true }),
  "loader_shuffle_generator_seed+1": () =>
    epochs({ batchSize: 6, shuffle: true, generator: new Generator().manualSeed(seed + 1) }),
  loader_randomsampler_repl_50: () => {
    const sampler = new RandomSampler(twenty, { replacement: true, numSamples: 50 });
    return epochs({ batchSize: 6, sampler });
  },
  weighted_random_sampler_12: () => [[...new WeightedRandomSampler([0.1, 0.2, 0.3, 0.4], 12)], rand(1)],
  random_split_10_7_3: () => [...splits(10, [7, 3]), rand(1)],
  "random_split_frac_0.8_0.2_of_11": () => splits(11, [0.8, 0.2]),
  loader_next_iter_twice: () => {
    const loader = new DataLoader(twenty, { batchSize: 6, shuffle: true });
    return [firstBatch(loader), firstBatch(loader), rand(1)];
  },
};
Object.assign(draws, initial);
for (const n of [1, 5, 16, 100]) draws[`rand_${n}`] = () => [rand(n), rand(2)];
for (const n of [1, 2, 5, 15, 16, 17, 20, 31, 32, 33, 100]) draws[`randn_${n}`] = () => [randn(n), randn(3), rand(1)];
for (const n of [1000, 100000]) draws[`randn_${n}`] = () => [randn(n)];
for (const n of [1, 2, 10, 100, 60000]) draws[`randperm_${n}`] = () => [randperm(n), rand(1)];

/** Cases of the fixture that are not drawn, by the reason. */
export const OUT_OF_SCOPE: Readonly<Record<string, RegExp>> = {
  "nabla has no such layer": /^(Conv|RNN|LSTM|GRU|BatchNorm|MHA|Transformer)/,
  "PyTorch 2 draws a single sample without replacement; tests/ops/cases/distributions.ts has it":
    /^multinomial_repl_1$/,
};

const twenty = { length: 20, get: (index: number): number => index };

function ramp(n: number): Tensor {
  return tensor(Array.from({ length: n }, (_, i) => i));
}

function splits(length: number, lengths: readonly number[]): (readonly number[])[] {
  return randomSplit({ length, get: (i: number) => i }, lengths).map(({ indices }) => indices);
}

function epochs(options: DataLoaderOptions<number>): (Tensor | number[])[] {
  const loader = new DataLoader(twenty, options);
  const orders = [0, 1, 2].map(() => [...loader].flatMap((batch) => [...batch.data()]));
  return [...orders, rand(1)];
}

function firstBatch(loader: DataLoader<number>): number[] {
  for (const batch of loader) return [...batch.data()];
  return [];
}

/** The names of the cases that are drawn. */
export const drawn: readonly string[] = Object.keys(draws);
/** The names of all cases of the fixture. */
export const known: readonly string[] = Object.keys(cases);

/** Where a case differs from PyTorch; undefined when every bit agrees. */
export function mismatch(name: string): string | undefined {
  manualSeed(seed);
  const found = (draws[name] as Draws)();
  const expected = cases[name] as readonly Vector[];
  if (found.length !== expected.length) return `${name}: ${found.length} tensors, not ${expected.length}`;
  for (const [i, values] of found.entries()) {
    const different = difference(values instanceof Tensor ? values.data() : values, expected[i] as Vector);
    if (different !== undefined) return `${name}: tensor ${i}: ${different}`;
  }
  return undefined;
}
