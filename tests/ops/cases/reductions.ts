import { given, input, large, type Range, set } from "../inputs.ts";
import {
  axes,
  both,
  type Case,
  everything,
  LONG,
  NO_ROWS,
  NOTHING,
  type Run,
  row,
  TALL,
  TIED,
  truths,
  WHOLE_ALL,
  WHOLE_AXES,
  WITH_NAN,
  WITH_ZEROS,
} from "./case.ts";

// ---- reductions ------------------------------------------------------------------------------------------------------

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
  row("prod", "x.prod(1)", (x) => x.prod(1), [set(given([0, 2, 3], [3, 1])), set(given([0, 0, 3], [1, 3]))]),
  row("prod", "x.prod(1)", (x) => x.prod(1), [large(input([4001, 33], { range: SMALL }))]),
];

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

export const cases: readonly Case[] = [...SUMS, ...EXTREMES];
