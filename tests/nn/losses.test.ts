// Losses as layers: what the functions give with the same options, PyTorch's defaults and text, weights as buffers.
import { describe, expect, test } from "vitest";
import * as F from "../../src/index.ts";
import { nn, type Tensor, tensor } from "../../src/index.ts";

const x: Tensor = tensor([
  [0.2, 0.7, 0.1],
  [0.5, 0.3, 0.9],
]);
const y: Tensor = tensor([
  [0.3, 0.4, 0.3],
  [0.9, 0.1, 0.6],
]);
const z: Tensor = tensor([
  [0.8, 0.2, 0.5],
  [0.1, 0.9, 0.4],
]);
const w: Tensor = tensor([1, 2, 0.5]);
const labels: Tensor = tensor([2, 0], { dtype: "int32" });
const sides: Tensor = tensor([1, -1]);
const signs: Tensor = tensor([
  [1, -1, 1],
  [-1, 1, -1],
]);

const none = { reduction: "none" } as const;

/** The layer's text, the layer's value, and the function's. */
const same: readonly (readonly [string, nn.Module, readonly Tensor[], Tensor])[] = [
  ["MSELoss()", new nn.MSELoss(none), [x, y], F.mseLoss(x, y, none)],
  ["L1Loss()", new nn.L1Loss({ reduction: "sum" }), [x, y], F.l1Loss(x, y, { reduction: "sum" })],
  ["SmoothL1Loss()", new nn.SmoothL1Loss({ beta: 0.3 }), [x, y], F.smoothL1Loss(x, y, { beta: 0.3 })],
  ["HuberLoss()", new nn.HuberLoss({ delta: 0.3 }), [x, y], F.huberLoss(x, y, { delta: 0.3 })],
  ["BCELoss()", new nn.BCELoss({ weight: w }), [x, y], F.binaryCrossEntropy(x, y, { weight: w })],
  [
    "BCEWithLogitsLoss()",
    new nn.BCEWithLogitsLoss({ weight: w, posWeight: w }),
    [x, y],
    F.binaryCrossEntropyWithLogits(x, y, { weight: w, posWeight: w }),
  ],
  [
    "KLDivLoss()",
    new nn.KLDivLoss({ reduction: "batchmean", logTarget: true }),
    [x, y],
    F.klDiv(x, y, { reduction: "batchmean", logTarget: true }),
  ],
  [
    "CrossEntropyLoss()",
    new nn.CrossEntropyLoss({ weight: w, ignoreIndex: 2, labelSmoothing: 0.2 }),
    [x, labels],
    F.crossEntropy(x, labels, { weight: w, ignoreIndex: 2, labelSmoothing: 0.2 }),
  ],
  [
    "NLLLoss()",
    new nn.NLLLoss({ weight: w, ignoreIndex: 0 }),
    [x, labels],
    F.nllLoss(x, labels, { weight: w, ignoreIndex: 0 }),
  ],
  [
    "HingeEmbeddingLoss()",
    new nn.HingeEmbeddingLoss({ margin: 2 }),
    [x, signs],
    F.hingeEmbeddingLoss(x, signs, { margin: 2 }),
  ],
  [
    "MarginRankingLoss()",
    new nn.MarginRankingLoss({ margin: 1 }),
    [x, y, signs],
    F.marginRankingLoss(x, y, signs, { margin: 1 }),
  ],
  [
    "CosineEmbeddingLoss()",
    new nn.CosineEmbeddingLoss({ margin: 0.5 }),
    [x, y, sides],
    F.cosineEmbeddingLoss(x, y, sides, { margin: 0.5 }),
  ],
  [
    "TripletMarginLoss()",
    new nn.TripletMarginLoss({ p: 1, swap: true, eps: 0.1, margin: 2 }),
    [x, y, z],
    F.tripletMarginLoss(x, y, z, { p: 1, swap: true, eps: 0.1, margin: 2 }),
  ],
  ["CosineSimilarity()", new nn.CosineSimilarity({ dim: 0 }), [x, y], F.cosineSimilarity(x, y, { dim: 0 })],
  [
    "PairwiseDistance()",
    new nn.PairwiseDistance({ p: 1, keepdim: true }),
    [x, y],
    F.pairwiseDistance(x, y, { p: 1, keepdim: true }),
  ],
];

describe("a layer gives what its function gives", () => {
  test.each(same)("%s", (text, layer, inputs, wanted) => {
    expect(String(layer)).toBe(text);
    expect(layer.forward(...inputs).toArray()).toEqual(wanted.toArray());
  });
});

test("the defaults are PyTorch's", () => {
  expect(new nn.CrossEntropyLoss()).toMatchObject({ reduction: "mean", ignoreIndex: -100, labelSmoothing: 0 });
  expect(new nn.SmoothL1Loss()).toMatchObject({ reduction: "mean", beta: 1 });
  expect(new nn.HuberLoss()).toMatchObject({ delta: 1 });
  expect(new nn.KLDivLoss()).toMatchObject({ reduction: "mean", logTarget: false });
  expect(new nn.TripletMarginLoss()).toMatchObject({ margin: 1, p: 2, eps: 1e-6, swap: false });
  expect([new nn.HingeEmbeddingLoss().margin, new nn.CosineEmbeddingLoss().margin]).toEqual([1, 0]);
});

test("a weight is a buffer: in the state dict, converted by `to`, not trained", () => {
  const loss = new nn.CrossEntropyLoss({ weight: w });
  expect(Object.keys(loss.stateDict())).toEqual(["weight"]);
  expect(loss.parameters()).toEqual([]);
  loss.to("float64");
  expect(loss.forward(x.to("float64"), labels).dtype).toBe("float64");
  expect(Object.keys(new nn.NLLLoss().stateDict())).toEqual([]);
});
