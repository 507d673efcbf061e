/** Indexing: parts of a tensor by numbers, slices, lists and masks, to read and to assign. */
import { tracks } from "../autograd/node.ts";
import { DTypeError, IndexError, ShapeError, ValueError } from "../errors.ts";
import type { At } from "../tensor/indexing.ts";
import type { Arg, Out, Shape } from "../tensor/shapes.ts";
import { broadcast, count, type Span, sameShape, show, span } from "../tensor/sizes.ts";
import { changes, stridesOf, Tensor } from "../tensor/tensor.ts";
import { assign, checkWritable } from "./assign.ts";
import { tensor } from "./create.ts";
import { checkedIndex, scalar } from "./gather.ts";
import { cast } from "./layout.ts";
import { placesOfMask } from "./masks.ts";
import { placesOf, putInto, putSpan, takeSpan } from "./take.ts";
import { expandTo, permuted, placed, reshaped, viewOf } from "./views.ts";

/**
 * What one axis is indexed with.
 *
 * - a number: that element; the axis goes away. Negative numbers count from the end.
 * - `"start:stop"` or `"start:stop:step"`: a slice, as in Python: each part may be left out, steps are positive.
 * - `"..."`: all axes that are not named.
 * - `null`: a new axis of size 1.
 * - an int32 (or uint8) tensor or an array of numbers: the elements at these indices, as a copy. A tensor without axes
 *   is a number.
 * - a bool tensor or an array of booleans: the elements where it is true, as a copy. It covers as many axes as it has.
 */
export type Index = number | null | "..." | `${string}:${string}` | Tensor | readonly number[] | readonly boolean[];

/** The indices, or in place of each the message of a mismatch. */
export type IndexArgs<Rule, L extends readonly Index[]> =
  Arg<Rule, L> extends string ? { [K in keyof L]: Arg<Rule, L[K]> } : L;

interface Slice {
  readonly start: number;
  readonly step: number;
  readonly length: number;
}

/** A list or mask for `axes` axes from axis `at` of the view on. */
interface Pick {
  readonly at: number;
  readonly axes: number;
  readonly index: Tensor;
  readonly size: number;
}

/** An index for every axis: what is sliced, and what is picked out of the view that the slices give. */
type Item = number | null | Slice | Tensor;

/** Start, stop and step of a slice as it is written. */
type Bounds = readonly [start: number | undefined, stop: number | undefined, step: number];

/** The slices read so far: programs write few, and use them often. */
const known = new Map<string, Bounds>();
const KNOWN_LIMIT = 1000;

/** "2:8:3" as numbers. */
function boundsOf(op: string, text: string): Bounds {
  const before = known.get(text);
  if (before !== undefined) return before;
  const parts = text.split(":");
  const numbers = parts.map((part) => (part.trim() === "" ? undefined : Number(part)));
  if (parts.length < 2 || parts.length > 3 || numbers.some((n) => n !== undefined && !Number.isInteger(n))) {
    throw new ValueError(`${op}: a slice is "start:stop" or "start:stop:step" of whole numbers; got "${text}"`);
  }
  const [start, stop, step = 1] = numbers;
  if (step <= 0)
    throw new ValueError(`${op}: steps are positive; got "${text}"; use flip(axis) to turn an axis around`);
  if (known.size >= KNOWN_LIMIT) known.clear();
  const bounds: Bounds = [start, stop, step];
  known.set(text, bounds);
  return bounds;
}

/** A bound within an axis of `size`; below 0 it counts from the end. */
function within(bound: number, size: number): number {
  return Math.min(Math.max(bound < 0 ? bound + size : bound, 0), size);
}

/** "2:8:3" for an axis of `size`, as Python reads it. */
function parseSlice(op: string, text: string, size: number): Slice {
  const [first, last, step] = boundsOf(op, text);
  const start = first === undefined ? 0 : within(first, size);
  const stop = last === undefined ? size : within(last, size);
  return { start, step, length: Math.max(Math.ceil((stop - start) / step), 0) };
}

/** An array as a tensor: of whole numbers int32, of booleans bool. */
function listTensor(op: string, list: readonly unknown[]): Tensor {
  const isMask = list.length > 0 && list.every((value) => typeof value === "boolean");
  if (!isMask && !list.every((value) => Number.isInteger(value))) {
    throw new DTypeError(
      `${op}: a list of indices holds whole numbers, or booleans; got [${list.map(String).join(", ")}]`,
    );
  }
  return tensor(list as number[], { dtype: isMask ? "bool" : "int32" });
}

/** How many axes an index covers. */
function axesOf(item: Index): number {
  if (item === null || item === "...") return 0;
  return item instanceof Tensor && item.dtype === "bool" ? item.ndim : 1;
}

