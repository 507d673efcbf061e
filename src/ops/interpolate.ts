/** Resizing of images, lines and volumes. */
import { record, tracks } from "../autograd/node.ts";
import { ShapeError, ValueError } from "../errors.ts";
import { checkOptions } from "../options.ts";
import type { Interpolate } from "../tensor/resize.ts";
import type { Out, Shape } from "../tensor/shapes.ts";
import { count, show } from "../tensor/sizes.ts";
import { empty, type Tensor } from "../tensor/tensor.ts";
import { tensor } from "./create.ts";
import { FLOATS, family, pointer, requireFloat } from "./kernels.ts";
import { contiguous } from "./layout.ts";
import { type AxisScale, antialiased, area, cubic, linear, nearest, type Table } from "./resampling.ts";

const resample = family("resample", FLOATS, "interpolate");
const resampleBackward = family("resample_backward", FLOATS, "interpolate");

/** How new elements are made of old ones. */
export type InterpolateMode = "nearest" | "nearest-exact" | "linear" | "bilinear" | "trilinear" | "bicubic" | "area";

/** Options of {@link interpolate}: either `size` or `scaleFactor`. */
export interface InterpolateOptions<Z = number | Shape, F = number | Shape> {
  /** The sizes behind [batch, channels], or one for all. */
  size?: Z;
  /** What those sizes are multiplied by, rounded down: one for all, or one each. */
  scaleFactor?: F;
  /** "nearest" unless said otherwise. "linear", "bilinear" and "trilinear" are for 1, 2 and 3 axes, "bicubic" for 2. */
  mode?: InterpolateMode;
  /** Whether the middles of the corner elements stay, not their outer edges; false unless said otherwise. For linear and cubic modes. */
  alignCorners?: boolean;
  /** Whether "bilinear" and "bicubic" average over all they leave out where an image gets smaller; false unless said otherwise. */
  antialias?: boolean;
}

/** The numbers of axes that a mode is for, behind [batch, channels]. */
const AXES: Readonly<Record<InterpolateMode, readonly number[]>> = {
  nearest: [1, 2, 3],
  "nearest-exact": [1, 2, 3],
  area: [1, 2, 3],
  linear: [1],
  bilinear: [2],
  trilinear: [3],
  bicubic: [2],
};

/** One axis of x [outer, length, inner] resampled, or the adjoint of that. */
function resampled(
  x: Tensor,
  axis: number,
  to: number,
  table: Table,
  places: Tensor,
  weights: Tensor,
  back: boolean,
): Tensor {
  const given = contiguous.call(x);
  const shape = x.shape.with(axis, to);
  const y = empty(shape, x.dtype);
  const [outer, inner] = [count(x.shape.slice(0, axis)), count(x.shape.slice(axis + 1))];
  const from = x.shape[axis] as number;
  const [old, made] = back ? [to, from] : [from, to];
  (back ? resampleBackward : resample)[x.dtype](
    ...([pointer(given), pointer(places), pointer(weights), pointer(y), outer, old, inner, made, table.taps] as const),
  );
  if (tracks(x)) record(y, "interpolate", [x], [(g) => resampled(g, axis, from, table, places, weights, !back)]);
  return y;
}

function tableOf(mode: InterpolateMode, antialias: boolean, axis: AxisScale): Table {
  if (mode === "nearest" || mode === "nearest-exact") return nearest(axis, mode === "nearest-exact");
  if (mode === "area") return area(axis);
  if (antialias) return antialiased(axis, mode === "bicubic" ? "cubic" : "linear");
  return mode === "bicubic" ? cubic(axis) : linear(axis);
}

/** A number for each of `axes` axes, from one for all or a list. */
function each(name: string, given: unknown, axes: number): number[] {
  const all: unknown[] = Array.isArray(given) ? given : new Array(axes).fill(given);
  if (all.length !== axes) {
    throw new ShapeError(
      `interpolate: ${name} is one number, or one for each of ${axes} axes; got ${JSON.stringify(given)}`,
    );
  }
  return all as number[];
}

