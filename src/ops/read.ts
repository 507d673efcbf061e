/** From tensors back to JavaScript. */
import { backend } from "../backend/index.ts";
import { IndexError, ShapeError } from "../errors.ts";
import { DTYPES, type TypedArray } from "../tensor/dtypes.ts";
import { formatTensor } from "../tensor/print.ts";
import { axis, show } from "../tensor/sizes.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { NestedArray } from "./create.ts";
import { contiguous } from "./layout.ts";

/** A view of a row-major tensor's elements, valid until the next allocation. */
export function elements(x: Tensor): TypedArray {
  const bytes = backend.view(x.storage);
  const { array, bytes: width } = DTYPES[x.dtype];
  return new array(bytes.buffer, bytes.byteOffset + x.offset * width, x.count);
}

/**
 * A copy of the elements in row-major order: a Float32Array, Float64Array, Int32Array, or for uint8 and bool a Uint8Array.
 *
 * @example
 * x.T.data(); // new Float32Array([1, 3, 2, 4])
 */
export function data(this: Tensor): TypedArray {
  return elements(contiguous.call(this)).slice();
}

/**
 * A copy of the elements, when the device has finished: the same as `data()`, for every device.
 *
 * @example
 * const numbers = await x.read();
 * numbers.length; // 4
 */
export async function read(this: Tensor): Promise<TypedArray> {
  return data.call(this);
}

/**
 * The one element of a tensor, as a number; of a bool tensor 0 or 1.
 *
 * @throws {ShapeError} if there is not exactly one element.
 * @example
 * tensor([1, 2]).sum().item(); // 3
 */
export function item(this: Tensor): number {
  if (this.count !== 1) {
    throw new ShapeError(
      `item: takes a tensor of one element; got ${show(this.shape)}; use toArray(), or reduce it first`,
    );
  }
  return elements(this)[0] as number;
}

/**
 * The elements as nested arrays, as deep as there are axes; of bool tensors booleans; a number without axes.
 *
 * @example
 * tensor([[1, 2], [3, 4]]).toArray(); // [[1, 2], [3, 4]]
 */
export function toArray(this: Tensor): NestedArray {
  const values = data.call(this);
  const isBool = this.dtype === "bool";
  const shape: readonly number[] = this.shape;
  let at = 0;
  const level = (depth: number): NestedArray => {
    if (depth === shape.length) {
      const value = values[at++] as number;
      return isBool ? value !== 0 : value;
    }
    return Array.from({ length: shape[depth] as number }, () => level(depth + 1));
  };
  return level(0);
}

/**
 * The number of elements.
 *
 * @example
 * zeros(2, 3).numel(); // 6
 */
export function numel(this: Tensor): number {
  return this.count;
}

/**
 * The sizes, or the size along one axis.
 *
 * @throws {IndexError} if `dim` is not an axis.
 * @example
 * zeros(2, 3).size(-1); // 3
 */
export function size(this: Tensor): readonly number[];
export function size(this: Tensor, dim: number): number;
export function size(this: Tensor, dim?: number): number | readonly number[] {
  if (dim === undefined) return this.shape;
  if (this.ndim === 0) throw new IndexError("size: a tensor without axes has no sizes");
  return this.shape[axis("size", dim, this.shape)] as number;
}

/**
 * The number of axes.
 *
 * @example
 * zeros(2, 3).dim(); // 2
 */
export function dim(this: Tensor): number {
  return this.ndim;
}

/**
 * The tensor as PyTorch prints it.
 *
 * @example
 * x.toString(); // "tensor([[1., 2.],\n        [3., 4.]])"
 */
export function toString(this: Tensor): string {
  const op = this.isLeaf ? undefined : this.node?.op;
  return formatTensor({
    shape: this.shape,
    dtype: this.dtype,
    data: data.call(this),
    requiresGrad: this.requiresGrad,
    gradFn: op,
  });
}
