// In-place changes: what backward notices, what is refused, and where gradients still flow.
import { describe, expect, test } from "vitest";
import { GradError, noGrad, ones, optim, ShapeError, type Tensor, tensor, zeros } from "../../src/index.ts";

const leaf = (values: number | number[]): Tensor => tensor(values, { requiresGrad: true });
const grad = (x: Tensor): unknown => x.grad?.toArray();

describe("a saved value that changes before backward is an error", () => {
  const x = (): Tensor => leaf([1, 2]);
  const both = ["input", "operand"];
  test.each<[string, (x: Tensor, c: Tensor) => Tensor, string, string[]]>([
    ["exp keeps its result", (a) => a.exp(), "exp", ["result"]],
    ["mul keeps what it multiplies by", (a, c) => a.mul(c), "mul", ["operand"]],
    ["mul keeps both operands where both are tracked", (a, c) => a.mul(c.requiresGrad_()), "mul", both],
    ["mul by a number keeps nothing", (a) => a.mul(2), "mul", []],
    ["div keeps its result", (a, c) => c.div(a), "div", ["input", "result"]],
    ["pow", (a) => a.pow(3), "pow", ["input"]],
    ["relu", (a) => a.relu(), "relu", ["result"]],
    ["softmax", (a) => a.softmax(0), "softmax", ["result"]],
    ["matmul", (a, c) => a.matmul(c), "matmul", both],
    ["maximum", (a, c) => a.maximum(c), "maximum", both],
  ])("%s", (_, op, name, kept) => {
    for (const which of ["input", "operand", "result"]) {
      const input = x().mul(1);
      const operand: Tensor = tensor([3, 4]);
      const result = op(input, operand);
      const loss = result.sum();
      const changed = { input, operand, result }[which] as Tensor;
      noGrad(() => changed.add_(1));
      let error: unknown;
      try {
        loss.backward();
      } catch (thrown) {
        error = thrown;
      }
      if (kept.includes(which)) {
        expect(error, which).toBeInstanceOf(GradError);
        const message = `backward: a value that ${name} saved for its gradient was changed in place`;
        expect((error as Error).message).toContain(message);
      } else expect(error, which).toBeUndefined();
    }
  });

  test("an optimizer step between forward and backward", () => {
    const [x, w] = [leaf([1, 2]), leaf([3, 4])];
    const optimizer = new optim.SGD([w], { lr: 0.1 });
    const [first, second] = [x.mul(w).sum(), x.mul(w).square().sum()];
    first.backward();
    optimizer.step();
    expect(() => second.backward()).toThrow(/changed in place/);
  });

  test("through a view, a row, and a tensor made from it by reshape", () => {
    for (const view of [(y: Tensor) => y.select(0, 0), (y: Tensor) => y.reshape(1, 2), (y: Tensor) => y.t()]) {
      const y = leaf([1, 2]).exp();
      const loss = y.sum();
      noGrad(() => view(y).fill_(0));
      expect(() => loss.backward()).toThrow(GradError);
    }
  });

  test("every in-place function counts", () => {
    const changes: ((y: Tensor) => unknown)[] = [
      (y) => y.add_(1),
      (y) => y.sub_(1),
      (y) => y.mul_(2),
      (y) => y.div_(2),
      (y) => y.copy_(tensor([0, 0])),
      (y) => y.fill_(3),
      (y) => y.zero_(),
      (y) => y.uniform_(),
      (y) => y.normal_(),
    ];
    for (const change of changes) {
      const y = leaf([1, 2]).exp();
      const loss = y.sum();
      noGrad(() => change(y));
      expect(() => loss.backward(), String(change)).toThrow(GradError);
    }
  });

  test("what is not saved may change", () => {
    const x = leaf([1, 2]);
    const y = x.mul(3).add(1);
    const loss = y.sum();
    noGrad(() => y.zero_());
    loss.backward();
    expect(grad(x)).toEqual([3, 3]);
  });
});

