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
export { batchNorm } from "./batchnorm.ts";
export { add, atan2, maximum, minimum, mul, pow, sub } from "./binary.ts";
export { bitwiseAnd, bitwiseLeftShift, bitwiseNot, bitwiseOr, bitwiseRightShift, bitwiseXor } from "./bitwise.ts";
export { col2im, im2col, pixelShuffle, pixelUnshuffle } from "./blocks.ts";
export { alphaDropout, dropout1d, dropout2d, dropout3d, featureAlphaDropout } from "./channel-dropout.ts";
export { allclose, equal, isclose } from "./closeness.ts";
export { eq, ge, gt, le, logicalAnd, logicalOr, logicalXor, lt, ne } from "./comparisons.ts";
export { bincount, bucketize, histc, unique } from "./counting.ts";
export { bernoulli, bernoulli_, exponential_, geometric_, multinomial, random_ } from "./distributions.ts";
export { div, floorDivide, fmod, remainder } from "./division.ts";
export { argmax, argmin, max, min } from "./extremes.ts";
export { gather, scatter, scatterAdd } from "./gather.ts";
export * from "./grad.ts";
export { groupNorm, instanceNorm, localResponseNorm, rmsNorm } from "./groupnorm.ts";
export {
  add_,
  addcdiv_,
  addcmul_,
  clamp_,
  clamp_ as clip_,
  copy_,
  div_,
  fill_,
  lerp_,
  mul_,
  pow_,
  remainder_,
  sub_,
  zero_,
} from "./inplace.ts";
export {
  abs_,
  ceil_,
  cos_,
  exp_,
  expm1_,
  floor_,
  log_,
  log1p_,
  neg_,
  reciprocal_,
  relu_,
  round_,
  rsqrt_,
  sigmoid_,
  sign_,
  sin_,
  sqrt_,
  square_,
  tanh_,
  trunc_,
} from "./inplace-unary.ts";
export { interpolate } from "./interpolate.ts";
export { acosh, asinh, atanh, erfinv } from "./inverse.ts";
export { clone, contiguous, isContiguous, stride } from "./layout.ts";
export { dot, matmul } from "./linalg.ts";
export { maskedFill, maskedFill_, maskedSelect, nonzero, nonzero as argwhere } from "./masks.ts";
export { addcdiv, addcmul, clamp, clamp as clip, clampMax, clampMin, lerp } from "./math.ts";
export { nanmean, nansum, nanToNum, where } from "./missing.ts";
export {
  bool,
  byte,
  cpu,
  detach_,
  long,
  newEmpty,
  newFull,
  newOnes,
  newTensor,
  newZeros,
  ravel,
  typeAs,
} from "./names.ts";
export { layerNorm } from "./norm.ts";
export { pad } from "./pad.ts";
export { deg2rad, dist, heaviside, hypot, logaddexp, rad2deg, xlogy } from "./pairwise.ts";
export * from "./predicates.ts";
export { prelu } from "./prelu.ts";
export { addmm, baddbmm, bmm, cdist, cross, kron, mm, mv, outer, trace } from "./products.ts";
export { dropout, normal_, uniform_ } from "./random.ts";
export { data, dim, item, numel, numel as nelement, read, size, toArray, toString } from "./read.ts";
export { all, any, mean, prod, sum } from "./reduce.ts";
export { relu } from "./relu.ts";
export {
  fillDiagonal_,
  indexAdd_,
  indexCopy,
  indexCopy_,
  indexFill,
  indexFill_,
  scatter_,
  scatterAdd_,
  tril_,
  triu_,
} from "./rows.ts";
export { corrcoef, cov, diff, mode } from "./samples.ts";
export { cummax, cummin, cumprod, cumsum, logcumsumexp } from "./scan.ts";
export { scatterReduce } from "./scatter-reduce.ts";
export * from "./softmax.ts";
export { argsort, kthvalue, median, quantile, sort, topk } from "./sorting.ts";
export {
  broadcastTo,
  chunk,
  diagonal,
  expandAs,
  movedim,
  movedim as moveaxis,
  reshapeAs,
  split,
  swapaxes,
  swapaxes as swapdims,
  tensorSplit,
  unbind,
  unflatten,
  unfold,
  viewAs,
} from "./split.ts";
export * from "./stats.ts";
export { indexAdd, indexSelect, take, takeAlongDim } from "./take.ts";
export { inner } from "./tensordot.ts";
export { fliplr, flipud, rot90 } from "./turned.ts";
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
