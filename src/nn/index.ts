/** Layers, models and losses. */
export { ReLU, Sigmoid, Softmax, Tanh } from "./activation.ts";
export { Flatten, Identity, Sequential, Unflatten } from "./container.ts";
export { Dropout } from "./dropout.ts";
export type { ForwardHook, ForwardPreHook } from "./hooks.ts";
export { Linear, type LinearOptions } from "./linear.ts";
export { ModuleDict, ModuleList, ParameterDict, ParameterList } from "./lists.ts";
export { CrossEntropyLoss, MSELoss } from "./loss.ts";
export { Module } from "./module.ts";
export { Parameter } from "./parameter.ts";
export type { LoadOptions, StateDict } from "./state.ts";
