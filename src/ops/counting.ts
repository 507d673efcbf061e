/** Counting: different elements, how often each occurs, and where elements belong among sorted ones. */
import { DTypeError, ShapeError, ValueError } from "../errors.ts";
import { checkOptions } from "../options.ts";
import { isFloat } from "../tensor/dtypes.ts";
import type { Shape } from "../tensor/shapes.ts";
import { sameShape, show } from "../tensor/sizes.ts";
import { empty, type Tensor } from "../tensor/tensor.ts";
import { FLOATS, family, NUMBERS, pointer, requireFloat, requireTensor } from "./kernels.ts";
import { cast, contiguous, widened } from "./layout.ts";
import { sortedLines } from "./sorting.ts";
import { reshaped } from "./views.ts";

const uniques = family("unique", NUMBERS);

/** Options of `unique`. */
export interface UniqueOptions {
  /** Ascending; they always are. */
  sorted?: boolean;
  /** Also where every element went. */
  returnInverse?: boolean;
  /** Also how often each occurs. */
  returnCounts?: boolean;
}

/** Different elements, where every element of the input is among them, and how often each occurs. */
export interface Unique {
  values: Tensor;
  /** Of the input's shape, int32; with `returnInverse`. */
  inverse?: Tensor;
  /** int32; with `returnCounts`. */
  counts?: Tensor;
}

/**
 * The different elements, ascending. With `returnInverse` or `returnCounts` an object with `values` and those.
 *
 * @throws {ValueError} for an unknown option.
 * @example
 * tensor([2, 1, 2]).unique().toArray(); // [1, 2]
 * tensor([2, 1, 2]).unique({ returnCounts: true }).counts?.toArray(); // [1, 2]
 */
export function unique(this: Tensor, options?: { sorted?: boolean }): Tensor<[number]>;
export function unique(this: Tensor, options: UniqueOptions): Unique;
export function unique(this: Tensor, options: UniqueOptions = {}): Tensor | Unique {
  checkOptions("unique", options, ["sorted", "returnInverse", "returnCounts"]);
  const flat = reshaped(widened(this.detach()), [this.count]);
  const { values, indices } = sortedLines("unique", flat, 0, {});
  const n = this.count;
  const [found, inverse, counts] = [empty([n], values.dtype), empty(this.shape, "int32"), empty([n], "int32")];
  const places = [pointer(values), pointer(indices), pointer(found), pointer(inverse), pointer(counts)] as const;
  const size = uniques[values.dtype](...places, n) as number;
  const first = (x: Tensor): Tensor => (x.narrow(0, 0, size) as Tensor).clone();
  const result: Unique = { values: cast(first(found), this.dtype) };
  if (options.returnInverse) result.inverse = inverse;
  if (options.returnCounts) result.counts = first(counts);
  return options.returnInverse || options.returnCounts ? result : result.values;
}

const binCounts = family("bincount", NUMBERS);

/** Options of `bincount`. */
export interface BincountOptions {
  /** What each element counts instead of 1: a tensor of the same shape. */
  weights?: Tensor;
  /** At least so many counts. */
  minlength?: number;
}

/**
 * How often each of the numbers 0, 1, 2, … occurs in a vector [n] of int32 or uint8, as int32; or the sums of their
 * weights.
 *
 * @throws {DTypeError} for float dtypes and bool.
 * @throws {ShapeError} if this is not a vector, or `weights` have another shape.
 * @throws {ValueError} if an element or `minlength` is below 0, `minlength` is not whole, or an option is unknown.
 * @example
 * tensor([0, 2, 2], { dtype: "int32" }).bincount().toArray(); // [1, 0, 2]
 */
export function bincount(this: Tensor, options: BincountOptions = {}): Tensor<[number]> {
  const { weights, minlength = 0 } = checkOptions("bincount", options, ["weights", "minlength"]);
  if (isFloat(this.dtype) || this.dtype === "bool") {
    throw new DTypeError(`bincount: counts int32 or uint8; got ${this.dtype}; convert with x.to("int32")`);
  }
  if (this.ndim !== 1) throw new ShapeError(`bincount: takes a vector; got ${show(this.shape)}; use flatten()`);
  if (!Number.isInteger(minlength) || minlength < 0) {
    throw new ValueError(`bincount: minlength is a whole number of at least 0; got ${minlength}`);
  }
  const x = contiguous.call(cast(this, "int32"));
  if (x.count > 0 && (x.min().item() as number) < 0) {
    throw new ValueError(`bincount: counts numbers of at least 0; got ${x.min().item()}`);
  }
  const bins = Math.max(minlength, x.count === 0 ? 0 : (x.max().item() as number) + 1);
  if (weights === undefined) {
    const y = empty([bins], "int32");
    binCounts.int32(pointer(x), 0, pointer(y), x.count, bins);
    return y;
  }
  requireTensor("bincount", weights);
  if (!sameShape(weights.shape, x.shape)) {
    throw new ShapeError(`bincount: weights have the shape ${show(x.shape)}; got ${show(weights.shape)}`);
  }
  const w = contiguous.call(cast(weights.detach(), weights.dtype === "float32" ? "float32" : "float64"));
  const y = empty([bins], w.dtype);
  binCounts[w.dtype](pointer(x), pointer(w), pointer(y), x.count, bins);
  return y;
}

