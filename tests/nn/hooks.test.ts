// Finding what is inside a module by path, calling functions on all of it, hooks, and the containers that only hold.
import { describe, expect, test } from "vitest";
import { IndexError, ModuleError, nn, ones, type Tensor, tensor, zeros } from "../../src/index.ts";

const net = (): nn.Sequential =>
  new nn.Sequential(new nn.Linear(2, 3), new nn.Sequential(new nn.ReLU(), new nn.Linear(3, 1, { bias: false })));
const run = (module: nn.Module, ...args: unknown[]): Tensor => module.forward(...args);

describe("paths", () => {
  test("getSubmodule, getParameter and getBuffer", () => {
    const model = net();
    expect(model.getSubmodule("1.0")).toBeInstanceOf(nn.ReLU);
    expect(model.getSubmodule("")).toBe(model);
    expect(model.getParameter("1.1.weight").shape).toEqual([1, 3]);
    model.getSubmodule("1").registerBuffer("mean", zeros(2));
    expect(model.getBuffer("1.mean").shape).toEqual([2]);
    expect(model.buffers()).toHaveLength(1);
    expect(() => model.getSubmodule("2")).toThrow(ModuleError);
    expect(() => model.getSubmodule("2")).toThrow('getSubmodule: Sequential has nothing at "2"; it has 0, 1, 1.0, 1.1');
    expect(() => model.getParameter("0.wait")).toThrow('nothing at "0.wait"; it has 0.weight, 0.bias, 1.1.weight');
    expect(() => model.getBuffer("mean")).toThrow(/it has 1\.mean/);
  });

  test("a shared layer is found under each of its names and listed once among the children", () => {
    const layer = new nn.Linear(2, 2);
    const model = new nn.Sequential(layer, layer);
    expect(model.getSubmodule("1")).toBe(layer);
    expect(model.namedChildren().map(([name]) => name)).toEqual(["0"]);
    expect(model.modules()).toEqual([model, layer]);
  });
});

test("apply reaches every module, those inside first", () => {
  const order: string[] = [];
  const model = net();
  expect(model.apply((module) => void order.push(module.constructor.name))).toBe(model);
  expect(order).toEqual(["Linear", "ReLU", "Linear", "Sequential", "Sequential"]);
});

test("freeze and unfreeze", () => {
  const model = net();
  expect(
    model
      .freeze()
      .parameters()
      .some((p) => p.requiresGrad),
  ).toBe(false);
  (model[1] as nn.Module).unfreeze();
  expect(model.parameters().map((p) => p.requiresGrad)).toEqual([false, false, true]);
});

describe("hooks", () => {
  test("run in order around the forward, see arguments and result, and can be removed", () => {
    const relu = new nn.ReLU();
    const seen: string[] = [];
    const removes = [
      relu.registerForwardPreHook((module, [x]) => void seen.push(`before ${module === relu} ${x.toArray()}`)),
      relu.registerForwardHook((_, [x], y) => void seen.push(`first ${x.toArray()} ${y.toArray()}`)),
      relu.registerForwardHook(() => void seen.push("second")),
    ];
    relu.forward(tensor([-1, 2]));
    expect(seen).toEqual(["before true -1,2", "first -1,2 0,2", "second"]);
    removes[1]?.();
    removes[1]?.();
    relu.forward(tensor([3]));
    expect(seen.slice(3)).toEqual(["before true 3", "second"]);
    for (const remove of removes) remove();
    relu.forward(tensor([3]));
    expect(seen).toHaveLength(5);
  });

  test("a value that is returned takes the place of the arguments or of the result", () => {
    const relu = new nn.ReLU();
    relu.registerForwardPreHook((_, [x]) => x.neg());
    expect(relu.forward(tensor([-1, 2])).toArray()).toEqual([1, 0]);
    relu.registerForwardPreHook((_, [x]) => [x.mul(10)]);
    relu.registerForwardHook((_, __, y) => y.add(1));
    relu.registerForwardHook((_, __, y) => y.mul(2));
    expect(relu.forward(tensor([-1, 2])).toArray()).toEqual([22, 2]);
  });

  test("gradients flow through what a hook returns", () => {
    const linear = new nn.Linear(1, 1, { bias: false });
    linear.registerForwardHook((_, __, y) => y.mul(3));
    run(linear, ones(1, 1)).sum().backward();
    expect(linear.weight.grad?.toArray()).toEqual([[3]]);
  });

  test("a forward that calls its super's runs them once", () => {
    class Loud extends nn.ReLU {
      override forward(x: never): never {
        return super.forward(x) as never;
      }
    }
    let calls = 0;
    const loud = new Loud();
    loud.registerForwardHook(() => void calls++);
    run(loud, ones(1));
    expect(calls).toBe(1);
  });

  test("one that throws names the module's path, and what is no function is refused", () => {
    const model = net();
    model.getSubmodule("1.0").registerForwardHook((_, __, y) => y.reshape(5));
    expect(() => run(model, ones(1, 2))).toThrow(/^ReLU 1\.0: reshape: /);
    expect(() => model.registerForwardHook(3 as never)).toThrow("registerForwardHook: takes a function; got number");
    expect(() => model.registerForwardPreHook(null as never)).toThrow(ModuleError);
  });
});

