/** Losses: every option and reduction, against classes and against targets of the same shape. */
import {
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  crossEntropy,
  huberLoss,
  klDiv,
  l1Loss,
  mseLoss,
  nllLoss,
  type Reduction,
  smoothL1Loss,
  type Tensor,
} from "../../../src/index.ts";
import { given, type Input, type InputSet, input, type Layout, large, type Range, set, special } from "../inputs.ts";
import { type Case, COMPARABLE, filled, LAYOUTS, labels, m, n, row } from "./case.ts";

const REDUCTIONS = ["mean", "sum", "none"] as const;

type Options = Readonly<Record<string, unknown>>;
type Loss = (x: Tensor, y: Tensor, options: never) => Tensor;

const PYTHON: Readonly<Record<string, string>> = {
  ignoreIndex: "ignore_index",
  labelSmoothing: "label_smoothing",
  logTarget: "log_target",
  posWeight: "pos_weight",
  logInput: "log_input",
};

/** Options as Python's keyword arguments; `true` stands for the input z where a tensor is wanted. */
function keywords(options: Options): string {
  const shown = (name: string, value: unknown): string => {
    if (name === "weight" || name === "posWeight") return "z.detach()";
    if (typeof value === "boolean") return value ? "True" : "False";
    return typeof value === "string" ? `'${value}'` : String(value);
  };
  return Object.entries(options)
    .map(([name, value]) => `, ${PYTHON[name] ?? name}=${shown(name, value)}`)
    .join("");
}

/** The options with z in place of a weight. */
function withTensors(options: Options, z: Tensor): Options {
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => [
      name,
      name === "weight" || name === "posWeight" ? z.detach() : value,
    ]),
  );
}

/** One loss with options, in all three reductions. The mean of nothing is an error here. */
function losses(
  op: string,
  torch: string,
  loss: Loss,
  sets: readonly InputSet[],
  options: Options = {},
  target = "y",
  reductions: readonly string[] = REDUCTIONS,
): Case[] {
  return reductions.map((reduction) => {
    const all = { ...options, reduction: reduction as Reduction };
    return row(
      op,
      `F.${torch}(x, ${target}${keywords(all)})`,
      (x, y, z) => loss(x, y, withTensors(all, z) as never),
      reduction === "mean" || reduction === "batchmean" ? filled(sets) : sets,
    );
  });
}

// ---- differences -----------------------------------------------------------------------------------------------------

const FEW = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 1, -1, 2, 100, -0.5];
const BESIDE = [0, 0, 0, 0, 1, 0, 0, 0, 0.5];

const DIFFERENT: readonly InputSet[] = [
  ...COMPARABLE,
  ...LAYOUTS.map((layout) => set(m([5, 6], layout), n([5, 6]))),
  ...LAYOUTS.map((layout) => set(m([5, 6]), n([5, 6], layout))),
  set(m([2, 3, 4]), n([2, 3, 4])),
  set(m([1]), n([1])),
  set(m([3, 0]), n([3, 0])),
  special("kinks, infinities and NaN", given(FEW), given(BESIDE)),
];

const DIFFERENCES: readonly Case[] = [
  ...losses("mseLoss", "mse_loss", mseLoss, DIFFERENT),
  ...losses("l1Loss", "l1_loss", l1Loss, DIFFERENT),
  ...[{}, { beta: 0.5 }, { beta: 2 }, { beta: 0 }].flatMap((options) =>
    losses("smoothL1Loss", "smooth_l1_loss", smoothL1Loss, DIFFERENT, options),
  ),
  ...[{}, { delta: 0.5 }, { delta: 2 }].flatMap((options) =>
    losses("huberLoss", "huber_loss", huberLoss, DIFFERENT, options),
  ),
];

// ---- probabilities ---------------------------------------------------------------------------------------------------

const ZERO_TO_ONE: Range = [0.02, 0.98];
const inside = (shape: readonly number[], seed: number, layout: Layout = "plain"): Input =>
  input(shape, { range: ZERO_TO_ONE, seed, layout });

