/** Normalisation of groups of channels of each sample, and of neighbouring channels. */
import { ShapeError, ValueError } from "../errors.ts";
import { checkOptions } from "../options.ts";
import type { Shape } from "../tensor/shapes.ts";
import { count, sameShape, show } from "../tensor/sizes.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { checkChannels, checkCount, checkEps, checkRunning, normalizeBatch } from "./batchnorm.ts";
import { requireFloat } from "./kernels.ts";
import { expandTo, reshaped } from "./views.ts";

/** Options of {@link groupNorm}. */
export interface GroupNormOptions {
  /** One factor a channel. */
  weight?: Tensor | null;
  /** One number a channel, added last. */
  bias?: Tensor | null;
  /** Added to the variance; 1e-5 unless said otherwise. */
  eps?: number;
}

/** A number a channel, as it broadcasts over x. */
function byChannel(x: Tensor, given: Tensor): Tensor {
  return reshaped(given, [given.count, ...new Array<number>(x.ndim - 2).fill(1)]);
}

function checkBatch(op: string, x: Tensor): [outer: number, channels: number, inner: number] {
  requireFloat(op, x);
  if (x.ndim < 2) throw new ShapeError(`${op}: takes [batch, channels, …]; got ${show(x.shape)}`);
  return [x.shape[0] as number, x.shape[1] as number, count(x.shape.slice(2))];
}

/**
 * Brings each of `numGroups` groups of neighbouring channels of each sample of [batch, channels, …] to mean 0 and
 * variance 1, then scales channels by `weight` and adds `bias`. Of one float dtype. Wu and He, 2018.
 *
 * @throws {DTypeError} if the tensors are not of one float dtype.
 * @throws {ShapeError} if the groups do not share the channels equally, there are fewer than two axes, or `weight` or
 * `bias` is not [channels].
 * @throws {ValueError} if `numGroups` is not a whole number of at least 1, there is one value in all, `eps` is below 0
 * or an option is unknown.
 * @example
 * tensor([[1, 3, 5, 5.5]]).groupNorm(2, { eps: 0 }).toArray(); // [[-1, 1, -1, 1]]
 */
export function groupNorm<S extends Shape>(
  this: Tensor<S>,
  numGroups: number,
  options: GroupNormOptions = {},
): Tensor<S> {
  const [outer, channels, inner] = checkBatch("groupNorm", this);
  const { weight = null, bias = null, eps = 1e-5 } = checkOptions("groupNorm", options, ["weight", "bias", "eps"]);
  if (!Number.isInteger(numGroups) || numGroups < 1) {
    throw new ValueError(`groupNorm: numGroups is a whole number of at least 1; got ${String(numGroups)}`);
  }
  if (channels % numGroups !== 0) {
    throw new ShapeError(
      `groupNorm: ${numGroups} groups do not share the ${channels} channels of ${show(this.shape)} equally`,
    );
  }
  checkChannels("groupNorm", "weight", this, channels, weight);
  checkChannels("groupNorm", "bias", this, channels, bias);
  const size = (channels / numGroups) * inner;
  if (outer * size === 1) checkCount("groupNorm", this, 1);
  const sizes = [1, outer * numGroups, size] as const;
  let y = normalizeSamples("groupNorm", this, sizes, eps);
  if (weight !== null) y = y.mul(byChannel(this, weight));
  if (bias !== null) y = y.add(byChannel(this, bias));
  return y as Tensor<S>;
}

function normalizeSamples(op: string, x: Tensor, sizes: readonly [number, number, number], eps: number): Tensor {
  const none = { weight: null, bias: null, runningMean: null, runningVar: null };
  return normalizeBatch({ op, x, sizes, ...none, training: true, momentum: 0, eps });
}