function scales(x: Tensor, options: InterpolateOptions): AxisScale[] {
  const { size, scaleFactor, mode, alignCorners = false } = options;
  if ((size === undefined) === (scaleFactor === undefined)) {
    throw new ValueError(`interpolate: takes size or scaleFactor; got ${size === undefined ? "neither" : "both"}`);
  }
  const before = x.shape.slice(2);
  const factors = scaleFactor === undefined ? null : each("scaleFactor", scaleFactor, before.length);
  const sizes =
    factors === null ? each("size", size, before.length) : before.map((n, i) => Math.floor(n * (factors[i] as number)));
  for (const factor of factors ?? []) {
    if (!(Number.isFinite(factor) && factor > 0))
      throw new ValueError(`interpolate: scaleFactor is above 0; got ${String(factor)}`);
  }
  const round = x.dtype === "float32" ? Math.fround : (place: number): number => place;
  return before.map((from, i) => {
    const to = sizes[i] as number;
    if (!Number.isInteger(to) || to < 1 || from < 1) {
      throw new ShapeError(`interpolate: sizes are whole numbers of at least 1; got ${show(before)} to ${show(sizes)}`);
    }
    const step = factors === null || mode === "area" ? from / to : 1 / (factors[i] as number);
    return { from, to, step, alignCorners, round };
  });
}

function checkMode(x: Tensor, options: InterpolateOptions): void {
  const { mode = "nearest", alignCorners = false, antialias = false } = options;
  if (!Object.hasOwn(AXES, mode)) {
    throw new ValueError(`interpolate: mode is one of ${Object.keys(AXES).join(", ")}; got ${JSON.stringify(mode)}`);
  }
  if (!AXES[mode].includes(x.ndim - 2)) {
    const ranks = AXES[mode].map((n) => n + 2).join(", ");
    throw new ShapeError(`interpolate: ${mode} takes [batch, channels, …] of ${ranks} axes; got ${show(x.shape)}`);
  }
  if (alignCorners && AXES[mode].length > 1) {
    throw new ValueError(`interpolate: alignCorners is for linear, bilinear, trilinear and bicubic; got ${mode}`);
  }
  if (antialias && mode !== "bilinear" && mode !== "bicubic") {
    throw new ValueError(`interpolate: antialias is for bilinear and bicubic; got ${mode}`);
  }
}

/**
 * Lines, images or volumes [batch, channels, …] of another size, given as `size` or `scaleFactor`. Takes float dtypes.
 *
 * @throws {DTypeError} for int dtypes and bool.
 * @throws {ShapeError} if the mode is not for that many axes, or there is a size for another number of them, or one
 * below 1.
 * @throws {ValueError} if neither or both of `size` and `scaleFactor` are given, `scaleFactor` is not above 0, or an
 * option is unknown or not for the mode.
 * @example
 * tensor([[[1, 2]]]).interpolate({ scaleFactor: 2 }).toArray(); // [[[1, 1, 2, 2]]]
 * tensor([[[1, 3]]]).interpolate({ size: 3, mode: "linear", alignCorners: true }).toArray(); // [[[1, 2, 3]]]
 */
export function interpolate<
  S extends Shape,
  const Z extends number | Shape = never,
  const F extends number | Shape = never,
>(this: Tensor<S>, options: InterpolateOptions<Z, F>): Tensor<Out<Interpolate<S, Z, F>>> {
  requireFloat("interpolate", this);
  if (typeof options !== "object" || options === null) {
    throw new ValueError(`interpolate: takes options, { size } or { scaleFactor }; got ${String(options)}`);
  }
  checkMode(this, options);
  checkOptions("interpolate", options, ["size", "scaleFactor", "mode", "alignCorners", "antialias"]);
  const { mode = "nearest", antialias = false } = options;
  const all = scales(this, { ...options, mode });
  // The last axis is the slow one: it comes where there are fewer elements.
  const growing = all.reduce((ratio, { from, to }) => (ratio * to) / from, 1) >= 1;
  const order = all
    .map((axis, i) => ({ axis, at: i + 2 }))
    .filter(({ axis }) => axis.from !== axis.to || axis.step !== 1);
  let x: Tensor = this;
  for (const { axis, at } of growing ? order.reverse() : order) {
    const table = tableOf(mode, antialias, axis);
    const places = tensor(table.places, { dtype: "int32" });
    x = resampled(x, at, axis.to, table, places, tensor(table.weights, { dtype: x.dtype }), false);
  }
  return (order.length === 0 ? x.clone() : x) as Tensor<Out<Interpolate<S, Z, F>>>;
}
