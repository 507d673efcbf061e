// Layers with running statistics against PyTorch's, over steps of training and in evaluation (make-batchnorm.py).
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import {
  load,
  nn,
  noGrad,
  ones,
  randn,
  ShapeError,
  serialize,
  type Tensor,
  tensor,
  ValueError,
  zeros,
} from "../../src/index.ts";

interface Pass {
  y: number[];
  dx: number[];
  dw: number[] | null;
}
interface Ran {
  shape: number[];
  steps: Pass[];
  state: Record<string, number[]>;
  eval: Pass;
}
const fixture = (name: string): URL => new URL(`fixtures/${name}`, import.meta.url);
const { layers } = JSON.parse(readFileSync(fixture("batchnorm.json"), "utf8")) as { layers: Record<string, Ran> };

type Layer = nn.Module & { weight: nn.Parameter | null; bias: nn.Parameter | null };
const MADE: Record<string, () => Layer> = {
  BatchNorm1d: () => new nn.BatchNorm1d(3),
  "BatchNorm1d of lines": () => new nn.BatchNorm1d(2, { eps: 0.01, momentum: 0.3 }),
  "BatchNorm1d averaging": () => new nn.BatchNorm1d(3, { momentum: null }),
  BatchNorm2d: () => new nn.BatchNorm2d(2),
  "BatchNorm2d plain": () => new nn.BatchNorm2d(2, { affine: false }),
  "BatchNorm2d without statistics": () => new nn.BatchNorm2d(2, { trackRunningStats: false }),
  BatchNorm3d: () => new nn.BatchNorm3d(2),
  InstanceNorm1d: () => new nn.InstanceNorm1d(2),
  InstanceNorm2d: () => new nn.InstanceNorm2d(2, { affine: true, trackRunningStats: true }),
  GroupNorm: () => new nn.GroupNorm(2, 4),
};

function numbers(shape: readonly number[], step: number): Tensor {
  const count = shape.reduce((product, size) => product * size, 1);
  const flat: Tensor = tensor(Array.from({ length: count }, (_, i) => (((i * 37 + step * 11) % 29) - 14) / 8));
  return flat.reshape(...shape);
}

function pass(layer: Layer, shape: readonly number[], step: number): Pass {
  const x = numbers(shape, step).requiresGrad_();
  layer.zeroGrad();
  const y: Tensor = layer.forward(x);
  y.backward(numbers(shape, 9));
  const flat = (t: Tensor): number[] => [...t.data()];
  return { y: flat(y), dx: flat(x.grad as Tensor), dw: layer.weight?.grad ? flat(layer.weight.grad) : null };
}

function expectClose(got: readonly number[] | null, wanted: readonly number[] | null, what: string): void {
  expect(got?.length, what).toBe(wanted?.length);
  for (const [i, value] of (wanted ?? []).entries()) {
    expect(Math.abs((got?.[i] as number) - value), `${what}, element ${i}`).toBeLessThan(2e-6 * (1 + Math.abs(value)));
  }
}

function expectPass(got: Pass, wanted: Pass, what: string): void {
  for (const part of ["y", "dx", "dw"] as const) expectClose(got[part], wanted[part], `${what}: ${part}`);
}

test("the fixture's layers are those here", () => {
  expect(Object.keys(MADE)).toEqual(Object.keys(layers));
});

test.each(Object.entries(layers))("%s", (name, { shape, steps, state, eval: last }) => {
  const layer = (MADE[name] as () => Layer)();
  noGrad(() => {
    layer.weight?.copy_(numbers(layer.weight.shape, 5));
    layer.bias?.copy_(numbers(layer.bias.shape, 6));
  });
  for (const [i, wanted] of steps.entries()) expectPass(pass(layer, shape, i), wanted, `step ${i}`);
  const own = layer.stateDict();
  expect(Object.keys(own)).toEqual(Object.keys(state));
  for (const [key, wanted] of Object.entries(state)) expectClose([...(own[key] as Tensor).data()], wanted, key);
  layer.eval();
  expectPass(pass(layer, shape, 7), last, "evaluation");
});

