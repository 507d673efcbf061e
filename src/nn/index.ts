/** Layers, models and losses. */
export { ReLU, Sigmoid, Softmax, Tanh } from "./activation.ts";
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
  LogSoftmax,
  Maxout,
  Mish,
  PReLU,
  type PReLUOptions,
  ReLU6,
  SELU,
  SiLU,
  Softplus,
  Softshrink,
  Softsign,
  Tanhshrink,
  Threshold,
} from "./activations.ts";
export * as utils from "./clip.ts";
export { Flatten, Identity, Sequential, Unflatten } from "./container.ts";
export { AlphaDropout, Dropout, Dropout1d, Dropout2d, Dropout3d, FeatureAlphaDropout } from "./dropout.ts";
export { Embedding, type EmbeddingOptions } from "./embedding.ts";
export * as functional from "./functional.ts";
export type { ForwardHook, ForwardPreHook } from "./hooks.ts";
export * as init from "./init.ts";
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
  CosineSimilarity,
  HingeEmbeddingLoss,
  MarginRankingLoss,
  PairwiseDistance,
  TripletMarginLoss,
} from "./margin-loss.ts";
export { Module } from "./module.ts";
export { LayerNorm, type LayerNormOptions } from "./norm.ts";
export { Parameter } from "./parameter.ts";
export type { LoadOptions, StateDict } from "./state.ts";
export { type Summary, type SummaryOptions, type SummaryRow, summary } from "./summary.ts";
