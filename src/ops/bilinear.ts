/** Products of two inputs with a stack of matrices. */
import { DTypeError, ShapeError } from "../errors.ts";
import { sameShape, show } from "../tensor/sizes.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { requireFloat } from "./kernels.ts";
import { matmul } from "./linalg.ts";

/**
 * y[k] = aᵀ · weight[k] · b + bias[k]: a [..., in1] and b [..., in2] with equal other sizes, weight [out, in1, in2],
 * bias [out] → [..., out]. All of one float dtype.
 *
 * @throws {DTypeError} if the tensors are not of one float dtype.
 * @throws {ShapeError} if their sizes do not belong together.
 * @example
 * bilinear(tensor([1, 2]), tensor([3]), ones(1, 2, 1)).toArray(); // [9]
 */
export function bilinear(a: Tensor, b: Tensor, weight: Tensor, bias: Tensor | null = null): Tensor {
  const op = "bilinear";
  for (const x of [a, b, weight, ...(bias === null ? [] : [bias])]) requireFloat(op, x);
  const others = [b, weight, ...(bias === null ? [] : [bias])];
  if (others.some((x) => x.dtype !== a.dtype)) {
    const found = [a, ...others].map((x) => x.dtype);
    throw new DTypeError(`${op}: the inputs, weight and bias have one dtype; got ${found.join(", ")}`);
  }
  if (weight.ndim !== 3) throw new ShapeError(`${op}: the weight is [out, in1, in2]; got ${show(weight.shape)}`);
  const [out, in1, in2] = weight.shape as readonly number[] as [number, number, number];
  const fits = a.ndim > 0 && a.shape.at(-1) === in1 && b.shape.at(-1) === in2;
  if (!fits || !sameShape(a.shape.slice(0, -1), b.shape.slice(0, -1))) {
    throw new ShapeError(
      `${op}: expects last sizes of ${in1} and ${in2} behind equal others, got ${show(a.shape)} and ${show(b.shape)}`,
    );
  }
  if (bias !== null && !sameShape(bias.shape, [out])) {
    throw new ShapeError(`${op}: the bias has shape [${out}]; got ${show(bias.shape)}`);
  }
  const shape = [...a.shape.slice(0, -1), out];
  const rows = a.numel() / Math.max(in1, 1);
  // a times every matrix at once: [rows, in1] x [in1, out · in2], then each result with b.
  const side: Tensor = weight.permute(1, 0, 2).reshape(in1, out * in2);
  const products: Tensor = (matmul.call(a.reshape(rows, in1), side) as Tensor).reshape(rows, out, in2);
  const y: Tensor = products
    .mul(b.reshape(rows, 1, in2))
    .sum(2)
    .reshape(...shape);
  return bias === null ? y : y.add(bias);
}
