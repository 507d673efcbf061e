/** Conversions that keep the values: to another dtype, and to row-major memory. */
import { record, tracks } from "../autograd/node.ts";
import { backend, type Kernel } from "../backend/index.ts";
import { DTYPES, type DType, isFloat } from "../tensor/dtypes.ts";
import type { Shape } from "../tensor/shapes.ts";
import { rowMajor, writeLoops } from "../tensor/sizes.ts";
import { empty, stridesOf, type Tensor } from "../tensor/tensor.ts";
import { ALL, NUMBERS, pointer } from "./kernels.ts";

const copies: Readonly<Record<number, Kernel>> = {
  1: backend.kernel("copy_1"),
  4: backend.kernel("copy_4"),
  8: backend.kernel("copy_8"),
};

const casts = {} as Record<DType, Record<DType, Kernel>>;
for (const from of ALL) {
  casts[from] = {} as Record<DType, Kernel>;
  for (const to of ALL) {
    if (to !== from) casts[from][to] = backend.kernel(`cast_${DTYPES[from].suffix}_${DTYPES[to].suffix}`);
  }
}

/** Copies the elements of `from` into `to`, of the same shape and dtype, whatever their strides. */
export function copyInto(from: Tensor, to: Tensor): void {
  if (from.count === 0) return;
  const { address, values } = backend.table;
  writeLoops(values, from.shape, stridesOf(from), stridesOf(to));
  (copies[DTYPES[from.dtype].bytes] as Kernel)(pointer(from), pointer(to), address);
}

/** Copies row-major x into row-major y of its dtype, `block` elements at a time, from element `first` on and every `step` elements. */
export function copyBlocks(x: Tensor, y: Tensor, first: number, block: number, step: number): void {
  if (x.count === 0) return;
  const { address, values } = backend.table;
  const { bytes } = DTYPES[x.dtype];
  writeLoops(values, [x.count / block, block], [block, 1], [step, 1]);
  (copies[bytes] as Kernel)(pointer(x), pointer(y) + first * bytes, address);
}

/**
 * The tensor itself when its elements already lie in row-major order, else a copy that does.
 *
 * @example
 * x.T.contiguous().isContiguous(); // true
 */
export function contiguous<S extends Shape>(this: Tensor<S>): Tensor<S> {
  if (this.strides === null) return this;
  const y = empty(this.shape, this.dtype);
  copyInto(this, y);
  if (tracks(this)) record(y, "contiguous", [this], [(g) => g]);
  return y;
}

/**
 * Whether the elements lie in row-major order without gaps.
 *
 * @example
 * x.T.isContiguous(); // false
 */
export function isContiguous(this: Tensor): boolean {
  return this.strides === null;
}

/**
 * A copy with memory of its own; gradients flow through it.
 *
 * @example
 * x.clone().add_(1);
 * x.toArray(); // [[1, 2], [3, 4]]
 */
export function clone<S extends Shape>(this: Tensor<S>): Tensor<S> {
  const y = empty(this.shape, this.dtype);
  copyInto(this, y);
  if (tracks(this)) record(y, "clone", [this], [(g) => g]);
  return y;
}

/** The tensor in another dtype: itself when it already has it. Gradients flow between float dtypes. */
export function cast(x: Tensor, dtype: DType): Tensor {
  if (x.dtype === dtype) return x;
  const from = contiguous.call(x);
  const y = empty(from.shape, dtype);
  casts[from.dtype][dtype](pointer(from), pointer(y), from.count);
  if (isFloat(dtype) && tracks(from)) {
    const before = from.dtype;
    record(y, "to", [from], [(g) => cast(g, before)]);
  }
  return y;
}

/** The tensor in a dtype that has kernels for numbers: itself, but uint8 and bool as int32. */
export function widened(x: Tensor): Tensor {
  return NUMBERS.includes(x.dtype) ? x : cast(x, "int32");
}

/**
 * The distance between neighbours along each axis, in elements.
 *
 * @example
 * zeros(2, 3).stride(); // [3, 1]
 */
export function stride(this: Tensor): readonly number[] {
  return this.strides ?? rowMajor(this.shape);
}