/** Options of {@link instanceNorm}. */
export interface InstanceNormOptions extends GroupNormOptions {
  /** One number a channel: changed by the mean over the batch of each call with `useInputStats`. */
  runningMean?: Tensor | null;
  /** The same of the (unbiased) variance. */
  runningVar?: Tensor | null;
  /** Whether to take the statistics of the input, not the running ones; true unless said otherwise. */
  useInputStats?: boolean;
  /** The share of this batch in the running statistics; 0.1 unless said otherwise. */
  momentum?: number;
}

/**
 * Brings each channel of each sample of [batch, channels, …] to mean 0 and variance 1, then scales channels by `weight`
 * and adds `bias`. Of one float dtype. Ulyanov, Vedaldi and Lempitsky, 2016.
 *
 * @throws {DTypeError} if the tensors are not of one float dtype.
 * @throws {ShapeError} if there are fewer than two axes, or a tensor does not have one number a channel.
 * @throws {ValueError} if a channel has less than 2 elements, a running statistic is missing, requires gradients or is
 * not row-major, `eps` or `momentum` is out of range, or an option is unknown.
 * @example
 * tensor([[[1, 3], [5, 6]]]).instanceNorm({ eps: 0 }).toArray(); // [[[-1, 1], [-1, 1]]]
 */
export function instanceNorm<S extends Shape>(this: Tensor<S>, options: InstanceNormOptions = {}): Tensor<S> {
  const op = "instanceNorm";
  const [outer, channels, inner] = checkBatch(op, this);
  const {
    weight = null,
    bias = null,
    useInputStats = true,
    momentum = 0.1,
    eps = 1e-5,
  } = checkOptions("instanceNorm", options, [
    "weight",
    "bias",
    "useInputStats",
    "momentum",
    "eps",
    "runningMean",
    "runningVar",
  ]);
  const { runningMean = null, runningVar = null } = options;
  checkChannels(op, "weight", this, channels, weight);
  checkChannels(op, "bias", this, channels, bias);
  checkRunning(op, this, channels, runningMean, runningVar);
  if (!useInputStats) {
    const given = {
      op,
      x: this as Tensor,
      sizes: [outer, channels, inner] as const,
      weight,
      bias,
      runningMean,
      runningVar,
    };
    return normalizeBatch({ ...given, training: false, momentum, eps }) as Tensor<S>;
  }
  if (outer > 0) checkCount(op, this, inner);
  const all = outer * channels;
  const repeated = (x: Tensor | null): Tensor | null => x && reshaped(expandTo(x, [outer, channels]), [all]);
  const own = (x: Tensor | null): Tensor | null => repeated(x)?.clone() ?? null;
  const [mean, variance] = [own(runningMean), own(runningVar)];
  const sizes = [1, all, inner] as const;
  const given = { op, x: this as Tensor, sizes, weight: repeated(weight), bias: repeated(bias) };
  const y = normalizeBatch({ ...given, runningMean: mean, runningVar: variance, training: true, momentum, eps });
  if (outer > 0) {
    runningMean?.copy_(reshaped(mean as Tensor, [outer, channels]).mean(0));
    runningVar?.copy_(reshaped(variance as Tensor, [outer, channels]).mean(0));
  }
  return y as Tensor<S>;
}

/** Options of {@link localResponseNorm}. */
export interface LocalResponseNormOptions {
  /** 1e-4 unless said otherwise. */
  alpha?: number;
  /** 0.75 unless said otherwise. */
  beta?: number;
  /** 1 unless said otherwise. */
  k?: number;
}

/**
 * x / (k + alpha · m) ** beta, where m is the mean of the squares of `size` neighbouring channels of [batch, channels,
 * …], with zeros beyond the first and the last. Takes float dtypes. Krizhevsky, Sutskever and Hinton, 2012.
 *
 * @throws {DTypeError} for int dtypes and bool.
 * @throws {ShapeError} if there are fewer than three axes.
 * @throws {ValueError} if `size` is not a whole number of at least 1, an option is not finite or is unknown.
 * @example
 * tensor([[[2]]]).localResponseNorm(1, { alpha: 1, beta: 1, k: 0 }).toArray(); // [[[0.5]]]
 */
