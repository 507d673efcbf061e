/** What a dataset is: samples by index, or one after the other. */
import { DTypeError, IndexError } from "../errors.ts";
import type { Tensor } from "../ops/index.ts";
import { requireTensor } from "../ops/kernels.ts";
import type { AnyShape, Shape } from "../tensor/shapes.ts";
import { show } from "../tensor/sizes.ts";

/**
 * Samples by index. A sample is a tensor, a number, a string, or a tuple or plain object of them.
 * A dataset that can make whole batches at once also has `batch`, and is then not asked for single samples.
 */
export interface Dataset<Sample = unknown> {
  /** The number of samples. */
  readonly length: number;
  /** Sample `index`, from 0 to length - 1. */
  get(index: number): Sample;
  /** The samples at the indices (an int32 vector), stacked. */
  batch?(indices: Tensor<[number]>): Batch<Sample>;
}

/** Samples one after the other, for data that have no index: a generator, a stream. Its length may be unknown. */
export type IterableDataset<Sample = unknown> = (Iterable<Sample> | AsyncIterable<Sample>) & {
  readonly length?: number;
};

/** A shape with an axis of unknown size in front. */
type Stacked<S extends Shape> = number extends S["length"] ? AnyShape : [number, ...S];

/**
 * Samples stacked: a number becomes a vector, a tensor gets an axis in front, a string an array of strings, and a tuple or plain
 * object a tuple or object of batches.
 */
export type Batch<Sample> = Sample extends number | boolean
  ? Tensor<[number]>
  : Sample extends string
    ? string[]
    : Sample extends Tensor<infer S>
      ? Tensor<Stacked<S>>
      : Sample extends object
        ? { -readonly [K in keyof Sample]: Batch<Sample[K]> }
        : Sample;

/** Throws an IndexError unless `index` is one of `length` samples. */
export function checkIndex(op: string, index: number, length: number): void {
  if (Number.isInteger(index) && index >= 0 && index < length) return;
  throw new IndexError(`${op}: an index is a whole number from 0 to ${length - 1}; got ${String(index)}`);
}

/** The indices in row-major memory; throws a DTypeError unless they are an int32 vector. */
export function checkIndices(op: string, indices: Tensor): Tensor<[number]> {
  requireTensor(op, indices);
  if (indices.dtype !== "int32" || indices.ndim !== 1) {
    throw new DTypeError(`${op}: takes indices as an int32 vector; got ${indices.dtype} ${show(indices.shape)}`);
  }
  return indices.contiguous() as Tensor<[number]>;
}
