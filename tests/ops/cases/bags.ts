/** Sums, means and maxima of rows of a table. */
import { embeddingBag, type Tensor } from "../../../src/index.ts";
import { given, type Input, type InputSet, input, large, set, special } from "../inputs.ts";
import { b, type Case, m, n, row } from "./case.ts";

const MODES = ["mean", "sum", "max"] as const;
const indices = (shape: readonly number[], rows: number): Input =>
  input(shape, { kind: "int32", range: [0, rows - 1] });
const offsets = (...starts: number[]): Input => given(starts, [starts.length], "int32");

/** Every row is a bag. */
const ROWS: readonly InputSet[] = [
  set(indices([3, 4], 5), n([5, 3])),
  set(indices([1, 1], 1), n([1, 1])),
  set(indices([0, 4], 5), n([5, 3])),
  set({ ...indices([3, 5], 9), layout: "transposed" }, n([9, 70], "transposed")),
  special("ties", given([0, 1, 1, 2, 2, 0], [2, 3], "int32"), given([1, 2, 1, 2, 3, 0], [3, 2])),
  large(indices([401, 7], 33), n([33, 129])),
];
/** Bags one after the other, empty ones among them. */
const STARTS: readonly InputSet[] = [
  set(indices([7], 5), n([5, 3]), offsets(0, 3, 3, 5)),
  set(indices([4], 4), n([4, 1]), offsets(0)),
  set(indices([3], 4), n([4, 2]), offsets(0, 0, 0, 3)),
  set(indices([0], 4), n([4, 2]), offsets(0, 0)),
  large(indices([2001], 33), n([33, 65]), offsets(...Array.from({ length: 100 }, (_, i) => 20 * i))),
];
/** Their gradients are not slopes, by design: nothing to compare with differences. */
const unlikeSlopes = (sets: readonly InputSet[]): InputSet[] => sets.map((s) => ({ ...s, special: true }));
const plain = (x: Tensor): Tensor => x.detach().clone();

export const cases: readonly Case[] = [
  ...MODES.flatMap((mode) => [
    row("embeddingBag", `F.embedding_bag(x.long(), y, mode="${mode}")`, (x, y) => embeddingBag(x, y, { mode }), ROWS),
    row(
      "embeddingBag",
      `F.embedding_bag(x.long(), y, z.long(), mode="${mode}")`,
      (x, y, z) => embeddingBag(x, y, { mode, offsets: z }),
      STARTS,
    ),
    row(
      "embeddingBag",
      `F.embedding_bag(x.long(), y, z.long(), mode="${mode}", padding_idx=-2)`,
      (x, y, z) => embeddingBag(x, y, { mode, offsets: z, paddingIdx: -2 }),
      unlikeSlopes(STARTS),
    ),
    row(
      "embeddingBag",
      `F.embedding_bag(x.long(), y.clone(), max_norm=1.5, mode="${mode}").detach()`,
      (x, y) => embeddingBag(x, plain(y), { mode, maxNorm: 1.5 }).detach(),
      ROWS.slice(0, 2),
    ),
  ]),
  ...(["mean", "sum"] as const).map((mode) =>
    row(
      "embeddingBag",
      `F.embedding_bag(x.long(), y, mode="${mode}", scale_grad_by_freq=True)`,
      (x, y) => embeddingBag(x, y, { mode, scaleGradByFreq: true }),
      unlikeSlopes(ROWS.slice(0, 4)),
    ),
  ),
  row(
    "embeddingBag",
    `F.embedding_bag(x.long(), y, mode="sum", per_sample_weights=z)`,
    (x, y, z) => embeddingBag(x, y, { mode: "sum", perSampleWeights: z }),
    [
      set(indices([3, 4], 5), n([5, 3]), b([3, 4])),
      set(indices([2, 1], 2), n([2, 2]), b([2, 1])),
      set(indices([4, 3], 9), n([9, 33], "transposed"), m([4, 3], "transposed")),
      large(indices([401, 7], 33), n([33, 65]), b([401, 7])),
    ],
  ),
  row(
    "embeddingBag",
    "F.embedding_bag(x.long(), y, z.long(), include_last_offset=True)",
    (x, y, z) => embeddingBag(x, y, { offsets: z, includeLastOffset: true }),
    [set(indices([7], 5), n([5, 3]), offsets(0, 3, 3, 7)), set(indices([4], 4), n([4, 1]), offsets(0, 4))],
  ),
];
