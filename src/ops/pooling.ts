/** Pooling: maxima and means of windows over one or two axes, as in PyTorch. */
import { readsAlone } from "../autograd/backward.ts";
import { type Node, record, tracks } from "../autograd/node.ts";
import { backend } from "../backend/index.ts";
import { ShapeError, ValueError } from "../errors.ts";
import { checkOptions } from "../options.ts";
import { count, show } from "../tensor/sizes.ts";
import { empty, sourcePointer, Tensor } from "../tensor/tensor.ts";
import { type Axis, type PerAxis, perAxis, text } from "./conv-geometry.ts";
import { pooledOnTheWay } from "./conv-pool.ts";
import { FLOATS, family, pointer, requireFloat } from "./kernels.ts";
import { contiguous } from "./layout.ts";
import { reshaped } from "./views.ts";

const largest = family("max_pool", FLOATS);
const toLargest = family("max_pool_backward", FLOATS);
const average = family("average_pool", FLOATS);
const shares = family("average_pool_backward", FLOATS);

/** The axis of a signal that has only one. */
const FLAT: Axis = { in: 1, out: 1, kernel: 1, stride: 1, dilation: 1, pad: 0 };

/** Planes of one channel each, and their axes. */
interface Planes {
  readonly count: number;
  readonly y: Axis;
  readonly x: Axis;
}

/** Writes the planes where kernels read them: the fields of PoolShape in kernels/pooling.cpp. */
function writePlanes(s: Planes): number {
  const { address, values } = backend.table;
  values[0] = s.count;
  for (const [i, a] of [s.y, s.x].entries()) {
    values.set([a.in, a.out, a.kernel, a.stride, a.dilation, a.pad], 1 + 6 * i);
  }
  return address;
}

/** Options of pooling; lists have one number for each axis. */
export interface PoolOptions {
  /** Distance between neighbouring windows; the kernel's size unless said otherwise. */
  readonly stride?: PerAxis;
  /** So many elements beyond both ends belong to windows: at most half the kernel. 0 unless said otherwise. */
  readonly padding?: PerAxis;
  /** Whether a last window that does not end inside is taken too; false unless said otherwise. */
  readonly ceilMode?: boolean;
}

/** Options of max pooling. */
export interface MaxPoolOptions extends PoolOptions {
  /** Distance between the elements of a window; 1 unless said otherwise. */
  readonly dilation?: PerAxis;
}

/** Options of average pooling. */
export interface AvgPoolOptions extends PoolOptions {
  /** Whether the padding counts among a window's elements; true unless said otherwise. */
  readonly countIncludePad?: boolean;
  /** What sums are divided by instead of the number of elements. */
  readonly divisorOverride?: number;
}

/** The largest elements of windows, and their places in their channel, row by row (int32). */
export interface Pooled {
  values: Tensor;
  indices: Tensor;
}

const SIZES = { 1: "length", 2: "height, width" } as const;

/** Throws unless x has the axes of a signal or an image, with or without a batch. */
function checkInput(name: string, rank: 1 | 2, x: Tensor): void {
  requireFloat(name, x);
  if (x.ndim !== rank + 1 && x.ndim !== rank + 2) {
    throw new ShapeError(
      `${name}: expects [batch, channels, ${SIZES[rank]}] or [channels, ${SIZES[rank]}]; got ${show(x.shape)}`,
    );
  }
}

function planesOf(rank: 1 | 2, x: Tensor, axes: readonly Axis[]): Planes {
  let count = 1;
  for (let i = 0; i < x.ndim - rank; i++) count *= x.shape[i] as number;
  const last = axes[rank - 1] as Axis;
  return { count, y: rank === 1 ? FLAT : (axes[0] as Axis), x: last };
}

