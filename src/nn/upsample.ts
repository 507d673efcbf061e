/** Resizing, and windows, pixels and channels in each other's place, as layers. */
import { ValueError } from "../errors.ts";
import type { Pair, WindowOptions } from "../ops/blocks.ts";
import type { Tensor } from "../ops/index.ts";
import type { InterpolateMode, InterpolateOptions } from "../ops/interpolate.ts";
import { checkOptions } from "../options.ts";
import type { Interpolate, PixelShuffle as Shuffled, PixelUnshuffle as Unshuffled } from "../tensor/resize.ts";
import type { Out, Shape } from "../tensor/shapes.ts";
import { checkCount } from "./fan.ts";
import { Layer } from "./module.ts";
import type { AnySize, AsShape, IN, OUT } from "./shapes.ts";

/** Options of {@link Upsample}: either `size` or `scaleFactor`. */
export type UpsampleOptions<Z = number | Shape, F = number | Shape> = Omit<InterpolateOptions<Z, F>, "antialias">;

const SIZES = ["size", "scaleFactor"];

/** Types only. */
export interface Upsample<Z extends number | Shape = never, F extends number | Shape = never> {
  readonly [OUT]: Interpolate<AsShape<this[typeof IN]>, Z, F>;
}

/**
 * Lines, images or volumes [batch, channels, …] of another size, given as `size` or `scaleFactor`; see `interpolate`.
 *
 * @throws {ValueError} for an unknown option, or unless there is either `size` or `scaleFactor`; from `forward` for an
 * unknown mode, a factor that is not above 0, or `alignCorners` with a mode that has none.
 * @throws {ShapeError} if the mode does not take as many axes, or a size is no whole number of at least 1.
 * @throws {DTypeError} if the input is not of a float dtype.
 * @example
 * new nn.Upsample({ scaleFactor: 2 }).forward(zeros(8, 3, 5, 6)).shape; // [8, 3, 10, 12]
 */
export class Upsample<const Z extends number | Shape = never, const F extends number | Shape = never> extends Layer {
  readonly size: Z | undefined;
  readonly scaleFactor: F | undefined;
  readonly mode: InterpolateMode;
  readonly alignCorners: boolean;

  constructor(options: UpsampleOptions<Z, F>) {
    super();
    checkOptions(new.target.name, options, [...SIZES, "mode", "alignCorners"]);
    const { size, scaleFactor, mode = "nearest", alignCorners = false } = options;
    if ((size === undefined) === (scaleFactor === undefined)) {
      throw new ValueError(
        `${new.target.name}: takes size or scaleFactor; got ${size === undefined ? "neither" : "both"}`,
      );
    }
    this.size = size;
    this.scaleFactor = scaleFactor;
    this.mode = mode;
    this.alignCorners = alignCorners;
  }

  override forward<S extends Shape>(x: Tensor<S>): Tensor<Out<Interpolate<S, Z, F>>> {
    const { size, scaleFactor, mode, alignCorners } = this;
    return x.interpolate({ size, scaleFactor, mode, alignCorners }) as Tensor<Out<Interpolate<S, Z, F>>>;
  }

  override extraRepr(): string {
    const to = this.size === undefined ? `scaleFactor=${this.scaleFactor}` : `size=${this.size}`;
    return `${to}, mode=${this.mode}`;
  }
}

/**
 * Images [batch, channels, height, width] made larger by repeating pixels.
 *
 * @throws {ValueError} for an unknown option, or unless there is either `size` or `scaleFactor`; from `forward` for a
 * factor that is not above 0.
 * @throws {ShapeError} if the input has other axes, or a size is no whole number of at least 1.
 * @throws {DTypeError} if the input is not of a float dtype.
 * @example
 * new nn.UpsamplingNearest2d({ scaleFactor: 2 }).forward(tensor([[[[1, 2]]]])).toArray(); // [[[[1, 1, 2, 2], [1, 1, 2, 2]]]]
 */
export class UpsamplingNearest2d<
  const Z extends number | Shape = never,
  const F extends number | Shape = never,
> extends Upsample<Z, F> {
  constructor(options: { size?: Z; scaleFactor?: F }) {
    super({ ...checkOptions("UpsamplingNearest2d", options, SIZES), mode: "nearest" });
  }
}

/**
 * Images [batch, channels, height, width] made larger between neighbours, with the corner pixels kept.
 *
 * @throws {ValueError} for an unknown option, or unless there is either `size` or `scaleFactor`; from `forward` for a
 * factor that is not above 0.
 * @throws {ShapeError} if the input has other axes, or a size is no whole number of at least 1.
 * @throws {DTypeError} if the input is not of a float dtype.
 * @example
 * new nn.UpsamplingBilinear2d({ size: [1, 3] }).forward(tensor([[[[1, 3]]]])).toArray(); // [[[[1, 2, 3]]]]
 */
export class UpsamplingBilinear2d<
  const Z extends number | Shape = never,
  const F extends number | Shape = never,
> extends Upsample<Z, F> {
  constructor(options: { size?: Z; scaleFactor?: F }) {
    super({ ...checkOptions("UpsamplingBilinear2d", options, SIZES), mode: "bilinear", alignCorners: true });
  }
}

