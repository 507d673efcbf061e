/** A tensor as lines along one axis, which is what the kernels of orders take. */
import { axis, count } from "../tensor/sizes.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { contiguous } from "./layout.ts";

/** x with axis `at` last, or, of such a tensor, with the axis back in its place: row-major. */
export function swapped(x: Tensor, at: number): Tensor {
  return x.ndim < 2 ? x : contiguous.call(x.transpose(at, -1));
}

function lastSize(x: Tensor): number {
  return x.ndim === 0 ? 1 : (x.shape[x.ndim - 1] as number);
}

/** x with axis `dim` last and row-major. Its gradient goes by x's own axes. */
export function linesOf(
  op: string,
  x: Tensor,
  dim: number,
): { lines: Tensor; at: number; rows: number; length: number } {
  const at = axis(op, dim, x.shape);
  const lines = contiguous.call(swapped(x, at));
  const length = lastSize(lines);
  return { lines, at, rows: count(lines.shape.slice(0, -1)), length };
}
