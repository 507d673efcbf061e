/** Elements along the last axis by their indices, and back: what orders of elements need for their gradients. */
import { record, tracks } from "../autograd/node.ts";
import { axis, count } from "../tensor/sizes.ts";
import { empty, type Tensor } from "../tensor/tensor.ts";
import { FLOATS, family, pointer } from "./kernels.ts";
import { contiguous } from "./layout.ts";

const pick = family("pick", FLOATS);
const place = family("place", FLOATS);

/** x with axis `at` last, or, of such a tensor, with the axis back in its place: row-major. */
export function swapped(x: Tensor, at: number): Tensor {
  return x.ndim < 2 ? x : contiguous.call(x.transpose(at, -1));
}

/** y[…, k] = x[…, index[…, k]]. */
export function pickLast(x: Tensor, index: Tensor): Tensor {
  const flat = contiguous.call(x);
  const y = empty(index.shape, x.dtype);
  const [length, k] = [lastSize(x), lastSize(index)];
  pick[x.dtype](pointer(flat), pointer(index), pointer(y), count(x.shape.slice(0, -1)), length, k);
  if (tracks(x)) record(y, "gather", [x], [(g) => placeLast(g, index, length)], [index]);
  return y;
}

/** x = 0 but for x[…, index[…, k]], to which g[…, k] is added; the last axis has `length` elements. */
function placeLast(g: Tensor, index: Tensor, length: number): Tensor {
  const flat = contiguous.call(g);
  const shape = index.ndim === 0 ? [] : [...index.shape.slice(0, -1), length];
  const x = empty(shape, g.dtype);
  place[g.dtype](pointer(flat), pointer(index), pointer(x), count(shape.slice(0, -1)), length, lastSize(index));
  if (tracks(g)) record(x, "scatterAdd", [g], [(back) => pickLast(back, index)], [index]);
  return x;
}

/** The same along axis `at`. */
export function placeAt(g: Tensor, indices: Tensor, at: number, length: number): Tensor {
  return swapped(placeLast(swapped(g, at), swapped(indices, at), length), at);
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
