/** Tensors as bytes, where there are no files. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { FileError, FormatError, ValueError } from "../../src/errors.ts";
import { writeFileAtomic } from "../../src/files/atomic.browser.ts";
import { readFileBytes } from "../../src/files/read.browser.ts";
import { decodeSafetensors } from "../../src/files/safetensors.ts";
import { load, ones, save, serialize, tensor } from "../../src/index.ts";

const path = new URL("../nn/fixtures/state.safetensors", import.meta.url).pathname;

test("load takes bytes as it takes a file", () => {
  const bytes = new Uint8Array(readFileSync(path));
  const fromFile = load(path);
  expect(Object.keys(fromFile).length).toBeGreaterThan(0);
  const shared = new SharedArrayBuffer(bytes.length);
  new Uint8Array(shared).set(bytes);
  for (const source of [bytes, bytes.buffer, shared]) {
    const loaded = load(source);
    expect(Object.keys(loaded)).toEqual(Object.keys(fromFile));
    for (const [key, x] of Object.entries(fromFile)) {
      expect([loaded[key]?.dtype, loaded[key]?.toArray()], key).toEqual([x.dtype, x.toArray()]);
    }
  }
});

test("serialize gives the bytes of a file, with its metadata", () => {
  const bytes = serialize({ w: tensor([[1.5, -2]]), b: tensor([3], { dtype: "int32" }) }, { epoch: "7" });
  const { metadata } = decodeSafetensors(bytes, "bytes");
  expect(metadata).toEqual({ epoch: "7" });
  const { w, b } = load(bytes);
  expect([w?.toArray(), b?.toArray(), b?.dtype]).toEqual([[[1.5, -2]], [3], "int32"]);
});

test("what is neither path nor bytes is named, with what to do", () => {
  expect(() => load(new Blob([]) as never)).toThrow(ValueError);
  expect(() => load(new Blob([]) as never)).toThrow("got Blob; for a Blob or a response, await its arrayBuffer()");
  expect(() => load(undefined as never)).toThrow("got Undefined");
  expect(() => load(new Uint8Array(3))).toThrow(FormatError);
  expect(() => serialize(null as never)).toThrow("serialize: takes an object of tensors by key");
  expect(() => serialize({ w: 1 as never })).toThrow('serialize: "w" is no tensor but number');
});

test("in a browser paths are refused, with what to do instead", () => {
  expect(() => readFileBytes("a.safetensors")).toThrow(FileError);
  expect(() => readFileBytes("a.safetensors")).toThrow(
    'cannot read "a.safetensors": a browser has no files; fetch the bytes',
  );
  expect(() => writeFileAtomic("a.jsonl", "")).toThrow('cannot write "a.jsonl": a browser has no files');
});

test("what is wrong with metadata is said by the name of the call", () => {
  expect(() => serialize({ a: ones(1) }, { epoch: 7 } as never)).toThrow(
    'serialize: metadata "epoch" must be text; got 7',
  );
  expect(() => save({ a: ones(1) }, "a.safetensors", { epoch: 7 } as never)).toThrow(/^save: metadata "epoch"/);
});
