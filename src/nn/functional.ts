/**
 * The functions behind the layers, by PyTorch's names: each is the method or function of that name, with its input as the
 * first argument.
 */
import type { BatchNormOptions } from "../ops/batchnorm.ts";
import type { Pair, WindowOptions } from "../ops/blocks.ts";
import type {
  GroupNormOptions,
  InstanceNormOptions,
  LocalResponseNormOptions,
  RMSNormOptions,
} from "../ops/groupnorm.ts";
import type { Tensor } from "../ops/index.ts";
import type { InterpolateOptions } from "../ops/interpolate.ts";
import { requireTensor } from "../ops/kernels.ts";
import type { LayerNormOptions } from "../ops/norm.ts";
import type { PadOptions } from "../ops/pad.ts";
import { checkOptions } from "../options.ts";
import type { OneHot } from "../tensor/indexing.ts";
import type { Pad } from "../tensor/padding.ts";
import type { Interpolate, PixelShuffle, PixelUnshuffle } from "../tensor/resize.ts";
import type { Arg, EndsWith, Out, Shape } from "../tensor/shapes.ts";
import { type AlongAxis, free, type WithOptions } from "./functional-form.ts";

export {
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveMaxPool1d,
  adaptiveMaxPool2d,
  avgPool1d,
  avgPool2d,
  bilinear,
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  conv1d,
  conv2d,
  convTranspose1d,
  convTranspose2d,
  cosineEmbeddingLoss,
  cosineSimilarity,
  crossEntropy,
  embedding,
  embeddingBag,
  gaussianNLLLoss,
  hingeEmbeddingLoss,
  huberLoss,
  klDiv,
  l1Loss,
  linear,
  marginRankingLoss,
  maxPool1d,
  maxPool2d,
  maxPool2dWithIndices,
  maxUnpool1d,
  maxUnpool2d,
  mseLoss,
  multiLabelMarginLoss,
  multiLabelSoftMarginLoss,
  multiMarginLoss,
  nllLoss,
  normalize,
  pairwiseDistance,
  poissonNLLLoss,
  scaledDotProductAttention,
  smoothL1Loss,
  softMarginLoss,
  tripletMarginLoss,
  tripletMarginWithDistanceLoss,
} from "../ops/index.ts";

export * from "./functional-activations.ts";
export type { AlongAxis, Elementwise, WithOptions } from "./functional-form.ts";
export { type GumbelOptions, gumbelSoftmax, softmin } from "./softmax.ts";

/** A kind of dropout: p is 0.5 and training true unless said otherwise. */
export type Dropping = <S extends Shape>(x: Tensor<S>, options?: { p?: number; training?: boolean }) => Tensor<S>;

function dropping(
  name: "dropout" | "dropout1d" | "dropout2d" | "dropout3d" | "alphaDropout" | "featureAlphaDropout",
): Dropping {
  return (x, options = {}) => {
    requireTensor(name, x);
    const { p = 0.5, training = true } = checkOptions(name, options, ["p", "training"]);
    return x[name](p, training);
  };
}

/**
 * Class indices (int32, [...]) as rows of zeros with a 1 at the class, int32 [..., classes]; without a number of
 * classes as many as the largest needs.
 *
 * @throws {ValueError} if `classes` is no whole number of at least 1.
 * @throws {DTypeError} if `x` is not an int tensor.
 * @throws {IndexError} for a class below 0, or not below `classes`.
 * @throws {ShapeError} if there are no indices and no `classes`.
 * @example
 * nn.functional.oneHot(tensor([0, 2], { dtype: "int32" }), 3).toArray(); // [[1, 0, 0], [0, 0, 1]]
 */
export const oneHot: <S extends Shape, N extends number = number>(
  x: Tensor<S>,
  classes?: N,
) => Tensor<Out<OneHot<S, N>>> = free("oneHot");

/**
 * exp(x) divided by its sum along an axis. The shape stays; ints and bools become float32.
 *
 * @throws {DTypeError} if `x` is not a tensor.
 * @throws {IndexError} if `x` has no such axis, or none is given.
 * @example
 * nn.functional.softmax(tensor([[1, 1]]), 1).toArray(); // [[0.5, 0.5]]
 */
