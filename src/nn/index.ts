/** Layers, models and losses. */
export { ReLU, Sigmoid, Softmax, Tanh } from "./activation.ts";
export { Flatten, Sequential } from "./container.ts";
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
export { Dropout } from "./dropout.ts";
export { Linear, type LinearOptions } from "./linear.ts";
export { CrossEntropyLoss, MSELoss } from "./loss.ts";
export { Module } from "./module.ts";
export type { PaddingMode } from "./padding.ts";
export { Parameter } from "./parameter.ts";
export {
  AdaptiveAvgPool2d,
  AdaptiveMaxPool2d,
  AvgPool1d,
  AvgPool2d,
  MaxPool1d,
  MaxPool2d,
} from "./pooling.ts";
export type { LoadOptions, StateDict } from "./state.ts";
