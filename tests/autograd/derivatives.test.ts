/** Derivatives as values, of higher order, of custom functions; checks by differences; anomaly mode. */
import { spawnSync } from "node:child_process";
import { afterEach, describe, expect, test, vi } from "vitest";
import { autograd, detectAnomaly, grad, gradcheck, nn, noGrad, randn, type Tensor, tensor } from "../../src/index.ts";

const double = (values: number[]): Tensor => tensor(values, { dtype: "float64", requiresGrad: true }) as Tensor;
const leaf = (value: number): Tensor<[]> => tensor(value, { requiresGrad: true });

describe("grad", () => {
  test("leaves every grad alone", () => {
    const [x, y] = [leaf(3), leaf(4)];
    const [dx, dy] = grad(x.mul(y), [x, y]);
    expect([dx.item(), dy.item(), x.grad, y.grad]).toEqual([4, 3, null, null]);
  });

  test("derivatives of derivatives: x⁴ at 2", () => {
    const x = leaf(2);
    let y: Tensor = x.pow(4);
    const orders = [32, 48, 48, 24].map((expected) => {
      y = grad(y, x, { createGraph: true }) as Tensor;
      return [y.item(), expected];
    });
    for (const [found, expected] of orders) expect(found).toBeCloseTo(expected as number, 3);
  });

  test("by a tensor in the middle of the graph", () => {
    const x = leaf(3);
    const h = x.mul(x);
    expect(grad(h.mul(5), h).item()).toBe(5);
  });

  test("several outputs add up, each from its gradient", () => {
    const x = tensor([1, 2], { requiresGrad: true });
    const seeds = [tensor([1, 10]), tensor(100)];
    expect(grad([x.mul(2), x.sum()], x, { gradOutputs: seeds }).toArray()).toEqual([102, 120]);
  });

  test("frees the graph unless it is kept", () => {
    const x = leaf(3);
    const y = x.mul(x);
    grad(y, x, { retainGraph: true });
    grad(y, x);
    expect(() => grad(y, x)).toThrow("the graph through mul was freed");
  });

  test("only the way to the inputs runs", () => {
    const [x, y] = [leaf(1), leaf(2)];
    const hook = vi.fn();
    const side = y.exp();
    side.registerHook(hook);
    grad(x.mul(2).add(side), x);
    expect(hook).not.toHaveBeenCalled();
  });

  test("inputs that nothing leads to", () => {
    const [x, y] = [leaf(1), leaf(2)];
    expect(() => grad(x.mul(2), y)).toThrow(/do not depend on input 0 \[\]; pass \{ allowUnused: true \}/);
    expect(grad(x.mul(2), [y], { allowUnused: true })).toEqual([null]);
    expect(grad(x.mul(2), y, { materializeGrads: true }).item()).toBe(0);
  });

  test("bad arguments", () => {
    const x = tensor([1, 2], { requiresGrad: true });
    expect(() => grad(x.mul(2), x)).toThrow(/output 0 has shape \[2\], so it needs a gradient to start from/);
    expect(() => grad(x.mul(2), x, { gradOutputs: tensor(1) })).toThrow(
      /shape and dtype \[2\] float32; got \[\] float32/,
    );
    expect(() => grad(x.mul(2), x, { gradOutputs: [] })).toThrow(/one of gradOutputs for each output; got 0 for 1/);
    expect(() => grad(tensor(1), x)).toThrow(/output 0 \[\] requires no gradients/);
    expect(() => grad(x.sum(), tensor(1))).toThrow(/input 0 \[\] requires no gradients/);
    expect(() => grad(3 as never, x)).toThrow(/outputs are a tensor or an array of tensors; got number/);
  });

  test("backward with createGraph leaves gradients that can be differentiated", () => {
    const x = leaf(3);
    x.pow(3).backward(undefined, { createGraph: true });
    const first = x.grad as Tensor;
    expect(first.item()).toBe(27);
    expect(grad(first, x).item()).toBe(18);
  });

  test("a gradient penalty trains like its formula", () => {
    const w = double([0.5, -1]);
    const x = double([2, 3]);
    const score = w.mul(x).sum().tanh();
    const penalty = grad(score, x, { createGraph: true }).pow(2).sum();
    const value = (): number => noGrad(() => penalty.item());
    const slopes = grad(penalty, w).toArray() as number[];
    const at = (i: number, step: number): number => {
      const moved = double((w.toArray() as number[]).map((v, k) => (k === i ? v + step : v)));
      return grad(moved.mul(x).sum().tanh(), x, { createGraph: true }).pow(2).sum().item();
    };
    expect(value()).toBeGreaterThan(0);
    for (const i of [0, 1]) expect(slopes[i]).toBeCloseTo((at(i, 1e-5) - at(i, -1e-5)) / 2e-5, 7);
  });
});

