/** Padding. */
import { record, tracks } from "../autograd/node.ts";
import { ShapeError, ValueError } from "../errors.ts";
import { checkOptions } from "../options.ts";
import { checkHolds } from "../tensor/dtypes.ts";
import type { Pad } from "../tensor/padding.ts";
import type { Arg, Out, Shape } from "../tensor/shapes.ts";
import { rowMajor, show, span } from "../tensor/sizes.ts";
import { Tensor } from "../tensor/tensor.ts";
import { text } from "./conv-geometry.ts";
import { tensor } from "./create.ts";
import { filled } from "./filled.ts";
import { requireTensor } from "./kernels.ts";
import { copyInto } from "./layout.ts";
import { takeSpan } from "./take.ts";

/** What stands beyond the edges: a number, the mirrored inner elements, the edge itself, or the other side. */
export type PadMode = "constant" | "reflect" | "replicate" | "circular";

/** Options of {@link pad}. */
export interface PadOptions {
  /** "constant" unless said otherwise. */
  mode?: PadMode;
  /** The number that "constant" puts; 0 unless said otherwise. */
  value?: number;
}

/** Amounts before and after an axis; below 0 they take elements away. */
type Pair = readonly [axis: number, before: number, after: number];

function pairs(x: Tensor, amounts: readonly number[]): Pair[] {
  if (!Array.isArray(amounts) || amounts.length % 2 !== 0 || !amounts.every((amount) => Number.isInteger(amount))) {
    throw new ValueError(`pad: takes pairs of whole numbers, [left, right, top, bottom, …]; got ${text(amounts)}`);
  }
  if (amounts.length > 2 * x.ndim) {
    throw new ShapeError(`pad: ${show(amounts)} has more pairs than ${show(x.shape)} has axes`);
  }
  const all = Array.from({ length: amounts.length / 2 }, (_, i): Pair => {
    return [x.ndim - 1 - i, amounts[2 * i] as number, amounts[2 * i + 1] as number];
  });
  for (const [at, before, after] of all) {
    if ((x.shape[at] as number) + before + after < 0) {
      throw new ShapeError(`pad: ${before} and ${after} leave less than nothing of axis ${at} of ${show(x.shape)}`);
    }
  }
  return all.filter(([, before, after]) => before !== 0 || after !== 0);
}

/** x without what negative amounts take away. */
function cropped(x: Tensor, all: readonly Pair[]): Tensor {
  let y = x;
  for (const [at, before, after] of all) {
    const start = Math.max(-before, 0);
    const length = (x.shape[at] as number) - start - Math.max(-after, 0);
    if (length !== x.shape[at])
      y = y.narrow(at, Math.max(Math.min(start, x.shape[at] as number), 0), Math.max(length, 0)) as Tensor;
  }
  return y;
}

function surrounded(x: Tensor, all: readonly Pair[], value: number): Tensor {
  const shape = [...x.shape];
  for (const [at, before, after] of all) shape[at] = (shape[at] as number) + before + after;
  const strides = rowMajor(shape);
  const y = filled(shape, x.dtype, value);
  const first = all.reduce((offset, [at, before]) => offset + before * (strides[at] as number), y.offset);
  copyInto(x, new Tensor(y.storage, x.shape, x.dtype, first, strides, y));
  const back = all.map(([at, before, after]): Pair => [at, -before, -after]);
  if (tracks(x)) record(y, "pad", [x], [(g) => cropped(g, back)]);
  return y;
}

/** The element of an axis that stands at place i, which may be outside. */
const SOURCES: Readonly<Record<Exclude<PadMode, "constant">, (i: number, size: number) => number>> = {
  reflect: (i, size) => (i < 0 ? -i : i >= size ? 2 * (size - 1) - i : i),
  replicate: (i, size) => Math.min(Math.max(i, 0), size - 1),
  circular: (i, size) => ((i % size) + size) % size,
};
/** How far an axis of a size may be padded. */
const LIMITS = {
  reflect: (size: number): number => size - 1,
  replicate: (size: number): number => (size > 0 ? Number.POSITIVE_INFINITY : 0),
  circular: (size: number): number => size,
};

function extended(x: Tensor, [at, before, after]: Pair, mode: Exclude<PadMode, "constant">): Tensor {
  const size = x.shape[at] as number;
  if (Math.max(before, after) > LIMITS[mode](size)) {
    throw new ShapeError(
      `pad: ${mode} takes at most ${Math.max(LIMITS[mode](size), 0)} elements of axis ${at} of ${show(x.shape)}; got ${before} and ${after}`,
    );
  }
  const source = SOURCES[mode];
  const places = Int32Array.from({ length: size + before + after }, (_, i) => source(i - before, size));
  const shape = x.shape.with(at, places.length);
  return takeSpan("pad", x, span(x.shape, at), tensor(places, { dtype: "int32" }), shape);
}

/**
 * Elements put around x, in pairs [left, right, top, bottom, …]: before and after the last axis, then the one before it, and
 * so on. Negative amounts take elements away. Modes: "constant" puts `value`, "reflect" mirrors without repeating the edge,
 * "replicate" repeats the edge, "circular" goes on at the other side.
 *
 * @throws {ValueError} if the amounts are not pairs of whole numbers, `mode` is unknown, an int dtype does not hold
 * `value`, or an option is unknown.
 * @throws {ShapeError} if there are more pairs than axes, less than nothing is left of an axis, or a mode has too few
 * elements to put.
 * @example
 * tensor([1, 2]).pad([1, 2]).toArray(); // [0, 1, 2, 0, 0]
 * tensor([1, 2, 3]).pad([2, 1], { mode: "reflect" }).toArray(); // [3, 2, 1, 2, 3, 2]
 */
export function pad<S extends Shape, const P extends readonly number[]>(
  this: Tensor<S>,
  amounts: Arg<Pad<S, P>, P>,
  options: PadOptions = {},
): Tensor<Out<Pad<S, P>>> {
  requireTensor("pad", this);
  const { mode = "constant", value = 0 } = checkOptions("pad", options, ["mode", "value"]);
  if (mode !== "constant" && !Object.hasOwn(SOURCES, mode)) {
    throw new ValueError(`pad: mode is "constant", "reflect", "replicate" or "circular"; got ${JSON.stringify(mode)}`);
  }
  if (typeof value !== "number") throw new ValueError(`pad: value is a number; got ${typeof value}`);
  const all = pairs(this, amounts as readonly number[]);
  if (all.length === 0) return (this as Tensor).clone();
  if (mode !== "constant") return all.reduce<Tensor>((x, pair) => extended(x, pair, mode), this);
  checkHolds("pad", this.dtype, value);
  const rest = all.map(([at, before, after]): Pair => [at, Math.max(before, 0), Math.max(after, 0)]);
  return surrounded(cropped(this, all), rest, value);
}
