/** Lengths and distances of vectors along an axis, made of other operations. */
import { ValueError } from "../errors.ts";
import { checkOptions } from "../options.ts";
import type { Arg, Broadcast, OnAxis, Out, Reduce, Shape } from "../tensor/shapes.ts";
import { axis } from "../tensor/sizes.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { requireFloat } from "./kernels.ts";
import { cast } from "./layout.ts";
import { checkNumber, requireSameDType } from "./loss.ts";

/** Added under roots, so that the slope of the root of 0 stays finite: the smallest normal float32. */
const SMALLEST = 2 ** -126;

/** (Σ |x|^p)^(1/p) along an axis, of which a gradient of 0 comes where it is 0. */
function lengths(op: string, x: Tensor, p: number, dim: number, keepdim: boolean): Tensor {
  if (typeof p !== "number" || !(p > 0)) throw new ValueError(`${op}: p is a number above 0; got ${String(p)}`);
  if (p === 1) return x.abs().sum(dim, keepdim) as Tensor;
  if (p === Infinity) return x.abs().max(dim, keepdim).values as Tensor;
  const sum = (p === 2 ? x.mul(x) : x.abs().pow(p)).sum(dim, keepdim) as Tensor;
  const held = sum.maximum(SMALLEST) as Tensor;
  const root = p === 2 ? held.sqrt() : (held.pow(1 / p) as Tensor);
  return root.mul(cast(sum.ne(0), x.dtype)) as Tensor;
}

/** Options of {@link cosineSimilarity}. */
export interface CosineSimilarityOptions<D extends number = number> {
  /** The axis of the vectors' components; 1 unless said otherwise. */
  dim?: D;
  /** The least length of a vector; 1e-8 unless said otherwise. */
  eps?: number;
}

/**
 * The cosine of the angle between vectors along an axis: x1·x2 / (‖x1‖ ‖x2‖). The shapes broadcast; the axis goes away.
 * Takes one float dtype.
 *
 * @throws {DTypeError} if the two are not of one float dtype.
 * @throws {ShapeError} if the shapes do not broadcast.
 * @throws {IndexError} if `dim` is not an axis.
 * @throws {ValueError} if `eps` is below 0 or not finite, or an option is unknown.
 * @example
 * cosineSimilarity(tensor([[1, 0]]), tensor([[2, 0]])).toArray(); // [1]
 */
export function cosineSimilarity<S extends Shape, T extends Shape, D extends number = 1>(
  x1: Tensor<S>,
  x2: Arg<Broadcast<S, T>, Tensor<T>>,
  options: CosineSimilarityOptions<D> = {},
): Tensor<Out<Reduce<Out<Broadcast<S, T>>, D>>> {
  const op = "cosineSimilarity";
  const { dim = 1, eps = 1e-8 } = checkOptions("cosineSimilarity", options, ["dim", "eps"]);
  const [a, b]: [Tensor, Tensor] = [x1, x2 as Tensor];
  requireSameDType(op, a, b, ["x1", "x2"]);
  checkNumber(op, "eps", eps, 0);
  const product = a.mul(b) as Tensor;
  const at = axis(op, dim, product.shape) - product.ndim;
  const along = (x: Tensor): Tensor =>
    lengths(op, x.expand(...product.shape) as Tensor, 2, at, false).maximum(eps) as Tensor;
  const cosines: Tensor = (product.sum(at) as Tensor).div(along(a).mul(along(b)));
  return cosines as Tensor<Out<Reduce<Out<Broadcast<S, T>>, D>>>;
}

/** Options of {@link pairwiseDistance}. */
export interface PairwiseDistanceOptions<K extends boolean = boolean> {
  /** The norm: 1, 2 (unless said otherwise), Infinity, or another number above 0. */
  p?: number;
  /** Added to each difference, so that no distance is exactly 0; 1e-6 unless said otherwise. */
  eps?: number;
  /** Whether the last axis stays, with size 1. */
  keepdim?: K;
}

/**
 * The distance ‖x1 - x2 + eps‖ of vectors along the last axis. The shapes broadcast: [..., n] → [...]. Takes one float
 * dtype.
 *
 * @throws {DTypeError} if the two are not of one float dtype.
 * @throws {ShapeError} if the shapes do not broadcast.
 * @throws {ValueError} if `p` is not above 0, `eps` is not finite or an option is unknown.
 * @example
 * pairwiseDistance(tensor([[0, 0]]), tensor([[3, 4]])).item().toFixed(3); // "5.000"
 */
export function pairwiseDistance<S extends Shape, T extends Shape, K extends boolean = false>(
  x1: Tensor<S>,
  x2: Arg<Broadcast<S, T>, Tensor<T>>,
  options: PairwiseDistanceOptions<K> = {},
): Tensor<Out<Reduce<Out<Broadcast<S, T>>, -1, K>>> {
  const op = "pairwiseDistance";
  const { p = 2, eps = 1e-6, keepdim = false } = checkOptions("pairwiseDistance", options, ["p", "eps", "keepdim"]);
  const [a, b]: [Tensor, Tensor] = [x1, x2 as Tensor];
  requireSameDType(op, a, b, ["x1", "x2"]);
  checkNumber(op, "eps", eps);
  const distances: Tensor = lengths(op, a.sub(b).add(eps) as Tensor, p, -1, keepdim);
  return distances as Tensor<Out<Reduce<Out<Broadcast<S, T>>, -1, K>>>;
}

/** Options of {@link normalize}. */
export interface NormalizeOptions<D extends number = number> {
  /** The norm; 2 unless said otherwise. */
  p?: number;
  /** The axis of the vectors' components; 1 unless said otherwise. */
  dim?: D;
  /** The least length that is divided by; 1e-12 unless said otherwise. */
  eps?: number;
}

/**
 * Vectors along an axis divided by their lengths, of the same shape; those of length 0 stay 0. Takes float dtypes.
 *
 * @throws {DTypeError} for int dtypes and bool.
 * @throws {IndexError} if `dim` is not an axis.
 * @throws {ValueError} if `p` is not above 0, `eps` is below 0 or not finite, or an option is unknown.
 * @example
 * normalize(tensor([[3, 4]]), { p: 1 }).mul(7).toArray(); // [[3, 4]]
 */
export function normalize<S extends Shape, D extends number = 1>(
  x: Arg<OnAxis<S, D>, Tensor<S>>,
  options: NormalizeOptions<D> = {},
): Tensor<S> {
  const op = "normalize";
  const { p = 2, dim = 1, eps = 1e-12 } = checkOptions("normalize", options, ["p", "dim", "eps"]);
  const vectors = x as Tensor;
  requireFloat(op, vectors);
  checkNumber(op, "eps", eps, 0);
  const at = axis(op, dim, vectors.shape);
  return vectors.div(lengths(op, vectors, p, at, true).maximum(eps)) as Tensor;
}
