/** Losses of several labels and of counts and measured values, as layers. */
import {
  type BinaryOptions,
  type GaussianOptions,
  gaussianNLLLoss,
  type LossOptions,
  type MultiMarginOptions,
  multiLabelMarginLoss,
  multiLabelSoftMarginLoss,
  multiMarginLoss,
  type PoissonOptions,
  poissonNLLLoss,
  type Reduction,
  softMarginLoss,
  type Tensor,
} from "../ops/index.ts";
import type { Indexed, Paired, Reduced } from "../tensor/losses.ts";
import type { Arg, RemoveAt, Shape } from "../tensor/shapes.ts";
import { Loss, WeightedLoss } from "./loss.ts";

/**
 * log(1 + exp(-target · x)) for targets 1 and -1 of the shape of x; see {@link softMarginLoss}.
 *
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
 * Binary cross-entropies of raw scores [batch, classes] against targets from 0 to 1 of the same shape, their mean over the
 * classes; see {@link multiLabelSoftMarginLoss}.
 *
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
 * The hinge of several classes: scores [batch, classes] or [classes], target int32 [batch] or []; see {@link multiMarginLoss}.
 *
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

/**
 * The negative log likelihood of counts under Poisson distributions, of one shape; see {@link poissonNLLLoss}.
 *
 * @example
 * new nn.PoissonNLLLoss().forward(tensor([0, 0]), tensor([1, 2])).item(); // 1
 */
export class PoissonNLLLoss<R extends Reduction = "mean"> extends Loss<R> {
  readonly logInput: boolean;
  readonly full: boolean;
  readonly eps: number;

  constructor(options: PoissonOptions<R> = {}) {
    super(options, ["logInput", "full", "eps"]);
    this.logInput = options.logInput ?? true;
    this.full = options.full ?? false;
    this.eps = options.eps ?? 1e-8;
  }

  override forward<S extends Shape, T extends Shape>(
    prediction: Tensor<S>,
    target: Arg<Paired<S, T, "poissonNLLLoss">, Tensor<T>>,
  ): Tensor<Reduced<S, R>> {
    return poissonNLLLoss(prediction as Tensor, target as Tensor, this);
  }
}

/**
 * The negative log likelihood of targets under normal distributions of a mean and a variance; see {@link gaussianNLLLoss}.
 *
 * @example
 * new nn.GaussianNLLLoss().forward(tensor([1, 2]), tensor([1, 4]), tensor([1, 1])).item(); // 1
 */
export class GaussianNLLLoss<R extends Reduction = "mean"> extends Loss<R> {
  readonly full: boolean;
  readonly eps: number;

  constructor(options: GaussianOptions<R> = {}) {
    super(options, ["full", "eps"]);
    this.full = options.full ?? false;
    this.eps = options.eps ?? 1e-6;
  }

  override forward<S extends Shape, T extends Shape>(
    prediction: Tensor<S>,
    target: Arg<Paired<S, T, "gaussianNLLLoss">, Tensor<T>>,
    variance: Tensor,
  ): Tensor<Reduced<S, R>> {
    return gaussianNLLLoss(prediction as Tensor, target as Tensor, variance, this as LossOptions<R>);
  }
}
