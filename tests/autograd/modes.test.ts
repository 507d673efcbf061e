// noGrad, enableGrad, detach, requiresGrad_ and hooks.
import { describe, expect, test } from "vitest";
import {
  DTypeError,
  enableGrad,
  GradError,
  isGradEnabled,
  noGrad,
  randn,
  type Tensor,
  tensor,
  zeros,
} from "../../src/index.ts";

const leaf = (values: number | number[]): Tensor => tensor(values, { requiresGrad: true });
const grad = (x: Tensor): unknown => x.grad?.toArray();

describe("noGrad and enableGrad", () => {
  test("results require no gradients, and the value comes back", () => {
    const x = leaf(2);
    const y = noGrad(() => x.mul(3));
    expect([y.requiresGrad, y.isLeaf, y.item()]).toEqual([false, true, 6]);
    expect(x.mul(3).requiresGrad).toBe(true);
  });

  test("nest", () => {
    const modes: boolean[] = [isGradEnabled()];
    noGrad(() => {
      modes.push(isGradEnabled());
      enableGrad(() => {
        modes.push(isGradEnabled());
        noGrad(() => modes.push(isGradEnabled()));
        modes.push(isGradEnabled());
      });
      modes.push(isGradEnabled());
    });
    modes.push(isGradEnabled());
    expect(modes).toEqual([true, false, true, false, true, false, true]);
  });

  test("a throw restores the mode", () => {
    expect(() =>
      noGrad(() => {
        throw new Error("inside");
      }),
    ).toThrow("inside");
    expect(isGradEnabled()).toBe(true);
    noGrad(() => {
      expect(() =>
        enableGrad(() => {
          throw new Error("inside");
        }),
      ).toThrow("inside");
      expect(isGradEnabled()).toBe(false);
    });
  });

  test("a function that returns a promise is an error, and the mode is as before, there and after its awaits", async () => {
    const seen: boolean[] = [];
    const work = async (): Promise<void> => {
      seen.push(isGradEnabled());
      await null;
      seen.push(isGradEnabled());
      throw new Error("nobody waits for this one");
    };
    expect(() => noGrad(work)).toThrow(GradError);
    expect(() => noGrad(work)).toThrow(/noGrad: the function is synchronous.*promise/);
    expect(() => enableGrad(work)).toThrow(/enableGrad: /);
    expect(isGradEnabled()).toBe(true);
    await new Promise((resolve) => setTimeout(resolve));
    expect(seen).toEqual([false, false, true, true, true, true]);
  });

  test("the mode does not reach other tasks", async () => {
    const other = (async () => {
      await null;
      return isGradEnabled();
    })();
    noGrad(() => {});
    expect(await other).toBe(true);
  });

  test("backward runs under noGrad, and records nothing itself", () => {
    const x = leaf(3);
    const y = x.mul(x);
    noGrad(() => y.backward());
    expect(grad(x)).toBe(6);
    expect([x.grad?.requiresGrad, isGradEnabled()]).toEqual([false, true]);
  });
});

describe("detach", () => {
  test("shares memory and stops gradients", () => {
    const x = leaf([1, 2]);
    const d = x.mul(2).detach();
    expect([d.requiresGrad, d.isLeaf]).toEqual([false, true]);
    x.mul(d).sum().backward();
    expect(grad(x)).toEqual([2, 4]);
    x.detach().fill_(9);
    expect(x.toArray()).toEqual([9, 9]);
  });

  test("a change through it is noticed", () => {
    const x = leaf([1, 2]);
    const y = x.exp();
    y.detach().zero_();
    expect(() => y.sum().backward()).toThrow(/a value that exp saved .* changed in place/);
  });
});

describe("requiresGrad_", () => {
  test("turns recording on and off", () => {
    const x: Tensor = tensor(2);
    expect(x.requiresGrad_()).toBe(x);
    x.mul(3).backward();
    expect(grad(x)).toBe(3);
    x.requiresGrad = false;
    expect(x.mul(3).requiresGrad).toBe(false);
  });

  test.each(["int32", "uint8", "bool"] as const)("on %s is an error", (dtype) => {
    expect(() => zeros([2], { dtype }).requiresGrad_()).toThrow(DTypeError);
    expect(() => zeros([2], { dtype }).requiresGrad_()).toThrow(`float32 and float64 have gradients; got ${dtype}`);
    expect(() => zeros([2], { dtype, requiresGrad: true })).toThrow(DTypeError);
  });

  test("off on a computed tensor is an error that says detach", () => {
    expect(() => leaf(1).mul(2).requiresGrad_(false)).toThrow(/only leaves .* use detach\(\)/);
    expect(leaf(1).mul(2).requiresGrad_().requiresGrad).toBe(true);
  });
});

