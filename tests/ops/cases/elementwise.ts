/** Functions element by element, of one tensor and of two, and in place. */
import { noGrad, type Tensor } from "../../../src/index.ts";
import {
  elementwise,
  given,
  type InputSet,
  input,
  large,
  pairs,
  type Range,
  SPECIAL_PAIRS,
  SPECIALS,
  set,
  specialPairs,
  whole,
  wholePairs,
} from "../inputs.ts";
import { type Case, COUNTED, COUNTS, FLOATS_AND_INTS, type Run, row } from "./case.ts";

// ---- one tensor, element by element ----------------------------------------------------------------------------------

function unary(op: string, run: Run, range: Range = [-2, 2], more: readonly InputSet[] = COUNTED): Case {
  return row(op, `x.${op}()`, run, [...elementwise(range), ...more]);
}

const UNARY = [
  unary("neg", (x) => x.neg(), [-2, 2], whole("int32")),
  unary("abs", (x) => x.abs(), [-2, 2], whole("int32")),
  unary("sign", (x) => x.sign(), [-2, 2], whole("int32")),
  unary("square", (x) => x.square(), [-2, 2], whole("int32")),
  unary("relu", (x) => x.relu(), [-2, 2], whole("int32")),
  unary("exp", (x) => x.exp(), [-3, 3]),
  unary("expm1", (x) => x.expm1(), [-3, 3]),
  unary("log", (x) => x.log(), [0.05, 4]),
  unary("log1p", (x) => x.log1p(), [-0.9, 4]),
  unary("log2", (x) => x.log2(), [0.05, 4]),
  unary("sqrt", (x) => x.sqrt(), [0.05, 4]),
  unary("rsqrt", (x) => x.rsqrt(), [0.05, 4]),
  unary("reciprocal", (x) => x.reciprocal(), [0.2, 4]),
  unary("sin", (x) => x.sin(), [-9, 9]),
  unary("cos", (x) => x.cos(), [-9, 9]),
  unary("tan", (x) => x.tan(), [-1.4, 1.4]),
  unary("atan", (x) => x.atan(), [-5, 5]),
  unary("tanh", (x) => x.tanh(), [-4, 4]),
  unary("sigmoid", (x) => x.sigmoid(), [-6, 6]),
  unary("erf", (x) => x.erf(), [-3, 3]),
  unary("floor", (x) => x.floor(), [-5, 5], []),
  unary("ceil", (x) => x.ceil(), [-5, 5], []),
  unary("round", (x) => x.round(), [-5, 5], []),
  unary("isnan", (x) => x.isnan()),
];

// ---- two tensors, element by element ---------------------------------------------------------------------------------

const WHOLE_PAIRS = [
  ...wholePairs("int32"),
  ...wholePairs("int32", "uint8"),
  set(input([2, 3], { kind: "int32" }), input([3])),
  set(input([3], { kind: "bool" }), input([2, 3])),
];
const COMPARED = [...pairs(), ...WHOLE_PAIRS, ...wholePairs("uint8"), set(given([1, 2, 2]), given([2, 2, 1]))];
const NONZERO = [...wholePairs("int32", "int32", [1, 7]), ...wholePairs("int32", "uint8", [1, 7])];
/** Exact ties, and float32 beside float64. */
const TIES = set(given([1, -2, 3, 0]), given([1, 2, -3, 0]));
const MIXED = [
  set(input([2, 3], { kind: "float32" }), input([3], { kind: "float64", seed: 2 })),
  set(input([2, 3], { kind: "float64" }), input([3], { kind: "float32", seed: 2 })),
];

/** Without -0 and -Infinity, where PyTorch takes a square root for the power 0.5 and the gradient's sign is another. */
const ROOTS = SPECIALS.filter((value) => !Object.is(value, -0) && value !== Number.NEGATIVE_INFINITY);

