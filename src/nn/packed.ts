/** Sequences of unequal lengths in one batch: torch.nn.utils.rnn. */
import { DTypeError, ShapeError, ValueError } from "../errors.ts";
import { cat, embedding, full, Tensor, tensor } from "../ops/index.ts";
import { requireTensor } from "../ops/kernels.ts";
import { checkOptions, shown } from "../options.ts";
import { axis, sameShape, show } from "../tensor/sizes.ts";

/** Where padding goes, and what it is. */
export interface PadOptions {
  /** Whether the batch is the first axis; false: the steps are. */
  batchFirst?: boolean;
  /** What fills the end of shorter sequences; 0. */
  paddingValue?: number;
}

/** Options of {@link packPaddedSequence} and {@link packSequence}. */
export interface PackOptions {
  /** Whether the batch is the first axis; false: the steps are. */
  batchFirst?: boolean;
  /** Whether lengths have to fall already; true. When false, sequences are sorted, and unsorted again by `padPackedSequence`. */
  enforceSorted?: boolean;
}

/** Lengths as numbers or as an int32 tensor. */
export type Lengths = readonly number[] | Tensor;

/**
 * Sequences of unequal lengths without padding: the first steps of all, then the second steps of those that have one, …
 * Made by `packPaddedSequence` and `packSequence`.
 *
 * @throws {ValueError} unless `batchSizes` are int32 [steps], at least 1 and never rise.
 * @throws {ShapeError} if they do not add up to the rows of `data`.
 * @throws {DTypeError} if `data` or `batchSizes` is not a tensor.
 * @example
 * nn.utils.rnn.packSequence([ones(3, 2), ones(1, 2)]).batchSizes.toArray(); // [2, 1, 1]
 */
export class PackedSequence {
  /** [all steps, …] */
  readonly data: Tensor;
  /** How many sequences have a first, a second, … step: int32 [steps], never rising. */
  readonly batchSizes: Tensor;
  /** The sequence that comes first, second, …, by length; null where they were sorted already. */
  readonly sortedIndices: Tensor | null;
  /** The place of every sequence in the sorted batch; null where they were sorted already. */
  readonly unsortedIndices: Tensor | null;

  constructor(
    data: Tensor,
    batchSizes: Tensor,
    sortedIndices: Tensor | null = null,
    unsortedIndices: Tensor | null = null,
  ) {
    requireTensor("PackedSequence", data);
    requireTensor("PackedSequence", batchSizes);
    const sizes = [...batchSizes.data()];
    const rising = sizes.findIndex((size, t) => t > 0 && size > (sizes[t - 1] as number));
    if (batchSizes.dtype !== "int32" || batchSizes.ndim !== 1 || rising >= 0 || sizes.some((size) => size < 1)) {
      throw new ValueError(
        `PackedSequence: batchSizes are int32, at least 1 and never rise; got ${batchSizes.dtype} ${show(sizes)}`,
      );
    }
    const rows = sizes.reduce((sum, size) => sum + size, 0);
    if (data.ndim === 0 || data.shape[0] !== rows) {
      throw new ShapeError(`PackedSequence: batchSizes add up to ${rows} rows; got data of shape ${show(data.shape)}`);
    }
    this.data = data;
    this.batchSizes = batchSizes;
    this.sortedIndices = sortedIndices;
    this.unsortedIndices = unsortedIndices;
  }
}

function whole(values: readonly number[]): Tensor {
  return tensor(Int32Array.from(values));
}

/** @internal Rows of x along its first axis, by index. */
export function rowsOf(x: Tensor, indices: Tensor): Tensor {
  const width = x.count / Math.max(x.shape[0] as number, 1);
  const rows: Tensor = embedding(indices, x.reshape(-1, width) as Tensor);
  return rows.reshape(indices.count, ...x.shape.slice(1)) as Tensor;
}

