/**
 * The functions behind the layers, by PyTorch's names: each is the method or function of that name, with its input as the
 * first argument.
 */
import type { GELUOptions } from "../ops/activations.ts";
import type { Tensor } from "../ops/index.ts";
import { requireTensor } from "../ops/kernels.ts";
import type { LayerNormOptions } from "../ops/norm.ts";
import type { Arg, EndsWith, OnAxis, Shape } from "../tensor/shapes.ts";

export {
  bilinear,
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  cosineEmbeddingLoss,
  cosineSimilarity,
  crossEntropy,
  embedding,
  gaussianNLLLoss,
  hingeEmbeddingLoss,
  huberLoss,
  klDiv,
  l1Loss,
  linear,
  marginRankingLoss,
  mseLoss,
  multiLabelSoftMarginLoss,
  multiMarginLoss,
  nllLoss,
  normalize,
  pairwiseDistance,
  poissonNLLLoss,
  smoothL1Loss,
  softMarginLoss,
  tripletMarginLoss,
} from "../ops/index.ts";

/** An elementwise function: the shape stays. */
export type Elementwise = <S extends Shape>(x: Tensor<S>) => Tensor<S>;
/** An elementwise function with options. */
export type WithOptions<O> = <S extends Shape>(x: Tensor<S>, options?: O) => Tensor<S>;
/** A function along an axis, which has to be given. */
export type AlongAxis = <S extends Shape, D extends number>(x: Tensor<S>, dim: Arg<OnAxis<S, D>, D>) => Tensor<S>;
/** A kind of dropout: p is 0.5 and training true unless said otherwise. */
export type Dropping = <S extends Shape>(x: Tensor<S>, options?: { p?: number; training?: boolean }) => Tensor<S>;

/** A method of tensors as a function of the tensor and the method's arguments. */
function free<F>(name: keyof Tensor): F {
  const call = (x: unknown, ...args: unknown[]): unknown => {
    requireTensor(name as string, x);
    return (x[name] as (...args: unknown[]) => unknown)(...args);
  };
  return call as F;
}

function dropping(
  name: "dropout" | "dropout1d" | "dropout2d" | "dropout3d" | "alphaDropout" | "featureAlphaDropout",
): Dropping {
  return (x, { p = 0.5, training = true } = {}) => {
    requireTensor(name, x);
    return x[name](p, training);
  };
}

/** max(x, 0). */
export const relu: Elementwise = free("relu");
/** 1 / (1 + exp(-x)). */
export const sigmoid: Elementwise = free("sigmoid");
/** Hyperbolic tangent. */
export const tanh: Elementwise = free("tanh");
/** x where it is positive, else negativeSlope (0.01) * x. */
export const leakyRelu: WithOptions<{ negativeSlope?: number }> = free("leakyRelu");
/** x between minVal (-1) and maxVal (1), and those bounds beyond. */
export const hardtanh: WithOptions<{ minVal?: number; maxVal?: number }> = free("hardtanh");
/** min(max(x, 0), 6). */
export const relu6: Elementwise = free("relu6");
/** relu6(x + 3) / 6. */
export const hardsigmoid: Elementwise = free("hardsigmoid");
/** x * relu6(x + 3) / 6. */
export const hardswish: Elementwise = free("hardswish");
/** x brought nearer to 0 by lambd (0.5), and 0 within it. */
export const softshrink: WithOptions<{ lambd?: number }> = free("softshrink");
/** x, and 0 within lambd (0.5) of 0. */
export const hardshrink: WithOptions<{ lambd?: number }> = free("hardshrink");
/** x - tanh(x). */
export const tanhshrink: Elementwise = free("tanhshrink");
/** x where it is above the limit, else the value. */
export const threshold: <S extends Shape>(x: Tensor<S>, limit: number, value: number) => Tensor<S> = free("threshold");
/** x where it is positive, else alpha (1) * (exp(x) - 1). */
export const elu: WithOptions<{ alpha?: number }> = free("elu");
/** x where it is positive, else alpha (1) * (exp(x / alpha) - 1). */
export const celu: WithOptions<{ alpha?: number }> = free("celu");
/** The ELU whose results keep mean 0 and variance 1. */
export const selu: Elementwise = free("selu");
/** x times the probability that a normal number is below x. */
export const gelu: WithOptions<GELUOptions> = free("gelu");
/** x * sigmoid(x). */
export const silu: Elementwise = free("silu");
/** x * tanh(softplus(x)). */
export const mish: Elementwise = free("mish");
/** log(1 + exp(beta * x)) / beta. */
export const softplus: WithOptions<{ beta?: number; threshold?: number }> = free("softplus");
/** x / (1 + |x|). */
export const softsign: Elementwise = free("softsign");
/** log(sigmoid(x)). */
export const logsigmoid: Elementwise = free("logsigmoid");
/** The first half along an axis times the sigmoid of the second half. */
export const glu: (x: Tensor, dim?: number) => Tensor = free("glu");
/** x where it is positive, else weight * x. */
export const prelu: <S extends Shape>(x: Tensor<S>, weight: Tensor) => Tensor<S> = free("prelu");

/** exp(x) divided by its sum along an axis. */
export const softmax: AlongAxis = free("softmax");
/** The logarithm of softmax along an axis. */
export const logSoftmax: AlongAxis = free("logSoftmax");

/** Zeros elements with probability p and scales the others. */
export const dropout: Dropping = dropping("dropout");
/** Zeros whole channels of [batch, channels, length]. */
export const dropout1d: Dropping = dropping("dropout1d");
/** Zeros whole channels of [batch, channels, height, width]. */
export const dropout2d: Dropping = dropping("dropout2d");
/** Zeros whole channels of [batch, channels, depth, height, width]. */
export const dropout3d: Dropping = dropping("dropout3d");
/** Sets elements to SELU's lowest value, and keeps mean and variance. */
export const alphaDropout: Dropping = dropping("alphaDropout");
/** alphaDropout of whole channels. */
export const featureAlphaDropout: Dropping = dropping("featureAlphaDropout");

/** Brings the last axes, of the sizes given, to mean 0 and variance 1. */
export const layerNorm: <S extends Shape, const V extends readonly number[]>(
  x: Tensor<S>,
  sizes: Arg<EndsWith<S, V>, V>,
  options?: LayerNormOptions,
) => Tensor<S> = free("layerNorm");