/** The indices checked, with arrays as tensors and one item for every axis of x. */
function itemsOf(op: string, x: Tensor, given: readonly Index[]): Item[] {
  const list: Index[] = [];
  let [covered, dots] = [0, 0];
  for (const index of given) {
    const item = Array.isArray(index) ? listTensor(op, index) : (index as Index);
    list.push(item);
    covered += axesOf(item);
    if (item === "...") dots++;
  }
  if (dots > 1) throw new IndexError(`${op}: "..." stands once; got it ${dots} times`);
  if (covered > x.ndim) {
    throw new IndexError(`${op}: too many indices for shape ${show(x.shape)}: they cover ${covered} axes`);
  }
  if (dots === 0) list.push("...");
  const items: Item[] = [];
  let axis = 0;
  for (const item of list) {
    if (item === "...") {
      for (let i = covered; i < x.ndim; i++) items.push({ start: 0, step: 1, length: x.shape[axis++] as number });
    } else {
      items.push(checkedItem(op, x, item, axis));
      axis += axesOf(item);
    }
  }
  return items;
}

function checkedItem(op: string, x: Tensor, given: Index, axis: number): Item {
  if (given === null) return null;
  if (given instanceof Tensor && given.dtype === "bool") return checkedMask(op, x, given, axis);
  const item = given instanceof Tensor ? indexOf(op, given) : given;
  if (item instanceof Tensor) return item;
  const size = x.shape[axis] as number;
  if (typeof item === "string") return parseSlice(op, item, size);
  if (typeof item !== "number") {
    throw new DTypeError(
      `${op}: an index is a number, a slice such as "1:3", "...", null, a tensor or an array; got ${typeof item}`,
    );
  }
  if (!Number.isInteger(item) || item < -size || item >= size) {
    const range = size === 0 ? "it is empty" : `expects a whole number from ${-size} to ${size - 1}`;
    throw new IndexError(`${op}: index ${item} is out of range for axis ${axis} of shape ${show(x.shape)}; ${range}`);
  }
  return item < 0 ? item + size : item;
}

/** Indices as a tensor; one without axes is a number. */
function indexOf(op: string, index: Tensor): Tensor | number {
  const checked = checkedIndex(op, index);
  return checked.ndim === 0 ? (checked.data()[0] as number) : checked;
}

function checkedMask(op: string, x: Tensor, mask: Tensor, axis: number): Tensor {
  const covered = x.shape.slice(axis, axis + mask.ndim);
  if (mask.ndim === 0) throw new ShapeError(`${op}: a mask has at least one axis; got []; use where()`);
  if (!sameShape(mask.shape, covered)) {
    throw new ShapeError(
      `${op}: a mask of shape ${show(mask.shape)} does not fit axes ${show(covered)} of ${show(x.shape)}`,
    );
  }
  return mask;
}

/** The view that numbers, slices and new axes give; axes with a list or a mask stay whole. */
function sliced(x: Tensor, items: readonly Item[]): Tensor {
  const from = stridesOf(x);
  const [shape, strides]: [number[], number[]] = [[], []];
  let { offset } = x;
  let axis = 0;
  for (const item of items) {
    if (item === null) {
      shape.push(1);
      strides.push(0);
    } else if (item instanceof Tensor) {
      for (let end = axis + axesOf(item); axis < end; axis++) {
        shape.push(x.shape[axis] as number);
        strides.push(from[axis] as number);
      }
    } else {
      const step = from[axis++] as number;
      if (typeof item === "number") offset += item * step;
      else {
        offset += item.length === 0 ? 0 : item.start * step;
        shape.push(item.length);
        strides.push(item.step * step);
      }
    }
  }
  const before = x.shape;
  return viewOf(x, "at", shape, strides, offset, (g) => placed(g, before, (whole) => sliced(whole, items)));
}

/** The lists and masks among the items, by the axes of the view. */
function picksOf(view: Tensor, items: readonly Item[]): Pick[] {
  const picks: Pick[] = [];
  let at = 0;
  for (const item of items) {
    if (typeof item === "number") continue;
    if (item instanceof Tensor) {
      const axes = axesOf(item);
      const index = item.dtype === "bool" ? placesOfMask(item) : item;
      picks.push({ at, axes, index, size: count(view.shape.slice(at, at + axes)) });
      at += axes;
    } else at++;
  }
  return picks;
}

/** The part of a tensor that lists and masks pick from: the tensor, its places, and the shape of what is picked. */
interface Picked {
  readonly x: Tensor;
  readonly part: Span;
  readonly places: Tensor;
  readonly shape: readonly number[];
}

/** Lists side by side stay where they are; lists apart come to the front, as in PyTorch. */
function picked(op: string, view: Tensor, picks: readonly Pick[]): Picked {
  const common = picks.reduce<readonly number[]>((shape, { index }) => broadcast(op, shape, index.shape), []);
  const sizes = picks.map(({ size }) => size);
  const places = placesOf(
    op,
    picks.map(({ index }) => index),
    sizes,
    common,
  );
  const together = picks.every(
    ({ at }, i) => i === 0 || at === (picks[i - 1] as Pick).at + (picks[i - 1] as Pick).axes,
  );
  const listed = picks.flatMap(({ at, axes }) => Array.from({ length: axes }, (_, i) => at + i));
  const others = view.shape.map((_, i) => i).filter((i) => !listed.includes(i));
  const x = together ? view : permuted(view, [...listed, ...others], op);
  const first = together ? (picks[0] as Pick).at : 0;
  const last = first + listed.length;
  const shape = [...x.shape.slice(0, first), ...common, ...x.shape.slice(last)];
  return { x, part: span(x.shape, first, last), places, shape };
}

