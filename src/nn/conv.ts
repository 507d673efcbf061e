/** Convolutional layers. */
import { ShapeError, ValueError } from "../errors.ts";
import { convolution, transposedConvolution } from "../ops/conv.ts";
import { type PaddingOption, type PerAxis, paddingOf, perAxis, text } from "../ops/conv-geometry.ts";
import type { Tensor } from "../ops/index.ts";
import { checkOptions } from "../options.ts";
import type { Conv1dOut, Conv2dOut, ConvTranspose1dOut, ConvTranspose2dOut, Given } from "../tensor/conv-shapes.ts";
import type { Size } from "../tensor/mismatch.ts";
import type { Arg, Out, Shape } from "../tensor/shapes.ts";
import { count, show } from "../tensor/sizes.ts";
import { empty } from "../tensor/tensor.ts";
import { checkCount, uniformFan } from "./fan.ts";
import { Module } from "./module.ts";
import { mostPadding, PADDING_MODES, type PaddingMode, padded } from "./padding-mode.ts";
import { Parameter } from "./parameter.ts";
import type { AnySize, AsShape, IN, OUT } from "./shapes.ts";

interface Options<N extends PerAxis> {
  /** Distance between neighbouring results; 1 unless said otherwise. */
  readonly stride?: N;
  /** Elements put around the input: so many at both ends, none ("valid"), or as many as keep the size ("same"). */
  readonly padding?: PaddingOption<N>;
  /** Distance between the taps of the kernel; 1 unless said otherwise. */
  readonly dilation?: N;
  /** Channels are cut into so many groups that do not mix; 1 unless said otherwise. */
  readonly groups?: number;
  /** Whether a bias is added; true unless said otherwise. */
  readonly bias?: boolean;
  /** What the padding holds; "zeros" unless said otherwise. */
  readonly paddingMode?: PaddingMode;
}

interface TransposedOptions<N extends PerAxis> {
  /** Distance between the results of neighbouring inputs; 1 unless said otherwise. */
  readonly stride?: N;
  /** So much is taken away at both ends of the result; 0 unless said otherwise. */
  readonly padding?: N;
  /** So much is added at the end of the result; 0 unless said otherwise. */
  readonly outputPadding?: N;
  /** Distance between the taps of the kernel; 1 unless said otherwise. */
  readonly dilation?: N;
  /** Channels are cut into so many groups that do not mix; 1 unless said otherwise. */
  readonly groups?: number;
  /** Whether a bias is added; true unless said otherwise. */
  readonly bias?: boolean;
}

/** One number, or a list of one. */
type One = number | readonly [number];
/** One number for both axes, or one for each. */
type Two = number | readonly [number, number];

/** Options of {@link Conv1d}. */
export type Conv1dLayerOptions = Options<One>;
/** Options of {@link Conv2d}. */
export type Conv2dLayerOptions = Options<Two>;
/** Options of {@link ConvTranspose1d}. */
export type ConvTranspose1dLayerOptions = TransposedOptions<One>;
/** Options of {@link ConvTranspose2d}. */
export type ConvTranspose2dLayerOptions = TransposedOptions<Two>;

/** Throws unless numbers of channels are some, and multiples of the groups. */
function checkChannels(name: string, inputs: number, outputs: number, groups: number): void {
  checkCount(name, "inChannels", inputs);
  checkCount(name, "outChannels", outputs);
  checkCount(name, "groups", groups);
  if (inputs % groups !== 0 || outputs % groups !== 0) {
    throw new ValueError(
      `${name}: channels are multiples of the groups; got ${inputs} and ${outputs} channels in ${groups} groups`,
    );
  }
}

const CONV_OPTIONS = ["stride", "padding", "dilation", "groups", "bias", "paddingMode"];

/** What the convolutional layers share: their fields, their first weights and how they are printed. */
abstract class Convolution extends Module {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[] | "same" | "valid";
  readonly dilation: readonly number[];
  readonly groups: number;
  readonly paddingMode: PaddingMode;
  weight: Parameter;
  bias: Parameter | null;

