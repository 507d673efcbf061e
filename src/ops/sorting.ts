/** Order: sorting, the first k, medians and quantiles, and counting equals. NaN counts as the largest number. */
import { record, tracks } from "../autograd/node.ts";
import { backend } from "../backend/index.ts";
import { DTypeError, IndexError, ShapeError, ValueError } from "../errors.ts";
import { DTYPES, isFloat } from "../tensor/dtypes.ts";
import type { Arg, OnAxis, Out, Reduce, SetAt, Shape } from "../tensor/shapes.ts";
import { sameShape, show } from "../tensor/sizes.ts";
import { empty, type Tensor } from "../tensor/tensor.ts";
import { stack } from "./join.ts";
import { FLOATS, family, NUMBERS, pointer, requireFloat, requireTensor } from "./kernels.ts";
import { cast, contiguous } from "./layout.ts";
import { linesOf, pickLast, swapped } from "./order.ts";
import type { Extremes } from "./reduce.ts";
import { reshaped } from "./views.ts";

const sorts = family("sort", NUMBERS);
const firsts = family("topk", NUMBERS);
const selects = family("select", NUMBERS);

/** Bytes of an element and its place while they are sorted, and what a thread's own workspace holds. */
const ITEM_BYTES = { 4: 8, 8: 16 } as const;
const WORKSPACE_BYTES = 4 * 2 ** 20;
const FEW = 24;

/** Runs a kernel with room for `items` items, if they are more than a workspace holds (`each` of them at once). */
function withRoom(x: Tensor, each: number, items: number, run: (room: () => number) => void): void {
  const bytes = ITEM_BYTES[DTYPES[x.dtype].bytes as 4 | 8];
  if (each * bytes <= WORKSPACE_BYTES) {
    run(() => 0);
    return;
  }
  const room = backend.borrow(items * bytes);
  run(() => backend.pointer(room));
  backend.release(room);
}

/** A tensor of a dtype that has an order of its own here: uint8 and bool are sorted as int32 and brought back. */
function ordered(x: Tensor): Tensor {
  return NUMBERS.includes(x.dtype) ? x : cast(x, "int32");
}

/** What stands at indices (axis `at` last) of x, with the gradient; axes back in their places. */
function chosen(x: Tensor, values: Tensor, indices: Tensor, at: number): Extremes<Shape> {
  const places = swapped(indices, at);
  if (!tracks(x)) return { values: cast(swapped(values, at), x.dtype), indices: places };
  return { values: swapped(pickLast(swapped(x, at), indices), at), indices: places };
}

/** Options of `sort` and `argsort`. */
export interface SortOptions {
  /** Largest first. */
  descending?: boolean;
  /** Equals keep their order; they always do. */
  stable?: boolean;
}

/** The values in order and their places, with axis `dim` last. */
function sortedLines(op: string, x: Tensor, dim: number, { descending = false }: SortOptions) {
  const { lines, at, rows, length } = linesOf(op, ordered(x), dim);
  const [values, indices] = [empty(lines.shape, lines.dtype), empty(lines.shape, "int32")];
  withRoom(lines, 2 * length, 2 * length, (room) => {
    const places = [pointer(lines), pointer(values), pointer(indices)] as const;
    sorts[lines.dtype](...places, rows, length, Number(descending), room());
  });
  return { values, indices, at };
}

/**
 * The elements along an axis in ascending order, and where they stood: `{ values, indices }`. Equals keep their order;
 * NaN comes last, or first when `descending`.
 *
 * @example
 * const { values, indices } = tensor([3, 1, 2]).sort();
 * values.toArray(); // [1, 2, 3]
 * indices.toArray(); // [1, 2, 0]
 */
export function sort<S extends Shape, D extends number = -1>(
  this: Tensor<S>,
  dim?: Arg<OnAxis<S, D>, D>,
  options: SortOptions = {},
): Extremes<S> {
  const { values, indices, at } = sortedLines("sort", this, (dim as number | undefined) ?? -1, options);
  return chosen(this, values, indices, at) as Extremes<S>;
}

/** Where the elements along an axis stand when they are sorted, as int32: the indices of {@link sort}. */
export function argsort<S extends Shape, D extends number = -1>(
  this: Tensor<S>,
  dim?: Arg<OnAxis<S, D>, D>,
  options: SortOptions = {},
): Tensor<S> {
  return this.detach().sort(dim as never, options).indices;
}

/** Options of `topk`. */
export interface TopkOptions {
  /** The largest (the default), or the smallest. */
  largest?: boolean;
  /** In order (the default), or in any. */
  sorted?: boolean;
}

/**
 * The k largest elements along an axis, largest first, and where they stand: `{ values, indices }`. Of equals the first
 * ones are taken. `{ largest: false }` gives the smallest.
 *
 * @example
 * tensor([1, 5, 3]).topk(2).values.toArray(); // [5, 3]
 */
