/** Softmax, products of matrices, losses. */
import { crossEntropy, linear, mseLoss } from "../../../src/index.ts";
import { given, type InputSet, input, large, set, special } from "../inputs.ts";
import { axes, b, type Case, COMPARABLE, filled, LAYOUTS, labels, m, n, row } from "./case.ts";

// ---- softmax, products of matrices, losses ---------------------------------------------------------------------------

const INFINITE = special("infinite logits", given([1, Number.NEGATIVE_INFINITY, 2, 1000, -1000, 999], [2, 3]));
const ALONG = [...axes([-4, 4]), INFINITE, large(input([401, 101], { range: [-4, 4] })), set(input([3, 0]))];

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
  large(m([410, 300]), n([300, 260])),
  large(m([24, 64, 40]), n([24, 40, 72])),
  large(m([400, 300]), n([300])),
];

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

export const cases: readonly Case[] = DENSE;
