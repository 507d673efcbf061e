/** Normalisation of channels over a batch. */

import { ShapeError, ValueError } from "../errors.ts";
import { checkEps } from "../ops/batchnorm.ts";
import { type Tensor, zeros } from "../ops/index.ts";
import { checkOptions } from "../options.ts";
import type { Normalizer, OverChannels } from "../tensor/channels.ts";
import type { Arg, Shape } from "../tensor/shapes.ts";
import { show } from "../tensor/sizes.ts";
import { empty } from "../tensor/tensor.ts";
import { checkCount } from "./fan.ts";
import { constant_ } from "./init.ts";
import { Layer } from "./module.ts";
import { Parameter } from "./parameter.ts";
import type { AnySize, AsShape, IN, Kept, OUT } from "./shapes.ts";

/** Options of {@link BatchNorm2d} and its kin. */
export interface BatchNormOptions {
  /** Added to the variance; 1e-5 unless said otherwise. */
  eps?: number;
  /** The share of a batch in the running statistics; 0.1 unless said otherwise. null makes them the averages over all batches. */
  momentum?: number | null;
  /** Whether there are weight and bias; true unless said otherwise. */
  affine?: boolean;
  /** Whether running statistics are kept, and used in evaluation; true unless said otherwise. */
  trackRunningStats?: boolean;
}

/** What layers over channels with running statistics share. */
export abstract class RunningNorm extends Layer {
  readonly eps: number;
  readonly momentum: number | null;
  readonly affine: boolean;
  readonly trackRunningStats: boolean;
  weight: Parameter | null;
  bias: Parameter | null;
  /** [channels], at first 0; null without running statistics. PyTorch's key in state dicts is its name. */
  running_mean: Tensor | null | undefined;
  /** [channels], at first 1; the variance is unbiased. */
  running_var: Tensor | null | undefined;
  /** How many batches went into the running statistics: int32 []. */
  num_batches_tracked: Tensor | null | undefined;

  /** `on` is what is done unless the options say otherwise. */
  constructor(numFeatures: number, options: BatchNormOptions, on: boolean) {
    super();
    const layer = new.target.name;
    checkCount(layer, "numFeatures", numFeatures);
    const {
      eps = 1e-5,
      momentum = 0.1,
      affine = on,
      trackRunningStats = on,
    } = checkOptions(layer, options, ["eps", "momentum", "affine", "trackRunningStats"]);
    checkEps(layer, eps);
    if (momentum !== null && !Number.isFinite(momentum)) {
      throw new ValueError(`${layer}: momentum is a finite number or null; got ${String(momentum)}`);
    }
    this.eps = eps;
    this.momentum = momentum;
    this.affine = affine;
    this.trackRunningStats = trackRunningStats;
    this.weight = affine ? new Parameter(empty([numFeatures], "float32")) : null;
    this.bias = affine ? new Parameter(empty([numFeatures], "float32")) : null;
    if (trackRunningStats) {
      this.registerBuffer("running_mean", zeros([numFeatures]));
      this.registerBuffer("running_var", zeros([numFeatures]));
      this.registerBuffer("num_batches_tracked", zeros([], { dtype: "int32" }));
    }
    this.resetParameters();
  }

  /** Sets the running mean to 0, the running variance to 1 and the number of batches to 0. */
  resetRunningStats(): void {
    this.running_mean?.fill_(0);
    this.running_var?.fill_(1);
    this.num_batches_tracked?.fill_(0);
  }

  /** Resets the running statistics, the weight to ones and the bias to zeros. */
  resetParameters(): void {
    this.resetRunningStats();
    if (this.weight !== null) constant_(this.weight, 1);
    if (this.bias !== null) constant_(this.bias, 0);
  }

  /** The share of the coming batch in the running statistics. */
  protected share(): number {
    return this.momentum ?? 1 / ((this.num_batches_tracked?.item() ?? 0) + 1);
  }

  /** @internal What `extraRepr` shows behind the number of channels. */
  protected settings(): string {
    return `eps=${this.eps}, momentum=${this.momentum}, affine=${this.affine}, trackRunningStats=${this.trackRunningStats}`;
  }
}

/** Throws unless x has one of the ranks, with the channels at axis `at`. */
export function checkInput(layer: string, form: string, x: Tensor, ranks: readonly number[], channels: number): void {
  const at = ranks.indexOf(x.ndim) < 0 ? -1 : 1;
  if (at === 1 && x.shape[1] === channels) return;
  throw new ShapeError(`${layer}(${channels}): expects ${form}, got ${show(x.shape)}`);
}

/** What the kinds of batch normalisation share: they differ in the shapes they take. */
export abstract class BatchNorm<C extends number = AnySize> extends RunningNorm {
  readonly numFeatures: C;

  constructor(numFeatures: C, options: BatchNormOptions = {}) {
    super(numFeatures, options, true);
    this.numFeatures = numFeatures;
  }