test("jacobian and hessian", () => {
  expect(autograd.jacobian((x) => x.mul(x), tensor([1, 2])).toArray()).toEqual([
    [2, 0],
    [0, 4],
  ]);
  const rosenbrock = (p: Tensor): Tensor => {
    const [x, y] = [p.select(0, 0), p.select(0, 1)];
    return x
      .neg()
      .add(1)
      .pow(2)
      .add(y.sub(x.mul(x)).pow(2).mul(100));
  };
  expect(autograd.hessian(rosenbrock, tensor([1, 1], { dtype: "float64" })).toArray()).toEqual([
    [802, -400],
    [-400, 200],
  ]);
  expect(() => autograd.hessian((x) => x, tensor([1, 2]))).toThrow(/gives one number; got \[2\]; use sum\(\)/);
  expect(() => autograd.jacobian((x) => x, tensor([1], { dtype: "int32" }))).toThrow(/by a float tensor; got int32/);
});

class Product extends autograd.Function {
  static forward(ctx: autograd.FunctionContext, x: Tensor, y: Tensor): readonly [Tensor, Tensor] {
    ctx.saveForBackward(x, y);
    return [x.mul(y), x.mul(x)];
  }
  static backward(ctx: autograd.FunctionContext, g: Tensor, h: Tensor): Tensor[] {
    const [x, y] = ctx.savedTensors as [Tensor, Tensor];
    return [g.mul(y).add(h.mul(x).mul(2)), g.mul(x)];
  }
}

class Scale extends autograd.Function {
  static forward(ctx: autograd.FunctionContext<number>, x: Tensor, by: number): Tensor {
    ctx.kept = by;
    return x.mul(by);
  }
  static backward(ctx: autograd.FunctionContext<number>, g: Tensor): (Tensor | null)[] {
    return [g.mul(ctx.kept), null];
  }
}

describe("custom functions", () => {
  test("several outputs and inputs, by differences twice", () => {
    const inputs = [double([1, -2, 3]), double([0.5, 2, -1])];
    const run = (x: Tensor, y: Tensor): readonly Tensor[] => Product.apply(x, y);
    expect(gradcheck(run as never, inputs)).toBe(true);
    expect(autograd.gradgradcheck(run as never, inputs)).toBe(true);
  });

  test("outputs that are not used count as zeros", () => {
    const [x, y] = [double([2]), double([3])];
    Product.apply(x, y)[1].sum().backward();
    expect([x.grad?.item(), y.grad?.item()]).toEqual([4, 0]);
  });

  test("numbers beside tensors", () => {
    const x = leaf(2);
    Scale.apply(x, 5).backward();
    expect(x.grad?.item()).toBe(5);
    expect(Scale.apply(tensor(2), 5).requiresGrad).toBe(false);
  });

  test("null is a gradient of zeros, whatever the values of its argument", () => {
    class First extends autograd.Function {
      static forward(_: autograd.FunctionContext, x: Tensor, y: Tensor): Tensor {
        return x.add(y);
      }
      static backward(_: autograd.FunctionContext, g: Tensor): (Tensor | null)[] {
        return [g, null];
      }
    }
    const [x, y] = [double([2, 3]), double([Number.NaN, Number.POSITIVE_INFINITY])];
    First.apply(x, y).sum().backward();
    expect([x.grad?.toArray(), y.grad?.toArray()]).toEqual([[1, 1], [0, 0]]); // biome-ignore format: pairs
  });

  test("runs once for all its inputs, in every pass", () => {
    const spy = vi.spyOn(Product, "backward");
    const [x, y] = [double([2]), double([3])];
    const [p] = Product.apply(x, y);
    for (const _ of [1, 2]) p.sum().backward(undefined, { retainGraph: true });
    expect(spy).toHaveBeenCalledTimes(2);
    expect([x.grad?.item(), y.grad?.item()]).toEqual([6, 4]);
    spy.mockRestore();
  });

  test("saved tensors are watched", () => {
    const [x, y] = [double([2]), double([3])];
    const h = x.mul(1);
    const [p] = Product.apply(h, y);
    h.mul_(2);
    expect(() => p.sum().backward()).toThrow("a value that Product saved for its gradient was changed in place");
  });

  test("wrong gradients are named", () => {
    class Wrong extends autograd.Function {
      static forward(_: autograd.FunctionContext, x: Tensor): Tensor {
        return x.mul(1);
      }
      static backward(_: autograd.FunctionContext, g: Tensor): Tensor[] {
        return [g.sum()];
      }
    }
    expect(() =>
      Wrong.apply(double([1, 2]))
        .sum()
        .backward(),
    ).toThrow("Wrong.backward: the gradient of argument 0 has its shape and dtype [2] float64; got [] float64");
  });
});

