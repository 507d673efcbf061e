// What optimizers do besides arithmetic: groups, gradients that are not there, options and modules that change.
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { NablaError, nn, noGrad, ones, optim, randn, type Tensor, tensor, ValueError, zeros } from "../../src/index.ts";

const parameter = (...values: number[]): nn.Parameter => new nn.Parameter(tensor(values));
const bits = (x: Tensor): string => Buffer.from(x.data().buffer).toString("hex");

test("a parameter without a gradient keeps its value and its state", () => {
  const [a, b] = [parameter(1), parameter(1)];
  const optimizer = new optim.SGD([a, b], { lr: 0.5, weightDecay: 1, momentum: 0.9 });
  a.mul(2).sum().backward();
  optimizer.step();
  expect(a.item()).toBeCloseTo(-0.5, 6);
  expect(b.item()).toBe(1);
});

test("zeroGrad sets gradients to null, so the next backward starts afresh", () => {
  const a = parameter(3);
  const optimizer = new optim.SGD([a]);
  a.mul(a).sum().backward();
  a.mul(a).sum().backward();
  expect(a.grad?.item()).toBe(12);
  optimizer.zeroGrad();
  expect(a.grad).toBeNull();
  a.mul(a).sum().backward();
  expect(a.grad?.item()).toBe(6);
});

test.each(["float32", "float64"] as const)(
  "%s: 3000 parameters step as one of 3000 elements does, bit for bit",
  (dtype) => {
    const values: Tensor = randn([3000], { dtype });
    const whole = new nn.Parameter(values.clone());
    const parts = Array.from({ length: 3000 }, (_, i) => new nn.Parameter(values.select(0, i).clone() as Tensor));
    for (const make of [
      (p: Tensor[]) => new optim.Adam(p, { amsgrad: true }),
      (p: Tensor[]) => new optim.SGD(p, { momentum: 0.9, nesterov: true }),
    ]) {
      const optimizers = [make([whole]), make(parts)];
      for (let step = 0; step < 3; step++) {
        const gradient = randn([3000], { dtype });
        whole.grad = gradient;
        for (const [i, p] of parts.entries()) p.grad = gradient.select(0, i) as Tensor;
        for (const optimizer of optimizers) optimizer.step();
      }
      expect(parts.map((p) => p.item())).toEqual([...whole.data()]);
    }
  },
);

test("momentum that is turned on later starts from the gradient, as in PyTorch", () => {
  const a = parameter(1);
  const optimizer = new optim.SGD([a], { lr: 0.1 });
  const step = (gradient: number): number => {
    a.grad = tensor([gradient]);
    optimizer.step();
    return a.item();
  };
  expect(step(1)).toBeCloseTo(0.9, 6);
  optimizer.paramGroups[0]!.momentum = 0.5;
  optimizer.paramGroups[0]!.dampening = 0.5;
  expect(step(1)).toBeCloseTo(0.8, 6); // the buffer is the whole gradient at first
  expect(step(2)).toBeCloseTo(0.65, 6); // 0.5 · 1 + 0.5 · 2
});

test("amsgrad that is turned on later starts its maximum at zero", () => {
  const a = parameter(1);
  const optimizer = new optim.Adam([a], { lr: 0.1 });
  const step = (gradient: number): number => {
    a.grad = tensor([gradient]);
    optimizer.step();
    return a.item();
  };
  step(1);
  optimizer.paramGroups[0]!.amsgrad = true;
  step(1);
  expect(step(0.001)).not.toBeNaN();
});

describe("a module that changes its dtype between steps", () => {
  test.each(["Adam", "SGD"] as const)("%s goes on in the new dtype", (kind) => {
    const run = (change: boolean): number[] => {
      const layer = new nn.Linear(3, 2);
      noGrad(() => {
        layer.weight.fill_(0.5);
        layer.bias?.fill_(0.25);
      });
      const options = kind === "SGD" ? { lr: 0.1, momentum: 0.9 } : { lr: 0.1 };
      const optimizer = new optim[kind](layer.parameters(), options as object);
      for (let step = 0; step < 6; step++) {
        if (step === 3 && change) layer.to("float64");
        const x: Tensor = tensor([[1, 2, 3]], { dtype: layer.weight.dtype });
        optimizer.zeroGrad();
        (layer.forward(x) as Tensor).square().sum().backward();
        optimizer.step();
      }
      expect(layer.weight.dtype).toBe(change ? "float64" : "float32");
      return [...layer.weight.data()];
    };
    const expected = run(false);
    for (const [i, value] of run(true).entries()) expect(value).toBeCloseTo(expected[i] as number, 4);
  });
});

