/** Order: sorting, the first k, medians and quantiles. NaN counts as the largest number. */
import { record, tracks } from "../autograd/node.ts";
import { backend } from "../backend/index.ts";
import { IndexError, ShapeError, ValueError } from "../errors.ts";
import { checkOptions } from "../options.ts";
import { DTYPES } from "../tensor/dtypes.ts";
import type { Arg, OnAxis, Out, Reduce, SetAt, Shape } from "../tensor/shapes.ts";
import { show } from "../tensor/sizes.ts";
import { empty, type Tensor } from "../tensor/tensor.ts";
import type { Extremes } from "./extremes.ts";
import { gathered } from "./gather.ts";
import { stack } from "./join.ts";
import { family, NUMBERS, pointer, requireFloat } from "./kernels.ts";
import { cast, widened } from "./layout.ts";
import { linesOf, swapped } from "./order.ts";
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

/** What stands at indices (axis `at` last) of x, with the gradient; axes back in their places. */
function chosen(x: Tensor, values: Tensor, indices: Tensor, at: number): Extremes<Shape> {
  const places = swapped(indices, at);
  if (!tracks(x)) return { values: cast(swapped(values, at), x.dtype), indices: places };
  return { values: gathered("gather", x, at, places), indices: places };
}

/** Options of `sort` and `argsort`. */
export interface SortOptions {
  /** Largest first. */
  descending?: boolean;
  /** Equals keep their order; they always do. */
  stable?: boolean;
}

/** The values in order and their places, with axis `dim` last. */
export function sortedLines(
  op: string,
  x: Tensor,
  dim: number,
  options: SortOptions,
): Extremes<Shape> & { at: number } {
  const { descending = false } = checkOptions(op, options, ["descending", "stable"]);
  const { lines, at, rows, length } = linesOf(op, widened(x), dim);
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
 * @throws {IndexError} if `dim` is not an axis.
 * @throws {ValueError} for an unknown option.
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

/**
 * Where the elements along an axis stand when they are sorted, as int32: the indices of {@link sort}.
 *
 * @throws {IndexError} if `dim` is not an axis.
 * @throws {ValueError} for an unknown option.
 * @example
 * tensor([3, 1, 2]).argsort().toArray(); // [1, 2, 0]
 */
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
 * @throws {IndexError} if `dim` is not an axis.
 * @throws {ValueError} if `k` is not a whole number from 0 to the size of the axis, or an option is unknown.
 * @example
 * tensor([1, 5, 3]).topk(2).values.toArray(); // [5, 3]
 */
export function topk<S extends Shape, N extends number, D extends number = -1>(
  this: Tensor<S>,
  k: N,
  dim?: Arg<OnAxis<S, D>, D>,
  options: TopkOptions = {},
): Extremes<Out<SetAt<S, D, N>>> {
  const { largest = true, sorted = true } = checkOptions("topk", options, ["largest", "sorted"]);
  const { lines, at, rows, length } = linesOf("topk", widened(this), (dim as number | undefined) ?? -1);
  if (!Number.isInteger(k) || k < 0 || k > length) {
    throw new ValueError(`topk: k is a whole number from 0 to the size of the axis, ${length}; got ${k}`);
  }
  const single = this.ndim === 0; // a tensor without axes keeps its element, as in PyTorch
  const shape = single ? [] : [...lines.shape.slice(0, -1), k];
  const [values, indices] = [empty(shape, lines.dtype), empty(shape, "int32")];
  withRoom(lines, 3 * k + FEW, rows * (3 * k + FEW), (room) => {
    const places = [pointer(lines), pointer(values), pointer(indices)] as const;
    firsts[lines.dtype](...places, rows, length, single ? 1 : k, Number(largest), Number(sorted), room());
  });
  return chosen(this, values, indices, at) as Extremes<Out<SetAt<S, D, N>>>;
}

/** The element at a place of every sorted line. Place -1 is the lower median, NaN where there is one. */
function selected(op: string, x: Tensor, dim: number, place: number, keepdim: boolean): Extremes<Shape> {
  const { lines, at, rows, length } = linesOf(op, widened(x), dim);
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
 * @throws {IndexError} if `dim` is not an axis.
 * @throws {ShapeError} if there are no elements.
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
 * @throws {IndexError} if `dim` is not an axis, or `k` is not a whole number from 1 to its size.
 * @throws {ShapeError} if the axis has no elements.
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
 * @throws {DTypeError} for int dtypes and bool.
 * @throws {IndexError} if `dim` is not an axis.
 * @throws {ShapeError} if there are no elements.
 * @throws {ValueError} if a `q` is not from 0 to 1, `interpolation` is not one of those listed, or an option is
 * unknown.
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
  checkOptions("quantile", options, ["interpolation"]);
  const given: readonly unknown[] = Array.isArray(q) ? q : [q];
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
