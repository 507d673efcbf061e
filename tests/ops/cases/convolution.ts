/** Convolutions and their transposes. */
import { conv1d, conv2d, convTranspose1d, convTranspose2d } from "../../../src/index.ts";
import { given, type InputSet, input, large, set, special } from "../inputs.ts";
import { b, type Case, LAYOUTS, m, n, type Run, row } from "./case.ts";

/** Input, weight and bias. */
const three = (x: readonly number[], w: readonly number[], outputs = w[0] as number): InputSet =>
  set(m(x), n(w), b([outputs]));

const PLAIN = [
  three([1, 1, 1, 1], [1, 1, 1, 1]),
  three([2, 3, 5, 7], [4, 3, 3, 3]),
  three([2, 2, 3, 4], [3, 2, 3, 4]),
  three([1, 3, 1, 9], [2, 3, 1, 4]),
  three([1, 2, 9, 33], [5, 2, 2, 3]),
  three([2, 17, 6, 6], [15, 17, 3, 3]),
  three([0, 3, 5, 5], [2, 3, 3, 3]),
  three([3, 6, 7], [2, 3, 3, 3]),
  three([2, 5, 4, 4], [7, 5, 1, 1]),
  ...LAYOUTS.map((layout) => set(m([2, 3, 5, 6], layout), n([4, 3, 3, 2]), b([4]))),
  set(m([2, 3, 5, 6]), n([4, 3, 3, 2], "transposed"), b([4], "selected")),
  special(
    "NaN and infinity",
    given(
      Array.from({ length: 72 }, (_, i) => [Number.NaN, Number.POSITIVE_INFINITY][[20, 50].indexOf(i)] ?? i % 7),
      [1, 2, 6, 6],
    ),
    n([3, 2, 2, 2]),
    b([3]),
  ),
];

const PADDED = [
  three([1, 1, 1, 1], [1, 1, 3, 3]),
  three([2, 3, 8, 6], [4, 3, 3, 3]),
  three([2, 3, 7, 5], [5, 3, 3, 3]),
  three([1, 2, 16, 16], [8, 2, 3, 3]),
  three([2, 4, 33, 17], [3, 4, 3, 3]),
  three([3, 5, 6], [2, 3, 3, 3]),
  three([0, 3, 5, 5], [2, 3, 3, 3]),
  large(m([3, 3, 32, 32]), n([32, 3, 3, 3]), b([32])),
  large(m([5, 32, 16, 16]), n([40, 32, 3, 3]), b([40])),
  large(m([1, 24, 20, 20]), n([50, 24, 3, 3]), b([50])),
  large(m([37, 12, 5, 6]), n([17, 12, 3, 3]), b([17])),
  large(m([37, 28, 9, 8]), n([36, 28, 3, 3]), b([36])),
  special(
    "NaN and infinity in one of many images",
    given(
      Array.from({ length: 3264 }, (_, i) => [Number.NaN, Number.POSITIVE_INFINITY][[500, 1700].indexOf(i)] ?? i % 7),
      [17, 12, 4, 4],
    ),
    n([3, 12, 3, 3]),
    b([3]),
  ),
  special(
    "NaN and infinity among many images of many channels",
    given(
      Array.from({ length: 14336 }, (_, i) => [Number.POSITIVE_INFINITY, Number.NaN][[0, 14335].indexOf(i)] ?? i % 7),
      [32, 28, 4, 4],
    ),
    n([30, 28, 3, 3]),
    b([30]),
  ),
];

const STRIDED = [
  three([2, 3, 8, 6], [4, 3, 3, 3]),
  three([1, 2, 9, 9], [3, 2, 1, 1]),
  three([2, 2, 5, 12], [3, 2, 2, 2]),
  three([1, 1, 4, 4], [2, 1, 4, 4]),
  large(m([6, 16, 29, 31]), n([24, 16, 3, 3]), b([24])),
  large(m([18, 14, 9, 8]), n([15, 14, 3, 3]), b([15])),
];

const KEPT = [three([2, 3, 5, 7], [4, 3, 3, 3]), three([1, 2, 6, 6], [3, 2, 2, 4]), three([1, 2, 1, 1], [3, 2, 4, 2])];

