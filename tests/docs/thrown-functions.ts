/** Calls of functions that must throw. */
import * as nabla from "../../src/index.ts";
import {
  DTypeError,
  FileError,
  FormatError,
  GradError,
  IndexError,
  MemoryError,
  ones,
  ShapeError,
  type Tensor,
  tensor,
  ValueError,
  zeros,
} from "../../src/index.ts";
import type { Row } from "./thrown-methods.ts";

/** Arguments of calls by function; of several where they follow each other as lists of arguments. */
type Calls = Readonly<Record<string, readonly unknown[]>>;

const x = ones(2, 3);
const vector = ones(3);
const ints = ones([2, 3], { dtype: "int32" });
const double = ones([2, 3], { dtype: "float64" });
const first = tensor([0], { dtype: "int32" });
const far = tensor([9], { dtype: "int32" });
const labels = tensor([0, 9], { dtype: "int32" });
const good = tensor([0, 1], { dtype: "int32" });
const mask = tensor([true, false]);
const signs = tensor([1, -1]);
const signal = ones(1, 2, 4);
const image = ones(1, 2, 4, 4);
const unknown = { unknown: 1 };
const never = { dtype: "float16" };
const large = 2 ** 20;

/** Calls of functions that all throw one class. */
function of(type: Row[2], calls: Calls): Row[] {
  return Object.entries(calls).map(([name, args]) => {
    const named = { ...nabla.autograd, ...nabla } as unknown as Record<string, (...given: unknown[]) => unknown>;
    return [name, () => (named[name] as (...given: unknown[]) => unknown)(...args), type];
  });
}

/** The same arguments for several functions. */
function each(names: string, ...args: readonly unknown[]): Calls {
  return Object.fromEntries(names.split(" ").map((name) => [name, args]));
}

const created: readonly Row[] = [
  ...of(ShapeError, {
    ...each("zeros ones empty rand randn randperm eye", -1),
    ...each("full", [-1], 1),
    ...each("linspace logspace", 0, 1, -1),
    ...each("trilIndices triuIndices", -1, 1),
    randint: [0, 2, [-1]],
    normal: [0, 1, [-1]],
    tensor: [[[1], [2, 3]]],
  }),
  ...of(DTypeError, {
    ...each("zeros ones empty rand randn", [1], never),
    ...each("linspace logspace", 0, 1, 2, never),
    ...each("eye arange", 2, never),
    ...each("zerosLike onesLike emptyLike randLike randnLike", x, never),
    full: [[1], 1, never],
    fullLike: [x, 1, never],
    randint: [0, 2, [1], never],
    normal: [0, 1, [1], { dtype: "int32" }],
    tensor: [["1"]],
  }),
  ...of(ValueError, {
    ...each("zeros ones empty rand randn", [1], unknown),
    ...each("eye arange randperm", 2, unknown),
    ...each("zerosLike onesLike emptyLike randLike randnLike", x, unknown),
    ...each("linspace logspace", 0, Number.NaN, 2),
    ...each("trilIndices triuIndices", 1, 1, unknown),
    full: [[1], 2 ** 40, { dtype: "int32" }],
    fullLike: [ints, 2 ** 40],
    randint: [2, 2, [1]],
    randintLike: [ints.to("uint8"), 300, 301],
    normal: [0, -1, [1]],
    tensor: [[300], { dtype: "uint8" }],
    manualSeed: [0.5],
  }),
  ...of(DTypeError, each("zerosLike onesLike emptyLike", [1])),
  ...of(ValueError, each("linspace logspace", 0, 300, 2, { dtype: "uint8" })),
  ...of(MemoryError, {
    ...each("zeros ones empty rand randn eye", large, large),
    ...each("linspace logspace", 0, 1, 2 ** 40),
    ...each("arange randperm", 2 ** 40),
    full: [[large, large], 1],
    randint: [0, 2, [large, large]],
  }),
];

