// Tensors print as PyTorch prints them (make-printing.py).
import { readFileSync } from "node:fs";
import { inspect } from "node:util";
import { expect, test } from "vitest";
import { type DType, DTypeError, nn, ones, type Tensor, tensor } from "../../src/index.ts";

interface Case {
  dtype: DType;
  shape: number[];
  values: (number | boolean | string)[] | { divisor: number };
  requiresGrad: boolean;
  text: string;
}
const { cases } = JSON.parse(readFileSync(new URL("fixtures/printing.json", import.meta.url), "utf8")) as {
  cases: Case[];
};

const SPECIAL: Record<string, number> = { inf: Infinity, "-inf": -Infinity, nan: Number.NaN };

function made({ dtype, shape, values, requiresGrad }: Case): Tensor {
  const count = shape.reduce((product, size) => product * size, 1);
  const list = Array.isArray(values)
    ? values.map((value) => (typeof value === "string" ? (SPECIAL[value] as number) : Number(value)))
    : Array.from({ length: count }, (_, i) => (values.divisor === 0 ? 1 : i / values.divisor));
  const x = (tensor(list, { dtype }) as Tensor).reshape(...shape) as Tensor;
  return requiresGrad ? x.detach().requiresGrad_() : x;
}

const titled = cases.map((one, i): [string, Case] => [`${i} ${one.text.slice(0, 50).replaceAll(/\s+/g, " ")}`, one]);

test.each(titled)("%s", (_, one) => {
  expect(String(made(one))).toBe(one.text);
});

test("views print in their own order", () => {
  const x: Tensor = tensor([[1, 2], [3, 4]]); // biome-ignore format: a matrix
  expect(String(x.t())).toBe("tensor([[1., 3.],\n        [2., 4.]])");
  expect(String(x.select(1, 1))).toBe("tensor([2., 4.])");
});

test("computed tensors name their operation", () => {
  const x = tensor([1, 2], { requiresGrad: true });
  expect(String(x.mul(2))).toBe("tensor([2., 4.], gradFn=<mul>)");
  expect(String(x.detach())).toBe("tensor([1., 2.])");
});

test("Node's console shows the same text", () => {
  expect(inspect(tensor([1, 2]))).toBe("tensor([1., 2.])");
  expect(inspect({ x: ones(2) })).toContain("tensor([1., 1.])");
  expect(inspect(new nn.ReLU())).toBe("ReLU()");
  expect(inspect(new nn.Parameter(ones(1)))).toContain("tensor([1.], requiresGrad=true)");
});

test("JavaScript's operators refuse tensors instead of making NaN; text is made of them", () => {
  const x: Tensor = ones(2, 3);
  for (const use of [() => +x, () => Number(ones(1)), () => Math.max(1, x as never), () => (x as never) < 3]) {
    expect(use).toThrow(DTypeError);
  }
  expect(() => Number(x)).toThrow(
    "Tensor: JavaScript's arithmetic and comparisons are for numbers; got a tensor [2, 3]; " +
      "use its methods, as a.mul(b) and a.lt(b), or item() for the number in it",
  );
  expect([`${tensor(1)}`, `loss ${tensor([2])}`]).toEqual(["tensor(1.)", "loss tensor([2.])"]);
});
