// Warnings: what they say, once each, and how to turn them off.
import { afterEach, beforeEach, expect, type MockInstance, test, vi } from "vitest";

let printed: MockInstance<typeof console.warn>;

beforeEach(() => {
  vi.resetModules();
  printed = vi.spyOn(console, "warn").mockImplementation(() => undefined);
});

afterEach(() => {
  vi.unstubAllEnvs();
  printed.mockRestore();
});

const messages = (): unknown[] => printed.mock.calls.map(([message]) => message);

test("each message is printed once", async () => {
  const { warnOnce } = await import("../src/warnings.ts");
  warnOnce("one");
  warnOnce("two");
  warnOnce("one");
  expect(messages()).toEqual(["nabla: one", "nabla: two"]);
});

test("NABLA_WARNINGS=0 turns warnings off, without forgetting what was not said", async () => {
  const { warnOnce } = await import("../src/warnings.ts");
  vi.stubEnv("NABLA_WARNINGS", "0");
  warnOnce("one");
  expect(messages()).toEqual([]);
  vi.stubEnv("NABLA_WARNINGS", "1");
  warnOnce("one");
  expect(messages()).toEqual(["nabla: one"]);
});

test("a softmax before cross-entropy is named, with the loss it ends at", async () => {
  const { crossEntropy, randn, tensor } = await import("../src/index.ts");
  const labels = tensor([1, 2], { dtype: "int32" });
  const scores = randn(2, 10).requiresGrad_();
  crossEntropy(scores, labels);
  expect(messages()).toEqual([]);
  for (let i = 0; i < 3; i++) crossEntropy(scores.softmax(1), labels).backward();
  expect(messages()).toEqual([
    "nabla: crossEntropy applies softmax itself; the input already is a softmax. The loss cannot fall below 1.46. Remove the softmax.",
  ]);
});

test("so is a sigmoid before binary cross-entropy of logits", async () => {
  const { binaryCrossEntropyWithLogits, ones, randn } = await import("../src/index.ts");
  const scores = randn(4).requiresGrad_();
  binaryCrossEntropyWithLogits(scores, ones(4));
  expect(messages()).toEqual([]);
  for (let i = 0; i < 3; i++) binaryCrossEntropyWithLogits(scores.sigmoid(), ones(4));
  expect(messages()).toEqual([
    "nabla: binaryCrossEntropyWithLogits applies sigmoid itself; the input already is a sigmoid. " +
      "The loss cannot fall below 0.31. Remove the sigmoid.",
  ]);
});

test("and a softmax where log-probabilities are wanted", async () => {
  const { nllLoss, randn, tensor } = await import("../src/index.ts");
  const labels = tensor([1, 2], { dtype: "int32" });
  const scores = randn(2, 3).requiresGrad_();
  nllLoss(scores.logSoftmax(1), labels);
  expect(messages()).toEqual([]);
  nllLoss(scores.softmax(1), labels);
  expect(messages()).toEqual([
    "nabla: nllLoss takes log-probabilities; the input is a softmax. Use logSoftmax, or crossEntropy on the scores.",
  ]);
});

test("also by a divergence", async () => {
  const { klDiv, ones, tensor } = await import("../src/index.ts");
  const target = tensor([[0.5, 0.5]]);
  klDiv(ones(1, 2).requiresGrad_().logSoftmax(1), target);
  klDiv(ones(1, 2).requiresGrad_().softmax(1), target);
  expect(printed.mock.calls.flat()).toEqual([
    "nabla: klDiv takes log-probabilities as prediction; the input is a softmax. Use logSoftmax.",
  ]);
});
