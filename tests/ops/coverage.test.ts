/** Nothing is left out: every op has a row, every kernel an op, and the homes have the same kernels. */
import { existsSync, readdirSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { backend, type Kernel } from "../../src/backend/index.ts";
import { openNative } from "../../src/backend/native.ts";
import { openWasm } from "../../src/backend/wasm.ts";

/** Exports that compute nothing from elements. What they do is tested where it is said. */
const NO_VALUES: Readonly<Record<string, string>> = {
  Tensor: "the class",
  Generator: "tests/parity",
  defaultGenerator: "tests/parity",
  manualSeed: "every case is seeded with it",
  devices: "a list of names",
  backward: "every case with a gradient runs it",
  requiresGrad_: "every case with a gradient runs it",
  retainGrad: "every case with a view runs it",
  registerHook: "tests/autograd",
  data: "every case is read with it",
  read: "data() as a promise",
  toString: "tests/tensor",
};

/** Kernels of the ops that no case runs. */
const WITHOUT_CASE: Readonly<Record<string, string>> = {
  random_draw: "Generator's own numbers, in tests/parity",
  relu_signs_f32: "a relu that waits, in deferred.test.ts",
  relu_signs_f64: "a relu that waits, in deferred.test.ts",
  relu_backward_signs_f32: "a relu that waits, in deferred.test.ts",
  relu_backward_signs_f64: "a relu that waits, in deferred.test.ts",
  relu_signs_bytes_f32: "a relu that waits, in deferred.test.ts",
  relu_signs_bytes_f64: "a relu that waits, in deferred.test.ts",
  conv_pool_f32: "a convolution that waits, in conv-pool.test.ts",
  conv_pool_scratch_f32: "a convolution that waits, in conv-pool.test.ts",
};

/** Kernels that no room uses, by the reason why they are there. */
const UNUSED: Readonly<Record<string, readonly string[]>> = {
  "the machine's peak, for benchmarks": ["fma_peak_f32", "fma_peak_changing_f32"],
  "a stream that no op draws from": ["random_draw64"],
};

const requested = new Set<string>();
const called = new Set<string>();
const miscalled = new Set<string>();

/** Puts a look-out around every kernel that is asked for from here on. */
function watch(): void {
  const kernel = backend.kernel.bind(backend);
  const watched = (name: string): Kernel => {
    requested.add(name);
    const run = kernel(name);
    return (...args) => {
      called.add(name);
      const arity = backend.arities.get(name);
      if (args.length !== arity) miscalled.add(`${name} takes ${arity} arguments, got ${args.length}`);
      return run(...args);
    };
  };
  Object.defineProperty(backend, "kernel", { value: watched });
}

let ops: readonly string[];
let rows: ReadonlySet<string>;
let ofOps: readonly string[];

beforeAll(async () => {
  watch();
  const { Tensor: _, ...functions } = await import("../../src/ops/index.ts");
  const methods = await import("../../src/ops/methods.ts");
  ofOps = [...requested];
  ops = [...new Set([...Object.keys(functions), ...Object.keys(methods)])];
  const { compute, gradients, runs } = await import("./runs.ts");
  const { FAMILIES } = await import("./cases.ts");
  const all = (Object.keys(FAMILIES) as (keyof typeof FAMILIES)[]).flatMap(runs);
  rows = new Set(all.map((run) => run.op));
  for (const run of all) {
    if (run.set.large) continue;
    const outcome = compute(run, true);
    if (outcome.outputs[0]?.requiresGrad) gradients(outcome);
  }
  const source = new URL("../../src/", import.meta.url);
  const rooms = readdirSync(source).map((room) => new URL(`${room}/index.ts`, source));
  for (const room of rooms) if (existsSync(room)) await import(room.href);
}, 60_000);

test("every exported op has a row in cases/", () => {
  expect(ops.filter((op) => !rows.has(op) && !(op in NO_VALUES))).toEqual([]);
});

test("every row and every exception names an exported op", () => {
  const named = [...rows, ...Object.keys(NO_VALUES)].filter((op) => op !== "Tensor");
  expect(named.filter((op) => !ops.includes(op))).toEqual([]);
});

test("no op is both in a row and an exception", () => {
  expect(Object.keys(NO_VALUES).filter((op) => rows.has(op))).toEqual([]);
});

test("the homes have the same kernels with the same numbers of arguments", () => {
  const [native, wasm] = [openNative().arities, openWasm().arities];
  const all = [...new Set([...native.keys(), ...wasm.keys()])].sort();
  const differing = all.filter((name) => native.get(name) !== wasm.get(name));
  expect(differing.map((name) => `${name}: native ${native.get(name)}, wasm ${wasm.get(name)}`)).toEqual([]);
});

test("every kernel is called with its number of arguments", () => {
  expect([...miscalled]).toEqual([]);
});

test("every kernel of the ops runs in some case", () => {
  expect(ofOps.filter((name) => !called.has(name))).toEqual(Object.keys(WITHOUT_CASE));
});

test("every kernel is used by some room", () => {
  const unused = [...backend.arities.keys()].filter((name) => !requested.has(name));
  expect(unused.sort()).toEqual(Object.values(UNUSED).flat().sort());
});
