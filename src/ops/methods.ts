/** Everything that is a method of tensors: the functions with a typed `this` of the families. */
export {
  celu,
  elu,
  gelu,
  glu,
  hardshrink,
  hardsigmoid,
  hardswish,
  hardtanh,
  leakyRelu,
  logsigmoid,
  mish,
  prelu,
  relu6,
  selu,
  silu,
  softplus,
  softshrink,
  softsign,
  tanhshrink,
  threshold,
} from "./activations.ts";
export { add, div, eq, ge, gt, le, lt, maximum, minimum, mul, ne, pow, remainder, sub } from "./binary.ts";
export { alphaDropout, dropout1d, dropout2d, dropout3d, featureAlphaDropout } from "./channel-dropout.ts";
export { bernoulli, bernoulli_, exponential_, geometric_, multinomial, random_ } from "./distributions.ts";
export * from "./grad.ts";
export { add_, copy_, div_, fill_, mul_, sub_, zero_ } from "./inplace.ts";
export { clone, contiguous, isContiguous, stride } from "./layout.ts";
export { dot, matmul } from "./linalg.ts";
export { layerNorm } from "./norm.ts";
export { dropout, normal_, uniform_ } from "./random.ts";
export { data, dim, item, numel, read, size, toArray, toString } from "./read.ts";
export { all, any, argmax, argmin, max, mean, min, prod, sum } from "./reduce.ts";
export * from "./softmax.ts";
export * from "./unary.ts";
export {
  as,
  expand,
  flatten,
  narrow,
  permute,
  reshape,
  select,
  squeeze,
  t,
  transpose,
  unsqueeze,
  view,
} from "./views.ts";
