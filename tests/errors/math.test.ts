/** What the functions of statistics, order and products refuse, and in-place changes that gradients would miss. */
import { expect, test } from "vitest";
import {
  DTypeError,
  einsum,
  GradError,
  IndexError,
  noGrad,
  ones,
  ShapeError,
  searchsorted,
  type Tensor,
  tensor,
  ValueError,
  zeros,
} from "../../src/index.ts";

const whole = (values: number[]): Tensor => tensor(values, { dtype: "int32" });
const x: Tensor = ones(2, 3);

test.each([
  ["clamp without a bound", () => x.clamp(null), ValueError, "clamp: needs a bound"],
  ["clamp to NaN", () => x.clamp(Number.NaN), ValueError, "clamp: bounds are numbers or tensors; got NaN"],
  ["clamp to text", () => x.clamp("1" as never), DTypeError, "clamp: takes a tensor or a number; got string"],
  ["logit beyond 1", () => x.logit({ eps: 2 }), ValueError, "logit: eps is from 0 to 1; got 2"],
  ["frac of ints", () => whole([1]).frac(), DTypeError, "frac: takes float32 or float64"],
  ["ints divided by 0", () => whole([1]).floorDivide(0), ValueError, "floorDivide: a result is no int32"],
  [
    "a float into ints",
    () => whole([1]).add_(0.5),
    DTypeError,
    "add_: the result is float32 and does not go into int32",
  ],
  ["var of ints", () => whole([1]).var(), DTypeError, "var: takes float32 or float64"],
  [
    "correction of text",
    () => x.var(0, false, { correction: "0" as never }),
    ValueError,
    "var: correction is a number",
  ],
  ["norm of a name", () => x.norm("nuc" as never), ValueError, 'norm: p is a number or "fro"; got nuc'],
  ["the largest of none", () => zeros(0, 2).amax(0), ShapeError, "amax: needs at least one element"],
  ["cumsum beyond int32", () => whole([2 ** 31 - 1, 1]).cumsum(0), ValueError, "does not fit int32"],
  [
    "topk of too many",
    () => x.topk(4),
    ValueError,
    "topk: k is a whole number from 0 to the size of the axis, 3; got 4",
  ],
  ["topk of a fraction", () => x.topk(1.5), ValueError, "topk: k is a whole number"],
  ["kthvalue 0", () => x.kthvalue(0), IndexError, "kthvalue: k is a whole number from 1 on; got 0"],
  ["kthvalue beyond", () => x.kthvalue(4), IndexError, "kthvalue: k is from 1 to the size of the axis, 3; got 4"],
  ["median of nothing", () => zeros(0).median(), ShapeError, "median: needs at least one element"],
  ["quantile 2", () => x.quantile(2), ValueError, "quantile: q is a number from 0 to 1, or several; got 2"],
  ["quantile by a name", () => x.quantile(0.4, 0, false, { interpolation: "cubic" as never }), ValueError, '"cubic"'],
  ["bincount of floats", () => ones(3).bincount(), DTypeError, "bincount: counts int32 or uint8; got float32"],
  ["bincount below 0", () => whole([1, -2]).bincount(), ValueError, "bincount: counts numbers of at least 0; got -2"],
  ["no bins", () => x.histc({ bins: 0 }), ValueError, "histc: bins is a whole number from 1 on; got 0"],
  ["an infinite range", () => tensor([1 / 0]).histc(), ValueError, "histc: the range is finite"],
  [
    "two dtypes",
    () => searchsorted(whole([1]), ones(2)),
    DTypeError,
    "searchsorted: sequence and values have one dtype",
  ],
  ["bmm of matrices", () => x.bmm(zeros(3, 2) as never), ShapeError, "bmm: takes a stack of matrices"],
  ["outer of matrices", () => x.outer(x), ShapeError, "outer: takes a vector and a vector"],
  [
    "cross of two",
    () => zeros(2).cross(zeros(2)),
    ShapeError,
    "cross: takes vectors of 3 along axis -1; got [2] and [2]",
  ],
  ["einsum of too few", () => einsum("ij,jk->ik", x), ValueError, 'einsum: "ij,jk->ik" is about 2 tensors; got 1'],
  ["einsum of none", () => einsum("ij"), ValueError, "is about 1 tensors; got 0"],
  ["einsum of digits", () => einsum("i1", x), ValueError, "einsum: axes are letters"],
  ["einsum of axes", () => einsum("ijk", x), ShapeError, 'einsum: "ijk" names 3 axes; got a tensor of [2, 3]'],
  ["einsum of sizes", () => einsum("ij,ji", x, x), ShapeError, 'einsum: axis "i" of "ij,ji" has one size; got 2 and 3'],
  ["einsum of a diagonal", () => einsum("ii", x), ShapeError, 'einsum: axes "i" of "ii" have one size; got [2, 3]'],
  ["einsum to others", () => einsum("ij->k", x), ValueError, "einsum: the result names axes of the tensors, each once"],
] as const)("%s is an error", (_, run, type, message) => {
  expect(run).toThrow(type);
  expect(run).toThrow(message);
});

test("a leaf that requires gradients is changed only in noGrad", () => {
  const leaf = ones([3], { requiresGrad: true });
  for (const change of [
    () => leaf.relu_(),
    () => leaf.clamp_(0),
    () => leaf.addcmul_(leaf, leaf),
    () => leaf.pow_(2),
  ]) {
    expect(change).toThrow(GradError);
  }
  noGrad(() => leaf.neg_());
  expect(leaf.toArray()).toEqual([-1, -1, -1]);
});

test("a value that a gradient reads may not change before backward", () => {
  const leaf = ones([3], { requiresGrad: true });
  const y = leaf.mul(2);
  const z = y.mul(y);
  y.relu_();
  expect(() => z.sum().backward()).toThrow(GradError);
});

test("untracked changes count as versions and happen in the memory of all views", () => {
  const y = tensor([[-1, 4]]);
  const view = y.reshape(2);
  y.relu_().sqrt_();
  expect(view.toArray()).toEqual([0, 2]);
  expect(whole([-3, 2]).abs_().toArray()).toEqual([3, 2]);
});

test("moments of numbers far from 0 keep their digits", () => {
  const values = Array.from({ length: 100000 }, (_, i) => 4096 + (i % 2));
  expect(tensor(values).var().item()).toBeCloseTo(0.25, 5);
  expect(tensor(values).reshape(20000, 5).var(0).toArray()).toEqual(new Array(5).fill(expect.closeTo(0.25, 3)));
});
