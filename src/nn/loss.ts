/** Losses as layers. */
import {
  type BinaryOptions,
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  type ClassOptions,
  type CrossEntropyOptions,
  crossEntropy,
  type HuberOptions,
  huberLoss,
  type KLDivOptions,
  klDiv,
  type LogitsOptions,
  type LossOptions,
  l1Loss,
  mseLoss,
  nllLoss,
  type Reduction,
  type SmoothL1Options,
  smoothL1Loss,
  type Tensor,
} from "../ops/index.ts";
import { checkOptions } from "../options.ts";
import type { Classified, Indexed, Paired, Reduced } from "../tensor/losses.ts";
import type { Arg, Shape, Target } from "../tensor/shapes.ts";
import { Module } from "./module.ts";

/** The base of losses: a layer without parameters that knows its reduction. */
export abstract class Loss<R extends string = "mean"> extends Module {
  /** How single losses become one: "mean", "sum" or "none". */
  readonly reduction: R;

  constructor(options: LossOptions<R> = {}, names: readonly string[] = []) {
    super();
    checkOptions(new.target.name, options, [...names, "reduction"]);
    this.reduction = options.reduction ?? ("mean" as R);
  }
}

/**
 * The mean (or sum, or each) of squared differences of two tensors of one shape. The target may be ints.
 *
 * @throws {ValueError} for an unknown option, and from `forward` for an unknown `reduction`.
 * @throws {ShapeError} if prediction and target differ in shape, or a mean has no elements.
 * @throws {DTypeError} if the prediction is not of a float dtype, or the target of another one than it.
 * @example
 * new nn.MSELoss().forward(tensor([1, 2]), tensor([1, 4])).item(); // 2
 */
export class MSELoss<R extends Reduction = "mean"> extends Loss<R> {
  override forward<S extends Shape, T extends Shape>(
    prediction: Tensor<S>,
    target: Arg<Paired<S, T, "mseLoss">, Tensor<T>>,
  ): Tensor<Reduced<S, R>> {
    return mseLoss(prediction as Tensor, target as Tensor, this);
  }
}

/**
 * The mean (or sum, or each) of absolute differences of two tensors of one shape. The target may be ints.
 *
 * @throws {ValueError} for an unknown option, and from `forward` for an unknown `reduction`.
 * @throws {ShapeError} if prediction and target differ in shape, or a mean has no elements.
 * @throws {DTypeError} if the prediction is not of a float dtype, or the target of another one than it.
 * @example
 * new nn.L1Loss().forward(tensor([1, 2]), tensor([1, 4])).item(); // 1
 */
export class L1Loss<R extends Reduction = "mean"> extends Loss<R> {
  override forward<S extends Shape, T extends Shape>(
    prediction: Tensor<S>,
    target: Arg<Paired<S, T, "l1Loss">, Tensor<T>>,
  ): Tensor<Reduced<S, R>> {
    return l1Loss(prediction as Tensor, target as Tensor, this);
  }
}

/**
 * A parabola for differences below `beta` and a line above; see {@link smoothL1Loss}. Prediction and target have one
 * shape; the target may be ints.
 *
 * @throws {ValueError} for an unknown option, and from `forward` for an unknown `reduction` or a `beta` below 0.
 * @throws {ShapeError} if prediction and target differ in shape, or a mean has no elements.
 * @throws {DTypeError} if the prediction is not of a float dtype, or the target of another one than it.
 * @example
 * new nn.SmoothL1Loss({ reduction: "none" }).forward(tensor([0, 0]), tensor([1, 3])).toArray(); // [0.5, 2.5]
 */
export class SmoothL1Loss<R extends Reduction = "mean"> extends Loss<R> {
  readonly beta: number;

  constructor(options: SmoothL1Options<R> = {}) {
    super(options, ["beta"]);
    this.beta = options.beta ?? 1;
  }

  override forward<S extends Shape, T extends Shape>(
    prediction: Tensor<S>,
    target: Arg<Paired<S, T, "smoothL1Loss">, Tensor<T>>,
  ): Tensor<Reduced<S, R>> {
    return smoothL1Loss(prediction as Tensor, target as Tensor, this);
  }
}

