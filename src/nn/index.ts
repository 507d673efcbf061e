/** Layers, models and losses. */
export {
  CELU,
  ELU,
  GELU,
  GLU,
  Hardshrink,
  Hardsigmoid,
  Hardswish,
  Hardtanh,
  LeakyReLU,
  LogSigmoid,
  Mish,
  ReLU,
  ReLU6,
  SELU,
  Sigmoid,
  SiLU,
  Softplus,
  Softshrink,
  Softsign,
  Tanh,
  Tanhshrink,
  Threshold,
} from "./activations.ts";
export { AdaptiveAvgPool1d, AdaptiveAvgPool2d, AdaptiveMaxPool1d, AdaptiveMaxPool2d } from "./adaptive-pooling.ts";
export {
  type AttentionCall,
  generateSquareSubsequentMask,
  MultiheadAttention,
  type MultiheadAttentionOptions,
} from "./attention.ts";
export type { BackwardHook } from "./backward-hooks.ts";
export { BatchNorm1d, BatchNorm2d, BatchNorm3d, type BatchNormOptions } from "./batchnorm.ts";
export * as utils from "./clip.ts";
export { Flatten, Identity, Sequential, Unflatten } from "./container.ts";
export {
  Conv1d,
  type Conv1dLayerOptions,
  Conv2d,
  type Conv2dLayerOptions,
  ConvTranspose1d,
  type ConvTranspose1dLayerOptions,
  ConvTranspose2d,
  type ConvTranspose2dLayerOptions,
} from "./conv.ts";
export { CosineSimilarity, PairwiseDistance } from "./distance.ts";
export { AlphaDropout, Dropout, Dropout1d, Dropout2d, Dropout3d, FeatureAlphaDropout } from "./dropout.ts";
export { Embedding, EmbeddingBag, type EmbeddingBagOptions, type EmbeddingOptions } from "./embedding.ts";
export * as functional from "./functional.ts";
export {
  GroupNorm,
  type GroupNormOptions,
  InstanceNorm1d,
  InstanceNorm2d,
  InstanceNorm3d,
  LocalResponseNorm,
  RMSNorm,
  type RMSNormOptions,
} from "./groupnorm.ts";
export type { ForwardHook, ForwardPreHook } from "./hooks.ts";
export * as init from "./init.ts";
export { Maxout, PReLU, type PReLUOptions } from "./learned-activations.ts";
export { GaussianNLLLoss, PoissonNLLLoss } from "./likelihood-loss.ts";
export { Bilinear, Linear, type LinearOptions } from "./linear.ts";
export { ModuleDict, ModuleList, ParameterDict, ParameterList } from "./lists.ts";
export {
  BCELoss,
  BCEWithLogitsLoss,
  CrossEntropyLoss,
  HuberLoss,
  KLDivLoss,
  L1Loss,
  MSELoss,
  NLLLoss,
  SmoothL1Loss,
} from "./loss.ts";
export {
  CosineEmbeddingLoss,
  HingeEmbeddingLoss,
  MarginRankingLoss,
  MultiLabelMarginLoss,
  MultiLabelSoftMarginLoss,
  MultiMarginLoss,
  SoftMarginLoss,
  TripletMarginLoss,
} from "./margin-loss.ts";
export { Module } from "./module.ts";
export { LayerNorm, type LayerNormOptions } from "./norm.ts";
export {
  CircularPad1d,
  CircularPad2d,
  ConstantPad1d,
  ConstantPad2d,
  ReflectionPad1d,
  ReflectionPad2d,
  ReplicationPad1d,
  ReplicationPad2d,
  ZeroPad1d,
  ZeroPad2d,
} from "./padding.ts";
export type { PaddingMode } from "./padding-mode.ts";
export { Parameter } from "./parameter.ts";
export {
  AvgPool1d,
  AvgPool2d,
  MaxPool1d,
  MaxPool2d,
} from "./pooling.ts";
export { GRU, LSTM, type LSTMOptions, type RecurrentOptions, RNN, type RNNOptions } from "./recurrent.ts";
export { type CellOptions, GRUCell, LSTMCell, RNNCell, type RNNCellOptions } from "./recurrent-cells.ts";
export { LogSoftmax, Softmax, Softmin } from "./softmax.ts";
export type { LoadOptions, StateDict } from "./state.ts";
export { type Summary, type SummaryOptions, type SummaryRow, summary } from "./summary.ts";
export {
  type EncoderLayerMasks,
  type EncoderMasks,
  PositionalEncoding,
  type PositionalEncodingOptions,
  TransformerEncoder,
  TransformerEncoderLayer,
  type TransformerOptions,
} from "./transformer.ts";
export { MaxUnpool1d, MaxUnpool2d } from "./unpool.ts";
export {
  Fold,
  PixelShuffle,
  PixelUnshuffle,
  Unfold,
  Upsample,
  type UpsampleOptions,
  UpsamplingBilinear2d,
  UpsamplingNearest2d,
} from "./upsample.ts";
