// Bad input of losses: every rule, its class, the values and the fix.
import { expect, test } from "vitest";
import {
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  cosineEmbeddingLoss,
  crossEntropy,
  DTypeError,
  gaussianNLLLoss,
  hingeEmbeddingLoss,
  huberLoss,
  IndexError,
  klDiv,
  l1Loss,
  multiMarginLoss,
  nllLoss,
  normalize,
  ones,
  pairwiseDistance,
  randn,
  ShapeError,
  smoothL1Loss,
  type Tensor,
  tensor,
  tripletMarginLoss,
  ValueError,
  zeros,
} from "../../src/index.ts";

const labels = (...values: number[]): Tensor => tensor(values, { dtype: "int32" });

test.each<[string, () => unknown, new (...args: never[]) => Error, string]>([
  [
    "a column and a row",
    () => l1Loss(ones(3, 1), ones(3) as never),
    ShapeError,
    "l1Loss: shapes must be equal, got [3, 1] and [3]; use target.unsqueeze(-1) or prediction.squeeze(-1)",
  ],
  [
    "a row and a column",
    () => huberLoss(ones(3), ones(3, 1) as never),
    ShapeError,
    "use prediction.unsqueeze(-1) or target.squeeze(-1)",
  ],
  [
    "no fit at all",
    () => klDiv(ones(3, 2), ones(2, 3) as never),
    ShapeError,
    "got [3, 2] and [2, 3]; losses do not broadcast",
  ],
  [
    "labels as ints",
    () => binaryCrossEntropyWithLogits(ones(2), labels(0, 1)),
    DTypeError,
    'got float32 and int32; convert with to("float32")',
  ],
  [
    "delta 0",
    () => huberLoss(ones(2), ones(2), { delta: 0 }),
    ValueError,
    "huberLoss: delta is a number above 0; got 0",
  ],
  [
    "beta -1",
    () => smoothL1Loss(ones(2), ones(2), { beta: -1 }),
    ValueError,
    "smoothL1Loss: beta is a number of at least 0; got -1",
  ],
  ["beta NaN", () => smoothL1Loss(ones(2), ones(2), { beta: Number.NaN }), ValueError, "got NaN"],
  [
    "a margin of text",
    () => hingeEmbeddingLoss(ones(2), ones(2), { margin: "1" as never }),
    ValueError,
    'margin is a finite number; got "1"',
  ],
  [
    "scores in BCE",
    () => binaryCrossEntropy(tensor([0.5, 1.5]), ones(2)),
    ValueError,
    "the prediction is from 0 to 1; got 1.5; apply sigmoid, or use binaryCrossEntropyWithLogits (BCEWithLogitsLoss)",
  ],
  ["NaN in BCE", () => binaryCrossEntropy(tensor([0.5, Number.NaN]), ones(2)), ValueError, "got NaN"],
  [
    "labels 1 and 2",
    () => binaryCrossEntropyWithLogits(ones(2), tensor([1, 2])),
    ValueError,
    "the target is from 0 to 1; got 2; labels are 0 and 1",
  ],
  [
    "a weight that does not broadcast",
    () => binaryCrossEntropy(ones(2, 3), ones(2, 3), { weight: ones(2) }),
    ShapeError,
    "cannot broadcast [2, 3] with [2]",
  ],
  [
    "a larger weight",
    () => binaryCrossEntropy(ones(3), ones(3), { weight: ones(2, 3) }),
    ShapeError,
    "weight broadcasts to [3]; got [2, 3]",
  ],
  [
    "klDiv of log-probabilities",
    () => klDiv(ones(2), tensor([-1, -2])),
    ValueError,
    "got -1; for log-probabilities use { logTarget: true }",
  ],
  [
    "one-hot ints",
    () => crossEntropy(randn(2, 3), zeros([2, 3], { dtype: "int32" })),
    ShapeError,
    "if it is one-hot, use target.argmax(1)",
  ],
  [
    "a column of labels",
    () => crossEntropy(randn(2, 3), labels(0, 1).unsqueeze(1) as never),
    ShapeError,
    "need a target of shape [2], got [2, 1]; use target.squeeze(-1)",
  ],
  [
    "labels from 1",
    () => crossEntropy(randn(3, 3), labels(1, 2, 3)),
    IndexError,
    "crossEntropy: label 3 at position 2, but there are 3 classes: labels are 0 to 2; these count from 1: use target.sub(1)",
  ],
  [
    "labels from 1, with a weight",
    () => crossEntropy(randn(3, 3), labels(1, 2, 3), { weight: ones(3) }),
    IndexError,
    "these count from 1",
  ],
  [
    "a wrong label",
    () => nllLoss(randn(2, 3), labels(0, -1)),
    IndexError,
    "nllLoss: label -1 at position 1, but there are 3 classes: labels are 0 to 2",
  ],
  [
    "a wrong label of another loss",
    () => multiMarginLoss(randn(2, 3), labels(0, -100)),
    IndexError,
    "multiMarginLoss: label -100 at position 1",
  ],
  [
    "a weight too short",
    () => nllLoss(randn(2, 3), labels(0, 1), { weight: ones(2) }),
    ShapeError,
    "weight has one number for each class, [3]; got [2]",
  ],
  [
    "a weight of numbers",
    () => nllLoss(randn(2, 3), labels(0, 1), { weight: [1, 2, 3] as never }),
    DTypeError,
    "takes a tensor; got an array",
  ],
  [
    "all labels ignored",
    () => crossEntropy(randn(2, 3), labels(1, 1), { ignoreIndex: 1 }),
    ValueError,
    "crossEntropy: there is no mean, because every label is ignoreIndex 1 or has weight 0",
  ],
  [
    "ignoreIndex with probabilities",
    () => crossEntropy(randn(2, 3), ones(2, 3), { ignoreIndex: 1 }),
    ValueError,
    "ignoreIndex is for class indices; got 1",
  ],
  [
    "a fraction as ignoreIndex",
    () => nllLoss(randn(2, 3), labels(0, 1), { ignoreIndex: 0.5 }),
    ValueError,
    "ignoreIndex is a whole number; got 0.5",
  ],
  [
    "scores as probabilities",
    () =>
      crossEntropy(
        randn(2, 3),
        tensor([
          [1, 2, 3],
          [0, 0, 0],
        ]),
      ),
    ValueError,
    "holds probabilities, from 0 to 1; got 2; class indices are int32",
  ],
  [
    "labelSmoothing 2",
    () => crossEntropy(randn(2, 3), labels(0, 1), { labelSmoothing: 2 }),
    ValueError,
    "labelSmoothing is a number from 0 to 1; got 2",
  ],
  [
    "batchmean elsewhere",
    () => l1Loss(ones(2), ones(2), { reduction: "batchmean" as never }),
    ValueError,
    'reduction is "mean", "sum" or "none"; got "batchmean"',
  ],
  [
    "sides 0 and 1",
    () => hingeEmbeddingLoss(ones(2), tensor([0, 1])),
    ValueError,
    "the target is 1 or -1; got 0; from labels 0 and 1: target.mul(2).sub(1)",
  ],
  [
    "a side for each element",
    () => cosineEmbeddingLoss(ones(2, 3), ones(2, 3), ones(2, 3)),
    ShapeError,
    "x1 [2, 3] needs a target of shape [2]; got [2, 3]",
  ],
  [
    "triplets of images",
    () => tripletMarginLoss(ones(2, 3, 4), ones(2, 3, 4), ones(2, 3, 4)),
    ShapeError,
    "anchor is [size] or [batch, size]; got [2, 3, 4]",
  ],
  [
    "p 0",
    () => pairwiseDistance(ones(2, 3), ones(2, 3), { p: 0 }),
    ValueError,
    "pairwiseDistance: p is a number above 0; got 0",
  ],
  ["no such axis", () => normalize(ones(3) as Tensor), IndexError, "normalize: axis 1 is out of range for shape [3]"],
  [
    "a negative variance",
    () => gaussianNLLLoss(ones(2), ones(2), tensor([1, -1])),
    ValueError,
    "a variance is at least 0; got -1",
  ],
  ["the mean of nothing", () => l1Loss(zeros(0), zeros(0)), ShapeError, "l1Loss: needs at least one element; got [0]"],
])("%s", (_, run, type, message) => {
  expect(run).toThrow(type);
  expect(run).toThrow(message);
});

test("ignored labels leave no gradient, and their sum is 0", () => {
  const x = randn(2, 3).requiresGrad_();
  const loss = crossEntropy(x, labels(-100, -100), { reduction: "sum" });
  loss.backward();
  expect(loss.item()).toBe(0);
  expect(x.grad?.toArray()).toEqual([
    [0, 0, 0],
    [0, 0, 0],
  ]);
});
