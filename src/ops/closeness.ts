/** Whether tensors are the same, exactly or nearly. */
import { checkOptions } from "../options.ts";
import type { Arg, Broadcast, Out, Shape } from "../tensor/shapes.ts";
import { sameShape } from "../tensor/sizes.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { requireTensor } from "./kernels.ts";
import { checkNumber } from "./loss.ts";

/** Options of `isclose` and `allclose`. */
export interface CloseOptions {
  /** How far apart, as a share of the other's absolute value; 1e-5 unless said otherwise. */
  rtol?: number;
  /** How far apart besides; 1e-8 unless said otherwise. */
  atol?: number;
  /** Whether NaN is close to NaN; false unless said otherwise. */
  equalNan?: boolean;
}

function closeness(op: string, x: Tensor, other: Tensor, options: CloseOptions): Tensor {
  requireTensor(op, other);
  checkOptions(op, options, ["rtol", "atol", "equalNan"]);
  const { rtol = 1e-5, atol = 1e-8, equalNan = false } = options;
  checkNumber(op, "rtol", rtol, 0);
  checkNumber(op, "atol", atol, 0);
  const [a, b]: [Tensor, Tensor] = [x.detach(), other.detach()];
  const apart = (a.sub(b) as Tensor).abs();
  const near = apart.le(b.abs().mul(rtol).add(atol)).logicalAnd(apart.isfinite()).logicalOr(a.eq(b)) as Tensor;
  return equalNan ? near.logicalOr(a.isnan().logicalAnd(b.isnan())) : near;
}

/**
 * Where two tensors, which broadcast to each other, are nearly equal: |this - other| ≤ atol + rtol · |other|, as bool.
 * Infinities are close to themselves only.
 *
 * @throws {ShapeError} if the shapes do not broadcast.
 * @throws {ValueError} if `rtol` or `atol` is below 0 or not finite, or an option is unknown.
 * @example
 * tensor([1, 2]).isclose(tensor([1 + 1e-7, 2.1])).toArray(); // [true, false]
 */
export function isclose<S extends Shape, B extends Shape>(
  this: Tensor<S>,
  other: Arg<Broadcast<S, B>, Tensor<B>>,
  options: CloseOptions = {},
): Tensor<Out<Broadcast<S, B>>> {
  return closeness("isclose", this, other as Tensor, options);
}

/**
 * Whether all elements of two tensors, which broadcast to each other, are nearly equal: true or false. See {@link isclose}.
 *
 * @throws {ShapeError} if the shapes do not broadcast.
 * @throws {ValueError} if `rtol` or `atol` is below 0 or not finite, or an option is unknown.
 * @example
 * tensor([0.1, 0.2]).add(0.1).allclose(tensor([0.2, 0.3])); // true
 */
export function allclose<S extends Shape, B extends Shape>(
  this: Tensor<S>,
  other: Arg<Broadcast<S, B>, Tensor<B>>,
  options: CloseOptions = {},
): boolean {
  return Boolean(
    closeness("allclose", this, other as Tensor, options)
      .all()
      .item(),
  );
}

/**
 * Whether two tensors have one shape and the same elements: true or false. NaN is not equal to itself.
 *
 * @example
 * tensor([1, 2]).equal(tensor([1, 2])); // true
 * tensor([1, 2]).equal(tensor([[1, 2]])); // false
 */
export function equal(this: Tensor, other: Tensor): boolean {
  requireTensor("equal", other);
  return sameShape(this.shape, other.shape) && Boolean(this.eq(other).all().item());
}
