import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test, vi } from "vitest";
import type { Storage } from "../../src/backend/backend.ts";
import { nodeHost, openWasm } from "../../src/backend/wasm.ts";
import { WasmBackend, type WasmHost, type WasmOptions } from "../../src/backend/wasm-backend.ts";
import { BackendError, KernelError, MemoryError, ValueError } from "../../src/errors.ts";
import { randomly } from "./random.ts";

const MB = 2 ** 20;
const moduleFile = new URL("../../dist/wasm/nabla-simd.wasm", import.meta.url);
const module = new WebAssembly.Module(readFileSync(moduleFile));
const open = (options: Partial<WasmOptions> = {}, host: Partial<WasmHost> = {}) =>
  new WasmBackend(module, { ...nodeHost, ...host }, { instructionSet: "simd", ...options });

/** The floats of a storage; only the first `count`, since blocks are rounded up. */
function floats(backend: WasmBackend, storage: Storage, count: number): Float32Array {
  const bytes = backend.view(storage);
  return new Float32Array(bytes.buffer, bytes.byteOffset, count);
}
function filled(backend: WasmBackend, values: ArrayLike<number>): Storage {
  const storage = backend.allocate(values.length * 4);
  floats(backend, storage, values.length).set(values);
  return storage;
}
/** Whether a storage begins with exactly these floats, bit by bit. */
function holds(backend: WasmBackend, storage: Storage, values: Float32Array): boolean {
  const bytes = backend.view(storage).slice(0, values.byteLength);
  return Buffer.from(bytes.buffer).equals(Buffer.from(values.buffer));
}
const digest = (bytes: Uint8Array) => createHash("sha256").update(bytes.slice()).digest("hex");

afterEach(() => vi.unstubAllEnvs());

test("opens the best module, and the named one", () => {
  const backend = openWasm();
  expect(backend.name).toBe("wasm");
  expect(["simd", "relaxed-simd"]).toContain(backend.instructionSet);
  vi.stubEnv("NABLA_ISA", "simd");
  expect(openWasm().instructionSet).toBe("simd");
  vi.stubEnv("NABLA_ISA", "avx9");
  expect(() => openWasm()).toThrow(BackendError);
  expect(() => openWasm()).toThrow('NABLA_ISA: this engine or build has no instruction set "avx9"');
});

test("a budget that is no size is refused", () => {
  vi.stubEnv("NABLA_WASM_BUDGET_MB", "-3");
  expect(() => openWasm()).toThrow(ValueError);
  vi.stubEnv("NABLA_WASM_BUDGET_MB", "lots");
  expect(() => openWasm()).toThrow('got "lots"');
});

test("lists kernels with their number of arguments, and nothing else", () => {
  const backend = open();
  expect(backend.arities.get("relu_f32")).toBe(3);
  expect(backend.arities.get("fill_f32")).toBe(3);
  for (const name of backend.arities.keys()) expect(name).not.toMatch(/^_|^nabla_/);
  expect(() => backend.kernel("nonsense_f32")).toThrow(BackendError);
});

test("kernels compute, and return numbers", () => {
  const backend = open();
  const x = filled(backend, [-1, 2, -3, 4]);
  const y = backend.allocate(16);
  backend.kernel("relu_f32")(backend.pointer(x), backend.pointer(y), 4);
  expect([...floats(backend, y, 4)]).toEqual([0, 2, 0, 4]);
  const labels = backend.allocate(4);
  new Int32Array(backend.view(labels).buffer, labels.address, 1)[0] = 9;
  const crossEntropy = backend.kernel("cross_entropy_f32");
  const row = crossEntropy(backend.pointer(x), backend.pointer(labels), backend.pointer(y), 0, 0, 1, 4, 1);
  expect(row).toBe(0); // the first row whose label is out of range
});

