/** Indices of triangles and of flat places, grids of points, columns side by side, and membership. */
import { DTypeError, ShapeError, ValueError } from "../errors.ts";
import { checkOptions } from "../options.ts";
import { isFloat } from "../tensor/dtypes.ts";
import type { Shape } from "../tensor/shapes.ts";
import { broadcast, checkSizes, count, show } from "../tensor/sizes.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { ones } from "./create.ts";
import { joined, listed, stack } from "./join.ts";
import { requireTensor } from "./kernels.ts";
import { checkWhole } from "./split.ts";
import { meshgrid } from "./stacks.ts";
import { expandTo, reshaped } from "./views.ts";

function triangle(op: "tril" | "triu", rows: number, columns: number, options: { offset?: number }): Tensor {
  const { offset = 0 } = checkOptions(`${op}Indices`, options, ["offset"]);
  checkSizes(`${op}Indices`, [rows, columns]);
  checkWhole(`${op}Indices`, "offset", offset);
  return (ones([rows, columns])[op](offset) as Tensor).nonzero().T.contiguous();
}

/**
 * The rows and the columns of the elements on and below a diagonal of a matrix, as int32: [2, n].
 *
 * @throws {ShapeError} if a size is not a whole number of at least 0.
 * @throws {ValueError} if `offset` is not a whole number, or an option is unknown.
 * @example
 * trilIndices(2, 2).toArray(); // [[0, 1, 1], [0, 0, 1]]
 */
export function trilIndices(rows: number, columns: number, options: { offset?: number } = {}): Tensor<[2, number]> {
  return triangle("tril", rows, columns, options) as Tensor<[2, number]>;
}

/**
 * The rows and the columns of the elements on and above a diagonal of a matrix, as int32: [2, n].
 *
 * @throws {ShapeError} if a size is not a whole number of at least 0.
 * @throws {ValueError} if `offset` is not a whole number, or an option is unknown.
 * @example
 * triuIndices(3, 3, { offset: 1 }).toArray(); // [[0, 0, 1], [1, 2, 2]]
 */
export function triuIndices(rows: number, columns: number, options: { offset?: number } = {}): Tensor<[2, number]> {
  return triangle("triu", rows, columns, options) as Tensor<[2, number]>;
}

/**
 * Places in a flattened tensor, int32 or uint8 of any shape, as indices of its axes: one tensor of the places' shape
 * for each size.
 *
 * @throws {DTypeError} for float dtypes and bool.
 * @throws {ValueError} if a place lies outside of the sizes.
 * @throws {ShapeError} if a size is not a whole number of at least 0.
 * @example
 * const [row, column] = unravelIndex(tensor([5], { dtype: "int32" }), [2, 3]);
 * [row.item(), column.item()]; // [1, 2]
 */
export function unravelIndex<S extends Shape>(places: Tensor<S>, sizes: readonly number[]): Tensor<S>[] {
  requireTensor("unravelIndex", places);
  checkSizes("unravelIndex", sizes);
  const x: Tensor = places;
  if (isFloat(x.dtype) || x.dtype === "bool") {
    throw new DTypeError(`unravelIndex: places are int32; got ${x.dtype}; convert with to("int32")`);
  }
  const total = count(sizes);
  if (x.count > 0 && !(x.min().item() >= 0 && x.max().item() < total)) {
    throw new ValueError(
      `unravelIndex: places are 0 to ${total - 1} for ${show(sizes)}; got ${x.min().item()} to ${x.max().item()}`,
    );
  }
  return sizes.map((size, i) => x.floorDivide(count(sizes.slice(i + 1))).remainder(size) as Tensor<S>);
}

/**
 * All tuples of elements of vectors, as rows: [n0 · n1 · …, vectors]. Of one vector itself.
 *
 * @throws {ShapeError} if a tensor is not a vector, or there is none.
 * @example
 * cartesianProd([tensor([1, 2]), tensor([5, 6])]).toArray(); // [[1, 5], [1, 6], [2, 5], [2, 6]]
 */
export function cartesianProd(vectors: readonly Tensor[]): Tensor {
  const given = listed("cartesianProd", vectors);
  for (const x of given) {
    if (x.ndim !== 1) throw new ShapeError(`cartesianProd: takes vectors; got ${show(x.shape)}; use flatten()`);
  }
  const [only, ...others] = given;
  if (only !== undefined && others.length === 0) return only;
  return stack(
    meshgrid(given).map((grid) => grid.flatten() as Tensor),
    -1,
  );
}

/**
 * Tensors side by side along axis 1; vectors become columns.
 *
 * @throws {ShapeError} if sizes outside of the axis differ, or there is no tensor.
 * @example
 * columnStack([tensor([1, 2]), tensor([3, 4])]).toArray(); // [[1, 3], [2, 4]]
 */
export function columnStack(tensors: readonly Tensor[]): Tensor {
  const given = listed("columnStack", tensors);
  return joined(
    "columnStack",
    given.map((x) => (x.ndim < 2 ? reshaped(x, [x.count, 1]) : x)),
    1,
  );
}

/**
 * Tensors behind each other along axis 2; vectors [n] become [1, n, 1] and matrices [n, m] become [n, m, 1].
 *
 * @throws {ShapeError} if sizes outside of the axis differ, or there is no tensor.
 * @example
 * dstack([tensor([1, 2]), tensor([3, 4])]).toArray(); // [[[1, 3], [2, 4]]]
 */
export function dstack(tensors: readonly Tensor[]): Tensor {
  const deep = (x: Tensor): Tensor => {
    if (x.ndim > 2) return x;
    return reshaped(x, x.ndim === 2 ? [...x.shape, 1] : [1, x.count, 1]);
  };
  return joined("dstack", listed("dstack", tensors).map(deep), 2);
}

/**
 * All tensors expanded to the shape that they broadcast to, without copies.
 *
 * @throws {ShapeError} if the shapes do not broadcast, or there is no tensor.
 * @example
 * broadcastTensors([ones(2, 1), ones(3)]).map((x) => x.shape); // [[2, 3], [2, 3]]
 */
export function broadcastTensors(tensors: readonly Tensor[]): Tensor[] {
  const given = listed("broadcastTensors", tensors);
  const shape = given.reduce<readonly number[]>((all, x) => broadcast("broadcastTensors", all, x.shape), []);
  return given.map((x) => expandTo(x, shape));
}

/**
 * Whether each element is among those of another tensor, as bool.
 *
 * @throws {ValueError} for an unknown option.
 * @example
 * isin(tensor([1, 2, 3]), tensor([3, 1])).toArray(); // [true, false, true]
 */
export function isin<S extends Shape>(x: Tensor<S>, among: Tensor, options: { invert?: boolean } = {}): Tensor<S> {
  requireTensor("isin", x);
  requireTensor("isin", among);
  checkOptions("isin", options, ["invert"]);
  const found = (x as Tensor).unsqueeze(-1).eq(among.flatten()).any(-1) as Tensor;
  return (options.invert ? found.logicalNot() : found) as Tensor<S>;
}
