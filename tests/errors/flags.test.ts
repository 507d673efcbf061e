/** Flags and options of the wrong kind, which JavaScript would take for true or leave out in silence. */
import { expect, test } from "vitest";
import { BatchSampler, SequentialSampler, WeightedRandomSampler } from "../../src/data/index.ts";
import { allclose, eye, grad, gradcheck, nn, ones, optim, type Tensor, ValueError } from "../../src/index.ts";
import { progress, ROCAUC } from "../../src/train/index.ts";
import { CIFAR10, CIFAR100, FashionMNIST, MNIST, transforms } from "../../src/vision/index.ts";

const F = nn.functional;
const x = ones(2, 3);

test.each([
  [
    "sum",
    () => x.sum(1, { keepdim: false } as unknown as false),
    /sum: keepdim is true or false, behind the axis; got \{ keepdim \}/,
  ],
  ["max", () => x.max(1, { keepDim: true } as unknown as false), /max: keepdim is true or false/],
  ["mean", () => x.mean({ dim: 1 } as never), /mean: takes an axis or a list of axes; got \{ dim \}/],
  ["add", () => x.add(x, { alfa: 2 } as never), /add: there is no option alfa; options are alpha/],
  ["add", () => x.add(x, { alpha: "2" } as never), /add: alpha is a number; got string/],
  ["eye", () => eye(2, "float64" as never), /eye: options are an object, as \{ dtype: "float64" \}; got "float64"/],
] as const)("%s", (_, run, message) => {
  expect(run).toThrow(message);
});

const leaf = (): Tensor => ones([2], { dtype: "float64", requiresGrad: true });
const w = (): nn.Parameter => new nn.Parameter(ones(2));

test.each([
  ["Linear", () => new nn.Linear(2, 2, { bias: "false" as never }), /Linear: bias is true or false; got "false"/],
  ["RNN", () => new nn.RNN(2, 2, { batchFirst: "no" as never }), /RNN: batchFirst is true or false; got "no"/],
  ["BatchNorm1d", () => new nn.BatchNorm1d(2, { affine: "no" as never }), /BatchNorm1d: affine is true or false/],
  ["SGD", () => new optim.SGD([w()], { maximize: "false" as never }), /SGD: maximize is true or false/],
  ["SGD", () => new optim.SGD([w()], { momentum: 1, nesterov: 1 as never }), /SGD: nesterov is true or false; got 1/],
  ["SGD", () => new optim.SGD([{ params: [w()], maximize: "no" as never }]), /SGD: maximize is true or false/],
  [
    "BatchSampler",
    () => new BatchSampler(new SequentialSampler([1]), 1, { dropLast: "no" as never }),
    /BatchSampler: dropLast is true or false; got "no"/,
  ],
  [
    "WeightedRandomSampler",
    () => new WeightedRandomSampler([1], 1, { replacement: 5 as never }),
    /WeightedRandomSampler: replacement is true or false; got 5/,
  ],
  [
    "allclose",
    () => allclose(x, x, { equalNan: "false" as never }),
    /allclose: equalNan is true or false; got "false"/,
  ],
  ["isclose", () => x.isclose(x, { equalNan: 1 as never }), /isclose: equalNan is true or false; got 1/],
  [
    "grad",
    () => grad(leaf().sum(), [leaf()], { allowUnused: "false" as never }),
    /grad: allowUnused is true or false; got "false"/,
  ],
  [
    "grad",
    () => grad(leaf().sum(), [leaf()], { materializeGrads: "no" as never }),
    /grad: materializeGrads is true or false; got "no"/,
  ],
  [
    "gradcheck",
    () => gradcheck((y: Tensor) => y.exp(), [leaf()], { raiseException: "false" as never }),
    /gradcheck: raiseException is true or false; got "false"/,
  ],
  [
    "RandomCrop",
    () => new transforms.RandomCrop(2, { padIfNeeded: "no" as never }),
    /RandomCrop: padIfNeeded is true or false/,
  ],
  ["progress", () => progress([1], { disable: "false" as never }), /progress: disable is true or false; got "false"/],
  ["instanceNorm", () => F.instanceNorm(ones(1, 2, 3), { useInputStats: "no" as never }), /useInputStats is true or/],
  ["ROCAUC", () => new ROCAUC({ probabilities: "no" as never }), /ROCAUC: probabilities is true or false; got "no"/],
  ["isCausal", () => F.scaledDotProductAttention(x, x, x, { isCausal: ones(2, 2) as never }), /isCausal is true or f/],
  ["layerNorm", () => F.layerNorm(x, [3], { bias: "no" as never }), /layerNorm: bias is true or false; got "no"/],
])("a flag of %s that is neither true nor false", (_, run, message) => {
  expect(run).toThrow(ValueError);
  expect(run).toThrow(message);
});

test("a bias may be a tensor where functions take one, and flags may be left open", () => {
  expect(F.layerNorm(x, [3], { bias: ones(3) }).shape).toEqual([2, 3]);
  expect(new nn.Linear(2, 2, { bias: undefined as never }).bias).not.toBeNull();
});

test.each([
  ["MNIST", () => MNIST.load({ train: "false" as never })],
  ["FashionMNIST", () => FashionMNIST.load({ train: 0 as never })],
  ["CIFAR10", () => CIFAR10.load({ train: "no" as never })],
  ["CIFAR100", () => CIFAR100.load({ coarse: "no" as never })],
])("%s: which half is true or false", async (name, load) => {
  await expect(load()).rejects.toThrow(new RegExp(`^${name}: (train|coarse) is true or false; got`));
});
