// Corners that no family of cases reaches; values are PyTorch's.
import { expect, test } from "vitest";
import { type Tensor, tensor } from "../../src/index.ts";

test("topk of a tensor without axes gives its element, of 0 elements too", () => {
  for (const k of [0, 1]) {
    const x = tensor(5, { requiresGrad: true });
    const { values, indices } = x.topk(k, 0);
    expect([values.shape, values.item(), indices.item()]).toEqual([[], 5, 0]);
    values.backward();
    expect(x.grad?.item()).toBe(1);
  }
});

test.each([
  [-1, [0.5625, 0.0625]],
  [-2, [0.85381497, 0.03162278]],
])("the gradient of a norm of power %d is 0 where an element is 0", (p, expected) => {
  const x = tensor([[-2, 0], [1, 3]], { dtype: "float64", requiresGrad: true }); // biome-ignore format: a matrix
  x.norm(p, 1).sum().backward();
  const [first, second] = (x.grad as Tensor).toArray() as number[][];
  expect(first?.map(Math.abs)).toEqual([0, 0]);
  expect(second?.[0]).toBeCloseTo(expected[0] as number, 8);
  expect(second?.[1]).toBeCloseTo(expected[1] as number, 8);
});

test.each([
  [1, [-0.9, 1.2, 2.2, 14.2, Number.NaN]],
  [2, [-0.92, 1.25, 2.25, 14.16, Number.NaN]],
  [-1, [-0, 0, 0, 10, Number.NaN]],
])("round with %d decimals, in place too, and no gradient", (decimals, expected) => {
  const values = [-0.9220662, 1.25, 2.25, 14.16, Number.NaN];
  const x = tensor(values, { dtype: "float64", requiresGrad: true });
  const y = x.round({ decimals });
  expect(y.toArray()).toEqual(expected);
  expect(x.detach().clone().round_({ decimals }).toArray()).toEqual(expected);
  y.sum().backward();
  expect((x.grad as Tensor).toArray()).toEqual([0, 0, 0, 0, 0]);
});

test("decimals are whole, and of ints not below 0", () => {
  expect(() => tensor([1]).round({ decimals: 0.5 })).toThrow("round: decimals is a whole number; got 0.5");
  expect(() => tensor([1]).round(1 as never)).toThrow("round: options are an object, as { decimals: 1 }; got 1");
  expect(() => tensor([15], { dtype: "int32" }).round({ decimals: -1 })).toThrow("round: decimals below 0 take float");
  expect(tensor([15], { dtype: "int32" }).round({ decimals: 2 }).toArray()).toEqual([15]);
});
