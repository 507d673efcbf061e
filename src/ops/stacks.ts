/** Grids of coordinates, and tensors put side by side by PyTorch's short names. */
import { ShapeError, ValueError } from "../errors.ts";
import { checkOptions } from "../options.ts";
import { show } from "../tensor/sizes.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { joined, listed } from "./join.ts";
import { expandTo, reshaped } from "./views.ts";

/**
 * Coordinates as grids: of vectors of sizes n0, n1, … one tensor each of shape [n0, n1, …], which changes along its own axis
 * only. With `indexing: "xy"` the first two axes are swapped, as for images. The grids are views of the vectors.
 *
 * @throws {ShapeError} if a tensor has more than one axis, or there is none.
 * @throws {ValueError} if `indexing` is neither "ij" nor "xy", or an option is unknown.
 * @example
 * const [rows, columns] = meshgrid([tensor([1, 2]), tensor([3, 4, 5])]);
 * columns.toArray(); // [[3, 4, 5], [3, 4, 5]]
 */
export function meshgrid(tensors: readonly Tensor[], options: { indexing?: "ij" | "xy" } = {}): Tensor[] {
  const { indexing = "ij" } = checkOptions("meshgrid", options, ["indexing"]);
  if (indexing !== "ij" && indexing !== "xy") {
    throw new ValueError(`meshgrid: indexing is "ij" or "xy"; got ${JSON.stringify(indexing)}`);
  }
  const vectors = listed("meshgrid", tensors);
  for (const x of vectors) {
    if (x.ndim > 1) throw new ShapeError(`meshgrid: takes vectors; got ${show(x.shape)}; use flatten()`);
  }
  const shape = vectors.map((x) => x.count);
  const grids = vectors.map((x, i) =>
    expandTo(
      reshaped(
        x,
        shape.map((_, k) => (k === i ? x.count : 1)),
      ),
      shape,
    ),
  );
  return indexing === "xy" && grids.length > 1 ? grids.map((grid) => grid.transpose(0, 1)) : grids;
}

/**
 * Tensors side by side: vectors one after the other, others along axis 1.
 *
 * @throws {ShapeError} if sizes outside of the axis differ, or there is no tensor.
 * @example
 * hstack([tensor([1, 2]), tensor([3])]).toArray(); // [1, 2, 3]
 */
export function hstack(tensors: readonly Tensor[]): Tensor {
  const given = listed("hstack", tensors).map((x) => (x.ndim === 0 ? reshaped(x, [1]) : x));
  return joined("hstack", given, given[0]?.ndim === 1 ? 0 : 1);
}

/**
 * Tensors on top of each other, along axis 0: vectors become rows.
 *
 * @throws {ShapeError} if sizes outside of the axis differ, or there is no tensor.
 * @example
 * vstack([tensor([1, 2]), tensor([3, 4])]).toArray(); // [[1, 2], [3, 4]]
 */
export function vstack(tensors: readonly Tensor[]): Tensor {
  const given = listed("vstack", tensors).map((x) => (x.ndim < 2 ? reshaped(x, [1, x.count]) : x));
  return joined("vstack", given, 0);
}
