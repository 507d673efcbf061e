/** Windows of images as columns and back, and blocks of pixels as channels and back. */
import { ShapeError, ValueError } from "../errors.ts";
import { checkOptions } from "../options.ts";
import type { PixelShuffle, PixelUnshuffle } from "../tensor/resize.ts";
import type { AnyShape, Shape } from "../tensor/shapes.ts";
import { count, show } from "../tensor/sizes.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { text } from "./conv-geometry.ts";
import { tensor } from "./create.ts";
import { filled } from "./filled.ts";
import { requireFloat, requireTensor } from "./kernels.ts";
import { permuted, reshaped } from "./views.ts";

/** A number for both axes, or one for the height and one for the width. */
export type Pair = number | readonly [number, number];

/** Options of {@link im2col} and {@link col2im}. */
export interface WindowOptions {
  /** Steps between the elements of a window; 1 unless said otherwise. */
  dilation?: Pair;
  /** Zeros on all sides; 0 unless said otherwise. */
  padding?: Pair;
  /** Steps between windows; 1 unless said otherwise. */
  stride?: Pair;
}

function pair(op: string, name: string, given: unknown, least: number): [number, number] {
  const both = Array.isArray(given) ? given : [given, given];
  if (both.length !== 2 || !both.every((n) => Number.isInteger(n) && n >= least)) {
    throw new ValueError(`${op}: ${name} is a whole number of at least ${least}, or two; got ${text(given)}`);
  }
  return both as [number, number];
}

/** Where the elements of all windows lie in a padded image, by rows: [kernel height · kernel width, windows]. */
interface Windows {
  readonly padding: readonly [number, number];
  readonly padded: readonly [number, number];
  readonly kernel: number;
  readonly windows: number;
  readonly places: Tensor;
}

function windowsOf(op: string, image: readonly number[], kernelSize: Pair, options: WindowOptions): Windows {
  const kernel = pair(op, "kernelSize", kernelSize, 1);
  checkOptions(op, options, ["stride", "padding", "dilation"]);
  const dilation = pair(op, "dilation", options.dilation ?? 1, 1);
  const padding = pair(op, "padding", options.padding ?? 0, 0);
  const stride = pair(op, "stride", options.stride ?? 1, 1);
  const padded = [0, 1].map((i) => (image[i] as number) + 2 * (padding[i] as number)) as [number, number];
  const steps = [0, 1].map((i) => {
    const room = (padded[i] as number) - (dilation[i] as number) * ((kernel[i] as number) - 1) - 1;
    return Math.floor(room / (stride[i] as number)) + 1;
  }) as [number, number];
  if (steps[0] < 1 || steps[1] < 1) {
    throw new ShapeError(
      `${op}: a kernel ${show(kernel)} does not fit into ${show(image)} with padding ${show(padding)}`,
    );
  }
  const places = new Int32Array(count(kernel) * count(steps));
  let at = 0;
  for (let i = 0; i < kernel[0]; i++)
    for (let j = 0; j < kernel[1]; j++)
      for (let y = 0; y < steps[0]; y++)
        for (let x = 0; x < steps[1]; x++)
          places[at++] = (y * stride[0] + i * dilation[0]) * padded[1] + x * stride[1] + j * dilation[1];
  return { padding, padded, kernel: count(kernel), windows: count(steps), places: tensor(places, { dtype: "int32" }) };
}

/**
 * Every window of images [batch, channels, height, width] as a column: [batch, channels · window, windows]. PyTorch's
 * `unfold` of functions; the method `unfold` is the one of tensors. Takes float dtypes. `kernelSize` is a number for
 * both axes, or [height, width].
 *
 * @throws {DTypeError} for int dtypes and bool.
 * @throws {ShapeError} if this does not have four axes, or the kernel is larger than the padded image.
 * @throws {ValueError} if a size, step or padding is not a whole number in its range, or an option is unknown.
 * @example
 * tensor([[[[1, 2, 3]]]]).im2col([1, 2]).toArray(); // [[[1, 2], [2, 3]]]
 */
export function im2col(this: Tensor, kernelSize: Pair, options: WindowOptions = {}): Tensor<[number, number, number]> {
  requireFloat("im2col", this);
  if (this.ndim !== 4) throw new ShapeError(`im2col: takes [batch, channels, height, width]; got ${show(this.shape)}`);
  const [batch, channels] = this.shape as readonly number[] as [number, number];
  const { padding, padded, kernel, windows, places } = windowsOf("im2col", this.shape.slice(2), kernelSize, options);
  const [down, right] = padding;
  const image = down === 0 && right === 0 ? this : this.pad([right, right, down, down]);
  const flat: Tensor = reshaped(image, [batch, channels, count(padded)]);
  return reshaped(flat.indexSelect(2, places), [batch, channels * kernel, windows]);
}

