/** Products of matrices. */
import { record, tracks } from "../autograd/node.ts";
import { DTypeError, ShapeError } from "../errors.ts";
import { promote } from "../tensor/dtypes.ts";
import type { Arg, MatMul, Out, Shape } from "../tensor/shapes.ts";
import { broadcast, count, show } from "../tensor/sizes.ts";
import { empty, stridesOf, type Tensor } from "../tensor/tensor.ts";
import { FLOATS, family, pointer, requireFloat, requireTensor } from "./kernels.ts";
import { cast, contiguous } from "./layout.ts";
import { expandTo, reshaped } from "./views.ts";

const gemm = family("gemm", FLOATS, "matmul");
const gemmBatched = family("gemm_batched", FLOATS, "matmul");
const sums = family("sum", FLOATS);

const TRANSPOSE_A = 1;
const TRANSPOSE_B = 2;
const ADD_BIAS = 8;

/** A matrix as GEMM takes it: row-major, or the transpose of a row-major one. */
interface Matrix {
  x: Tensor;
  transposed: boolean;
  /** Distance of rows (or of columns when transposed), in elements. */
  lead: number;
}

/** How GEMM reads the last two axes; a copy only where neither of them has neighbours side by side. */
function asMatrix(x: Tensor): Matrix {
  const rows = x.shape[x.ndim - 2] as number;
  const columns = x.shape[x.ndim - 1] as number;
  if (x.strides === null) return { x, transposed: false, lead: columns };
  const down = x.strides[x.ndim - 2] as number;
  const right = x.strides[x.ndim - 1] as number;
  if ((right === 1 || columns === 1) && down >= columns) return { x, transposed: false, lead: down };
  if ((down === 1 || rows === 1) && right >= rows) return { x, transposed: true, lead: right };
  return { x: contiguous.call(x), transposed: false, lead: columns };
}

/** The product of two matrices of float dtype. */
function product(a: Tensor, b: Tensor): Tensor {
  const [m, k, n] = [a.shape[0] as number, a.shape[1] as number, b.shape[1] as number];
  const [left, right] = [asMatrix(a), asMatrix(b)];
  const y = empty([m, n], a.dtype);
  const flags = (left.transposed ? TRANSPOSE_A : 0) | (right.transposed ? TRANSPOSE_B : 0);
  gemm[a.dtype](pointer(left.x), pointer(right.x), pointer(y), 0, m, n, k, left.lead, right.lead, n, flags);
  if (tracks(a) || tracks(b)) {
    record(y, "matmul", [a, b], [(g) => product(g, transposed(b)), (g) => product(transposed(a), g)], [a, b]);
  }
  return y;
}

function transposed(x: Tensor): Tensor {
  return x.transpose(-2, -1);
}

/** The products of two stacks of matrices with the same batch axes. */
function batchProduct(a: Tensor, b: Tensor): Tensor {
  const batchShape = a.shape.slice(0, -2);
  const [m, k, n] = [a.shape.at(-2) as number, a.shape.at(-1) as number, b.shape.at(-1) as number];
  const [left, right] = [asStack(a), asStack(b)];
  const y = empty([...batchShape, m, n], a.dtype);
  const flags = (left.transposed ? TRANSPOSE_A : 0) | (right.transposed ? TRANSPOSE_B : 0);
  const batch = count(batchShape);
  gemmBatched[a.dtype](
    ...([pointer(left.x), pointer(right.x), pointer(y), batch, left.step, right.step, m * n] as const),
    ...([m, n, k, left.lead, right.lead, n, flags] as const),
  );
  if (tracks(a) || tracks(b)) {
    const gradients = [(g: Tensor) => batchProduct(g, transposed(b)), (g: Tensor) => batchProduct(transposed(a), g)];
    record(y, "matmul", [a, b], gradients, [a, b]);
  }
  return y;
}

/** A stack of matrices at a fixed distance: as it is where its batch axes are row-major or all repeated, else a copy. */
function asStack(x: Tensor): Matrix & { step: number } {
  const matrix = asMatrix(x);
  const strides = stridesOf(matrix.x);
  const batch = x.ndim - 2;
  if (strides.slice(0, batch).every((step) => step === 0)) return { ...matrix, step: 0 };
  let expected = strides[batch - 1] as number;
  for (let i = batch - 1; i >= 0; i--) {
    if (x.shape[i] !== 1 && strides[i] !== expected)
      return { ...asMatrix(contiguous.call(x)), step: count(x.shape.slice(batch)) };
    expected *= x.shape[i] as number;
  }
  return { ...matrix, step: strides[batch - 1] as number };
}