const joined: readonly Row[] = [
  ...of(ShapeError, {
    ...each("cat stack hstack vstack columnStack dstack broadcastTensors", [x, ones(3, 2)]),
    ...each("meshgrid cartesianProd", [x]),
    ...each("allclose isclose", x, ones(2)),
    where: [mask, x, x],
    searchsorted: [x, vector],
    einsum: ["i,i->", vector, ones(2)],
    tensordot: [x, x, { dims: 1 }],
    trapezoid: [x, { x: ones(2) }],
    linear: [x, ones(2, 2)],
    bilinear: [x, x, ones(2, 2, 2)],
    unravelIndex: [first, [-1]],
  }),
  ...of(IndexError, {
    ...each("cat stack", [x, x], 9),
    tensordot: [x, x, { dims: [[9], [0]] }],
    trapezoid: [x, { dim: 9 }],
    embedding: [far, x],
    embeddingBag: [far.unsqueeze(0), x],
    cosineSimilarity: [vector, vector],
    normalize: [vector],
  }),
  ...of(DTypeError, {
    where: [x, x, x],
    searchsorted: [vector, double],
    tensordot: [ints, ints],
    linear: [x, double],
    bilinear: [x, x, ones([2, 3, 3], { dtype: "float64" })],
    unravelIndex: [vector, [9]],
    embedding: [vector, x],
    embeddingBag: [x, x],
    cosineSimilarity: [x, double],
    pairwiseDistance: [x, double],
    normalize: [ints],
    normal: [ints, 1],
  }),
  ...of(ValueError, {
    ...each("allclose isclose", x, x, { rtol: -1 }),
    ...each("cosineSimilarity pairwiseDistance", x, x, { eps: Number.NaN }),
    where: [mask, tensor([1, 2], { dtype: "uint8" }), 300],
    meshgrid: [[vector], { indexing: "yx" }],
    isin: [x, x, unknown],
    searchsorted: [vector, vector, unknown],
    einsum: ["i->j", vector],
    tensordot: [x, x, { dims: 3 }],
    trapezoid: [x, { dx: Number.NaN }],
    unravelIndex: [far, [2]],
    embedding: [first, x, { maxNorm: 0 }],
    embeddingBag: [first.unsqueeze(0), x, { mode: "min" }],
    normalize: [x, { p: 0 }],
  }),
  ...of(ShapeError, {
    ...each("cosineSimilarity pairwiseDistance", x, ones(2)),
    embedding: [first, vector],
    embeddingBag: [first, x],
    normal: [x, ones(2)],
  }),
  ...of(GradError, {
    embedding: [first, ones([2, 3], { requiresGrad: true }).mul(2), { maxNorm: 1 }],
    embeddingBag: [first.unsqueeze(0), ones([2, 3], { requiresGrad: true }).mul(2), { maxNorm: 1 }],
  }),
];

const images: readonly Row[] = [
  ...of(DTypeError, {
    conv1d: [signal, ones([1, 2, 1], { dtype: "float64" })],
    conv2d: [image, ones([1, 2, 1, 1], { dtype: "float64" })],
    convTranspose1d: [signal, ones([2, 1, 1], { dtype: "float64" })],
    convTranspose2d: [image, ones([2, 1, 1, 1], { dtype: "float64" })],
    ...each("maxPool1d maxPool2d maxPool2dWithIndices avgPool1d avgPool2d", ints, 1),
    ...each("adaptiveAvgPool1d adaptiveMaxPool1d adaptiveAvgPool2d adaptiveMaxPool2d", ints, 1),
    ...each("maxUnpool1d maxUnpool2d", ints, ints, 1),
    scaledDotProductAttention: [x, x, double],
  }),
  ...of(ShapeError, {
    conv1d: [signal, ones(1, 2, 5)],
    conv2d: [image, ones(1, 3, 1, 1)],
    convTranspose1d: [signal, ones(2, 1, 1), null, { padding: 2 }],
    convTranspose2d: [image, ones(3, 1, 1, 1)],
    ...each("maxPool1d avgPool1d", signal, 5),
    ...each("maxPool2d maxPool2dWithIndices avgPool2d", image, 5),
    ...each("adaptiveAvgPool1d adaptiveMaxPool1d adaptiveAvgPool2d adaptiveMaxPool2d", vector, 1),
    ...each("maxUnpool1d maxUnpool2d", x, first, 1),
    scaledDotProductAttention: [x, x, vector],
  }),
  ...of(ValueError, {
    conv1d: [signal, ones(1, 2, 1), null, { padding: "same", stride: 2 }],
    conv2d: [image, ones(1, 2, 1, 1), null, { groups: 0 }],
    convTranspose1d: [signal, ones(2, 1, 1), null, { outputPadding: 1 }],
    convTranspose2d: [image, ones(2, 1, 1, 1), null, unknown],
    ...each("maxPool1d avgPool1d", signal, 0),
    ...each("maxPool2d maxPool2dWithIndices avgPool2d", image, 2, { padding: 2 }),
    ...each("adaptiveAvgPool1d adaptiveMaxPool1d", signal, 0),
    ...each("adaptiveAvgPool2d adaptiveMaxPool2d", image, 0),
    ...each("maxUnpool1d", signal, zeros([1, 2, 4], { dtype: "int32" }), 0),
    ...each("maxUnpool2d", image, zeros([1, 2, 4, 4], { dtype: "int32" }), 0),
    scaledDotProductAttention: [x, x, x, { dropoutP: 2 }],
  }),
  ...of(IndexError, {
    maxUnpool1d: [ones(1, 1, 1), far.reshape(1, 1, 1), 1],
    maxUnpool2d: [ones(1, 1, 1, 1), far.reshape(1, 1, 1, 1), 1],
  }),
];

