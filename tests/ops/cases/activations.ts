/** Activation functions with numbers of their own. */
import { elementwise, given, type InputSet, input, large, set, special } from "../inputs.ts";
import { type Case, m, n, row } from "./case.ts";

/** NaN, infinities, zero and usual numbers: no large ones, where PyTorch's own formula cancels to noise. */
const USUAL = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 1, -1, 0.5, -0.5, 1.5, -2.5];
const BEYOND = [...USUAL, 100, -100, 2 ** 24, -(2 ** 24), 2 ** 127, -(2 ** 127), 2 ** -24, -(2 ** -24)];
/** Without NaN: PyTorch's gradient there is NaN in one dtype and a number in the other. */
const ORDERED = BEYOND.slice(1);
const NOT_A_NUMBER = [special("NaN", given([Number.NaN, 1]))];
/** Without Infinity and its like as well, where PyTorch's float32 result is NaN and its float64 result Infinity. */
const FINITE = ORDERED.filter((value) => Math.abs(value) < 2 ** 100);
/** The corners of the functions made of lines. */
const CORNERS = special("corners", given([-3, 3, -1, 1, 0, 6, -0.5, 0.5, 2, -2]));
const LINES = [...elementwise([-8, 8], BEYOND), CORNERS];
const CURVES = elementwise([-6, 6], BEYOND);
const CANCELLING = elementwise([-6, 6], USUAL);

const MADE_OF_LINES = [
  row("leakyRelu", "F.leaky_relu(x)", (x) => x.leakyRelu(), LINES),
  row("leakyRelu", "F.leaky_relu(x, 0.2)", (x) => x.leakyRelu({ negativeSlope: 0.2 }), LINES),
  row("hardtanh", "F.hardtanh(x)", (x) => x.hardtanh(), LINES),
  row("hardtanh", "F.hardtanh(x, -2, 0.5)", (x) => x.hardtanh({ minVal: -2, maxVal: 0.5 }), LINES),
  row("relu6", "F.relu6(x)", (x) => x.relu6(), LINES),
  // PyTorch's hardsigmoid has 1/6 in float32 only.
  row("hardsigmoid", "F.relu6(x + 3) / 6", (x) => x.hardsigmoid(), LINES),
  row("hardswish", "F.hardswish(x)", (x) => x.hardswish(), [...elementwise([-8, 8], ORDERED), CORNERS]),
  row("hardswish", "F.hardswish(x).detach()", (x) => x.hardswish().detach(), NOT_A_NUMBER),
  // The zeros are 0 or -0 in PyTorch, as the element lies.
  row("softshrink", "F.softshrink(x) + 0", (x) => x.softshrink().add(0), LINES),
  row("softshrink", "F.softshrink(x, 1) + 0", (x) => x.softshrink({ lambd: 1 }).add(0), LINES),
  row("hardshrink", "F.hardshrink(x)", (x) => x.hardshrink(), LINES),
  row("hardshrink", "F.hardshrink(x, 2)", (x) => x.hardshrink({ lambd: 2 }), LINES),
  row("threshold", "F.threshold(x, 0.5, -7)", (x) => x.threshold(0.5, -7), LINES),
];

const MADE_OF_EXPONENTIALS = [
  row("elu", "F.elu(x)", (x) => x.elu(), elementwise([-6, 6], ORDERED)),
  row("elu", "F.elu(x, 0.3)", (x) => x.elu({ alpha: 0.3 }), elementwise([-6, 6], ORDERED)),
  row("celu", "F.celu(x, 2.5)", (x) => x.celu({ alpha: 2.5 }), elementwise([-6, 6], ORDERED)),
  row("selu", "F.selu(x)", (x) => x.selu(), elementwise([-6, 6], ORDERED)),
  row("gelu", "F.gelu(x)", (x) => x.gelu(), elementwise([-4, 4], FINITE)),
  row("gelu", "F.gelu(x, approximate='tanh')", (x) => x.gelu({ approximate: "tanh" }), elementwise([-4, 4], BEYOND)),
  row("elu", "F.elu(x).detach()", (x) => x.elu().detach(), NOT_A_NUMBER),
  row("gelu", "F.gelu(x).detach()", (x) => x.gelu().detach(), NOT_A_NUMBER),
  row("silu", "F.silu(x)", (x) => x.silu(), CURVES),
  row("mish", "F.mish(x)", (x) => x.mish(), CURVES),
  row("softplus", "F.softplus(x)", (x) => x.softplus(), CURVES),
  row("softplus", "F.softplus(x, 2, 3)", (x) => x.softplus({ beta: 2, threshold: 3 }), CURVES),
  row("logsigmoid", "F.logsigmoid(x)", (x) => x.logsigmoid(), CURVES),
  row("softsign", "F.softsign(x)", (x) => x.softsign(), CANCELLING),
  row("tanhshrink", "F.tanhshrink(x)", (x) => x.tanhshrink(), CANCELLING),
];

const HALVES: readonly InputSet[] = [
  ...[
    [2, 4],
    [3, 2],
    [0, 2],
    [2, 0],
    [2, 3, 34],
  ].map((shape) => set(input(shape))),
  ...(["transposed", "narrowed", "selected", "expanded"] as const).map((layout) => set(input([3, 6], { layout }))),
  special("NaN and infinities", given([1, Number.NaN, 3, Number.POSITIVE_INFINITY, 2, Number.NEGATIVE_INFINITY, 4, 0])),
  large(input([101, 1000])),
];

const ONE_SLOPE: readonly InputSet[] = [
  ...[[2, 3], [], [1], [0], [17, 33]].map((shape) => set(m(shape), n([1]))),
  ...(["transposed", "narrowed", "selected", "expanded"] as const).map((layout) => set(m([3, 5], layout), n([1]))),
  special("NaN, infinities and zeros", given([Number.NaN, Number.POSITIVE_INFINITY, 0, -1, 2]), given([0.25])),
  large(m([41, 1001]), n([1])),
];
const MANY_SLOPES: readonly InputSet[] = [
  set(m([2, 3]), n([3])),
  set(m([2, 17]), n([17])),
  set(m([2, 3, 4]), n([3])),
  set(m([2, 3, 4, 33]), n([3])),
  set(m([0, 3, 2]), n([3])),
  set(m([5, 3], "transposed"), n([3], "selected")),
  large(m([301, 41]), n([41])),
  large(m([5, 41, 301]), n([41])),
];

const OTHERS = [
  row("glu", "F.glu(x)", (x) => x.glu(), HALVES),
  row("glu", "F.glu(x, 0)", (x) => x.glu(0), [set(input([4, 3])), set(input([2, 3, 5]))]),
  row("prelu", "F.prelu(x, y)", (x, y) => x.prelu(y), [...ONE_SLOPE, ...MANY_SLOPES]),
];

export const cases: readonly Case[] = [...MADE_OF_LINES, ...MADE_OF_EXPONENTIALS, ...OTHERS];
