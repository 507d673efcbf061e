/** Optimizers and schedules of their learning rates. */
export { Adadelta, type AdadeltaOptions } from "./adadelta.ts";
export { Adagrad, type AdagradOptions } from "./adagrad.ts";
export { Adam, type AdamOptions, AdamW, type AdamWOptions } from "./adam.ts";
export { Adamax, type AdamaxOptions } from "./adamax.ts";
export { LBFGS, type LBFGSOptions } from "./lbfgs.ts";
export { NAdam, type NAdamOptions } from "./nadam.ts";
export { Optimizer, type ParamGroup, type Params } from "./optimizer.ts";
export { RAdam, type RAdamOptions } from "./radam.ts";
export { RMSprop, type RMSpropOptions } from "./rmsprop.ts";
export * as lrScheduler from "./schedules/index.ts";
export { SGD, type SGDOptions } from "./sgd.ts";
export type { OptimizerState } from "./state.ts";
