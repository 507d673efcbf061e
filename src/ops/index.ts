/** The operations. Rooms below take Tensor from here, where it has its methods. */
import { DTypeError } from "../errors.ts";
import { printedByToString } from "../printed.ts";
import { show } from "../tensor/sizes.ts";
import { Tensor } from "../tensor/tensor.ts";
import * as methods from "./methods.ts";

/** Makes every function of a module a method of every tensor. Anything without a `this` does not compile. */
function attach<M>(
  ops: M & { [K in keyof M]: unknown extends ThisParameterType<M[K]> ? "needs this: Tensor" : unknown },
): void {
  for (const [name, value] of Object.entries(ops)) {
    Object.defineProperty(Tensor.prototype, name, { value, writable: true, configurable: true });
  }
}
attach(methods);

printedByToString(Tensor.prototype);

/** JavaScript's operators would make NaN of a tensor without a word; text is made of it as `toString` does. */
Object.defineProperty(Tensor.prototype, Symbol.toPrimitive, {
  value(this: Tensor, hint: string): string {
    if (hint !== "number") return this.toString();
    throw new DTypeError(
      `Tensor: JavaScript's arithmetic and comparisons are for numbers; got a tensor ${show(this.shape)}; ` +
        "use its methods, as a.mul(b) and a.lt(b), or item() for the number in it",
    );
  },
});

export { Tensor } from "../tensor/tensor.ts";
export type { Index } from "./at.ts";
export { type AttentionOptions, scaledDotProductAttention } from "./attention.ts";
export { bilinear } from "./bilinear.ts";
export { type ClassOptions, type CrossEntropyOptions, crossEntropy, nllLoss } from "./class-losses.ts";
export type { CloseOptions } from "./closeness.ts";
export { allclose, equal, isclose } from "./compared.ts";
export {
  type Conv1dOptions,
  type Conv2dOptions,
  type ConvTranspose1dOptions,
  type ConvTranspose2dOptions,
  conv1d,
  conv2d,
  convTranspose1d,
  convTranspose2d,
} from "./conv.ts";
export {
  type BincountOptions,
  type HistcOptions,
  type SearchOptions,
  searchsorted,
  type Unique,
  type UniqueOptions,
} from "./counting.ts";
export {
  arange,
  type CreationOptions,
  empty,
  eye,
  full,
  linspace,
  logspace,
  type NestedArray,
  ones,
  onesLike,
  tensor,
  zeros,
  zerosLike,
} from "./create.ts";
export { devices } from "./devices.ts";
export {
  type CosineSimilarityOptions,
  cosineSimilarity,
  type NormalizeOptions,
  normalize,
  type PairwiseDistanceOptions,
  pairwiseDistance,
} from "./distances.ts";
export { type MultinomialOptions, normal } from "./distributions.ts";
export type { DivOptions } from "./division.ts";
export { einsum } from "./einsum.ts";
export { type EmbeddingOptions, embedding } from "./embedding.ts";
export { type EmbeddingBagOptions, embeddingBag } from "./embedding-bag.ts";
export type { Extremes } from "./extremes.ts";
export { defaultGenerator, Generator, manualSeed } from "./generator.ts";
export type { BackwardOptions } from "./grad.ts";
export {
  broadcastTensors,
  cartesianProd,
  columnStack,
  dstack,
  isin,
  trilIndices,
  triuIndices,
  unravelIndex,
} from "./grids.ts";
export { cat, cat as concat, stack } from "./join.ts";
export {
  multiLabelMarginLoss,
  type TripletDistanceOptions,
  tripletMarginWithDistanceLoss,
} from "./label-losses.ts";
export { emptyLike, fullLike, randintLike, randLike, randnLike } from "./like.ts";
export { type GaussianOptions, gaussianNLLLoss, type PoissonOptions, poissonNLLLoss } from "./likelihood-losses.ts";
export { linear } from "./linalg.ts";
export type { LossOptions, Reduction } from "./loss.ts";
export {
  cosineEmbeddingLoss,
  hingeEmbeddingLoss,
  type MarginOptions,
  type MultiMarginOptions,
  marginRankingLoss,
  multiLabelSoftMarginLoss,
  multiMarginLoss,
  softMarginLoss,
  type TripletOptions,
  tripletMarginLoss,
} from "./margin-losses.ts";
export { where } from "./masks.ts";
export type { Bound, ScaledOptions } from "./math.ts";
export type { NanToNumOptions } from "./missing.ts";
export {
  type BinaryOptions,
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  type HuberOptions,
  huberLoss,
  type KLDivOptions,
  klDiv,
  type LogitsOptions,
  l1Loss,
  mseLoss,
  type SmoothL1Options,
  smoothL1Loss,
} from "./pair-losses.ts";
export {
  type AdaptiveLength,
  type AdaptiveSize,
  type AvgPoolOptions,
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveMaxPool1d,
  adaptiveMaxPool2d,
  avgPool1d,
  avgPool2d,
  type MaxPoolOptions,
  maxPool1d,
  maxPool2d,
  maxPool2dWithIndices,
  type Pooled,
} from "./pooling.ts";
export type { SumOfProductOptions } from "./products.ts";
export { type RandomOptions, rand, randint, randn, randperm } from "./random.ts";
export { type DiffOptions, type TrapezoidOptions, trapezoid, trapezoid as trapz } from "./samples.ts";
export type { QuantileOptions, SortOptions, TopkOptions } from "./sorting.ts";
export { hstack, meshgrid, vstack } from "./stacks.ts";
export type { MinMax, StdMean, VarMean, VarOptions } from "./stats.ts";
export { type TensordotOptions, tensordot } from "./tensordot.ts";
export type { RoundOptions } from "./unary.ts";
export { maxUnpool1d, maxUnpool2d, type UnpoolOptions } from "./unpool.ts";
