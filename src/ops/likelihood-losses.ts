/** Negative log likelihoods of counts and of measured values, made of other operations. They refuse to broadcast. */
import { ShapeError, ValueError } from "../errors.ts";
import { checkOptions } from "../options.ts";
import type { Paired, Reduced } from "../tensor/losses.ts";
import type { Arg, Shape } from "../tensor/shapes.ts";
import { sameShape, show } from "../tensor/sizes.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { requireFloat, requireTensor } from "./kernels.ts";
import { cast } from "./layout.ts";
import {
  checkNumber,
  checkReduction,
  firstOutside,
  type LossOptions,
  numbersLike,
  type Reduction,
  reduce,
  requireSameDType,
  requireSameShape,
} from "./loss.ts";

/** Options of {@link poissonNLLLoss}. */
export interface PoissonOptions<R extends string = Reduction> extends LossOptions<R> {
  /** Whether the prediction is the logarithm of the rate; true unless said otherwise. */
  logInput?: boolean;
  /** Whether Stirling's approximation of log(target!) is added for targets above 1; false unless said otherwise. */
  full?: boolean;
  /** Added to the rate under the logarithm when `logInput` is false; 1e-8 unless said otherwise. */
  eps?: number;
}

/**
 * The negative log likelihood of counts under Poisson distributions: exp(x) - target · x, or x - target · log(x + eps)
 * when the prediction is the rate itself. Of one shape and float dtype.
 *
 * @throws {DTypeError} if the two are not of one float dtype; an int target is taken as floats.
 * @throws {ShapeError} if the shapes differ, or a mean is of nothing.
 * @throws {ValueError} if `eps` is below 0 or not finite, `reduction` is not one, or an option is unknown.
 * @example
 * poissonNLLLoss(tensor([0, 0]), tensor([1, 2])).item(); // 1
 */
export function poissonNLLLoss<S extends Shape, T extends Shape, R extends Reduction = "mean">(
  prediction: Tensor<S>,
  target: Arg<Paired<S, T, "poissonNLLLoss">, Tensor<T>>,
  options: PoissonOptions<R> = {},
): Tensor<Reduced<S, R>> {
  const op = "poissonNLLLoss";
  const {
    reduction = "mean" as R,
    logInput = true,
    full = false,
    eps = 1e-8,
  } = checkOptions(op, options, ["reduction", "logInput", "full", "eps"]);
  const x: Tensor = prediction;
  checkReduction(op, reduction);
  checkNumber(op, "eps", eps, 0);
  requireFloat(op, x);
  requireSameShape(op, x, target as Tensor);
  const y = numbersLike(op, x, target as Tensor);
  const losses = logInput ? x.exp().sub(y.mul(x)) : x.sub(y.mul(x.add(eps).log()));
  return reduce(op, (full ? losses.add(stirling(y)) : losses) as Tensor, reduction);
}

/** log(y!) by Stirling: y log y - y + log(2πy) / 2 where y is above 1, else 0. */
function stirling(y: Tensor): Tensor {
  const above = y.maximum(1) as Tensor;
  const logs = above.log();
  const approximation = above
    .mul(logs)
    .sub(above)
    .add(logs.add(Math.log(2 * Math.PI)).mul(0.5));
  return approximation.mul(cast(y.gt(1), y.dtype)) as Tensor;
}

/** Options of {@link gaussianNLLLoss}. */
export interface GaussianOptions<R extends string = Reduction> extends LossOptions<R> {
  /** Whether the constant log(2π) / 2 is added; false unless said otherwise. */
  full?: boolean;
  /** The least variance; 1e-6 unless said otherwise. */
  eps?: number;
}

/** The variance as it broadcasts to x: of its shape, without its last axis, or with a last size of 1. */
function spreadVariance(op: string, x: Tensor, variance: Tensor): Tensor {
  const { shape } = variance;
  if (sameShape(shape, x.shape)) return variance;
  const without = x.shape.slice(0, -1);
  if (x.ndim > 0 && sameShape(shape, without)) return variance.unsqueeze(-1) as Tensor;
  if (x.ndim > 0 && sameShape(shape, [...without, 1])) return variance;
  throw new ShapeError(
    `${op}: the variance is ${show(x.shape)}, ${show([...without, 1])} or ${show(without)}; got ${show(shape)}`,
  );
}

/**
 * The negative log likelihood of targets under normal distributions of mean x and a variance:
 * (log(variance) + (x - target)² / variance) / 2. The variance is held above `eps` without a slope there. Of one float
 * dtype. The prediction is the mean x.
 *
 * @throws {DTypeError} if the tensors are not of one float dtype.
 * @throws {ShapeError} if the shapes of prediction and target differ, the variance does not fit them, or a mean is of
 * nothing.
 * @throws {ValueError} if a variance is below 0, `eps` is not above 0, `reduction` is not one, or an option is unknown.
 * @example
 * gaussianNLLLoss(tensor([1, 2]), tensor([1, 4]), tensor([1, 1])).item(); // 1
 */
export function gaussianNLLLoss<S extends Shape, T extends Shape, R extends Reduction = "mean">(
  prediction: Tensor<S>,
  target: Arg<Paired<S, T, "gaussianNLLLoss">, Tensor<T>>,
  variance: Tensor,
  options: GaussianOptions<R> = {},
): Tensor<Reduced<S, R>> {
  const op = "gaussianNLLLoss";
  const { reduction = "mean" as R, full = false, eps = 1e-6 } = checkOptions(op, options, ["reduction", "full", "eps"]);
  const [x, y]: [Tensor, Tensor] = [prediction, target as Tensor];
  checkReduction(op, reduction);
  checkNumber(op, "eps", eps, 0, true);
  requireFloat(op, x);
  requireSameShape(op, x, y);
  requireSameDType(op, x, y);
  requireTensor(op, variance);
  requireSameDType(op, x, variance, ["prediction", "variance"]);
  const found = firstOutside(variance, 0, Infinity);
  if (found !== null) throw new ValueError(`${op}: a variance is at least 0; got ${found}`);
  const spread = spreadVariance(op, x, variance);
  const lift = spread.detach().neg().add(eps).relu();
  const held = spread.add(lift) as Tensor;
  const d = x.sub(y) as Tensor;
  const losses = held.log().add(d.mul(d).div(held)).mul(0.5) as Tensor;
  return reduce(op, (full ? losses.add(0.5 * Math.log(2 * Math.PI)) : losses) as Tensor, reduction);
}