const BINARY = [
  row("add", "x + y", (x, y) => x.add(y), [...pairs(), ...WHOLE_PAIRS, ...MIXED]),
  row("add", "x.add(y, alpha=-1.5)", (x, y) => x.add(y, { alpha: -1.5 }), pairs()),
  row("sub", "x.sub(y, alpha=0.5)", (x, y) => x.sub(y, { alpha: 0.5 }), pairs()),
  row("add", "x + 2.5", (x) => x.add(2.5), FLOATS_AND_INTS),
  row("add", "x + 2", (x) => x.add(2), COUNTS),
  row("add", "x + x", (x) => x.add(x), COUNTS.slice(0, 2)),
  row("sub", "x - y", (x, y) => x.sub(y), [...pairs(), ...WHOLE_PAIRS.slice(0, -1), ...MIXED]),
  row("sub", "x - 2.5", (x) => x.sub(2.5), FLOATS_AND_INTS),
  row("mul", "x * y", (x, y) => x.mul(y), [...pairs(), ...WHOLE_PAIRS, ...MIXED]),
  row("mul", "x * -0.75", (x) => x.mul(-0.75), FLOATS_AND_INTS),
  row("mul", "x * x", (x) => x.mul(x), COUNTS.slice(0, 2)),
  row("div", "x / y", (x, y) => x.div(y), [...pairs([-2, 2], [0.3, 3]), ...NONZERO, ...MIXED]),
  row("div", "x / 3", (x) => x.div(3), [...FLOATS_AND_INTS, ...COUNTS]),
  row("pow", "x ** y", (x, y) => x.pow(y), pairs([0.2, 3], [-2, 2])),
  row("pow", "x ** 2", (x) => x.pow(2), elementwise([-2, 2])),
  row("pow", "x ** 3", (x) => x.pow(3), elementwise([-2, 2])),
  row("pow", "x ** 0.5", (x) => x.pow(0.5), elementwise([0.1, 4], ROOTS)),
  row("pow", "x ** -1.5", (x) => x.pow(-1.5), elementwise([0.1, 4])),
  row("pow", "x.int() ** 2", (x) => x.pow(2), COUNTED),
  row("pow", "x ** 0", (x) => x.pow(0), elementwise([-2, 2])),
  row("maximum", "torch.maximum(x, y)", (x, y) => x.maximum(y), [...pairs(), TIES, ...WHOLE_PAIRS]),
  row("maximum", "torch.maximum(x, torch.tensor(0.5, dtype=x.dtype))", (x) => x.maximum(0.5), elementwise([-2, 2])),
  row("minimum", "torch.minimum(x, y)", (x, y) => x.minimum(y), [...pairs(), TIES, ...WHOLE_PAIRS]),
  row("minimum", "torch.minimum(x, torch.tensor(0.5, dtype=x.dtype))", (x) => x.minimum(0.5), elementwise([-2, 2])),
  // The remainder of a division by 0 is NaN and that by an infinity a limit: neither has a gradient to compare.
  row("remainder", "x % y", (x, y) => x.remainder(y), pairs([-5, 5], [0.6, 2], specialPairs([0.75, -1.5, 2, -0.25]))),
  row("remainder", "(x % y).detach()", (x, y) => x.remainder(y).detach(), [SPECIAL_PAIRS]),
  row("remainder", "x % y", (x, y) => x.remainder(y), NONZERO),
  row("remainder", "x.int() % 3", (x) => x.remainder(3), [set(given([-7, 16777217, 2 ** 31 - 1], [3], "int32"))]),
  row("floor", "x.floor()", (x) => x.floor(), [set(given([-7, 16777217], [2], "int32"))]),
  row("remainder", "x % -0.75", (x) => x.remainder(-0.75), elementwise([-5, 5])),
  row("eq", "x == y", (x, y) => x.eq(y), COMPARED),
  row("ne", "x != y", (x, y) => x.ne(y), COMPARED),
  row("lt", "x < y", (x, y) => x.lt(y), COMPARED),
  row("le", "x <= y", (x, y) => x.le(y), COMPARED),
  row("gt", "x > y", (x, y) => x.gt(y), COMPARED),
  row("ge", "x >= y", (x, y) => x.ge(y), COMPARED),
  row("eq", "x == 0.5", (x) => x.eq(0.5), FLOATS_AND_INTS),
  row("lt", "x < 1", (x) => x.lt(1), COUNTS),
];

// ---- in place --------------------------------------------------------------------------------------------------------

const INTO = [
  ...[[2, 3], [], [0], [17], [5, 33]].map((shape) => set(input(shape), input(shape, { seed: 2, range: [0.3, 3] }))),
  set(input([2, 3]), input([3], { seed: 2, range: [0.3, 3] })),
  set(input([2, 3], { layout: "transposed" }), input([2, 1], { seed: 2, range: [0.3, 3], layout: "selected" })),
  set(input([4, 40]), input([4, 1], { seed: 2, range: [0.3, 3] })),
  set(input([5, 33]), input([5, 33], { seed: 2, range: [0.3, 3], layout: "transposed" })),
  large(input([41, 1001]), input([1001], { seed: 2, range: [0.3, 3] })),
];

const IN_PLACE = [
  row("add_", "x.clone().add_(y)", (x, y) => x.clone().add_(y), [...INTO, ...wholePairs("int32").slice(0, 1)]),
  row("sub_", "x.clone().sub_(y)", (x, y) => x.clone().sub_(y), INTO),
  row("add_", "x.clone().add_(y, alpha=-0.5)", (x, y) => x.clone().add_(y, { alpha: -0.5 }), INTO),
  row("sub_", "x.clone().sub_(y, alpha=3)", (x, y) => x.clone().sub_(y, { alpha: 3 }), INTO),
  row("mul_", "x.clone().mul_(y)", (x, y) => x.clone().mul_(y), INTO),
  row("div_", "x.clone().div_(y)", (x, y) => x.clone().div_(y), INTO),
  row("mul_", "x.clone().mul_(-1.5)", (x) => x.clone().mul_(-1.5), elementwise([-2, 2])),
  row("copy_", "x.clone().copy_(y)", (x, y) => x.clone().copy_(y), [
    ...INTO,
    set(input([2, 3]), input([2, 3], { kind: "int32" })),
  ]),
  row("fill_", "x.clone().fill_(7)", (x) => x.clone().fill_(7), [...elementwise([-2, 2]), ...COUNTS]),
  row("zero_", "x.clone().zero_()", (x) => x.clone().zero_(), [...elementwise([-2, 2]), ...COUNTS]),
  row(
    "add_",
    "torch.cat([x[:, :1], x[:, 1:3] + 5, x[:, 3:]], 1).detach()",
    (x) =>
      noGrad(() => {
        const y = x.clone() as Tensor;
        y.narrow(1, 1, 2).add_(5);
        return y;
      }),
    [set(input([4, 6])), set(input([4, 6], { layout: "transposed" }))],
  ),
];

export const cases: readonly Case[] = [...UNARY, ...BINARY, ...IN_PLACE];
