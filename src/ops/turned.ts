/** Copies turned over and around. */
import { ShapeError, ValueError } from "../errors.ts";
import type { Shape } from "../tensor/shapes.ts";
import { show } from "../tensor/sizes.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { axesOf } from "./arrange.ts";
import { checkWhole } from "./split.ts";

/** Throws unless x has the axes. */
function requireAxes(op: string, x: Tensor, least: number): void {
  if (x.ndim < least) throw new ShapeError(`${op}: needs ${least} axes or more; got ${show(x.shape)}`);
}

/**
 * A copy with the columns (axis 1) in reverse. For images [channels, height, width] this turns them upside down.
 *
 * @throws {ShapeError} if there are fewer than two axes.
 * @example
 * tensor([[1, 2], [3, 4]]).fliplr().toArray(); // [[2, 1], [4, 3]]
 */
export function fliplr<S extends Shape>(this: Tensor<S>): Tensor<S> {
  requireAxes("fliplr", this, 2);
  return (this as Tensor).flip(1) as Tensor<S>;
}

/**
 * A copy with the rows (axis 0) in reverse.
 *
 * @throws {ShapeError} if there is no axis.
 * @example
 * tensor([[1, 2], [3, 4]]).flipud().toArray(); // [[3, 4], [1, 2]]
 */
export function flipud<S extends Shape>(this: Tensor<S>): Tensor<S> {
  requireAxes("flipud", this, 1);
  return (this as Tensor).flip(0) as Tensor<S>;
}

/**
 * Turned by `k` quarters in the plane of two axes, from the first ([0, 1] unless said otherwise) towards the second.
 *
 * @throws {ShapeError} if there are fewer than two axes, or both of `dims` are the same.
 * @throws {ValueError} if `k` is not a whole number, or `dims` are not two.
 * @throws {IndexError} if one of `dims` is not an axis.
 * @example
 * tensor([[1, 2], [3, 4]]).rot90().toArray(); // [[2, 4], [1, 3]]
 */
export function rot90(this: Tensor, k = 1, dims: readonly [number, number] = [0, 1]): Tensor {
  requireAxes("rot90", this, 2);
  checkWhole("rot90", "k", k);
  if (!Array.isArray(dims) || dims.length !== 2) throw new ValueError(`rot90: takes two axes; got ${String(dims)}`);
  const [first, second] = axesOf("rot90", dims, this) as [number, number];
  const turns = k & 3;
  if (turns === 0) return this.clone();
  if (turns === 2) return this.flip([first, second]) as Tensor;
  const swapped = this.transpose(first, second) as Tensor;
  return swapped.flip(turns === 1 ? first : second) as Tensor;
}
