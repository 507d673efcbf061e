/** Convolutions: cross-correlations over one or two axes, as in PyTorch, and their transposes. */
import { isGradEnabled } from "../autograd/mode.ts";
import { type Gradient, record, tracks } from "../autograd/node.ts";
import { backend } from "../backend/index.ts";
import { checkOptions } from "../options.ts";
import type { Conv1dOf, Conv2dOf, ConvTranspose1dOf, ConvTranspose2dOf } from "../tensor/conv-shapes.ts";
import type { Arg, Out, Shape } from "../tensor/shapes.ts";
import { empty, type Tensor } from "../tensor/tensor.ts";
import {
  axesOf,
  checkOperands,
  type Geometry,
  type PaddingOption,
  type PerAxis,
  transposedAxesOf,
  writeGeometry,
} from "./conv-geometry.ts";
import { postponed } from "./conv-pool.ts";
import { type Family, FLOATS, family, pointer } from "./kernels.ts";
import { contiguous } from "./layout.ts";
import { reshaped } from "./views.ts";

const convolve = family("conv", FLOATS);
const transpose = family("conv_transposed", FLOATS);
const gradientOfWeights = family("conv_weights", FLOATS);
const scratchBytes = family("conv_scratch", FLOATS, "conv");
const fill = family("fill", FLOATS, "conv");

const CONVOLVE = 0;
const TRANSPOSED = 1;
const WEIGHTS = 2;

/** Runs a kernel with the scratch it needs. `pointers` are read when nothing more is allocated. */
function run(kernel: Family, kind: number, s: Geometry, like: Tensor, pointers: () => number[]): void {
  const bytes = scratchBytes[like.dtype](kind, backend.threads, writeGeometry(s));
  const scratch = backend.borrow(bytes);
  const [a, b, c, d] = pointers() as [number, number, number, number];
  kernel[like.dtype](a, b, c, d, backend.pointer(scratch), writeGeometry(s));
  backend.release(scratch);
}

/** Sets every element to 0. */
function cleared(x: Tensor): Tensor {
  if (x.count > 0) fill[x.dtype](pointer(x), 0, x.count);
  return x;
}

/** The sum of a gradient over everything but its channels. */
function channelSums(g: Tensor): Tensor {
  return g.sum(g.shape.map((_, i) => i).filter((i) => i !== 1));
}

function convolved(x: Tensor, w: Tensor, b: Tensor | null, s: Geometry, outShape: readonly number[]): Tensor {
  const y = empty(outShape, x.dtype);
  if (y.count > 0)
    run(convolve, CONVOLVE, s, x, () => [pointer(x), pointer(w), b === null ? 0 : pointer(b), pointer(y)]);
  return y;
}

/** x [n, channels, …] convolved with w, plus a bias for each output channel. */
function correlate(
  input: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  s: Geometry,
  outShape: readonly number[],
): Tensor {
  const [x, w, b] = [contiguous.call(input), contiguous.call(weight), bias === null ? null : contiguous.call(bias)];
  const y = postponed(x, w, b, s, outShape) ?? convolved(x, w, b, s, outShape);
  if (tracks(x) || tracks(w) || (b !== null && tracks(b))) {
    const forX: Gradient = (g) => spread(g, w, null, s, x.shape);
    const [forW, forB] = weightGradients(b, (g, withBias) => products(x, g, s, w.shape, withBias));
    if (b === null) record(y, "conv", [x, w], [forX, forW], [x, w]);
    else record(y, "conv", [x, w, b], [forX, forW, forB], [x, w]);
  }
  return y;
}

/** The transpose of {@link correlate}: from its results to its inputs, plus a bias for each of their channels. */
function spread(output: Tensor, weight: Tensor, bias: Tensor | null, s: Geometry, inShape: readonly number[]): Tensor {
  const [g, w, b] = [contiguous.call(output), contiguous.call(weight), bias === null ? null : contiguous.call(bias)];
  const x = empty(inShape, g.dtype);
  if (x.count > 0)
    run(transpose, TRANSPOSED, s, g, () => [pointer(g), pointer(w), b === null ? 0 : pointer(b), pointer(x)]);
  if (tracks(g) || tracks(w) || (b !== null && tracks(b))) recordSpread(x, g, w, b, s);
  return x;
}

/** Apart from the function that computes x, so that the graph does not hold on to x. */
function recordSpread(x: Tensor, g: Tensor, w: Tensor, b: Tensor | null, s: Geometry): void {
  const forG: Gradient = (d) => correlate(d, w, null, s, g.shape);
  const forW: Gradient = (d) => products(d, g, s, w.shape, false).weights;
  if (b === null) record(x, "convTranspose", [g, w], [forG, forW], [g, w]);
  else record(x, "convTranspose", [g, w, b], [forG, forW, channelSums], [g, w]);
}