/** The windows of a kernel over the last `rank` axes. `name` opens the errors. */
function windows(name: string, rank: 1 | 2, x: Tensor, kernelSize: PerAxis, options: MaxPoolOptions): Planes {
  checkInput(name, rank, x);
  const kernels = perAxis(name, "kernelSize", kernelSize, rank, 1);
  const strides = perAxis(name, "stride", options.stride ?? kernels, rank, 1);
  const pads = perAxis(name, "padding", options.padding ?? 0, rank, 0);
  const dilations = perAxis(name, "dilation", options.dilation ?? 1, rank, 1);
  const axes = (x.shape.slice(-rank) as number[]).map((size, i): Axis => {
    const [kernel, stride, pad, dilation] = [kernels, strides, pads, dilations].map((list) => list[i]) as [
      number,
      number,
      number,
      number,
    ];
    if (pad > kernel / 2) {
      throw new ValueError(`${name}: padding is at most half the kernel; got ${pad} with a kernel of ${kernel}`);
    }
    const room = size + 2 * pad - dilation * (kernel - 1) - 1;
    let out = (options.ceilMode ? Math.ceil(room / stride) : Math.floor(room / stride)) + 1;
    if (options.ceilMode && (out - 1) * stride >= size + pad) out--; // a window begins inside or in the padding before
    if (size === 0 || out < 1 || room < 0) {
      const padded = pad === 0 ? "" : `, ${size + 2 * pad} with its padding`;
      throw new ShapeError(
        `${name}: a kernel of size ${kernel} does not fit into ${size}${padded}, of ${show(x.shape)}`,
      );
    }
    return { in: size, out, kernel, stride, dilation, pad };
  });
  return planesOf(rank, x, axes);
}

/** Windows that divide the last two axes evenly. */
function evenWindows(name: string, x: Tensor, outputSize: number | readonly (number | null)[] | null): Planes {
  checkInput(name, 2, x);
  const list: readonly unknown[] = Array.isArray(outputSize) ? outputSize : [outputSize, outputSize];
  const fits =
    list.length === 2 && list.every((one) => one === null || (Number.isInteger(one) && (one as number) >= 1));
  if (!fits) {
    throw new ValueError(
      `${name}: outputSize is a whole number of at least 1, null to keep the size, or a list of 2 of them; got ${text(outputSize)}`,
    );
  }
  const axes = (x.shape.slice(-2) as number[]).map((size, i): Axis => {
    if (size === 0) throw new ShapeError(`${name}: needs at least one element along each axis; got ${show(x.shape)}`);
    return { in: size, out: (list[i] as number | null) ?? size, kernel: 0, stride: 1, dilation: 1, pad: 0 };
  });
  return planesOf(2, x, axes);
}

function outShape(x: Tensor, s: Planes, rank: 1 | 2): number[] {
  return [...x.shape.slice(0, -rank), ...(rank === 1 ? [s.x.out] : [s.y.out, s.x.out])];
}

/** What has not been computed, a relu or a convolution, is computed on the way, and if nothing else asks for it never written. */
function takeLargest(x: Tensor, s: Planes, values: Tensor, places: Tensor | null): void {
  if (inFours(s) && pooledOnTheWay(x, s.y.in, s.x.in, values, places)) return;
  const from = sourcePointer(x, "relu");
  const floor = from === 0 ? -Infinity : 0;
  largest[x.dtype](from || pointer(x), floor, pointer(values), places === null ? 0 : pointer(places), writePlanes(s));
}

/** Whether windows are of 2 × 2 elements, side by side. */
function inFours(s: Planes): boolean {
  return [s.y, s.x].every((a) => a.kernel === 2 && a.stride === 2 && a.dilation === 1 && a.pad === 0);
}