export const softmax: AlongAxis = free("softmax");
/**
 * The logarithm of softmax along an axis. The shape stays; ints and bools become float32.
 *
 * @throws {DTypeError} if `x` is not a tensor.
 * @throws {IndexError} if `x` has no such axis, or none is given.
 * @example
 * nn.functional.logSoftmax(tensor([[1, 1]]), 1).toArray(); // [[-0.6931, -0.6931]]
 */
export const logSoftmax: AlongAxis = free("logSoftmax");

/**
 * Zeros elements with probability p (0.5) and scales the others, unless `training` is false. Any shape.
 *
 * @throws {ValueError} for an unknown option, or a `p` that is no probability from 0 to 1.
 * @throws {DTypeError} if `x` is not a float tensor.
 * @example
 * nn.functional.dropout(tensor([1, 2]), { p: 0.5, training: false }).toArray(); // [1, 2]
 */
export const dropout: Dropping = dropping("dropout");
/**
 * Zeros whole channels of [batch, channels, length], or that without the batch, with probability p (0.5), unless
 * `training` is false.
 *
 * @throws {ValueError} for an unknown option, or a `p` that is no probability from 0 to 1.
 * @throws {ShapeError} unless `x` is [batch, channels, length] or [channels, length].
 * @throws {DTypeError} if `x` is not a float tensor.
 * @example
 * nn.functional.dropout1d(ones(4, 8, 16), { p: 0.2 }).shape; // [4, 8, 16]
 */
export const dropout1d: Dropping = dropping("dropout1d");
/**
 * Zeros whole channels of [batch, channels, height, width], or that without the batch, with probability p (0.5), unless
 * `training` is false.
 *
 * @throws {ValueError} for an unknown option, or a `p` that is no probability from 0 to 1.
 * @throws {ShapeError} unless `x` is [batch, channels, height, width] or [channels, height, width].
 * @throws {DTypeError} if `x` is not a float tensor.
 * @example
 * nn.functional.dropout2d(ones(4, 8, 16, 16), { p: 0.2 }).shape; // [4, 8, 16, 16]
 */
export const dropout2d: Dropping = dropping("dropout2d");
/**
 * Zeros whole channels of [batch, channels, depth, height, width], or that without the batch, with probability p (0.5),
 * unless `training` is false.
 *
 * @throws {ValueError} for an unknown option, or a `p` that is no probability from 0 to 1.
 * @throws {ShapeError} unless `x` is [batch, channels, depth, height, width] or that without the batch.
 * @throws {DTypeError} if `x` is not a float tensor.
 * @example
 * nn.functional.dropout3d(ones(4, 8, 2, 16, 16), { p: 0.2 }).shape; // [4, 8, 2, 16, 16]
 */
export const dropout3d: Dropping = dropping("dropout3d");
/**
 * Sets elements to SELU's lowest value with probability p (0.5), and keeps mean and variance. Any shape.
 *
 * @throws {ValueError} for an unknown option, or a `p` that is no probability from 0 to 1.
 * @throws {DTypeError} if `x` is not a float tensor.
 * @example
 * nn.functional.alphaDropout(randn(4, 8), { p: 0.1 }).shape; // [4, 8]
 */
export const alphaDropout: Dropping = dropping("alphaDropout");
/**
 * alphaDropout of whole channels of [batch, channels, …].
 *
 * @throws {ValueError} for an unknown option, or a `p` that is no probability from 0 to 1.
 * @throws {ShapeError} unless `x` is [batch, channels, …].
 * @throws {DTypeError} if `x` is not a float tensor.
 * @example
 * nn.functional.featureAlphaDropout(randn(4, 8, 16), { p: 0.1 }).shape; // [4, 8, 16]
 */
export const featureAlphaDropout: Dropping = dropping("featureAlphaDropout");

/**
 * Brings the last axes, of the sizes given, to mean 0 and variance 1. `x` is [..., sizes], and keeps its shape.
 *
 * @throws {ValueError} for an unknown option, sizes that are no whole numbers of at least 1, or an `eps` below 0.
 * @throws {ShapeError} if `x` does not end with the sizes, or weight or bias have others.
 * @throws {DTypeError} if `x` is not a float tensor, or weight or bias have another dtype.
 * @example
 * nn.functional.layerNorm(tensor([[1, 2, 3]]), [3], { eps: 0 }).toArray(); // [[-1.225, 0, 1.225]]
 */
