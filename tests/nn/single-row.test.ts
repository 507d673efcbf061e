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
    { inputs: 12, hidden: 40, steps: 1, options: {} },
    { inputs: 9, hidden: 5, steps: 1, options: {} },
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

describe.each(["LSTM", "GRU", "RNN"] as const)("gradients of %s with one sequence", (kind) => {
  type AnyCell = nn.Module & { forward(x: Tensor, state?: unknown): Tensor | Tensor[] };
  const loss = (states: Tensor[]) =>
    states
      .map((state, i) =>
        state
          .square()
          .sum()
          .mul(i + 1),
      )
      .reduce((a, b) => a.add(b));

  /** The gradients of the parameters, the input and the states, a row of each of these times `rows`. */
  function gradients(module: nn.Module, run: (inputs: Tensor[]) => Tensor[], given: Tensor[], rows: number): Tensor[] {
    module.zeroGrad();
    const inputs = given.map(
      (x) =>
        x
          .expand(...x.shape.with(-2, rows))
          .contiguous()
          .detach()
          .requiresGrad_() as Tensor,
    );
    loss(run(inputs)).div(rows).backward();
    const own = inputs.map((x) => (x.grad as Tensor).narrow(-2, 0, 1).mul(rows) as Tensor);
    return [...[...module.parameters()].map((p) => (p.grad as Tensor).clone() as Tensor), ...own];
  }
  function compare(module: nn.Module, run: (inputs: Tensor[]) => Tensor[], given: Tensor[]): void {
    const together = gradients(module, run, given, REPEATED);
    gradients(module, run, given, 1).forEach((alone, i) => {
      expect(largest(alone, together[i] as Tensor)).toBeLessThan(1e-13 * Math.max(1, alone.abs().max().item()));
    });
  }

  for (const hidden of [5, 40, 130])
    for (const given of [false, true])
      it(`a cell of ${hidden} units${given ? ", with a state" : ""}`, () => {
        manualSeed(6);
        const cell = new nn[`${kind}Cell` as "GRUCell"](9, hidden) as unknown as AnyCell;
        cell.to("float64");
        const states = given
          ? [randn([1, hidden], { dtype: "float64" }), randn([1, hidden], { dtype: "float64" })]
          : [];
        const used = kind === "LSTM" ? states : states.slice(0, 1);
        compare(
          cell,
          ([x, ...from]) =>
            flat(cell.forward(x as Tensor, from.length === 0 ? undefined : kind === "LSTM" ? from : from[0])),
          [randn([1, 9], { dtype: "float64" }), ...used],
        );
      });

  it("a layer of 1 and of 3 steps", () => {
    manualSeed(7);
    for (const steps of [1, 3]) {
      const layer = new nn[kind as "GRU"](9, 40) as unknown as AnyLayer & nn.Module;
      layer.to("float64");
      compare(
        layer,
        ([x]) => {
          const [output, last] = layer.forward(x as Tensor);
          return [output, ...flat(last)];
        },
        [randn([steps, 1, 9], { dtype: "float64" })],
      );
    }
  });

  it("a state that a cell gave stays as it is when the next step is taken", () => {
    const cell = new nn[`${kind}Cell` as "GRUCell"](9, 40) as unknown as AnyCell;
    const first = noGrad(() => flat(cell.forward(randn([1, 9]))));
    const before = first.map((state) => state.toArray());
    noGrad(() => cell.forward(randn([1, 9]), kind === "LSTM" ? first : first[0]));
    expect(first.map((state) => state.toArray())).toEqual(before);
  });
});