  /** @internal */
  constructor(
    name: string,
    rank: 1 | 2,
    inChannels: number,
    outChannels: number,
    kernelSize: PerAxis,
    options: Options<PerAxis>,
    transposed: boolean,
  ) {
    super();
    checkOptions(name, options, transposed ? [...CONV_OPTIONS, "outputPadding"] : CONV_OPTIONS);
    const { groups = 1, paddingMode = "zeros", padding = 0 } = options;
    checkChannels(name, inChannels, outChannels, groups);
    const modes = transposed ? ["zeros"] : PADDING_MODES;
    if (!modes.includes(paddingMode)) {
      throw new ValueError(`${name}: paddingMode is one of ${modes.join(", ")}; got ${text(paddingMode)}`);
    }
    this.inChannels = inChannels;
    this.outChannels = outChannels;
    this.groups = groups;
    this.paddingMode = paddingMode;
    this.kernelSize = perAxis(name, "kernelSize", kernelSize, rank, 1);
    this.stride = perAxis(name, "stride", options.stride ?? 1, rank, 1);
    this.dilation = perAxis(name, "dilation", options.dilation ?? 1, rank, 1);
    paddingOf(name, rank, padding, this.kernelSize, this.stride, this.dilation);
    this.padding = padding === "same" || padding === "valid" ? padding : perAxis(name, "padding", padding, rank, 0);
    const [first, second] = transposed ? [inChannels, outChannels] : [outChannels, inChannels];
    this.weight = new Parameter(empty([first, second / groups, ...this.kernelSize], "float32"));
    this.bias = (options.bias ?? true) ? new Parameter(empty([outChannels], "float32")) : null;
    this.resetParameters();
  }

  /** Draws the weights anew from the default generator, the weight first. */
  resetParameters(): void {
    uniformFan(this.weight, this.bias, count(this.weight.shape.slice(1)));
  }

  /** @internal The convolution of x, padded as the layer says. */
  convolved(name: string, rank: 1 | 2, x: Tensor): Tensor {
    const { stride, dilation, groups, padding } = this;
    if (this.paddingMode === "zeros" || padding === "valid") {
      return convolution(name, rank, x, this.weight, this.bias, { stride, dilation, groups, padding });
    }
    const ends = paddingOf(name, rank, padding, this.kernelSize, stride, dilation);
    let wide = x;
    for (let i = 0; i < rank && x.ndim > rank; i++) {
      const dim = x.ndim - rank + i;
      const size = x.shape[dim] as number;
      const [before, after] = ends[i] as readonly [number, number];
      if (Math.max(before, after) > mostPadding(this.paddingMode, size) || size === 0) {
        throw new ShapeError(
          `${name}: a "${this.paddingMode}" padding of ${Math.max(before, after)} is too large for an axis of ${size} in ${show(x.shape)}`,
        );
      }
      wide = padded(wide, dim, before, after, this.paddingMode);
    }
    return convolution(name, rank, wide, this.weight, this.bias, { stride, dilation, groups });
  }

  /** As PyTorch prints it: what differs from the defaults. */
  override extraRepr(): string {
    const { padding, dilation } = this;
    const parts = [
      `${this.inChannels}, ${this.outChannels}`,
      `kernelSize=${text(this.kernelSize)}`,
      `stride=${text(this.stride)}`,
    ];
    if (typeof padding === "string") parts.push(`padding=${padding}`);
    else if (padding.some((zeros) => zeros !== 0)) parts.push(`padding=${text(padding)}`);
    if (dilation.some((step) => step !== 1)) parts.push(`dilation=${text(dilation)}`);
    parts.push(...this.extraParts());
    if (this.groups !== 1) parts.push(`groups=${this.groups}`);
    if (this.bias === null) parts.push("bias=false");
    if (this.paddingMode !== "zeros") parts.push(`paddingMode=${this.paddingMode}`);
    return parts.join(", ");
  }

  /** @internal What a kind of layer adds to its print, before the groups. */
  extraParts(): string[] {
    return [];
  }
}

/** What the transposed layers share. */
abstract class Transposed extends Convolution {
  readonly outputPadding: readonly number[];

  /** @internal */
  constructor(
    name: string,
    rank: 1 | 2,
    inChannels: number,
    outChannels: number,
    kernelSize: PerAxis,
    options: TransposedOptions<PerAxis>,
  ) {
    if (typeof options?.padding === "string") {
      throw new ValueError(`${name}: padding is in whole numbers; got ${text(options.padding)}`);
    }
    super(name, rank, inChannels, outChannels, kernelSize, options, true);
    this.outputPadding = perAxis(name, "outputPadding", options.outputPadding ?? 0, rank, 0);
  }

