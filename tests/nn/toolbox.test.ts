/** Backward hooks, members put in by name, dtypes of modules, samples of classes: against values of PyTorch 2.15. */
import { describe, expect, test } from "vitest";
import {
  ModuleError,
  manualSeed,
  nn,
  ones,
  randint,
  randn,
  ShapeError,
  type Tensor,
  tensor,
  ValueError,
} from "../../src/index.ts";

const F = nn.functional;

/** Numbers of nested arrays to 5 digits. */
function rounded(value: unknown): unknown {
  return Array.isArray(value) ? value.map(rounded) : Number((value as number).toPrecision(5));
}

const linear = (): nn.Linear<2, 2> => {
  const layer = new nn.Linear(2, 2);
  layer.loadStateDict({
    weight: tensor([
      [1, 2],
      [3, 4],
    ]),
    bias: tensor([0, 0]),
  });
  return layer;
};

describe("registerFullBackwardHook", () => {
  test("sees both gradients, and replaces that of the input", () => {
    const layer = linear();
    const seen: unknown[] = [];
    const remove = layer.registerFullBackwardHook((module, [gradInput], [gradOutput]) => {
      seen.push(module === layer, gradInput?.toArray(), gradOutput?.toArray());
      return gradInput?.mul(10);
    });
    const x = tensor([[1, 1]], { requiresGrad: true });
    layer
      .forward(x)
      .mul(tensor([1, 2]))
      .sum()
      .backward();
    expect(seen).toEqual([true, [[7, 10]], [[1, 2]]]);
    expect(x.grad?.toArray()).toEqual([[70, 100]]);
    expect(layer.weight.grad?.toArray()).toEqual([
      [1, 1],
      [2, 2],
    ]);
    remove();
    layer.forward(x).sum().backward();
    expect(seen).toHaveLength(3);
  });

  test("runs for an input without a gradient, which is null", () => {
    const layer = linear();
    const seen: unknown[] = [];
    layer.registerFullBackwardHook((_, gradInput, [g]) => void seen.push(gradInput, g?.toArray()));
    layer.forward(ones(1, 2)).sum().backward();
    expect(seen).toEqual([[null], [[1, 1]]]);
  });

  test("sees the gradients of several inputs together", () => {
    const layer = new nn.Bilinear(1, 1, 1, { bias: false });
    nn.init.constant_(layer.weight, 2);
    const seen: unknown[] = [];
    layer.registerFullBackwardHook((_, gradInput) => void seen.push(gradInput.map((g) => g?.item())));
    const [p, q] = [tensor([[3]], { requiresGrad: true }), tensor([[5]], { requiresGrad: true })];
    layer.forward(p, q).sum().backward();
    expect(seen).toEqual([[10, 6]]);
    expect([p.grad?.item(), q.grad?.item()]).toEqual([10, 6]);
  });

  test("sees the gradients of several outputs", () => {
    const layer = new nn.GRU(2, 3);
    let seen: readonly (Tensor | null)[] = [];
    layer.registerFullBackwardHook((_, __, gradOutput) => {
      seen = gradOutput;
    });
    const [output, hidden] = layer.forward(randn(4, 1, 2));
    output.sum().add(hidden.sum()).backward();
    expect(seen.map((g) => g?.shape)).toEqual([
      [4, 1, 3],
      [1, 1, 3],
    ]);
  });

  test("takes functions only", () => {
    expect(() => linear().registerFullBackwardHook(3 as never)).toThrow(
      "registerFullBackwardHook: takes a function; got number",
    );
  });
});

describe("members by name", () => {
  test("addModule and registerParameter are found and saved", () => {
    const net = new nn.Identity();
    net.addModule("fc", new nn.Linear(2, 1, { bias: false }));
    net.registerParameter("scale", new nn.Parameter(ones(3)));
    expect(
      net
        .namedParameters()
        .map(([name]) => name)
        .sort(),
    ).toEqual(["fc.weight", "scale"]);
    net.addModule("fc", new nn.ReLU());
    expect(net.namedParameters().map(([name]) => name)).toEqual(["scale"]);
  });

  test.each([
    ["a tensor as a module", () => new nn.Identity().addModule("a", ones(2) as never), 'addModule: "a" is a Module;'],
    ["a method's name", () => new nn.Identity().addModule("forward", new nn.ReLU()), "is a member of Identity"],
    ["no name", () => new nn.Identity().addModule("", new nn.ReLU()), "cannot be a name"],
    ["a tensor as a parameter", () => new nn.Identity().registerParameter("w", ones(2) as never), "is a Parameter;"],
  ] as const)("%s", (_, run, message) => {
    expect(run).toThrow(ModuleError);
    expect(run).toThrow(message);
  });
});

