/** Metrics against scikit-learn's values, in one batch and in several. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  DTypeError,
  IndexError,
  manualSeed,
  nn,
  ShapeError,
  StateDictError,
  type Tensor,
  tensor,
  ValueError,
} from "../../src/index.ts";
import {
  Accuracy,
  ConfusionMatrix,
  F1,
  MAE,
  Mean,
  type Metric,
  Precision,
  R2,
  Recall,
  RMSE,
  ROCAUC,
  TopK,
} from "../../src/train/index.ts";

type Average = "binary" | "micro" | "macro" | "weighted";
interface Fixtures {
  classification: ({
    logits: number[][];
    labels: number[];
    accuracy: number;
    confusion: number[][];
    auc?: number;
    topk?: Record<string, number>;
  } & Partial<Record<Average, number[]>>)[];
  binary: { scores: number[]; labels: number[]; accuracy: number; binary: number[]; auc: number }[];
  regression: { output: number[][]; target: number[][]; mae: number; rmse: number; r2: number }[];
}
const fixtures: Fixtures = JSON.parse(readFileSync(new URL("fixtures/metrics.json", import.meta.url), "utf8"));
const ints = (values: number[]): Tensor => tensor(values, { dtype: "int32" }) as Tensor;

/** The value over everything at once, in batches of 7, and with the state carried over to another metric in between. */
function check(make: () => Metric<unknown>, output: Tensor, target: Tensor, expected: unknown): void {
  const n = target.shape[0] as number;
  for (const size of [n, 7]) {
    let metric = make();
    for (let from = 0; from < n; from += size) {
      const length = Math.min(size, n - from);
      const successor = make();
      successor.loadStateDict(metric.stateDict());
      metric = successor;
      metric.update(output.narrow(0, from, length) as Tensor, target.narrow(0, from, length) as Tensor);
    }
    const value = metric.compute();
    if (typeof expected === "number") expect(value).toBeCloseTo(expected, 5);
    else expect(value).toEqual(expected);
  }
}

describe.each(
  fixtures.classification.map((one) => [`${one.labels.length} samples of ${one.logits[0]?.length}`, one] as const),
)("%s classes", (_, one) => {
  const [scores, labels]: [Tensor, Tensor] = [tensor(one.logits) as Tensor, ints(one.labels)];
  const classes = one.logits[0]?.length as number;
  test("accuracy", () => check(() => new Accuracy(), scores, labels, one.accuracy));
  test("accuracy of predicted classes", () =>
    check(() => new Accuracy(), scores.argmax(1) as Tensor, labels, one.accuracy));
  test("confusion matrix", () => check(() => new ConfusionMatrix({ classes }), scores, labels, one.confusion));
  for (const average of ["binary", "micro", "macro", "weighted"] as const) {
    const expected = one[average];
    if (expected === undefined) continue;
    test(`precision, recall and F1, ${average}`, () => {
      [Precision, Recall, F1].forEach((Score, i) => {
        check(() => new Score({ average }), scores, labels, expected[i]);
      });
    });
  }
  const { auc, topk } = one;
  // scikit-learn has no area where a class does not occur.
  if (auc === undefined || topk === undefined) return;
  test("ROC-AUC", () => check(() => new ROCAUC(), scores, labels, auc));
  test("top-k", () => {
    for (const [k, value] of Object.entries(topk)) check(() => new TopK(Number(k)), scores, labels, value);
  });
  if (classes === 2) return;
  test("ROC-AUC of probabilities", () => {
    check(() => new ROCAUC({ probabilities: true }), scores.softmax(1), labels, auc);
  });
});