/** What a convolution's weights receive: for each, the products of the inputs and results that it connects, summed. */
function products(
  input: Tensor,
  output: Tensor,
  s: Geometry,
  shape: readonly number[],
  withBias: boolean,
): { weights: Tensor; bias: Tensor | null } {
  const [x, g] = [contiguous.call(input), contiguous.call(output)];
  const dw = empty(shape, x.dtype);
  const db = withBias ? empty([g.shape[1] as number], x.dtype) : null;
  if (g.count === 0) {
    cleared(dw);
    if (db !== null) cleared(db);
  } else {
    run(gradientOfWeights, WEIGHTS, s, x, () => [pointer(x), pointer(g), pointer(dw), db === null ? 0 : pointer(db)]);
  }
  if (tracks(x) || tracks(g)) {
    const forX: Gradient = (d) => spread(g, d, null, s, x.shape);
    const forG: Gradient = (d) => correlate(x, d, null, s, g.shape);
    record(dw, "convWeights", [x, g], [forX, forG], [x, g]);
  }
  return { weights: dw, bias: db };
}

/** The gradients of weights and bias, by one kernel where both are wanted and nothing is recorded. */
function weightGradients(
  bias: Tensor | null,
  both: (g: Tensor, withBias: boolean) => { weights: Tensor; bias: Tensor | null },
): [Gradient, Gradient] {
  let ready: Tensor | null = null;
  const forW: Gradient = (g) => {
    const found = both(g, bias !== null && bias.node !== null && !isGradEnabled());
    ready = found.bias;
    return found.weights;
  };
  const forB: Gradient = (g) => {
    const found = ready ?? channelSums(g);
    ready = null;
    return found;
  };
  return [forW, forB];
}

/** Options of {@link conv1d} and {@link conv2d}; lists have one number for each axis. */
export interface ConvOptions<N extends PerAxis> {
  /** Distance between neighbouring results; 1 unless said otherwise. */
  readonly stride?: N;
  /** Zeros put around the input: so many at both ends, none ("valid"), or as many as keep the size ("same", for a stride of 1). */
  readonly padding?: PaddingOption<N>;
  /** Distance between the taps of the kernel; 1 unless said otherwise. */
  readonly dilation?: N;
  /** Channels are cut into so many groups that do not mix; 1 unless said otherwise. */
  readonly groups?: number;
}

/** Options of {@link conv1d}. */
export type Conv1dOptions = ConvOptions<number | readonly [number]>;
/** Options of {@link conv2d}. */
export type Conv2dOptions = ConvOptions<number | readonly [number, number]>;

/** Options of {@link convTranspose1d} and {@link convTranspose2d}; lists have one number for each axis. */
export interface ConvTransposeOptions<N extends PerAxis> {
  /** Distance between the results of neighbouring inputs; 1 unless said otherwise. */
  readonly stride?: N;
  /** So much is taken away at both ends of the result; 0 unless said otherwise. */
  readonly padding?: N;
  /** So much is added at the end of the result; below the stride or the dilation. 0 unless said otherwise. */
  readonly outputPadding?: N;
  /** Distance between the taps of the kernel; 1 unless said otherwise. */
  readonly dilation?: N;
  /** Channels are cut into so many groups that do not mix; 1 unless said otherwise. */
  readonly groups?: number;
}

/** Options of {@link convTranspose1d}. */
export type ConvTranspose1dOptions = ConvTransposeOptions<number | readonly [number]>;
/** Options of {@link convTranspose2d}. */
export type ConvTranspose2dOptions = ConvTransposeOptions<number | readonly [number, number]>;

const CONV_OPTIONS = ["stride", "padding", "dilation", "groups"];

/** A convolution over the last `rank` axes. `name` opens the errors. */
export function convolution(
  name: string,
  rank: 1 | 2,
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  options: ConvOptions<PerAxis>,
): Tensor {
  checkOptions(name, options, CONV_OPTIONS);
  const groups = checkOperands(name, rank, x, weight, bias, options.groups, false);
  const [y, z] = axesOf(name, rank, x, weight, options);
  const batched = x.ndim === rank + 2;
  const n = batched ? (x.shape[0] as number) : 1;
  const channels = weight.shape[0] as number;
  const s: Geometry = { n, groups, inputs: weight.shape[1] as number, outputs: channels / groups, y, x: z };
  const sizes = rank === 1 ? [z.out] : [y.out, z.out];
  const whole = batched ? x : reshaped(x, [1, ...x.shape]);
  const result = correlate(whole, weight, bias, s, [n, channels, ...sizes]);
  return batched ? result : reshaped(result, [channels, ...sizes]);
}

/** A transposed convolution over the last `rank` axes. `name` opens the errors. */
export function transposedConvolution(
  name: string,
  rank: 1 | 2,
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  options: ConvTransposeOptions<PerAxis>,
): Tensor {
  checkOptions(name, options, [...CONV_OPTIONS, "outputPadding"]);
  const groups = checkOperands(name, rank, x, weight, bias, options.groups, true);
  const [y, z] = transposedAxesOf(name, rank, x, weight, options);
  const batched = x.ndim === rank + 2;
  const n = batched ? (x.shape[0] as number) : 1;
  const inputs = weight.shape[1] as number;
  const s: Geometry = { n, groups, inputs, outputs: (weight.shape[0] as number) / groups, y, x: z };
  const sizes = rank === 1 ? [z.in] : [y.in, z.in];
  const whole = batched ? x : reshaped(x, [1, ...x.shape]);
  const result = spread(whole, weight, bias, s, [n, inputs * groups, ...sizes]);
  return batched ? result : reshaped(result, [inputs * groups, ...sizes]);
}

