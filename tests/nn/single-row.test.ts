// One sequence alone, as when a text is written character by character, goes another way through the kernels than a batch.
import { describe, expect, it } from "vitest";
import { manualSeed, nn, noGrad, randn, type Tensor } from "../../src/index.ts";

type AnyLayer = { forward(x: Tensor, state?: unknown): [Tensor, Tensor | Tensor[]]; to(dtype: "float64"): unknown };
const REPEATED = 8;

/** The same state for every sequence of a batch. */
function repeated(state: Tensor): Tensor {
  return state.expand(state.shape[0] as number, REPEATED, state.shape[2] as number).contiguous() as Tensor;
}
function largest(a: Tensor, b: Tensor): number {
  return a.sub(b).abs().max().item();
}
function flat(state: Tensor | Tensor[]): Tensor[] {
  return Array.isArray(state) ? state : [state];
}

describe.each(["LSTM", "GRU", "RNN"] as const)("%s with a batch of one", (kind) => {
  const sizes = [
    { inputs: 64, hidden: 128, steps: 1, options: {} },
    { inputs: 7, hidden: 130, steps: 1, options: { bias: false } },
    { inputs: 33, hidden: 200, steps: 5, options: { bidirectional: true, numLayers: 2 } },
    { inputs: 128, hidden: 257, steps: 3, options: kind === "LSTM" ? { projSize: 31 } : {} },
  ];
  for (const { inputs, hidden, steps, options } of sizes)
    for (const dtype of ["float32", "float64"] as const)
      for (const given of [false, true])
        it(`gives what a batch gives: ${inputs} → ${hidden}, ${steps} steps, ${dtype}${given ? ", with a state" : ""}`, () => {
          manualSeed(5);
          const layer = new nn[kind as "GRU"](inputs, hidden, options) as unknown as AnyLayer;
          layer.to(dtype as "float64");
          const x: Tensor = randn([steps, 1, inputs], { dtype });
          const batch = x.expand(steps, REPEATED, inputs).contiguous() as Tensor;
          noGrad(() => {
            const state = given ? flat(layer.forward(randn([2, 1, inputs], { dtype }))[1]) : [];
            const wrap = (states: Tensor[]) => (given ? (kind === "LSTM" ? states : states[0]) : undefined);
            const alone = layer.forward(x, wrap(state));
            const together = layer.forward(batch, wrap(state.map(repeated)));
            const bound = dtype === "float32" ? 2e-6 : 1e-14;
            expect(largest(alone[0], together[0].narrow(1, 2, 1) as Tensor)).toBeLessThan(bound);
            flat(alone[1]).forEach((one, i) => {
              expect(largest(one, (flat(together[1])[i] as Tensor).narrow(1, 2, 1) as Tensor)).toBeLessThan(bound);
            });
          });
        });
});
