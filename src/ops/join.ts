/** Tensors put together. */
import { record, tracks } from "../autograd/node.ts";
import { DTypeError, ShapeError } from "../errors.ts";
import { type DType, promote } from "../tensor/dtypes.ts";
import type { Arg, Cat, Out, Stack } from "../tensor/shapes.ts";
import { axis, count, rowMajor, sameShape, show } from "../tensor/sizes.ts";
import { empty, Tensor } from "../tensor/tensor.ts";
import { requireTensor } from "./kernels.ts";
import { cast, copyBlocks, copyInto } from "./layout.ts";
import { reshaped } from "./views.ts";

/** The shapes of a list of tensors. */
export type Shapes<T extends readonly Tensor[]> = { [K in keyof T]: T[K] extends Tensor<infer S> ? S : never };

/** The argument as a list of tensors. */
export function listed(op: string, tensors: unknown): readonly Tensor[] {
  if (!Array.isArray(tensors)) {
    const found = tensors instanceof Tensor ? "a tensor" : typeof tensors;
    throw new DTypeError(`${op}: takes an array of tensors, as ${op}([a, b]); got ${found}`);
  }
  for (const x of tensors) requireTensor(op, x);
  return tensors;
}

/** Whether two shapes are of one rank and equal but for one axis. */
function agreeOutside(at: number, a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (i !== at && a[i] !== b[i]) return false;
  return true;
}

/** Copies x into y, from position `start` of an axis on. */
function copyAlong(x: Tensor, y: Tensor, at: number, start: number): void {
  const inner = count(y.shape.slice(at + 1));
  if (x.strides !== null) {
    copyInto(x, new Tensor(y.storage, x.shape, y.dtype, start * inner, rowMajor(y.shape)));
    return;
  }
  const length = x.shape[at] as number;
  copyBlocks(x, y, start * inner, length * inner, (y.shape[at] as number) * inner);
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
  const given = listed("cat", tensors);
  const [head] = given;
  if (head === undefined) throw new ShapeError("cat: needs at least one tensor; got an empty list");
  const scalar = given.find((x) => x.ndim === 0);
  if (scalar !== undefined)
    throw new ShapeError("cat: tensors have at least one axis; got []; use stack() for numbers");
  const at = axis("cat", dim ?? 0, head.shape);
  let dtype: DType = head.dtype;
  for (const x of given) dtype = promote(dtype, x.dtype);
  const parts = given.map((x) => cast(x, dtype));
  let total = 0;
  for (const x of parts) {
    if (!agreeOutside(at, x.shape, head.shape)) {
      throw new ShapeError(`cat: ${show(head.shape)} and ${show(x.shape)} differ outside axis ${at}`);
    }
    total += x.shape[at] as number;
  }
  const y = empty(head.shape.with(at, total), dtype);
  const starts: number[] = [];
  let start = 0;
  for (const x of parts) {
    copyAlong(x, y, at, start);
    starts.push(start);
    start += x.shape[at] as number;
  }
  if (parts.some(tracks)) {
    const gradients = parts.map((x, i) => {
      const length = x.shape[at] as number;
      return (g: Tensor) => g.narrow(at, starts[i] as number, length) as Tensor;
    });
    record(y, "cat", parts, gradients);
  }
  return y;
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
  if (head === undefined) throw new ShapeError("stack: needs at least one tensor; got an empty list");
  const at = axis("stack", dim ?? 0, head.shape, head.ndim + 1);
  for (const x of given) {
    if (!sameShape(x.shape, head.shape)) {
      throw new ShapeError(`stack: shapes must be equal, got ${show(head.shape)} and ${show(x.shape)}`);
    }
  }
  return cat(
    given.map((x) => reshaped(x, x.shape.toSpliced(at, 0, 1))),
    at,
  );
}
