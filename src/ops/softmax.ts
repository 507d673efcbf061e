/** Softmax and its logarithm. */
import type { Arg, OnAxis, Shape } from "../tensor/shapes.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { family } from "./kernels.ts";
import { alongAxis } from "./reduce.ts";

const soft = alongAxis("softmax", family("softmax"), family("softmax_backward"), (g, y, dim) => {
  const weighted = g.mul(y);
  return weighted.sub(y.mul(weighted.sum(dim, true)));
});
const logSoft = alongAxis("logSoftmax", family("log_softmax"), family("log_softmax_backward"), (g, y, dim) =>
  g.sub(y.exp().mul(g.sum(dim, true))),
);

/**
 * exp(x) divided by its sum along an axis, computed without overflow.
 *
 * @throws {IndexError} if `dim` is not an axis.
 * @example
 * tensor([[0, 0]]).softmax(1).toArray(); // [[0.5, 0.5]]
 */
export function softmax<S extends Shape, D extends number>(this: Tensor<S>, dim: Arg<OnAxis<S, D>, D>): Tensor<S> {
  return soft(this, dim as number);
}

/**
 * The logarithm of softmax along an axis, exact where softmax itself would round to 0.
 *
 * @throws {IndexError} if `dim` is not an axis.
 * @example
 * tensor([1, 1]).logSoftmax(0).toArray(); // [-0.6931, -0.6931]
 */
export function logSoftmax<S extends Shape, D extends number>(this: Tensor<S>, dim: Arg<OnAxis<S, D>, D>): Tensor<S> {
  return logSoft(this, dim as number);
}