/** Types only. */
export interface PixelShuffle<R extends number = AnySize> {
  readonly [OUT]: Shuffled<AsShape<this[typeof IN]>, R>;
}

/**
 * Channels spread over blocks of pixels: [..., channels · r², height, width] → [..., channels, height · r, width · r].
 *
 * @throws {ValueError} if the factor is no whole number of at least 1.
 * @throws {ShapeError} if the input has fewer than 3 axes, or its channels are no multiple of r².
 * @throws {DTypeError} if the input is not a tensor.
 * @example
 * new nn.PixelShuffle(2).forward(zeros(8, 12, 5, 5)).shape; // [8, 3, 10, 10]
 */
export class PixelShuffle<R extends number = AnySize> extends Layer {
  readonly upscaleFactor: R;

  constructor(upscaleFactor: R) {
    super();
    checkCount("PixelShuffle", "upscaleFactor", upscaleFactor);
    this.upscaleFactor = upscaleFactor;
  }

  override forward<S extends Shape>(x: Tensor<S>): Tensor<Shuffled<S, R>> {
    return x.pixelShuffle(this.upscaleFactor);
  }

  override extraRepr(): string {
    return `upscaleFactor=${this.upscaleFactor}`;
  }
}

/** Types only. */
export interface PixelUnshuffle<R extends number = AnySize> {
  readonly [OUT]: Unshuffled<AsShape<this[typeof IN]>, R>;
}

/**
 * Blocks of pixels as channels: [..., channels, height · r, width · r] → [..., channels · r², height, width].
 *
 * @throws {ValueError} if the factor is no whole number of at least 1.
 * @throws {ShapeError} if the input has fewer than 3 axes, or its height or width is no multiple of r.
 * @throws {DTypeError} if the input is not a tensor.
 * @example
 * new nn.PixelUnshuffle(2).forward(zeros(8, 3, 10, 10)).shape; // [8, 12, 5, 5]
 */
export class PixelUnshuffle<R extends number = AnySize> extends Layer {
  readonly downscaleFactor: R;

  constructor(downscaleFactor: R) {
    super();
    checkCount("PixelUnshuffle", "downscaleFactor", downscaleFactor);
    this.downscaleFactor = downscaleFactor;
  }

  override forward<S extends Shape>(x: Tensor<S>): Tensor<Unshuffled<S, R>> {
    return x.pixelUnshuffle(this.downscaleFactor);
  }

  override extraRepr(): string {
    return `downscaleFactor=${this.downscaleFactor}`;
  }
}

/**
 * Every window of images [batch, channels, height, width] as a column: [batch, channels · window, windows].
 *
 * @throws {ValueError} for an unknown option, and from `forward` for sizes that are no whole numbers.
 * @throws {ShapeError} unless the input has these axes, with room for one window.
 * @throws {DTypeError} if the input is not of a float dtype.
 * @example
 * new nn.Unfold(2).forward(zeros(8, 3, 5, 5)).shape; // [8, 12, 16]
 */
export class Unfold extends Layer {
  readonly kernelSize: Pair;
  readonly options: WindowOptions;

  constructor(kernelSize: Pair, options: WindowOptions = {}) {
    super();
    checkOptions("Unfold", options, ["stride", "padding", "dilation"]);
    this.kernelSize = kernelSize;
    this.options = { ...options };
  }

  override forward(x: Tensor): Tensor<[number, number, number]> {
    return x.im2col(this.kernelSize, this.options);
  }

  override extraRepr(): string {
    return windowRepr(this.kernelSize, this.options);
  }
}

/**
 * Columns [batch, channels · window, windows] added up where their windows lie in images of a size [height, width].
 *
 * @throws {ValueError} for an unknown option, and from `forward` for sizes that are no whole numbers.
 * @throws {ShapeError} if the columns do not fit images of that size.
 * @throws {DTypeError} if the input is not of a float dtype.
 * @example
 * new nn.Fold([5, 5], 2).forward(zeros(8, 12, 16)).shape; // [8, 3, 5, 5]
 */
export class Fold extends Layer {
  readonly outputSize: Pair;
  readonly kernelSize: Pair;
  readonly options: WindowOptions;

  constructor(outputSize: Pair, kernelSize: Pair, options: WindowOptions = {}) {
    super();
    checkOptions("Fold", options, ["stride", "padding", "dilation"]);
    this.outputSize = outputSize;
    this.kernelSize = kernelSize;
    this.options = { ...options };
  }

  override forward(x: Tensor): Tensor<[number, number, number, number]> {
    return x.col2im(this.outputSize, this.kernelSize, this.options);
  }

  override extraRepr(): string {
    return `outputSize=${this.outputSize}, ${windowRepr(this.kernelSize, this.options)}`;
  }
}

function windowRepr(kernelSize: Pair, { dilation = 1, padding = 0, stride = 1 }: WindowOptions): string {
  return `kernelSize=${kernelSize}, dilation=${dilation}, padding=${padding}, stride=${stride}`;
}
