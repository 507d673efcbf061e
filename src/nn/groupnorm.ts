/** Normalisation of each sample's channels, and of neighbouring channels. */
import { ShapeError, ValueError } from "../errors.ts";
import { checkEps } from "../ops/batchnorm.ts";
import type { LocalResponseNormOptions } from "../ops/groupnorm.ts";
import type { Tensor } from "../ops/index.ts";
import { checkOptions } from "../options.ts";
import type { Normalizer, OverChannels, OverGroups } from "../tensor/channels.ts";
import type { Arg, Shape } from "../tensor/shapes.ts";
import { show } from "../tensor/sizes.ts";
import { empty } from "../tensor/tensor.ts";
import { type BatchNormOptions, checkInput, RunningNorm } from "./batchnorm.ts";
import { Elementwise } from "./elementwise.ts";
import { checkCount } from "./fan.ts";
import { constant_ } from "./init.ts";
import { Layer } from "./module.ts";
import { sizesOf } from "./norm.ts";
import { Parameter } from "./parameter.ts";
import type { AnySize, AsShape, IN, Kept, OUT } from "./shapes.ts";

/** Options of {@link GroupNorm}. */
export interface GroupNormOptions {
  /** Added to the variance; 1e-5 unless said otherwise. */
  eps?: number;
  /** Whether there are weight and bias; true unless said otherwise. */
  affine?: boolean;
}

/** Types only: the shape stays when the channels are there. */
export interface GroupNorm<C extends number = AnySize> {
  readonly [OUT]: Kept<this[typeof IN], OverGroups<AsShape<this[typeof IN]>, C>>;
}

/**
 * Brings groups of neighbouring channels of each sample of [batch, channels, …] to mean 0 and variance 1, then scales
 * channels by `weight` and adds `bias`, at first ones and zeros. Wu and He, 2018.
 *
 * @throws {ValueError} for an unknown option, groups or channels that are no whole numbers of at least 1, groups that
 * do not share the channels equally, or an `eps` below 0.
 * @throws {ShapeError} unless the input is [batch, numChannels, …].
 * @throws {DTypeError} if the input has another dtype than the weight.
 * @example
 * new nn.GroupNorm(2, 4, { eps: 0 }).forward(tensor([[1, 3, 5, 5.5]])).toArray(); // [[-1, 1, -1, 1]]
 */
export class GroupNorm<C extends number = AnySize> extends Layer {
  readonly numGroups: number;
  readonly numChannels: C;
  readonly eps: number;
  readonly affine: boolean;
  weight: Parameter | null;
  bias: Parameter | null;

  constructor(numGroups: number, numChannels: C, options: GroupNormOptions = {}) {
    super();
    checkCount("GroupNorm", "numGroups", numGroups);
    checkCount("GroupNorm", "numChannels", numChannels);
    if (numChannels % numGroups !== 0) {
      throw new ValueError(`GroupNorm: the groups share the channels equally; got ${numGroups} and ${numChannels}`);
    }
    const { eps = 1e-5, affine = true } = checkOptions("GroupNorm", options, ["eps", "affine"]);
    checkEps("GroupNorm", eps);
    this.numGroups = numGroups;
    this.numChannels = numChannels;
    this.eps = eps;
    this.affine = affine;
    this.weight = affine ? new Parameter(empty([numChannels], "float32")) : null;
    this.bias = affine ? new Parameter(empty([numChannels], "float32")) : null;
    this.resetParameters();
  }

  /** Sets the weight to ones and the bias to zeros. */
  resetParameters(): void {
    if (this.weight !== null) constant_(this.weight, 1);
    if (this.bias !== null) constant_(this.bias, 0);
  }

  override forward<S extends Shape>(x: Arg<OverGroups<S, C>, Tensor<S>>): Tensor<S> {
    const input: Tensor = x as Tensor;
    if (input.ndim < 2 || input.shape[1] !== this.numChannels) {
      throw new ShapeError(`GroupNorm: expects [batch, ${this.numChannels}, …], got ${show(input.shape)}`);
    }
    return input.groupNorm(this.numGroups, this);
  }

  override extraRepr(): string {
    return `${this.numGroups}, ${this.numChannels}, eps=${this.eps}, affine=${this.affine}`;
  }
}

/** What the kinds of instance normalisation share: they differ in the shapes they take. */
export abstract class InstanceNorm<C extends number = AnySize> extends RunningNorm {
  readonly numFeatures: C;
  /** The names of the axes behind the channels. */
  protected abstract readonly axes: readonly string[];