/** A program of many tensors against plain arrays: sums of two, in-place changes, results put off, releases, under whatever budget. */
function compareWithArrays(backend: WasmBackend, seed: number, steps: number, largest: number): void {
  const random = randomly(seed);
  const axpy = backend.kernel("axpy_f32");
  const relu = backend.kernel("relu_f32");
  const live: { storage: Storage; values: Float32Array }[] = [];
  const pick = () => live[Math.floor(random() * live.length)]!;
  for (let step = 0; step < steps; step++) {
    const action = random();
    if (live.length < 4 || action < 0.3) {
      const count = Math.ceil(random() * (random() < 0.5 ? 16 : largest));
      const values = Float32Array.from({ length: count }, () => random() - 0.5);
      live.push({ storage: filled(backend, values), values });
    } else if (action < 0.6) {
      const [a, b] = [pick(), pick()];
      const count = Math.min(a.values.length, b.values.length);
      if (a === b) continue;
      axpy(backend.pointer(a.storage), backend.pointer(b.storage), 2, count);
      for (let i = 0; i < count; i++) b.values[i]! += 2 * a.values[i]!;
    } else if (action < 0.9) {
      const a = pick();
      const [size, kind] = [a.values.length * 4, random()];
      const later = kind < 0.4 && !a.storage.scratch ? backend.defer("relu", a.storage, relu, a.values.length) : null;
      const storage = later ?? (kind < 0.7 ? backend.borrow(size) : backend.allocate(size));
      if (later === null) relu(backend.pointer(a.storage), backend.pointer(storage), a.values.length);
      live.push({ storage, values: a.values.map((v) => Math.max(v, 0)) });
    } else {
      const [gone] = live.splice(Math.floor(random() * live.length), 1);
      expect(holds(backend, gone!.storage, gone!.values)).toBe(true);
      backend.release(gone!.storage);
    }
    if (live.length > 60) live.splice(0, 30);
  }
  for (const { storage, values } of live) expect(holds(backend, storage, values)).toBe(true);
}

test("programs get their values under a budget smaller than their tensors", () => {
  const backend = open({ budget: MB / 4 });
  compareWithArrays(backend, 5, 3000, 20_000);
  expect(backend.cache.evictions).toBeGreaterThan(500);
  expect(backend.cache.returns).toBeGreaterThan(500);
});

test("programs get their values with a budget that is too small for any tensor", () => {
  const backend = open({ budget: 1 });
  compareWithArrays(backend, 7, 800, 3000);
  expect(backend.cache.returns).toBeGreaterThan(300);
});

test("programs get their values when large results are put off, under a budget of a few of them", () => {
  const backend = open({ budget: 2 * MB });
  compareWithArrays(backend, 9, 600, 300_000);
  expect(backend.cache.evictions).toBeGreaterThan(100);
  expect(backend.cache.returns).toBeGreaterThan(100);
});

test("what computes a result that was put off leaves the operands of the coming call where they are", () => {
  const backend = open({ budget: MB });
  const count = 100_000; // 400 KB each
  const relu = backend.kernel("relu_f32");
  const sources = [1, 2, 3].map((value) => filled(backend, new Float32Array(count).fill(-value)));
  const results = sources.map((source) => backend.defer("relu", source, relu, count) as Storage);
  const operands = [...results, ...sources];
  const pointers = operands.map((operand) => backend.pointer(operand));
  expect(operands.map((operand) => operand.address)).toEqual(pointers);
  expect(operands.map((operand) => floats(backend, operand, count)[count - 1])).toEqual([0, 0, 0, -1, -2, -3]);
});

test("whoever does the operation on the way reads its source, and the result is not computed", () => {
  const backend = open();
  const count = 100_000;
  const relu = backend.kernel("relu_f32");
  const source = filled(backend, new Float32Array(count).fill(-1));
  const result = backend.defer("relu", source, relu, count) as Storage;
  expect(backend.sourcePointer(result, "relu")).toBe(source.address);
  expect(backend.sourcePointer(result, "exp")).toBe(0);
  expect(result.address).toBe(0);
  expect(floats(backend, result, count)[0]).toBe(0);
  expect(backend.sourcePointer(result, "relu")).toBe(0);
});

test("operands of one call stay, however little fits", () => {
  const backend = open({ budget: MB / 2 });
  const count = 50_000; // 200 KB each
  const operands = Array.from({ length: 12 }, (_, i) => filled(backend, new Float32Array(count).fill(i)));
  const pointers = operands.map((operand) => backend.pointer(operand));
  expect(new Set(pointers).size).toBe(12);
  expect(operands.map((operand) => operand.address)).toEqual(pointers);
  expect(operands.map((operand) => floats(backend, operand, count)[count - 1])).toEqual(operands.map((_, i) => i));
});

