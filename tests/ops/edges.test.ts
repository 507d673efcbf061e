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