describe.each(fixtures.binary.map((one) => [one.scores.length, one] as const))("%i single scores", (_, one) => {
  const [scores, labels]: [Tensor, Tensor] = [tensor(one.scores) as Tensor, ints(one.labels)];
  const column: Tensor = scores.unsqueeze(1);
  test("accuracy of [n] and [n, 1], with int and float targets", () => {
    for (const x of [scores, column]) {
      for (const y of [labels, labels.to("float32") as Tensor]) check(() => new Accuracy(), x, y, one.accuracy);
    }
    check(() => new Accuracy(), column, labels.to("float32").unsqueeze(1), one.accuracy);
    check(() => new Accuracy({ threshold: 0.5 }), scores.sigmoid(), labels, one.accuracy);
  });
  test("precision, recall and F1", () => {
    for (const [i, Score] of [Precision, Recall, F1].entries()) check(() => new Score(), column, labels, one.binary[i]);
  });
  test("ROC-AUC", () => {
    check(() => new ROCAUC(), scores, labels, one.auc);
    check(() => new ROCAUC(), column, labels, one.auc);
  });
});

describe.each(fixtures.regression.map((one) => [`${one.output.length} × ${one.output[0]?.length}`, one] as const))(
  "numbers %s",
  (_, one) => {
    const [output, target]: [Tensor, Tensor] = [tensor(one.output) as Tensor, tensor(one.target) as Tensor];
    test("MAE, RMSE and R²", () => {
      check(() => new MAE(), output, target, one.mae);
      check(() => new RMSE(), output, target, one.rmse);
      check(() => new R2(), output, target, one.r2);
      if (output.shape[1] !== 1) return;
      check(() => new R2(), output.squeeze(1), target.squeeze(1), one.r2);
    });
  },
);

test("R² of targets that are all the same", () => {
  const r2 = new R2();
  r2.update(tensor([1, 1]), tensor([1, 1]));
  expect(r2.compute()).toBe(1);
  r2.update(tensor([2]), tensor([1]));
  expect(r2.compute()).toBe(0);
});

test("per pixel: [n, classes, h, w] with [n, h, w]", () => {
  manualSeed(1);
  const accuracy = new Accuracy();
  const scores = tensor([[[[1, 0]], [[0, 1]]]]);
  accuracy.update(scores, tensor([[[0, 0]]], { dtype: "int32" }));
  expect(accuracy.compute()).toBe(0.5);
});

test("the scores of each class, and classes that do not occur", () => {
  const recall = new Recall({ average: "macro" });
  recall.update(ints([0, 3, 3]), ints([0, 0, 3]));
  expect(recall.perClass()).toEqual([0.5, 0, 0, 1]);
  expect(recall.compute()).toBe(0.75);
});

test("a gradient-tracking output is left alone", () => {
  const layer = new nn.Linear(2, 3);
  const output = layer.forward(tensor([[1, 2]]));
  for (const metric of [new Accuracy(), new TopK(2), new ROCAUC(), new ConfusionMatrix()])
    metric.update(output, ints([1]));
  output.sum().backward();
  expect(layer.weight.grad?.toArray()).toEqual([[1, 2], [1, 2], [1, 2]]); // biome-ignore format: a matrix
});

test("reset begins anew; a mean with weights", () => {
  const accuracy = new Accuracy();
  accuracy.update(ints([1]), ints([0]));
  accuracy.reset();
  accuracy.update(ints([1]), ints([1]));
  expect(accuracy.compute()).toBe(1);
  const mean = new Mean();
  mean.add(1, 3);
  mean.add(5);
  const other = new Mean();
  other.loadStateDict(mean.stateDict());
  expect([mean.compute(), other.compute(), other.weight]).toEqual([2, 2, 4]);
  mean.reset();
  expect(() => mean.compute()).toThrow(/Mean: has seen nothing yet/);
});

