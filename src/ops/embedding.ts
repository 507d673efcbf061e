/** Rows of a table by index. */
import { type Gradient, record, tracks } from "../autograd/node.ts";
import { backend } from "../backend/index.ts";
import { DTypeError, GradError, IndexError, ShapeError, ValueError } from "../errors.ts";
import { checkOptions } from "../options.ts";
import { DTYPES } from "../tensor/dtypes.ts";
import type { Shape } from "../tensor/shapes.ts";
import { show } from "../tensor/sizes.ts";
import { changes, empty, type Tensor } from "../tensor/tensor.ts";
import { tensor } from "./create.ts";
import { filled } from "./filled.ts";
import { FLOATS, family, pointer, requireFloat, requireTensor } from "./kernels.ts";
import { cast, contiguous } from "./layout.ts";
import { reshaped } from "./views.ts";

const gather = { float32: backend.kernel("gather_rows_4"), float64: backend.kernel("gather_rows_8") };
const scatter = family("embedding_backward", FLOATS, "embedding");
const renorm = family("embedding_renorm", FLOATS, "embedding");

/** Options of {@link embedding}. */
export interface EmbeddingOptions {
  /** A row that gets no gradient, counted from the end when it is negative. */
  paddingIdx?: number | null;
  /** Rows that are looked up are first scaled, in place, to at most this length. */
  maxNorm?: number | null;
  /** Divides the gradient of each row by how often its index comes, which is no slope: there is no second derivative. */
  scaleGradByFreq?: boolean;
}

/** The padding row counted from the front, or -1 without one. */
export function paddingRow(op: string, paddingIdx: number | null, rows: number): number {
  if (paddingIdx === null) return -1;
  if (!Number.isInteger(paddingIdx) || paddingIdx < -rows || paddingIdx >= rows) {
    throw new IndexError(`${op}: paddingIdx is a row of the ${rows}; got ${paddingIdx}`);
  }
  return paddingIdx < 0 ? paddingIdx + rows : paddingIdx;
}

/** Indices as int32 in row-major memory. */
export function checkIndices(indices: Tensor, op = "embedding"): Tensor {
  requireTensor(op, indices);
  if (indices.dtype !== "int32" && indices.dtype !== "uint8") {
    throw new DTypeError(
      `${op}: indices are int32; got ${indices.dtype} ${show(indices.shape)}; use tensor(indices, { dtype: "int32" })`,
    );
  }
  return contiguous.call(cast(indices, "int32"));
}

/** Throws for the first index that is no row. */
function refuse(indices: Tensor, at: number, rows: number): never {
  const index = indices.data()[at];
  throw new IndexError(
    `embedding: index ${index} at position ${at}, but there are ${rows} rows: indices are 0 to ${rows - 1}`,
  );
}

function scaleRows(weight: Tensor, indices: Tensor, maxNorm: number): void {
  if (!(maxNorm > 0)) throw new ValueError(`embedding: maxNorm is above 0; got ${maxNorm}`);
  if (weight.strides !== null) throw new ValueError("embedding: maxNorm changes the weight, which is row-major");
  if (weight.node !== null && weight.node.leaf === null) {
    throw new GradError("embedding: maxNorm changes the weight, which is a leaf; use detach() for a computed one");
  }
  const [rows, width] = weight.shape as readonly number[] as [number, number];
  const list = indices.data();
  const wrong = list.findIndex((index) => index < 0 || index >= rows);
  if (wrong >= 0) refuse(indices, wrong, rows);
  changes(weight);
  const seen = backend.borrow(rows);
  renorm[weight.dtype](
    ...([pointer(weight), pointer(indices), backend.pointer(seen), indices.count, rows, width, maxNorm] as const),
  );
  backend.release(seen);
}

/**
 * Row `weight[i]` for every index: indices int32 of any shape, weight [rows, width] of a float dtype → [...indices,
 * width].
 *
 * @throws {DTypeError} if the indices are neither int32 nor uint8, or the weight is not of a float dtype.
 * @throws {ShapeError} if the weight is no matrix.
 * @throws {IndexError} for an index that is no row, which it names, and if `paddingIdx` is no row.
 * @throws {ValueError} if `maxNorm` is not above 0 or meets a weight that is not row-major, or an option is unknown.
 * @throws {GradError} if `maxNorm` meets a weight that was computed.
 * @example
 * embedding(tensor([1, 1], { dtype: "int32" }), tensor([[1, 2], [3, 4]])).toArray(); // [[3, 4], [3, 4]]
 */
export function embedding<S extends Shape, V extends number, D extends number>(
  indices: Tensor<S>,
  weight: Tensor<readonly [V, D]>,
  options: EmbeddingOptions = {},
): Tensor<[...S, D]> {
  const flat = checkIndices(indices);
  requireFloat("embedding", weight);
  const table: Tensor = weight;
  if (table.ndim !== 2) throw new ShapeError(`embedding: the weight is [rows, width]; got ${show(table.shape)}`);
  const [rows, width] = table.shape as readonly number[] as [number, number];
  const {
    paddingIdx = null,
    maxNorm = null,
    scaleGradByFreq = false,
  } = checkOptions("embedding", options, ["paddingIdx", "maxNorm", "scaleGradByFreq"]);
  const padding = paddingRow("embedding", paddingIdx, rows);
  if (maxNorm !== null) scaleRows(table, flat, maxNorm);
  const w: Tensor = contiguous.call(table);
  const y = empty([...flat.shape, width], w.dtype);
  const bytes = DTYPES[w.dtype].bytes * width;
  const lookUp = gather[w.dtype as "float32" | "float64"];
  const wrong = lookUp(pointer(w), pointer(flat), pointer(y), flat.count, rows, bytes);
  if (wrong >= 0) refuse(flat, wrong, rows);
  if (!tracks(w)) return y as unknown as Tensor<[...S, D]>;
  const gradient: Gradient = (g) => {
    const given = contiguous.call(g);
    const dw = empty(w.shape, w.dtype);
    const counts = scaleGradByFreq ? backend.borrow(rows * 4) : null;
    scatter[w.dtype](
      ...([pointer(given), pointer(flat), pointer(dw), counts === null ? 0 : backend.pointer(counts)] as const),
      ...([flat.count, rows, width, padding] as const),
    );
    if (counts !== null) backend.release(counts);
    return dw;
  };
  const composed: Gradient = (g) => {
    const sums = filled([rows, width], g.dtype).indexAdd(
      0,
      reshaped(flat, [flat.count]),
      reshaped(g, [flat.count, width]),
    );
    return padding < 0 ? sums : (sums.indexFill(0, tensor([padding], { dtype: "int32" }), 0) as Tensor);
  };
  record(y, "embedding", [w], [gradient], [flat], null, scaleGradByFreq ? null : [composed]);
  return y as unknown as Tensor<[...S, D]>;
}
