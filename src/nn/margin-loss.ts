/** Losses with a margin, as layers. */
import {
  type BinaryOptions,
  cosineEmbeddingLoss,
  hingeEmbeddingLoss,
  type MarginOptions,
  type MultiMarginOptions,
  marginRankingLoss,
  multiLabelMarginLoss,
  multiLabelSoftMarginLoss,
  multiMarginLoss,
  type Reduction,
  softMarginLoss,
  type Tensor,
  type TripletOptions,
  tripletMarginLoss,
} from "../ops/index.ts";
import type { Indexed, Paired, Reduced } from "../tensor/losses.ts";
import type { Arg, RemoveAt, Shape } from "../tensor/shapes.ts";
import { Loss, WeightedLoss } from "./loss.ts";

/** The base of losses with a margin. */
abstract class MarginLoss<R extends Reduction> extends Loss<R> {
  readonly margin: number;

  constructor(options: MarginOptions<R>, margin: number, names: readonly string[] = []) {
    super(options, [...names, "margin"]);
    this.margin = options.margin ?? margin;
  }
}

/**
 * For distances of similar (1) and dissimilar (-1) pairs; see {@link hingeEmbeddingLoss}. Both have one shape.
 *
 * @throws {ValueError} for an unknown option, and from `forward` for an unknown `reduction`, a `margin` that is not
 * finite, or a target that is not 1 or -1.
 * @throws {ShapeError} if distances and target differ in shape.
 * @throws {DTypeError} if the distances are not of a float dtype.
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
 * For two scores of which the first (1) or the second (-1) has to be the larger; see {@link marginRankingLoss}. All
 * have one shape.
 *
 * @throws {ValueError} for an unknown option, and from `forward` for an unknown `reduction`, a `margin` that is not
 * finite, or a target that is not 1 or -1.
 * @throws {ShapeError} if scores and target differ in shape.
 * @throws {DTypeError} unless the scores are of one float dtype.
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
 * @throws {ValueError} for an unknown option, and from `forward` for an unknown `reduction`, a `margin` that is not
 * finite, or a target that is not 1 or -1.
 * @throws {ShapeError} unless the vectors are alike, [batch, size] with a target [batch], or [size] with [].
 * @throws {DTypeError} unless the vectors are of one float dtype.
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
 * @throws {ValueError} for an unknown option, and from `forward` for an unknown `reduction`, a `p` that is not above 0,
 * or numbers that are not finite.
 * @throws {ShapeError} unless all are alike, [batch, size] or [size].
 * @throws {DTypeError} unless all are of one float dtype.
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
 * log(1 + exp(-target · x)) for targets 1 and -1 of the shape of x; see {@link softMarginLoss}.
 *
 * @throws {ValueError} for an unknown option, and from `forward` for an unknown `reduction`, or a target that is not 1
 * or -1.
 * @throws {ShapeError} if prediction and target differ in shape.
 * @throws {DTypeError} if the prediction is not of a float dtype.
 * @example
 * new nn.SoftMarginLoss().forward(tensor([0, 0]), tensor([1, -1])).item().toFixed(4); // "0.6931"
 */
export class SoftMarginLoss<R extends Reduction = "mean"> extends Loss<R> {
  override forward<S extends Shape, T extends Shape>(
    prediction: Tensor<S>,
    target: Arg<Paired<S, T, "softMarginLoss">, Tensor<T>>,
  ): Tensor<Reduced<S, R>> {
    return softMarginLoss(prediction as Tensor, target as Tensor, this);
  }
}

/**
 * Binary cross-entropies of raw scores [batch, classes] against targets from 0 to 1 of the same shape, their mean over
 * the classes; see {@link multiLabelSoftMarginLoss}.
 *
 * @throws {ValueError} for an unknown option, and from `forward` for an unknown `reduction`, or a target outside
 * [0, 1].
 * @throws {ShapeError} if scores and target differ in shape, or a weight does not broadcast.
 * @throws {DTypeError} unless both are of one float dtype.
 * @example
 * new nn.MultiLabelSoftMarginLoss().forward(tensor([[0, 0]]), tensor([[0, 1]])).item().toFixed(4); // "0.6931"
 */
export class MultiLabelSoftMarginLoss<R extends Reduction = "mean"> extends WeightedLoss<R> {
  constructor(options: BinaryOptions<R> = {}) {
    super(options);
  }

  override forward<S extends Shape, T extends Shape>(
    logits: Tensor<S>,
    target: Arg<Paired<S, T, "multiLabelSoftMarginLoss">, Tensor<T>>,
  ): Tensor<Reduced<RemoveAt<S, -1>, R>> {
    return multiLabelSoftMarginLoss(logits as Tensor, target as Tensor, this);
  }
}

/**
 * The hinge of several classes: scores [batch, classes] or [classes], target int32 [batch] or []; see
 * {@link multiMarginLoss}.
 *
 * @throws {ValueError} for an unknown option, and from `forward` for an unknown `reduction`, a `p` other than 1 and 2,
 * or a `margin` that is not finite.
 * @throws {ShapeError} if scores, target or `weight` [classes] have other shapes.
 * @throws {DTypeError} if the scores are not of a float dtype, or the target not int32 (or bytes).
 * @throws {IndexError} for a class that is not among those of the scores.
 * @example
 * new nn.MultiMarginLoss().forward(tensor([[1, 1]]), tensor([0], { dtype: "int32" })).item(); // 0.5
 */
export class MultiMarginLoss<R extends Reduction = "mean"> extends WeightedLoss<R> {
  readonly p: 1 | 2;
  readonly margin: number;

  constructor(options: MultiMarginOptions<R> = {}) {
    super(options, ["p", "margin"]);
    this.p = options.p ?? 1;
    this.margin = options.margin ?? 1;
  }

  override forward<S extends Shape, T extends Shape>(
    scores: Tensor<S>,
    target: Arg<Indexed<S, T, "multiMarginLoss">, Tensor<T>>,
  ): Tensor<Reduced<T, R>> {
    return multiMarginLoss(scores as Tensor, target as Tensor, this) as Tensor;
  }
}

/**
 * The hinge of several labels a sample: scores and target int32 of one shape, [batch, classes] or [classes]; see
 * {@link multiLabelMarginLoss}.
 *
 * @throws {ValueError} for an unknown option, and from `forward` for an unknown `reduction`.
 * @throws {ShapeError} if scores and target are no vectors or matrices of one shape.
 * @throws {DTypeError} if the scores are not of a float dtype, or the target is not int32 (or bytes).
 * @throws {IndexError} for a label that is neither a class nor -1.
 * @example
 * const target = tensor([[2, -1, -1]], { dtype: "int32" });
 * new nn.MultiLabelMarginLoss().forward(tensor([[0, 0, 1]]), target).item(); // 0
 */
export class MultiLabelMarginLoss<R extends Reduction = "mean"> extends Loss<R> {
  override forward<S extends Shape, T extends Shape>(
    scores: Tensor<S>,
    target: Arg<Paired<S, T, "multiLabelMarginLoss">, Tensor<T>>,
  ): Tensor<Reduced<RemoveAt<S, -1>, R>> {
    return multiLabelMarginLoss(scores as Tensor, target as Tensor, this);
  }
}