describe("bad input", () => {
  const scores = tensor([[1, 2, 3]]) as Tensor;
  test.each<[string, () => unknown, new (...args: never[]) => Error, RegExp]>([
    ["nothing seen", () => new Accuracy().compute(), ValueError, /Accuracy: has seen nothing yet; call update/],
    ["nothing seen", () => new F1().compute(), ValueError, /F1: has seen nothing yet/],
    ["nothing seen", () => new R2().compute(), ValueError, /R2: has seen nothing yet/],
    [
      "no tensors",
      () => new Accuracy().update([1] as never, ints([1])),
      DTypeError,
      /both tensors; got object and a tensor/,
    ],
    ["a label too high", () => new Accuracy().update(scores, ints([3])), IndexError, /labels are from 0 to 2.*got 3/],
    ["a negative label", () => new ConfusionMatrix().update(scores, ints([-1])), IndexError, /got -1/],
    ["a negative class", () => new ConfusionMatrix().update(ints([-1]), ints([1])), IndexError, /from 0 on; got -1/],
    [
      "a class beyond all",
      () => new ConfusionMatrix().update(ints([2e9]), ints([1])),
      ValueError,
      /are these labels\?/,
    ],
    [
      "a label beyond the classes",
      () => new ConfusionMatrix({ classes: 2 }).update(ints([2]), ints([1])),
      IndexError,
      /got 2/,
    ],
    [
      "broken labels",
      () => new Accuracy().update(scores, tensor([0.5]) as Tensor),
      DTypeError,
      /whole numbers; got 0.5/,
    ],
    ["other lengths", () => new Accuracy().update(scores, ints([1, 1])), ShapeError, /got \[1, 3\] and \[2\]/],
    ["three classes, binary", () => new F1().update(scores, ints([2])), ValueError, /pass average: "macro"/],
    [
      "an average",
      () => new F1({ average: "samples" as never }),
      ValueError,
      /average is binary, micro.*got "samples"/,
    ],
    ["k of 0", () => new TopK(0), ValueError, /k is a whole number of at least 1; got 0/],
    ["k above the classes", () => new TopK(4).update(scores, ints([1])), ValueError, /got 4 of 3/],
    ["a threshold", () => new Accuracy({ threshold: Number.NaN }), ValueError, /threshold is a number; got NaN/],
    [
      "one class only",
      () => {
        const auc = new ROCAUC();
        auc.update(tensor([1, 2]) as Tensor, ints([1, 1]));
        auc.compute();
      },
      ValueError,
      /got 2 and 0/,
    ],
    ["NaN scores", () => new ROCAUC().update(tensor([Number.NaN]) as Tensor, ints([1])), ValueError, /got NaN/],
    [
      "[n, 1] with [n]",
      () => new MAE().update(tensor([[1], [2]]) as Tensor, tensor([1, 2]) as Tensor),
      ShapeError,
      /use target.unsqueeze\(-1\)/,
    ],
    [
      "one sample",
      () => {
        const r2 = new R2();
        r2.update(tensor([1]) as Tensor, tensor([1]) as Tensor);
        r2.compute();
      },
      ValueError,
      /at least two/,
    ],
    [
      "another state",
      () => new Accuracy().loadStateDict({} as never),
      StateDictError,
      /keys are right, seen; got none/,
    ],
    ["a tensor to a mean", () => new Mean().add(tensor(1) as never), ValueError, /use loss.item\(\)/],
  ])("%s", (_, run, type, message) => {
    expect(run).toThrow(type);
    expect(run).toThrow(message);
  });
});

test.each([ConfusionMatrix, Precision, Recall, F1])("scores of NaN are no class: %s", (Kind) => {
  const scores = tensor([[0, 1], [Number.NaN, 0]]) as Tensor; // biome-ignore format: a matrix
  expect(() => new Kind().update(scores, ints([1, 0]))).toThrow(ValueError);
  expect(() => new Kind().update(scores, ints([1, 0]))).toThrow(
    `${Kind.name}: scores are numbers; got NaN at sample 1`,
  );
});

test("NaN is no right answer of TopK, and makes the errors of numbers NaN", () => {
  const top = new TopK(2);
  top.update(tensor([[Number.NaN, 2, 1], [3, 2, 1]]) as Tensor, ints([0, 0])); // biome-ignore format: a matrix
  expect(top.compute()).toBe(0.5);
  for (const metric of [new MAE(), new RMSE(), new R2()]) {
    metric.update(tensor([Number.NaN, 1]) as Tensor, tensor([1, 1]) as Tensor);
    expect(metric.compute()).toBeNaN();
  }
});
