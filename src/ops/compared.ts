/** Comparisons of two tensors as functions: `allclose(a, b)` for `a.allclose(b)`. */
import type { Arg, Broadcast, Out, Shape } from "../tensor/shapes.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { CloseOptions } from "./closeness.ts";
import { requireTensor } from "./kernels.ts";

/**
 * Whether all elements of two tensors, which broadcast to each other, are nearly equal: |a - b| ≤ atol + rtol · |b|.
 *
 * @throws {ShapeError} if the shapes do not broadcast.
 * @throws {ValueError} if `rtol` or `atol` is below 0 or not finite, or an option is unknown.
 * @example
 * allclose(tensor([1, 2]), tensor([1, 2 + 1e-6])); // true
 */
export function allclose<A extends Shape, B extends Shape>(
  a: Tensor<A>,
  b: Arg<Broadcast<A, B>, Tensor<B>>,
  options?: CloseOptions,
): boolean {
  requireTensor("allclose", a);
  return (a as Tensor).allclose(b as Tensor, options);
}

/**
 * Where two tensors, which broadcast to each other, are nearly equal: |a - b| ≤ atol + rtol · |b|, as bool.
 *
 * @throws {ShapeError} if the shapes do not broadcast.
 * @throws {ValueError} if `rtol` or `atol` is below 0 or not finite, or an option is unknown.
 * @example
 * isclose(tensor([1, 2]), tensor([1, 3])).toArray(); // [true, false]
 */
export function isclose<A extends Shape, B extends Shape>(
  a: Tensor<A>,
  b: Arg<Broadcast<A, B>, Tensor<B>>,
  options?: CloseOptions,
): Tensor<Out<Broadcast<A, B>>> {
  requireTensor("isclose", a);
  return (a as Tensor).isclose(b as Tensor, options);
}

/**
 * Whether two tensors have one shape and the same elements.
 *
 * @example
 * equal(tensor([1, 2]), tensor([1, 2])); // true
 */
export function equal(a: Tensor, b: Tensor): boolean {
  requireTensor("equal", a);
  return a.equal(b);
}
