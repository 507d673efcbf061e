/** Products of vectors and matrices that are made of others. */
import { ShapeError, ValueError } from "../errors.ts";
import { checkOptions } from "../options.ts";
import type { AnyShape, Arg, MatMul, Out, Shape } from "../tensor/shapes.ts";
import { axis, sameShape, show } from "../tensor/sizes.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { cat } from "./join.ts";
import { requireTensor } from "./kernels.ts";
import { reshaped } from "./views.ts";

/** The shape of `outer`: the sizes of both. */
export type Outer<A extends Shape, B extends Shape> = number extends A["length"] | B["length"]
  ? AnyShape
  : [...A, ...B];

function checkRanks(op: string, x: Tensor, rank: number, y: unknown, otherRank: number = rank): asserts y is Tensor {
  requireTensor(op, y);
  if (x.ndim === rank && y.ndim === otherRank) return;
  const [first, second] = [rank, otherRank].map((n) =>
    n === 1 ? "a vector" : n === 2 ? "a matrix" : "a stack of matrices",
  );
  throw new ShapeError(`${op}: takes ${first} and ${second}; got ${show(x.shape)} and ${show(y.shape)}; use matmul()`);
}

/**
 * The product of two matrices: [m, k] and [k, n] give [m, n]. Takes float dtypes. See `matmul`, which takes stacks too.
 *
 * @throws {DTypeError} for int dtypes and bool.
 * @throws {ShapeError} if one is not a matrix, or the inner sizes differ.
 * @example
 * tensor([[1, 2]]).mm(tensor([[3], [4]])).toArray(); // [[11]]
 */
export function mm<S extends Shape, B extends Shape>(
  this: Tensor<S>,
  other: Arg<MatMul<S, B>, Tensor<B>>,
): Tensor<Out<MatMul<S, B>>> {
  checkRanks("mm", this, 2, other);
  return (this as Tensor).matmul(other);
}

/**
 * A matrix times a vector: [m, k] and [k] give [m]. Takes float dtypes.
 *
 * @throws {DTypeError} for int dtypes and bool.
 * @throws {ShapeError} if this is not a matrix, the other not a vector, or the inner sizes differ.
 * @example
 * tensor([[1, 2], [3, 4]]).mv(tensor([1, 1])).toArray(); // [3, 7]
 */
export function mv<S extends Shape, B extends Shape>(
  this: Tensor<S>,
  other: Arg<MatMul<S, B>, Tensor<B>>,
): Tensor<Out<MatMul<S, B>>> {
  checkRanks("mv", this, 2, other, 1);
  return (this as Tensor).matmul(other);
}

/**
 * The products of two stacks of matrices of one length: [b, m, k] and [b, k, n] give [b, m, n]. Takes float dtypes.
 *
 * @throws {DTypeError} for int dtypes and bool.
 * @throws {ShapeError} if one does not have three axes, or the lengths or inner sizes differ.
 * @example
 * ones(2, 1, 3).bmm(ones(2, 3, 4)).shape; // [2, 1, 4]
 */
export function bmm<S extends Shape, B extends Shape>(
  this: Tensor<S>,
  other: Arg<MatMul<S, B>, Tensor<B>>,
): Tensor<Out<MatMul<S, B>>> {
  const y: unknown = other;
  checkRanks("bmm", this, 3, y);
  if (this.shape[0] !== y.shape[0]) {
    throw new ShapeError(`bmm: stacks have one length; got ${show(this.shape)} and ${show(y.shape)}; use matmul()`);
  }
  return (this as Tensor).matmul(y);
}

/**
 * Every element of a vector times every element of another: [n] and [m] give [n, m].
 *
 * @throws {ShapeError} if one is not a vector.
 * @example
 * tensor([1, 2]).outer(tensor([3, 4])).toArray(); // [[3, 4], [6, 8]]
 */
export function outer<S extends Shape, B extends Shape>(this: Tensor<S>, other: Tensor<B>): Tensor<Outer<S, B>> {
  checkRanks("outer", this, 1, other);
  return (this as Tensor).unsqueeze(1).mul(other as Tensor) as Tensor;
}

/** Options of `addmm` and `baddbmm`. */
export interface SumOfProductOptions {
  /** What the tensor is multiplied with; 1 unless said otherwise. */
  beta?: number;
  /** What the product is multiplied with; 1 unless said otherwise. */
  alpha?: number;
}

function withProduct(op: string, x: Tensor, product: Tensor, options: SumOfProductOptions): Tensor {
  const { beta = 1, alpha = 1 } = checkOptions(op, options, ["beta", "alpha"]);
  if (typeof beta !== "number" || typeof alpha !== "number") {
    throw new ValueError(`${op}: beta and alpha are numbers; got ${String(beta)} and ${String(alpha)}`);
  }
  const scaled = alpha === 1 ? product : (product.mul(alpha) as Tensor);
  const y = beta === 0 ? scaled : (scaled.add(beta === 1 ? x : x.mul(beta)) as Tensor);
  if (!sameShape(y.shape, product.shape)) {
    throw new ShapeError(`${op}: the tensor broadcasts to the product ${show(product.shape)}; got ${show(x.shape)}`);
  }
  return y;
}

/**
 * beta · this + alpha · (a times b), for matrices a and b. With beta 0 this is not read. a and b are floats.
 *
 * @throws {DTypeError} if `a` or `b` is not of a float dtype.
 * @throws {ShapeError} if one is not a matrix, the inner sizes differ, or this does not broadcast to the product.
 * @throws {ValueError} if `beta` or `alpha` is no number or an option is unknown.
 * @example
 * eye(2).addmm(ones(2, 3), ones(3, 2), { beta: 10 }).toArray(); // [[13, 3], [3, 13]]
 */