/** The places of the largest elements are the user's only where they are asked for, else memory that goes back with the graph. */
function maxima(input: Tensor, s: Planes, rank: 1 | 2, indices: Tensor | null = null): Tensor {
  const x = contiguous.call(input);
  const values = empty(outShape(x, s, rank), x.dtype);
  const tracked = tracks(x);
  const own = indices === null && tracked ? backend.borrow(4 * values.count) : null;
  const places = indices ?? (own === null ? null : new Tensor(own, values.shape, "int32"));
  takeLargest(x, s, values, places);
  if (tracked && places !== null) {
    const source = x.node as Node;
    const { shape, dtype } = x; // the graph must not hold on to x itself
    const { version } = values.storage;
    const forX = (g: Tensor): Tensor => {
      const flat = contiguous.call(g);
      const dx = empty(shape, dtype);
      // The gradient of a relu before it is computed on the way, which saves a pass over all elements.
      const masked = source.op === "relu" && values.storage.version === version && readsAlone(source);
      const where = masked ? pointer(values) : 0;
      toLargest[dtype](pointer(flat), pointer(places), where, pointer(dx), writePlanes(s));
      source.masked = masked;
      if (tracks(g)) {
        const kept = own === null ? places : places.clone(); // this graph may outlive the other
        record(dx, "maxPoolBackward", [g], [(h) => pickPlaces(h, kept, rank)]);
      }
      return dx;
    };
    record(values, "maxPool", [x], [forX], indices === null ? [] : [indices], own === null ? null : [own]);
  }
  return values;
}

/** The elements of x at places within their planes. */
function pickPlaces(x: Tensor, places: Tensor, rank: 1 | 2): Tensor {
  const planes = count(x.shape.slice(0, -rank));
  const flat = reshaped(x, [planes, count(x.shape.slice(-rank))]);
  return reshaped(flat.gather(1, reshaped(places, [planes, count(places.shape.slice(-rank))])) as Tensor, places.shape);
}

function means(input: Tensor, s: Planes, rank: 1 | 2, withPadding: boolean, divisor: number): Tensor {
  const x = contiguous.call(input);
  const y = empty(outShape(x, s, rank), x.dtype);
  average[x.dtype](pointer(x), pointer(y), Number(withPadding), divisor, writePlanes(s));
  if (tracks(x)) {
    const { shape, dtype } = x;
    const forX = (g: Tensor): Tensor => {
      const flat = contiguous.call(g);
      const dx = empty(shape, dtype);
      shares[dtype](pointer(flat), pointer(dx), Number(withPadding), divisor, writePlanes(s));
      if (tracks(g)) record(dx, "avgPoolBackward", [g], [(h) => means(h, s, rank, withPadding, divisor)]);
      return dx;
    };
    record(y, "avgPool", [x], [forX]);
  }
  return y;
}

/** Max pooling over the last `rank` axes. `name` opens the errors. */
export function maxPooling(name: string, rank: 1 | 2, x: Tensor, kernelSize: PerAxis, options: MaxPoolOptions): Tensor {
  checkOptions(name, options, ["stride", "padding", "dilation", "ceilMode"]);
  return maxima(x, windows(name, rank, x, kernelSize, options), rank);
}

/** The same, and where the maxima are. */
export function maxPoolingPlaced(
  name: string,
  rank: 1 | 2,
  x: Tensor,
  kernelSize: PerAxis,
  options: MaxPoolOptions,
): Pooled {
  checkOptions(name, options, ["stride", "padding", "dilation", "ceilMode"]);
  const s = windows(name, rank, x, kernelSize, options);
  const indices = empty(outShape(x, s, rank), "int32");
  return { values: maxima(x, s, rank, indices), indices };
}

/** Average pooling over the last `rank` axes. `name` opens the errors. */
export function avgPooling(name: string, rank: 1 | 2, x: Tensor, kernelSize: PerAxis, options: AvgPoolOptions): Tensor {
  checkOptions(name, options, ["stride", "padding", "ceilMode", "countIncludePad", "divisorOverride"]);
  const { countIncludePad = true, divisorOverride, ...rest } = options;
  if (divisorOverride !== undefined && (!Number.isFinite(divisorOverride) || divisorOverride === 0)) {
    throw new ValueError(`${name}: divisorOverride is a number other than 0; got ${text(divisorOverride)}`);
  }
  const s = windows(name, rank, x, kernelSize, { ...rest, dilation: 1 });
  return means(x, s, rank, countIncludePad, divisorOverride ?? 0);
}

