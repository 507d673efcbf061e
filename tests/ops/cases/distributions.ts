/** Random distributions: the same numbers for the same seed. */
import { empty, normal, randint } from "../../../src/index.ts";
import { given, type InputSet, input, large, set } from "../inputs.ts";
import { type Case, LAYOUTS, m, NONE, row } from "./case.ts";

/** PyTorch's gradients of drawn numbers are zero by definition, which differences do not show. */
const drawn = (sets: readonly InputSet[]): InputSet[] => sets.map((one) => ({ ...one, special: true }));

const SHARES = { range: [0, 1] as const };
const probabilities = drawn([
  ...[[2, 3], [], [1], [33], [17, 33], [0], [3, 0]].map((shape) => set(input(shape, SHARES))),
  ...LAYOUTS.map((layout) => set(input([3, 5], { ...SHARES, layout }))),
  set(given([0, 1, 0.5, 1, 0])),
  large(input([41, 1001], SHARES)),
]);

const FILLS = [
  row("bernoulli", "torch.bernoulli(x)", (x) => x.bernoulli(), probabilities),
  row("bernoulli_", "torch.empty(40).bernoulli_(0.3)", () => empty(40).bernoulli_(0.3), NONE),
  row("bernoulli_", "torch.empty(700).bernoulli_()", () => empty(700).bernoulli_(), NONE),
  row("bernoulli_", "torch.empty(5).bernoulli_(1)", () => empty(5).bernoulli_(1), NONE),
  ...(["float64", "int32", "uint8", "bool"] as const).map((dtype) =>
    row(
      "bernoulli_",
      `torch.empty(40, dtype=torch.${dtype}).bernoulli_(0.7)`,
      () => empty([40], { dtype }).bernoulli_(0.7),
      NONE,
    ),
  ),
  row("exponential_", "torch.empty(3, 17).exponential_()", () => empty(3, 17).exponential_(), NONE),
  row("exponential_", "torch.empty(0).exponential_()", () => empty(0).exponential_(), NONE),
  row(
    "exponential_",
    "torch.empty(700, dtype=torch.float64).exponential_(2.5)",
    () => empty([700], { dtype: "float64" }).exponential_(2.5),
    NONE,
  ),
  row("geometric_", "torch.empty(40).geometric_(0.3)", () => empty(40).geometric_(0.3), NONE),
  row("geometric_", "torch.empty(700).geometric_(0.004)", () => empty(700).geometric_(0.004), NONE),
  row(
    "geometric_",
    "torch.empty(40, dtype=torch.float64).geometric_(0.9)",
    () => empty([40], { dtype: "float64" }).geometric_(0.9),
    NONE,
  ),
];

const WHOLE = [
  ...(["float32", "float64", "int32", "uint8", "bool"] as const).map((dtype) =>
    row("random_", `torch.empty(40, dtype=torch.${dtype}).random_()`, () => empty([40], { dtype }).random_(), NONE),
  ),
  ...(["float32", "float64", "int32", "uint8"] as const).map((dtype) =>
    row(
      "random_",
      `torch.empty(40, dtype=torch.${dtype}).random_(3, 200)`,
      () => empty([40], { dtype }).random_(3, 200),
      NONE,
    ),
  ),
  row(
    "random_",
    "torch.empty(40, dtype=torch.bool).random_(0, 2)",
    () => empty([40], { dtype: "bool" }).random_(0, 2),
    NONE,
  ),
  row(
    "random_",
    "torch.empty(40, dtype=torch.float64).random_(-(2**50), 2**51)",
    () => empty([40], { dtype: "float64" }).random_(-(2 ** 50), 2 ** 51),
    NONE,
  ),
  row("randint", "torch.randint(0, 2**28 - 1, [40])", () => randint(0, 2 ** 28 - 1, [40]), NONE),
  row("randint", "torch.randint(0, 2**28, [40])", () => randint(0, 2 ** 28, [40]), NONE),
  row("randint", "torch.randint(-(2**31), 2**31, [40])", () => randint(-(2 ** 31), 2 ** 31, [40]), NONE),
  row(
    "randint",
    "torch.randint(0, 2**40, [40], dtype=torch.float64)",
    () => randint(0, 2 ** 40, [40], { dtype: "float64" }),
    NONE,
  ),
  row(
    "randint",
    "torch.randint(-9, 9, [40], dtype=torch.float32)",
    () => randint(-9, 9, [40], { dtype: "float32" }),
    NONE,
  ),
];

const WEIGHTS = { range: [0.1, 2] as const };
const weights = [
  ...[[7], [1, 7], [4, 9], [3, 1001]].map((shape) => set(input(shape, WEIGHTS))),
  ...LAYOUTS.map((layout) => set(input([5, 8], { ...WEIGHTS, layout }))),
  set(given([0, 0.1, 0.2, 0.7, 1, 2, 0, 3])),
];

const MULTINOMIAL = [
  row("multinomial", "torch.multinomial(x.detach(), 5)", (x) => x.detach().multinomial(5), weights),
  row("multinomial", "torch.multinomial(x.detach(), 1)", (x) => x.detach().multinomial(1), weights),
  row(
    "multinomial",
    "torch.multinomial(x.detach(), 40, replacement=True)",
    (x) => x.detach().multinomial(40, { replacement: true }),
    weights,
  ),
  row("multinomial", "torch.multinomial(x, 1, replacement=True)", (x) => x.multinomial(1, { replacement: true }), [
    set(input([10], WEIGHTS)),
    set(input([3, 10], WEIGHTS)),
  ]),
  row("multinomial", "torch.multinomial(x, 7)", (x) => x.multinomial(7), [set(input([7], WEIGHTS))]),
];

const POSITIVE = { range: [0, 2] as const, seed: 2 };
const moments = drawn([
  ...[[2, 3], [], [15], [16], [33], [17, 33], [0]].map((shape) => set(input(shape), input(shape, POSITIVE))),
  ...LAYOUTS.map((layout) => set(m([3, 5], layout), input([3, 5], { ...POSITIVE, layout }))),
  set(m([3, 1]), input([5], POSITIVE)),
  set(m([4]), input([3, 1], POSITIVE)),
]);

const NORMAL = [
  row("normal", "torch.normal(x, y)", (x, y) => normal(x, y), moments),
  row(
    "normal",
    "torch.normal(x, 0.5)",
    (x) => normal(x, 0.5),
    drawn([set(m([2, 3])), set(m([33])), set(m([3, 5], "transposed"))]),
  ),
  row(
    "normal",
    "torch.normal(1.5, x)",
    (x) => normal(1.5, x),
    drawn([set(input([2, 3], POSITIVE)), set(input([33], POSITIVE))]),
  ),
  row("normal", "torch.normal(0.0, x)", (x) => normal(0, x), drawn([set(input([2, 3], POSITIVE))])),
  row("normal", "torch.normal(2.0, 3.0, [3, 7])", () => normal(2, 3, [3, 7]), NONE),
  row(
    "normal",
    "torch.normal(2.0, 3.0, [7], dtype=torch.float64)",
    () => normal(2, 3, [7], { dtype: "float64" }),
    NONE,
  ),
];

export const cases: readonly Case[] = [...FILLS, ...WHOLE, ...MULTINOMIAL, ...NORMAL];
