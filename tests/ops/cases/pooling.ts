/** Pooling. Inputs are drawn without equal neighbours but in the set of ties. */
import {
  adaptiveAvgPool2d,
  adaptiveMaxPool2d,
  avgPool1d,
  avgPool2d,
  maxPool1d,
  maxPool2d,
  maxPool2dWithIndices,
} from "../../../src/index.ts";
import { given, type InputSet, large, set, special } from "../inputs.ts";
import { both, type Case, LAYOUTS, m, row } from "./case.ts";

const TIES = special(
  "ties, NaN and infinities",
  given(
    [
      1,
      1,
      Number.NaN,
      2,
      1,
      1,
      3,
      Number.NaN,
      Number.NEGATIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      5,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      5,
      5,
    ],
    [1, 4, 4],
  ),
);

const IMAGES: readonly InputSet[] = [
  ...[
    [2, 3, 6, 8],
    [1, 1, 3, 3],
    [3, 5, 7],
    [0, 2, 4, 4],
    [2, 1, 9, 5],
    [1, 2, 33, 17],
  ].map((shape) => set(m(shape))),
  ...LAYOUTS.map((layout) => set(m([2, 3, 5, 6], layout))),
  TIES,
  large(m([5, 16, 32, 32])),
];
const FINITE = IMAGES.filter((one) => one !== TIES);

const SIGNALS: readonly InputSet[] = [
  ...[
    [2, 3, 9],
    [3, 8],
    [1, 1, 3],
    [0, 2, 5],
  ].map((shape) => set(m(shape))),
  set(m([2, 3, 7], "transposed")),
  large(m([3, 20, 2001])),
];

export const cases: readonly Case[] = [
  row("maxPool2d", "F.max_pool2d(x, 2)", (x) => maxPool2d(x, 2), IMAGES),
  row(
    "maxPool2d",
    "F.max_pool2d(x, 3, stride=2, padding=1)",
    (x) => maxPool2d(x, 3, { stride: 2, padding: 1 }),
    IMAGES,
  ),
  row(
    "maxPool2d",
    "F.max_pool2d(x, (3, 2), stride=(1, 2), ceil_mode=True)",
    (x) => maxPool2d(x, [3, 2], { stride: [1, 2], ceilMode: true }),
    IMAGES,
  ),
  row(
    "maxPool2d",
    "F.max_pool2d(x, 2, stride=3, padding=1, ceil_mode=True)",
    (x) => maxPool2d(x, 2, { stride: 3, padding: 1, ceilMode: true }),
    IMAGES,
  ),
  row(
    "maxPool2d",
    "F.max_pool2d(x, 2, stride=1, padding=1, dilation=2)",
    (x) => maxPool2d(x, 2, { stride: 1, padding: 1, dilation: 2 }),
    IMAGES,
  ),
  row(
    "maxPool2dWithIndices",
    "F.max_pool2d_with_indices(x, 2, stride=1)",
    (x) => both(maxPool2dWithIndices(x, 2, { stride: 1 })),
    IMAGES,
  ),
  row("maxPool2dWithIndices", "F.max_pool2d_with_indices(x, 2)", (x) => both(maxPool2dWithIndices(x, 2)), IMAGES),
  row(
    "maxPool1d",
    "F.max_pool1d(x, 3, stride=2, padding=1)",
    (x) => maxPool1d(x, 3, { stride: 2, padding: 1 }),
    SIGNALS,
  ),
  row("maxPool1d", "F.max_pool1d(x, 2)", (x) => maxPool1d(x, 2), SIGNALS),
  row("avgPool2d", "F.avg_pool2d(x, 2)", (x) => avgPool2d(x, 2), FINITE),
  row(
    "avgPool2d",
    "F.avg_pool2d(x, 3, stride=2, padding=1)",
    (x) => avgPool2d(x, 3, { stride: 2, padding: 1 }),
    FINITE,
  ),
  row(
    "avgPool2d",
    "F.avg_pool2d(x, (3, 2), stride=(2, 1), padding=(1, 0), count_include_pad=False)",
    (x) => avgPool2d(x, [3, 2], { stride: [2, 1], padding: [1, 0], countIncludePad: false }),
    FINITE,
  ),
  row(
    "avgPool2d",
    "F.avg_pool2d(x, 2, stride=3, padding=1, ceil_mode=True)",
    (x) => avgPool2d(x, 2, { stride: 3, padding: 1, ceilMode: true }),
    FINITE,
  ),
  row("avgPool2d", "F.avg_pool2d(x, 2, divisor_override=3)", (x) => avgPool2d(x, 2, { divisorOverride: 3 }), FINITE),
  row(
    "avgPool1d",
    "F.avg_pool1d(x, 3, stride=2, padding=1)",
    (x) => avgPool1d(x, 3, { stride: 2, padding: 1 }),
    SIGNALS,
  ),
  row("avgPool1d", "F.avg_pool1d(x, 2, ceil_mode=True)", (x) => avgPool1d(x, 2, { ceilMode: true }), SIGNALS),
  row("adaptiveAvgPool2d", "F.adaptive_avg_pool2d(x, 1)", (x) => adaptiveAvgPool2d(x, 1), FINITE),
  row("adaptiveAvgPool2d", "F.adaptive_avg_pool2d(x, (2, 4))", (x) => adaptiveAvgPool2d(x, [2, 4]), FINITE),
  row("adaptiveAvgPool2d", "F.adaptive_avg_pool2d(x, (None, 7))", (x) => adaptiveAvgPool2d(x, [null, 7]), FINITE),
  row("adaptiveMaxPool2d", "F.adaptive_max_pool2d(x, (2, 3))", (x) => adaptiveMaxPool2d(x, [2, 3]), IMAGES),
];