describe("bad options", () => {
  const p = (): Tensor[] => [parameter(1)];
  test.each<[string, () => unknown, RegExp]>([
    ["no parameters", () => new optim.SGD([]), /SGD: got no parameters/],
    ["lr -1", () => new optim.SGD(p(), { lr: -1 }), /lr is a number of at least 0; got -1/],
    ["lr NaN", () => new optim.Adam(p(), { lr: Number.NaN }), /Adam: lr .*got NaN/],
    ["lr Infinity", () => new optim.Adam(p(), { lr: Infinity }), /Adam: lr .*got Infinity/],
    ["momentum", () => new optim.SGD(p(), { momentum: -0.5 }), /momentum .*got -0.5/],
    ["dampening", () => new optim.SGD(p(), { momentum: 0.5, dampening: Number.NaN }), /dampening .*got NaN/],
    ["nesterov", () => new optim.SGD(p(), { nesterov: true }), /nesterov needs a momentum above 0 .*got 0 and 0/],
    ["betas", () => new optim.Adam(p(), { betas: [0.9, 1] }), /betas\[1\] lies in \[0, 1\); got 1/],
    ["eps", () => new optim.Adam(p(), { eps: -1 }), /eps .*got -1/],
    ["weightDecay", () => new optim.Adam(p(), { weightDecay: -1 }), /weightDecay .*got -1/],
    ["no tensor", () => new optim.SGD([1 as unknown as Tensor]), /parameters are tensors; got number/],
    ["no list", () => new optim.SGD(new nn.Linear(1, 1) as unknown as Tensor[]), /model\.parameters\(\)/],
    ["int", () => new optim.SGD([zeros([2], { dtype: "int32" })]), /float32 or float64; got int32/],
    ["computed", () => new optim.SGD([parameter(1).mul(2)]), /computed tensor \[1\] cannot be trained/],
    ["group of another's option", () => new optim.SGD([{ params: p(), lr: -2 }]), /lr .*got -2/],
  ])("%s", (_, make, message) => {
    expect(make).toThrow(message);
    expect(make).toThrow(NablaError);
  });

  test("twice the same parameter", () => {
    const a = parameter(1);
    expect(() => new optim.SGD([a, a])).toThrow(ValueError);
    expect(() => new optim.SGD([{ params: [a] }, { params: [a] }])).toThrow(/\[1\] is listed twice/);
  });

  test("undefined means the default", () => {
    const a = parameter(1);
    const optimizer = new optim.SGD([a], { lr: 1, momentum: undefined, dampening: undefined });
    a.grad = tensor([1]);
    optimizer.step();
    expect(a.item()).toBe(0);
  });
});

test("steps of Adam and SGD are the same from run to run", () => {
  const run = (): string => {
    const a = new nn.Parameter(tensor(Array.from({ length: 70000 }, (_, i) => Math.sin(i))));
    const optimizer = new optim.Adam([a]);
    for (let i = 0; i < 3; i++) {
      optimizer.zeroGrad();
      a.square().sum().backward();
      optimizer.step();
    }
    return bits(a);
  };
  expect(run()).toBe(run());
});

test("an optimizer prints its groups as PyTorch does, with nabla's names", () => {
  const [p, q] = [new nn.Parameter(ones(2)), new nn.Parameter(ones(2))];
  const adam = new optim.Adam([{ params: [p] }, { params: [q], lr: 0.5 }], { lr: 0.1 });
  const options = (lr: number): string =>
    `    amsgrad: false\n    betas: [0.9,0.999]\n    decoupledWeightDecay: false\n    eps: 1e-8\n    lr: ${lr}\n    maximize: false\n    weightDecay: 0\n`;
  expect(String(adam)).toBe(`Adam (\nParameter Group 0\n${options(0.1)}\nParameter Group 1\n${options(0.5)})`);
  expect(inspect(adam)).toBe(String(adam));
});
