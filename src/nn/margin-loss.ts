/** Losses with a margin, and distances, as layers. */

import {
  cosineEmbeddingLoss,
  cosineSimilarity,
  hingeEmbeddingLoss,
  type MarginOptions,
  marginRankingLoss,
  type PairwiseDistanceOptions,
  pairwiseDistance,
  type Reduction,
  type Tensor,
  type TripletOptions,
  tripletMarginLoss,
} from "../ops/index.ts";
import { checkOptions } from "../options.ts";
import type { Paired, Reduced } from "../tensor/losses.ts";
import type { Arg, Broadcast, RemoveAt, Shape } from "../tensor/shapes.ts";
import { Loss } from "./loss.ts";
import { Module } from "./module.ts";

/** The base of losses with a margin. */
abstract class MarginLoss<R extends Reduction> extends Loss<R> {
  readonly margin: number;

  constructor(options: MarginOptions<R>, margin: number, names: readonly string[] = []) {
    super(options, [...names, "margin"]);
    this.margin = options.margin ?? margin;
  }
}

/**
 * For distances of similar (1) and dissimilar (-1) pairs; see {@link hingeEmbeddingLoss}.
 *
 * @example
 * new nn.HingeEmbeddingLoss().forward(tensor([0.5, 0.5]), tensor([1, -1])).item(); // 0.5
 */
export class HingeEmbeddingLoss<R extends Reduction = "mean"> extends MarginLoss<R> {
  constructor(options: MarginOptions<R> = {}) {
    super(options, 1);
  }

  override forward<S extends Shape, T extends Shape>(
    distance: Tensor<S>,
    target: Arg<Paired<S, T, "hingeEmbeddingLoss">, Tensor<T>>,
  ): Tensor<Reduced<S, R>> {
    return hingeEmbeddingLoss(distance as Tensor, target as Tensor, this);
  }
}

/**
 * For two scores of which the first (1) or the second (-1) has to be the larger; see {@link marginRankingLoss}.
 *
 * @example
 * new nn.MarginRankingLoss().forward(tensor([1, 1]), tensor([3, 0]), tensor([1, 1])).item(); // 1
 */
export class MarginRankingLoss<R extends Reduction = "mean"> extends MarginLoss<R> {
  constructor(options: MarginOptions<R> = {}) {
    super(options, 0);
  }

  override forward<S extends Shape, T extends Shape, U extends Shape>(
    x1: Tensor<S>,
    x2: Arg<Paired<S, T, "marginRankingLoss">, Tensor<T>>,
    target: Arg<Paired<S, U, "marginRankingLoss">, Tensor<U>>,
  ): Tensor<Reduced<S, R>> {
    return marginRankingLoss(x1 as Tensor, x2 as Tensor, target as Tensor, this);
  }
}

/**
 * For pairs of vectors that are similar (1) or not (-1); see {@link cosineEmbeddingLoss}.
 *
 * @example
 * new nn.CosineEmbeddingLoss().forward(tensor([[1, 0]]), tensor([[0, 1]]), tensor([1])).item(); // 1
 */
export class CosineEmbeddingLoss<R extends Reduction = "mean"> extends MarginLoss<R> {
  constructor(options: MarginOptions<R> = {}) {
    super(options, 0);
  }

  override forward<S extends Shape, T extends Shape, U extends Shape>(
    x1: Tensor<S>,
    x2: Arg<Paired<S, T, "cosineEmbeddingLoss">, Tensor<T>>,
    target: Tensor<U>,
  ): Tensor<Reduced<U, R>> {
    return cosineEmbeddingLoss(x1 as Tensor, x2 as Tensor, target as Tensor, this);
  }
}

/**
 * For an anchor that has to be closer to the positive than to the negative; see {@link tripletMarginLoss}.
 *
 * @example
 * new nn.TripletMarginLoss().forward(zeros(1, 2), ones(1, 2), ones(1, 2)).item(); // 1
 */
export class TripletMarginLoss<R extends Reduction = "mean"> extends MarginLoss<R> {
  readonly p: number;
  readonly eps: number;
  readonly swap: boolean;

  constructor(options: TripletOptions<R> = {}) {
    super(options, 1, ["p", "eps", "swap"]);
    this.p = options.p ?? 2;
    this.eps = options.eps ?? 1e-6;
    this.swap = options.swap ?? false;
  }

  override forward<S extends Shape, T extends Shape, U extends Shape>(
    anchor: Tensor<S>,
    positive: Arg<Paired<S, T, "tripletMarginLoss">, Tensor<T>>,
    negative: Arg<Paired<S, U, "tripletMarginLoss">, Tensor<U>>,
  ): Tensor<Reduced<RemoveAt<S, -1>, R>> {
    return tripletMarginLoss(anchor as Tensor, positive as Tensor, negative as Tensor, this);
  }
}

/**
 * The cosine of the angle between vectors along the axis `dim`; see {@link cosineSimilarity}.
 *
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
 * The distance of vectors along the last axis; see {@link pairwiseDistance}.
 *
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