/** Predictions from a range, targets from 0 to 1, and weights of a shape that broadcasts. */
function judged(range: Range): InputSet[] {
  const x = (shape: readonly number[], layout: Layout = "plain"): Input => input(shape, { range, layout });
  return [
    ...[[2, 3], [], [1], [17], [33], [3, 17], [2, 3, 4], [0], [3, 0]].map((shape) => set(x(shape), inside(shape, 2))),
    ...LAYOUTS.map((layout) => set(x([5, 6], layout), inside([5, 6], 2))),
    ...LAYOUTS.map((layout) => set(x([5, 6]), inside([5, 6], 2, layout))),
    large(x([3, 70001]), inside([3, 70001], 2)),
  ];
}

function weighed(range: Range): InputSet[] {
  return [
    set(input([2, 3], { range }), inside([2, 3], 2), inside([2, 3], 3)),
    set(input([5, 6], { range, layout: "transposed" }), inside([5, 6], 2), inside([6], 3)),
    set(input([5, 6], { range }), inside([5, 6], 2), inside([5, 1], 3, "transposed")),
    set(input([4], { range }), inside([4], 2), inside([], 3)),
    set(input([0, 3], { range }), inside([0, 3], 2), inside([3], 3)),
    large(input([41, 1001], { range }), inside([41, 1001], 2), inside([1001], 3)),
  ];
}

const CERTAIN = special("certain and wrong", given([0, 1, 0, 1, 0.5]), given([0, 1, 1, 0, 1]));
const EXTREME = special(
  "extreme logits",
  given([
    ...[200, -200, 200, -200, 0, 30, -30, 1e4],
    ...[Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN],
  ]),
  given([...[0, 0, 1, 1, 0.5, 0.25, 0.25, 1], ...[0, 1, 0]]),
);

const BINARY: readonly Case[] = [
  ...losses("binaryCrossEntropy", "binary_cross_entropy", binaryCrossEntropy, [...judged(ZERO_TO_ONE), CERTAIN]),
  ...losses("binaryCrossEntropy", "binary_cross_entropy", binaryCrossEntropy, weighed(ZERO_TO_ONE), { weight: true }),
  ...losses("binaryCrossEntropyWithLogits", "binary_cross_entropy_with_logits", binaryCrossEntropyWithLogits, [
    ...judged([-6, 6]),
    EXTREME,
  ]),
  ...[{ weight: true }, { posWeight: true }].flatMap((options) =>
    losses(
      "binaryCrossEntropyWithLogits",
      "binary_cross_entropy_with_logits",
      binaryCrossEntropyWithLogits,
      weighed([-6, 6]),
      options,
    ),
  ),
  ...losses(
    "binaryCrossEntropyWithLogits",
    "binary_cross_entropy_with_logits",
    binaryCrossEntropyWithLogits,
    weighed([-6, 6]),
    { weight: true, posWeight: true },
  ),
];

const IMPOSSIBLE = special("impossible events", given([-1, -2, Number.NEGATIVE_INFINITY]), given([0, 1, 0.5]));
const DISTANT = special("log-probabilities", given([-1, -2, -50]), given([0, -30, -0.5]));

const DIVERGENCES: readonly Case[] = [
  ...losses("klDiv", "kl_div", klDiv, judged([-6, 0]), {}, "y", [...REDUCTIONS]),
  ...losses("klDiv", "kl_div", (x, y, o) => klDiv(x, y.detach(), o), [IMPOSSIBLE], {}, "y.detach()"),
  ...losses("klDiv", "kl_div", klDiv, [...judged([-6, 0]), DISTANT], { logTarget: true }),
  ...[{}, { logTarget: true }].flatMap((options) =>
    losses(
      "klDiv",
      "kl_div",
      klDiv,
      judged([-6, 0]).filter(({ inputs }) => inputs[0]?.shape.length),
      options,
      "y",
      ["batchmean"],
    ),
  ),
];

// ---- classes ---------------------------------------------------------------------------------------------------------

