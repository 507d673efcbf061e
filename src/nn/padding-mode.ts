/** How layers continue an image beyond its border. */
import type { Tensor } from "../ops/index.ts";

/** What stands beyond the border: zeros, the image mirrored at its outermost elements, those repeated, or the other end. */
export type PaddingMode = "zeros" | "reflect" | "replicate" | "circular";

export const PADDING_MODES: readonly PaddingMode[] = ["zeros", "reflect", "replicate", "circular"];

/** The most elements that a mode can put at one end of an axis. */
export function mostPadding(mode: PaddingMode, size: number): number {
  if (mode === "reflect") return size - 1;
  return mode === "circular" ? size : Number.POSITIVE_INFINITY;
}

/** x with `before` and `after` elements more along an axis, by any mode but zeros. */
export function padded(x: Tensor, dim: number, before: number, after: number, mode: PaddingMode): Tensor {
  if (mode === "zeros") return x;
  const inner = new Array<number>(2 * (x.ndim - 1 - dim)).fill(0);
  return x.pad([...inner, before, after], { mode });
}
