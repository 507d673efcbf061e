// What summary says of a model, and that it leaves the model as it was.
import { describe, expect, test } from "vitest";
import {
  defaultGenerator,
  ModuleError,
  manualSeed,
  nn,
  ones,
  rand,
  ShapeError,
  type Tensor,
  tensor,
} from "../../src/index.ts";

class Net extends nn.Module {
  body = new nn.Sequential(new nn.Linear(784, 500), new nn.ReLU(), new nn.Dropout(0.5));
  head = new nn.Linear(500, 10).freeze();
  declare seen: Tensor;
  constructor() {
    super();
    this.registerBuffer("seen", tensor([0]));
  }
  forward(x: Tensor): Tensor {
    this.seen.add_(1);
    return (this.head as nn.Module).forward((this.body as nn.Module).forward(x));
  }
}

describe("summary", () => {
  test("rows and totals", () => {
    const found = nn.summary(new Net(), [32, 784]);
    expect(found.rows.map(({ path, type, depth, parameters }) => [path, type, depth, parameters])).toEqual([
      ["", "Net", 0, 0],
      ["body", "Sequential", 1, 0],
      ["body.0", "Linear", 2, 392500],
      ["body.1", "ReLU", 2, 0],
      ["body.2", "Dropout", 2, 0],
      ["head", "Linear", 1, 5010],
    ]);
    expect(found.rows.map((row) => row.outputShapes[0])).toEqual(
      [[32, 10], [32, 500], [32, 500], [32, 500], [32, 500], [32, 10]], // biome-ignore format: shapes
    );
    expect([found.totalParameters, found.trainableParameters, found.frozenParameters]).toEqual([397510, 392500, 5010]);
    expect(found.parameterBytes).toBe((397510 + 1) * 4);
    expect(found.inputBytes).toBe(32 * 784 * 4);
    expect(found.forwardBytes).toBe(32 * (3 * 500 + 10) * 4);
    expect(found.forwardBackwardBytes).toBe(2 * found.forwardBytes);
  });

  test("prints a table", () => {
    const model = new nn.Sequential(new nn.Linear(4, 3), new nn.Tanh());
    expect(String(nn.summary(model, [2, 4]))).toBe(
      [
        "Layer         Output shape  Parameters",
        "--------------------------------------",
        "Sequential    [2, 3]                 -",
        "  Linear (0)  [2, 3]                15",
        "  Tanh (1)    [2, 3]                 -",
        "--------------------------------------",
        "Parameters: 15 (trainable 15, frozen 0)",
        "Memory: parameters 60 B, input 32 B, forward 48 B, forward and backward 96 B",
      ].join("\n"),
    );
  });

  test("modes, buffers, hooks, gradients and random streams stay", () => {
    const net = new Net();
    (net.body[2] as nn.Module).eval();
    net.parameters()[0]?.requiresGrad_();
    let calls = 0;
    net.registerForwardHook(() => void calls++);
    manualSeed(5);
    const state = defaultGenerator.getState().toArray();
    nn.summary(net, [1, 784]);
    expect(defaultGenerator.getState().toArray()).toEqual(state);
    expect(net.modules().map((module) => module.training)).toEqual([true, true, true, true, false, true]);
    expect(net.seen.toArray()).toEqual([0]);
    expect(net.parameters().every((p) => p.grad === null)).toBe(true);
    expect(calls).toBe(1);
    net.forward(ones(1, 784));
    expect(calls).toBe(2);
    class Failing extends nn.Module {
      drop = new nn.Dropout();
      forward(): never {
        rand(3);
        throw new RangeError("mine");
      }
    }
    const failing = new Failing();
    const before = defaultGenerator.getState().toArray();
    expect(() => nn.summary(failing, [1])).toThrow(new RangeError("mine"));
    expect(failing.drop.training).toBe(true);
    expect(defaultGenerator.getState().toArray()).toEqual(before);
  });

  test("several inputs, given tensors, other dtypes, and a layer that is called twice", () => {
    expect(nn.summary(new nn.Bilinear(2, 3, 4), [[5, 2], [5, 3]]).rows[0]?.outputShapes).toEqual([[5, 4]]); // biome-ignore format: shapes
    const words = new nn.Sequential(new nn.Embedding(10, 3), new nn.LayerNorm(3));
    expect(nn.summary(words, [2, 7], { dtype: "int32" }).rows[1]?.outputShapes).toEqual([[2, 7, 3]]);
    expect(nn.summary(words, tensor([1, 2], { dtype: "int32" })).rows[0]?.outputShapes).toEqual([[2, 3]]);
    expect(nn.summary(new nn.Linear(2, 2).to("float64"), [1, 2]).inputBytes).toBe(16);
    const layer = new nn.Linear(2, 2);
    class Twice extends nn.Module {
      layer = layer;
      forward(x: Tensor): Tensor {
        return (this.layer as nn.Module).forward((this.layer as nn.Module).forward(x));
      }
    }
    expect(nn.summary(new Twice(), [1, 2]).rows.map((row) => row.parameters)).toEqual([0, 6, 0]);
    expect(() => nn.summary(layer, "2" as never)).toThrow(ModuleError);
    expect(() => nn.summary(layer, [1, -2])).toThrow(ShapeError);
    expect(() => nn.summary(layer, [1, 3])).toThrow("Linear: expects a last size of 2, got [1, 3]");
  });
});