describe("Sequential as a list", () => {
  test("append, extend, insert and at", () => {
    const model = new nn.Sequential(new nn.Linear(2, 3)) as nn.Sequential;
    expect(model.append(new nn.ReLU())).toBe(model);
    model.extend([new nn.Linear(3, 4), new nn.Tanh()]).insert(1, new nn.Identity());
    expect([...model].map((layer) => layer.constructor.name)).toEqual(["Linear", "Identity", "ReLU", "Linear", "Tanh"]);
    expect(model.length).toBe(5);
    expect(model.at(-1)).toBeInstanceOf(nn.Tanh);
    expect(run(model, ones(1, 2)).shape).toEqual([1, 4]);
    expect(Object.keys(model.stateDict())).toEqual(["0.weight", "0.bias", "3.weight", "3.bias"]);
    expect(() => model.at(5)).toThrow(IndexError);
    expect(() => model.at(5)).toThrow("Sequential: there is no element 5; there are 5");
    expect(() => model.insert(7, new nn.ReLU())).toThrow(/cannot insert at 7/);
    expect(() => model.append((() => 1) as never)).toThrow(/layer 5 is no module but function/);
  });
});

describe("ModuleList", () => {
  test("holds, trains and prints as PyTorch does", () => {
    const list = new nn.ModuleList<nn.Module>([new nn.Linear(2, 2), new nn.Linear(2, 2)]);
    list.append(new nn.ReLU()).append(new nn.Linear(2, 2));
    expect(list.parameters()).toHaveLength(6);
    expect(String(list)).toBe(
      [
        "ModuleList(",
        "  (0-1): 2 x Linear(inFeatures=2, outFeatures=2, bias=true)",
        "  (2): ReLU()",
        "  (3): Linear(inFeatures=2, outFeatures=2, bias=true)",
        ")",
      ].join("\n"),
    );
    list[2] = new nn.Tanh();
    expect(list.at(2)).toBeInstanceOf(nn.Tanh);
    expect(() => list.forward()).toThrow(/ModuleList: has no forward; call its elements/);
    expect(() => new nn.ModuleList([3 as never])).toThrow("ModuleList: layer 0 is no module but number");
    expect(String(new nn.ModuleList())).toBe("ModuleList()");
  });
});

describe("ModuleDict and parameters in lists", () => {
  test("modules by name", () => {
    const dict = new nn.ModuleDict<nn.Module>({ conv: new nn.Linear(1, 2), act: new nn.ReLU() });
    expect(dict.keys()).toEqual(["conv", "act"]);
    expect(dict.size).toBe(2);
    expect(Object.keys(dict.stateDict())).toEqual(["conv.weight", "conv.bias"]);
    expect([...dict].map(([key]) => key)).toEqual(["conv", "act"]);
    expect(dict.values()).toEqual([dict.get("conv"), dict.get("act")]);
    expect(dict.delete("act")).toBe(true);
    expect(dict.has("act")).toBe(false);
    expect(() => dict.get("act")).toThrow('ModuleDict: has no "act"; it has conv');
    expect(() => dict.set("forward", new nn.ReLU())).toThrow(ModuleError);
    expect(() => dict.set("training", new nn.ReLU())).toThrow(/"training" cannot be a name/);
    expect(() => dict.set("a.b", new nn.ReLU())).toThrow(/"a.b" cannot be a name/);
    expect(() => dict.set("x", 1 as never)).toThrow(/"x" cannot be a number/);
    expect(() => dict.forward()).toThrow(ModuleError);
    expect(dict.update([["b", new nn.Tanh()]]).keys()).toEqual(["conv", "b"]);
  });

  test("ParameterList and ParameterDict", () => {
    const list = new nn.ParameterList([zeros(2, 3), new nn.Parameter(zeros(1))]);
    expect(list.parameters().map((p) => p.shape)).toEqual([[2, 3], [1]]);
    expect(list[0]).toBeInstanceOf(nn.Parameter);
    expect(String(list)).toBe(
      "ParameterList(\n  (0): Parameter containing: [float32 of size 2x3]\n  (1): Parameter containing: [float32 of size 1]\n)",
    );
    const dict = new nn.ParameterDict({ left: zeros(2), right: zeros(3) });
    expect(Object.keys(dict.stateDict())).toEqual(["left", "right"]);
    expect(dict.get("right").shape).toEqual([3]);
    expect(() => list.append(3 as never)).toThrow("ParameterList: element 2 is no parameter but number");
  });
});

describe("Identity and Unflatten", () => {
  test("Identity gives the tensor itself", () => {
    const x = ones(2);
    expect(new nn.Identity().forward(x)).toBe(x);
  });

  test("Unflatten splits an axis", () => {
    const x = zeros(2, 12) as Tensor;
    expect(run(new nn.Unflatten(1, [3, 4]), x).shape).toEqual([2, 3, 4]);
    expect(run(new nn.Unflatten(-1, [3, -1, 2]), x).shape).toEqual([2, 3, 2, 2]);
    expect(run(new nn.Unflatten(0, [2, 1]), x).shape).toEqual([2, 1, 12]);
    expect(() => run(new nn.Unflatten(1, [5, 2]), x)).toThrow(
      "Unflatten: axis 1 of [2, 12] cannot be split into [5, 2]",
    );
    expect(() => run(new nn.Unflatten(1, [5, -1]), x)).toThrow(/cannot be split into \[5, -1\]/);
    expect(() => run(new nn.Unflatten(2, [1]), x)).toThrow(/axis 2 is out of range/);
    expect(() => new nn.Unflatten(1, [])).toThrow(/sizes are whole numbers, at least one/);
    expect(() => new nn.Unflatten(0.5, [1])).toThrow(/dim is a whole number; got 0.5/);
    expect(String(new nn.Unflatten(1, [3, 4]))).toBe("Unflatten(dim=1, sizes=[3, 4])");
  });
});
