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
