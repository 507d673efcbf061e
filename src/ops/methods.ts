/** Everything that is a method of tensors: the functions with a typed `this` of the families. */
export { diag, diagEmbed, flip, oneHot, repeat, repeatInterleave, roll, tile, tril, triu } from "./arrange.ts";
export { at, set } from "./at.ts";
export { add, div, eq, ge, gt, le, lt, maximum, minimum, mul, ne, pow, remainder, sub } from "./binary.ts";
export { bernoulli, bernoulli_, exponential_, geometric_, multinomial, random_ } from "./distributions.ts";
export { gather, scatter, scatterAdd } from "./gather.ts";
export * from "./grad.ts";
export { add_, copy_, div_, fill_, mul_, sub_, zero_ } from "./inplace.ts";
export { clone, contiguous, isContiguous, stride } from "./layout.ts";
export { dot, matmul } from "./linalg.ts";
export { maskedFill, maskedFill_, maskedSelect, nonzero } from "./masks.ts";
export { dropout, normal_, uniform_ } from "./random.ts";
export { data, dim, item, numel, read, size, toArray, toString } from "./read.ts";
export { all, any, argmax, argmin, max, mean, min, prod, sum } from "./reduce.ts";
export * from "./softmax.ts";
export {
  broadcastTo,
  chunk,
  diagonal,
  expandAs,
  movedim,
  reshapeAs,
  split,
  swapaxes,
  tensorSplit,
  unbind,
  unflatten,
  unfold,
  viewAs,
} from "./split.ts";
export { indexAdd, indexSelect, take, takeAlongDim } from "./take.ts";
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
