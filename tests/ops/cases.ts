/**
 * Every op, one row for each way of calling it: nabla's call, PyTorch's as Python reads it, and the inputs. From these rows
 * run values and gradients against PyTorch, gradients against differences, every thread count and every home.
 * After a change here: `python tests/ops/make-fixtures.py`, with a Python that has PyTorch 2.
 */
import {
  arange,
  cat,
  crossEntropy,
  empty,
  eye,
  full,
  linear,
  linspace,
  mseLoss,
  noGrad,
  ones,
  onesLike,
  rand,
  randint,
  randn,
  randperm,
  stack,
  type Tensor,
  tensor,
  zeros,
  zerosLike,
} from "../../src/index.ts";
import {
  elementwise,
  given,
  type Input,
  type InputSet,
  input,
  type Layout,
  large,
  pairs,
  type Range,
  SPECIAL_PAIRS,
  SPECIALS,
  set,
  special,
  specialPairs,
  whole,
  wholePairs,
} from "./inputs.ts";

export interface Case {
  /** The exported function or method. */
  readonly op: string;
  /** Python's expression over x, y and z; `torch` and `F` are known. The generator is seeded before each. */
  readonly torch: string;
  /** Gives what PyTorch's expression gives: a tensor, or several. */
  readonly run: (x: Tensor, y: Tensor, z: Tensor) => Tensor | readonly Tensor[];
  readonly sets: readonly InputSet[];
}

type Run = Case["run"];

function row(op: string, torch: string, run: Run, sets: readonly InputSet[]): Case {
  return { op, torch, run, sets };
}

// ---- one tensor, element by element ----------------------------------------------------------------------------------

/** Int32, uint8 and bool in functions that give floats. */
const COUNTED = (["int32", "uint8", "bool"] as const).map((kind) => set(input([2, 3], { kind })));

function unary(op: string, run: Run, range: Range = [-2, 2], more: readonly InputSet[] = COUNTED): Case {
  return row(op, `x.${op}()`, run, [...elementwise(range), ...more]);
}

/** relu(-0) is 0, where PyTorch's is -0. */
const NO_NEGATIVE_ZERO = SPECIALS.filter((value) => !Object.is(value, -0));