/**
 * A convolution over one axis: x [batch, in, length] or [in, length], weight [out, in / groups, kernel], bias [out] or null
 * → [batch, out, length']. All of one float dtype.
 *
 * @throws {DTypeError} if the tensors are not of one float dtype.
 * @throws {ShapeError} if input, weight, bias and `groups` do not fit each other, or the kernel is larger than the
 * padded input.
 * @throws {ValueError} if an option is unknown or out of range, or the padding is "same" with a stride above 1.
 * @example
 * conv1d(tensor([[1, 2, 4, 8]]), tensor([[[-1, 1]]])).toArray(); // [[1, 2, 4]]
 */
export function conv1d<S extends Shape, W extends Shape, const A extends Conv1dOptions = Record<never, never>>(
  x: Arg<Conv1dOf<S, W, A>, Tensor<S>>,
  weight: Tensor<W>,
  bias: Tensor | null = null,
  options?: A,
): Tensor<Out<Conv1dOf<S, W, A>>> {
  return convolution("conv1d", 1, x as Tensor, weight, bias, options ?? {});
}

/**
 * A convolution over two axes: x [batch, in, height, width] or [in, height, width], weight [out, in / groups, kernel height,
 * kernel width], bias [out] or null → [batch, out, height', width']. All of one float dtype.
 *
 * @throws {DTypeError} if the tensors are not of one float dtype.
 * @throws {ShapeError} if input, weight, bias and `groups` do not fit each other, or the kernel is larger than the
 * padded input.
 * @throws {ValueError} if an option is unknown or out of range, or the padding is "same" with a stride above 1.
 * @example
 * conv2d(ones(1, 1, 3, 3), ones(1, 1, 2, 2)).toArray(); // [[[[4, 4], [4, 4]]]]
 */
export function conv2d<S extends Shape, W extends Shape, const A extends Conv2dOptions = Record<never, never>>(
  x: Arg<Conv2dOf<S, W, A>, Tensor<S>>,
  weight: Tensor<W>,
  bias: Tensor | null = null,
  options?: A,
): Tensor<Out<Conv2dOf<S, W, A>>> {
  return convolution("conv2d", 2, x as Tensor, weight, bias, options ?? {});
}

/**
 * The transpose of {@link conv1d}, which leads from its results to its inputs: x [batch, in, length] or [in, length],
 * weight [in, out / groups, kernel], bias [out] or null → [batch, out, length'].
 *
 * @throws {DTypeError} if the tensors are not of one float dtype.
 * @throws {ShapeError} if input, weight, bias and `groups` do not fit each other, or the padding leaves nothing of the
 * result.
 * @throws {ValueError} if an option is unknown or out of range, or `outputPadding` is below neither the stride nor the
 * dilation.
 * @example
 * convTranspose1d(tensor([[1, 2]]), tensor([[[1, 1, 1]]]), null, { stride: 2 }).toArray(); // [[1, 1, 3, 2, 2]]
 */
export function convTranspose1d<
  S extends Shape,
  W extends Shape,
  const A extends ConvTranspose1dOptions = Record<never, never>,
>(
  x: Arg<ConvTranspose1dOf<S, W, A>, Tensor<S>>,
  weight: Tensor<W>,
  bias: Tensor | null = null,
  options?: A,
): Tensor<Out<ConvTranspose1dOf<S, W, A>>> {
  return transposedConvolution("convTranspose1d", 1, x as Tensor, weight, bias, options ?? {});
}

/**
 * The transpose of {@link conv2d}, which leads from its results to its inputs: x [batch, in, height, width] or
 * [in, height, width], weight [in, out / groups, kernel height, kernel width], bias [out] or null
 * → [batch, out, height', width'].
 *
 * @throws {DTypeError} if the tensors are not of one float dtype.
 * @throws {ShapeError} if input, weight, bias and `groups` do not fit each other, or the padding leaves nothing of the
 * result.
 * @throws {ValueError} if an option is unknown or out of range, or `outputPadding` is below neither the stride nor the
 * dilation.
 * @example
 * convTranspose2d(ones(1, 1, 2, 2), ones(1, 1, 2, 2)).toArray(); // [[[[1, 2, 1], [2, 4, 2], [1, 2, 1]]]]
 */
export function convTranspose2d<
  S extends Shape,
  W extends Shape,
  const A extends ConvTranspose2dOptions = Record<never, never>,
>(
  x: Arg<ConvTranspose2dOf<S, W, A>, Tensor<S>>,
  weight: Tensor<W>,
  bias: Tensor | null = null,
  options?: A,
): Tensor<Out<ConvTranspose2dOf<S, W, A>>> {
  return transposedConvolution("convTranspose2d", 2, x as Tensor, weight, bias, options ?? {});
}