export function localResponseNorm<S extends Shape>(
  this: Tensor<S>,
  size: number,
  options: LocalResponseNormOptions = {},
): Tensor<S> {
  const op = "localResponseNorm";
  const [, channels] = checkBatch(op, this);
  if (this.ndim < 3) throw new ShapeError(`${op}: takes [batch, channels, length, …]; got ${show(this.shape)}`);
  const { alpha = 1e-4, beta = 0.75, k = 1 } = checkOptions("localResponseNorm", options, ["alpha", "beta", "k"]);
  if (!Number.isInteger(size) || size < 1) {
    throw new ValueError(`${op}: size is a whole number of at least 1; got ${String(size)}`);
  }
  for (const [name, value] of [
    ["alpha", alpha],
    ["beta", beta],
    ["k", k],
  ] as const) {
    // biome-ignore format: pairs
    if (!Number.isFinite(value)) throw new ValueError(`${op}: ${name} is a finite number; got ${String(value)}`);
  }
  const x: Tensor = this;
  const before = Math.floor(size / 2);
  const around = new Array<number>(2 * (x.ndim - 2)).fill(0);
  const squares: Tensor = x.square().pad([...around, before, size - 1 - before]) as Tensor;
  let sum = squares.narrow(1, 0, channels) as Tensor;
  for (let i = 1; i < size; i++) sum = sum.add(squares.narrow(1, i, channels)) as Tensor;
  return x.div(
    sum
      .mul(alpha / size)
      .add(k)
      .pow(beta),
  ) as Tensor<S>;
}

/** Options of {@link rmsNorm}. */
export interface RMSNormOptions {
  /** One factor an element of the normalized sizes. */
  weight?: Tensor | null;
  /** Added to the mean of squares; unless said otherwise the distance from 1 to the next number of the dtype. */
  eps?: number | null;
}

/**
 * Divides each run of the last axes, of the sizes given, by the root of the mean of its squares, then scales by
 * `weight`. Takes float dtypes. Zhang and Sennrich, 2019.
 *
 * @throws {DTypeError} for int dtypes and bool.
 * @throws {ShapeError} if the last sizes or those of `weight` differ from `sizes`.
 * @throws {ValueError} if `sizes` are not whole numbers of at least 1, `eps` is below 0 or not finite, or an option is
 * unknown.
 * @example
 * tensor([3, 4]).rmsNorm([2], { eps: 3.5 }).toArray(); // [0.75, 1]
 */
export function rmsNorm<S extends Shape>(
  this: Tensor<S>,
  sizes: readonly number[],
  options: RMSNormOptions = {},
): Tensor<S> {
  requireFloat("rmsNorm", this);
  const x: Tensor = this;
  const { weight = null } = checkOptions("rmsNorm", options, ["weight", "eps"]);
  const eps = options.eps ?? (x.dtype === "float32" ? 2 ** -23 : 2 ** -52);
  if (!Array.isArray(sizes) || sizes.length === 0 || !sizes.every((size) => Number.isInteger(size) && size > 0)) {
    throw new ValueError(`rmsNorm: the normalized sizes are whole numbers of at least 1; got ${String(sizes)}`);
  }
  if (x.ndim < sizes.length || !sameShape(x.shape.slice(-sizes.length), sizes)) {
    throw new ShapeError(`rmsNorm: expects the last sizes ${show(sizes)}, got ${show(x.shape)}`);
  }
  if (weight !== null && !sameShape(weight.shape, sizes)) {
    throw new ShapeError(`rmsNorm: weight has the normalized sizes ${show(sizes)}; got ${show(weight.shape)}`);
  }
  checkEps("rmsNorm", eps);
  const axes = sizes.map((_, i) => i - sizes.length);
  const y: Tensor = x.mul(x.square().mean(axes, true).add(eps).rsqrt()) as Tensor;
  return (weight === null ? y : y.mul(weight)) as Tensor<S>;
}