const PAIRS =
  "mseLoss l1Loss smoothL1Loss huberLoss binaryCrossEntropy binaryCrossEntropyWithLogits klDiv poissonNLLLoss";
const SIGNED = "hingeEmbeddingLoss softMarginLoss";
const losses: readonly Row[] = [
  ...of(ShapeError, {
    ...each(`${PAIRS} ${SIGNED} multiLabelSoftMarginLoss multiLabelMarginLoss`, x, vector),
    ...each("marginRankingLoss cosineEmbeddingLoss tripletMarginLoss tripletMarginWithDistanceLoss", x, vector, signs),
    ...each("nllLoss crossEntropy multiMarginLoss", x, first),
    gaussianNLLLoss: [x, x, ones(5)],
  }),
  ...of(DTypeError, {
    ...each(`${PAIRS} multiLabelSoftMarginLoss`, x, double),
    ...each(`${SIGNED} multiLabelMarginLoss`, ints, ints),
    ...each("marginRankingLoss cosineEmbeddingLoss tripletMarginLoss tripletMarginWithDistanceLoss", x, double, x),
    ...each("nllLoss crossEntropy multiMarginLoss", x, ones(2)),
    gaussianNLLLoss: [x, double, x],
  }),
  ...of(ValueError, {
    ...each(`${PAIRS} multiLabelSoftMarginLoss`, x, x, { reduction: "max" }),
    ...each(SIGNED, vector, zeros(3)),
    ...each("nllLoss crossEntropy multiMarginLoss", x, good, { reduction: "max" }),
    marginRankingLoss: [x, x, zeros(2, 3)],
    cosineEmbeddingLoss: [x, x, zeros(2)],
    tripletMarginLoss: [x, x, x, { p: 0 }],
    tripletMarginWithDistanceLoss: [x, x, x, { margin: Number.NaN }],
    multiLabelMarginLoss: [x, ints, unknown],
    gaussianNLLLoss: [x, x, x.neg()],
  }),
  ...of(ValueError, { binaryCrossEntropy: [x.mul(2), x], klDiv: [x, x.neg()] }),
  ...of(ValueError, { crossEntropy: [x, good, { labelSmoothing: 2 }], nllLoss: [x, good, { ignoreIndex: 0.5 }] }),
  ...of(IndexError, {
    ...each("nllLoss crossEntropy multiMarginLoss", x, labels),
    multiLabelMarginLoss: [x, ints.mul(9)],
  }),
];

const leaf = ones([2, 3], { requiresGrad: true });
const wrong = (given: Tensor): Tensor => given.detach();
const derived: readonly Row[] = [
  ...of(GradError, {
    ...each("noGrad enableGrad", async () => 1),
    detectAnomaly: [() => leaf.mul(Number.NaN)],
    grad: [x, x],
    ...each("jacobian hessian", wrong, ints),
    ...each("gradcheck gradgradcheck", wrong, [x]),
  }),
  ...of(GradError, { hessian: [(given: Tensor) => given, x], jacobian: [() => 1, x] }),
  ...of(ValueError, {
    grad: [leaf.sum(), leaf, unknown],
    ...each("gradcheck gradgradcheck", wrong, [leaf.double()], unknown),
  }),
  ["Function", () => (class extends nabla.autograd.Function {} as unknown as { apply(): void }).apply(), GradError],
];

const files: readonly Row[] = [
  ...of(FileError, {
    ...each("load loadCheckpoint", "missing.safetensors"),
    save: [{ x }, "."],
    saveCheckpoint: [{ x }, "."],
  }),
  ...of(FormatError, { load: [new Uint8Array(3)] }),
  ["loadCheckpoint", () => nabla.loadCheckpoint(import.meta.filename), FormatError],
  ...of(ValueError, {
    ...each("save serialize", { x: 1 }, "never.safetensors"),
    saveCheckpoint: [{ x: new Map() }, "never.safetensors"],
    load: [1],
  }),
];

/** Every call of a function. */
export const FUNCTIONS: readonly Row[] = [...created, ...joined, ...images, ...losses, ...derived, ...files];
