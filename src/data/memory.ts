/** Datasets in memory: tensors whose first axis counts the samples. */
import { tracks } from "../autograd/node.ts";
import { backend } from "../backend/index.ts";
import { DTypeError, IndexError, ShapeError } from "../errors.ts";
import { empty, stack, Tensor } from "../ops/index.ts";
import { DTYPES } from "../tensor/dtypes.ts";
import type { AnyShape, Shape } from "../tensor/shapes.ts";
import { show } from "../tensor/sizes.ts";
import { pointer } from "../tensor/tensor.ts";
import { type Batch, checkIndex, checkIndices, type Dataset } from "./dataset.ts";

const gatherKernels = {
  1: backend.kernel("gather_rows_1"),
  4: backend.kernel("gather_rows_4"),
  8: backend.kernel("gather_rows_8"),
} as const;

/** The rows of x along its first axis that an int32 vector names, in row-major memory. Gradients flow to tensors that track them. */
export function gatherRows(op: string, x: Tensor, indices: Tensor<[number]>): Tensor {
  const rows = x.shape[0] as number;
  const n = indices.count;
  if (tracks(x) && n > 0) return stack(Array.from(indices.data(), (i) => x.select(0, i) as Tensor));
  const source: Tensor = x.contiguous();
  const y: Tensor = empty([n, ...x.shape.slice(1)], { dtype: x.dtype });
  const width = DTYPES[x.dtype].bytes as 1 | 4 | 8;
  const rowBytes = (n === 0 ? 0 : y.count / n) * width;
  const wrong = gatherKernels[width](pointer(source), pointer(indices), pointer(y), n, rows, rowBytes);
  if (wrong >= 0) {
    throw new IndexError(`${op}: there are ${rows} samples; got index ${indices.select(0, wrong).item()}`);
  }
  return y;
}

/** A shape without its first axis. */
type Row<S extends Shape> = number extends S["length"]
  ? AnyShape
  : S extends readonly [unknown, ...infer Rest extends Shape]
    ? Rest
    : AnyShape;

/** One sample of tensors whose first axis counts them. */
export type Rows<T extends readonly Tensor[]> = {
  -readonly [K in keyof T]: T[K] extends Tensor<infer S> ? Tensor<Row<S>> : never;
};

/**
 * Tensors [n, …] of equal length and any dtype, sample i being row i of each. A batch is gathered from all of them by
 * one kernel each. A tensor that is a view with strides is copied once, so later changes of its memory are not seen.
 *
 * @throws {ShapeError} for no tensors, one without an axis, or tensors of different lengths.
 * @throws {DTypeError} if one is not a tensor.
 * @throws {IndexError} if there is no such sample.
 * @example
 * const pairs = new TensorDataset(zeros(10, 4), arange(10));
 * pairs.get(3)[1].item(); // 3
 */
export class TensorDataset<T extends readonly Tensor[]> implements Dataset<Rows<T>> {
  readonly tensors: T;

  constructor(...tensors: T) {
    if (tensors.length === 0) throw new ShapeError("TensorDataset: needs at least one tensor; got none");
    for (const [i, x] of tensors.entries()) {
      if (!(x instanceof Tensor))
        throw new DTypeError(`TensorDataset: takes tensors; got ${typeof x} as argument ${i}`);
      if (x.ndim === 0) throw new ShapeError(`TensorDataset: the first axis counts samples; got [] as argument ${i}`);
    }
    const shapes = tensors.map((x) => x.shape as readonly number[]);
    if (shapes.some(([n]) => n !== shapes[0]?.[0])) {
      throw new ShapeError(`TensorDataset: tensors have one length; got ${shapes.map(show).join(" and ")}`);
    }
    this.tensors = tensors.map((x) => x.contiguous()) as readonly Tensor[] as T;
  }

  get length(): number {
    return (this.tensors[0] as Tensor).shape[0] as number;
  }

  /** Row `index` of every tensor, as views. */
  get(index: number): Rows<T> {
    checkIndex("TensorDataset.get", index, this.length);
    return this.tensors.map((x) => x.select(0, index)) as readonly Tensor[] as Rows<T>;
  }

  /** The rows at the indices, of every tensor. */
  batch(given: Tensor<[number]>): Batch<Rows<T>> {
    const indices = checkIndices("TensorDataset.batch", given);
    return this.tensors.map((x) => gatherRows("TensorDataset.batch", x, indices)) as unknown as Batch<Rows<T>>;
  }
}