const GROUPED = [
  three([2, 6, 5, 5], [4, 3, 3, 3]),
  three([1, 4, 3, 8], [6, 2, 2, 3]),
  large(m([9, 32, 16, 16]), n([48, 16, 3, 3]), b([48])),
];

const DEPTHWISE = [
  three([2, 3, 5, 5], [3, 1, 3, 3]),
  three([1, 3, 7, 9], [6, 1, 3, 3]),
  three([2, 3, 9, 40], [3, 1, 5, 5]),
  three([1, 3, 8, 21], [3, 1, 7, 7]),
  large(m([5, 3, 67, 35]), n([3, 1, 3, 3]), b([3])),
  special(
    "NaN and infinity",
    given(
      Array.from({ length: 171 }, (_, i) => [Number.NaN, Number.POSITIVE_INFINITY][[20, 100].indexOf(i)] ?? i % 7),
      [1, 3, 3, 19],
    ),
    n([3, 1, 3, 3]),
    b([3]),
  ),
  large(m([3, 3, 33, 35]), n([12, 1, 3, 3]), b([12])),
];

const SIGNALS = [
  three([2, 3, 17], [4, 3, 5]),
  three([1, 1, 1], [1, 1, 1]),
  three([3, 9], [2, 3, 3]),
  three([2, 2, 40], [3, 2, 40]),
  set(m([2, 3, 9], "transposed"), n([4, 3, 3]), b([4])),
  large(m([2, 8, 2003]), n([9, 8, 7]), b([9])),
];

const SPREAD = [
  three([1, 1, 1, 1], [1, 1, 1, 1], 1),
  three([2, 3, 4, 5], [3, 4, 3, 3], 4),
  three([1, 2, 1, 6], [2, 3, 2, 4], 3),
  three([3, 4, 4], [3, 2, 2, 2], 2),
  three([0, 3, 4, 4], [3, 2, 3, 3], 2),
  ...LAYOUTS.map((layout) => set(m([2, 3, 4, 5], layout), n([3, 2, 3, 2]), b([2]))),
];
const LARGE_SPREAD = large(m([8, 20, 15, 14]), n([20, 12, 3, 3]), b([12]));

const SPREAD_SIGNALS = [
  three([2, 3, 9], [3, 4, 4], 4),
  three([3, 9], [3, 2, 3], 2),
  large(m([2, 8, 1501]), n([8, 5, 5]), b([5])),
];

/** A row for each way of writing the same options. */
function options(
  op: "conv1d" | "conv2d" | "convTranspose1d" | "convTranspose2d",
  python: string,
  run: Run,
  sets: readonly InputSet[],
): Case {
  const names = {
    conv1d: "conv1d",
    conv2d: "conv2d",
    convTranspose1d: "conv_transpose1d",
    convTranspose2d: "conv_transpose2d",
  };
  return row(op, `F.${names[op]}(x, y, z${python === "" ? "" : `, ${python}`})`, run, sets);
}