export function addmm(this: Tensor, a: Tensor, b: Tensor, options: SumOfProductOptions = {}): Tensor {
  requireTensor("addmm", a);
  return withProduct("addmm", this, a.mm(b), options);
}

/**
 * beta · this + alpha · (a times b), for stacks of matrices a and b. With beta 0 this is not read. a and b are floats.
 *
 * @throws {DTypeError} if `a` or `b` is not of a float dtype.
 * @throws {ShapeError} if one does not have three axes, their sizes do not fit, or this does not broadcast to the
 * product.
 * @throws {ValueError} if `beta` or `alpha` is no number or an option is unknown.
 * @example
 * zeros(1, 1, 1).baddbmm(ones(1, 1, 3), ones(1, 3, 1), { alpha: 2 }).toArray(); // [[[6]]]
 */
export function baddbmm(this: Tensor, a: Tensor, b: Tensor, options: SumOfProductOptions = {}): Tensor {
  requireTensor("baddbmm", a);
  return withProduct("baddbmm", this, a.bmm(b), options);
}

/** The diagonal of the last two axes, as the last axis. */
export function lastDiagonal(x: Tensor): Tensor {
  const [rows, columns] = x.shape.slice(-2) as [number, number];
  const front = x.shape.slice(0, -2);
  const length = Math.min(rows, columns);
  const flat = reshaped(x, [...front, rows * columns]);
  if (length < 2) return flat.narrow(-1, 0, length);
  // All but the last element of the diagonal start a row of a matrix with one column more.
  const before = (length - 1) * (columns + 1);
  const wide = reshaped(flat.narrow(-1, 0, before), [...front, length - 1, columns + 1]);
  return cat([wide.select(-1, 0), flat.narrow(-1, before, 1)], -1);
}

/**
 * The sum of a matrix's diagonal.
 *
 * @throws {ShapeError} if this is not a matrix.
 * @example
 * tensor([[1, 2], [3, 4]]).trace().item(); // 5
 */
export function trace(this: Tensor): Tensor<[]> {
  if (this.ndim !== 2) throw new ShapeError(`trace: takes a matrix; got ${show(this.shape)}`);
  return lastDiagonal(this).sum();
}

/**
 * The Kronecker product: every element of this times the whole other tensor, side by side.
 *
 * @example
 * tensor([1, 10]).kron(tensor([1, 2])).toArray(); // [1, 2, 10, 20]
 */
export function kron(this: Tensor, other: Tensor): Tensor {
  requireTensor("kron", other);
  const rank = Math.max(this.ndim, other.ndim);
  const sizes = (x: Tensor): number[] => [...new Array(rank - x.ndim).fill(1), ...x.shape];
  const [a, b] = [sizes(this), sizes(other)];
  const first = reshaped(
    this,
    a.flatMap((size) => [size, 1]),
  );
  const second = reshaped(
    other,
    b.flatMap((size) => [1, size]),
  );
  return reshaped(
    first.mul(second) as Tensor,
    a.map((size, i) => size * (b[i] as number)),
  );
}

/**
 * The cross product of vectors of three along an axis (the last); other axes broadcast.
 *
 * @throws {IndexError} if `dim` is not an axis.
 * @throws {ShapeError} if the sizes along the axis are not 3, the numbers of axes differ, or the other axes do not
 * broadcast.
 * @example
 * tensor([1, 0, 0]).cross(tensor([0, 1, 0])).toArray(); // [0, 0, 1]
 */
export function cross(this: Tensor, other: Tensor, dim = -1): Tensor {
  requireTensor("cross", other);
  const [x, y] = [this, other];
  const [i, j] = [axis("cross", dim, x.shape), axis("cross", dim, y.shape)];
  if (x.ndim !== y.ndim || x.shape[i] !== 3 || y.shape[j] !== 3) {
    throw new ShapeError(`cross: takes vectors of 3 along axis ${dim}; got ${show(x.shape)} and ${show(y.shape)}`);
  }
  const part = (z: Tensor, at: number): Tensor => z.narrow(i, at, 1);
  const term = (a: number, b: number): Tensor =>
    part(x, a)
      .mul(part(y, b))
      .sub(part(x, b).mul(part(y, a))) as Tensor;
  return cat([term(1, 2), term(2, 0), term(0, 1)], i);
}

/**
 * The p-norm distances between all rows of this, [..., n, m], and all rows of the other, [..., r, m]: [..., n, r].
 * Takes float dtypes.
 *
 * @throws {DTypeError} for int dtypes and bool.
 * @throws {ShapeError} if the last sizes differ, one has fewer than two axes, or the others do not broadcast.
 * @throws {ValueError} if `p` is below 0, or an option is unknown.
 * @example
 * tensor([[0, 0]]).cdist(tensor([[3, 4], [0, 1]])).toArray(); // [[5, 1]]
 */
export function cdist(this: Tensor, other: Tensor, options: { p?: number } = {}): Tensor {
  requireTensor("cdist", other);
  const { p = 2 } = checkOptions("cdist", options, ["p"]);
  if (this.ndim < 2 || other.ndim < 2 || this.shape.at(-1) !== other.shape.at(-1)) {
    throw new ShapeError(`cdist: takes [..., n, m] and [..., r, m]; got ${show(this.shape)} and ${show(other.shape)}`);
  }
  if (!(p >= 0)) throw new ValueError(`cdist: p is at least 0; got ${p}`);
  const difference = (this as Tensor).unsqueeze(-2).sub((other as Tensor).unsqueeze(-3)) as Tensor;
  return difference.norm(p, -1);
}
