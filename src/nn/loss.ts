/** Losses as layers. */
import { crossEntropy, type LossOptions, mseLoss, type Tensor } from "../ops/index.ts";
import type { Arg, CrossEntropy, SameShape, Shape } from "../tensor/shapes.ts";
import { Module } from "./module.ts";

/**
 * Cross-entropy of raw scores [batch, classes, …] against class indices (int32) [batch, …]. Softmax is part of it:
 * the network ends with a Linear.
 *
 * @example
 * const criterion = new nn.CrossEntropyLoss();
 * criterion.forward(model.forward(images), labels).backward();
 */
export class CrossEntropyLoss extends Module {
  readonly reduction: "mean" | "sum";

  constructor(options: LossOptions = {}) {
    super();
    this.reduction = options.reduction ?? "mean";
  }

  override forward<S extends Shape, T extends Shape>(
    logits: Tensor<S>,
    target: Arg<CrossEntropy<S, T>, Tensor<T>>,
  ): Tensor<[]> {
    return crossEntropy(logits as Tensor, target as Tensor, this);
  }
}

/**
 * The mean of squared differences of two tensors of one shape.
 *
 * @example
 * new nn.MSELoss().forward(tensor([1, 2]), tensor([1, 4])).item(); // 2
 */
export class MSELoss extends Module {
  readonly reduction: "mean" | "sum";

  constructor(options: LossOptions = {}) {
    super();
    this.reduction = options.reduction ?? "mean";
  }

  override forward<S extends Shape, T extends Shape>(
    prediction: Tensor<S>,
    target: Arg<SameShape<S, T, "mseLoss">, Tensor<T>>,
  ): Tensor<[]> {
    return mseLoss(prediction as Tensor, target as Tensor, this);
  }
}
