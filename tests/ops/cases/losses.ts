/** Losses: every option and reduction, against classes and against targets of the same shape. */
import {
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  cosineEmbeddingLoss,
  cosineSimilarity,
  crossEntropy,
  gaussianNLLLoss,
  hingeEmbeddingLoss,
  huberLoss,
  klDiv,
  l1Loss,
  marginRankingLoss,
  mseLoss,
  multiLabelSoftMarginLoss,
  multiMarginLoss,
  nllLoss,
  normalize,
  pairwiseDistance,
  poissonNLLLoss,
  type Reduction,
  smoothL1Loss,
  softMarginLoss,
  type Tensor,
  tripletMarginLoss,
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
  ...COMPARABLE.filter((one) => !one.large),
  large(m([41, 1001]), n([41, 1001])),
  ...LAYOUTS.map((layout) => set(m([5, 6], layout), n([5, 6]))),
  ...LAYOUTS.map((layout) => set(m([5, 6]), n([5, 6], layout))),
  set(m([2, 3, 4]), n([2, 3, 4])),
  set(m([1]), n([1])),
  set(m([3, 0]), n([3, 0])),
  special("kinks, infinities and NaN", given(FEW), given(BESIDE)),
];

const WHOLE_TARGETS: readonly InputSet[] = [
  set(m([2, 3]), input([2, 3], { kind: "int32" })),
  set(m([5, 6], "transposed"), input([5, 6], { kind: "int32", layout: "transposed" })),
];

