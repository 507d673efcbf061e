/** Sums, means and maxima of rows of a table. */
import { DTypeError, IndexError, ShapeError, ValueError } from "../errors.ts";
import { checkOptions } from "../options.ts";
import { sameShape, show } from "../tensor/sizes.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { full, tensor } from "./create.ts";
import { checkIndices, type EmbeddingOptions, embedding, paddingRow } from "./embedding.ts";
import { filled } from "./filled.ts";
import { cat } from "./join.ts";
import { requireTensor } from "./kernels.ts";

/** Options of {@link embeddingBag}. */
export interface EmbeddingBagOptions extends EmbeddingOptions {
  /** Where each bag starts in an index vector: int32, from 0, none smaller than the one before. */
  offsets?: Tensor | null;
  /** What becomes of the rows of a bag; "mean" unless said otherwise. */
  mode?: "sum" | "mean" | "max";
  /** A factor for each index, in its shape; for sums only. */
  perSampleWeights?: Tensor | null;
  /** Whether the last offset is where the last bag ends; false. */
  includeLastOffset?: boolean;
}

const OP = "embeddingBag";

/** Where bags start, with the end of the last one, after checks. */
function edgesOf(indices: Tensor, { offsets = null, includeLastOffset = false }: EmbeddingBagOptions): Int32Array {
  const { count } = indices;
  if (indices.ndim === 2) {
    if (offsets !== null) throw new ValueError(`${OP}: rows of [bags, n] are the bags; got offsets as well`);
    const [bags, n] = indices.shape as readonly number[] as [number, number];
    return Int32Array.from({ length: bags + 1 }, (_, i) => i * n);
  }
  if (indices.ndim !== 1 || offsets === null) {
    throw new ShapeError(`${OP}: takes indices [bags, n], or [n] and offsets; got ${show(indices.shape)}`);
  }
  requireTensor(OP, offsets);
  if (offsets.dtype !== "int32" || offsets.ndim !== 1) {
    throw new DTypeError(`${OP}: offsets are an int32 vector; got ${offsets.dtype} ${show(offsets.shape)}`);
  }
  const edges = Int32Array.from([...offsets.data(), ...(includeLastOffset ? [] : [count])]);
  for (let i = 0; i < edges.length; i++) {
    const least = i === 0 ? 0 : (edges[i - 1] as number);
    const edge = edges[i] as number;
    if (edge >= least && edge <= (i === 0 ? 0 : count)) continue;
    throw new IndexError(`${OP}: offsets rise from 0 to at most ${count}; got ${edge} at position ${i}`);
  }
  if (edges.length === 0) throw new ShapeError(`${OP}: the last offset is the end; got no offsets`);
  return edges;
}

/** For every index its bag, or -1 for padding. */
function bagsOf(edges: Int32Array, list: ArrayLike<number>, padding: number): Int32Array {
  const bags = new Int32Array(list.length).fill(-1);
  for (let bag = 0; bag + 1 < edges.length; bag++) {
    for (let i = edges[bag] as number; i < (edges[bag + 1] as number); i++) if (list[i] !== padding) bags[i] = bag;
  }
  return bags;
}

/** The greatest of each bag, 0 for empty ones; the first of equals gets the gradient. */
function largest(rows: Tensor, bags: Int32Array, count: number): Tensor {
  const sizes = new Int32Array(count);
  for (const bag of bags) sizes[bag] = (sizes[bag] as number) + 1;
  const width = Math.max(1, ...sizes);
  const places = new Int32Array(count * width).fill(bags.length);
  const filled = new Int32Array(count);
  bags.forEach((bag, i) => {
    places[bag * width + (filled[bag] as number)] = i;
    filled[bag] = (filled[bag] as number) + 1;
  });
  const below = full([1, rows.shape[1] as number], Number.NEGATIVE_INFINITY, { dtype: rows.dtype });
  const table = embedding(
    tensor(places).reshape(count, width) as Tensor,
    cat([rows, below], 0) as Tensor<[number, number]>,
  );
  const empty = tensor(sizes).eq(0).unsqueeze(1) as Tensor;
  return (table as Tensor).max(1).values.maskedFill(empty, 0) as Tensor;
}