export function topk<S extends Shape, N extends number, D extends number = -1>(
  this: Tensor<S>,
  k: N,
  dim?: Arg<OnAxis<S, D>, D>,
  options: TopkOptions = {},
): Extremes<Out<SetAt<S, D, N>>> {
  const { largest = true, sorted = true } = options;
  const { lines, at, rows, length } = linesOf("topk", ordered(this), (dim as number | undefined) ?? -1);
  if (!Number.isInteger(k) || k < 0 || k > length) {
    throw new ValueError(`topk: k is a whole number from 0 to the size of the axis, ${length}; got ${k}`);
  }
  const shape = this.ndim === 0 ? [] : [...lines.shape.slice(0, -1), k];
  const [values, indices] = [empty(shape, lines.dtype), empty(shape, "int32")];
  withRoom(lines, 3 * k + FEW, rows * (3 * k + FEW), (room) => {
    const places = [pointer(lines), pointer(values), pointer(indices)] as const;
    firsts[lines.dtype](...places, rows, length, k, Number(largest), Number(sorted), room());
  });
  return chosen(this, values, indices, at) as Extremes<Out<SetAt<S, D, N>>>;
}

/** The element at a place of every sorted line. Place -1 is the lower median, NaN where there is one. */
function selected(op: string, x: Tensor, dim: number, place: number, keepdim: boolean): Extremes<Shape> {
  const { lines, at, rows, length } = linesOf(op, ordered(x), dim);
  if (length === 0) throw new ShapeError(`${op}: needs at least one element along the axis; got ${show(x.shape)}`);
  if (place >= length) throw new IndexError(`${op}: k is from 1 to the size of the axis, ${length}; got ${place + 1}`);
  const shape = x.ndim === 0 ? [] : [...lines.shape.slice(0, -1), 1];
  const [values, indices] = [empty(shape, lines.dtype), empty(shape, "int32")];
  withRoom(lines, length, rows * length, (room) => {
    const places = [pointer(lines), pointer(values), pointer(indices)] as const;
    selects[lines.dtype](...places, rows, length, place, room());
  });
  const found = chosen(x, values, indices, at);
  if (keepdim || x.ndim === 0) return found;
  return { values: found.values.squeeze(at), indices: found.indices.squeeze(at) };
}

/**
 * The median: the element in the middle, and of two in the middle the lower. Of all elements, or along an axis as
 * `{ values, indices }`. NaN where there is one.
 *
 * @example
 * tensor([4, 1, 3, 2]).median().item(); // 2
 */
export function median(this: Tensor): Tensor<[]>;
export function median<S extends Shape, D extends number, K extends boolean = false>(
  this: Tensor<S>,
  dim: Arg<Reduce<S, D, K>, D>,
  keepdim?: K,
): Extremes<Out<Reduce<S, D, K>>>;
export function median(this: Tensor, dim?: number, keepdim = false): Tensor | Extremes<Shape> {
  if (dim !== undefined) return selected("median", this, dim, -1, keepdim);
  const y = selected("median", reshaped(this.detach(), [this.count]), 0, -1, false).values;
  if (!tracks(this)) return y;
  const x: Tensor = this;
  const share = (g: Tensor): Tensor => {
    const mask = cast(Number.isNaN(y.item()) ? x.isnan() : x.detach().eq(y.detach()), x.dtype);
    return mask.mul(g.div(mask.sum())) as Tensor;
  };
  record(y, "median", [x], [share], [x, y]);
  return y;
}

/**
 * The k-th smallest element along an axis, k from 1, and where it stands: `{ values, indices }`.
 *
 * @example
 * tensor([7, 5, 6]).kthvalue(2).values.item(); // 6
 */
export function kthvalue<S extends Shape, D extends number = -1, K extends boolean = false>(
  this: Tensor<S>,
  k: number,
  dim?: Arg<Reduce<S, D, K>, D>,
  keepdim?: K,
): Extremes<Out<Reduce<S, D, K>>> {
  if (!Number.isInteger(k) || k < 1) throw new IndexError(`kthvalue: k is a whole number from 1 on; got ${k}`);
  const found = selected("kthvalue", this, (dim as number | undefined) ?? -1, k - 1, keepdim ?? false);
  return found as Extremes<Out<Reduce<S, D, K>>>;
}

/** Options of `quantile`. */
export interface QuantileOptions {
  /** What lies between two elements: their line (the default), one of them, or the middle. */
  interpolation?: "linear" | "lower" | "higher" | "midpoint" | "nearest";
}

/** Where q lies among `length` sorted elements: between two, and how far from the first. */
function rankOf(q: number, length: number, how: QuantileOptions["interpolation"]): { below: number; share: number } {
  const rank = q * (length - 1);
  const below = Math.floor(rank);
  const rest = rank - below;
  if (how === "lower") return { below, share: 0 };
  if (how === "higher") return { below: Math.ceil(rank), share: 0 };
  if (how === "midpoint") return { below, share: rest === 0 ? 0 : 0.5 };
  if (how === "nearest")
    return { below: rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below, share: 0 };
  if (how === "linear") return { below, share: rest };
  throw new ValueError(
    `quantile: interpolation is "linear", "lower", "higher", "midpoint" or "nearest"; got ${JSON.stringify(how)}`,
  );
}

