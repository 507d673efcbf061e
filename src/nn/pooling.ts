/** Pooling layers. */
import { ValueError } from "../errors.ts";
import { type PerAxis, perAxis, text } from "../ops/conv-geometry.ts";
import type { Tensor } from "../ops/index.ts";
import {
  type AvgPoolOptions,
  avgPooling,
  type MaxPoolOptions,
  maxPooling,
  maxPoolingPlaced,
  type Pooled,
} from "../ops/pooling.ts";
import { checkOptions } from "../options.ts";
import type { Given, Pool1dOut, Pool2dOut } from "../tensor/conv-shapes.ts";
import type { Arg, Out, Shape } from "../tensor/shapes.ts";
import { Module } from "./module.ts";
import type { AnySize, AsShape, IN, OUT } from "./shapes.ts";

/** One number, or a list of one. */
type One = number | readonly [number];
/** One number for both axes, or one for each. */
type Two = number | readonly [number, number];
/** The options that a layer was made with. */
// biome-ignore lint/suspicious/noExplicitAny: `nn.MaxPool2d` alone is a type that every MaxPool2d fits
type AnyOptions = any;

/** What pooling layers share: their fields and their print. */
abstract class Pooling extends Module {
  readonly kernelSize: PerAxis;
  readonly stride: PerAxis;
  readonly padding: PerAxis;
  readonly ceilMode: boolean;

  /** @internal */
  constructor(name: string, rank: 1 | 2, kernelSize: PerAxis, options: MaxPoolOptions, more: readonly string[]) {
    super();
    checkOptions(name, options, ["stride", "padding", "ceilMode", ...more]);
    const { stride = kernelSize, padding = 0, ceilMode = false } = options;
    const kernels = perAxis(name, "kernelSize", kernelSize, rank, 1);
    perAxis(name, "stride", stride, rank, 1);
    for (const [i, pad] of perAxis(name, "padding", padding, rank, 0).entries()) {
      if (pad > (kernels[i] as number) / 2) {
        throw new ValueError(`${name}: padding is at most half the kernel; got ${pad} with a kernel of ${kernels[i]}`);
      }
    }
    this.kernelSize = kernelSize;
    this.stride = stride;
    this.padding = padding;
    this.ceilMode = ceilMode;
  }

  override extraRepr(): string {
    return `kernelSize=${text(this.kernelSize)}, stride=${text(this.stride)}, padding=${text(this.padding)}`;
  }
}

/** Options of max pooling layers. */
export interface MaxPoolLayerOptions extends MaxPoolOptions {
  /** Whether `forward` gives `{ values, indices }`, for a MaxUnpool layer; false unless said otherwise. */
  readonly returnIndices?: boolean;
}

/** What a max pooling layer gives: with `returnIndices` places too. */
type MaxPooled<A, T> = 0 extends 1 & A ? T : A extends readonly [{ readonly returnIndices: true }] ? Pooled : T;

/** What max pooling layers share. */
abstract class MaxPooling extends Pooling {
  readonly dilation: PerAxis;
  readonly returnIndices: boolean;

  /** @internal */
  constructor(name: string, rank: 1 | 2, kernelSize: PerAxis, options: MaxPoolLayerOptions) {
    super(name, rank, kernelSize, options, ["dilation", "returnIndices"]);
    this.dilation = options.dilation ?? 1;
    this.returnIndices = options.returnIndices ?? false;
    perAxis(name, "dilation", this.dilation, rank, 1);
  }

  /** @internal The maxima of x. */
  pooled(name: string, rank: 1 | 2, x: Tensor): never {
    const { stride, padding, dilation, ceilMode, returnIndices } = this;
    const pool = returnIndices ? maxPoolingPlaced : maxPooling;
    return pool(name, rank, x, this.kernelSize, { stride, padding, dilation, ceilMode }) as never;
  }

  override extraRepr(): string {
    return `${super.extraRepr()}, dilation=${text(this.dilation)}, ceilMode=${this.ceilMode}`;
  }
}

/** What average pooling layers share. */
abstract class AvgPooling extends Pooling {
  readonly countIncludePad: boolean;
  readonly divisorOverride: number | null;

  /** @internal */
  constructor(name: string, rank: 1 | 2, kernelSize: PerAxis, options: AvgPoolOptions) {
    super(name, rank, kernelSize, options, ["countIncludePad", "divisorOverride"]);
    this.countIncludePad = options.countIncludePad ?? true;
    this.divisorOverride = options.divisorOverride ?? null;
  }

  /** @internal The means of x. */
  pooled(name: string, rank: 1 | 2, x: Tensor): Tensor {
    const { stride, padding, ceilMode, countIncludePad, divisorOverride } = this;
    const divisor = divisorOverride === null ? {} : { divisorOverride };
    return avgPooling(name, rank, x, this.kernelSize, { stride, padding, ceilMode, countIncludePad, ...divisor });
  }
}

/** Types only: the shape rule. */
export interface MaxPool1d<K extends One, A extends readonly [MaxPoolLayerOptions?]> {
  readonly [OUT]: Pool1dOut<AsShape<this[typeof IN]>, "MaxPool1d", K, Given<A>>;
}

/**
 * The largest element of each window: x [batch, channels, length] or [channels, length]. The stride is the kernel's
 * size unless said otherwise. With `returnIndices` it gives `{ values, indices }`, the places int32.
 *
 * @throws {ValueError} for an unknown option, sizes that are no whole numbers (of at least 1; the padding of at least
 * 0), or a padding above half the kernel.
 * @throws {ShapeError} unless the input is [batch, channels, length] or [channels, length], with room for one window.
 * @throws {DTypeError} if the input is not of a float dtype.
 * @example
 * new nn.MaxPool1d(2).forward(tensor([[1, 3, 2, 5]])).toArray(); // [[3, 5]]
 */
