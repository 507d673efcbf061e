// Division with rounding: values, dtypes and errors are PyTorch's (torch.div with rounding_mode).
import { expect, test } from "vitest";
import { type DivOptions, type Tensor, tensor, ValueError } from "../../src/index.ts";

const ints = (...values: number[]): Tensor => tensor(values, { dtype: "int32" });

test.each<[string, DivOptions, number[]]>([
  ["floor", { roundingMode: "floor" }, [-4, 3, -3, 2]],
  ["trunc", { roundingMode: "trunc" }, [-3, 3, -2, 2]],
])("ints divided with %s stay ints", (_, options, expected) => {
  const y = ints(-7, 7, -5, 5).div(2, options);
  expect([y.dtype, y.toArray()]).toEqual(["int32", expected]);
  expect(ints(-7, 7, -5, 5).div(ints(2), options).toArray()).toEqual(expected);
  expect(ints(-7, 7, -5, 5).div_(2, options).toArray()).toEqual(expected);
});

test("floats divided with rounding stay floats, and their gradients are 0", () => {
  const a = tensor([[-7.5, 2], [7, -0.5]], { dtype: "float64", requiresGrad: true }); // biome-ignore format: a matrix
  const b = tensor([2, -3], { dtype: "float64", requiresGrad: true });
  const y = a.div(b, { roundingMode: "trunc" });
  expect(y.toArray()).toEqual([[-3, -0], [3, 0]]); // biome-ignore format: a matrix
  expect(a.div(b, { roundingMode: "floor" }).toArray()).toEqual([[-4, -1], [3, 0]]); // biome-ignore format: a matrix
  y.sum().backward();
  expect([a.grad?.toArray(), b.grad?.toArray()]).toEqual([[[0, 0], [0, 0]], [0, 0]]); // biome-ignore format: a matrix
  expect(a.detach().div(b.detach(), { roundingMode: null }).toArray()).toEqual(a.detach().div(b.detach()).toArray());
});

test("another rounding, an unknown option and ints divided by 0 are errors", () => {
  const x = ints(1);
  expect(() => x.div(2, { roundingMode: "ceil" as never })).toThrow(
    'div: roundingMode is "floor", "trunc" or null; got "ceil"',
  );
  expect(() => x.div(2, { rounding_mode: "floor" } as never)).toThrow(
    "div: there is no option rounding_mode; it is called roundingMode",
  );
  for (const roundingMode of ["floor", "trunc"] as const) {
    expect(() => x.div(0, { roundingMode })).toThrow(ValueError);
    expect(() => x.div_(ints(0), { roundingMode })).toThrow(ValueError);
  }
});