/** Throws unless the sizes that are summed over agree. */
function checkInner(a: Tensor, b: Tensor): void {
  if (a.ndim === 0 || b.ndim === 0) {
    throw new ShapeError(
      `matmul: ${show(a.shape)} x ${show(b.shape)}: both need at least one axis; use mul() for numbers`,
    );
  }
  const k = a.shape[a.ndim - 1] as number;
  const l = b.shape[Math.max(b.ndim - 2, 0)] as number;
  if (k !== l) {
    throw new ShapeError(
      `matmul: ${show(a.shape)} x ${show(b.shape)}: ${k} does not match ${l}; ` +
        `the last size of the first equals the ${b.ndim === 1 ? "size" : "last but one size"} of the second`,
    );
  }
}

/**
 * The matrix product, as in PyTorch: vectors, matrices, and stacks of matrices whose batch axes broadcast.
 * Takes float32 or float64; a float32 and a float64 meet in float64.
 *
 * @throws {DTypeError} for int dtypes and bool.
 * @throws {ShapeError} if the inner sizes differ, batch axes do not broadcast, or one has no axes.
 * @example
 * tensor([[1, 2], [3, 4]]).matmul(tensor([1, 1])).toArray(); // [3, 7]
 */
export function matmul<S extends Shape, B extends Shape>(
  this: Tensor<S>,
  other: Arg<MatMul<S, B>, Tensor<B>>,
): Tensor<Out<MatMul<S, B>>> {
  const [x, y]: [Tensor, Tensor] = [this, other as Tensor];
  requireFloat("matmul", x);
  requireFloat("matmul", y);
  checkInner(x, y);
  const dtype = promote(x.dtype, y.dtype);
  const [a, b] = [cast(x, dtype), cast(y, dtype)];
  if (a.ndim === 2 && b.ndim === 2) return product(a, b);
  if (a.ndim === 1 && b.ndim === 1) return reshaped(product(reshaped(a, [1, a.count]), reshaped(b, [b.count, 1])), []);
  if (a.ndim === 1) {
    const row = (reshaped(a, [1, a.count]) as Tensor).matmul(b) as Tensor;
    return reshaped(row, [...row.shape.slice(0, -2), row.shape.at(-1) as number]);
  }
  if (b.ndim === 1) {
    const column = a.matmul(reshaped(b, [b.count, 1])) as Tensor;
    return reshaped(column, column.shape.slice(0, -1));
  }
  if (b.ndim === 2) {
    const rows = reshaped(a, [count(a.shape.slice(0, -1)), a.shape.at(-1) as number]);
    return reshaped(product(rows, b), [...a.shape.slice(0, -1), b.shape[1] as number]);
  }
  const batch = broadcast("matmul", a.shape.slice(0, -2), b.shape.slice(0, -2));
  const stack = (z: Tensor): Tensor => expandTo(z, [...batch, ...z.shape.slice(-2)]);
  return batchProduct(stack(a), stack(b));
}

/** x·wᵀ + b in one kernel. */
function affine(x: Tensor, w: Tensor, b: Tensor | null): Tensor {
  const [m, k, n] = [x.shape[0] as number, x.shape[1] as number, w.shape[0] as number];
  const y = empty([m, n], x.dtype);
  const multiply = gemm[x.dtype];
  multiply(
    pointer(x),
    pointer(w),
    pointer(y),
    b === null ? 0 : pointer(b),
    m,
    n,
    k,
    k,
    k,
    n,
    b === null ? TRANSPOSE_B : TRANSPOSE_B | ADD_BIAS,
  );
  if (tracks(x) || tracks(w) || (b !== null && tracks(b))) recordAffine(y, x, w, b);
  return y;
}

function recordAffine(y: Tensor, x: Tensor, w: Tensor, b: Tensor | null): void {
  const [m, k, n] = [x.shape[0] as number, x.shape[1] as number, w.shape[0] as number];
  const forX = (g: Tensor): Tensor => plainProduct(contiguous.call(g), w, m, k, n, n, 0);
  const forW = (g: Tensor): Tensor => plainProduct(contiguous.call(g), x, n, k, m, n, TRANSPOSE_A);
  const composed = () => [
    (g: Tensor) => product(g, w),
    (g: Tensor) => product(transposed(g), x),
    (g: Tensor) => g.sum(0),
  ];
  if (b === null) record(y, "linear", [x, w], [forX, forW], [x, w], null, composed);
  else record(y, "linear", [x, w, b], [forX, forW, columnSums], [x, w], null, composed);
}

