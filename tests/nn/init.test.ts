// First values as PyTorch draws them (make-init.py), and what makes no sense.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { empty, Generator, manualSeed, nn, rand, ShapeError, type Tensor, ValueError, zeros } from "../../src/index.ts";

const { init } = nn;
const SEED = 777;
const { cases } = JSON.parse(readFileSync(new URL("fixtures/init.json", import.meta.url), "utf8")) as {
  cases: Record<string, { shape: number[]; values: number[]; next: number }>;
};
const at = (...sizes: number[]): Tensor => empty(sizes);

const draws: Readonly<Record<string, () => Tensor>> = {
  uniform: () => init.uniform_(at(3, 5), { a: -1, b: 2 }),
  normal: () => init.normal_(at(3, 5), { mean: 1, std: 2 }),
  "eye wide": () => init.eye_(at(2, 4)),
  "eye tall": () => init.eye_(at(4, 2)),
  dirac: () => init.dirac_(at(4, 3, 3)),
  "dirac groups": () => init.dirac_(at(4, 2, 3, 4), { groups: 2 }),
  "xavierUniform gain": () => init.xavierUniform_(at(3, 5, 2), { gain: 1.5 }),
  "xavierNormal gain": () => init.xavierNormal_(at(3, 5, 2), { gain: 1.5 }),
  kaimingUniform: () => init.kaimingUniform_(at(3, 5), { a: Math.sqrt(5) }),
  "kaimingUniform fanOut": () => init.kaimingUniform_(at(3, 5, 2), { mode: "fanOut", nonlinearity: "tanh" }),
  "kaimingNormal fanOut": () => init.kaimingNormal_(at(3, 5, 2), { mode: "fanOut", nonlinearity: "selu" }),
  truncNormal: () => init.truncNormal_(at(7, 5), { std: 0.7, a: -1, b: 0.5 }),
  "truncNormal narrow": () => init.truncNormal_(at(7, 5), { mean: 0.1, std: 2, a: -0.3, b: 0.4 }),
  "truncNormal tail": () => init.truncNormal_(at(7, 5), { a: 1.5, b: 3 }),
  "orthogonal wide": () => init.orthogonal_(at(3, 5)),
  "orthogonal tall": () => init.orthogonal_(at(6, 2), { gain: 2.5 }),
  "orthogonal square": () => init.orthogonal_(at(5, 5)),
  "orthogonal kernel": () => init.orthogonal_(at(4, 2, 3)),
  "orthogonal float64": () => init.orthogonal_(empty([5, 4], { dtype: "float64" }) as Tensor),
  sparse: () => init.sparse_(at(7, 3), 0.4, { std: 0.5 }),
};

test("every case is drawn", () => expect(Object.keys(draws)).toEqual(Object.keys(cases)));

test.each(Object.entries(draws))("%s", (name, draw) => {
  manualSeed(SEED);
  const wanted = cases[name] as (typeof cases)[string];
  const x = draw();
  expect(x.shape).toEqual(wanted.shape);
  // PyTorch factorises in float32; everything else is the same arithmetic in the same order.
  const close = name.startsWith("orthogonal") ? (name.endsWith("64") ? 1e-13 : 2e-6) : 1e-7;
  for (const [i, value] of [...x.data()].entries()) {
    const want = wanted.values[i] as number;
    expect(Math.abs(value - want), `element ${i}: ${value}, in PyTorch ${want}`).toBeLessThanOrEqual(
      close * Math.max(Math.abs(want), close === 1e-7 ? 0 : 1),
    );
  }
  expect(rand(1).item(), "what is drawn next").toBe(wanted.next);
});

test("constants, parameters and generators", () => {
  const layer = new nn.Linear(2, 3);
  expect(init.constant_(layer.weight, 2)).toBe(layer.weight);
  expect(layer.weight.toArray()).toEqual([[2, 2], [2, 2], [2, 2]]); // biome-ignore format: a matrix
  expect(layer.weight.requiresGrad).toBe(true);
  expect(init.ones_(at(2)).toArray()).toEqual([1, 1]);
  expect(init.zeros_(at(2)).toArray()).toEqual([0, 0]);
  const draw = (): unknown => init.truncNormal_(at(5), { generator: new Generator().manualSeed(3), a: -1 }).toArray();
  expect(draw()).toEqual(draw());
});

test("gains", () => {
  expect(init.calculateGain("linear")).toBe(1);
  expect(init.calculateGain("convTranspose2d")).toBe(1);
  expect(init.calculateGain("tanh")).toBe(5 / 3);
  expect(init.calculateGain("leakyRelu", { param: 0.2 })).toBe(Math.sqrt(2 / (1 + 0.2 ** 2)));
  expect(init.calculateGain("selu")).toBe(0.75);
});

describe("what makes no sense", () => {
  test.each<[string, () => unknown, new (...args: never[]) => Error, RegExp]>([
    ["a vector", () => init.xavierUniform_(zeros(3)), ShapeError, /at least 2 axes; got \[3\]/],
    ["eye of 3 axes", () => init.eye_(zeros(3, 3, 3)), ShapeError, /init\.eye_: takes a matrix; got \[3, 3, 3\]/],
    ["dirac of a matrix", () => init.dirac_(zeros(3, 3)), ShapeError, /3 to 5 axes; got \[3, 3\]/],
    ["dirac of groups", () => init.dirac_(zeros(3, 3, 1), { groups: 2 }), ValueError, /divides 3; got 2/],
    [
      "gain",
      () => init.xavierNormal_(zeros(3, 3), { gain: Number.NaN }),
      ValueError,
      /gain is a finite number; got NaN/,
    ],
    [
      "mode",
      () => init.kaimingNormal_(zeros(3, 3), { mode: "fan_in" as never }),
      ValueError,
      /"fanIn" or "fanOut"; got "fan_in"/,
    ],
    ["function", () => init.calculateGain("swish" as never), ValueError, /the gain of "swish" is not known/],
    ["bounds", () => init.truncNormal_(zeros(3), { a: 2, b: 1 }), ValueError, /a below b; got 1, 2 and 1/],
    ["std", () => init.normal_(zeros(3), { std: -1 }), ValueError, /std at least 0/],
    ["sparsity", () => init.sparse_(zeros(3, 3), 1.5), ValueError, /sparsity is from 0 to 1; got 1.5/],
    ["no tensor", () => init.ones_([1] as never), Error, /init\.constant_: takes a tensor; got an array/],
    ["orthogonal vector", () => init.orthogonal_(zeros(3)), ShapeError, /at least 2 axes; got \[3\]/],
  ])("%s", (_, run, type, message) => {
    expect(run).toThrow(type);
    expect(run).toThrow(message);
  });
});