const DIFFERENCES: readonly Case[] = [
  ...losses("mseLoss", "mse_loss", mseLoss, DIFFERENT),
  ...losses("l1Loss", "l1_loss", l1Loss, DIFFERENT),
  ...losses("mseLoss", "mse_loss", mseLoss, WHOLE_TARGETS),
  ...losses("smoothL1Loss", "smooth_l1_loss", smoothL1Loss, WHOLE_TARGETS),
  ...losses("poissonNLLLoss", "poisson_nll_loss", poissonNLLLoss, WHOLE_TARGETS),
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
    large(x([41, 1001]), inside([41, 1001], 2)),
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

// ---- margins ---------------------------------------------------------------------------------------------------------

const SIGNS: Range = [-1, 1];
/** 1 or -1, in two thirds and one third. */
const sided = (shape: readonly number[], seed = 2): Input => {
  const drawn = input(shape, { kind: "int32", range: SIGNS, seed });
  return { ...drawn, values: drawn.values.map((value) => value || 1) };
};

const SHAPES: readonly (readonly number[])[] = [[5, 3], [], [1], [17], [33], [3, 17], [2, 3, 4], [0], [3, 0]];
const SIGNED: readonly InputSet[] = [
  ...SHAPES.map((shape) => set(m(shape), sided(shape))),
  ...LAYOUTS.map((layout) => set(m([5, 6], layout), sided([5, 6]))),
  large(m([41, 1001]), sided([41, 1001])),
];
const KINKS = special("kinks and NaN", given([1, 1, 0, 0, 2, Number.NaN]), given([1, -1, 1, -1, -1, 1], [6], "int32"));
const RANKED: readonly InputSet[] = [
  ...SHAPES.map((shape) => set(m(shape), n(shape), sided(shape, 3))),
  ...LAYOUTS.map((layout) => set(m([5, 6], layout), n([5, 6], layout), sided([5, 6], 3))),
  special("ties", given([1, 2, 3, 1]), given([1, 2, 2, 2]), given([1, -1, 1, -1], [4], "int32")),
  large(m([41, 1001]), n([41, 1001]), sided([41, 1001], 3)),
];

const VECTORS: readonly (readonly number[])[] = [[5, 3], [1, 1], [17, 33], [7], [0, 3]];
const EMBEDDED: readonly InputSet[] = [
  ...VECTORS.map((shape) => set(m(shape), n(shape), sided(shape.slice(0, -1), 3))),
  ...LAYOUTS.map((layout) => set(m([6, 5], layout), n([6, 5]), sided([6], 3))),
  large(m([1001, 41]), n([1001, 41]), sided([1001], 3)),
];
const TRIPLETS: readonly InputSet[] = [
  ...VECTORS.map((shape) => set(m(shape), n(shape), input(shape, { seed: 3 }))),
  ...LAYOUTS.map((layout) => set(m([6, 5], layout), n([6, 5], layout), input([6, 5], { seed: 3, layout }))),
  large(m([1001, 41]), n([1001, 41]), input([1001, 41], { seed: 3 })),
];

/** A loss of three tensors, in all three reductions. */
function triples(
  op: string,
  torch: string,
  loss: (x: Tensor, y: Tensor, z: Tensor, options: never) => Tensor,
  sets: readonly InputSet[],
  options: Options,
): Case[] {
  return REDUCTIONS.map((reduction) => {
    const all = { ...options, reduction };
    const chosen = reduction === "mean" ? filled(sets) : sets;
    return row(op, `F.${torch}(x, y, z${keywords(all)})`, (x, y, z) => loss(x, y, z, all as never), chosen);
  });
}

const MULTI: readonly InputSet[] = CLASSED.filter(({ inputs: [x] }) => (x?.shape.length ?? 0) <= 2);

const MARGINS: readonly Case[] = [
  ...[{}, { margin: 0.4 }].flatMap((options) => [
    ...losses("hingeEmbeddingLoss", "hinge_embedding_loss", hingeEmbeddingLoss, [...SIGNED, KINKS], options),
    ...triples("marginRankingLoss", "margin_ranking_loss", marginRankingLoss, RANKED, options),
    ...triples("cosineEmbeddingLoss", "cosine_embedding_loss", cosineEmbeddingLoss, EMBEDDED, options),
    ...triples("tripletMarginLoss", "triplet_margin_loss", tripletMarginLoss, TRIPLETS, options),
  ]),
  ...[{ p: 1 }, { p: 3, margin: 2 }, { swap: true }, { eps: 0.01 }].flatMap((options) =>
    triples("tripletMarginLoss", "triplet_margin_loss", tripletMarginLoss, TRIPLETS, options),
  ),
  ...losses("softMarginLoss", "soft_margin_loss", softMarginLoss, SIGNED),
  ...losses("multiLabelSoftMarginLoss", "multilabel_soft_margin_loss", multiLabelSoftMarginLoss, [
    ...[[5, 3], [1, 1], [17, 33], [7], [0, 3]].map((shape) => set(m(shape), inside(shape, 2))),
    set(m([6, 5], "transposed"), inside([6, 5], 2, "narrowed")),
  ]),
  ...losses(
    "multiLabelSoftMarginLoss",
    "multilabel_soft_margin_loss",
    multiLabelSoftMarginLoss,
    [set(m([5, 3]), inside([5, 3], 2), weights(3))],
    { weight: true },
  ),
  ...[{}, { p: 2 }, { margin: 0.5, weight: true }].flatMap((options) =>
    losses("multiMarginLoss", "multi_margin_loss", multiMarginLoss, filled(MULTI), options, "y.long()"),
  ),
];

// ---- likelihoods -----------------------------------------------------------------------------------------------------

const counts = (shape: readonly number[]): Input => input(shape, { range: [0, 6], seed: 2 });
const COUNTED: readonly InputSet[] = [
  ...[[5, 3], [], [1], [33], [0], [2, 3, 4]].map((shape) => set(input(shape, { range: [0.2, 3] }), counts(shape))),
  set(input([5, 6], { range: [0.2, 3], layout: "transposed" }), counts([5, 6])),
];

const MEASURED: readonly InputSet[] = [
  ...[[5, 3], [1], [33], [2, 3, 4], [0, 3]].map((shape) =>
    set(m(shape), n(shape), input(shape, { range: [0.1, 2], seed: 3 })),
  ),
  set(m([5, 3]), n([5, 3]), input([5, 1], { range: [0.1, 2], seed: 3 })),
  set(m([5, 3]), n([5, 3]), input([5], { range: [0.1, 2], seed: 3 })),
  set(m([5, 6], "transposed"), n([5, 6]), input([5, 6], { range: [0.1, 2], seed: 3, layout: "narrowed" })),
  special("variances below eps", given([1, 2]), given([1, 3]), given([0, 0.5])),
];

const LIKELIHOODS: readonly Case[] = [
  ...[{}, { full: true }, { logInput: false }, { logInput: false, full: true, eps: 0.01 }].flatMap((options) =>
    losses("poissonNLLLoss", "poisson_nll_loss", poissonNLLLoss, COUNTED, options),
  ),
  ...[{}, { full: true }].flatMap((options) =>
    triples("gaussianNLLLoss", "gaussian_nll_loss", gaussianNLLLoss, MEASURED, options),
  ),
];

// ---- distances -------------------------------------------------------------------------------------------------------

const POINTS: readonly InputSet[] = [
  ...[
    [5, 3],
    [1, 1],
    [17, 33],
    [2, 3, 4],
    [0, 3],
  ].map((shape) => set(m(shape), n(shape))),
  set(m([5, 3]), n([1, 3])),
  ...LAYOUTS.map((layout) => set(m([6, 5], layout), n([6, 5], layout))),
  large(m([1001, 41]), n([1001, 41])),
];
const SAME = special("the same point", given([1, 2, 0, 0], [2, 2]), given([1, 2, 0, 0], [2, 2]));
const ZEROS = special("a vector of zeros", given([0, 0, 3, 4], [2, 2]));

const DISTANCES: readonly Case[] = [
  row("cosineSimilarity", "F.cosine_similarity(x, y)", (x, y) => cosineSimilarity(x, y), POINTS),
  row("cosineSimilarity", "F.cosine_similarity(x, y, dim=0)", (x, y) => cosineSimilarity(x, y, { dim: 0 }), POINTS),
  ...[1, 2, 3.5, Number.POSITIVE_INFINITY].map((p) =>
    row(
      "pairwiseDistance",
      `F.pairwise_distance(x, y, p=${p === Number.POSITIVE_INFINITY ? "float('inf')" : p.toFixed(1)})`,
      (x, y) => pairwiseDistance(x, y, { p }),
      POINTS,
    ),
  ),
  row(
    "pairwiseDistance",
    "F.pairwise_distance(x, y, eps=0, keepdim=True)",
    (x, y) => pairwiseDistance(x, y, { eps: 0, keepdim: true }),
    [...POINTS, SAME],
  ),
  ...[1, 2, 3].map((p) =>
    row("normalize", `F.normalize(x, p=${p}.0)`, (x) => normalize(x, { p }), [
      ...[
        [5, 3],
        [1, 1],
        [17, 33],
        [2, 3, 4],
        [0, 3],
      ].map((shape) => set(m(shape))),
      ...LAYOUTS.map((layout) => set(m([6, 5], layout))),
      large(m([1001, 41])),
    ]),
  ),
  row("normalize", "F.normalize(x, dim=0)", (x) => normalize(x, { dim: 0 }), [set(m([5, 3])), set(m([7]))]),
  row("normalize", "F.normalize(x, eps=4)", (x) => normalize(x, { eps: 4 }), [set(m([5, 3])), ZEROS]),
];

export const cases: readonly Case[] = [
  ...[...DIFFERENCES, ...BINARY, ...DIVERGENCES, ...CLASSES],
  ...[...MARGINS, ...LIKELIHOODS, ...DISTANCES],
];
