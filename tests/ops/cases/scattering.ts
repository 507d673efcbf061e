/** Elements combined where an index sends them. */
import { given, type InputSet, input, large, set, special } from "../inputs.ts";
import { type Case, LAYOUTS, labels, m, n, row } from "./case.ts";

const ints = (shape: readonly number[], seed = 1) => input(shape, { kind: "int32", seed, range: [-3, 3] });

/** x, an index along axis 1, and a source. */
const ALONG_ROWS: readonly InputSet[] = [
  set(m([3, 5]), labels([3, 9], 5), n([3, 9])),
  set(m([3, 2]), labels([2, 7], 2), n([2, 7])),
  set(m([3, 4]), labels([3, 1], 4), n([3, 1])),
  set(m([1, 1]), labels([1, 6], 1), n([1, 6])),
  set(m([2, 4, 2]), labels([2, 6, 2], 4), n([2, 6, 2])),
  ...LAYOUTS.map((layout) => set(m([3, 4], layout), labels([3, 5], 4), n([3, 5], layout))),
  set(m([2, 3]), input([2, 0], { kind: "int32" }), n([2, 0])),
  set(ints([3, 4]), labels([3, 7], 4), ints([3, 7], 2)),
];
const LARGE = large(m([41, 90]), labels([41, 901], 90), n([41, 901]));
/** Zeros, alone and several at one place, in the source and in x. */
const ZEROS = set(
  given([2, 0, 4, 1, 5], [1, 5]),
  given([0, 0, 1, 2, 2, 3, 3, 3], [1, 8], "int32"),
  given([1.5, 0, 2, 3, -1, 0, 0, 2], [1, 8]),
);
/** Equal elements share a gradient. */
const TIES = special(
  "ties",
  given([2, 7, 1, 1], [1, 4]),
  given([0, 0, 1, 2, 2, 2, 3], [1, 7], "int32"),
  given([2, 2, 7, 3, 3, 0, 1], [1, 7]),
);
/** The same where no element of x is the result: PyTorch counts it among the equals even where it takes no part. */
const OTHER_TIES: InputSet = { ...TIES, inputs: [given([5, 5, 5, 5], [1, 4]), ...TIES.inputs.slice(1)] };
const NOT_A_NUMBER = special(
  "NaN and infinities",
  given([1, Number.NaN, 3, Number.NEGATIVE_INFINITY], [4]),
  given([0, 0, 1, 2, 3, 3], [6], "int32"),
  given([Number.NaN, 2, 5, Number.POSITIVE_INFINITY, 1, Number.NEGATIVE_INFINITY], [6]),
);
const ALONG_COLUMNS: readonly InputSet[] = [
  set(m([4]), labels([9], 4), n([9])),
  set(m([4, 3]), labels([6, 2], 4), n([6, 2])),
  set(m([]), labels([], 1), n([])),
  set(
    given([-(2 ** 31), 2 ** 31 - 1], [2], "int32"),
    given([0, 1, 1], [3], "int32"),
    given([5, -(2 ** 31), 3], [3], "int32"),
  ),
];

export const cases: readonly Case[] = (["sum", "prod", "mean", "amax", "amin"] as const).flatMap((reduce) => {
  const extreme = reduce === "amax" || reduce === "amin";
  const columns = extreme ? ALONG_COLUMNS : ALONG_COLUMNS.slice(0, -1);
  return [
    row(
      "scatterReduce",
      `x.scatter_reduce(1, y.long(), z, "${reduce}")`,
      (x, y, z) => x.scatterReduce(1, y, z, reduce),
      [...ALONG_ROWS, LARGE, ZEROS, TIES],
    ),
    row(
      "scatterReduce",
      `x.scatter_reduce(1, y.long(), z, "${reduce}", include_self=False)`,
      (x, y, z) => x.scatterReduce(1, y, z, reduce, { includeSelf: false }),
      [...ALONG_ROWS, LARGE, ZEROS, OTHER_TIES],
    ),
    row(
      "scatterReduce",
      `x.scatter_reduce(1, y.long(), z[:2, :2], "${reduce}")`, // PyTorch has no gradient for a source larger than the index
      (x, y, z) => x.scatterReduce(1, y, z, reduce),
      [set(m([3, 5]), labels([2, 2], 5), n([3, 4]))],
    ),
    row(
      "scatterReduce",
      `x.scatter_reduce(0, y.long(), z, "${reduce}")`,
      (x, y, z) => x.scatterReduce(0, y, z, reduce),
      columns,
    ),
    row(
      "scatterReduce",
      `x.detach().scatter_reduce(0, y.long(), z.detach(), "${reduce}")`,
      (x, y, z) => x.detach().scatterReduce(0, y, z.detach(), reduce),
      [NOT_A_NUMBER],
    ),
  ];
});