function checkLengths(op: string, lengths: Lengths, batch: number, steps: number): number[] {
  const list = Array.isArray(lengths) ? [...lengths] : lengths instanceof Tensor ? [...lengths.data()] : null;
  if (list === null || (lengths instanceof Tensor && lengths.dtype !== "int32")) {
    const found = lengths instanceof Tensor ? `${lengths.dtype} ${show(lengths.shape)}` : typeof lengths;
    throw new DTypeError(`${op}: lengths are an array or an int32 tensor; got ${found}`);
  }
  if (list.length !== batch) {
    throw new ValueError(`${op}: got ${list.length} lengths for a batch of ${batch}; give one for each sequence`);
  }
  for (const [i, length] of list.entries()) {
    if (!Number.isInteger(length) || length < 1 || length > steps) {
      throw new ValueError(
        `${op}: length ${String(length)} at position ${i}; lengths are whole numbers from 1 to the ${steps} steps that there are`,
      );
    }
  }
  return list;
}

/**
 * Sequences [steps, …] of any lengths as one tensor [longest, sequences, …], or [sequences, longest, …] with
 * `batchFirst`. Any dtype.
 *
 * @throws {ValueError} for an unknown option or `paddingSide`, or unless there is a list of at least one sequence.
 * @throws {ShapeError} if a sequence has no axis, or they differ in more than their lengths.
 * @throws {DTypeError} if one is not a tensor.
 * @example
 * nn.utils.rnn.padSequence([ones(2), ones(1)], { batchFirst: true }).toArray(); // [[1, 1], [1, 0]]
 */
export function padSequence(
  sequences: readonly Tensor[],
  options: PadOptions & { paddingSide?: "left" | "right" } = {},
): Tensor {
  const {
    batchFirst = false,
    paddingValue = 0,
    paddingSide = "right",
  } = checkOptions("padSequence", options, ["batchFirst", "paddingValue", "paddingSide"]);
  if (paddingSide !== "left" && paddingSide !== "right") {
    throw new ValueError(`padSequence: paddingSide is "left" or "right"; got ${shown(paddingSide)}`);
  }
  const longest = checkSequences("padSequence", sequences);
  const padded = sequences.map((x) => {
    const missing = longest - (x.shape[0] as number);
    if (missing === 0) return x.unsqueeze(0) as Tensor;
    const fill = full([missing, ...x.shape.slice(1)], paddingValue, { dtype: x.dtype });
    return cat(paddingSide === "right" ? [x, fill] : [fill, x]).unsqueeze(0) as Tensor;
  });
  const batch: Tensor = cat(padded);
  return batchFirst ? batch : (batch.transpose(0, 1) as Tensor);
}

/** The length of the longest of a list of sequences, which are alike but for their lengths. */
function checkSequences(op: string, sequences: unknown): number {
  if (!Array.isArray(sequences) || sequences.length === 0) {
    throw new ValueError(
      `${op}: takes an array of at least one sequence; got ${Array.isArray(sequences) ? "an empty one" : typeof sequences}`,
    );
  }
  const [head] = sequences as [Tensor];
  for (const [i, x] of (sequences as Tensor[]).entries()) {
    requireTensor(op, x);
    if (x.ndim === 0) throw new ShapeError(`${op}: a sequence has steps; got a number at position ${i}`);
    if (!sameShape(x.shape.slice(1), head.shape.slice(1)) || x.dtype !== head.dtype) {
      throw new ShapeError(
        `${op}: sequences differ in their lengths only; got ${show(head.shape)} ${head.dtype} first and ` +
          `${show(x.shape)} ${x.dtype} at position ${i}`,
      );
    }
  }
  return Math.max(...(sequences as Tensor[]).map((x) => x.shape[0] as number));
}

/**
 * Padded sequences [steps, batch, …] (or [batch, steps, …] with `batchFirst`) packed by their lengths, an array or
 * int32 [batch].
 *
 * @throws {ValueError} for an unknown option, no sequence, another number of lengths than of sequences, one that is not
 * from 1 to the steps, or lengths that rise (unless `enforceSorted` is false).
 * @throws {ShapeError} if `x` has fewer than 2 axes.
 * @throws {DTypeError} if `x` is not a float tensor, or `lengths` are neither an array nor an int32 tensor.
 * @example
 * nn.utils.rnn.packPaddedSequence(zeros(4, 2, 3), [4, 2]).data.shape; // [6, 3]
 */
