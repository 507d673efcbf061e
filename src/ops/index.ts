/** The operations. Rooms below take Tensor from here, where it has its methods. */
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

/** Node prints tensors as `toString` does. */
Object.defineProperty(Tensor.prototype, Symbol.for("nodejs.util.inspect.custom"), {
  value(this: Tensor): string {
    return this.toString();
  },
});

export { Tensor } from "../tensor/tensor.ts";
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
  arange,
  type CreationOptions,
  empty,
  eye,
  full,
  linspace,
  type NestedArray,
  ones,
  onesLike,
  tensor,
  zeros,
  zerosLike,
} from "./create.ts";
export { devices } from "./devices.ts";
export { defaultGenerator, Generator, manualSeed } from "./generator.ts";
export type { BackwardOptions } from "./grad.ts";
export { cat, stack } from "./join.ts";
export { linear } from "./linalg.ts";
export { crossEntropy, type LossOptions, mseLoss } from "./loss.ts";
export {
  type AdaptiveSize,
  type AvgPoolOptions,
  adaptiveAvgPool2d,
  adaptiveMaxPool2d,
  avgPool1d,
  avgPool2d,
  type MaxPoolOptions,
  maxPool1d,
  maxPool2d,
  maxPool2dWithIndices,
  type Pooled,
} from "./pooling.ts";
export { type RandomOptions, rand, randint, randn, randperm } from "./random.ts";
export type { Extremes } from "./reduce.ts";
