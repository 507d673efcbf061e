// Nested values in one file.
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import {
  FileError,
  FormatError,
  load,
  loadCheckpoint,
  NablaError,
  nn,
  ones,
  optim,
  save,
  saveCheckpoint,
  type Tensor,
  tensor,
} from "../../src/index.ts";

const folder = mkdtempSync(join(tmpdir(), "nabla-checkpoint-"));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, "checkpoint.safetensors");

test("everything comes back as it was", () => {
  const value = {
    numbers: [1, -0, 0.1, Infinity, -Infinity, Number.NaN, 2 ** 53],
    text: 'a "b" ∇\n',
    nothing: null,
    truth: [true, false],
    nested: { deep: [{ deeper: "x" }], empty: {}, none: [] },
    tensors: [tensor([1.5, -2]), tensor([[1, 2]], { dtype: "int32" }), tensor(3, { dtype: "float64" }), ones([0, 2])],
    mask: tensor([true, false]),
  };
  saveCheckpoint(value, path);
  const found = loadCheckpoint<typeof value>(path);
  const { tensors, mask, ...plain } = value;
  expect(found).toMatchObject(plain);
  expect(Object.is(found.numbers[1], -0)).toBe(true);
  for (const [i, x] of [...tensors, mask].entries()) {
    const y: Tensor = [...found.tensors, found.mask][i] as Tensor;
    expect([y.dtype, y.shape, y.toArray()]).toEqual([x.dtype, x.shape, x.toArray()]);
  }
});

test("undefined is left out", () => {
  saveCheckpoint({ a: undefined, b: 1 }, path);
  expect(Object.keys(loadCheckpoint(path))).toEqual(["b"]);
});

test("tensors are stored by their path, for other programs", () => {
  const model = new nn.Linear(2, 1);
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.1, momentum: 0.9 });
  model.forward(ones(3, 2)).sum().backward();
  optimizer.step();
  saveCheckpoint({ model: model.stateDict(), optimizer: optimizer.stateDict() }, path);
  expect(Object.keys(load(path)).sort()).toEqual([
    "model.bias",
    "model.weight",
    "optimizer.state.0.momentum_buffer",
    "optimizer.state.1.momentum_buffer",
  ]);
});

test("paths that read alike do not collide", () => {
  const value = { a: { "b.c": tensor([1]) }, "a.b": { c: tensor([2]) } };
  saveCheckpoint(value, path);
  const found = loadCheckpoint<typeof value>(path);
  expect([found.a["b.c"].item(), found["a.b"].c.item()]).toEqual([1, 2]);
});

test("a file is replaced as a whole, and nothing else is left in its folder", () => {
  saveCheckpoint({ epoch: 1 }, path);
  expect(() => saveCheckpoint({ epoch: new Map() }, path)).toThrow();
  expect(loadCheckpoint(path)).toEqual({ epoch: 1 });
  expect(readdirSync(folder)).toEqual(["checkpoint.safetensors"]);
});

describe("errors", () => {
  const other = join(folder, "tensors.safetensors");
  const circle: Record<string, unknown> = { twice: [1] };
  circle.inner = [{ circle }];
  test.each<[string, () => unknown, RegExp]>([
    [
      "a module",
      () => saveCheckpoint({ model: new nn.Linear(1, 1) }, path),
      /got Linear at model; pass model.stateDict/,
    ],
    ["a function", () => saveCheckpoint({ a: [() => 1] }, path), /got function at a\.0/],
    ["a reserved key", () => saveCheckpoint({ $tensor: "x" }, path), /key \$tensor is reserved/],
    ["an object in itself", () => saveCheckpoint(circle, path), /cannot hold itself; got it again at inner\.0\.circle/],
    [
      "no object",
      () => saveCheckpoint(undefined as never, path),
      /takes an object; got undefined; it stands first, as in saveCheckpoint\(\{ epoch: 3 \}, path\)/,
    ],
    ["no file", () => loadCheckpoint(join(folder, "none")), /cannot read .*none/],
  ])("%s", (_, call, message) => {
    expect(call).toThrow(message);
    expect(call).toThrow(NablaError);
  });

  test("a file of tensors alone", () => {
    save({ a: ones(1) }, other);
    expect(() => loadCheckpoint(other)).toThrow(/tensors alone; read it with load\(\)/);
    expect(() => loadCheckpoint(other)).toThrow(FormatError);
    rmSync(other);
    expect(() => loadCheckpoint(other)).toThrow(FileError);
  });

  test("metadata that are no JSON, or name a tensor that is not there", () => {
    save({ a: ones(1) }, other, { "nabla.checkpoint": "{" });
    expect(() => loadCheckpoint(other)).toThrow(/metadata are no JSON/);
    save({ a: ones(1) }, other, { "nabla.checkpoint": '{"x":{"$tensor":"b"}}' });
    expect(() => loadCheckpoint(other)).toThrow(/there is no tensor "b"/);
  });
});

test("one object at two places is no circle", () => {
  const both = [1, tensor([2])];
  saveCheckpoint({ a: both, b: { both } }, path);
  const read = loadCheckpoint<{ a: [number, Tensor]; b: { both: [number, Tensor] } }>(path);
  expect(read.b.both[0]).toBe(1);
  expect(read.b.both[1].toArray()).toEqual([2]);
});