/**
 * The largest element of each window along the last axis: x [batch, channels, length] or [channels, length], of a float
 * dtype. `kernelSize` is the length of a window.
 *
 * @throws {DTypeError} for int dtypes and bool.
 * @throws {ShapeError} if `x` has another number of axes, or the kernel does not fit into the padded input.
 * @throws {ValueError} if an option is unknown or out of range, or the padding is above half of the kernel.
 * @example
 * maxPool1d(tensor([[1, 3, 2, 5]]), 2).toArray(); // [[3, 5]]
 */
export function maxPool1d(x: Tensor, kernelSize: number | readonly [number], options: MaxPoolOptions = {}): Tensor {
  return maxPooling("maxPool1d", 1, x, kernelSize, options);
}

/**
 * The largest element of each window: x [batch, channels, height, width] or [channels, height, width], of a float
 * dtype. `kernelSize` is a number for both axes, or [height, width].
 *
 * @throws {DTypeError} for int dtypes and bool.
 * @throws {ShapeError} if `x` has another number of axes, or the kernel does not fit into the padded input.
 * @throws {ValueError} if an option is unknown or out of range, or the padding is above half of the kernel.
 * @example
 * maxPool2d(tensor([[[1, 3], [2, 5]]]), 2).toArray(); // [[[5]]]
 */
export function maxPool2d(
  x: Tensor,
  kernelSize: number | readonly [number, number],
  options: MaxPoolOptions = {},
): Tensor {
  return maxPooling("maxPool2d", 2, x, kernelSize, options);
}

/**
 * The largest element of each window, as {@link maxPool2d} gives it, and its place in its channel, row by row (int32).
 *
 * @throws {DTypeError} for int dtypes and bool.
 * @throws {ShapeError} if `x` has another number of axes, or the kernel does not fit into the padded input.
 * @throws {ValueError} if an option is unknown or out of range, or the padding is above half of the kernel.
 * @example
 * maxPool2dWithIndices(tensor([[[1, 3], [2, 5]]]), 2).indices.toArray(); // [[[3]]]
 */
export function maxPool2dWithIndices(
  x: Tensor,
  kernelSize: number | readonly [number, number],
  options: MaxPoolOptions = {},
): Pooled {
  return maxPoolingPlaced("maxPool2dWithIndices", 2, x, kernelSize, options);
}

/**
 * The mean of each window along the last axis: x [batch, channels, length] or [channels, length], of a float dtype.
 * `kernelSize` is the length of a window.
 *
 * @throws {DTypeError} for int dtypes and bool.
 * @throws {ShapeError} if `x` has another number of axes, or the kernel does not fit into the padded input.
 * @throws {ValueError} if an option is unknown or out of range, or the padding is above half of the kernel.
 * @example
 * avgPool1d(tensor([[1, 3, 2, 5]]), 2).toArray(); // [[2, 3.5]]
 */
export function avgPool1d(x: Tensor, kernelSize: number | readonly [number], options: AvgPoolOptions = {}): Tensor {
  return avgPooling("avgPool1d", 1, x, kernelSize, options);
}

/**
 * The mean of each window: x [batch, channels, height, width] or [channels, height, width], of a float dtype.
 * `kernelSize` is a number for both axes, or [height, width].
 *
 * @throws {DTypeError} for int dtypes and bool.
 * @throws {ShapeError} if `x` has another number of axes, or the kernel does not fit into the padded input.
 * @throws {ValueError} if an option is unknown or out of range, or the padding is above half of the kernel.
 * @example
 * avgPool2d(tensor([[[1, 3], [2, 6]]]), 2).toArray(); // [[[3]]]
 */
export function avgPool2d(
  x: Tensor,
  kernelSize: number | readonly [number, number],
  options: AvgPoolOptions = {},
): Tensor {
  return avgPooling("avgPool2d", 2, x, kernelSize, options);
}

