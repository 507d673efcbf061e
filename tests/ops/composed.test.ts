// Gradients that kernels compute and the same as recorded operations, which second derivatives run through, agree.
import { expect, test } from "vitest";
import type { Tensor } from "../../src/index.ts";
import type { Family } from "./cases.ts";
import { TOLERANCE } from "./fixtures.ts";
import { compute, runs, weights } from "./runs.ts";

const FAMILIES: readonly Family[] = ["activations", "layers"];
const ROOM = 100;

const twice = FAMILIES.flatMap(runs).filter((run) => run.float === "float64" && !run.set.large && !run.set.special);

test.each(twice.map((run) => [run.title, run] as const))("%s", (_, run) => {
  const { node } = compute(run, true).outputs[0] as Tensor;
  if (node === null || node.composed === null || node.composed === node.gradients || node.leaf !== null) return;
  const g = weights(node.shape, run.float);
  expect(node.composed?.length).toBe(node.gradients?.length);
  for (const [i, gradient] of (node.gradients ?? []).entries()) {
    if (node.edges[i] === null) continue;
    const wanted = gradient(g).data();
    const found = node.composed?.[i]?.(g).data() ?? [];
    expect(found.length).toBe(wanted.length);
    for (let k = 0; k < wanted.length; k++) {
      const want = wanted[k] as number;
      const allowed = ROOM * (TOLERANCE.float64.absolute + TOLERANCE.float64.relative * Math.abs(want));
      expect(Math.abs((found[k] as number) - want), `input ${i}, element ${k}`).toBeLessThanOrEqual(allowed);
    }
  }
});

test("some of them have both", () => {
  const both = twice.filter((run) => {
    const { node } = compute(run, true).outputs[0] as Tensor;
    return node !== null && node.composed !== null && node.composed !== node.gradients;
  });
  expect(new Set(both.map((run) => run.op)).size).toBeGreaterThanOrEqual(15);
});