  constructor(numFeatures: C, options: BatchNormOptions = {}) {
    super(numFeatures, options, false);
    this.numFeatures = numFeatures;
  }

  protected normalized(input: Tensor): Tensor {
    const rank = this.axes.length + 2;
    const alone = input.ndim === rank - 1;
    const x = alone ? (input.unsqueeze(0) as Tensor) : input;
    const form = `[batch, ${[this.numFeatures, ...this.axes].join(", ")}], or that without the batch`;
    checkInput(this.constructor.name, form, x, [rank], this.numFeatures);
    const { weight, bias, eps } = this;
    const [runningMean, runningVar] = [this.running_mean ?? null, this.running_var ?? null];
    const useInputStats = this.training || runningMean === null;
    const options = { runningMean, runningVar, weight, bias, useInputStats, momentum: this.momentum ?? 0, eps };
    const y: Tensor = x.instanceNorm(options);
    return alone ? (y.squeeze(0) as Tensor) : y;
  }

  override extraRepr(): string {
    return `${this.numFeatures}, ${this.settings()}`;
  }
}

/** Types only: the shape stays when the channels are there. */
type Over<S, C extends number, Op extends Normalizer> = Kept<S, OverChannels<AsShape<S>, C, Op>>;

/** Types only. */
export interface InstanceNorm1d<C extends number = AnySize> {
  readonly [OUT]: Over<this[typeof IN], C, "InstanceNorm1d">;
}

/**
 * Brings each channel of each sample of [batch, channels, length] or [channels, length] to mean 0 and variance 1.
 * Weight and bias, and running statistics, are there when `affine` and `trackRunningStats` say so. Ulyanov, Vedaldi and
 * Lempitsky, 2016.
 *
 * @throws {ValueError} for an unknown option, a `numFeatures` that is no whole number of at least 1, an `eps` below 0
 * or a `momentum` that is not finite; from `forward` in training for one value a channel.
 * @throws {ShapeError} unless the input is [batch, channels, length] or that without the batch, with `numFeatures`
 * channels.
 * @throws {DTypeError} if the input is not of a float dtype, or has another one than the weight.
 * @example
 * new nn.InstanceNorm1d(2, { eps: 0 }).forward(tensor([[[1, 3], [5, 6]]])).toArray(); // [[[-1, 1], [-1, 1]]]
 */
export class InstanceNorm1d<C extends number = AnySize> extends InstanceNorm<C> {
  protected override readonly axes: readonly string[] = ["length"];
  override forward<S extends Shape>(x: Arg<OverChannels<S, C, "InstanceNorm1d">, Tensor<S>>): Tensor<S> {
    return this.normalized(x as Tensor);
  }
}

/** Types only. */
export interface InstanceNorm2d<C extends number = AnySize> {
  readonly [OUT]: Over<this[typeof IN], C, "InstanceNorm2d">;
}

/**
 * Instance normalisation of [batch, channels, height, width] or [channels, height, width]; otherwise as InstanceNorm1d.
 *
 * @throws {ValueError} for an unknown option, a `numFeatures` that is no whole number of at least 1, an `eps` below 0
 * or a `momentum` that is not finite; from `forward` in training for one value a channel.
 * @throws {ShapeError} unless the input is [batch, channels, height, width] or that without the batch, with
 * `numFeatures` channels.
 * @throws {DTypeError} if the input is not of a float dtype, or has another one than the weight.
 * @example
 * new nn.InstanceNorm2d(3).forward(randn(2, 3, 8, 8)).shape; // [2, 3, 8, 8]
 */
export class InstanceNorm2d<C extends number = AnySize> extends InstanceNorm<C> {
  protected override readonly axes: readonly string[] = ["height", "width"];
  override forward<S extends Shape>(x: Arg<OverChannels<S, C, "InstanceNorm2d">, Tensor<S>>): Tensor<S> {
    return this.normalized(x as Tensor);
  }
}

/** Types only. */
export interface InstanceNorm3d<C extends number = AnySize> {
  readonly [OUT]: Over<this[typeof IN], C, "InstanceNorm3d">;
}

