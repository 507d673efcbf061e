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
export { diag, diagEmbed, flip, oneHot, repeat, repeatInterleave, roll, tile, tril, triu } from "./arrange.ts";
export { at, set } from "./at.ts";
export {
  add,
  atan2,
  div,
  eq,
  floorDivide,
  fmod,
  ge,
  gt,
  le,
  logicalAnd,
  logicalOr,
  logicalXor,
  lt,
  maximum,
  minimum,
  mul,
  ne,
  pow,
  remainder,
  sub,
} from "./binary.ts";
export { alphaDropout, dropout1d, dropout2d, dropout3d, featureAlphaDropout } from "./channel-dropout.ts";
export { bincount, bucketize, histc, unique } from "./counting.ts";
export { bernoulli, bernoulli_, exponential_, geometric_, multinomial, random_ } from "./distributions.ts";
export { gather, scatter, scatterAdd } from "./gather.ts";
export * from "./grad.ts";
export * from "./inplace.ts";
export { clone, contiguous, isContiguous, stride } from "./layout.ts";
export { dot, matmul } from "./linalg.ts";
export { maskedFill, maskedFill_, maskedSelect, nonzero } from "./masks.ts";
export { addcdiv, addcmul, clamp, clampMax, clampMin, lerp } from "./math.ts";
export { layerNorm } from "./norm.ts";
export { addmm, baddbmm, bmm, cdist, cross, kron, mm, mv, outer, trace } from "./products.ts";
export { dropout, normal_, uniform_ } from "./random.ts";
export { data, dim, item, numel, read, size, toArray, toString } from "./read.ts";
export { all, any, argmax, argmin, max, mean, min, prod, sum } from "./reduce.ts";
export { cummax, cummin, cumprod, cumsum } from "./scan.ts";
export * from "./softmax.ts";
export { argsort, kthvalue, median, quantile, sort, topk } from "./sorting.ts";
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
export * from "./stats.ts";
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
