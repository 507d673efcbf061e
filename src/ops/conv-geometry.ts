/** What a convolution needs to know of its operands: the checks, and the sizes that follow. */
import { backend } from "../backend/index.ts";
import { DTypeError, ShapeError, ValueError } from "../errors.ts";
import { shown } from "../options.ts";
import { show } from "../tensor/sizes.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { requireFloat, requireTensor } from "./kernels.ts";

/** A number for all axes, or one for each. */
export type PerAxis = number | readonly number[];
/** Padding: numbers of zeros, none, or as many as keep the size. */
export type PaddingOption<N extends PerAxis> = N | "same" | "valid";

/** One axis of a convolution. A result i reads inputs i · stride + k · dilation − pad, for the taps k. */
export interface Axis {
  readonly in: number;
  readonly out: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly pad: number;
}

/** A convolution of n images; channels are those of one group. */
export interface Geometry {
  readonly n: number;
  readonly groups: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly y: Axis;
  readonly x: Axis;
}

/** The axis of a signal that has only one. */
const FLAT: Axis = { in: 1, out: 1, kernel: 1, stride: 1, dilation: 1, pad: 0 };

/** Writes the geometry where kernels read it: the fields of ConvShape in kernels/conv/geometry.h. */
export function writeGeometry(s: Geometry): number {
  const { address, values } = backend.table;
  values.set([s.n, s.groups, s.inputs, s.outputs]);
  writeAxis(values, 4, s.y);
  writeAxis(values, 10, s.x);
  return address;
}

/** So many numbers it writes. */
export const GEOMETRY_SIZE = 16;

function writeAxis(to: Float64Array, at: number, a: Axis): void {
  to.set([a.in, a.out, a.kernel, a.stride, a.dilation, a.pad], at);
}

