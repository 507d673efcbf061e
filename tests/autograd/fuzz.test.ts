// Random programs: gradients beside finite differences, and the same bits whatever the pool's memory held before.
import { expect, test } from "vitest";
import { type Tensor, tensor } from "../../src/index.ts";
import { leaves, numbers, run } from "./programs.ts";

const PROGRAMS = 400;
const STEP = 1e-5;

const requiring = (inputs: readonly Tensor[]): Tensor[] => inputs.map((x) => x.clone().requiresGrad_());
const bytes = (xs: readonly (Tensor | null)[]): string =>
  xs.map((x) => (x === null ? "none" : Buffer.from(x.data().buffer).toString("hex"))).join(" ");
const gradients = (inputs: readonly Tensor[]): (Tensor | null)[] => inputs.map((x) => x.grad);

/** Leaves the pool's blocks full of NaN: a later gradient that reads memory before writing it shows. */
function poison(seed: number): void {
  const inputs = leaves(seed).map((x) => x.mul(Number.NaN).requiresGrad_());
  run(seed, inputs).backward();
}

/** The change of the loss along a direction, by differences. */
function slope(seed: number, inputs: readonly Tensor[], direction: readonly Tensor[]): number {
  const at = (step: number): number =>
    run(
      seed,
      inputs.map((x, i) => x.add((direction[i] as Tensor).mul(step))),
    ).item();
  return (at(STEP) - at(-STEP)) / (2 * STEP);
}

function checkSlopes(seed: number, inputs: readonly Tensor[], found: readonly (Tensor | null)[]): void {
  const random = numbers(seed + 99);
  for (let i = 0; i < 2; i++) {
    const direction = inputs.map((x) => {
      const values = Float64Array.from({ length: x.numel() }, () => random() * 2 - 1);
      return (tensor(values) as Tensor).reshape(...x.shape) as Tensor;
    });
    const expected = slope(seed, inputs, direction);
    const products = found.map((g, k) =>
      g === null
        ? 0
        : g
            .mul(direction[k] as Tensor)
            .sum()
            .item(),
    );
    const along = products.reduce((a, b) => a + b, 0);
    expect(
      Math.abs(along - expected),
      `program ${seed}: ${along} by backward, ${expected} by differences`,
    ).toBeLessThan(1e-7 + 1e-6 * Math.abs(expected));
  }
}

test(`${PROGRAMS} random programs`, () => {
  let nodes = 0;
  const kept: { gradient: Tensor; bits: string }[] = [];
  for (let seed = 1; seed <= PROGRAMS; seed++) {
    const inputs = leaves(seed);
    const first = requiring(inputs);
    run(seed, first, () => nodes++).backward();
    const once = bytes(gradients(first));
    expect(once.startsWith("none")).toBe(false);
    checkSlopes(seed, inputs, gradients(first));

    poison(seed);
    const second = requiring(inputs);
    run(seed, second).backward();
    expect(bytes(gradients(second)), `program ${seed}, again`).toBe(once);

    poison(seed);
    const third = requiring(inputs);
    const loss = run(seed, third, (y) => {
      if (y.requiresGrad && seed % 3 === 0) y.registerHook((g) => void kept.push({ gradient: g, bits: bytes([g]) }));
    });
    loss.backward(undefined, { retainGraph: true });
    expect(bytes(gradients(third)), `program ${seed}, with retainGraph`).toBe(once);
    poison(seed);
    for (const x of third) x.grad = null;
    loss.backward();
    expect(bytes(gradients(third)), `program ${seed}, the second time`).toBe(once);
    expect(bytes(gradients(first)), `program ${seed}, kept`).toBe(once);
  }
  for (const { gradient, bits } of kept) expect(bytes([gradient])).toBe(bits);
  expect(nodes).toBeGreaterThan(PROGRAMS * 10);
  expect(kept.length).toBeGreaterThan(1000);
});