/**
 * Part of a tensor, one index for each axis (see {@link Index}): Python's `x[:, 1:3, -1]` is `x.at(":", "1:3", -1)`.
 * Numbers, slices, `"..."` and `null` give a view, which shares memory; lists and masks give a copy.
 *
 * @throws {IndexError} if an index is out of range, there are more indices than axes, or "..." stands twice.
 * @throws {ShapeError} if a mask does not have the sizes of its axes, or lists do not broadcast to each other.
 * @throws {DTypeError} if a list holds other values than whole numbers or booleans, or an index tensor is of a float
 * dtype.
 * @throws {ValueError} if a slice is not of whole numbers, or its step is not positive.
 * @example
 * const x = tensor([[1, 2, 3], [4, 5, 6]]);
 * x.at(0, -1).item(); // 3
 * x.at(":", "1:").toArray(); // [[2, 3], [5, 6]]
 * x.at([1, 0], 0).toArray(); // [4, 1]
 * x.at(x.gt(4)).toArray(); // [5, 6]
 */
export function at<S extends Shape, const L extends readonly Index[]>(
  this: Tensor<S>,
  ...index: IndexArgs<At<S, L>, L>
): Tensor<Out<At<S, L>>> {
  const items = itemsOf("at", this, index as readonly Index[]);
  const view = sliced(this, items);
  const picks = picksOf(view, items);
  if (picks.length === 0) return view;
  if (picks.length === 1) return pickedOnce(view, picks[0] as Pick);
  const { x, part, places, shape } = picked("at", view, picks);
  return takeSpan("at", x, part, places, shape);
}

/** What one list or mask picks. */
function pickedOnce(x: Tensor, { at, axes, index }: Pick): Tensor {
  const { shape } = x;
  const out = [...shape.slice(0, at), ...index.shape, ...shape.slice(at + axes)];
  return takeSpan("at", x, span(shape, at, at + axes), index, out, true);
}

/** The values to assign, of dtype and shape of what they go to; sizes of 1 in front are left out, as in PyTorch. */
function valuesFor(value: Tensor | number, x: Tensor, shape: readonly number[]): Tensor {
  if (typeof value === "number") return expandTo(scalar("set", value, x.dtype), shape);
  if (!(value instanceof Tensor)) throw new DTypeError(`set: assigns a tensor or a number; got ${typeof value}`);
  let v = cast(value, x.dtype);
  while (v.ndim > shape.length && v.shape[0] === 1) v = reshaped(v, v.shape.slice(1));
  return expandTo(v, shape, "set");
}

/**
 * Assigns to part of a tensor, in place: Python's `x[:, 0] = value` is `x.set([":", 0], value)`. The index is one
 * {@link Index}, or an array with one for each axis; the value is a number or a tensor that broadcasts to that part.
 * Gradients flow to the value, and to the tensor where it keeps its elements. The last of several indices that name one
 * element wins.
 *
 * @throws {IndexError} if an index is out of range, there are more indices than axes, or "..." stands twice.
 * @throws {ShapeError} if a mask does not have the sizes of its axes, lists do not broadcast, or the value does not
 * fit.
 * @throws {DTypeError} if a list holds other values than whole numbers or booleans, or an index tensor is of a float
 * dtype.
 * @throws {ValueError} if a slice is not of whole numbers, its step is not positive, or an int dtype does not hold the
 * number.
 * @throws {GradError} if this may not be changed: a leaf with gradients while recording, a view of one, or an expanded
 * view.
 * @example
 * zeros(2, 2).set([":", 0], tensor([1, 2])).toArray(); // [[1, 0], [2, 0]]
 * zeros(3).set("1:", 5).toArray(); // [0, 5, 5]
 */
export function set<S extends Shape>(
  this: Tensor<S>,
  index: Index | readonly Index[],
  value: Tensor | number,
): Tensor<S> {
  const items = itemsOf("set", this, Array.isArray(index) ? (index as Index[]) : [index as Index]);
  const view = sliced(this, items);
  const picks = picksOf(view, items);
  if (picks.length === 0) {
    assign("set", view, valuesFor(value, view, view.shape), this);
    return this;
  }
  const { x, part, places, shape } = picked("set", view, picks);
  const values = valuesFor(value, x, shape);
  if (!tracks(x) && !tracks(values) && x.strides === null) {
    checkWritable("set", x, false);
    changes(x);
    putInto("set", x, part, places, values, false);
  } else assign("set", x, putSpan("set", x, part, places, values, false), this);
  return this;
}
