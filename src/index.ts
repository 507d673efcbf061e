/**
 * nabla: PyTorch's way of working in TypeScript. Tensors, autograd, layers and optimizers; data, vision, training and plots are in
 * `nabla/data`, `nabla/vision`, `nabla/train` and `nabla/plot`.
 *
 * @example
 * import { nn, optim, tensor } from "nabla";
 */
export { enableGrad, isGradEnabled, noGrad } from "./autograd/mode.ts";
export type { Hook } from "./autograd/node.ts";
export * as autograd from "./derive/index.ts";
export { detectAnomaly, type GradOptions, grad, gradcheck, setDetectAnomaly } from "./derive/index.ts";
export * from "./errors.ts";
export { loadCheckpoint, saveCheckpoint } from "./files/checkpoint.ts";
export { load, save, serialize } from "./files/tensors.ts";
export { info, setThreads } from "./info.ts";
export * as nn from "./nn/index.ts";
export * from "./ops/index.ts";
export * as optim from "./optim/index.ts";
export { bool, type DType, float32, float64, int32, type TypedArray, uint8 } from "./tensor/dtypes.ts";
export type { Dim, Shape } from "./tensor/shapes.ts";
