/** Tensors put together. */
import { type Gradient, record, tracks } from "../autograd/node.ts";
import { DTypeError, ShapeError } from "../errors.ts";
import { type DType, promote } from "../tensor/dtypes.ts";
import type { Arg, Cat, Out, Stack } from "../tensor/shapes.ts";
import { axis, count, inserted, rowMajor, sameShape, show } from "../tensor/sizes.ts";
import { empty, Tensor } from "../tensor/tensor.ts";
import { requireTensor } from "./kernels.ts";
import { cast, copyBlocks, copyInto } from "./layout.ts";
import { reshaped } from "./views.ts";

/** The shapes of a list of tensors. */
export type Shapes<T extends readonly Tensor[]> = { [K in keyof T]: T[K] extends Tensor<infer S> ? S : never };

/** The argument as a list of at least one tensor. */
export function listed(op: string, tensors: unknown): readonly [Tensor, ...Tensor[]] {
  if (!Array.isArray(tensors)) {
    const found = tensors instanceof Tensor ? "a tensor" : typeof tensors;
    throw new DTypeError(`${op}: takes an array of tensors, as ${op}([a, b]); got ${found}`);
  }
  for (const x of tensors) requireTensor(op, x);
  if (tensors.length === 0) throw new ShapeError(`${op}: needs at least one tensor; got an empty list`);
  return tensors as unknown as readonly [Tensor, ...Tensor[]];
}

/** Whether two shapes are of one rank and equal but for one axis. */
function agreeOutside(at: number, a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (i !== at && a[i] !== b[i]) return false;
  return true;
}

/** Copies x into y, from position `start` of an axis on; `inner` elements lie behind each of its positions. */
function copyAlong(x: Tensor, y: Tensor, at: number, start: number, inner: number): void {
  if (x.strides !== null) {
    copyInto(x, new Tensor(y.storage, x.shape, y.dtype, start * inner, rowMajor(y.shape)));
    return;
  }
  copyBlocks(x, y, start * inner, (x.shape[at] as number) * inner, (y.shape[at] as number) * inner);
}

/**
 * Tensors one after the other along an axis; their other sizes are equal. Dtypes meet in the higher one.
 *
 * @throws {ShapeError} if there is no tensor, one has no axes, or sizes outside of the axis differ.
 * @throws {IndexError} if `dim` is not an axis.
 * @example
 * cat([zeros(2, 3), ones(1, 3)]).shape; // [3, 3]
 */
export function cat<const T extends readonly Tensor[], D extends number = 0>(
  tensors: Arg<Cat<Shapes<T>, D>, T>,
  dim?: D,
): Tensor<Out<Cat<Shapes<T>, D>>> {
  return joined("cat", listed("cat", tensors), dim ?? 0) as Tensor<Out<Cat<Shapes<T>, D>>>;
}

/** Tensors one after the other, as `cat` and the functions that are made of it. */
export function joined(op: string, given: readonly Tensor[], dim: number): Tensor {
  const head = given[0] as Tensor;
  const at = axis(op, dim, head.shape);
  let dtype: DType = head.dtype;
  let total = 0;
  for (const x of given) {
    if (x.ndim === 0) throw new ShapeError(`${op}: tensors have at least one axis; got []; use stack() for numbers`);
    if (!agreeOutside(at, x.shape, head.shape)) {
      throw new ShapeError(`${op}: ${show(head.shape)} and ${show(x.shape)} differ outside axis ${at}`);
    }
    dtype = promote(dtype, x.dtype);
    total += x.shape[at] as number;
  }
  const parts = given.map((x) => cast(x, dtype));
  const y = empty(head.shape.with(at, total), dtype);
  const inner = count(head.shape.slice(at + 1));
  let start = 0;
  for (const x of parts) {
    copyAlong(x, y, at, start, inner);
    start += x.shape[at] as number;
  }
  if (parts.some(tracks)) record(y, "cat", parts, slices(parts, at));
  return y;
}

/** The gradient of each part: its piece of the whole's. */
function slices(parts: readonly Tensor[], at: number): Gradient[] {
  let end = 0;
  return parts.map((x) => {
    const length = x.shape[at] as number;
    const start = end;
    end += length;
    return (g: Tensor) => g.narrow(at, start, length) as Tensor;
  });
}

/**
 * Tensors of one shape side by side along a new axis. Dtypes meet in the higher one.
 *
 * @throws {ShapeError} if there is no tensor, or the shapes differ.
 * @throws {IndexError} if `dim` is not an axis of the result.
 * @example
 * stack([zeros(3), ones(3)]).shape; // [2, 3]
 */
export function stack<const T extends readonly Tensor[], D extends number = 0>(
  tensors: Arg<Stack<Shapes<T>, D>, T>,
  dim?: D,
): Tensor<Out<Stack<Shapes<T>, D>>> {
  const given = listed("stack", tensors);
  const [head] = given;
  const at = axis("stack", dim ?? 0, head.shape, head.ndim + 1);
  for (const x of given) {
    if (!sameShape(x.shape, head.shape)) {
      throw new ShapeError(`stack: shapes must be equal, got ${show(head.shape)} and ${show(x.shape)}`);
    }
  }
  return cat(
    given.map((x) => reshaped(x, inserted(x.shape, at, 1))),
    at,
  );
}