  /** @internal The transposed convolution of x. */
  spread(name: string, rank: 1 | 2, x: Tensor): Tensor {
    const { stride, dilation, groups, outputPadding } = this;
    const padding = this.padding as readonly number[];
    return transposedConvolution(name, rank, x, this.weight, this.bias, {
      stride,
      dilation,
      groups,
      padding,
      outputPadding,
    });
  }

  override extraParts(): string[] {
    return this.outputPadding.some((more) => more !== 0) ? [`outputPadding=${text(this.outputPadding)}`] : [];
  }
}

/** "Conv2d(3, 32)", which opens the compiler's messages. */
type Layer<Name extends string, I extends number, O extends number> = `${Name}(${Size<I>}, ${Size<O>})`;
/** The options that a layer was made with. */
// biome-ignore lint/suspicious/noExplicitAny: `nn.Conv2d` alone is a type that every Conv2d fits
type AnyOptions = any;

/** Types only: the shape rule. */
export interface Conv1d<I extends number, O extends number, K, A extends readonly [Conv1dLayerOptions?]> {
  readonly [OUT]: Conv1dOut<AsShape<this[typeof IN]>, Layer<"Conv1d", I, O>, I, O, K, Given<A>>;
}

/**
 * A convolution over one axis: x [batch, in, length] or [in, length] → [batch, out, length']. `weight` is
 * [out, in / groups, kernel], `bias` [out]; both start with PyTorch's values for the same seed.
 *
 * @throws {ValueError} for an unknown option or `paddingMode`, channels that are no multiples of the groups, other
 * sizes than whole numbers, or "same" padding with a stride above 1.
 * @throws {ShapeError} unless the input is [batch, in, length] or [in, length], and as large as the kernel with its
 * padding.
 * @throws {DTypeError} if the input has another dtype than the weight.
 * @example
 * new nn.Conv1d(2, 4, 3, { padding: 1 }).forward(randn(8, 2, 50)).shape; // [8, 4, 50]
 */
export class Conv1d<
  const I extends number = AnySize,
  const O extends number = AnySize,
  const K extends One = AnySize,
  const A extends readonly [Conv1dLayerOptions?] = AnyOptions,
> extends Convolution {
  constructor(inChannels: I, outChannels: O, kernelSize: K, ...options: A) {
    super("Conv1d", 1, inChannels, outChannels, kernelSize, options[0] ?? {}, false);
  }

  override forward<S extends Shape>(
    x: Arg<Conv1dOut<S, Layer<"Conv1d", I, O>, I, O, K, Given<A>>, Tensor<S>>,
  ): Tensor<Out<Conv1dOut<S, Layer<"Conv1d", I, O>, I, O, K, Given<A>>>> {
    return this.convolved("Conv1d", 1, x as Tensor);
  }
}

/** Types only: the shape rule. */
export interface Conv2d<I extends number, O extends number, K, A extends readonly [Conv2dLayerOptions?]> {
  readonly [OUT]: Conv2dOut<AsShape<this[typeof IN]>, Layer<"Conv2d", I, O>, I, O, K, Given<A>>;
}

/**
 * A convolution over two axes: x [batch, in, height, width] or [in, height, width] → [batch, out, height', width'].
 * `weight` is [out, in / groups, kernel height, kernel width], `bias` [out]; both start with PyTorch's values for the
 * same seed.
 *
 * @throws {ValueError} for an unknown option or `paddingMode`, channels that are no multiples of the groups, other
 * sizes than whole numbers, or "same" padding with a stride above 1.
 * @throws {ShapeError} unless the input is [batch, in, height, width] or [in, height, width], and as large as the
 * kernel with its padding.
 * @throws {DTypeError} if the input has another dtype than the weight.
 * @example
 * new nn.Conv2d(3, 32, 3, { padding: 1 }).forward(randn(8, 3, 28, 28)).shape; // [8, 32, 28, 28]
 */
export class Conv2d<
  const I extends number = AnySize,
  const O extends number = AnySize,
  const K extends Two = AnySize,
  const A extends readonly [Conv2dLayerOptions?] = AnyOptions,
> extends Convolution {
  constructor(inChannels: I, outChannels: O, kernelSize: K, ...options: A) {
    super("Conv2d", 2, inChannels, outChannels, kernelSize, options[0] ?? {}, false);
  }

  override forward<S extends Shape>(
    x: Arg<Conv2dOut<S, Layer<"Conv2d", I, O>, I, O, K, Given<A>>, Tensor<S>>,
  ): Tensor<Out<Conv2dOut<S, Layer<"Conv2d", I, O>, I, O, K, Given<A>>>> {
    return this.convolved("Conv2d", 2, x as Tensor);
  }
}