export const layerNorm: <S extends Shape, const V extends readonly number[]>(
  x: Tensor<S>,
  sizes: Arg<EndsWith<S, V>, V>,
  options?: LayerNormOptions,
) => Tensor<S> = free("layerNorm");

/**
 * Brings each channel of [batch, channels, …] to mean 0 and variance 1: by the batch when `training` is true, else by
 * the running statistics.
 *
 * @throws {ValueError} for an unknown option, an `eps` below 0, a `momentum` that is not finite, one of the running
 * statistics alone, none of them without `training`, or one value a channel in it.
 * @throws {ShapeError} if `x` has fewer than 2 axes, or another tensor is not [channels].
 * @throws {DTypeError} if `x` is not a float tensor, or another tensor has another dtype.
 * @example
 * tensor([[1], [3]]).batchNorm(null, null, { training: true }).toArray(); // [[-1], [1]]
 */
export const batchNorm: <S extends Shape>(
  x: Tensor<S>,
  runningMean: Tensor | null,
  runningVar: Tensor | null,
  options?: BatchNormOptions,
) => Tensor<S> = free("batchNorm");
/**
 * Brings `numGroups` groups of channels of each sample of [batch, channels, …] to mean 0 and variance 1.
 *
 * @throws {ValueError} for an unknown option, a `numGroups` that is no whole number of at least 1, or an `eps` below 0.
 * @throws {ShapeError} if `x` has fewer than 2 axes, the groups do not share its channels equally, or weight or bias
 * are not [channels].
 * @throws {DTypeError} if `x` is not a float tensor, or weight or bias have another dtype.
 * @example
 * randn(2, 4, 3).groupNorm(2).shape; // [2, 4, 3]
 */
export const groupNorm: <S extends Shape>(x: Tensor<S>, numGroups: number, options?: GroupNormOptions) => Tensor<S> =
  free("groupNorm");
/**
 * Brings each channel of each sample of [batch, channels, length, …] to mean 0 and variance 1.
 *
 * @throws {ValueError} for an unknown option, an `eps` below 0, a `momentum` that is not finite, or one value a
 * channel.
 * @throws {ShapeError} if `x` has fewer than 3 axes, or another tensor is not [channels].
 * @throws {DTypeError} if `x` is not a float tensor, or another tensor has another dtype.
 * @example
 * randn(2, 4, 3).instanceNorm().shape; // [2, 4, 3]
 */
export const instanceNorm: WithOptions<InstanceNormOptions> = free("instanceNorm");
/**
 * Divides by a power of the mean square of `size` neighbouring channels of [batch, channels, length, …].
 *
 * @throws {ValueError} for an unknown option, a `size` that is no whole number of at least 1, or a number that is not
 * finite.
 * @throws {ShapeError} if `x` has fewer than 3 axes.
 * @throws {DTypeError} if `x` is not a float tensor.
 * @example
 * randn(1, 4, 8).localResponseNorm(2).shape; // [1, 4, 8]
 */
export const localResponseNorm: <S extends Shape>(
  x: Tensor<S>,
  size: number,
  options?: LocalResponseNormOptions,
) => Tensor<S> = free("localResponseNorm");
/**
 * Divides the last axes, of the sizes given, by the root of the mean of their squares. `x` is [..., sizes], and keeps
 * its shape.
 *
 * @throws {ValueError} for an unknown option, sizes that are no whole numbers of at least 1, or an `eps` below 0.
 * @throws {ShapeError} if `x` does not end with the sizes, or the weight has others.
 * @throws {DTypeError} if `x` is not a float tensor.
 * @example
 * tensor([[3, 3]]).rmsNorm([2]).toArray(); // [[1, 1]]
 */
export const rmsNorm: <S extends Shape>(x: Tensor<S>, sizes: readonly number[], options?: RMSNormOptions) => Tensor<S> =
  free("rmsNorm");

/**
 * Elements put around x, in pairs [left, right, top, bottom, …], the last axis first. Any shape and dtype; amounts
 * below 0 take elements away.
 *
 * @throws {ValueError} for an unknown option or mode, or amounts that are no pairs of whole numbers.
 * @throws {ShapeError} for more pairs than axes, amounts that take away more than there is, or a reflection of more
 * than there is.
 * @throws {DTypeError} if `x` is not a tensor.
 * @example
 * tensor([1, 2]).pad([1, 0]).toArray(); // [0, 1, 2]
 */