/**
 * Sum, mean or maximum of the rows of each bag of indices, without the rows in between being kept apart: indices int32
 * [bags, n], or all bags one after the other as [n] with `offsets`, weight [rows, width] → [bags, width]. Rows of
 * `paddingIdx` are left out; an empty bag gives zeros.
 *
 * @throws {DTypeError} if the indices are neither int32 nor uint8, the weight is not of a float dtype, or `offsets` are
 * no int32 vector.
 * @throws {ShapeError} if the indices are neither [bags, n] nor [n] with `offsets`, the weight is no matrix, or
 * `perSampleWeights` do not fit.
 * @throws {IndexError} for an index that is no row, whose position it names; if `paddingIdx` is no row, or `offsets` do
 * not rise from 0.
 * @throws {ValueError} if `mode` is unknown, `offsets` come with rows, `perSampleWeights` without sums or
 * `scaleGradByFreq` with maxima, `maxNorm` is not above 0 or meets a weight that is not row-major, or an option is
 * unknown.
 * @throws {GradError} if `maxNorm` meets a weight that was computed.
 * @example
 * const offsets = tensor([0, 1], { dtype: "int32" });
 * embeddingBag(tensor([1, 0, 1], { dtype: "int32" }), tensor([[1, 2], [3, 4]]), { offsets }).toArray(); // [[3, 4], [2, 3]]
 */
export function embeddingBag<D extends number>(
  indices: Tensor,
  weight: Tensor<readonly [number, D]>,
  options: EmbeddingBagOptions = {},
): Tensor<[number, D]> {
  const known = [
    "mode",
    "offsets",
    "perSampleWeights",
    "includeLastOffset",
    "paddingIdx",
    "maxNorm",
    "scaleGradByFreq",
  ];
  checkOptions(OP, options, known);
  const {
    mode = "mean",
    perSampleWeights = null,
    paddingIdx = null,
    maxNorm = null,
    scaleGradByFreq = false,
  } = options;
  if (mode !== "sum" && mode !== "mean" && mode !== "max") {
    throw new ValueError(`${OP}: mode is "sum", "mean" or "max"; got ${JSON.stringify(mode)}`);
  }
  if (mode === "max" && scaleGradByFreq)
    throw new ValueError(`${OP}: scaleGradByFreq goes with sums and means; got "max"`);
  const flat = checkIndices(indices, OP).reshape(-1) as Tensor;
  const edges = edgesOf(indices, options);
  let rows = embedding(flat, weight, { paddingIdx, maxNorm, scaleGradByFreq }) as Tensor;
  if (perSampleWeights !== null) {
    requireTensor(OP, perSampleWeights);
    if (mode !== "sum") throw new ValueError(`${OP}: perSampleWeights go with sums; got mode "${mode}"`);
    if (!sameShape(perSampleWeights.shape, indices.shape) || perSampleWeights.dtype !== rows.dtype) {
      throw new ShapeError(
        `${OP}: perSampleWeights are ${rows.dtype} ${show(indices.shape)}; ` +
          `got ${perSampleWeights.dtype} ${show(perSampleWeights.shape)}`,
      );
    }
    rows = rows.mul(perSampleWeights.reshape(-1, 1)) as Tensor;
  }
  const padding = paddingRow(OP, paddingIdx, weight.shape[0] as number);
  let bags = bagsOf(edges, flat.data(), padding);
  if (bags.includes(-1)) {
    const kept = Int32Array.from(bags.keys()).filter((i) => bags[i] !== -1);
    rows = rows.indexSelect(0, tensor(kept)) as Tensor;
    bags = bags.filter((bag) => bag !== -1);
  }
  const count = edges.length - 1;
  if (mode === "max") return largest(rows, bags, count) as Tensor<[number, D]>;
  const sums = filled([count, weight.shape[1] as number], rows.dtype).indexAdd(0, tensor(bags), rows);
  if (mode === "sum") return sums as Tensor<[number, D]>;
  const sizes = new Float64Array(count);
  for (const bag of bags) sizes[bag] = (sizes[bag] as number) + 1;
  const divisor = tensor(sizes.map((size) => size || 1), { dtype: rows.dtype }).unsqueeze(1) as Tensor; // biome-ignore format: a line
  return sums.div(divisor) as Tensor<[number, D]>;
}
