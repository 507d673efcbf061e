/** What scatterReduce, functions of bits and kin refuse, and where their gradients differ from PyTorch's on purpose. */
import { expect, test } from "vitest";
import { DTypeError, IndexError, ShapeError, type Tensor, tensor, ValueError, zeros } from "../../src/index.ts";

const int = (values: number[]): Tensor => tensor(values, { dtype: "int32" });
const reduce = (index: Tensor, source: Tensor, kind = "sum", options = {}): Tensor =>
  (zeros(3) as Tensor).scatterReduce(0, index, source, kind as never, options);

const refused: readonly (readonly [() => unknown, new (message: string) => Error, string])[] = [
  [() => reduce(int([0, 3]), zeros(2)), IndexError, "scatterReduce: index 3 at position 1 is out of range"],
  [() => reduce(int([-1]), zeros(1), "amax"), IndexError, "scatterReduce: index -1 at position 0"],
  [() => reduce(int([0, 1]), zeros(1)), ShapeError, "scatterReduce: the index is no larger than the source"],
  [() => reduce(int([0]), int([1])), DTypeError, "scatterReduce: the source has the input's dtype float32; got int32"],
  [() => reduce(int([0]), zeros(1), "max"), ValueError, 'one of sum, prod, mean, amax, amin; got "max"'],
  [() => reduce(int([0]), zeros(1), "sum", { include_self: false }), ValueError, "it is called includeSelf"],
  [
    () =>
      zeros(2)
        .to("bool")
        .scatterReduce(0, int([0]), zeros(1), "sum"),
    DTypeError,
    "scatterReduce: takes float32",
  ],
  [() => zeros(2).bitwiseAnd(1), DTypeError, "bitwiseAnd: takes int32, uint8 and bool; got float32 and 1"],
  [() => int([1]).bitwiseOr(0.5), DTypeError, "bitwiseOr: takes int32, uint8 and bool; got int32 and 0.5"],
  [() => int([1]).bitwiseXor(Number.NaN), DTypeError, "bitwiseXor: takes int32, uint8 and bool; got int32 and NaN"],
  [
    () =>
      int([1])
        .gt(0)
        .bitwiseLeftShift(int([1]).gt(0)),
    DTypeError,
    "bitwiseLeftShift: takes int32 and uint8; got bool",
  ],
  [() => zeros(2).bitwiseNot(), DTypeError, "bitwiseNot: takes int32, uint8 and bool; got float32"],
  [() => int([1, 2]).bitwiseAnd(int([1, 2, 3]) as never), ShapeError, "bitwiseAnd"],
  [() => int([1, 2]).bitwiseAnd("1" as never), DTypeError, "bitwiseAnd: takes a tensor or a number; got string"],
  [() => int([1]).logcumsumexp(0), DTypeError, "logcumsumexp: takes float32 or float64; got int32"],
  [() => (zeros(2) as Tensor).logcumsumexp(1), IndexError, "logcumsumexp"],
];

test.each(refused)("%s", (call, kind, message) => {
  expect(call).toThrow(kind);
  expect(call).toThrow(message);
});

test("an element that takes no part has no share of the gradient, though it equals the maximum", () => {
  const x: Tensor = tensor([3, 1], { requiresGrad: true });
  const source: Tensor = tensor([3, 2], { requiresGrad: true });
  x.scatterReduce(0, int([0, 0]), source, "amax", { includeSelf: false })
    .sum()
    .backward();
  expect([x.grad?.toArray(), source.grad?.toArray()]).toEqual([[0, 1], [1, 0]]); // biome-ignore format: a line
});
