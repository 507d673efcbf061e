/** Optimizers. */
export { Adam, type AdamOptions } from "./adam.ts";
export { Optimizer, type ParamGroup, type Params } from "./optimizer.ts";
export { SGD, type SGDOptions } from "./sgd.ts";