export class MaxPool1d<
  const K extends One = AnySize,
  const A extends readonly [MaxPoolLayerOptions?] = AnyOptions,
> extends MaxPooling {
  constructor(kernelSize: K, ...options: A) {
    super("MaxPool1d", 1, kernelSize, options[0] ?? {});
  }

  override forward<S extends Shape>(
    x: Arg<Pool1dOut<S, "MaxPool1d", K, Given<A>>, Tensor<S>>,
  ): MaxPooled<A, Tensor<Out<Pool1dOut<S, "MaxPool1d", K, Given<A>>>>> {
    return this.pooled("MaxPool1d", 1, x as Tensor);
  }
}

/** Types only: the shape rule. */
export interface MaxPool2d<K extends Two, A extends readonly [MaxPoolLayerOptions?]> {
  readonly [OUT]: Pool2dOut<AsShape<this[typeof IN]>, "MaxPool2d", K, Given<A>>;
}

/**
 * The largest element of each window: x [batch, channels, height, width] or [channels, height, width]. The stride is
 * the kernel's size unless said otherwise. With `returnIndices` it gives `{ values, indices }`, the places int32.
 *
 * @throws {ValueError} for an unknown option, sizes that are no whole numbers (of at least 1; the padding of at least
 * 0), or a padding above half the kernel.
 * @throws {ShapeError} unless the input is [batch, channels, height, width] or [channels, height, width], with room for
 * one window.
 * @throws {DTypeError} if the input is not of a float dtype.
 * @example
 * new nn.MaxPool2d(2).forward(randn(8, 32, 28, 28)).shape; // [8, 32, 14, 14]
 */
export class MaxPool2d<
  const K extends Two = AnySize,
  const A extends readonly [MaxPoolLayerOptions?] = AnyOptions,
> extends MaxPooling {
  constructor(kernelSize: K, ...options: A) {
    super("MaxPool2d", 2, kernelSize, options[0] ?? {});
  }

  override forward<S extends Shape>(
    x: Arg<Pool2dOut<S, "MaxPool2d", K, Given<A>>, Tensor<S>>,
  ): MaxPooled<A, Tensor<Out<Pool2dOut<S, "MaxPool2d", K, Given<A>>>>> {
    return this.pooled("MaxPool2d", 2, x as Tensor);
  }
}

/** Types only: the shape rule. */
export interface AvgPool1d<K extends One, A extends readonly [AvgPoolOptions?]> {
  readonly [OUT]: Pool1dOut<AsShape<this[typeof IN]>, "AvgPool1d", K, Given<A>>;
}

/**
 * The mean of each window: x [batch, channels, length] or [channels, length]. The stride is the kernel's size unless
 * said otherwise.
 *
 * @throws {ValueError} for an unknown option, sizes that are no whole numbers (of at least 1; the padding of at least
 * 0), or a padding above half the kernel; from `forward` for a `divisorOverride` of 0.
 * @throws {ShapeError} unless the input is [batch, channels, length] or [channels, length], with room for one window.
 * @throws {DTypeError} if the input is not of a float dtype.
 * @example
 * new nn.AvgPool1d(2).forward(tensor([[1, 3, 2, 5]])).toArray(); // [[2, 3.5]]
 */
export class AvgPool1d<
  const K extends One = AnySize,
  const A extends readonly [AvgPoolOptions?] = AnyOptions,
> extends AvgPooling {
  constructor(kernelSize: K, ...options: A) {
    super("AvgPool1d", 1, kernelSize, options[0] ?? {});
  }

  override forward<S extends Shape>(
    x: Arg<Pool1dOut<S, "AvgPool1d", K, Given<A>>, Tensor<S>>,
  ): Tensor<Out<Pool1dOut<S, "AvgPool1d", K, Given<A>>>> {
    return this.pooled("AvgPool1d", 1, x as Tensor);
  }

  /** As PyTorch prints it, with lists. */
  override extraRepr(): string {
    const [kernel, stride, padding] = [this.kernelSize, this.stride, this.padding].map((one) => [one].flat());
    return `kernelSize=${text(kernel)}, stride=${text(stride)}, padding=${text(padding)}`;
  }
}

/** Types only: the shape rule. */
export interface AvgPool2d<K extends Two, A extends readonly [AvgPoolOptions?]> {
  readonly [OUT]: Pool2dOut<AsShape<this[typeof IN]>, "AvgPool2d", K, Given<A>>;
}

/**
 * The mean of each window: x [batch, channels, height, width] or [channels, height, width]. The stride is the kernel's
 * size unless said otherwise.
 *
 * @throws {ValueError} for an unknown option, sizes that are no whole numbers (of at least 1; the padding of at least
 * 0), or a padding above half the kernel; from `forward` for a `divisorOverride` of 0.
 * @throws {ShapeError} unless the input is [batch, channels, height, width] or [channels, height, width], with room for
 * one window.
 * @throws {DTypeError} if the input is not of a float dtype.
 * @example
 * new nn.AvgPool2d(2).forward(randn(8, 32, 28, 28)).shape; // [8, 32, 14, 14]
 */
export class AvgPool2d<
  const K extends Two = AnySize,
  const A extends readonly [AvgPoolOptions?] = AnyOptions,
> extends AvgPooling {
  constructor(kernelSize: K, ...options: A) {
    super("AvgPool2d", 2, kernelSize, options[0] ?? {});
  }

  override forward<S extends Shape>(
    x: Arg<Pool2dOut<S, "AvgPool2d", K, Given<A>>, Tensor<S>>,
  ): Tensor<Out<Pool2dOut<S, "AvgPool2d", K, Given<A>>>> {
    return this.pooled("AvgPool2d", 2, x as Tensor);
  }
}