export const cases: readonly Case[] = [
  options("conv2d", "", (x, w, c) => conv2d(x, w, c), PLAIN),
  row(
    "conv2d",
    "F.conv2d(x, y)",
    (x, w) => conv2d(x, w),
    PLAIN.slice(0, 3).map(({ inputs }) => set(...inputs.slice(0, 2))),
  ),
  row("conv2d", "F.conv2d(x, x)", (x) => conv2d(x, x), [set(m([2, 2, 3, 3])), set(input([1, 1, 4, 4]))]),
  options("conv2d", "padding=1", (x, w, c) => conv2d(x, w, c, { padding: 1 }), PADDED),
  options("conv2d", "padding='valid'", (x, w, c) => conv2d(x, w, c, { padding: "valid" }), [PADDED[1] as InputSet]),
  options("conv2d", "padding=(3, 0)", (x, w, c) => conv2d(x, w, c, { padding: [3, 0] }), [
    PADDED[1] as InputSet,
    PLAIN[2] as InputSet,
  ]),
  options("conv2d", "padding='same'", (x, w, c) => conv2d(x, w, c, { padding: "same" }), KEPT),
  options(
    "conv2d",
    "padding='same', dilation=(2, 3)",
    (x, w, c) => conv2d(x, w, c, { padding: "same", dilation: [2, 3] }),
    KEPT,
  ),
  options("conv2d", "stride=2, padding=1", (x, w, c) => conv2d(x, w, c, { stride: 2, padding: 1 }), STRIDED),
  options(
    "conv2d",
    "stride=(3, 1), padding=(0, 2)",
    (x, w, c) => conv2d(x, w, c, { stride: [3, 1], padding: [0, 2] }),
    STRIDED.slice(0, 4),
  ),
  options(
    "conv2d",
    "stride=5, padding=2",
    (x, w, c) => conv2d(x, w, c, { stride: 5, padding: 2 }),
    STRIDED.slice(0, 4),
  ),
  options("conv2d", "stride=4", (x, w, c) => conv2d(x, w, c, { stride: 4 }), [
    ...STRIDED.slice(0, 4),
    large(m([4, 3, 64, 64]), n([48, 3, 4, 4]), b([48])),
  ]),
  options("conv2d", "dilation=2", (x, w, c) => conv2d(x, w, c, { dilation: 2 }), [
    ...STRIDED.slice(0, 2),
    three([1, 2, 7, 11], [3, 2, 2, 3]),
  ]),
  options(
    "conv2d",
    "stride=(2, 3), padding=(2, 4), dilation=(3, 2)",
    (x, w, c) => conv2d(x, w, c, { stride: [2, 3], padding: [2, 4], dilation: [3, 2] }),
    [...STRIDED.slice(0, 3), large(m([7, 8, 30, 31]), n([9, 8, 3, 3]), b([9]))],
  ),
  options("conv2d", "padding=1, groups=2", (x, w, c) => conv2d(x, w, c, { padding: 1, groups: 2 }), GROUPED),
  options(
    "conv2d",
    "stride=2, padding=1, groups=2",
    (x, w, c) => conv2d(x, w, c, { stride: 2, padding: 1, groups: 2 }),
    GROUPED,
  ),
  options("conv2d", "padding=1, groups=3", (x, w, c) => conv2d(x, w, c, { padding: 1, groups: 3 }), DEPTHWISE),
  options("conv2d", "stride=2, groups=3", (x, w, c) => conv2d(x, w, c, { stride: 2, groups: 3 }), DEPTHWISE),
  options("conv1d", "", (x, w, c) => conv1d(x, w, c), SIGNALS),
  options(
    "conv1d",
    "stride=2, padding=3, dilation=2",
    (x, w, c) => conv1d(x, w, c, { stride: 2, padding: 3, dilation: 2 }),
    [...SIGNALS.slice(0, 3), SIGNALS[5] as InputSet],
  ),
  options("conv1d", "padding='same'", (x, w, c) => conv1d(x, w, c, { padding: "same" }), [
    ...SIGNALS.slice(0, 3),
    three([1, 2, 9], [3, 2, 4]),
  ]),
  options("convTranspose2d", "", (x, w, c) => convTranspose2d(x, w, c), [...SPREAD, LARGE_SPREAD]),
  row("convTranspose2d", "F.conv_transpose2d(x, y)", (x, w) => convTranspose2d(x, w), [
    set(m([2, 3, 4, 5]), n([3, 4, 3, 3])),
  ]),
  options(
    "convTranspose2d",
    "stride=2, padding=1, output_padding=1",
    (x, w, c) => convTranspose2d(x, w, c, { stride: 2, padding: 1, outputPadding: 1 }),
    [...SPREAD.slice(1), LARGE_SPREAD],
  ),
  options(
    "convTranspose2d",
    "stride=(3, 2), output_padding=(2, 0), dilation=(1, 2)",
    (x, w, c) => convTranspose2d(x, w, c, { stride: [3, 2], outputPadding: [2, 0], dilation: [1, 2] }),
    SPREAD.slice(0, 5),
  ),
  options("convTranspose2d", "stride=2, groups=3", (x, w, c) => convTranspose2d(x, w, c, { stride: 2, groups: 3 }), [
    three([2, 3, 4, 5], [3, 2, 3, 3], 6),
    three([1, 6, 3, 3], [6, 1, 2, 2], 3),
  ]),
  options("convTranspose1d", "", (x, w, c) => convTranspose1d(x, w, c), SPREAD_SIGNALS),
  options(
    "convTranspose1d",
    "stride=3, padding=1, output_padding=2",
    (x, w, c) => convTranspose1d(x, w, c, { stride: 3, padding: 1, outputPadding: 2 }),
    SPREAD_SIGNALS,
  ),
];