const histograms = family("histc", FLOATS);

/** Options of `histc`. */
export interface HistcOptions {
  /** How many parts there are; 100 unless said otherwise. */
  bins?: number;
  /** The range that is counted: that of the elements unless min and max differ. */
  min?: number;
  /** The upper end of the range; see `min`. */
  max?: number;
}

/**
 * How many elements fall into each of `bins` (100) equal parts of [min, max], in the tensor's dtype. Others are not
 * counted. Takes float dtypes.
 *
 * @throws {DTypeError} for int dtypes and bool.
 * @throws {ValueError} if `bins` is not a whole number of at least 1, `min` is above `max`, the range is not finite or
 * an option is unknown.
 * @example
 * tensor([0, 1, 1, 4]).histc({ bins: 2, min: 0, max: 4 }).toArray(); // [3, 1]
 */
export function histc(this: Tensor, options: HistcOptions = {}): Tensor<[number]> {
  requireFloat("histc", this);
  const { bins = 100 } = checkOptions("histc", options, ["bins", "min", "max"]);
  let { min = 0, max = 0 } = options;
  if (!Number.isInteger(bins) || bins < 1) throw new ValueError(`histc: bins is a whole number from 1 on; got ${bins}`);
  if (!(min <= max)) throw new ValueError(`histc: min is at most max; got ${min} and ${max}`);
  const x = contiguous.call(this.detach());
  if (min === max && x.count > 0) [min, max] = [x.min().item() as number, x.max().item() as number];
  if (!Number.isFinite(min) || !Number.isFinite(max)) {
    throw new ValueError(`histc: the range is finite; got ${min} to ${max}; give min and max`);
  }
  if (min === max) [min, max] = [min - 1, max + 1];
  const y = empty([bins], x.dtype);
  histograms[x.dtype](pointer(x), pointer(y), x.count, bins, min, max);
  return y;
}

const searches = family("searchsorted", NUMBERS);

/** Options of `searchsorted` and `bucketize`. */
export interface SearchOptions {
  /** Behind equals instead of before them. */
  right?: boolean;
}

/**
 * Where values would go into a sorted sequence, as int32: how many of its elements are less (or at most, with `right`).
 * The sequence is a vector, or has the values' shape but for the last axis, and their dtype.
 *
 * @throws {DTypeError} if the two are not of one dtype.
 * @throws {ShapeError} if the sequence is no vector, and has other sizes than the values before the last axis.
 * @throws {ValueError} for an unknown option.
 * @example
 * searchsorted(tensor([1, 3, 5]), tensor([3, 4])).toArray(); // [1, 2]
 */
export function searchsorted<S extends Shape>(
  sequence: Tensor,
  values: Tensor<S>,
  options: SearchOptions = {},
): Tensor<S> {
  requireTensor("searchsorted", sequence);
  requireTensor("searchsorted", values);
  checkOptions("searchsorted", options, ["right"]);
  if (sequence.dtype !== values.dtype) {
    throw new DTypeError(
      `searchsorted: sequence and values have one dtype; got ${sequence.dtype} and ${values.dtype}; convert one with to()`,
    );
  }
  const one = sequence.ndim === 1;
  if (sequence.ndim === 0 || !(one || sameShape(sequence.shape.slice(0, -1), values.shape.slice(0, -1)))) {
    throw new ShapeError(
      `searchsorted: the sequence is a vector or has the values' shape but for the last axis; ` +
        `got ${show(sequence.shape)} and ${show(values.shape)}`,
    );
  }
  const [sorted, v] = [contiguous.call(widened(sequence)), contiguous.call(widened(values))];
  const y = empty(v.shape, "int32");
  const length = sorted.shape.at(-1) as number;
  const rows = one ? 1 : sorted.shape.slice(0, -1).reduce((total, size) => total * size, 1);
  const each = rows === 0 ? 0 : v.count / rows;
  searches[v.dtype](pointer(sorted), pointer(v), pointer(y), rows, length, each, Number(options.right ?? false));
  return y as Tensor<S>;
}

/**
 * Which of the buckets between sorted boundaries each element lies in, as int32; see {@link searchsorted}.
 *
 * @throws {DTypeError} if the two are not of one dtype.
 * @throws {ShapeError} if `boundaries` are not a vector.
 * @throws {ValueError} for an unknown option.
 * @example
 * tensor([0.5, 1, 7]).bucketize(tensor([1, 2, 3])).toArray(); // [0, 0, 3]
 */
export function bucketize<S extends Shape>(
  this: Tensor<S>,
  boundaries: Tensor,
  options: SearchOptions = {},
): Tensor<S> {
  requireTensor("bucketize", boundaries);
  if (boundaries.ndim !== 1) throw new ShapeError(`bucketize: boundaries are a vector; got ${show(boundaries.shape)}`);
  return searchsorted(boundaries, this, options);
}
