// What a module owns and says of itself: field walking, keys, modes, dtypes, printing, and paths in errors.
import { describe, expect, test } from "vitest";
import {
  DTypeError,
  GradError,
  ModuleError,
  nn,
  noGrad,
  ones,
  optim,
  ShapeError,
  type Tensor,
  tensor,
  ValueError,
  zeros,
} from "../../src/index.ts";

const names = (module: nn.Module): string[] => module.namedParameters().map(([name]) => name);

class Net extends nn.Module {
  fc1: nn.Linear = new nn.Linear(4, 3);
  fc2: nn.Linear = new nn.Linear(3, 2, { bias: false });
  forward(x: Tensor): Tensor {
    return this.fc2.forward(this.fc1.forward(x));
  }
}

describe("fields", () => {
  test("parameters in the order of the fields, by PyTorch's keys", () => {
    expect(names(new Net())).toEqual(["fc1.weight", "fc1.bias", "fc2.weight"]);
  });

  test("arrays, Maps and plain objects are walked, nested ones too", () => {
    class Lists extends nn.Module {
      layers = [new nn.Linear(2, 2), [new nn.Linear(2, 2)]];
      byName = new Map<string, nn.Module>([
        ["first", new nn.Linear(2, 2, { bias: false })],
        ["second", new nn.Sequential(new nn.Linear(2, 2, { bias: false }))],
      ]);
      table = {
        scales: [new nn.Parameter(ones(1)), new nn.Parameter(ones(1))],
        inner: { deep: new nn.Parameter(ones(1)) },
      };
      forward(x: Tensor): Tensor {
        return x;
      }
    }
    const found = names(new Lists());
    expect(found).toEqual(expect.arrayContaining(["layers.0.weight", "layers.1.0.bias", "byName.first.weight"]));
    expect(found).toEqual(expect.arrayContaining(["byName.second.0.weight", "table.scales.1", "table.inner.deep"]));
    expect(found).toHaveLength(9);
  });

  test("plain tensors are neither trained nor saved; registered buffers are saved", () => {
    class Stats extends nn.Module {
      plain: Tensor = ones(2);
      declare running_mean: Tensor;
      declare scratch: Tensor;
      constructor() {
        super();
        this.registerBuffer("running_mean", zeros(2));
        this.registerBuffer("scratch", zeros(2), { persistent: false });
      }
      forward(x: Tensor): Tensor {
        return x.sub(this.running_mean);
      }
    }
    const stats = new Stats();
    expect(stats.parameters()).toEqual([]);
    expect(Object.keys(stats.stateDict())).toEqual(["running_mean"]);
    expect(stats.namedBuffers().map(([name]) => name)).toEqual(["running_mean", "scratch"]);
    expect(() => stats.registerBuffer("forward", zeros(1))).toThrow(ModuleError);
    expect(() => stats.registerBuffer("forward", zeros(1))).toThrow(/Stats already has a member "forward"/);
    expect(() => stats.registerBuffer("x", 3 as never)).toThrow(/"x" is a tensor; got number/);
    stats.registerBuffer("running_mean", ones(2));
    expect(stats.running_mean.toArray()).toEqual([1, 1]);
  });

  test("layers added and replaced after construction count", () => {
    const net = new Net();
    net.fc2 = new nn.Linear(3, 7);
    (net as unknown as Record<string, unknown>).extra = new nn.Linear(1, 1);
    expect(names(net)).toEqual(["fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias", "extra.weight", "extra.bias"]);
  });

  test("a shared module trains once and is saved under each of its names, as in PyTorch", () => {
    class Tied extends nn.Module {
      encoder: nn.Linear = new nn.Linear(2, 2);
      decoder: nn.Linear = this.encoder;
      forward(x: Tensor): Tensor {
        return this.decoder.forward(this.encoder.forward(x));
      }
    }
    const tied = new Tied();
    expect(names(tied)).toEqual(["encoder.weight", "encoder.bias"]);
    expect(Object.keys(tied.stateDict())).toEqual(["encoder.weight", "encoder.bias", "decoder.weight", "decoder.bias"]);
    expect(tied.namedModules().map(([name]) => name)).toEqual(["", "encoder"]);
    tied.loadStateDict(new Tied().stateDict());
  });

  test("a shared parameter trains once and is saved twice", () => {
    const net = new Net() as Net & { tied?: nn.Parameter };
    net.tied = net.fc1.weight;
    expect(net.parameters()).toHaveLength(3);
    expect(Object.keys(net.stateDict())).toContain("tied");
  });

  test("cycles end: a child that knows its parent", () => {
    class Child extends nn.Module {
      parent: nn.Module | null = null;
      fc: nn.Linear = new nn.Linear(1, 1);
      forward(x: Tensor): Tensor {
        return this.fc.forward(x);
      }
    }
    class Parent extends nn.Module {
      child: Child = new Child();
      self: unknown[] = [];
      forward(x: Tensor): Tensor {
        return this.child.forward(x);
      }
    }
    const parent = new Parent();
    parent.child.parent = parent;
    parent.self.push(parent.self, parent);
    expect(names(parent)).toEqual(["child.fc.weight", "child.fc.bias"]);
    expect(Object.keys(parent.stateDict())).toEqual(["child.fc.weight", "child.fc.bias"]);
    expect(parent.train(false).child.fc.training).toBe(false);
    expect(String(parent)).toContain("(fc): Linear(inFeatures=1, outFeatures=1, bias=true)");
    expect(parent.forward(ones(2, 1)).shape).toEqual([2, 1]);
  });

  test("children and namedModules", () => {
    const net = new nn.Sequential(new Net(), new nn.ReLU());
    expect(net.children().map((child) => child.constructor.name)).toEqual(["Net", "ReLU"]);
    expect(net.namedModules().map(([name]) => name)).toEqual(["", "0", "0.fc1", "0.fc2", "1"]);
  });
});