/**
 * A parabola for differences up to `delta` and a line of slope `delta` above; see {@link huberLoss}. Prediction and
 * target have one shape; the target may be ints.
 *
 * @throws {ValueError} for an unknown option, and from `forward` for an unknown `reduction` or a `delta` that is not
 * above 0.
 * @throws {ShapeError} if prediction and target differ in shape, or a mean has no elements.
 * @throws {DTypeError} if the prediction is not of a float dtype, or the target of another one than it.
 * @example
 * new nn.HuberLoss({ delta: 2, reduction: "sum" }).forward(tensor([0, 0]), tensor([1, 3])).item(); // 4.5
 */
export class HuberLoss<R extends Reduction = "mean"> extends Loss<R> {
  readonly delta: number;

  constructor(options: HuberOptions<R> = {}) {
    super(options, ["delta"]);
    this.delta = options.delta ?? 1;
  }

  override forward<S extends Shape, T extends Shape>(
    prediction: Tensor<S>,
    target: Arg<Paired<S, T, "huberLoss">, Tensor<T>>,
  ): Tensor<Reduced<S, R>> {
    return huberLoss(prediction as Tensor, target as Tensor, this);
  }
}

/** The base of losses with a weight: a buffer, so that files hold it and `to` converts it. */
export abstract class WeightedLoss<R extends string = "mean"> extends Loss<R> {
  weight: Tensor | undefined;

  constructor(options: LossOptions<R> & { weight?: Tensor | null | undefined } = {}, names: readonly string[] = []) {
    super(options, [...names, "weight"]);
    if (options.weight) this.registerBuffer("weight", options.weight);
  }
}

/**
 * Cross-entropy of raw scores [batch, classes, …] against class indices (int32) [batch, …] or probabilities of the
 * scores' shape. Softmax is part of it: the network ends with a Linear.
 *
 * @throws {ValueError} for an unknown option, and from `forward` for an unknown `reduction`, a `labelSmoothing` outside
 * [0, 1], probabilities outside [0, 1], or a mean of labels that are all ignored.
 * @throws {ShapeError} if the target has neither the shape of the scores without their classes nor theirs, or `weight`
 * is not [classes].
 * @throws {DTypeError} if the scores are not of a float dtype, class indices not int32 (or bytes), or probabilities not
 * of the scores' dtype.
 * @throws {IndexError} for a class that is not among those of the scores.
 * @example
 * new nn.CrossEntropyLoss().forward(tensor([[2, 0]]), tensor([0], { dtype: "int32" })).item().toFixed(4); // "0.1269"
 */
export class CrossEntropyLoss<R extends Reduction = "mean"> extends WeightedLoss<R> {
  readonly ignoreIndex: number;
  readonly labelSmoothing: number;

  constructor(options: CrossEntropyOptions<R> = {}) {
    super(options, ["ignoreIndex", "labelSmoothing"]);
    this.ignoreIndex = options.ignoreIndex ?? -100;
    this.labelSmoothing = options.labelSmoothing ?? 0;
  }

  override forward<S extends Shape, T extends Shape>(
    logits: Tensor<S>,
    target: Arg<Classified<S, T>, Tensor<T>>,
  ): Tensor<Reduced<Target<S>, R>> {
    return crossEntropy(logits as Tensor, target as Tensor, this);
  }
}

/**
 * The negative log likelihood of class indices (int32) [batch, …] under log-probabilities [batch, classes, …], which
 * LogSoftmax gives.
 *
 * @throws {ValueError} for an unknown option, and from `forward` for an unknown `reduction` or a mean of labels that
 * are all ignored.
 * @throws {ShapeError} if the target has not the shape of the scores without their classes, or `weight` is not
 * [classes].
 * @throws {DTypeError} if the scores are not of a float dtype, or the target not int32 (or bytes).
 * @throws {IndexError} for a class that is not among those of the scores.
 * @example
 * new nn.NLLLoss().forward(tensor([[0.5, 0.5]]).log(), tensor([1], { dtype: "int32" })).item().toFixed(4); // "0.6931"
 */
export class NLLLoss<R extends Reduction = "mean"> extends WeightedLoss<R> {
  readonly ignoreIndex: number;

  constructor(options: ClassOptions<R> = {}) {
    super(options, ["ignoreIndex"]);
    this.ignoreIndex = options.ignoreIndex ?? -100;
  }