const weights = (classes: number, layout: Layout = "plain"): Input =>
  input([classes], { range: [0.1, 2], seed: 3, layout });

/** Scores, labels, and a weight for each class. */
const CLASSED: readonly InputSet[] = [
  set(m([5, 3]), labels([5], 3), weights(3)),
  set(m([1, 1]), labels([1], 1), weights(1)),
  set(m([17, 33]), labels([17], 33, "uint8"), weights(33, "selected")),
  set(m([7]), labels([], 7), weights(7)),
  set(m([3, 4, 5]), labels([3, 5], 4), weights(4)),
  set(m([2, 3, 2, 4]), labels([2, 2, 4], 3), weights(3)),
  ...LAYOUTS.map((layout) => set(m([6, 3], layout), labels([6], 3), weights(3))),
  set(m([2, 3, 4], "transposed"), labels([2, 4], 3), weights(3)),
  set(m([0, 3]), labels([0], 3), weights(3)),
  set(m([2, 3, 0]), labels([2, 0], 3), weights(3)),
  large(m([1001, 41]), labels([1001], 41), weights(41)),
  large(m([3, 5, 101, 97]), labels([3, 101, 97], 5), weights(5)),
];

const LARGE_LOGITS = special(
  "large logits",
  given([1000, -1000, 3, 0, 0, 0, 50, 60, 70], [3, 3]),
  labels([3], 3),
  given([1, 2, 0.5]),
);

/** Label 1 is ignored; in each set some other label is there. */
const IGNORING: readonly InputSet[] = CLASSED.filter(({ inputs: [, y] }) => y?.values.some((label) => label !== 1));

const MASKED: readonly InputSet[] = [
  set(m([5, 3]), given([0, -100, 2, -100, 1], [5], "int32"), weights(3)),
  set(m([2, 3, 2]), given([0, -100, 2, 1], [2, 2], "int32"), weights(3)),
];

const CLASS_OPTIONS: readonly (readonly [Options, readonly InputSet[]])[] = [
  [{}, [...CLASSED, ...MASKED, LARGE_LOGITS]],
  [{ weight: true }, [...CLASSED, ...MASKED, LARGE_LOGITS]],
  [{ ignoreIndex: 1 }, IGNORING],
  [{ weight: true, ignoreIndex: 1 }, IGNORING],
];
const SMOOTHED: readonly (readonly [Options, readonly InputSet[]])[] = [
  [{ labelSmoothing: 0.1 }, [...CLASSED, ...MASKED]],
  [{ labelSmoothing: 1, weight: true }, CLASSED],
  [{ labelSmoothing: 0.3, weight: true, ignoreIndex: 1 }, IGNORING],
];

/** The same sets with probabilities in place of labels. */
const SPREAD: readonly InputSet[] = [
  ...[[5, 3], [1, 1], [17, 33], [7], [3, 4, 5], [2, 3, 2, 4], [0, 3], [2, 3, 0]].map((shape) =>
    set(m(shape), inside(shape, 2), weights(shape[Math.min(shape.length - 1, 1)] as number)),
  ),
  ...LAYOUTS.map((layout) => set(m([6, 3], layout), inside([6, 3], 2, layout), weights(3))),
  large(m([1001, 41]), inside([1001, 41], 2), weights(41)),
];

const CLASSES: readonly Case[] = [
  ...CLASS_OPTIONS.flatMap(([options, sets]) => losses("nllLoss", "nll_loss", nllLoss, sets, options, "y.long()")),
  ...[...CLASS_OPTIONS, ...SMOOTHED].flatMap(([options, sets]) =>
    losses("crossEntropy", "cross_entropy", crossEntropy, sets, options, "y.long()"),
  ),
  ...[{}, { weight: true }, { labelSmoothing: 0.2 }, { weight: true, labelSmoothing: 0.7 }].flatMap((options) =>
    losses("crossEntropy", "cross_entropy", crossEntropy, SPREAD, options),
  ),
];

export const cases: readonly Case[] = [...DIFFERENCES, ...BINARY, ...DIVERGENCES, ...CLASSES];
