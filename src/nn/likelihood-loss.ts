/** Losses of counts and measured values, as layers: negative log likelihoods. */
import {
  type GaussianOptions,
  gaussianNLLLoss,
  type LossOptions,
  type PoissonOptions,
  poissonNLLLoss,
  type Reduction,
  type Tensor,
} from "../ops/index.ts";
import type { Paired, Reduced } from "../tensor/losses.ts";
import type { Arg, Shape } from "../tensor/shapes.ts";
import { Loss } from "./loss.ts";

/**
 * The negative log likelihood of counts under Poisson distributions, both of one shape; the counts may be ints; see
 * {@link poissonNLLLoss}.
 *
 * @throws {ValueError} for an unknown option, and from `forward` for an unknown `reduction` or an `eps` below 0.
 * @throws {ShapeError} if prediction and target differ in shape, or a mean has no elements.
 * @throws {DTypeError} if the prediction is not of a float dtype, or the target of another one than it.
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
 * The negative log likelihood of targets under normal distributions of a mean and a variance; see
 * {@link gaussianNLLLoss}. Mean and target have one shape, and the variance that, or it with a last size of 1 or
 * without the last axis.
 *
 * @throws {ValueError} for an unknown option, and from `forward` for an unknown `reduction`, an `eps` that is not above
 * 0, or a variance below 0.
 * @throws {ShapeError} if prediction and target differ in shape, or the variance has not theirs, with the last size 1
 * or without it.
 * @throws {DTypeError} unless all are of one float dtype.
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