  override forward<S extends Shape, T extends Shape>(
    logProbabilities: Tensor<S>,
    target: Arg<Indexed<S, T, "nllLoss">, Tensor<T>>,
  ): Tensor<Reduced<Target<S>, R>> {
    return nllLoss(logProbabilities as Tensor, target as Tensor, this);
  }
}

/**
 * Binary cross-entropy of probabilities, as Sigmoid gives them, against targets from 0 to 1 of the same shape.
 *
 * @throws {ValueError} for an unknown option, and from `forward` for an unknown `reduction`, numbers outside [0, 1] in
 * the target or the prediction, or a weight of more axes.
 * @throws {ShapeError} if prediction and target differ in shape, a mean has no elements, or a weight does not
 * broadcast.
 * @throws {DTypeError} unless both are of one float dtype.
 * @example
 * new nn.BCELoss().forward(tensor([0.5]), tensor([1])).item().toFixed(4); // "0.6931"
 */
export class BCELoss<R extends Reduction = "mean"> extends WeightedLoss<R> {
  constructor(options: BinaryOptions<R> = {}) {
    super(options);
  }

  override forward<S extends Shape, T extends Shape>(
    prediction: Tensor<S>,
    target: Arg<Paired<S, T, "binaryCrossEntropy">, Tensor<T>>,
  ): Tensor<Reduced<S, R>> {
    return binaryCrossEntropy(prediction as Tensor, target as Tensor, this);
  }
}

/**
 * Binary cross-entropy of raw scores against targets from 0 to 1 of the same shape. Sigmoid is part of it: the network
 * ends with a Linear.
 *
 * @throws {ValueError} for an unknown option, and from `forward` for an unknown `reduction`, numbers outside [0, 1] in
 * the target, or a weight of more axes.
 * @throws {ShapeError} if prediction and target differ in shape, a mean has no elements, or a weight does not
 * broadcast.
 * @throws {DTypeError} unless both are of one float dtype.
 * @example
 * new nn.BCEWithLogitsLoss().forward(tensor([0]), tensor([1])).item().toFixed(4); // "0.6931"
 */
export class BCEWithLogitsLoss<R extends Reduction = "mean"> extends WeightedLoss<R> {
  /** What the losses of positive examples are multiplied with. PyTorch's key in state dicts is its name. */
  pos_weight: Tensor | undefined;

  constructor(options: LogitsOptions<R> = {}) {
    super(options, ["posWeight"]);
    if (options.posWeight) this.registerBuffer("pos_weight", options.posWeight);
  }

  /** The buffer `pos_weight`, as the loss reads it. */
  get posWeight(): Tensor | undefined {
    return this.pos_weight;
  }

  override forward<S extends Shape, T extends Shape>(
    logits: Tensor<S>,
    target: Arg<Paired<S, T, "binaryCrossEntropyWithLogits">, Tensor<T>>,
  ): Tensor<Reduced<S, R>> {
    return binaryCrossEntropyWithLogits(logits as Tensor, target as Tensor, this);
  }
}

/**
 * Kullback-Leibler divergence of log-probabilities from probabilities of the same shape; see {@link klDiv}.
 *
 * @throws {ValueError} for an unknown option, and from `forward` for an unknown `reduction`, or numbers below 0 in the
 * target without `logTarget`.
 * @throws {ShapeError} if prediction and target differ in shape, or a mean has no elements.
 * @throws {DTypeError} unless both are of one float dtype.
 * @example
 * const criterion = new nn.KLDivLoss({ reduction: "batchmean" });
 * criterion.forward(tensor([[0.5, 0.5]]).log(), tensor([[1, 0]])).item().toFixed(4); // "0.6931"
 */
export class KLDivLoss<R extends Reduction | "batchmean" = "mean"> extends Loss<R> {
  readonly logTarget: boolean;

  constructor(options: KLDivOptions<R> = {}) {
    super(options, ["logTarget"]);
    this.logTarget = options.logTarget ?? false;
  }

  override forward<S extends Shape, T extends Shape>(
    prediction: Tensor<S>,
    target: Arg<Paired<S, T, "klDiv">, Tensor<T>>,
  ): Tensor<Reduced<S, R>> {
    return klDiv(prediction as Tensor, target as Tensor, this);
  }
}
