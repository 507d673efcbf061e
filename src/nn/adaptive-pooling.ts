/** Pooling layers of windows that divide what they get evenly. */
import { text } from "../ops/conv-geometry.ts";
import {
  type AdaptiveLength,
  type AdaptiveSize,
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveMaxPool1d,
  adaptiveMaxPool2d,
  type Tensor,
} from "../ops/index.ts";
import type { AnyShape, Shape } from "../tensor/shapes.ts";
import { Module } from "./module.ts";

/** What adaptive pooling layers share: the size that they give. */
abstract class Adaptive<Size> extends Module {
  readonly outputSize: Size;

  constructor(outputSize: Size) {
    super();
    this.outputSize = outputSize;
  }

  override extraRepr(): string {
    return `outputSize=${text(this.outputSize)}`;
  }
}

/** The shape that adaptive pooling gives: that of the input with other sizes at the end. */
type AdaptiveOut<S extends Shape> = S extends readonly [...infer B extends Shape, number, number]
  ? [...B, number, number]
  : AnyShape;

/**
 * The means of windows that divide a signal evenly into `outputSize`: x [batch, channels, length] or [channels, length]
 * → [..., outputSize].
 *
 * @throws {ValueError} if `outputSize` is no whole number of at least 1, which `forward` finds out.
 * @throws {ShapeError} unless the input is [batch, channels, length] or [channels, length], without axes of size 0.
 * @throws {DTypeError} if the input is not of a float dtype.
 * @example
 * new nn.AdaptiveAvgPool1d(2).forward(tensor([[1, 3, 2, 6]])).toArray(); // [[2, 4]]
 */
export class AdaptiveAvgPool1d extends Adaptive<AdaptiveLength> {
  override forward(x: Tensor): Tensor {
    return adaptiveAvgPool1d(x, this.outputSize);
  }
}

/**
 * The largest elements of windows that divide a signal evenly into `outputSize`: x [batch, channels, length] or
 * [channels, length] → [..., outputSize].
 *
 * @throws {ValueError} if `outputSize` is no whole number of at least 1, which `forward` finds out.
 * @throws {ShapeError} unless the input is [batch, channels, length] or [channels, length], without axes of size 0.
 * @throws {DTypeError} if the input is not of a float dtype.
 * @example
 * new nn.AdaptiveMaxPool1d(2).forward(tensor([[1, 3, 2, 6]])).toArray(); // [[3, 6]]
 */
export class AdaptiveMaxPool1d extends Adaptive<AdaptiveLength> {
  override forward(x: Tensor): Tensor {
    return adaptiveMaxPool1d(x, this.outputSize);
  }
}

/**
 * The means of windows that divide the image evenly into `outputSize`, a number for both axes or one for each (null
 * keeps the size): x [batch, channels, height, width] or [channels, height, width] → [..., height', width'].
 *
 * @throws {ValueError} if `outputSize` is neither a whole number of at least 1, null, nor two of these, which `forward`
 * finds out.
 * @throws {ShapeError} unless the input is [batch, channels, height, width] or [channels, height, width], without axes
 * of size 0.
 * @throws {DTypeError} if the input is not of a float dtype.
 * @example
 * new nn.AdaptiveAvgPool2d(1).forward(randn(8, 32, 7, 5)).shape; // [8, 32, 1, 1]
 */
export class AdaptiveAvgPool2d extends Adaptive<AdaptiveSize> {
  override forward<S extends Shape>(x: Tensor<S>): Tensor<AdaptiveOut<S>> {
    return adaptiveAvgPool2d(x, this.outputSize);
  }
}

/**
 * The largest elements of windows that divide the image evenly into `outputSize`, a number for both axes or one for
 * each (null keeps the size): x [batch, channels, height, width] or [channels, height, width] → [..., height', width'].
 *
 * @throws {ValueError} if `outputSize` is neither a whole number of at least 1, null, nor two of these, which `forward`
 * finds out.
 * @throws {ShapeError} unless the input is [batch, channels, height, width] or [channels, height, width], without axes
 * of size 0.
 * @throws {DTypeError} if the input is not of a float dtype.
 * @example
 * new nn.AdaptiveMaxPool2d([1, 2]).forward(randn(8, 32, 7, 5)).shape; // [8, 32, 1, 2]
 */
export class AdaptiveMaxPool2d extends Adaptive<AdaptiveSize> {
  override forward<S extends Shape>(x: Tensor<S>): Tensor<AdaptiveOut<S>> {
    return adaptiveMaxPool2d(x, this.outputSize);
  }
}