test("the budget grows by what comes back, so a working set stops moving", () => {
  const backend = open();
  const relu = backend.kernel("relu_f32");
  const operands = Array.from({ length: 40 }, () => backend.allocate(4 * MB));
  const use = () => {
    for (const operand of operands) relu(backend.pointer(operand), backend.pointer(operand), 16);
    return backend.cache.returns;
  };
  expect(use()).toBeGreaterThan(0);
  const settled = use();
  expect(use()).toBe(settled);
  expect(use()).toBe(settled);
});

test("dropped tensors do not pile up in the linear memory", () => {
  const backend = open({ budget: 8 * MB });
  const relu = backend.kernel("relu_f32");
  const parameter = filled(backend, [1, 2, 3, 4]);
  for (let step = 0; step < 3000; step++) {
    const bytes = 4 * (10_000 + 100 * (step % 97));
    const x = backend.allocate(bytes);
    const loss = backend.allocate(4);
    relu(backend.pointer(parameter), backend.pointer(x), 4);
    relu(backend.pointer(x), backend.pointer(loss), 1);
  }
  expect(backend.memory().linear).toBeLessThanOrEqual(32 * MB);
  expect([...floats(backend, parameter, 4)]).toEqual([1, 2, 3, 4]);
});

test("memory grows under running threads, and the table stays where it is", () => {
  const backend = open({ budget: 512 * MB });
  backend.setThreads(2);
  const relu = backend.kernel("relu_f32");
  const { address, values } = backend.table;
  values[8191] = 42;
  const count = MB;
  const ones = new Float32Array(count).fill(1);
  const before = backend.memory().linear;
  for (let round = 0; round < 30; round++) {
    const x = filled(backend, ones);
    const y = backend.allocate(count * 4);
    relu(backend.pointer(x), backend.pointer(y), count);
    expect(floats(backend, y, count).every((v) => v === 1)).toBe(true);
  }
  expect(backend.memory().linear).toBeGreaterThan(before + 200 * MB);
  expect(backend.table.address).toBe(address);
  expect(backend.table.values[8191]).toBe(42);
});

test("addresses beyond two gigabytes work", () => {
  const backend = open({ budget: 4096 * MB });
  backend.allocate(2200 * MB);
  const x = filled(backend, [-1, 5, -2]);
  const y = backend.allocate(12);
  expect(x.address).toBeGreaterThan(2 ** 31);
  backend.kernel("relu_f32")(backend.pointer(x), backend.pointer(y), 3);
  expect([...floats(backend, y, 3)]).toEqual([0, 5, 0]);
});