describe("state", () => {
  const make = (): nn.Sequential => new nn.Sequential(new nn.BatchNorm2d(2), new nn.ReLU());

  test("PyTorch's file loads, with the number of batches", () => {
    const net = make();
    net.loadStateDict(load(fileURLToPath(fixture("batchnorm.safetensors"))));
    const wanted = (layers.BatchNorm2d as Ran).state;
    expectClose([...net.getBuffer("0.running_var").data()], wanted.running_var as number[], "running_var");
    expect(net.getBuffer("0.num_batches_tracked").item()).toBe(3);
  });

  test("files hold the number of batches as I64, and give it back", () => {
    const net = make();
    for (let i = 0; i < 5; i++) (net as nn.Module).forward(randn(2, 2, 3, 3));
    const bytes = serialize(net.stateDict());
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
    expect(header["0.num_batches_tracked"]).toMatchObject({ dtype: "I64", shape: [] });
    const other = make();
    other.loadStateDict(load(bytes));
    expect(other.getBuffer("0.num_batches_tracked").item()).toBe(5);
    const [a, b] = [net.eval(), other.eval()] as nn.Module[];
    const x = randn(1, 2, 3, 3);
    expect(b?.forward(x).toArray()).toEqual(a?.forward(x).toArray());
  });

  test("buffers are no parameters, follow to another dtype, and reset", () => {
    const layer = new nn.BatchNorm2d(3);
    expect(layer.namedBuffers().map(([name]) => name)).toEqual(["running_mean", "running_var", "num_batches_tracked"]);
    expect(layer.parameters().length).toBe(2);
    layer.to("float64");
    layer.forward(ones(2, 3, 2, 2).to("float64") as Tensor);
    expect(layer.running_mean?.dtype).toBe("float64");
    expect(layer.num_batches_tracked?.dtype).toBe("int32");
    layer.resetRunningStats();
    expect([layer.running_mean?.toArray(), layer.running_var?.toArray(), layer.num_batches_tracked?.item()]).toEqual([
      [0, 0, 0],
      [1, 1, 1],
      0,
    ]);
  });

  test("evaluation changes nothing", () => {
    const layer = new nn.BatchNorm1d(2).eval();
    layer.forward(randn(4, 2));
    expect(layer.num_batches_tracked?.item()).toBe(0);
    expect(layer.running_mean?.toArray()).toEqual([0, 0]);
  });

  test("two forwards before one backward, and backward twice", () => {
    const layer = new nn.BatchNorm1d(2);
    const x = numbers([4, 2], 1).requiresGrad_();
    const loss = layer
      .forward(x)
      .square()
      .sum()
      .add(layer.forward(x.mul(2)).sum());
    loss.backward(undefined, { retainGraph: true });
    const once = [...(layer.weight!.grad as Tensor).data()];
    loss.backward();
    expectClose(
      [...(layer.weight!.grad as Tensor).data()],
      once.map((g) => 2 * g),
      "weight",
    );
  });
});

describe("errors", () => {
  const x = randn(2, 3, 4, 4) as Tensor;
  test.each<[string, () => unknown, RegExp]>([
    [
      "channels",
      () => new nn.BatchNorm2d(4).forward(x),
      /BatchNorm2d\(4\): expects \[batch, 4, height, width\], got \[2, 3, 4, 4\]/,
    ],
    [
      "rank",
      () => new nn.BatchNorm2d(3).forward(zeros(2, 3) as never),
      /expects \[batch, 3, height, width\], got \[2, 3\]/,
    ],
    ["rank of 1d", () => new nn.BatchNorm1d(3).forward(x), /expects \[batch, 3\] or \[batch, 3, length\]/],
    ["GroupNorm channels", () => new nn.GroupNorm(2, 4).forward(x), /expects \[batch, 4, …\], got \[2, 3, 4, 4\]/],
    [
      "InstanceNorm",
      () => new nn.InstanceNorm2d(4).forward(x),
      /InstanceNorm2d\(4\): expects \[batch, 4, height, width\]/,
    ],
  ])("%s", (_, run, message) => {
    expect(run).toThrow(ShapeError);
    expect(run).toThrow(message);
  });

  test.each<[string, () => unknown, RegExp]>([
    [
      "one value",
      () => new nn.BatchNorm1d(3).forward(zeros(1, 3)),
      /expected more than 1 value per channel when training, got input size \[1, 3\]/,
    ],
    ["one pixel", () => new nn.InstanceNorm2d(3).forward(zeros(2, 3, 1, 1)), /expected more than 1 value per channel/],
    ["no channels", () => new nn.BatchNorm2d(0), /numFeatures is a whole number of at least 1; got 0/],
    ["eps", () => new nn.BatchNorm2d(2, { eps: Number.NaN }), /eps is at least 0; got NaN/],
    ["momentum", () => new nn.BatchNorm2d(2, { momentum: Number.NaN }), /momentum is a finite number or null; got NaN/],
    ["groups", () => new nn.GroupNorm(2, 3), /groups share the channels equally; got 2 and 3/],
    ["no statistics", () => x.batchNorm(null, null), /without training it takes runningMean and runningVar; got null/],
    ["one statistic", () => x.batchNorm(zeros(3), null), /runningMean and runningVar, or null for both/],
    ["size", () => x.localResponseNorm(0), /size is a whole number of at least 1; got 0/],
  ])("%s", (_, run, message) => {
    expect(run).toThrow(ValueError);
    expect(run).toThrow(message);
  });

  test("tensors that do not fit", () => {
    expect(() => x.batchNorm(zeros(2), ones(2))).toThrow(/runningMean has one number a channel, \[3\]; got \[2\]/);
    expect(() => x.batchNorm(null, null, { weight: ones(3).to("float64") as Tensor, training: true })).toThrow(
      /one dtype; got float32 and float64/,
    );
    expect(() => x.groupNorm(2)).toThrow(/2 groups do not share the 3 channels of \[2, 3, 4, 4\] equally/);
    expect(() => x.to("int32").batchNorm(zeros(3), ones(3))).toThrow(/takes float32 or float64; got int32/);
    expect(() => x.rmsNorm([3])).toThrow(/expects the last sizes \[3\], got \[2, 3, 4, 4\]/);
  });
});
