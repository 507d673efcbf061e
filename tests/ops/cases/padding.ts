/** Padding. */
import { given, type InputSet, input, large, set, special } from "../inputs.ts";
import { type Case, LAYOUTS, m, row } from "./case.ts";

const IMAGES: readonly InputSet[] = [
  ...[
    [2, 3, 4, 5],
    [1, 2, 3, 3],
    [2, 1, 17, 3],
  ].map((shape) => set(m(shape))),
  ...LAYOUTS.map((layout) => set(m([2, 2, 3, 4], layout))),
  special("NaN and infinities", given([1, Number.NaN, 3, Number.POSITIVE_INFINITY, 1, -0], [1, 1, 2, 3])),
  large(m([4, 16, 65, 67])),
];
const LINES: readonly InputSet[] = [set(m([2, 3, 5])), set(m([1, 2, 3])), set(m([2, 2, 33], "transposed"))];
const WHOLE: readonly InputSet[] = (["int32", "uint8", "bool"] as const).map((kind) =>
  set(input([2, 1, 3, 4], { kind })),
);
const NONE: readonly InputSet[] = [set(m([0, 3, 2, 3])), set(m([2, 0, 3, 3]))];

export const cases: readonly Case[] = [
  row("pad", "F.pad(x, (1, 2))", (x) => x.pad([1, 2]), [...LINES, ...WHOLE, set(m([0])), set(m([3]))]),
  row("pad", "F.pad(x, (1, 2, 0, 3), 'constant', 1)", (x) => x.pad([1, 2, 0, 3], { value: 1 }), [
    ...IMAGES,
    ...WHOLE,
    ...NONE,
  ]),
  row("pad", "F.pad(x, (-1, 1, 2, -2))", (x) => x.pad([-1, 1, 2, -2]), IMAGES.slice(0, 7)),
  row("pad", "F.pad(x, (0, 0, -1, -1, 1, 0))", (x) => x.pad([0, 0, -1, -1, 1, 0]), IMAGES.slice(0, 7)),
  row("pad", "F.pad(x, (0, 0))", (x) => x.pad([0, 0]), LINES),
  row("pad", "F.pad(x, (2, 1), 'reflect')", (x) => x.pad([2, 1], { mode: "reflect" }), LINES),
  row("pad", "F.pad(x, (2, 1, 1, 0), 'reflect')", (x) => x.pad([2, 1, 1, 0], { mode: "reflect" }), IMAGES),
  row("pad", "F.pad(x, (5, 1), 'replicate')", (x) => x.pad([5, 1], { mode: "replicate" }), LINES),
  row("pad", "F.pad(x, (2, 4, 1, 5), 'replicate')", (x) => x.pad([2, 4, 1, 5], { mode: "replicate" }), IMAGES),
  row("pad", "F.pad(x, (3, 1), 'circular')", (x) => x.pad([3, 1], { mode: "circular" }), LINES),
  row("pad", "F.pad(x, (2, 3, 1, 0), 'circular')", (x) => x.pad([2, 3, 1, 0], { mode: "circular" }), IMAGES),
];