/** Types only: the shape rule. */
export interface ConvTranspose1d<
  I extends number,
  O extends number,
  K,
  A extends readonly [ConvTranspose1dLayerOptions?],
> {
  readonly [OUT]: ConvTranspose1dOut<AsShape<this[typeof IN]>, Layer<"ConvTranspose1d", I, O>, I, O, K, Given<A>>;
}

/**
 * The transpose of a convolution over one axis: x [batch, in, length] or [in, length] → [batch, out, length'].
 * `weight` is [in, out / groups, kernel], `bias` [out]; both start with PyTorch's values for the same seed.
 *
 * @throws {ValueError} for an unknown option, a `paddingMode` but "zeros", channels that are no multiples of the groups, or other sizes than whole
 * numbers; from `forward` unless `outputPadding` is below the stride or the dilation.
 * @throws {ShapeError} unless the input is [batch, in, length] or [in, length], and something is left of it.
 * @throws {DTypeError} if the input has another dtype than the weight.
 * @example
 * new nn.ConvTranspose1d(4, 2, 2, { stride: 2 }).forward(randn(8, 4, 25)).shape; // [8, 2, 50]
 */
export class ConvTranspose1d<
  const I extends number = AnySize,
  const O extends number = AnySize,
  const K extends One = AnySize,
  const A extends readonly [ConvTranspose1dLayerOptions?] = AnyOptions,
> extends Transposed {
  constructor(inChannels: I, outChannels: O, kernelSize: K, ...options: A) {
    super("ConvTranspose1d", 1, inChannels, outChannels, kernelSize, options[0] ?? {});
  }

  override forward<S extends Shape>(
    x: Arg<ConvTranspose1dOut<S, Layer<"ConvTranspose1d", I, O>, I, O, K, Given<A>>, Tensor<S>>,
  ): Tensor<Out<ConvTranspose1dOut<S, Layer<"ConvTranspose1d", I, O>, I, O, K, Given<A>>>> {
    return this.spread("ConvTranspose1d", 1, x as Tensor);
  }
}

/** Types only: the shape rule. */
export interface ConvTranspose2d<
  I extends number,
  O extends number,
  K,
  A extends readonly [ConvTranspose2dLayerOptions?],
> {
  readonly [OUT]: ConvTranspose2dOut<AsShape<this[typeof IN]>, Layer<"ConvTranspose2d", I, O>, I, O, K, Given<A>>;
}

/**
 * The transpose of a convolution over two axes: x [batch, in, height, width] or [in, height, width] →
 * [batch, out, height', width']. `weight` is [in, out / groups, kernel height, kernel width], `bias` [out]; both start
 * with PyTorch's values for the same seed.
 *
 * @throws {ValueError} for an unknown option, a `paddingMode` but "zeros", channels that are no multiples of the groups, or other sizes than whole
 * numbers; from `forward` unless `outputPadding` is below the stride or the dilation.
 * @throws {ShapeError} unless the input is [batch, in, height, width] or [in, height, width], and something is left of
 * it.
 * @throws {DTypeError} if the input has another dtype than the weight.
 * @example
 * new nn.ConvTranspose2d(8, 3, 2, { stride: 2 }).forward(randn(4, 8, 14, 14)).shape; // [4, 3, 28, 28]
 */
export class ConvTranspose2d<
  const I extends number = AnySize,
  const O extends number = AnySize,
  const K extends Two = AnySize,
  const A extends readonly [ConvTranspose2dLayerOptions?] = AnyOptions,
> extends Transposed {
  constructor(inChannels: I, outChannels: O, kernelSize: K, ...options: A) {
    super("ConvTranspose2d", 2, inChannels, outChannels, kernelSize, options[0] ?? {});
  }

  override forward<S extends Shape>(
    x: Arg<ConvTranspose2dOut<S, Layer<"ConvTranspose2d", I, O>, I, O, K, Given<A>>, Tensor<S>>,
  ): Tensor<Out<ConvTranspose2dOut<S, Layer<"ConvTranspose2d", I, O>, I, O, K, Given<A>>>> {
    return this.spread("ConvTranspose2d", 2, x as Tensor);
  }
}