describe("#private fields", () => {
  class Hidden extends nn.Module {
    readonly #fc = new nn.Linear(2, 1);
    shown: nn.Linear = new nn.Linear(2, 2);
    forward(x: Tensor): Tensor {
      return this.#fc.forward(this.shown.forward(x));
    }
    hidden(): nn.Linear {
      return this.#fc;
    }
  }

  test("a gradient that reaches a parameter nobody lists is an error that names it", () => {
    const net = new Hidden();
    expect(names(net)).toEqual(["shown.weight", "shown.bias"]);
    const loss = net.forward(ones(3, 2)).sum();
    expect(() => loss.backward()).toThrow(GradError);
    expect(() => net.forward(ones(3, 2)).sum().backward()).toThrow(
      /a gradient reached Linear\.(weight \[1, 2\]|bias \[1\]), .*public field of Hidden \(a #private field cannot be seen\)/,
    );
  });

  test("an optimizer that lists it makes it good", () => {
    const net = new Hidden();
    new optim.SGD([...net.parameters(), ...net.hidden().parameters()]);
    net.forward(ones(3, 2)).sum().backward();
    expect(net.hidden().weight.grad?.shape).toEqual([1, 2]);
  });

  test("evaluation alone is fine", () => {
    expect(noGrad(() => new Hidden().forward(ones(3, 2))).shape).toEqual([3, 1]);
  });

  test("a layer of its own, outside any module, trains", () => {
    const layer = new nn.Linear(2, 1);
    (layer.forward(ones(3, 2)) as Tensor).sum().backward();
    expect(layer.weight.grad?.toArray()).toEqual([[3, 3]]);
  });
});

describe("modes, gradients and dtypes", () => {
  test("train and eval reach every module", () => {
    const net = new nn.Sequential(new nn.Dropout(0.9), new nn.Sequential(new nn.Dropout(0.9)));
    expect(net.eval()).toBe(net);
    expect(net.namedModules().map(([, module]) => module.training)).toEqual([false, false, false, false]);
    expect((net as nn.Module).forward(ones(50)).toArray()).toEqual(ones(50).toArray());
    net.train();
    expect((net as nn.Module).forward(ones(50)).toArray()).not.toEqual(ones(50).toArray());
  });

  test("zeroGrad and requiresGrad_", () => {
    const net = new Net();
    net.forward(ones(1, 4)).sum().backward();
    expect(net.parameters().every((p) => p.grad !== null)).toBe(true);
    net.zeroGrad();
    expect(net.parameters().every((p) => p.grad === null)).toBe(true);
    net.requiresGrad_(false);
    expect(net.forward(ones(1, 4)).requiresGrad).toBe(false);
    net.fc2.requiresGrad_();
    net.forward(ones(1, 4)).sum().backward();
    expect([net.fc1.weight.grad, net.fc2.weight.grad?.shape]).toEqual([null, [2, 3]]);
  });

  test("to another dtype keeps the same Parameter objects, their values, and drops gradients", () => {
    const net = new Net();
    const before = net.parameters();
    const values = before.map((p) => p.toArray());
    net.forward(ones(1, 4)).sum().backward();
    expect(net.to("float64")).toBe(net);
    expect(net.parameters()).toEqual(before);
    expect(before.map((p) => [p.dtype, p.grad])).toEqual(before.map(() => ["float64", null]));
    expect(before.map((p) => p.toArray())).toEqual(values);
    expect(net.forward(ones([1, 4], { dtype: "float64" })).dtype).toBe("float64");
    expect(() => net.forward(ones(1, 4))).toThrow(/Linear fc1: .* one dtype; got float32, float64/);
    expect(() => net.to("int32")).toThrow(/Module\.to: parameters are float32 or float64; got int32/);
    expect(net.to("cpu")).toBe(net);
    expect(() => net.to("cuda")).toThrow(/there is no device "cuda"; this machine has cpu/);
  });

  test("to another dtype between forward and backward is an error, never gradients of two dtypes", () => {
    for (const [from, to] of [
      ["float32", "float64"],
      ["float64", "float32"],
    ] as const) {
      // biome-ignore format: pairs
      const net = new Net().to(from);
      const loss = net.forward(ones([2, 4], { dtype: from })).sum();
      net.to(to);
      expect(() => loss.backward()).toThrow(GradError);
      const p = new nn.Parameter(ones([2], { dtype: from }));
      const holder = new nn.Sequential();
      (holder as unknown as Record<string, unknown>).p = p;
      const sum = p.add(1).sum();
      holder.to(to);
      expect(() => sum.backward()).toThrow(new RegExp(`was ${from} when it was used and is ${to} since`));
      expect(p.grad).toBeNull();
    }
  });

  test("Parameter takes float tensors only", () => {
    expect(() => new nn.Parameter(ones([2], { dtype: "int32" }))).toThrow(DTypeError);
    expect(() => new nn.Parameter([1, 2] as never)).toThrow(/Parameter: takes a tensor; got/);
    expect(new nn.Parameter(ones(2), { requiresGrad: false }).requiresGrad).toBe(false);
    expect(new nn.Parameter(ones(2)).requiresGrad).toBe(true);
  });
});

describe("printing", () => {
  test("as PyTorch does, nested modules indented", () => {
    const net = new nn.Sequential(
      new nn.Linear(784, 500),
      new nn.ReLU(),
      new nn.Sequential(new nn.Dropout(0.2), new nn.Softmax(1)),
      new nn.Linear(500, 10, { bias: false }),
    );
    expect(String(net)).toBe(
      [
        "Sequential(",
        "  (0): Linear(inFeatures=784, outFeatures=500, bias=true)",
        "  (1): ReLU()",
        "  (2): Sequential(",
        "    (0): Dropout(p=0.2)",
        "    (1): Softmax(dim=1)",
        "  )",
        "  (3): Linear(inFeatures=500, outFeatures=10, bias=false)",
        ")",
      ].join("\n"),
    );
    expect(String(new nn.Flatten())).toBe("Flatten(start=1, end=-1)");
  });
});

describe("paths in errors", () => {
  class Block extends nn.Module {
    layers = [new nn.Linear(3, 3), new nn.Linear(4, 3)];
    forward(x: Tensor): Tensor {
      return this.layers.reduce((y, layer) => layer.forward(y) as Tensor, x);
    }
  }
  class Deep extends nn.Module {
    stem: nn.Linear = new nn.Linear(5, 3);
    body: nn.Sequential = new nn.Sequential(new nn.ReLU(), new Block());
    forward(x: Tensor): Tensor {
      return (this.body as nn.Module).forward(this.stem.forward(x));
    }
  }

  test("name the innermost module and its path from the model", () => {
    expect(() => new Deep().forward(ones(2, 5))).toThrow(ShapeError);
    expect(() => new Deep().forward(ones(2, 5))).toThrow(
      "Linear body.1.layers.1: expects a last size of 4, got [2, 3]",
    );
    expect(() => new Deep().forward(ones(2, 4))).toThrow("Linear stem: expects a last size of 5, got [2, 4]");
  });

  test("a layer by itself has no path", () => {
    expect(() => new nn.Linear(4, 3).forward(ones(2, 5) as never)).toThrow(
      "Linear: expects a last size of 4, got [2, 5]",
    );
  });

  test("other errors pass as they are", () => {
    class Broken extends nn.Module {
      forward(): never {
        throw new RangeError("mine");
      }
    }
    expect(() => (new nn.Sequential(new Broken()) as nn.Module).forward(ones(1))).toThrow(new RangeError("mine"));
  });

  test("after an error the next call starts afresh", () => {
    const deep = new Deep();
    expect(() => deep.forward(ones(2, 5))).toThrow();
    expect(() => deep.body[1]?.forward(ones(2, 7))).toThrow("Linear layers.0: expects a last size of 3, got [2, 7]");
  });
});

describe("Sequential", () => {
  const make = (): nn.Sequential => new nn.Sequential(new nn.Linear(2, 3), new nn.Tanh(), new nn.Linear(3, 1));

  test("indexes, iterates and has a length", () => {
    const net = make();
    expect(net[0]).toBeInstanceOf(nn.Linear);
    expect(net[3]).toBeUndefined();
    expect(net.length).toBe(3);
    expect([...net].map((layer) => layer.constructor.name)).toEqual(["Linear", "Tanh", "Linear"]);
    expect(names(net)).toEqual(["0.weight", "0.bias", "2.weight", "2.bias"]);
  });

  test("a layer that is put in another's place is called, trained and iterated", () => {
    const net = make();
    const layer = new nn.Linear(3, 5);
    (net as unknown as nn.Module[])[2] = layer;
    expect(net.forward(ones(1, 2)).shape).toEqual([1, 5]);
    expect([...net][2]).toBe(layer);
    expect(net.parameters()).toContain(layer.weight);
  });

  test("is the identity without layers, and refuses what is no layer", () => {
    expect((new nn.Sequential() as nn.Module).forward(ones(2)).toArray()).toEqual([1, 1]);
    expect(() => new (nn.Sequential as unknown as new (x: unknown) => nn.Module)(() => 1)).toThrow(
      /Sequential: layer 0 is no module but function/,
    );
  });
});

describe("layers refuse what makes no sense", () => {
  test.each<[string, () => unknown, RegExp]>([
    ["Linear 0", () => new nn.Linear(0, 3), /Linear: inFeatures is a whole number of at least 1; got 0/],
    ["Linear 2.5", () => new nn.Linear(2.5, 3), /inFeatures is a whole number of at least 1; got 2.5/],
    [
      "Linear without",
      () => new (nn.Linear as new (a: number) => nn.Linear)(3),
      /outFeatures is a whole number of at least 1; got undefined/,
    ],
    ["Dropout 1.5", () => new nn.Dropout(1.5), /Dropout: p is a probability from 0 to 1; got 1.5/],
    ["Dropout NaN", () => new nn.Dropout(Number.NaN), /got NaN/],
  ])("%s", (_, make, message) => {
    expect(make).toThrow(ValueError);
    expect(make).toThrow(message);
  });

  test("Softmax says which axes there are", () => {
    expect(() => new nn.Softmax(2).forward(ones(2, 2) as never)).toThrow(
      /softmax: axis 2 is out of range for shape \[2, 2\]/,
    );
    expect(() => new (nn.Softmax as unknown as new () => nn.Module)().forward(ones(2))).toThrow(
      "softmax: an axis is a whole number, as softmax(…, -1); got undefined",
    );
  });

  test("dropout of probability 0 and 1", () => {
    expect(new nn.Dropout(0).forward(tensor([1, 2])).toArray()).toEqual([1, 2]);
    expect(new nn.Dropout(1).forward(tensor([1, 2])).toArray()).toEqual([0, 0]);
  });
});