/**
 * The q-quantile of all elements or along an axis, q from 0 to 1; for several q, which then lie along a new first axis.
 * NaN where there is one. Takes float dtypes.
 *
 * @example
 * tensor([1, 2, 3, 4]).quantile(0.5).item(); // 2.5
 */
export function quantile(
  this: Tensor,
  q: number | readonly number[],
  dim?: number,
  keepdim = false,
  options: QuantileOptions = {},
): Tensor {
  requireFloat("quantile", this);
  const given: unknown[] = typeof q === "number" ? [q] : [...q];
  for (const one of given) {
    if (!(typeof one === "number" && one >= 0 && one <= 1)) {
      throw new ValueError(`quantile: q is a number from 0 to 1, or several; got ${String(one)}`);
    }
  }
  const flat: Tensor = dim === undefined ? reshaped(this, [this.count]) : this;
  const { at, length } = linesOf("quantile", flat, dim ?? 0);
  if (length === 0) throw new ShapeError(`quantile: needs at least one element; got ${show(this.shape)}`);
  const values: Tensor = flat.ndim === 0 ? reshaped(flat, [1]) : flat.sort(at).values;
  const line = (place: number): Tensor => values.select(at, place);
  const last = cast(line(length - 1).isnan(), this.dtype);
  // 0 / 0 where the last element, which is the largest, is NaN.
  const unknown = last.div(last.neg().add(1)).mul(0) as Tensor;
  const results = (given as number[]).map((q) => {
    const one = this.dtype === "float32" ? Math.fround(q) : q;
    const { below, share } = rankOf(one, length, options.interpolation ?? "linear");
    const y = share === 0 ? line(below) : line(below).lerp(line(below + 1), share);
    return y.add(unknown) as Tensor;
  });
  const kept = dim === undefined ? this.shape.map(() => 1) : flat.shape.map((size, i) => (i === at ? 1 : size));
  const shaped = keepdim ? results.map((y) => reshaped(y, kept)) : results;
  return typeof q === "number" ? (shaped[0] as Tensor) : stack(shaped);
}

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
 * @example
 * tensor([2, 1, 2]).unique().toArray(); // [1, 2]
 * tensor([2, 1, 2]).unique({ returnCounts: true }).counts?.toArray(); // [1, 2]
 */
export function unique(this: Tensor, options?: { sorted?: boolean }): Tensor<[number]>;
export function unique(this: Tensor, options: UniqueOptions): Unique;
export function unique(this: Tensor, options: UniqueOptions = {}): Tensor | Unique {
  const flat = reshaped(ordered(this.detach()), [this.count]);
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
 * How often each of the numbers 0, 1, 2, … occurs in a vector of ints, as int32; or the sums of their weights.
 *
 * @example
 * tensor([0, 2, 2], { dtype: "int32" }).bincount().toArray(); // [1, 0, 2]
 */
export function bincount(this: Tensor, options: BincountOptions = {}): Tensor<[number]> {
  const { weights, minlength = 0 } = options;
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
  bins?: number;
  /** The range that is counted: that of the elements unless min and max differ. */
  min?: number;
  max?: number;
}

/**
 * How many elements fall into each of `bins` (100) equal parts of [min, max], in the tensor's dtype. Others are not counted.
 *
 * @example
 * tensor([0, 1, 1, 4]).histc({ bins: 2, min: 0, max: 4 }).toArray(); // [3, 1]
 */
export function histc(this: Tensor, options: HistcOptions = {}): Tensor<[number]> {
  requireFloat("histc", this);
  const { bins = 100 } = options;
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
 * The sequence is a vector, or has the values' shape but for the last axis.
 *
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
  const [sorted, v] = [contiguous.call(ordered(sequence)), contiguous.call(ordered(values))];
  const y = empty(v.shape, "int32");
  const length = sorted.shape.at(-1) as number;
  const rows = one ? 1 : sorted.shape.slice(0, -1).reduce((total, size) => total * size, 1);
  const each = rows === 0 ? 0 : v.count / rows;
  searches[v.dtype](pointer(sorted), pointer(v), pointer(y), rows, length, each, Number(options.right ?? false));
  return y as Tensor<S>;
}

/** Which of the buckets between sorted boundaries each element lies in, as int32; see {@link searchsorted}. */
export function bucketize<S extends Shape>(
  this: Tensor<S>,
  boundaries: Tensor,
  options: SearchOptions = {},
): Tensor<S> {
  requireTensor("bucketize", boundaries);
  if (boundaries.ndim !== 1) throw new ShapeError(`bucketize: boundaries are a vector; got ${show(boundaries.shape)}`);
  return searchsorted(boundaries, this, options);
}
