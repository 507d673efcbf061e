/** Datasets: samples by index. */
import { DataError } from "../errors.ts";
import { stack, Tensor, tensor } from "../ops/index.ts";

/**
 * Samples by index. A sample is a tensor, a number, or a tuple of them.
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

/** Samples stacked: a number becomes a vector, a tensor gets an axis in front, a tuple becomes a tuple of batches. */
export type Batch<Sample> = Sample extends number | boolean
  ? Tensor<[number]>
  : Sample extends Tensor
    ? Tensor
    : Sample extends readonly unknown[]
      ? { -readonly [K in keyof Sample]: Batch<Sample[K]> }
      : Sample;

/**
 * Stacks samples: tensors along a new first axis, whole numbers to int32, others to float32, tuples part by part.
 * Throws a DataError that names the first sample that is not of the kind of sample 0.
 */
export function collate<Sample>(samples: readonly Sample[]): Batch<Sample> {
  if (samples.length === 0) throw new DataError("collate: needs at least one sample; got none");
  const kind = kindOf(samples[0]);
  const odd = samples.findIndex((sample) => kindOf(sample) !== kind);
  if (odd >= 0) {
    throw new DataError(
      `collate: samples are of one kind; sample 0 is ${kind} and sample ${odd} ${kindOf(samples[odd])}`,
    );
  }
  return stacked(samples) as Batch<Sample>;
}

function stacked(samples: readonly unknown[]): unknown {
  const [first] = samples;
  if (first instanceof Tensor) return stack(samples as Tensor[]);
  if (typeof first === "number" || typeof first === "boolean") {
    const numbers = samples.map(Number);
    return tensor(numbers, { dtype: numbers.every(Number.isInteger) ? "int32" : "float32" });
  }
  if (Array.isArray(first)) {
    const rows = samples as unknown[][];
    return first.map((_, i) => collate(rows.map((row) => row[i])));
  }
  throw new DataError(`collate: samples are tensors, numbers or tuples of them; got ${kindOf(first)}`);
}

/** Samples of one kind can be stacked. */
function kindOf(sample: unknown): string {
  if (sample instanceof Tensor) return "a tensor";
  if (Array.isArray(sample)) return `a tuple of length ${sample.length}`;
  return sample === null ? "null" : typeof sample;
}
