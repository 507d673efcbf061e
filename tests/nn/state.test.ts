// State dicts: loading all or nothing, and files that travel to PyTorch and back.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  FileError,
  load,
  manualSeed,
  nn,
  ones,
  StateDictError,
  save,
  type Tensor,
  tensor,
  zeros,
} from "../../src/index.ts";

const make = (): nn.Sequential =>
  new nn.Sequential(new nn.Linear(2, 3), new nn.Tanh(), new nn.Linear(3, 1, { bias: false }));
const values = (module: nn.Module): unknown =>
  Object.fromEntries(Object.entries(module.stateDict()).map(([key, x]) => [key, x.toArray()]));

describe("stateDict", () => {
  test("shares the module's memory, outside the graph", () => {
    const net = make();
    const state = net.stateDict();
    expect(Object.keys(state)).toEqual(["0.weight", "0.bias", "2.weight"]);
    expect(Object.values(state).map((x) => x.requiresGrad)).toEqual([false, false, false]);
    state["0.bias"]?.fill_(7);
    expect((net[0] as nn.Linear).bias?.toArray()).toEqual([7, 7, 7]);
  });

  test("loads into another module: same values, own memory", () => {
    const [a, b] = [make(), make()];
    expect(values(a)).not.toEqual(values(b));
    expect(b.loadStateDict(a.stateDict())).toEqual({ missing: [], unexpected: [] });
    expect(values(b)).toEqual(values(a));
    a.stateDict()["0.bias"]?.fill_(1);
    expect(values(b)).not.toEqual(values(a));
  });

  test("converts dtypes", () => {
    const [net, wide] = [make(), make().to("float64")];
    net.loadStateDict(wide.stateDict());
    expect(net.parameters().map((p) => p.dtype)).toEqual(["float32", "float32", "float32"]);
    expect(values(net)).toEqual(values(wide));
  });

  test("loading counts as a change: a graph made before cannot run backward", () => {
    const net = make();
    const loss = (net as nn.Module).forward(ones(1, 2)).sum();
    net.loadStateDict(make().stateDict());
    expect(() => loss.backward()).toThrow(/changed in place/);
  });
});

describe("a state that does not fit", () => {
  const state = (): Record<string, Tensor> => ({ ...make().stateDict() });

  test("lists everything that is wrong and loads nothing", () => {
    const net = make();
    const before = values(net);
    const wrong = state();
    delete wrong["0.bias"];
    wrong["2.weight"] = zeros(1, 4);
    wrong["3.weight"] = zeros(1);
    let message = "";
    try {
      net.loadStateDict(wrong);
    } catch (error) {
      expect(error).toBeInstanceOf(StateDictError);
      message = (error as Error).message;
    }
    expect(message).toBe(
      "loadStateDict: does not fit Sequential: 2.weight is [1, 3] in the module and [1, 4] in the state; " +
        "missing 0.bias; unexpected 3.weight; nothing was loaded",
    );
    expect(values(net)).toEqual(before);
  });

  test("strict: false leaves out what is missing or unexpected, and says so", () => {
    const net = make();
    const given = state();
    delete given["0.bias"];
    given.more = zeros(1);
    const bias = (net[0] as nn.Linear).bias?.toArray();
    expect(net.loadStateDict(given, { strict: false })).toEqual({ missing: ["0.bias"], unexpected: ["more"] });
    expect((net[0] as nn.Linear).bias?.toArray()).toEqual(bias);
    expect((net[0] as nn.Linear).weight.toArray()).toEqual(given["0.weight"]?.toArray());
  });

  test("strict: false still refuses other shapes", () => {
    const net = make();
    const before = values(net);
    expect(() => net.loadStateDict({ ...state(), "0.bias": zeros(4) }, { strict: false })).toThrow(StateDictError);
    expect(values(net)).toEqual(before);
  });

  test("what is no tensor, and no state at all", () => {
    expect(() => make().loadStateDict({ ...state(), "0.bias": [1, 2, 3] as never })).toThrow(
      /0\.bias is no tensor but object/,
    );
    expect(() => make().loadStateDict(null as never)).toThrow(/takes an object of tensors by key; got null/);
    expect(() => make().loadStateDict(new Map() as never)).toThrow(/missing 0\.weight/);
  });
});

describe("files", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "nabla-state-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("save and load, bit for bit", () => {
    const [a, b] = [make(), make()];
    const path = join(folder, "model.safetensors");
    save(a.stateDict(), path);
    b.loadStateDict(load(path));
    expect(values(b)).toEqual(values(a));
  });

  test("every dtype and odd shapes, views included", () => {
    const path = join(folder, "all.safetensors");
    const matrix: Tensor = tensor([[1.5, 2], [3, Number.NaN], [-0, Infinity]]); // biome-ignore format: a matrix
    const tensors: Record<string, Tensor> = {
      scalar: tensor(2.5),
      empty: zeros(0, 3),
      transposed: matrix.t(),
      row: matrix.select(0, 1),
      double: tensor([Math.PI], { dtype: "float64" }),
      int: tensor([-5, 2 ** 31 - 1], { dtype: "int32" }),
      bytes: tensor(new Uint8Array([0, 255])),
      bool: tensor([true, false]),
    };
    save(tensors, path);
    const loaded = load(path);
    expect(Object.keys(loaded).sort()).toEqual(Object.keys(tensors).sort());
    for (const [key, x] of Object.entries(tensors)) {
      expect([loaded[key]?.dtype, loaded[key]?.shape], key).toEqual([x.dtype, x.shape]);
      expect(Buffer.from(loaded[key]?.data().buffer as ArrayBuffer).equals(Buffer.from(x.data().buffer)), key).toBe(
        true,
      );
    }
  });

  test("a file that PyTorch wrote, with the values that PyTorch computes (make-state.py)", () => {
    const net = make();
    net.loadStateDict(load(fileURLToPath(new URL("fixtures/state.safetensors", import.meta.url))));
    const y = (net as nn.Module).forward(tensor([[0.5, -1], [2, 0.25]])) as Tensor; // biome-ignore format: a matrix
    expect(y.shape).toEqual([2, 1]);
    const [first, second] = y.data() as Float32Array;
    expect(first).toBeCloseTo(1.6094249486923218, 6);
    expect(second).toBeCloseTo(0.4913405776023865, 6);
    // The weights are the first draws of seed 777, so they are known without the file too.
    manualSeed(777);
    const weight: Tensor = zeros(3, 2);
    expect((net[0] as nn.Linear).weight.toArray()).toEqual(weight.normal_().toArray());
  });

  test("a file that cannot be read or written is an error that names it", () => {
    expect(() => load(join(folder, "none.safetensors"))).toThrow(FileError);
    expect(() => load(join(folder, "none.safetensors"))).toThrow(/none\.safetensors/);
    expect(() => save(make().stateDict(), join(folder, "model.safetensors", "inside"))).toThrow(FileError);
    expect(() => save({ a: 5 as never }, join(folder, "x"))).toThrow(/save: "a" is no tensor but number/);
  });
});