test("what does not fit is an error with the sizes, and the rest goes on", () => {
  const backend = open({ maximumPages: 512, budget: 1024 * MB });
  expect(() => backend.allocate(40 * MB)).toThrow(MemoryError);
  expect(() => backend.allocate(40 * MB)).toThrow(/^allocate: 41943040 bytes do not fit .* of WASM's 32 MB are free; /);
  const tensors = Array.from({ length: 60 }, (_, i) => filled(backend, new Float32Array(MB / 4).fill(i)));
  expect(tensors.map((tensor) => floats(backend, tensor, MB / 4)[99])).toEqual(tensors.map((_, i) => i));
  const relu = backend.kernel("relu_f32");
  for (const tensor of tensors) relu(backend.pointer(tensor), backend.pointer(tensor), MB / 4);
  expect(tensors.map((tensor) => floats(backend, tensor, MB / 4)[MB / 4 - 1])).toEqual(tensors.map((_, i) => i));
  expect(() => {
    for (const tensor of tensors) backend.pointer(tensor);
  }).toThrow(MemoryError);
});

test("scopes give everything back but what a gradient slot holds", () => {
  const backend = open();
  const fill = backend.kernel("fill_f32");
  const cycle = () => {
    backend.beginScope();
    const kept = backend.allocate(400_000);
    for (const bytes of [4, 4, 1000, 5000, 200_000, 200_000])
      fill(backend.pointer(backend.allocate(bytes)), 1, bytes / 4);
    const early = backend.allocate(9000);
    backend.release(early);
    kept.holders++;
    backend.endScope();
    kept.holders--;
    const addend = backend.borrow(30_000);
    backend.allocate(20_000);
    backend.release(addend);
    backend.release(kept);
    return backend.memory().pooled;
  };
  const first = cycle();
  expect(first).toBe(64 + 64 + 1024 + 5056 + 200_000 + 200_000 + 9024 + 30_016 + 400_000);
  for (let i = 0; i < 300; i++) expect(cycle()).toBe(first);
});

test("what a user may have seen is not given back, and a second release changes nothing", () => {
  const backend = open();
  const seen = backend.borrow(5000);
  seen.scratch = false;
  backend.release(seen);
  expect(backend.memory().pooled).toBe(0);
  backend.release(backend.allocate(5000));
  expect(backend.memory().pooled).toBe(0);
  const scratch = backend.borrow(5000);
  backend.release(scratch);
  backend.release(scratch);
  expect(backend.memory().pooled).toBe(5056);
  expect(backend.borrow(5000)).not.toBe(backend.borrow(5000));
});

test("a pool of sizes that nobody asks for does not grow without end", () => {
  const backend = open({ budget: 8 * MB });
  for (let i = 0; i < 500; i++) {
    backend.release(backend.borrow(50_000 + 64 * i));
    expect(backend.memory().pooled).toBeLessThanOrEqual(4 * MB);
  }
  expect(backend.memory().linear).toBeLessThanOrEqual(32 * MB);
});

test("a full pool makes room for what does not fit beside it", () => {
  const backend = open({ maximumPages: 512, budget: 64 * MB });
  backend.release(backend.borrow(18 * MB));
  expect(backend.memory().pooled).toBe(18 * MB);
  expect(backend.allocate(20 * MB).bytes).toBe(20 * MB);
  expect(backend.memory().pooled).toBe(0);
});

test("thousands of operands of one call stay, and bringing them back takes no walk each", () => {
  const backend = open({ budget: 1 });
  const operands = Array.from({ length: 20_000 }, (_, i) => filled(backend, [i]));
  const pointers = operands.map((operand) => backend.pointer(operand));
  expect(new Set(pointers).size).toBe(operands.length);
  expect(operands.every((operand, i) => floats(backend, operand, 1)[0] === i)).toBe(true);
  backend.kernel("relu_f32")(pointers[0]!, pointers[0]!, 1);
  const next = filled(backend, [7]);
  expect(operands.every((operand) => operand.address === 0)).toBe(true);
  expect(floats(backend, next, 1)[0]).toBe(7);
});

test("tensors that no ArrayBuffer has room for stay in the linear memory", () => {
  const full = { ...nodeHost, copy: () => null };
  const backend = new WasmBackend(module, full, { instructionSet: "simd", budget: MB, maximumPages: 512 });
  const tensors = Array.from({ length: 8 }, (_, i) => filled(backend, new Float32Array(MB / 2).fill(i)));
  expect(tensors.map((tensor) => floats(backend, tensor, MB / 2)[99])).toEqual(tensors.map((_, i) => i));
  expect(backend.cache.evictions).toBe(0);
  expect(() => backend.allocate(20 * MB)).toThrow(MemoryError);
});

test("scratch that was evicted and released is gone", () => {
  const backend = open({ budget: MB });
  const scratch = backend.borrow(MB / 2);
  for (let i = 0; i < 8; i++) backend.allocate(MB / 2);
  expect(scratch.address).toBe(0);
  backend.release(scratch);
  expect(backend.memory().pooled).toBe(0);
  expect(() => backend.pointer(scratch)).toThrow(KernelError);
  expect(() => backend.view(scratch)).toThrow(KernelError);
});

/** A product, an elementwise kernel and a reduction: a digest of every byte of the results. */
function results(backend: WasmBackend): string {
  const random = randomly(11);
  const [m, n, k] = [190, 210, 170];
  const a = filled(
    backend,
    Float32Array.from({ length: m * k }, () => random() - 0.5),
  );
  const b = filled(
    backend,
    Float32Array.from({ length: k * n }, () => random() - 0.5),
  );
  const c = backend.allocate(m * n * 4);
  const total = backend.allocate(4);
  const pointers = [a, b, c].map((storage) => backend.pointer(storage));
  backend.kernel("gemm_f32")(...pointers, 0, m, n, k, k, n, n, 0);
  backend.kernel("exp_f32")(backend.pointer(c), backend.pointer(c), m * n);
  backend.kernel("sum_f32")(backend.pointer(c), backend.pointer(total), 1, m * n, 1);
  return `${digest(backend.view(c))} ${floats(backend, total, 1)[0]}`;
}

test.each([
  [2, true],
  [4, true],
  [2, false],
  [4, false],
])(
  "results are the same with %i threads, which do take part; the caller may sleep: %s",
  { timeout: 60_000 },
  (threads, maySleep) => {
    const alone = results(open());
    const backend = open({}, { maySleep });
    backend.setThreads(threads);
    expect(backend.threads).toBe(threads);
    // The main thread waits for no worker to come up, so the first rounds may be its own.
    const helped = () =>
      backend
        .claimedTasks()
        .slice(1)
        .some((tasks) => tasks > 0);
    for (let round = 0; round < 2000 && (round < 20 || !helped()); round++) expect(results(backend)).toEqual(alone);
    expect(helped()).toBe(true);
    backend.setThreads(1);
    const before = backend.claimedTasks();
    expect(results(backend)).toEqual(alone);
    expect(backend.claimedTasks()).toEqual(before);
  },
);

test("the number of threads has bounds", () => {
  const backend = open();
  backend.setThreads(0);
  expect(backend.threads).toBe(1);
  backend.setThreads(1000);
  expect(backend.threads).toBe(64);
});

test("a host without threads has one, whatever is asked for", () => {
  const startWorker = vi.fn();
  const backend = open({}, { mostThreads: 1, startWorker });
  backend.setThreads(4);
  backend.start();
  expect(backend.threads).toBe(1);
  expect(results(backend)).toEqual(results(open()));
  expect(startWorker).not.toHaveBeenCalled();
});

test("threads can be started before the first kernel needs them, and once", () => {
  const started: number[] = [];
  const backend = open({}, { startWorker: ({ thread }) => void started.push(thread) });
  backend.setThreads(3);
  expect(started).toEqual([]);
  backend.start();
  expect(started).toEqual([1, 2]);
  expect(results(backend)).toEqual(results(open()));
  expect(started).toEqual([1, 2]);
});

test("a task that goes wrong on any thread is an error, not a hang, and later kernels work", {
  timeout: 60_000,
}, () => {
  const count = MB;
  for (let round = 0; round < 12; round++) {
    const backend = open({}, { maySleep: round % 2 === 0 });
    backend.setThreads(2);
    const relu = backend.kernel("relu_f32");
    const x = filled(backend, new Float32Array(count).fill(-1));
    const work = () => relu(backend.pointer(x), backend.pointer(x), count);
    for (let i = 0; i < 2000 && (backend.claimedTasks()[1] ?? 0) === 0; i++) work();
    // Only the last task reads beyond the end of the memory; either thread may get it.
    const nearEnd = backend.memory().linear - count * 4 + 256;
    expect(() => relu(nearEnd, backend.pointer(x), count)).toThrow(WebAssembly.RuntimeError);
    work();
    expect(floats(backend, x, count).every((v) => v === 0)).toBe(true);
  }
});

test.each([
  ["by itself, its workers still starting", "end", "0", 0],
  ["by itself, its workers asleep or spinning", "end", "300", 0],
  ["by process.exit", "exit", "0", 7],
  ["by process.exit, its workers up", "exit", "300", 7],
])("a process ends %s, and prints nothing", { timeout: 60_000 }, (_, ending, wait, status) => {
  const child = fileURLToPath(new URL("wasm-child.ts", import.meta.url));
  const run = spawnSync(process.execPath, ["--import", "tsx", child, ending, wait], {
    encoding: "utf8",
    timeout: 60_000,
  });
  expect(run.stderr).toBe("");
  expect(run.stdout).toBe("3");
  expect(run.status).toBe(status);
});