export const pad: <S extends Shape, const P extends readonly number[]>(
  x: Tensor<S>,
  amounts: Arg<Pad<S, P>, P>,
  options?: PadOptions,
) => Tensor<Out<Pad<S, P>>> = free("pad");

/**
 * Lines, images or volumes [batch, channels, …] of another size.
 *
 * @throws {ValueError} for an unknown option or mode, unless there is either `size` or `scaleFactor` (above 0), or for
 * `alignCorners` or `antialias` with a mode that has none.
 * @throws {ShapeError} if the mode does not take as many axes, or a size is no whole number of at least 1.
 * @throws {DTypeError} if `x` is not a float tensor.
 * @example
 * tensor([[[1, 2]]]).interpolate({ scaleFactor: 2 }).toArray(); // [[[1, 1, 2, 2]]]
 */
export const interpolate: <
  S extends Shape,
  const Z extends number | Shape = never,
  const F extends number | Shape = never,
>(
  x: Tensor<S>,
  options: InterpolateOptions<Z, F>,
) => Tensor<Out<Interpolate<S, Z, F>>> = free("interpolate");
/**
 * Channels spread over blocks of pixels, of any dtype: [..., channels · r², height, width] →
 * [..., channels, height · r, width · r], r being `upscaleFactor`.
 *
 * @throws {ValueError} if the factor is no whole number of at least 1.
 * @throws {ShapeError} if `x` has fewer than 3 axes, or the channels are no multiple of r².
 * @throws {DTypeError} if `x` is not a tensor.
 * @example
 * zeros(1, 4, 2, 2).pixelShuffle(2).shape; // [1, 1, 4, 4]
 */
export const pixelShuffle: <S extends Shape, R extends number>(
  x: Tensor<S>,
  upscaleFactor: R,
) => Tensor<PixelShuffle<S, R>> = free("pixelShuffle");
/**
 * Blocks of pixels as channels, of any dtype: [..., channels, height · r, width · r] →
 * [..., channels · r², height, width], r being `downscaleFactor`.
 *
 * @throws {ValueError} if the factor is no whole number of at least 1.
 * @throws {ShapeError} if `x` has fewer than 3 axes, or height or width is no multiple of r.
 * @throws {DTypeError} if `x` is not a tensor.
 * @example
 * zeros(1, 1, 4, 4).pixelUnshuffle(2).shape; // [1, 4, 2, 2]
 */
export const pixelUnshuffle: <S extends Shape, R extends number>(
  x: Tensor<S>,
  downscaleFactor: R,
) => Tensor<PixelUnshuffle<S, R>> = free("pixelUnshuffle");
/**
 * Every window of images [batch, channels, height, width] as a column: [batch, channels · window, windows].
 * `kernelSize` is one number, or [height, width].
 *
 * @throws {ValueError} for an unknown option, or sizes that are no whole numbers.
 * @throws {ShapeError} unless `x` is [batch, channels, height, width], with room for one window.
 * @throws {DTypeError} if `x` is not a float tensor.
 * @example
 * nn.functional.unfold(zeros(1, 2, 4, 4), 2).shape; // [1, 8, 9]
 */
export const unfold: (x: Tensor, kernelSize: Pair, options?: WindowOptions) => Tensor<[number, number, number]> =
  free("im2col");
/**
 * Columns [batch, channels · window, windows] added up where their windows lie in images
 * [batch, channels, height, width], of which `outputSize` is [height, width], or one number. So is `kernelSize` that of
 * a window.
 *
 * @throws {ValueError} for an unknown option, or sizes that are no whole numbers.
 * @throws {ShapeError} unless `x` is [batch, channels · window, windows] for images of that size.
 * @throws {DTypeError} if `x` is not a float tensor.
 * @example
 * nn.functional.fold(zeros(1, 8, 9), 4, 2).shape; // [1, 2, 4, 4]
 */
export const fold: (
  x: Tensor,
  outputSize: Pair,
  kernelSize: Pair,
  options?: WindowOptions,
) => Tensor<[number, number, number, number]> = free("col2im");