test("double, float and cpu", () => {
  const net = new nn.Sequential(new nn.Linear(2, 2), new nn.BatchNorm1d(2));
  expect(net.double().cpu()).toBe(net);
  expect(net.parameters().map((p) => p.dtype)).toEqual(new Array(4).fill("float64"));
  expect(net.getBuffer("1.num_batches_tracked").dtype).toBe("int32");
  expect(net.float().forward(ones(3, 2)).dtype).toBe("float32");
});

test("weights of losses have PyTorch's keys", () => {
  const loss = new nn.BCEWithLogitsLoss({ posWeight: ones(2) });
  expect(Object.keys(loss.stateDict())).toEqual(["pos_weight"]);
  loss.loadStateDict({ pos_weight: tensor([2, 2]) });
  expect(loss.forward(tensor([0, 0]), tensor([1, 1])).item()).toBeCloseTo(2 * Math.LN2);
  expect(Object.keys(new nn.MultiMarginLoss({ weight: ones(2) }).stateDict())).toEqual(["weight"]);
});

describe("gumbelSoftmax", () => {
  const logits = (): Tensor =>
    tensor(
      [
        [1, 2, 0.5],
        [0, -1, 3],
      ],
      { requiresGrad: true },
    );

  test("soft samples", () => {
    manualSeed(777);
    expect(rounded(F.gumbelSoftmax(logits(), { tau: 0.7 }).toArray())).toEqual([
      [0.014378, 0.45828, 0.52734],
      [0.0040446, 0.0021193, 0.99384],
    ]);
  });

  test("hard samples with soft gradients", () => {
    manualSeed(777);
    const x = logits();
    const y = F.gumbelSoftmax(x, { hard: true, dim: 0 });
    expect(rounded(y.toArray())).toEqual([
      [1, 1, 1],
      [0, 0, 0],
    ]);
    y.mul(
      tensor([
        [1, 2, 3],
        [4, 5, 6],
      ]),
    )
      .sum()
      .backward();
    expect(rounded(x.grad?.at(0).toArray())).toEqual([-0.47773, -0.040805, -0.74926]);
  });

  test("a temperature of 0", () => {
    expect(() => F.gumbelSoftmax(logits(), { tau: 0 })).toThrow("gumbelSoftmax: tau is a number above 0; got 0");
  });
});

test("functional forms are there by their names in PyTorch", () => {
  expect(F.conv2d(ones(1, 1, 3, 3), ones(1, 1, 3, 3)).item()).toBe(9);
  expect(F.maxPool2d(ones(1, 4, 4), 2).shape).toEqual([1, 2, 2]);
  expect(F.softmin(tensor([0, 0]), 0).toArray()).toEqual([0.5, 0.5]);
  expect(F.oneHot(tensor([1], { dtype: "int32" }), 2).toArray()).toEqual([[0, 1]]);
});

describe("pooling with places", () => {
  test("returnIndices gives an object", () => {
    const pool = new nn.MaxPool2d(2, { returnIndices: true });
    const { values, indices } = pool.forward(
      tensor([
        [
          [1, 3, 0, 0],
          [2, 5, 1, 0],
        ],
      ]),
    );
    expect([values.toArray(), indices.toArray()]).toEqual([[[[5, 1]]], [[[5, 6]]]]);
    expect(String(new nn.MaxUnpool2d(2))).toBe("MaxUnpool2d(kernelSize=[2, 2], stride=[2, 2], padding=[0, 0])");
    expect(new nn.MaxUnpool2d(2).forward(values, indices).shape).toEqual([1, 2, 4]);
  });

  test.each([
    [() => new nn.MaxPool1d(2, { returnIndices: 1 as never }), ValueError, "MaxPool1d: returnIndices is true or false"],
    [() => F.maxUnpool1d(ones(1, 2), tensor([[0]], { dtype: "int32" }), 2), ShapeError, "x and indices are both"],
    [
      () => F.maxUnpool1d(ones(1, 1), tensor([[9]], { dtype: "int32" }), 2),
      Error,
      "maxUnpool1d: index 9 at position [0, 0] is out of range for size 2",
    ],
  ] as const)("%s", (run, type, message) => {
    expect(run).toThrow(type);
    expect(run).toThrow(message);
  });
});

test("randint with the upper bound alone, and options", () => {
  manualSeed(1);
  const first = randint(10, [3, 2]);
  manualSeed(1);
  expect(randint(0, 10, [3, 2]).equal(first)).toBe(true);
  expect(randint(5, [2], { dtype: "float64" }).dtype).toBe("float64");
  expect(() => randint(5, [2], { type: "int32" } as never)).toThrow("randint: there is no option type");
});