describe("hooks", () => {
  test("run in order, each seeing what the one before returned", () => {
    const x = leaf([1, 2]);
    const seen: unknown[] = [];
    x.registerHook((g) => {
      seen.push(g.toArray());
      return g.mul(10);
    });
    x.registerHook((g) => void seen.push(g.toArray()));
    x.registerHook((g) => g.add(1));
    x.mul(3).sum().backward();
    expect(seen).toEqual([[3, 3], [30, 30]]); // biome-ignore format: two vectors
    expect(grad(x)).toEqual([31, 31]);
  });

  test("on a computed tensor see its complete gradient and change what flows on", () => {
    const x = leaf([1, 2]);
    const h = x.mul(2);
    const seen: unknown[] = [];
    h.registerHook((g) => {
      seen.push(g.toArray());
      return g.mul(100);
    });
    h.mul(3).add(h).sum().backward();
    expect(seen).toEqual([[4, 4]]);
    expect(grad(x)).toEqual([800, 800]);
  });

  test("retainGrad keeps what the hooks made of it", () => {
    const x = leaf(1);
    const h = x.mul(2);
    h.retainGrad();
    h.registerHook((g) => g.mul(7));
    h.mul(3).backward();
    expect([grad(h), grad(x)]).toEqual([21, 42]);
  });

  test("run once for each backward, and not after they are removed", () => {
    const x = leaf(1);
    let runs = 0;
    const hook = (): void => {
      runs++;
    };
    const [remove, removeOther] = [x.registerHook(hook), x.registerHook(hook)];
    x.mul(2).backward();
    expect(runs).toBe(2);
    remove();
    x.mul(2).backward();
    expect(runs).toBe(3);
    remove();
    removeOther();
    x.mul(2).backward();
    expect(runs).toBe(3);
  });

  test("a hook may remove itself while it runs", () => {
    const x = leaf(1);
    const seen: string[] = [];
    const remove = x.registerHook(() => {
      seen.push("first");
      remove();
    });
    x.registerHook(() => void seen.push("second"));
    for (let i = 0; i < 2; i++) x.mul(2).backward();
    expect(seen).toEqual(["first", "second", "second"]);
  });

  test("returning something else than a gradient of the shape is an error", () => {
    const x = leaf([1, 2]);
    x.registerHook(() => tensor([1, 2, 3]));
    expect(() => x.mul(2).sum().backward()).toThrow(/a gradient of shape \[2\] float32; got shape \[3\] float32/);
    const y = leaf([1, 2]);
    y.registerHook((() => 5) as never);
    expect(() => y.mul(2).sum().backward()).toThrow(/got 5/);
    const z = leaf([1, 2]);
    z.registerHook(() => zeros([2], { dtype: "float64" }));
    expect(() => z.mul(2).sum().backward()).toThrow(/float32.*float64/);
  });

  test("a hook that throws leaves autograd in order", () => {
    const x = leaf(3);
    const remove = x.mul(1).registerHook(() => {});
    remove();
    const h = x.mul(x);
    h.registerHook(() => {
      throw new Error("from the hook");
    });
    expect(() => h.mul(2).backward()).toThrow("from the hook");
    expect(isGradEnabled()).toBe(true);
    x.mul(x).backward();
    expect(grad(x)).toBe(6);
  });

  test("a hook may run a backward of its own", () => {
    const [x, y] = [leaf(2), leaf(5)];
    const h = x.mul(x);
    h.registerHook(() => {
      enableGrad(() => y.mul(y)).backward();
    });
    h.mul(3).backward();
    expect([grad(x), grad(y)]).toEqual([12, 10]);
  });

  test("on tensors without gradients are errors", () => {
    expect(() => tensor(1).registerHook(() => {})).toThrow(/the tensor requires no gradients/);
    expect(() => tensor(1).retainGrad()).toThrow(GradError);
    expect(() => leaf(1).registerHook("x" as never)).toThrow(/takes a function; got string/);
  });

  test("a hook that changes the gradient of a loss in place changes it for this backward alone", () => {
    for (const dtype of ["float32", "float64"] as const) {
      const x = tensor([2, 3], { dtype, requiresGrad: true });
      const kept: Tensor[] = [];
      const run = (scale: number): unknown => {
        const loss = x.mul(x).sum();
        loss.registerHook((g) => {
          kept.push(g.mul_(scale));
        });
        x.grad = null;
        loss.backward();
        return (x.grad as Tensor | null)?.toArray();
      };
      expect(run(10)).toEqual([40, 60]);
      expect(run(1)).toEqual([4, 6]);
      expect(run(3)).toEqual([12, 18]);
      expect(kept.map((g) => g.item())).toEqual([10, 1, 3]);
    }
    const alone = tensor(5, { requiresGrad: true });
    alone.backward();
    alone.grad?.mul_(7);
    alone.backward();
    expect(alone.grad?.item()).toBe(8);
  });

  test("a gradient that a hook returns may be kept and stays as it is", () => {
    const x: Tensor = randn([50], { requiresGrad: true });
    const mine: Tensor = randn(50);
    const before = mine.toArray();
    x.registerHook(() => mine);
    for (let i = 0; i < 3; i++) x.mul(2).sum().backward();
    expect(mine.toArray()).toEqual(before);
    expect(x.grad?.toArray()).toEqual(mine.add(mine).add(mine).toArray());
  });
});
