/** How layers continue an image beyond its border. */
import { cat, type Tensor } from "../ops/index.ts";

/** What stands beyond the border: zeros, the image mirrored at its outermost elements, those repeated, or the other end. */
export type PaddingMode = "zeros" | "reflect" | "replicate" | "circular";

export const PADDING_MODES: readonly PaddingMode[] = ["zeros", "reflect", "replicate", "circular"];

/** The most elements that a mode can put at one end of an axis. */
export function mostPadding(mode: PaddingMode, size: number): number {
  if (mode === "reflect") return size - 1;
  return mode === "circular" ? size : Number.POSITIVE_INFINITY;
}

/** Where the element at `at`, which may lie outside, is found in an axis of `size`. */
function source(mode: PaddingMode, at: number, size: number): number {
  if (mode === "circular") return (at + size) % size;
  if (mode === "replicate") return Math.min(Math.max(at, 0), size - 1);
  return at < 0 ? -at : at < size ? at : 2 * (size - 1) - at;
}

/** x with `before` and `after` elements more along an axis, by any mode but zeros. */
export function padded(x: Tensor, dim: number, before: number, after: number, mode: PaddingMode): Tensor {
  if (before === 0 && after === 0) return x;
  const size = x.shape[dim] as number;
  const slice = (at: number): Tensor => x.narrow(dim, source(mode, at, size), 1) as Tensor;
  const head = Array.from({ length: before }, (_, i) => slice(i - before));
  const tail = Array.from({ length: after }, (_, i) => slice(size + i));
  return cat([...head, x, ...tail], dim);
}
