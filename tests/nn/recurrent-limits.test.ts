// Recurrent layers at their limits: what they refuse, memory that gradients take over, products of a single row.
import { expect, test } from "vitest";
import { backend } from "../../src/backend/index.ts";
import type { Tensor } from "../../src/index.ts";
import {
  detectAnomaly,
  manualSeed,
  nn,
  noGrad,
  randn,
  scaledDotProductAttention,
  tensor,
  zeros,
} from "../../src/index.ts";

const { packPaddedSequence, packSequence } = nn.utils.rnn;
const KINDS = ["LSTM", "GRU", "RNN"] as const;
type AnyLayer = { forward(x: Tensor, state?: unknown): [Tensor, Tensor | Tensor[]]; parameters(): Iterable<Tensor> };

function layerOf(kind: (typeof KINDS)[number], inputs: number, hidden: number): AnyLayer {
  return new nn[kind as "GRU"](inputs, hidden) as unknown as AnyLayer;
}

test.each(KINDS)("%s refuses sequences without steps, other widths and states that do not fit", (kind) => {
  const layer = layerOf(kind, 4, 5);
  const state = (...shape: number[]): unknown => (kind === "LSTM" ? [zeros(shape), zeros(shape)] : zeros(shape));
  expect(() => layer.forward(zeros(0, 2, 4))).toThrow(`${kind}: a sequence has at least one step; got [0, 2, 4]`);
  expect(() => layer.forward(zeros(3, 2, 5))).toThrow(`${kind}: expects a last size of 4, got [3, 2, 5]`);
  expect(() => layer.forward(zeros(3, 2, 4), state(1, 3, 5))).toThrow(
    `${kind}: an input [3, 2, 4] needs a hidden state of shape [1, 2, 5]; got [1, 3, 5]`,
  );
  const packed = packPaddedSequence(zeros(4, 3, 4), [4, 2, 1]) as unknown as Tensor;
  expect(() => layer.forward(packed, state(1, 2, 5))).toThrow("needs a hidden state of shape [1, 3, 5]; got [1, 2, 5]");
});

test("lengths name their position", () => {
  const batch: Tensor = zeros(4, 3, 2);
  expect(() => packPaddedSequence(batch, [2, 4, 3])).toThrow(
    "packPaddedSequence: lengths must fall; got 2 and then 4 at position 1",
  );
  expect(() => packPaddedSequence(batch, [4, 2, 0])).toThrow("packPaddedSequence: length 0 at position 2");
  expect(() => packPaddedSequence(batch, [5, 2, 1])).toThrow("from 1 to the 4 steps that there are");
  expect(() => packPaddedSequence(batch, [4, 2])).toThrow("got 2 lengths for a batch of 3");
  expect(() => packPaddedSequence(batch, tensor([4, 2, 1]) as never)).toThrow(
    "packPaddedSequence: lengths are an array or an int32 tensor; got float32 [3]",
  );
  expect(() => packSequence([zeros(2, 2), zeros(0, 2)])).toThrow("length 0 at position 1");
});

test("a mask of attention has to fit the scores", () => {
  const x: Tensor = zeros(2, 3);
  expect(() => scaledDotProductAttention(x, x, x, { attnMask: zeros(3, 3) as Tensor })).toThrow(
    "scaledDotProductAttention: attnMask: cannot broadcast [3, 3] with [2, 2]",
  );
  expect(() => scaledDotProductAttention(x, x, x, { attnMask: zeros(4, 2, 2) as Tensor })).toThrow(
    "scaledDotProductAttention: attnMask broadcasts to the scores [2, 2]; got [4, 2, 2]",
  );
});

test.each(KINDS)("%s: a graph that is kept gives the same gradients as one that is not", (kind) => {
  manualSeed(3);
  const layer = layerOf(kind, 7, 40);
  const x: Tensor = randn(5, 9, 7).requiresGrad_();
  const [output] = layer.forward(x);
  const gradients = (retainGraph: boolean): (ArrayLike<number> | undefined)[] => {
    const leaves = [x, ...layer.parameters()];
    for (const leaf of leaves) leaf.grad = null;
    output.square().sum().backward(undefined, { retainGraph });
    return leaves.map((leaf) => leaf.grad?.contiguous().data().slice());
  };
  const first = gradients(true);
  expect(gradients(true)).toEqual(first);
  expect(gradients(false)).toEqual(first);
});

test("a backward that ended in an error is not taken up again", () => {
  const layer = new nn.LSTM(2, 3);
  const x: Tensor = tensor([[[Number.NaN, 1]]]).requiresGrad_();
  const [output] = layer.forward(x);
  const loss = (output as Tensor).sum();
  expect(() => detectAnomaly(() => loss.backward())).toThrow();
  expect(() => loss.backward()).toThrow(/freed|ended in an error/);
});

test.each(KINDS)("%s: one row gives what it gives inside a batch, with any number of threads", (kind) => {
  manualSeed(5);
  const before = backend.threads;
  // Enough weights for several tasks, and numbers of results that are no multiples of a vector.
  for (const [inputs, hidden] of [
    [3, 5],
    [65, 131],
    [200, 257],
  ] as const) {
    const layer = layerOf(kind, inputs, hidden);
    const rows: Tensor = randn(3, 40, inputs);
    const [all] = noGrad(() => layer.forward(rows));
    const row = rows.narrow(1, 7, 1) as Tensor;
    const bits = [1, 3].map((threads) => {
      backend.setThreads(threads);
      return noGrad(() => layer.forward(row))[0]
        .data()
        .slice();
    });
    backend.setThreads(before);
    expect(bits[1]).toEqual(bits[0]);
    const wanted = (all.narrow(1, 7, 1).contiguous() as Tensor).data();
    for (const [i, value] of [...(bits[0] as ArrayLike<number> as Float32Array)].entries()) {
      expect(value).toBeCloseTo(wanted[i] as number, 5);
    }
  }
});
