/** Tests of op cases: against PyTorch, against differences, and with every number of threads. */
import { afterAll, describe, expect, test } from "vitest";
import { grad, info, setThreads, type Tensor } from "../../src/index.ts";
import { disagreement, threadDisagreement } from "./agreement.ts";
import type { Family } from "./cases.ts";
import { expected } from "./fixtures.ts";
import type { Input } from "./inputs.ts";
import { compute, gradients, type Run, runs, slope, weight, weights } from "./runs.ts";

const home = `${info().backend} ${info().instructionSet}`;

/** Declares the tests of a family of cases. */
export function testFamily(family: Family): void {
  const byOp = new Map<string, Run[]>();
  for (const run of runs(family)) byOp.set(run.op, [...(byOp.get(run.op) ?? []), run]);
  const each = (what: string, chosen: (run: Run) => boolean, body: (run: Run) => void): void => {
    const fitting = [...byOp]
      .map(([op, all]) => ({ op, some: all.filter(chosen) }))
      .filter(({ some }) => some.length > 0);
    if (fitting.length === 0) return;
    describe(`${what}, on ${home}`, () => {
      for (const { op, some } of fitting)
        describe(op, () => some.forEach((run) => void test(run.title, () => body(run))));
    });
  };
  each("values and gradients as PyTorch's", () => true, asPyTorch);
  each("gradients as differences", isSmooth, asDifferences);
  each("second derivatives as differences", isSmall, asSecondDifferences);
  each("the same bits with 1, 2 and 4 threads", ({ set }) => set.large === true, withAnyThreads);
  const threads = info().threads;
  afterAll(() => void setThreads(threads));
}

/** Whether the run has gradients that differences can be compared with. */
function isSmooth(run: Run): boolean {
  if (run.float !== "float64" || run.set.special || run.set.large) return false;
  return expected(run).g !== undefined && expected(run).y[0]?.d === "float64";
}

function asPyTorch(run: Run): void {
  expect(disagreement(run)).toBeNull();
}

/** Whether differences of the run's gradients are cheap, and its points far enough from where slopes jump. */
function isSmall(run: Run): boolean {
  return isSmooth(run) && run.set.inputs.every(({ values }) => values.length > 0 && values.length <= 40);
}

/**
 * The derivative of a run's slope (see `slope`) along a few directions, by autograd and by differences. Where halving the step
 * changes the differences, slopes jump (|x| at 0), and there is nothing to compare with.
 */
function asSecondDifferences(run: Run): void {
  const outcome = compute(run, true);
  const y = outcome.outputs[0] as Tensor;
  const seed = (weights(y.shape, y.dtype) as Tensor).requiresGrad_();
  const found = slope(outcome, seed);
  const plain = gradients(compute(run, true)).filter((g) => g !== null);
  const wanted = plain.reduce((sum, g) => sum + g.mul(weights(g.shape, g.dtype)).sum().item(), 0);
  const room = 1e-9 * (1 + plain.reduce((sum, g) => sum + g.abs().sum().item(), 0));
  expect(Math.abs((found?.item() ?? 0) - wanted), "recorded gradients are those of plain backward").toBeLessThan(room);
  if (found === null) return;
  const by = outcome.inputs.filter((x) => x.requiresGrad);
  const second = grad(found, [...by, seed], { materializeGrads: true });
  const at = (k: number, x: Input): number => {
    const changed = compute(run, true, run.set.inputs.with(k, x));
    return (slope(changed, seed) as Tensor).item();
  };
  for (const [k, x] of run.set.inputs.entries()) {
    const position = by.indexOf(outcome.inputs[k] as Tensor);
    if (position < 0 || (expected(run).g?.[k] ?? null) === null) continue;
    const slopes = (second[position] as Tensor).data();
    for (const direction of directions(x).slice(0, DIRECTIONS)) {
      const along = (step: number): number =>
        (at(k, moved(x, direction, step)) - at(k, moved(x, direction, -step))) / (2 * step);
      const measured = along(STEP);
      if (!Number.isFinite(measured) || Math.abs(measured - along(STEP / 2)) > 1e-3 * (1 + Math.abs(measured)))
        continue;
      let [expectedSlope, size] = [0, 1];
      for (const [i, step] of direction.entries()) {
        expectedSlope += step * (slopes[i] as number);
        size += Math.abs(step * (slopes[i] as number));
      }
      const off = Math.abs(measured - expectedSlope);
      expect(off, `input ${k}: ${expectedSlope} by autograd, ${measured} by differences`).toBeLessThan(
        CLOSE * 1e3 * size,
      );
    }
  }
  const bySeed = (second.at(-1) as Tensor).mul(weights(y.shape, y.dtype)).sum().item();
  const linear = found.item();
  expect(Math.abs(bySeed - linear), "a gradient is linear in the gradient it starts from").toBeLessThan(
    1e-9 * (1 + Math.abs(linear)),
  );
}

const STEP = 1e-5;
/** Of central differences: STEP² of truncation, and 1e-16 / STEP of rounding, each times the size of the terms. */
const CLOSE = 1e-7;
const DIRECTIONS = 3;

function asDifferences(run: Run): void {
  const outcome = compute(run, true);
  const found = gradients(outcome);
  for (const [k, x] of run.set.inputs.entries()) {
    const g = found[k];
    if (g === null || g === undefined) continue;
    const slopes = g.data();
    for (const direction of directions(x)) {
      const up = lossAt(run, k, moved(x, direction, STEP));
      const down = lossAt(run, k, moved(x, direction, -STEP));
      let slope = 0;
      let size = 1;
      for (const [i, step] of direction.entries()) {
        slope += step * (slopes[i] as number);
        size += Math.abs(step * (slopes[i] as number));
      }
      const measured = (up.sum - down.sum) / (2 * STEP);
      const allowed = CLOSE * (size + up.size);
      expect(Math.abs(measured - slope), `input ${k}: ${slope} by autograd, ${measured} by differences`).toBeLessThan(
        allowed,
      );
    }
  }
}

/** One direction an element, or where there are many elements a few that move them all. Expanded rows move together. */
function directions(x: Input): number[][] {
  const count = x.values.length;
  if (count <= 16 && x.layout !== "expanded") {
    return x.values.map((_, i) => Array.from({ length: count }, (_, j) => Number(i === j)));
  }
  const period = x.layout === "expanded" ? count / (x.shape[0] as number) : count;
  return Array.from({ length: DIRECTIONS }, (_, d) => x.values.map((_, i) => weight((i % period) * 7 + d * 13)));
}

function moved(x: Input, direction: readonly number[], step: number): Input {
  return { ...x, values: x.values.map((value, i) => value + step * (direction[i] as number)) };
}

/** The weighted sum of the first result with one input replaced, and how large its terms are. */
function lossAt(run: Run, k: number, x: Input): { sum: number; size: number } {
  const { outputs } = compute(run, false, run.set.inputs.with(k, x));
  const values = (outputs[0] as Tensor).data();
  let [sum, size] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    sum += weight(i) * (values[i] as number);
    size += Math.abs(weight(i) * (values[i] as number));
  }
  return { sum, size };
}

function withAnyThreads(run: Run): void {
  expect(threadDisagreement(run)).toBeNull();
}