  protected normalized(x: Tensor): Tensor {
    const { weight, bias, eps } = this;
    const [mean, variance] = [this.running_mean ?? null, this.running_var ?? null];
    const training = this.training || mean === null;
    const y = x.batchNorm(mean, variance, { weight, bias, training, momentum: this.share(), eps });
    if (this.training) this.num_batches_tracked?.add_(1);
    return y;
  }

  override extraRepr(): string {
    return `${this.numFeatures}, ${this.settings()}`;
  }
}

/** Types only: the shape stays when the channels are there. */
type Over<S, C extends number, Op extends Normalizer> = Kept<S, OverChannels<AsShape<S>, C, Op>>;

/** Types only. */
export interface BatchNorm1d<C extends number = AnySize> {
  readonly [OUT]: Over<this[typeof IN], C, "BatchNorm1d">;
}

/**
 * Batch normalisation of [batch, channels] or [batch, channels, length]: each channel to mean 0 and variance 1 over the
 * batch in training, by the running statistics in evaluation; then times `weight` plus `bias`, both [channels], at
 * first ones and zeros. Ioffe and Szegedy, 2015.
 *
 * @throws {ValueError} for an unknown option, a `numFeatures` that is no whole number of at least 1, an `eps` below 0
 * or a `momentum` that is not finite; from `forward` in training for one value a channel.
 * @throws {ShapeError} unless the input is [batch, channels] or [batch, channels, length], with `numFeatures` channels.
 * @throws {DTypeError} if the input has another dtype than the weight.
 * @example
 * new nn.BatchNorm1d(1, { eps: 0 }).forward(tensor([[1], [3]])).toArray(); // [[-1], [1]]
 */
export class BatchNorm1d<C extends number = AnySize> extends BatchNorm<C> {
  override forward<S extends Shape>(x: Arg<OverChannels<S, C, "BatchNorm1d">, Tensor<S>>): Tensor<S> {
    const channels: number = this.numFeatures;
    checkInput("BatchNorm1d", `[batch, ${channels}] or [batch, ${channels}, length]`, x as Tensor, [2, 3], channels);
    return this.normalized(x as Tensor);
  }
}

/** Types only. */
export interface BatchNorm2d<C extends number = AnySize> {
  readonly [OUT]: Over<this[typeof IN], C, "BatchNorm2d">;
}

/**
 * Batch normalisation of images [batch, channels, height, width]; otherwise as BatchNorm1d.
 *
 * @throws {ValueError} for an unknown option, a `numFeatures` that is no whole number of at least 1, an `eps` below 0
 * or a `momentum` that is not finite; from `forward` in training for one value a channel.
 * @throws {ShapeError} unless the input is [batch, channels, height, width], with `numFeatures` channels.
 * @throws {DTypeError} if the input has another dtype than the weight.
 * @example
 * const bn = new nn.BatchNorm2d(3);
 * bn.forward(randn(8, 3, 5, 5)).shape; // [8, 3, 5, 5]
 * Object.keys(bn.stateDict()); // ["weight", "bias", "running_mean", "running_var", "num_batches_tracked"]
 */
export class BatchNorm2d<C extends number = AnySize> extends BatchNorm<C> {
  override forward<S extends Shape>(x: Arg<OverChannels<S, C, "BatchNorm2d">, Tensor<S>>): Tensor<S> {
    checkInput("BatchNorm2d", `[batch, ${this.numFeatures}, height, width]`, x as Tensor, [4], this.numFeatures);
    return this.normalized(x as Tensor);
  }
}

/** Types only. */
export interface BatchNorm3d<C extends number = AnySize> {
  readonly [OUT]: Over<this[typeof IN], C, "BatchNorm3d">;
}

/**
 * Batch normalisation of volumes [batch, channels, depth, height, width]; otherwise as BatchNorm1d.
 *
 * @throws {ValueError} for an unknown option, a `numFeatures` that is no whole number of at least 1, an `eps` below 0
 * or a `momentum` that is not finite; from `forward` in training for one value a channel.
 * @throws {ShapeError} unless the input is [batch, channels, depth, height, width], with `numFeatures` channels.
 * @throws {DTypeError} if the input has another dtype than the weight.
 * @example
 * new nn.BatchNorm3d(2).forward(randn(3, 2, 4, 4, 4)).shape; // [3, 2, 4, 4, 4]
 */
export class BatchNorm3d<C extends number = AnySize> extends BatchNorm<C> {
  override forward<S extends Shape>(x: Arg<OverChannels<S, C, "BatchNorm3d">, Tensor<S>>): Tensor<S> {
    checkInput("BatchNorm3d", `[batch, ${this.numFeatures}, depth, height, width]`, x as Tensor, [5], this.numFeatures);
    return this.normalized(x as Tensor);
  }
}
