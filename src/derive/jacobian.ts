/** Matrices of derivatives. */
import { GradError } from "../errors.ts";
import { stack, Tensor, zerosLike } from "../ops/index.ts";
import { show } from "../tensor/sizes.ts";
import { grad } from "./grad.ts";

/** A leaf with the values of x. */
function leafOf(op: string, x: unknown): Tensor {
  if (!(x instanceof Tensor) || !x.isFloatingPoint()) {
    const found = x instanceof Tensor ? `${x.dtype} ${show(x.shape)}` : typeof x;
    throw new GradError(`${op}: differentiates by a float tensor; got ${found}`);
  }
  return x.detach().clone().requiresGrad_();
}

/** The derivatives of every element of y by x, [elements of y, …shape of x]: one pass an element. */
export function rows(y: Tensor, x: Tensor, createGraph = false): Tensor {
  if (y.node === null) return stack(Array.from({ length: y.count }, () => zerosLike(x)) as [Tensor, ...Tensor[]]);
  const lines = Array.from({ length: y.count }, (_, i) => {
    const seed = zerosLike(y.detach()) as Tensor;
    seed.reshape(-1).narrow(0, i, 1).fill_(1);
    return grad(y, x, { gradOutputs: seed, retainGraph: true, createGraph, materializeGrads: true });
  });
  return stack(lines as [Tensor, ...Tensor[]]) as Tensor;
}

/**
 * All derivatives of a function of one tensor: [...shape of the result, ...shape of x]. `fn` takes x and gives a tensor.
 *
 * @throws {GradError} if `x` is not of a float dtype, or `fn` gives no tensor or one without elements.
 * @example
 * jacobian((x) => x.mul(x), tensor([1, 2])).toArray(); // [[2, 0], [0, 4]]
 */
export function jacobian(fn: (x: Tensor) => Tensor, x: Tensor): Tensor {
  const leaf = leafOf("jacobian", x);
  const y = fn(leaf);
  if (!(y instanceof Tensor)) throw new GradError(`jacobian: the function gives a tensor; got ${typeof y}`);
  if (y.count === 0) throw new GradError(`jacobian: the function gave no elements; got ${show(y.shape)}`);
  return rows(y, leaf).reshape(...y.shape, ...x.shape);
}

/**
 * All second derivatives of a function that gives one number: [...shape of x, ...shape of x]. `fn` takes x and gives one
 * number.
 *
 * @throws {GradError} if `x` is not of a float dtype, or `fn` does not give one number.
 * @example
 * hessian((x) => x.pow(3).sum(), tensor([1, 2])).toArray(); // [[6, 0], [0, 12]]
 */
export function hessian(fn: (x: Tensor) => Tensor, x: Tensor): Tensor {
  const leaf = leafOf("hessian", x);
  const y = fn(leaf);
  if (!(y instanceof Tensor) || y.count !== 1) {
    throw new GradError(
      `hessian: the function gives one number; got ${y instanceof Tensor ? show(y.shape) : typeof y}; use sum()`,
    );
  }
  const first = grad(y, leaf, { createGraph: true, materializeGrads: true });
  return rows(first, leaf).reshape(...x.shape, ...x.shape);
}