/** a·b, or aᵀ·b, of row-major matrices: [m, inner]·[inner, n]. */
function plainProduct(a: Tensor, b: Tensor, m: number, n: number, inner: number, leadA: number, flags: number): Tensor {
  const y = empty([m, n], a.dtype);
  gemm[a.dtype](pointer(a), pointer(b), pointer(y), 0, m, n, inner, leadA, n, n, flags);
  return y;
}

/** [rows, columns] to [columns]. */
function columnSums(g: Tensor): Tensor {
  const x = contiguous.call(g);
  const y = empty([x.shape[1] as number], x.dtype);
  sums[x.dtype](pointer(x), pointer(y), 1, x.shape[0] as number, x.shape[1] as number);
  return y;
}

/**
 * x·weightᵀ + bias over the last axis: x [..., in], weight [out, in], bias [out] or null → [..., out].
 * All of one float dtype. `name` opens the errors.
 *
 * @throws {DTypeError} if the tensors are not of one float dtype.
 * @throws {ShapeError} if their sizes do not belong together.
 * @example
 * linear(tensor([[1, 2]]), tensor([[3, 4]]), tensor([10])).toArray(); // [[21]]
 */
export function linear(x: Tensor, weight: Tensor, bias: Tensor | null = null, name = "linear"): Tensor {
  checkLinear(name, x, weight, bias);
  const w = contiguous.call(weight);
  const b = bias === null ? null : contiguous.call(bias);
  if (x.ndim === 2) return affine(contiguous.call(x), w, b);
  const [outputs, inputs] = w.shape as readonly [number, number];
  const rows = contiguous.call(reshaped(x, [count(x.shape.slice(0, -1)), inputs]));
  return reshaped(affine(rows, w, b), [...x.shape.slice(0, -1), outputs]);
}

/** Throws unless shapes and dtypes are those of a linear layer. */
function checkLinear(name: string, x: Tensor, weight: Tensor, bias: Tensor | null): void {
  requireTensor(name, x);
  requireTensor(name, weight);
  if (bias !== null) requireTensor(name, bias);
  if (weight.ndim !== 2) throw new ShapeError(`${name}: the weight is [out, in]; got ${show(weight.shape)}`);
  const [outputs, inputs] = weight.shape as readonly [number, number];
  if (x.ndim === 0 || x.shape[x.ndim - 1] !== inputs) {
    throw new ShapeError(`${name}: expects a last size of ${inputs}, got ${show(x.shape)}`);
  }
  if (bias !== null && (bias.ndim !== 1 || bias.shape[0] !== outputs)) {
    throw new ShapeError(`${name}: weight ${show(weight.shape)} needs a bias of [${outputs}]; got ${show(bias.shape)}`);
  }
  if (x.dtype !== weight.dtype || (bias !== null && bias.dtype !== weight.dtype)) {
    const others = bias === null ? weight.dtype : `${weight.dtype}, ${bias.dtype}`;
    throw new DTypeError(
      `${name}: input, weight and bias have one dtype; got ${x.dtype}, ${others}; convert with x.to("${weight.dtype}")`,
    );
  }
}

/**
 * The sum of the products of two vectors: [n] and [n] → []. Takes float dtypes.
 *
 * @throws {DTypeError} for int dtypes and bool.
 * @throws {ShapeError} if one is not a vector, or their sizes differ.
 * @example
 * tensor([1, 2]).dot(tensor([3, 4])).item(); // 11
 */
export function dot<S extends Shape, B extends Shape>(
  this: Tensor<S>,
  other: Arg<MatMul<S, B>, Tensor<B>>,
): Tensor<[]> {
  const [a, b]: [Tensor, Tensor] = [this, other as Tensor];
  requireTensor("dot", b);
  if (a.ndim !== 1 || b.ndim !== 1)
    throw new ShapeError(`dot: takes two vectors; got ${show(a.shape)} and ${show(b.shape)}`);
  return a.matmul(b);
}