export function packPaddedSequence(x: Tensor, lengths: Lengths, options: PackOptions = {}): PackedSequence {
  const op = "packPaddedSequence";
  const { batchFirst = false, enforceSorted = true } = checkOptions("packPaddedSequence", options, [
    "batchFirst",
    "enforceSorted",
  ]);
  requireTensor(op, x);
  if (x.ndim < 2) {
    throw new ShapeError(
      `${op}: takes ${batchFirst ? "[batch, steps, …]" : "[steps, batch, …]"}; got ${show(x.shape)}`,
    );
  }
  const [first, second] = x.shape as readonly number[] as [number, number];
  const [batch, steps] = batchFirst ? [first, second] : [second, first];
  if (batch === 0) throw new ValueError(`${op}: needs at least one sequence; got ${show(x.shape)}`);
  const list = checkLengths(op, lengths, batch, steps);
  const order = orderOf(op, list, enforceSorted);
  const sorted = order === null ? list : order.map((i) => list[i] as number);
  const longest = sorted[0] as number;
  const sizes = Array.from({ length: longest }, (_, t) => sorted.filter((length) => length > t).length);
  const rows = sizes.flatMap((size, t) =>
    Array.from({ length: size }, (_, i) => {
      const b = order === null ? i : (order[i] as number);
      return batchFirst ? b * steps + t : t * batch + b;
    }),
  );
  const flat = x.reshape(steps * batch, ...x.shape.slice(2)) as Tensor;
  const places = order === null ? null : whole(order.map((_, b) => order.indexOf(b)));
  return new PackedSequence(rowsOf(flat, whole(rows)), whole(sizes), order === null ? null : whole(order), places);
}

/** The order of falling lengths, equal ones as they came; null where lengths have to fall already. */
function orderOf(op: string, lengths: readonly number[], enforceSorted: boolean): number[] | null {
  if (!enforceSorted) return lengths.map((_, i) => i).sort((a, b) => (lengths[b] as number) - (lengths[a] as number));
  const wrong = lengths.findIndex((length, i) => i > 0 && length > (lengths[i - 1] as number));
  if (wrong < 0) return null;
  throw new ValueError(
    `${op}: lengths must fall; got ${lengths[wrong - 1]} and then ${lengths[wrong]} at position ${wrong}; ` +
      "sort the sequences, or pass { enforceSorted: false }",
  );
}

/**
 * Sequences [steps, …], which differ in their lengths alone, packed.
 *
 * @throws {ValueError} for an unknown option, if the list is empty or none, or the lengths rise (unless `enforceSorted` is false).
 * @throws {ShapeError} if a sequence has no axis, or they differ in more than their lengths.
 * @throws {DTypeError} if one is not a float tensor.
 * @example
 * nn.utils.rnn.packSequence([tensor([1, 2, 3]), tensor([4, 5])]).data.toArray(); // [1, 4, 2, 5, 3]
 */
export function packSequence(sequences: readonly Tensor[], options: { enforceSorted?: boolean } = {}): PackedSequence {
  checkSequences("packSequence", sequences);
  checkOptions("packSequence", options, ["enforceSorted"]);
  const lengths = sequences.map((x) => x.shape[0] as number);
  return packPaddedSequence(padSequence(sequences), lengths, options);
}

/**
 * A packed sequence as [steps, batch, …] (or [batch, steps, …] with `batchFirst`), in the order in which the sequences
 * were packed, with their lengths (int32 [batch]). `totalLength` gives more steps than the longest has.
 *
 * @throws {ValueError} for an unknown option, or a `totalLength` below the longest length.
 * @throws {DTypeError} if it is no PackedSequence.
 * @example
 * const packed = nn.utils.rnn.packSequence([tensor([1, 2, 3]), tensor([4, 5])]);
 * nn.utils.rnn.padPackedSequence(packed)[0].toArray(); // [[1, 4], [2, 5], [3, 0]]
 */
