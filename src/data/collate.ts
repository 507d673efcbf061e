/** Batches out of samples. */
import { DataError, ShapeError } from "../errors.ts";
import { stack, Tensor, tensor } from "../ops/index.ts";
import { sameShape, show } from "../tensor/sizes.ts";
import type { Batch } from "./dataset.ts";

/**
 * Stacks samples: tensors along a new first axis, whole numbers to int32, others to float32, strings to an array;
 * tuples and plain objects part by part.
 *
 * @throws {ShapeError} if the tensors of a batch differ in shape.
 * @throws {DataError} for no samples, something else than an array, samples of different kinds, or of a kind that
 * cannot be stacked.
 * @throws {ValueError} for a whole number that int32 does not hold.
 * @example
 * defaultCollate([[tensor([1, 2]), 0], [tensor([3, 4]), 1]])[1].toArray(); // [0, 1]
 */
export function defaultCollate<const Sample>(samples: readonly Sample[]): Batch<Sample> {
  if (!Array.isArray(samples)) throw new DataError(`defaultCollate: takes an array of samples; got ${typeof samples}`);
  if (samples.length === 0) throw new DataError("defaultCollate: needs at least one sample; got none");
  const kind = kindOf(samples[0]);
  const odd = samples.findIndex((sample) => kindOf(sample) !== kind);
  if (odd >= 0) {
    throw new DataError(
      `defaultCollate: samples are of one kind; sample 0 is ${kind} and sample ${odd} ${kindOf(samples[odd])}`,
    );
  }
  return stacked(samples) as Batch<Sample>;
}

function stacked(samples: readonly unknown[]): unknown {
  const [first] = samples;
  if (first instanceof Tensor) return stackedTensors(first, samples as Tensor[]);
  if (typeof first === "string") return [...samples];
  if (typeof first === "number" || typeof first === "boolean") {
    const numbers = samples.map(Number);
    return tensor(numbers, { dtype: numbers.every(Number.isInteger) ? "int32" : "float32" });
  }
  if (Array.isArray(first)) {
    const rows = samples as unknown[][];
    return first.map((_, i) => defaultCollate(rows.map((row) => row[i])));
  }
  if (isPlainObject(first)) {
    const rows = samples as Record<string, unknown>[];
    return Object.fromEntries(Object.keys(first).map((key) => [key, defaultCollate(rows.map((row) => row[key]))]));
  }
  throw new DataError(
    `defaultCollate: samples are tensors, numbers, strings, or tuples and plain objects of them; got ${kindOf(first)}; pass a collateFn`,
  );
}

function stackedTensors(first: Tensor, samples: readonly Tensor[]): Tensor {
  const odd = samples.findIndex((sample) => !sameShape(sample.shape, first.shape));
  if (odd < 0) return stack(samples);
  throw new ShapeError(
    `defaultCollate: the tensors of a batch have one shape; got ${show(first.shape)} in sample 0 and ` +
      `${show((samples[odd] as Tensor).shape)} in sample ${odd}; bring them to one size, or pass a collateFn that pads them`,
  );
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Samples of one kind can be stacked. */
function kindOf(sample: unknown): string {
  if (sample instanceof Tensor) return "a tensor";
  if (Array.isArray(sample)) return `a tuple of length ${sample.length}`;
  if (isPlainObject(sample)) return `an object with the keys ${Object.keys(sample).sort().join(", ")}`;
  return sample === null ? "null" : typeof sample;
}