describe("refused while recording", () => {
  test("a leaf that requires gradients", () => {
    const x = leaf([1, 2]);
    for (const change of [() => x.add_(1), () => x.fill_(0), () => x.copy_(tensor([1, 2])), () => x.uniform_()]) {
      expect(change).toThrow(/leaf that requires gradients.*noGrad|requires gradients; wrap the call in noGrad/);
    }
    expect(x.toArray()).toEqual([1, 2]);
    noGrad(() => x.add_(1));
    expect(x.toArray()).toEqual([2, 3]);
  });

  test("a view of a leaf that requires gradients, or one that autograd does not know", () => {
    const x = leaf([1, 2]);
    expect(() => x.select(0, 0).mul_(5)).toThrow(/mul_: a view of a leaf that requires gradients.*noGrad/);
    const y = x.mul(1);
    expect(() => y.detach().select(0, 0).copy_(y.sum())).toThrow(/copy_: a view taken by detach\(\) or in noGrad/);
    expect([x.toArray(), y.toArray()]).toEqual([[1, 2], [1, 2]]); // biome-ignore format: two vectors
  });

  test("an expanded tensor, whose elements share memory", () => {
    expect(() => zeros(1, 3).expand(2, 3).add_(1)).toThrow(
      /add_: an expanded tensor has elements that share memory; use clone/,
    );
  });

  test("a result that does not fit", () => {
    expect(() => zeros(3).add_(ones(2, 3) as never)).toThrow(ShapeError);
    expect(() => zeros(3).add_(ones(2, 3) as never)).toThrow(/\[2, 3\].*does not fit into \[3\]/);
    expect(() => zeros(3).copy_(ones(2, 3))).toThrow(/\[2, 3\].*\[3\]/);
  });

  test("a view taken before its tensor changed under recording has stale gradients: using it is an error", () => {
    const x = leaf([1, 2]);
    const y = x.mul(2);
    const view = y.narrow(0, 0, 1);
    y.mul_(3);
    expect(view.toArray()).toEqual([6]);
    expect(() => view.sum().backward()).toThrow(GradError);
    expect(() => view.sum()).toThrow(/view.*changed in place.*again/);
    const again = y.narrow(0, 0, 1);
    again.sum().backward();
    expect(grad(x)).toEqual([6, 0]);
  });

  test("a view that was used before its tensor changed keeps its gradients", () => {
    const x = leaf([1, 2]);
    const y = x.mul(2);
    const first = y.narrow(0, 0, 1).sum();
    y.add_(3);
    first.backward();
    expect(grad(x)).toEqual([2, 0]);
  });
});

describe("gradients through in-place functions", () => {
  test("a computed tensor that is changed is a new result", () => {
    const [x, w] = [leaf([1, 2]), leaf([3, 4])];
    const y = x.mul(2);
    expect(y.mul_(w)).toBe(y);
    y.add_(1).sub_(w).div_(2);
    expect(y.toArray()).toEqual([2, 6.5]); // (2xw + 1 - w) / 2
    y.sum().backward();
    expect([grad(x), grad(w)]).toEqual([[3, 4], [0.5, 1.5]]); // biome-ignore format: two vectors
  });

  test("a tensor without gradients takes them over", () => {
    const w = leaf([3, 4]);
    const sum: Tensor = zeros(2);
    for (let i = 0; i < 3; i++) sum.add_(w.mul(i));
    expect(sum.requiresGrad).toBe(true);
    sum.sum().backward();
    expect(grad(w)).toEqual([3, 3]);
  });

  test("a view that is changed changes the gradients of its tensor", () => {
    const [x, w] = [leaf([1, 2, 3]), leaf([4, 5])];
    const y = x.mul(2);
    y.narrow(0, 0, 2).mul_(w);
    y.select(0, 2).fill_(7);
    expect(y.toArray()).toEqual([8, 20, 7]);
    y.mul(tensor([1, 10, 100]))
      .sum()
      .backward();
    expect([grad(x), grad(w)]).toEqual([[8, 100, 0], [2, 40]]); // biome-ignore format: two vectors
  });

  test("a tensor takes gradients over from a view that is written to", () => {
    const w = leaf([4, 5]);
    const y: Tensor = zeros(3);
    const part = y.narrow(0, 1, 2);
    part.copy_(w).mul_(3);
    expect(y.requiresGrad).toBe(true);
    part.mul(y.sum()).sum().backward();
    expect(grad(w)).toEqual([162, 162]); // of 9 (w0 + w1)², 18 (w0 + w1)
  });

  test("copy_ hands the gradient to its source, summed where it was repeated", () => {
    const w = leaf([3]);
    const y: Tensor = zeros(2, 2);
    y.copy_(w).mul(tensor([[1, 2], [3, 4]])).sum().backward(); // biome-ignore format: a matrix
    expect(grad(w)).toEqual([10]);
  });

  test("fill_ and zero_ cut the gradient off", () => {
    const x = leaf([1, 2]);
    const y = x.mul(2);
    const z = x.mul(y.zero_()).sum();
    z.backward();
    expect(grad(x)).toEqual([0, 0]);
  });

  test("integers keep their dtype, with PyTorch's rules for what fits", () => {
    const x = tensor([5, 7], { dtype: "int32" });
    expect(x.add_(2).mul_(3).toArray()).toEqual([21, 27]);
    expect(x.dtype).toBe("int32");
  });
});
