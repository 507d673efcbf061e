/** Integers and truth values bit by bit. */
import { given, type InputSet, input, set, whole, wholePairs } from "../inputs.ts";
import { type Case, LAYOUTS, row } from "./case.ts";

const LOGICAL = ["And", "Or", "Xor"] as const;
const ENDS = [-(2 ** 31), 2 ** 31 - 1, -1, 0, 1, 255, 256, 0x5a5a5a5a];
const each = (values: readonly number[], others: readonly number[]): InputSet =>
  set(
    given(values.flatMap((value) => others.map(() => value)), [values.length * others.length], "int32"),
    given(values.flatMap(() => others), [values.length * others.length], "int32"),
  ); // biome-ignore format: two inputs

const VIEWS: readonly InputSet[] = LAYOUTS.map((layout) =>
  set(input([3, 4], { kind: "int32", layout }), input([4], { kind: "int32", seed: 2 })),
);
const PAIRED: readonly InputSet[] = [
  ...wholePairs("int32"),
  ...wholePairs("uint8"),
  ...wholePairs("uint8", "int32"),
  ...VIEWS,
  set(input([], { kind: "int32" }), input([3], { kind: "int32", seed: 2 })),
  set(input([2, 3], { kind: "int32" }), input([], { kind: "int32", seed: 2 })),
  set(input([0, 3], { kind: "int32" }), input([3], { kind: "int32" })),
];
const TRUTHS: readonly InputSet[] = [
  ...wholePairs("bool"),
  ...wholePairs("int32", "bool"),
  ...wholePairs("bool", "uint8"),
];
/** By less than nothing, by all bits and by more. */
const PLACES: readonly InputSet[] = [
  ...wholePairs("int32", "int32", [0, 33]),
  ...wholePairs("uint8", "uint8", [0, 9]),
  each(ENDS, [0, 1, 7, 30, 31, 32, 33, 1000, -1]),
  ...VIEWS,
];
const ONE: readonly InputSet[] = (["int32", "uint8", "bool"] as const).flatMap(whole);

export const cases: readonly Case[] = [
  ...LOGICAL.flatMap((name) => [
    row(`bitwise${name}`, `x.bitwise_${name.toLowerCase()}(y)`, (x, y) => x[`bitwise${name}`](y), [
      ...PAIRED,
      ...TRUTHS,
      each(ENDS, ENDS),
    ]),
    row(`bitwise${name}`, `x.bitwise_${name.toLowerCase()}(-3)`, (x) => x[`bitwise${name}`](-3), whole("int32")),
    row(`bitwise${name}`, `x.bitwise_${name.toLowerCase()}(6)`, (x) => x[`bitwise${name}`](6), whole("uint8")),
  ]),
  ...(["Left", "Right"] as const).flatMap((to) => {
    const name = `bitwise${to}Shift` as const;
    return [
      row(name, `x.bitwise_${to.toLowerCase()}_shift(y)`, (x, y) => x[name](y), PLACES),
      row(name, `x.bitwise_${to.toLowerCase()}_shift(2)`, (x) => x[name](2), [...whole("int32"), ...whole("uint8")]),
    ];
  }),
  row("bitwiseNot", "x.bitwise_not()", (x) => x.bitwiseNot(), [...ONE, set(given(ENDS, [8], "int32"))]),
];