export function padPackedSequence(
  packed: PackedSequence,
  options: PadOptions & { totalLength?: number } = {},
): [Tensor, Tensor] {
  const op = "padPackedSequence";
  if (!(packed instanceof PackedSequence)) throw new DTypeError(`${op}: takes a PackedSequence; got ${typeof packed}`);
  const {
    batchFirst = false,
    paddingValue = 0,
    totalLength,
  } = checkOptions("padPackedSequence", options, ["batchFirst", "paddingValue", "totalLength"]);
  const { data } = packed;
  const sizes = [...packed.batchSizes.data()];
  const batch = sizes[0] as number;
  const steps = totalLength ?? sizes.length;
  if (!Number.isInteger(steps) || steps < sizes.length) {
    throw new ValueError(
      `${op}: totalLength is at least the longest length, ${sizes.length}; got ${String(totalLength)}`,
    );
  }
  const order = packed.unsortedIndices === null ? null : packed.unsortedIndices.data();
  let rowsBefore = 0;
  const starts = sizes.map((size) => {
    rowsBefore += size;
    return rowsBefore - size;
  });
  const rowAt = (t: number, b: number): number => {
    const place = order === null ? b : (order[b] as number);
    return t < sizes.length && place < (sizes[t] as number) ? (starts[t] as number) + place : (data.shape[0] as number);
  };
  const padding = full([1, ...data.shape.slice(1)], paddingValue, { dtype: data.dtype });
  const [outer, inner] = batchFirst ? [batch, steps] : [steps, batch];
  const rows = Array.from({ length: steps * batch }, (_, k) => {
    const [i, j] = [Math.floor(k / inner), k % inner];
    return batchFirst ? rowAt(j, i) : rowAt(i, j);
  });
  const all = rowsOf(cat([data, padding]), whole(rows));
  const lengths = Array.from(
    { length: batch },
    (_, b) => sizes.filter((_, t) => rowAt(t, b) < (data.shape[0] as number)).length,
  );
  return [all.reshape(outer, inner, ...data.shape.slice(1)) as Tensor, whole(lengths)];
}

/**
 * The sequences of a padded batch [steps, batch, …] (or [batch, steps, …] with `batchFirst`), each [steps, …] as long
 * as it was. `lengths` has one for each sequence.
 *
 * @throws {ValueError} for an unknown option, another number of lengths than of sequences, or one that is not from 1 to
 * the steps.
 * @throws {ShapeError} if `padded` has fewer than 2 axes.
 * @throws {DTypeError} if it is not a tensor, or `lengths` are neither an array nor an int32 tensor.
 * @example
 * nn.utils.rnn.unpadSequence(zeros(4, 2, 3), [4, 2]).map((x) => x.shape[0]); // [4, 2]
 */
export function unpadSequence(padded: Tensor, lengths: Lengths, options: { batchFirst?: boolean } = {}): Tensor[] {
  requireTensor("unpadSequence", padded);
  checkOptions("unpadSequence", options, ["batchFirst"]);
  if (padded.ndim < 2) throw new ShapeError(`unpadSequence: takes a batch of sequences; got ${show(padded.shape)}`);
  const along = axis("unpadSequence", options.batchFirst ? 1 : 0, padded.shape);
  const list = checkLengths("unpadSequence", lengths, padded.shape[1 - along] as number, padded.shape[along] as number);
  return list.map((length, i) => (padded.select(1 - along, i) as Tensor).narrow(0, 0, length) as Tensor);
}

/**
 * The sequences [steps, …] of a packed batch, in the order in which they were packed.
 *
 * @throws {DTypeError} if it is no PackedSequence.
 * @example
 * nn.utils.rnn.unpackSequence(nn.utils.rnn.packSequence([ones(3, 2), ones(1, 2)])).length; // 2
 */
export function unpackSequence(packed: PackedSequence): Tensor[] {
  const [padded, lengths] = padPackedSequence(packed);
  return unpadSequence(padded, lengths);
}
