/** Unpooling layers. */
import { type PerAxis, text } from "../ops/conv-geometry.ts";
import { maxUnpool1d, maxUnpool2d, type Tensor } from "../ops/index.ts";
import { checkUnpool, type UnpoolOptions } from "../ops/unpool.ts";
import { Module } from "./module.ts";

/** What unpooling layers share. */
abstract class MaxUnpool extends Module {
  readonly kernelSize: PerAxis;
  readonly stride: PerAxis;
  readonly padding: PerAxis;

  /** @internal */
  constructor(name: string, rank: 1 | 2, kernelSize: PerAxis, options: Omit<UnpoolOptions, "outputSize">) {
    super();
    const [kernels, strides, pads] = checkUnpool(name, rank, kernelSize, options) as [number[], number[], number[]];
    this.kernelSize = kernels;
    this.stride = strides;
    this.padding = pads;
  }

  /** @internal The options of a call. */
  protected with(outputSize: readonly number[] | undefined): UnpoolOptions {
    const { stride, padding } = this;
    return outputSize === undefined ? { stride, padding } : { stride, padding, outputSize };
  }

  override extraRepr(): string {
    return `kernelSize=${text(this.kernelSize)}, stride=${text(this.stride)}, padding=${text(this.padding)}`;
  }
}

/**
 * The way back from a MaxPool1d with `returnIndices`: see {@link maxUnpool1d}. Input and indices (int32) are
 * [batch, channels, length] or [channels, length]. The last argument of `forward` may give the length of the result.
 *
 * @throws {ValueError} for an unknown option or sizes that are no whole numbers; from `forward` for an `outputSize`
 * that is none.
 * @throws {ShapeError} unless input and indices have one shape of these.
 * @throws {DTypeError} if the input is not of a float dtype, or the indices are not int32.
 * @throws {IndexError} for an index outside the result.
 * @example
 * new nn.MaxUnpool1d(2).forward(tensor([[3, 5]]), tensor([[1, 3]], { dtype: "int32" })).toArray(); // [[0, 3, 0, 5]]
 */
export class MaxUnpool1d extends MaxUnpool {
  constructor(kernelSize: PerAxis, options: Omit<UnpoolOptions, "outputSize"> = {}) {
    super("MaxUnpool1d", 1, kernelSize, options);
  }

  override forward(x: Tensor, indices: Tensor, outputSize?: readonly number[]): Tensor {
    return maxUnpool1d(x, indices, this.kernelSize, this.with(outputSize));
  }
}

/**
 * The way back from a MaxPool2d with `returnIndices`: see {@link maxUnpool2d}. Input and indices (int32) are
 * [batch, channels, height, width] or [channels, height, width]. The last argument of `forward` may give the sizes of
 * the result.
 *
 * @throws {ValueError} for an unknown option or sizes that are no whole numbers; from `forward` for an `outputSize`
 * that is none.
 * @throws {ShapeError} unless input and indices have one shape of these.
 * @throws {DTypeError} if the input is not of a float dtype, or the indices are not int32.
 * @throws {IndexError} for an index outside the result.
 * @example
 * const { values, indices } = new nn.MaxPool2d(2, { returnIndices: true }).forward(tensor([[[1, 3], [2, 5]]]));
 * new nn.MaxUnpool2d(2).forward(values, indices).toArray(); // [[[0, 0], [0, 5]]]
 */
export class MaxUnpool2d extends MaxUnpool {
  constructor(kernelSize: PerAxis, options: Omit<UnpoolOptions, "outputSize"> = {}) {
    super("MaxUnpool2d", 2, kernelSize, options);
  }

  override forward(x: Tensor, indices: Tensor, outputSize?: readonly number[]): Tensor {
    return maxUnpool2d(x, indices, this.kernelSize, this.with(outputSize));
  }
}