/** A value of an option or argument as people read it. */
export function text(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(text).join(", ")}]`;
  return shown(value);
}

/** One whole number for each of `rank` axes. `name` opens the errors, `what` names the option. */
export function perAxis(name: string, what: string, value: unknown, rank: number, least: number): readonly number[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : new Array<unknown>(rank).fill(value);
  const fits = list.length === rank && list.every((one) => Number.isInteger(one) && (one as number) >= least);
  if (!fits) {
    const form = rank === 1 ? "a whole number" : `a whole number or a list of ${rank}`;
    throw new ValueError(`${name}: ${what} is ${form}, of at least ${least}; got ${text(value)}`);
  }
  return list as readonly number[];
}

/** Throws unless `groups` is a whole number of at least 1. */
function checkGroups(name: string, groups: unknown): number {
  if (!Number.isInteger(groups) || (groups as number) < 1) {
    throw new ValueError(`${name}: groups is a whole number of at least 1; got ${text(groups)}`);
  }
  return groups as number;
}

const SIZES = { 1: ["length"], 2: ["height", "width"] } as const;

/** Throws unless input, weight and bias fit each other. Gives the number of groups. */
export function checkOperands(
  name: string,
  rank: 1 | 2,
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  grouping: unknown,
  transposed: boolean,
): number {
  requireFloat(name, x);
  requireTensor(name, weight);
  if (bias !== null) requireTensor(name, bias);
  const groups = checkGroups(name, grouping ?? 1);
  const sizes = SIZES[rank].join(", ");
  if (x.ndim !== rank + 1 && x.ndim !== rank + 2) {
    throw new ShapeError(`${name}: expects [batch, channels, ${sizes}] or [channels, ${sizes}]; got ${show(x.shape)}`);
  }
  const layout = `[${transposed ? "in, out / groups" : "out, in / groups"}, kernel ${SIZES[rank].join(", kernel ")}]`;
  if (weight.ndim !== rank + 2 || weight.shape.includes(0)) {
    throw new ShapeError(`${name}: the weight is ${layout}, without sizes of 0; got ${show(weight.shape)}`);
  }
  const [first, second] = weight.shape as readonly [number, number];
  if (first % groups !== 0) {
    throw new ShapeError(
      `${name}: the first size of the weight, ${first}, is not a multiple of the ${groups} groups; got a weight ${show(weight.shape)}`,
    );
  }
  checkChannels(name, x, weight, transposed ? first : second * groups, groups, x.shape[x.ndim - rank - 1] as number);
  const outputs = transposed ? second * groups : first;
  if (bias !== null && (bias.ndim !== 1 || bias.shape[0] !== outputs)) {
    throw new ShapeError(`${name}: weight ${show(weight.shape)} needs a bias of [${outputs}]; got ${show(bias.shape)}`);
  }
  if (x.dtype !== weight.dtype || (bias !== null && bias.dtype !== weight.dtype)) {
    const others = bias === null ? weight.dtype : `${weight.dtype}, ${bias.dtype}`;
    throw new DTypeError(
      `${name}: input, weight and bias have one dtype; got ${x.dtype}, ${others}; convert with x.to("${weight.dtype}")`,
    );
  }
  return groups;
}

function checkChannels(name: string, x: Tensor, weight: Tensor, wanted: number, groups: number, got: number): void {
  if (got === wanted) return;
  const grouped = groups === 1 ? "" : ` in ${groups} groups`;
  const last = x.ndim - 1;
  const at = x.ndim - weight.ndim + 1;
  const axes = [...x.shape.keys()];
  const order = [...axes.slice(0, at), last, ...axes.slice(at, last)];
  const fix = x.shape[last] === wanted ? `; where the channels are last, use x.permute(${order.join(", ")})` : "";
  throw new ShapeError(
    `${name}: a weight ${show(weight.shape)} expects ${wanted} channels${grouped}, got ${got} in ${show(x.shape)}${fix}`,
  );
}

/** Zeros before and after an axis that keep its size; of an odd number the one more comes after. */
export function samePadding(kernel: number, dilation: number): readonly [before: number, after: number] {
  const total = (kernel - 1) * dilation;
  return [Math.floor(total / 2), Math.ceil(total / 2)];
}

interface Options {
  readonly stride?: PerAxis;
  readonly padding?: PaddingOption<PerAxis>;
  readonly dilation?: PerAxis;
}

/** The axes of a convolution. Throws when the kernel is larger than the padded input. */
export function axesOf(name: string, rank: 1 | 2, x: Tensor, weight: Tensor, options: Options): readonly [Axis, Axis] {
  const stride = perAxis(name, "stride", options.stride ?? 1, rank, 1);
  const dilation = perAxis(name, "dilation", options.dilation ?? 1, rank, 1);
  const kernels = weight.shape.slice(2) as number[];
  const pads = paddingOf(name, rank, options.padding ?? 0, kernels, stride, dilation);
  const sizes = x.shape.slice(-rank) as number[];
  const axes = sizes.map((size, i): Axis => {
    const [kernel, step, gap] = [kernels[i] as number, stride[i] as number, dilation[i] as number];
    const [before, after] = pads[i] as readonly [number, number];
    const reach = (kernel - 1) * gap + 1;
    const room = size + before + after - reach;
    if (room < 0) {
      const dilated = gap === 1 ? "" : `, ${reach} with its dilation,`;
      const padded = before + after === 0 ? "" : `, ${size + before + after} with its padding`;
      throw new ShapeError(
        `${name}: a kernel of size ${kernel}${dilated} does not fit into ${size}${padded}, of ${show(x.shape)}; use a larger padding`,
      );
    }
    return { in: size, out: Math.floor(room / step) + 1, kernel, stride: step, dilation: gap, pad: before };
  });
  return rank === 1 ? [FLAT, axes[0] as Axis] : [axes[0] as Axis, axes[1] as Axis];
}

/** How many zeros stand before and after each axis. */
export function paddingOf(
  name: string,
  rank: 1 | 2,
  padding: unknown,
  kernels: readonly number[],
  stride: readonly number[],
  dilation: readonly number[],
): readonly (readonly [number, number])[] {
  if (padding === "same") {
    if (stride.some((step) => step !== 1)) {
      throw new ValueError(
        `${name}: padding "same" is for a stride of 1; got ${text(stride)}; give the padding in numbers`,
      );
    }
    return kernels.map((kernel, i) => samePadding(kernel, dilation[i] as number));
  }
  if (padding === "valid") return kernels.map(() => [0, 0] as const);
  if (typeof padding === "string") {
    throw new ValueError(`${name}: padding is "same", "valid" or whole numbers; got ${text(padding)}`);
  }
  return perAxis(name, "padding", padding, rank, 0).map((zeros) => [zeros, zeros] as const);
}

interface TransposedOptions {
  readonly stride?: PerAxis;
  readonly padding?: PerAxis;
  readonly outputPadding?: PerAxis;
  readonly dilation?: PerAxis;
}

/** The axes of the convolution whose transpose is wanted: it leads from the result to x. */
export function transposedAxesOf(
  name: string,
  rank: 1 | 2,
  x: Tensor,
  weight: Tensor,
  options: TransposedOptions,
): readonly [Axis, Axis] {
  const stride = perAxis(name, "stride", options.stride ?? 1, rank, 1);
  const dilation = perAxis(name, "dilation", options.dilation ?? 1, rank, 1);
  const padding = perAxis(name, "padding", options.padding ?? 0, rank, 0);
  const added = perAxis(name, "outputPadding", options.outputPadding ?? 0, rank, 0);
  const sizes = x.shape.slice(-rank) as number[];
  const axes = sizes.map((size, i): Axis => {
    const [step, gap, pad, more] = [stride, dilation, padding, added].map((list) => list[i]) as [
      number,
      number,
      number,
      number,
    ];
    const kernel = weight.shape[2 + i] as number;
    if (more >= Math.max(step, gap)) {
      throw new ValueError(
        `${name}: outputPadding is below the stride or the dilation; got ${more} with a stride of ${step} and a dilation of ${gap}`,
      );
    }
    const result = (size - 1) * step - 2 * pad + gap * (kernel - 1) + more + 1;
    if (size === 0 || result < 1) {
      throw new ShapeError(
        `${name}: nothing would be left of an axis of ${size} in ${show(x.shape)}: its result has ${size === 0 ? 0 : result} elements; use a smaller padding`,
      );
    }
    return { in: result, out: size, kernel, stride: step, dilation: gap, pad };
  });
  return rank === 1 ? [FLAT, axes[0] as Axis] : [axes[0] as Axis, axes[1] as Axis];
}