describe("gradcheck", () => {
  test("finds a gradient that is cut", () => {
    const cut = (x: Tensor): Tensor => x.detach().mul(x);
    expect(() => gradcheck(cut, [double([1, 2])])).toThrow(
      /output 0 \[0\] by input 0 \[0\]: autograd gives 1, differences 2/,
    );
    expect(gradcheck(cut, [double([1, 2])], { raiseException: false })).toBe(false);
  });

  test("finds a second derivative that is cut", () => {
    class Cut extends autograd.Function {
      static forward(ctx: autograd.FunctionContext, x: Tensor): Tensor {
        ctx.saveForBackward(x);
        return x.pow(3);
      }
      static backward(ctx: autograd.FunctionContext, g: Tensor): Tensor {
        return g.mul((ctx.savedTensors[0] as Tensor).detach().pow(2).mul(3));
      }
    }
    const run = (x: Tensor): Tensor => Cut.apply(x);
    expect(gradcheck(run, [double([1, 2])])).toBe(true);
    expect(() => autograd.gradgradcheck(run, [double([1, 2])])).toThrow(/autograd gives 0, differences/);
  });

  test("a layer in float64", () => {
    const layer = new nn.Linear(3, 2).to("float64");
    const x = randn([4, 3], { dtype: "float64", requiresGrad: true });
    expect(gradcheck((input) => layer.forward(input as never).tanh(), [x as Tensor])).toBe(true);
  });

  test("needs float64 and something to differentiate", () => {
    expect(() => gradcheck((x) => x, [tensor(1)])).toThrow(/at least one input requires gradients; got none of 1/);
    expect(() => gradcheck((x) => x, [leaf(1)])).toThrow(/input 0 is float32; use double\(\)/);
  });
});

describe("anomaly mode", () => {
  afterEach(() => autograd.setDetectAnomaly(false));

  test("names the operation and the line of the first NaN", () => {
    const run = (): Tensor => tensor([-1, 2], { requiresGrad: true }).add(0).log().mul(2).sum();
    expect(() => detectAnomaly(run)).toThrow(
      /anomaly: log made the first NaN, in its result \[2\], at .*derivatives\.test\.ts:\d+:\d+/,
    );
    expect(autograd.isAnomalyEnabled()).toBe(false);
  });

  test("names the operation whose gradient makes it", () => {
    const run = (): void =>
      tensor([0, 2], { requiresGrad: true })
        .sqrt()
        .mul(tensor([0, 1]))
        .sum()
        .backward();
    expect(() => detectAnomaly(run)).toThrow(
      /anomaly: sqrt made the first NaN of the backward pass, in the gradient of its input 0 \[2\]; sqrt was called, at .*derivatives\.test\.ts/,
    );
  });

  test("names the user's line where source maps move those of the package", () => {
    const program =
      'import { detectAnomaly, tensor } from "./dist/index.js";\n' +
      "detectAnomaly(() => tensor([0], { requiresGrad: true }).sqrt().mul(0).sum().backward());";
    const cwd = new URL("../..", import.meta.url);
    const { stderr } = spawnSync(process.execPath, ["--enable-source-maps", "--input-type=module", "-e", program], {
      cwd,
    });
    expect(String(stderr)).toMatch(/sqrt was called, at file:.*\[eval1\]:2:\d+/);
  });

  test("says when the data had it", () => {
    const run = (): Tensor => leaf(1).mul(tensor([Number.NaN]));
    expect(() => detectAnomaly(run)).toThrow(/input 1 \[1\] of mul has a NaN already/);
  });

  test("lasts until a promise settles", async () => {
    const run = detectAnomaly(async () => {
      await null;
      return autograd.isAnomalyEnabled();
    });
    expect(await run).toBe(true);
    await null;
    expect(autograd.isAnomalyEnabled()).toBe(false);
  });
});