const UNARY = [
  unary("neg", (x) => x.neg(), [-2, 2], whole("int32")),
  unary("abs", (x) => x.abs(), [-2, 2], whole("int32")),
  unary("sign", (x) => x.sign(), [-2, 2], whole("int32")),
  unary("square", (x) => x.square(), [-2, 2], whole("int32")),
  row("relu", "x.relu()", (x) => x.relu(), [...elementwise([-2, 2], NO_NEGATIVE_ZERO), ...whole("int32")]),
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
const FLOATS_AND_INTS = [...elementwise([-2, 2]), set(input([2, 3], { kind: "int32" }))];
const COUNTS = [set(input([2, 3])), set(input([2, 3], { kind: "int32" })), set(input([2, 3], { kind: "bool" }))];

/** Without -0 and -Infinity, where PyTorch takes a square root for the power 0.5 and the gradient's sign is another. */
const ROOTS = NO_NEGATIVE_ZERO.filter((value) => value !== Number.NEGATIVE_INFINITY);

const BINARY = [
  row("add", "x + y", (x, y) => x.add(y), [...pairs(), ...WHOLE_PAIRS, ...MIXED]),
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
  large(input([41, 1001]), input([1001], { seed: 2, range: [0.3, 3] })),
];

const IN_PLACE = [
  row("add_", "x.clone().add_(y)", (x, y) => x.clone().add_(y), [...INTO, ...wholePairs("int32").slice(0, 1)]),
  row("sub_", "x.clone().sub_(y)", (x, y) => x.clone().sub_(y), INTO),
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

// ---- reductions ------------------------------------------------------------------------------------------------------

const LAYOUTS: readonly Layout[] = ["transposed", "narrowed", "selected", "expanded"];
const LONG = [large(input([3, 70001], { range: [-1, 2] }))];
const TALL = [large(input([20011, 3], { range: [-1, 2] }))];

/** Inputs of every rank up to 1 and of 2, for reductions of everything. */
function everything(range: Range = [-2, 2], empties: readonly InputSet[] = []): InputSet[] {
  return [
    ...[[2, 3], [], [1], [17], [33], [17, 33], [3, 1001]].map((shape) => set(input(shape, { range }))),
    ...LAYOUTS.map((layout) => set(input([3, 5], { range, layout }))),
    ...empties,
  ];
}

/** Inputs of three axes, for reductions along some of them. */
function axes(range: Range = [-2, 2]): InputSet[] {
  return [
    ...[
      [2, 3, 4],
      [1, 1, 1],
      [3, 17, 2],
      [2, 33, 1],
    ].map((shape) => set(input(shape, { range }))),
    ...LAYOUTS.map((layout) => set(input([3, 4, 5], { range, layout }))),
  ];
}

const NOTHING = [set(input([0])), set(input([3, 0]))];
const NO_ROWS = [set(input([0, 3, 2])), set(input([2, 0, 3]))];
const WITH_NAN = special("NaN and infinities", given([1, Number.NaN, 3, 1, 2, Number.POSITIVE_INFINITY], [2, 3]));
const WITH_ZEROS = set(given([2, 0, 3, 4, 1, 5, 0, 0, 7], [3, 3]));
const TIED = special("ties and zeros", given([1, 3, 3, 2, 5, 5, 5, 5, 0, -0, -0, 0], [3, 4]));
const WHOLE_AXES = (["int32", "uint8", "bool"] as const).map((kind) => set(input([2, 3, 4], { kind })));
const WHOLE_ALL = (["int32", "uint8", "bool"] as const).map((kind) => set(input([5, 7], { kind })));
const SMALL: Range = [0.5, 1.5];
const FLAT_SMALL = everything(SMALL, NOTHING).filter((s) => s.name !== "[3, 1001]" && s.name !== "[17, 33]");

const SUMS = [
  row("sum", "x.sum()", (x) => x.sum(), [...everything([-2, 2], NOTHING), ...WHOLE_ALL, WITH_NAN, ...LONG]),
  row("sum", "x.sum(1)", (x) => x.sum(1), [...axes(), ...NO_ROWS, ...WHOLE_AXES, WITH_NAN, ...LONG]),
  row("sum", "x.sum(0)", (x) => x.sum(0), [...axes(), ...NO_ROWS, set(input([])), ...TALL]),
  row("sum", "x.sum(-1, keepdim=True)", (x) => x.sum(-1, true), [...axes(), ...NOTHING, ...TALL]),
  row("sum", "x.sum((0, 2))", (x) => x.sum([0, 2]), axes()),
  row("sum", "x.sum((2, 1), keepdim=True)", (x) => x.sum([2, 1], true), axes()),
  row("mean", "x.mean()", (x) => x.mean(), [...everything([-2, 2], NOTHING), WITH_NAN, ...LONG]),
  row("mean", "x.mean(1)", (x) => x.mean(1), [...axes(), ...NO_ROWS, ...LONG]),
  row("mean", "x.mean((0, 2), keepdim=True)", (x) => x.mean([0, 2], true), axes()),
  row("mean", "x.float().mean(0)", (x) => x.mean(0), [set(input([4, 3], { kind: "int32" }))]),
  row("prod", "x.prod()", (x) => x.prod(), [...FLAT_SMALL, ...WHOLE_ALL.slice(1), WITH_ZEROS, WITH_NAN]),
  row("prod", "x.prod()", (x) => x.prod(), [set(given([1, 2, 0, 4])), set(given([0, 0, 3]))]),
  row("prod", "x.prod(1)", (x) => x.prod(1), [...axes(SMALL), ...NO_ROWS, ...WHOLE_AXES, WITH_ZEROS]),
  row("prod", "x.prod(0, keepdim=True)", (x) => x.prod(0, true), [...axes(SMALL), WITH_ZEROS]),
  row("prod", "x.prod(1)", (x) => x.prod(1), [large(input([4001, 33], { range: SMALL }))]),
];

const truths = (shape: readonly number[], layout: Layout = "plain"): Input => input(shape, { kind: "bool", layout });
const QUANTIFIED = [
  ...[
    [3, 4],
    [0, 3],
    [17, 33],
    [4, 1],
  ].map((shape) => set(truths(shape))),
  set(truths([3, 4], "transposed")),
  set(input([3, 4], { kind: "int32" })),
  set(given([0, 0, 0, 1, 1, 1, -0, Number.NaN, 2], [3, 3])),
  large(truths([3, 70001])),
];

function extremes(op: "max" | "min", whole: Run, along: Run, kept: Run): Case[] {
  const sets = [TIED, WITH_NAN, set(input([2, 3, 4], { kind: "int32" })), ...LONG];
  return [
    row(op, `x.${op}()`, whole, [...everything(), ...sets]),
    row(op, `x.${op}(1)`, along, [...axes(), ...sets, set(input([0, 3]))]),
    row(op, `x.${op}(0, keepdim=True)`, kept, [...axes(), TIED, WITH_NAN, ...TALL, set(input([3, 0]))]),
  ];
}

function places(op: "argmax" | "argmin", all: Run, along: Run, kept: Run): Case[] {
  const sets = [TIED, WITH_NAN, set(input([2, 3, 4], { kind: "int32" })), ...LONG];
  return [
    row(op, `x.${op}()`, all, [...everything(), ...sets]),
    row(op, `x.${op}(1)`, along, [...axes(), ...sets]),
    row(op, `x.${op}(0, keepdim=True)`, kept, [...axes(), TIED, WITH_NAN, ...TALL]),
  ];
}

const both = (pair: { values: Tensor; indices: Tensor }): Tensor[] => [pair.values, pair.indices];

const EXTREMES = [
  ...extremes(
    "max",
    (x) => x.max(),
    (x) => both(x.max(1)),
    (x) => both(x.max(0, true)),
  ),
  ...extremes(
    "min",
    (x) => x.min(),
    (x) => both(x.min(1)),
    (x) => both(x.min(0, true)),
  ),
  ...places(
    "argmax",
    (x) => x.argmax(),
    (x) => x.argmax(1),
    (x) => x.argmax(0, true),
  ),
  ...places(
    "argmin",
    (x) => x.argmin(),
    (x) => x.argmin(1),
    (x) => x.argmin(0, true),
  ),
  row("any", "x.any()", (x) => x.any(), QUANTIFIED),
  row("any", "x.any(1)", (x) => x.any(1), QUANTIFIED),
  row("any", "x.any(0, keepdim=True)", (x) => x.any(0, true), QUANTIFIED),
  row("all", "x.all()", (x) => x.all(), QUANTIFIED),
  row("all", "x.all(1)", (x) => x.all(1), QUANTIFIED),
  row("all", "x.all(0, keepdim=True)", (x) => x.all(0, true), QUANTIFIED),
];

// ---- softmax, products of matrices, losses ---------------------------------------------------------------------------

const INFINITE = special("infinite logits", given([1, Number.NEGATIVE_INFINITY, 2, 1000, -1000, 999], [2, 3]));
const ALONG = [...axes([-4, 4]), INFINITE, large(input([401, 101], { range: [-4, 4] })), set(input([3, 0]))];

const m = (shape: readonly number[], layout: Layout = "plain"): Input => input(shape, { layout });
const n = (shape: readonly number[], layout: Layout = "plain"): Input => input(shape, { layout, seed: 2 });
const PRODUCTS = [
  ...[set(m([2, 3]), n([3, 4])), set(m([1, 1]), n([1, 1])), set(m([17, 33]), n([33, 17])), set(m([3, 1]), n([1, 5]))],
  ...[set(m([5, 1003]), n([1003, 3])), set(m([1, 33]), n([33, 17])), set(m([33, 17]), n([17, 1]))],
  ...[set(m([0, 3]), n([3, 2])), set(m([2, 0]), n([0, 3])), set(m([2, 3]), n([3, 0]))],
  ...[set(m([4]), n([4])), set(m([4]), n([4, 3])), set(m([3, 4]), n([4])), set(m([2, 3, 4]), n([4]))],
  ...[set(m([4]), n([2, 4, 3])), set(m([2, 3, 4]), n([4, 5])), set(m([2, 3, 4]), n([2, 4, 5]))],
  ...[set(m([3, 4]), n([2, 4, 5])), set(m([2, 1, 3, 4]), n([5, 4, 2])), set(m([0, 3, 4]), n([0, 4, 2]))],
  ...LAYOUTS.flatMap((layout) => [set(m([6, 5], layout), n([5, 7])), set(m([6, 5]), n([5, 7], layout))]),
  set(m([5, 9], "transposed"), n([9, 4], "transposed")),
  set(m([2, 3, 4], "transposed"), n([2, 4, 5], "narrowed")),
  set(m([2, 3, 4], "expanded"), n([2, 4, 5])),
  special("NaN and infinity", given([1, Number.NaN, 0, Number.POSITIVE_INFINITY], [2, 2]), given([1, 2, 0, 3], [2, 2])),
  large(m([130, 260]), n([260, 120])),
  large(m([24, 64, 40]), n([24, 40, 72])),
  large(m([400, 300]), n([300])),
];

const b = (shape: readonly number[], layout: Layout = "plain"): Input => input(shape, { layout, seed: 3 });
const AFFINE = [
  set(m([5, 3]), n([4, 3]), b([4])),
  set(m([1, 1]), n([1, 1]), b([1])),
  set(m([17, 33]), n([3, 33]), b([3])),
  set(m([0, 3]), n([2, 3]), b([2])),
  set(m([3]), n([4, 3]), b([4])),
  set(m([2, 5, 3]), n([4, 3]), b([4])),
  set(m([5, 3], "transposed"), n([4, 3], "transposed"), b([4])),
  set(m([5, 3], "narrowed"), n([4, 3], "selected"), b([4], "selected")),
  large(m([130, 200]), n([96, 200]), b([96])),
];

const withoutBias = (s: InputSet): InputSet => ({ ...set(...s.inputs.slice(0, 2)), large: s.large });

const labels = (shape: readonly number[], classes: number, kind: "int32" | "uint8" = "int32"): Input =>
  input(shape, { kind, range: [0, classes - 1], seed: 2 });
const CLASSED = [
  set(m([5, 3]), labels([5], 3)),
  set(m([1, 1]), labels([1], 1)),
  set(m([17, 33]), labels([17], 33, "uint8")),
  set(m([7]), labels([], 7)),
  set(m([3, 4, 5]), labels([3, 5], 4)),
  set(m([2, 3, 2, 4]), labels([2, 2, 4], 3)),
  set(m([5, 3], "transposed"), labels([5], 3)),
  set(m([5, 3], "narrowed"), labels([5], 3)),
  set(m([0, 3]), labels([0], 3)),
  special("large logits", given([1000, -1000, 3, 0, 0, 0, 50, 60, 70], [3, 3]), labels([3], 3)),
  large(m([1001, 41]), labels([1001], 41)),
];
const COMPARABLE = [
  ...[[5, 3], [], [0], [33], [3, 17]].map((shape) => set(m(shape), n(shape))),
  set(m([3, 4], "transposed"), n([3, 4], "narrowed")),
  special("NaN", given([1, Number.NaN]), given([2, 3])),
  large(m([3, 70001]), n([3, 70001])),
];

/** The sets without empty inputs: nabla refuses the mean of no losses, which is NaN in PyTorch. */
const filled = (sets: readonly InputSet[]): InputSet[] =>
  sets.filter(({ inputs }) => inputs.every(({ shape }) => !shape.includes(0)));

const DENSE = [
  row("softmax", "x.softmax(1)", (x) => x.softmax(1), ALONG),
  row("softmax", "x.softmax(0)", (x) => x.softmax(0), [...ALONG, set(input([])), set(input([0, 3]))]),
  row("softmax", "x.softmax(-1)", (x) => x.softmax(-1), [...ALONG, large(input([5, 20011]))]),
  row("logSoftmax", "x.log_softmax(1)", (x) => x.logSoftmax(1), ALONG),
  row("logSoftmax", "x.log_softmax(0)", (x) => x.logSoftmax(0), [...ALONG, set(input([])), set(input([0, 3]))]),
  row("logSoftmax", "x.log_softmax(-1)", (x) => x.logSoftmax(-1), [...ALONG, large(input([5, 20011]))]),
  row("matmul", "x.matmul(y)", (x, y) => x.matmul(y), PRODUCTS),
  row("matmul", "x.matmul(x.transpose(-2, -1))", (x) => x.matmul(x.transpose(-2, -1)), [
    set(m([4, 5])),
    set(m([2, 3, 4])),
  ]),
  row("dot", "x.dot(y)", (x, y) => x.dot(y), [
    ...[[1], [3], [17], [1001], [0]].map((shape) => set(m(shape), n(shape))),
    set(m([33], "selected"), n([33], "narrowed")),
    large(m([100003]), n([100003])),
  ]),
  row("linear", "F.linear(x, y, z)", (x, y, z) => linear(x, y, z), AFFINE),
  row("linear", "F.linear(x, y)", (x, y) => linear(x, y), AFFINE.map(withoutBias)),
  row("crossEntropy", "F.cross_entropy(x, y.long())", (x, y) => crossEntropy(x, y), filled(CLASSED)),
  row(
    "crossEntropy",
    "F.cross_entropy(x, y.long(), reduction='sum')",
    (x, y) => crossEntropy(x, y, { reduction: "sum" }),
    CLASSED,
  ),
  row("mseLoss", "F.mse_loss(x, y)", (x, y) => mseLoss(x, y), filled(COMPARABLE)),
  row("mseLoss", "F.mse_loss(x, y, reduction='sum')", (x, y) => mseLoss(x, y, { reduction: "sum" }), COMPARABLE),
];

// ---- views, copies, joins --------------------------------------------------------------------------------------------

const CUBES = [
  ...["plain" as const, ...LAYOUTS].map((layout) => set(input([2, 3, 4], { layout }))),
  ...(["int32", "uint8", "bool"] as const).map((kind) => set(input([2, 3, 4], { kind }))),
];
const ONES = [
  ...[[1, 3, 1], [1, 1], [2, 3], [], [0, 1]].map((shape) => set(input(shape))),
  set(m([3, 1, 2], "transposed")),
];
const EVERY_KIND = [
  set(input([3, 37], { range: [0.5, 9] })),
  ...(["int32", "uint8", "bool"] as const).map((kind) =>
    set(input([3, 37], { kind, range: [0, kind === "bool" ? 1 : 9] })),
  ),
  set(input([5, 4], { range: [0.5, 9], layout: "transposed" })),
  set(input([0])),
  large(input([41, 1001], { range: [0.5, 9] })),
];

const VIEWS = [
  row("reshape", "x.reshape(4, -1)", (x) => x.reshape(4, -1), [...CUBES, set(input([12])), set(input([4, 2, 3]))]),
  row("reshape", "x.reshape(6, 2, 2)", (x) => x.reshape(6, 2, 2), CUBES),
  row("reshape", "x.reshape(0, 5)", (x) => x.reshape(0, 5), [set(input([0])), set(input([3, 0]))]),
  row(
    "view",
    "x.reshape(2, 3, 2, 2)",
    (x) => x.view(2, 3, 2, 2),
    CUBES.filter((s) => !s.name.includes("transposed")),
  ),
  row("flatten", "x.flatten()", (x) => x.flatten(), [...CUBES, set(input([])), set(input([0, 3]))]),
  row("flatten", "x.flatten(1)", (x) => x.flatten(1), CUBES),
  row("flatten", "x.flatten(0, 1)", (x) => x.flatten(0, 1), CUBES),
  row("transpose", "x.transpose(0, -1)", (x) => x.transpose(0, -1), [...CUBES, set(input([3, 0]))]),
  row("t", "x.t()", (x) => x.t(), [set(input([3, 4])), set(input([3])), set(input([])), set(m([3, 4], "narrowed"))]),
  row("permute", "x.permute(2, 0, 1)", (x) => x.permute(2, 0, 1), CUBES),
  row("permute", "x.permute(-1, 1, 0)", (x) => x.permute(-1, 1, 0), CUBES),
  row("squeeze", "x.squeeze()", (x) => x.squeeze(), ONES),
  row("squeeze", "x.squeeze(-1)", (x) => x.squeeze(-1), ONES),
  row("unsqueeze", "x.unsqueeze(-1)", (x) => x.unsqueeze(-1), [...ONES, ...CUBES]),
  row("unsqueeze", "x.unsqueeze(0)", (x) => x.unsqueeze(0), [...ONES, ...CUBES]),
  row("expand", "x.expand(2, 3, 4)", (x) => x.expand(2, 3, 4), [
    ...[[3, 1], [1, 1, 4], [], [2, 3, 4], [4]].map((shape) => set(input(shape))),
    set(m([3, 1], "selected")),
  ]),
  row("expand", "x.expand(5, -1, 4)", (x) => x.expand(5, -1, 4), [set(input([3, 1])), set(input([1, 3, 4]))]),
  row("narrow", "x.narrow(1, 1, 2)", (x) => x.narrow(1, 1, 2), CUBES),
  row("narrow", "x.narrow(-1, -3, 2)", (x) => x.narrow(-1, -3, 2), CUBES),
  row("narrow", "x.narrow(0, 1, 0)", (x) => x.narrow(0, 1, 0), CUBES),
  row("select", "x.select(1, 2)", (x) => x.select(1, 2), CUBES),
  row("select", "x.select(-1, -1)", (x) => x.select(-1, -1), [...CUBES, set(input([3]))]),
  row("as", "x.view(2, 3, 4) if x.is_contiguous() else x", (x) => x.as(2, -1, 4), CUBES),
  row("contiguous", "x.contiguous()", (x) => x.contiguous(), [...CUBES, ...elementwise([-2, 2])]),
  row("contiguous", "x.transpose(0, 1).contiguous()", (x) => x.transpose(0, 1).contiguous(), [
    ...CUBES,
    large(input([201, 301])),
  ]),
  row("clone", "x.clone()", (x) => x.clone(), [...CUBES, ...elementwise([-2, 2])]),
  row("detach", "x.detach()", (x) => x.detach(), CUBES),
];

const DTYPES = ["float32", "float64", "int32", "uint8", "bool"] as const;

const CONVERSIONS = [
  ...DTYPES.map((dtype) => row("to", `x.to(torch.${dtype})`, (x) => x.to(dtype), EVERY_KIND)),
  row("to", "x.to('cpu')", (x) => x.to("cpu"), EVERY_KIND.slice(0, 2)),
  row("to", "x.to(torch.int32)", (x) => x.to("int32"), [set(given([-1.5, 1.9, -0.2, 2 ** 31 - 128, -(2 ** 31)]))]),
  row("to", "x.to(torch.bool)", (x) => x.to("bool"), [set(given([0, -0, 0.1, Number.NaN, 2 ** -120, 256]))]),
  row("float", "x.float()", (x) => x.float(), EVERY_KIND),
  row("double", "x.double()", (x) => x.double(), EVERY_KIND),
  row("int", "x.int()", (x) => x.int(), EVERY_KIND),
];

const THREE = (layout: Layout = "plain"): InputSet =>
  set(m([2, 3], layout), n([2, 3]), input([2, 3], { seed: 3, layout }));
const JOINED = [
  THREE(),
  ...LAYOUTS.map(THREE),
  set(m([2, 3], "narrowed"), n([2, 3], "selected"), m([2, 3], "transposed")),
];

const JOINS = [
  row("cat", "torch.cat([x, y, z])", (x, y, z) => cat([x, y, z]), [
    ...JOINED,
    set(m([1, 3]), n([0, 3]), input([4, 3])),
    set(m([2, 3]), n([1, 3]), input([2, 3], { kind: "int32" })),
    large(m([41, 1001]), n([3, 1001]), input([1, 1001])),
  ]),
  row("cat", "torch.cat([x, y, z], -1)", (x, y, z) => cat([x, y, z], -1), [
    ...JOINED,
    set(m([2, 1]), n([2, 3]), m([2, 0])),
  ]),
  row("cat", "torch.cat([x, x])", (x) => cat([x, x]), [set(m([3])), set(input([3], { kind: "bool" }))]),
  row("stack", "torch.stack([x, y, z])", (x, y, z) => stack([x, y, z]), [...JOINED, set(m([]), n([]), m([]))]),
  row("stack", "torch.stack([x, y, z], 1)", (x, y, z) => stack([x, y, z], 1), JOINED),
  row("stack", "torch.stack([x, y, z], -1)", (x, y, z) => stack([x, y, z], -1), JOINED),
];

// ---- tensors out of numbers, and back --------------------------------------------------------------------------------

const NONE = [set()];
const counted = (values: readonly number[]): Tensor => tensor(values, { dtype: "int32" });
const COUNTED_IN_TORCH = (sizes: string): string => `torch.tensor(${sizes}, dtype=torch.int32)`;

const CREATION = [
  row(
    "tensor",
    "torch.tensor([[1., 2.], [3., 4.]])",
    () =>
      tensor([
        [1, 2],
        [3, 4],
      ]),
    NONE,
  ),
  row("tensor", "torch.tensor([True, False])", () => tensor([true, false]), NONE),
  row("tensor", "torch.tensor([[], []])", () => tensor([[], []]), NONE),
  row("tensor", "torch.tensor([1.5, 2], dtype=torch.float64)", () => tensor(new Float64Array([1.5, 2])), NONE),
  row("tensor", "torch.tensor([255, 3], dtype=torch.uint8)", () => tensor([255, 3], { dtype: "uint8" }), NONE),
  row("zeros", "torch.zeros(2, 3)", () => zeros(2, 3), NONE),
  row("zeros", "torch.zeros([0, 3], dtype=torch.bool)", () => zeros([0, 3], { dtype: "bool" }), NONE),
  row("ones", "torch.ones(17, 33)", () => ones(17, 33), NONE),
  row("ones", "torch.ones([5], dtype=torch.uint8)", () => ones([5], { dtype: "uint8" }), NONE),
  row("full", "torch.full([3], -7, dtype=torch.int32)", () => full([3], -7, { dtype: "int32" }), NONE),
  row("full", "torch.full([2, 2], 0.1, dtype=torch.float64)", () => full([2, 2], 0.1, { dtype: "float64" }), NONE),
  row("empty", "torch.empty(2, 3).fill_(4)", () => empty(2, 3).fill_(4), NONE),
  row("zerosLike", "torch.zeros_like(x).detach()", (x) => zerosLike(x), COUNTS),
  row("onesLike", "torch.ones_like(x).detach()", (x) => onesLike(x), [...COUNTS, set(m([2, 3], "transposed"))]),
  row("arange", "torch.arange(5)", () => arange(5), NONE),
  row("arange", "torch.arange(-3, 40, 4)", () => arange(-3, 40, 4), NONE),
  row("arange", "torch.arange(2, -1, -0.3)", () => arange(2, -1, -0.3), NONE),
  row(
    "arange",
    "torch.arange(0, 1, 0.001, dtype=torch.float64)",
    () => arange(0, 1, 0.001, { dtype: "float64" }),
    NONE,
  ),
  row("arange", "torch.arange(0)", () => arange(0), NONE),
  row("linspace", "torch.linspace(-1, 2, 33)", () => linspace(-1, 2, 33), NONE),
  row("linspace", "torch.linspace(0, 1, 1)", () => linspace(0, 1, 1), NONE),
  row("linspace", "torch.linspace(3, 1, 4, dtype=torch.float64)", () => linspace(3, 1, 4, { dtype: "float64" }), NONE),
  row("eye", "torch.eye(4)", () => eye(4), NONE),
  row("eye", "torch.eye(0)", () => eye(0), NONE),
];

const READING = [
  row("toArray", "x.detach().float()", (x) => tensor(x.toArray()), [
    set(m([2, 3, 4], "transposed")),
    set(m([])),
    set(m([3, 0])),
  ]),
  row("toArray", "x", (x) => tensor(x.toArray()), [set(truths([3, 4]))]),
  row("item", "x.detach().float().reshape([])", (x) => tensor(x.item()), [
    set(m([])),
    set(m([1, 1])),
    set(m([1], "narrowed")),
  ]),
  row("numel", COUNTED_IN_TORCH("[x.numel()]"), (x) => counted([x.numel()]), ONES),
  row("size", COUNTED_IN_TORCH("[*x.size(), x.size(-1)]"), (x) => counted([...x.size(), x.size(-1)]), CUBES),
  row("dim", COUNTED_IN_TORCH("[x.dim()]"), (x) => counted([x.dim()]), ONES),
  row(
    "stride",
    COUNTED_IN_TORCH("x.contiguous().transpose(0, 1).stride()"),
    (x) => counted(x.contiguous().transpose(0, 1).stride()),
    CUBES,
  ),
  row(
    "isContiguous",
    "torch.tensor([a.is_contiguous() for a in (x.contiguous(), x.contiguous().transpose(0, 1), x.contiguous()[1])])",
    (x) => {
      const y = x.contiguous() as Tensor;
      return tensor([y, y.transpose(0, 1), y.select(0, 1)].map((part) => (part as Tensor).isContiguous()));
    },
    CUBES,
  ),
  row("isFloatingPoint", "torch.tensor([x.is_floating_point()])", (x) => tensor([x.isFloatingPoint()]), COUNTS),
];

// ---- random: the same numbers for the same seed ----------------------------------------------------------------------

const RANDOM = [
  row("rand", "torch.rand(3, 17)", () => rand(3, 17), NONE),
  row("rand", "torch.rand([5], dtype=torch.float64)", () => rand([5], { dtype: "float64" }), NONE),
  row("randn", "torch.randn(3, 17)", () => randn(3, 17), NONE),
  row("randn", "torch.randn([7], dtype=torch.float64)", () => randn([7], { dtype: "float64" }), NONE),
  row("randint", "torch.randint(-5, 100, [40])", () => randint(-5, 100, [40]), NONE),
  row("randperm", "torch.randperm(100)", () => randperm(100), NONE),
  row("uniform_", "torch.empty(40).uniform_(-2, 3)", () => empty(40).uniform_(-2, 3), NONE),
  row("normal_", "torch.empty(40).normal_(1, 2)", () => empty(40).normal_(1, 2), NONE),
  row("dropout", "F.dropout(x, 0.3)", (x) => x.dropout(0.3), [
    ...[[2, 3], [33], [17, 33], [0]].map((shape) => set(input(shape))),
    set(m([3, 5], "transposed")),
    large(input([41, 1001])),
  ]),
  row("dropout", "F.dropout(x, 1.0)", (x) => x.dropout(1), [set(input([2, 3]))]),
  row("dropout", "F.dropout(x, 0.5, training=False)", (x) => x.dropout(0.5, false), [set(input([2, 3]))]),
];

export const CASES: readonly Case[] = [
  ...[...UNARY, ...BINARY, ...IN_PLACE],
  ...[...SUMS, ...EXTREMES, ...DENSE],
  ...[...VIEWS, ...CONVERSIONS, ...JOINS],
  ...[...CREATION, ...READING, ...RANDOM],
];
