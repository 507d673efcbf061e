/** Layers, models and losses. */
export { ReLU, Sigmoid, Softmax, Tanh } from "./activation.ts";
export * as utils from "./clip.ts";
export { Flatten, Sequential } from "./container.ts";
export { Dropout } from "./dropout.ts";
export { Linear, type LinearOptions } from "./linear.ts";
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
export { Parameter } from "./parameter.ts";
export type { LoadOptions, StateDict } from "./state.ts";
