/** Distances and similarities of vectors, as layers. */
import { cosineSimilarity, type PairwiseDistanceOptions, pairwiseDistance, type Tensor } from "../ops/index.ts";
import { checkOptions } from "../options.ts";
import type { Arg, Broadcast, Shape } from "../tensor/shapes.ts";
import { Module } from "./module.ts";

/**
 * The cosine of the angle between vectors along the axis `dim` (1), which the result does not have; see
 * {@link cosineSimilarity}.
 *
 * @throws {ValueError} for an unknown option, and from `forward` for an `eps` below 0.
 * @throws {ShapeError} if the inputs do not broadcast.
 * @throws {DTypeError} if an input is not of a float dtype.
 * @throws {IndexError} if there is no axis `dim`.
 * @example
 * new nn.CosineSimilarity().forward(tensor([[1, 0]]), tensor([[2, 0]])).toArray(); // [1]
 */
export class CosineSimilarity extends Module {
  readonly dim: number;
  readonly eps: number;

  constructor(options: { dim?: number; eps?: number } = {}) {
    super();
    checkOptions("CosineSimilarity", options, ["dim", "eps"]);
    this.dim = options.dim ?? 1;
    this.eps = options.eps ?? 1e-8;
  }

  override forward<S extends Shape, T extends Shape>(x1: Tensor<S>, x2: Arg<Broadcast<S, T>, Tensor<T>>): Tensor {
    return cosineSimilarity(x1 as Tensor, x2 as Tensor, this);
  }
}

/**
 * The distance of vectors along the last axis, [..., size] → [...]; see {@link pairwiseDistance}.
 *
 * @throws {ValueError} for an unknown option, and from `forward` for a `p` that is not above 0 or an `eps` that is not
 * finite.
 * @throws {ShapeError} if the inputs do not broadcast.
 * @throws {DTypeError} if an input is not of a float dtype.
 * @example
 * new nn.PairwiseDistance({ p: 1, eps: 0 }).forward(tensor([[0, 0]]), tensor([[3, 4]])).toArray(); // [7]
 */
export class PairwiseDistance extends Module {
  readonly p: number;
  readonly eps: number;
  readonly keepdim: boolean;

  constructor(options: PairwiseDistanceOptions = {}) {
    super();
    checkOptions("PairwiseDistance", options, ["p", "eps", "keepdim"]);
    this.p = options.p ?? 2;
    this.eps = options.eps ?? 1e-6;
    this.keepdim = options.keepdim ?? false;
  }

  override forward<S extends Shape, T extends Shape>(x1: Tensor<S>, x2: Arg<Broadcast<S, T>, Tensor<T>>): Tensor {
    return pairwiseDistance(x1 as Tensor, x2 as Tensor, this);
  }
}
