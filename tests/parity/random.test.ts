// PyTorch's random streams, bit for bit, through the public API: here, and on the other homes and instruction sets.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { Generator, manualSeed, rand, randn, randperm, type Tensor } from "../../src/index.ts";
import { drawn, known, mismatch, OUT_OF_SCOPE } from "./random-cases.ts";

test("every case of the fixture is drawn or named as out of scope", () => {
  const named = Object.values(OUT_OF_SCOPE);
  expect(known.filter((name) => !named.some((pattern) => pattern.test(name))).sort()).toEqual([...drawn].sort());
});

test.each(drawn)("%s", (name) => {
  expect(mismatch(name)).toBeUndefined();
});

const CHILDREN: [string, Record<string, string>][] = [
  ["wasm", { NABLA_BACKEND: "wasm" }],
  ["native baseline", { NABLA_BACKEND: "native", NABLA_ISA: "baseline" }],
];
if (process.arch === "x64") CHILDREN.push(["native x86_64_v3", { NABLA_BACKEND: "native", NABLA_ISA: "x86_64_v3" }]);

test.concurrent.each(CHILDREN)("all of them on %s", async (name, environment) => {
  const script = fileURLToPath(new URL("random-child.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", script], {
    env: { ...process.env, NABLA_ISA: "", ...environment },
  });
  const result = JSON.parse(stdout);
  expect(name).toContain(result.backend);
  if (environment.NABLA_ISA) expect(result.instructionSet).toBe(environment.NABLA_ISA);
  expect(result.mismatches).toEqual([]);
  expect(result.cases).toBe(drawn.length);
});

const bits = (x: Tensor): string => Buffer.from(x.data().buffer).toString("hex");

test("getState and setState carry the stream and the cached normal sample", () => {
  const generator = new Generator().manualSeed(777);
  rand([5], { generator });
  randn([3], { generator }); // an odd number leaves one sample in the cache
  const state = generator.getState();
  const draw = (): string[] => [
    bits(randn([1], { generator })),
    bits(rand([3], { generator })),
    bits(randn([20], { generator })),
    bits(randperm(9, { generator })),
    String(generator.random63()),
  ];
  const first = draw();
  expect(draw()).not.toEqual(first);
  generator.setState(state);
  expect(draw()).toEqual(first);

  const other = new Generator().setState(state);
  expect([bits(randn([1], { generator: other })), bits(rand([3], { generator: other }))]).toEqual(first.slice(0, 2));
});

test("a state from a view with strides is read in its own order", () => {
  const generator = new Generator().manualSeed(1);
  const state = generator.getState();
  const next = generator.random();
  const column = (state.unsqueeze(1) as Tensor).expand(-1, 2).contiguous().select(1, 1);
  expect(generator.setState(column).random()).toBe(next);
});

test("manualSeed clears the cached normal sample and takes the low 32 bits", () => {
  manualSeed(777);
  const first = bits(randn(3));
  manualSeed(777);
  expect(bits(randn(3))).toBe(first);
  for (const same of [777n + 2n ** 32n, 777n - 2n ** 32n, 777 + 2 ** 40]) {
    manualSeed(same);
    expect(bits(randn(3))).toBe(first);
  }
});

test("initialSeed says what manualSeed was given", () => {
  expect(new Generator().manualSeed(42).initialSeed()).toBe(42n);
  expect(new Generator().manualSeed(-1).initialSeed()).toBe(2n ** 64n - 1n);
});