/** The size of the result of adaptive pooling: for both axes, or for each; null keeps the input's. */
export type AdaptiveSize = number | readonly [number | null, number | null] | null;

/**
 * The means of windows that divide the image evenly into `outputSize`: x [batch, channels, height, width] or [channels,
 * height, width], of a float dtype.
 *
 * @throws {DTypeError} for int dtypes and bool.
 * @throws {ShapeError} if `x` has neither 3 nor 4 axes, or no elements along one of the last two.
 * @throws {ValueError} if `outputSize` is not of whole numbers of at least 1 or null.
 * @example
 * adaptiveAvgPool2d(tensor([[[1, 3], [2, 6]]]), 1).toArray(); // [[[3]]]
 */
export function adaptiveAvgPool2d(x: Tensor, outputSize: AdaptiveSize): Tensor {
  return means(x, evenWindows("adaptiveAvgPool2d", x, outputSize), 2, false, 0);
}

/**
 * The largest elements of windows that divide the image evenly into `outputSize`: x [batch, channels, height, width] or
 * [channels, height, width], of a float dtype.
 *
 * @throws {DTypeError} for int dtypes and bool.
 * @throws {ShapeError} if `x` has neither 3 nor 4 axes, or no elements along one of the last two.
 * @throws {ValueError} if `outputSize` is not of whole numbers of at least 1 or null.
 * @example
 * adaptiveMaxPool2d(tensor([[[1, 3], [2, 6]]]), [1, null]).toArray(); // [[[2, 6]]]
 */
export function adaptiveMaxPool2d(x: Tensor, outputSize: AdaptiveSize): Tensor {
  return maxima(x, evenWindows("adaptiveMaxPool2d", x, outputSize), 2);
}

/** The length of the result of adaptive pooling; null keeps the input's. */
export type AdaptiveLength = number | readonly [number | null] | null;

/** Runs a pooling of images on signals of height 1. */
function ofSignal(
  op: string,
  pool: (x: Tensor, size: readonly [number, number | null]) => Tensor,
  x: Tensor,
  outputSize: AdaptiveLength,
): Tensor {
  checkInput(op, 1, x);
  const size = Array.isArray(outputSize) ? outputSize[0] : outputSize;
  if (size !== null && !(Number.isInteger(size) && size >= 1)) {
    throw new ValueError(`${op}: outputSize is a whole number of at least 1, or null; got ${String(outputSize)}`);
  }
  return pool(x.unsqueeze(-2) as Tensor, [1, size]).squeeze(-2) as Tensor;
}

/**
 * The means of windows that divide a signal evenly into `outputSize`: x [batch, channels, length] or [channels,
 * length], of a float dtype.
 *
 * @throws {DTypeError} for int dtypes and bool.
 * @throws {ShapeError} if `x` has neither 2 nor 3 axes, or no elements along the last.
 * @throws {ValueError} if `outputSize` is not a whole number of at least 1 or null.
 * @example
 * adaptiveAvgPool1d(tensor([[1, 3, 2, 6]]), 2).toArray(); // [[2, 4]]
 */
export function adaptiveAvgPool1d(x: Tensor, outputSize: AdaptiveLength): Tensor {
  return ofSignal("adaptiveAvgPool1d", adaptiveAvgPool2d, x, outputSize);
}

/**
 * The largest elements of windows that divide a signal evenly into `outputSize`: x [batch, channels, length] or
 * [channels, length], of a float dtype.
 *
 * @throws {DTypeError} for int dtypes and bool.
 * @throws {ShapeError} if `x` has neither 2 nor 3 axes, or no elements along the last.
 * @throws {ValueError} if `outputSize` is not a whole number of at least 1 or null.
 * @example
 * adaptiveMaxPool1d(tensor([[1, 3, 2, 6]]), 2).toArray(); // [[3, 6]]
 */
export function adaptiveMaxPool1d(x: Tensor, outputSize: AdaptiveLength): Tensor {
  return ofSignal("adaptiveMaxPool1d", adaptiveMaxPool2d, x, outputSize);
}