/**
 * Columns [batch, channels · window, windows] added up where their windows lie in images of the size [height, width]:
 * [batch, channels, height, width]. PyTorch's `fold`. Takes float dtypes. `outputSize` and `kernelSize` are a number
 * for both axes, or [height, width].
 *
 * @throws {DTypeError} for int dtypes and bool.
 * @throws {ShapeError} if this is not [batch, channels · window, windows] of such images, or the kernel is larger than
 * the padded image.
 * @throws {ValueError} if a size, step or padding is not a whole number in its range, or an option is unknown.
 * @example
 * tensor([[[1, 2], [3, 4]]]).col2im([1, 3], [1, 2]).toArray(); // [[[[1, 5, 4]]]]
 */
export function col2im(
  this: Tensor,
  outputSize: Pair,
  kernelSize: Pair,
  options: WindowOptions = {},
): Tensor<[number, number, number, number]> {
  requireFloat("col2im", this);
  const size = pair("col2im", "outputSize", outputSize, 1);
  const { padding, padded, kernel, windows, places } = windowsOf("col2im", size, kernelSize, options);
  const [batch, rows, columns] = this.shape as readonly number[] as [number, number, number];
  if (this.ndim !== 3 || rows % kernel !== 0 || columns !== windows) {
    throw new ShapeError(
      `col2im: takes [batch, channels * ${kernel}, ${windows}] for images ${show(size)}; got ${show(this.shape)}`,
    );
  }
  const channels = rows / kernel;
  const source = reshaped(this, [batch, channels, kernel * windows]);
  const sums = (filled([batch, channels, count(padded)], this.dtype) as Tensor).indexAdd(2, places, source);
  const [down, right] = padding;
  const image: Tensor = reshaped(sums, [batch, channels, ...padded]);
  return down === 0 && right === 0 ? image : image.pad([-right, -right, -down, -down]);
}

function checkFactor(op: string, x: Tensor, factor: unknown): void {
  requireTensor(op, x);
  if (x.ndim < 3) throw new ShapeError(`${op}: takes [..., channels, height, width]; got ${show(x.shape)}`);
  if (!Number.isInteger(factor) || (factor as number) < 1) {
    throw new ValueError(`${op}: the factor is a whole number of at least 1; got ${String(factor)}`);
  }
}

/**
 * Channels spread over blocks of r × r pixels: [..., channels · r², height, width] → [..., channels, height · r, width · r].
 * Shi et al., 2016. `upscaleFactor` is r.
 *
 * @throws {ShapeError} if there are fewer than three axes, or the channels are not a multiple of r².
 * @throws {ValueError} if `upscaleFactor` is not a whole number of at least 1.
 * @example
 * tensor([[[1]], [[2]], [[3]], [[4]]]).pixelShuffle(2).toArray(); // [[[1, 2], [3, 4]]]
 */
export function pixelShuffle<S extends Shape, R extends number>(
  this: Tensor<S>,
  upscaleFactor: R,
): Tensor<PixelShuffle<S, R>> {
  checkFactor("pixelShuffle", this, upscaleFactor);
  const r: number = upscaleFactor;
  const lead = this.shape.slice(0, -3);
  const [channels, height, width] = this.shape.slice(-3) as [number, number, number];
  if (channels % (r * r) !== 0) {
    throw new ShapeError(`pixelShuffle: channels are a multiple of ${r * r}; got ${show(this.shape)}`);
  }
  const made = channels / (r * r);
  const n = lead.length;
  const split = reshaped(this, [...lead, made, r, r, height, width]);
  const turned = permuted(split, [...lead.keys(), n, n + 3, n + 1, n + 4, n + 2], "pixelShuffle");
  return reshaped(turned, [...lead, made, height * r, width * r]) as Tensor<AnyShape>;
}

/**
 * Blocks of r × r pixels as channels: [..., channels, height · r, width · r] → [..., channels · r², height, width].
 * `downscaleFactor` is r.
 *
 * @throws {ShapeError} if there are fewer than three axes, or height and width are not multiples of r.
 * @throws {ValueError} if `downscaleFactor` is not a whole number of at least 1.
 * @example
 * tensor([[[1, 2], [3, 4]]]).pixelUnshuffle(2).toArray(); // [[[1]], [[2]], [[3]], [[4]]]
 */
export function pixelUnshuffle<S extends Shape, R extends number>(
  this: Tensor<S>,
  downscaleFactor: R,
): Tensor<PixelUnshuffle<S, R>> {
  checkFactor("pixelUnshuffle", this, downscaleFactor);
  const r: number = downscaleFactor;
  const lead = this.shape.slice(0, -3);
  const [channels, height, width] = this.shape.slice(-3) as [number, number, number];
  if (height % r !== 0 || width % r !== 0) {
    throw new ShapeError(`pixelUnshuffle: height and width are multiples of ${r}; got ${show(this.shape)}`);
  }
  const n = lead.length;
  const split = reshaped(this, [...lead, channels, height / r, r, width / r, r]);
  const turned = permuted(split, [...lead.keys(), n, n + 2, n + 4, n + 1, n + 3], "pixelUnshuffle");
  return reshaped(turned, [...lead, channels * r * r, height / r, width / r]) as Tensor<AnyShape>;
}
