/** The way back from max pooling. */
import { ShapeError, ValueError } from "../errors.ts";
import { checkOptions } from "../options.ts";
import { count, sameShape, show } from "../tensor/sizes.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type PerAxis, perAxis } from "./conv-geometry.ts";
import { filled } from "./filled.ts";
import { checkedIndex, scattered } from "./gather.ts";
import { requireFloat } from "./kernels.ts";
import { reshaped } from "./views.ts";

/** Options of `maxUnpool1d` and `maxUnpool2d`. */
export interface UnpoolOptions {
  /** Distance between neighbouring windows; the kernel's size unless said otherwise. */
  stride?: PerAxis;
  /** What the pooling had as padding; 0 unless said otherwise. */
  padding?: PerAxis;
  /** The sizes of the last axes of the result, where several lead to the same pooled ones. */
  outputSize?: readonly number[];
}

/** Throws for options and numbers that do not belong to an unpooling over `rank` axes. Gives kernel, stride and padding. */
export function checkUnpool(
  op: string,
  rank: number,
  kernelSize: PerAxis,
  options: UnpoolOptions,
): (readonly number[])[] {
  checkOptions(op, options, ["stride", "padding", "outputSize"]);
  const kernels = perAxis(op, "kernelSize", kernelSize, rank, 1);
  return [
    kernels,
    perAxis(op, "stride", options.stride ?? kernels, rank, 1),
    perAxis(op, "padding", options.padding ?? 0, rank, 0),
  ];
}

function unpooled(
  op: string,
  rank: 1 | 2,
  x: Tensor,
  index: Tensor,
  kernelSize: PerAxis,
  options: UnpoolOptions,
): Tensor {
  requireFloat(op, x);
  const [kernels, strides, pads] = checkUnpool(op, rank, kernelSize, options) as [number[], number[], number[]];
  const places = checkedIndex(op, index);
  if (!sameShape(places.shape, x.shape) || (x.ndim !== rank + 1 && x.ndim !== rank + 2)) {
    const form = rank === 1 ? "length" : "height, width";
    throw new ShapeError(
      `${op}: x and indices are both [batch, channels, ${form}] or [channels, ${form}]; got ${show(x.shape)} and ${show(places.shape)}`,
    );
  }
  const front = x.shape.slice(0, -rank);
  const sizes =
    options.outputSize?.slice(-rank) ??
    x.shape
      .slice(-rank)
      .map((size, i) => (size - 1) * (strides[i] as number) - 2 * (pads[i] as number) + (kernels[i] as number));
  if (sizes.length !== rank || !sizes.every((size) => Number.isInteger(size) && size >= 1)) {
    throw new ValueError(`${op}: outputSize is ${rank} whole numbers of at least 1; got ${show(sizes)}`);
  }
  const flat = (y: Tensor): Tensor => reshaped(y, [...front, count(x.shape.slice(-rank))]);
  const whole = scattered(op, filled([...front, count(sizes)], x.dtype), -1, flat(places), flat(x));
  return reshaped(whole, [...front, ...sizes]);
}

/**
 * Puts the maxima of a max pooling back where they stood, zeros elsewhere: x and the indices that the pooling gave
 * (int32), [batch, channels, length] or [channels, length]. Takes float dtypes. `kernelSize` is that of the pooling.
 *
 * @throws {DTypeError} if `x` is not of a float dtype, or the indices are neither int32 nor uint8.
 * @throws {ShapeError} if the shapes differ, or have neither 2 nor 3 axes.
 * @throws {IndexError} if an index lies outside of the result.
 * @throws {ValueError} if a size, stride or padding is not a whole number in its range, or an option is unknown.
 * @example
 * maxUnpool1d(tensor([[3, 5]]), tensor([[1, 3]], { dtype: "int32" }), 2).toArray(); // [[0, 3, 0, 5]]
 */
export function maxUnpool1d(x: Tensor, indices: Tensor, kernelSize: PerAxis, options: UnpoolOptions = {}): Tensor {
  return unpooled("maxUnpool1d", 1, x, indices, kernelSize, options);
}

/**
 * Puts the maxima of a max pooling back where they stood, zeros elsewhere: x and the indices that the pooling gave
 * (int32), [batch, channels, height, width] or [channels, height, width]. Takes float dtypes. `kernelSize` is that of
 * the pooling.
 *
 * @throws {DTypeError} if `x` is not of a float dtype, or the indices are neither int32 nor uint8.
 * @throws {ShapeError} if the shapes differ, or have neither 3 nor 4 axes.
 * @throws {IndexError} if an index lies outside of the result.
 * @throws {ValueError} if a size, stride or padding is not a whole number in its range, or an option is unknown.
 * @example
 * const { values, indices } = maxPool2dWithIndices(tensor([[[1, 3], [2, 5]]]), 2);
 * maxUnpool2d(values, indices, 2).toArray(); // [[[0, 0], [0, 5]]]
 */
export function maxUnpool2d(x: Tensor, indices: Tensor, kernelSize: PerAxis, options: UnpoolOptions = {}): Tensor {
  return unpooled("maxUnpool2d", 2, x, indices, kernelSize, options);
}