/**
 * Instance normalisation of [batch, channels, depth, height, width], or that without the batch; otherwise as
 * InstanceNorm1d.
 *
 * @throws {ValueError} for an unknown option, a `numFeatures` that is no whole number of at least 1, an `eps` below 0
 * or a `momentum` that is not finite; from `forward` in training for one value a channel.
 * @throws {ShapeError} unless the input is [batch, channels, depth, height, width] or that without the batch, with
 * `numFeatures` channels.
 * @throws {DTypeError} if the input is not of a float dtype, or has another one than the weight.
 * @example
 * new nn.InstanceNorm3d(3).forward(randn(2, 3, 4, 4, 4)).shape; // [2, 3, 4, 4, 4]
 */
export class InstanceNorm3d<C extends number = AnySize> extends InstanceNorm<C> {
  protected override readonly axes: readonly string[] = ["depth", "height", "width"];
  override forward<S extends Shape>(x: Arg<OverChannels<S, C, "InstanceNorm3d">, Tensor<S>>): Tensor<S> {
    return this.normalized(x as Tensor);
  }
}

/**
 * Divides by a power of the mean square of neighbouring channels of [batch, channels, length, …]; see
 * `localResponseNorm`.
 *
 * @throws {ValueError} for an unknown option or a `size` that is no whole number of at least 1; from `forward` for
 * numbers that are not finite.
 * @throws {ShapeError} if the input has fewer than 3 axes.
 * @throws {DTypeError} if the input is not of a float dtype.
 * @example
 * new nn.LocalResponseNorm(2).forward(randn(1, 4, 8, 8)).shape; // [1, 4, 8, 8]
 */
export class LocalResponseNorm extends Elementwise {
  readonly size: number;
  readonly alpha: number;
  readonly beta: number;
  readonly k: number;

  constructor(size: number, options: LocalResponseNormOptions = {}) {
    super();
    checkCount("LocalResponseNorm", "size", size);
    const { alpha = 1e-4, beta = 0.75, k = 1 } = checkOptions("LocalResponseNorm", options, ["alpha", "beta", "k"]);
    this.size = size;
    this.alpha = alpha;
    this.beta = beta;
    this.k = k;
  }

  override forward<S extends Shape>(x: Tensor<S>): Tensor<S> {
    return x.localResponseNorm(this.size, this);
  }

  override extraRepr(): string {
    return `${this.size}, alpha=${this.alpha}, beta=${this.beta}, k=${this.k}`;
  }
}

/** Options of {@link RMSNorm}. */
export interface RMSNormOptions {
  /** Added to the mean of squares; unless said otherwise the distance from 1 to the next number of the input's dtype. */
  eps?: number | null;
  /** Whether there is a weight; true unless said otherwise. */
  elementwiseAffine?: boolean;
}

/**
 * Divides each run of the last axes, of the sizes given, by the root of the mean of its squares, then scales by
 * `weight`, at first ones: x [..., sizes] keeps its shape. Zhang and Sennrich, 2019.
 *
 * @throws {ValueError} for an unknown option or sizes that are no whole numbers of at least 1; from `forward` for an
 * `eps` below 0.
 * @throws {ShapeError} if the input does not end with the sizes.
 * @throws {DTypeError} if the input is not of a float dtype.
 * @example
 * new nn.RMSNorm(2, { eps: 3.5 }).forward(tensor([3, 4])).toArray(); // [0.75, 1]
 */
export class RMSNorm extends Elementwise {
  readonly normalizedShape: readonly number[];
  readonly eps: number | null;
  readonly elementwiseAffine: boolean;
  weight: Parameter | null;

  constructor(normalizedShape: number | Shape, options: RMSNormOptions = {}) {
    super();
    const sizes = sizesOf("RMSNorm", normalizedShape);
    const { eps = null, elementwiseAffine = true } = checkOptions("RMSNorm", options, ["eps", "elementwiseAffine"]);
    this.normalizedShape = [...sizes];
    this.eps = eps;
    this.elementwiseAffine = elementwiseAffine;
    this.weight = elementwiseAffine ? new Parameter(empty(sizes, "float32")) : null;
    this.resetParameters();
  }

  /** Sets the weight to ones. */
  resetParameters(): void {
    if (this.weight !== null) constant_(this.weight, 1);
  }

  override forward<S extends Shape>(x: Tensor<S>): Tensor<S> {
    return x.rmsNorm(this.normalizedShape, this);
  }

  override extraRepr(): string {
    return `${show(this.normalizedShape)}, eps=${this.eps}, elementwiseAffine=${this.elementwiseAffine}`;
  }
}
