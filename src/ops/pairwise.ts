/** Further functions of two tensors, element by element, made of other operations. */
import { DTypeError } from "../errors.ts";
import { isFloat, promote } from "../tensor/dtypes.ts";
import type { Arg, Broadcast, Out, Shape } from "../tensor/shapes.ts";
import { broadcast } from "../tensor/sizes.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Binary } from "./binary.ts";
import { checkOperand } from "./binary.ts";
import { tensor } from "./create.ts";
import { stack } from "./join.ts";
import { requireTensor } from "./kernels.ts";
import { cast } from "./layout.ts";
import { where } from "./masks.ts";
import { expandTo } from "./views.ts";

/** Both operands in the float dtype that they meet in. */
function floats(op: string, x: Tensor, other: unknown): [Tensor, Tensor] {
  checkOperand(op, other);
  const wide = isFloat(x.dtype) ? x.dtype : "float32";
  const y = typeof other === "number" ? tensor(other, { dtype: wide }) : other;
  const dtype = promote(wide, y.dtype);
  return [cast(x, dtype), cast(y, dtype)];
}

/** A function of two tensors, or of a tensor and a number, in their float dtype. */
function pair(op: string, compute: (x: Tensor, y: Tensor) => unknown): Binary {
  return function (this: Tensor, other: unknown): Tensor {
    return compute(...floats(op, this, other)) as Tensor;
  } as Binary;
}

/**
 * The length of the hypotenuse: √(this² + other²), without overflow in float32.
 *
 * @throws {ShapeError} if the shapes do not broadcast.
 * @example
 * tensor([3, 5]).hypot(tensor([4, 12])).toArray(); // [5, 13]
 */
export const hypot: Binary = pair("hypot", (x, y) => {
  const [a, b] = [cast(x, "float64"), cast(y, "float64")];
  const length = (a.mul(a).add(b.mul(b)) as Tensor).sqrt();
  const endless = a.abs().eq(Infinity).logicalOr(b.abs().eq(Infinity)) as Tensor;
  return cast(where(endless, Infinity, length), x.dtype); // beside NaN too
});

/**
 * this · log(other), and 0 where this is 0, whatever the logarithm.
 *
 * @throws {ShapeError} if the shapes do not broadcast.
 * @example
 * tensor([0, 2]).xlogy(tensor([0, 1])).toArray(); // [0, 0]
 */
export const xlogy: Binary = pair("xlogy", (x, y) => {
  const nothing = x.eq(0).logicalAnd(y.le(0).logicalOr(y.eq(Infinity)));
  const product = x.mul(where(nothing as Tensor, 1, y).log()) as Tensor;
  return where(x.eq(0), product.add(0) as Tensor, product); // 0, not -0
});

/**
 * log(exp(this) + exp(other)), computed without overflow.
 *
 * @throws {ShapeError} if the shapes do not broadcast.
 * @example
 * tensor([1000, 0]).logaddexp(tensor([0, 0])).toArray(); // [1000, 0.6931]
 */
export const logaddexp: Binary = pair("logaddexp", (x, y) => {
  const shape = broadcast("logaddexp", x.shape, y.shape);
  return stack([expandTo(x, shape), expandTo(y, shape)]).logsumexp(0);
});

/**
 * The step function: 0 below 0 (and for NaN), 1 above 0, and `values` at 0; of one dtype. Without a gradient.
 *
 * @throws {DTypeError} if the dtypes differ.
 * @throws {ShapeError} if the shapes do not broadcast.
 * @example
 * tensor([-2, 0, 3]).heaviside(tensor(0.5)).toArray(); // [0, 0.5, 1]
 */
export function heaviside<S extends Shape, B extends Shape>(
  this: Tensor<S>,
  values: Arg<Broadcast<S, B>, Tensor<B>>,
): Tensor<Out<Broadcast<S, B>>> {
  const y = values as Tensor;
  requireTensor("heaviside", y);
  if (y.dtype !== this.dtype) {
    throw new DTypeError(`heaviside: both have one dtype; got ${this.dtype} and ${y.dtype}; convert with to()`);
  }
  const x: Tensor = this.detach();
  return where(x.eq(0), y.detach(), cast(x.gt(0), x.dtype));
}

/**
 * The p-norm of this - other, as one number; see `norm`. Takes float dtypes.
 *
 * @throws {DTypeError} for int dtypes and bool.
 * @throws {ShapeError} if the shapes do not broadcast.
 * @throws {ValueError} if `p` is NaN.
 * @example
 * tensor([0, 0]).dist(tensor([3, 4])).item(); // 5
 */
export function dist(this: Tensor, other: Tensor, p = 2): Tensor<[]> {
  requireTensor("dist", other);
  return (this.sub(other) as Tensor).norm(p);
}

/**
 * Degrees as radians.
 *
 * @example
 * tensor([180]).deg2rad().toArray(); // [3.142]
 */
export function deg2rad<S extends Shape>(this: Tensor<S>): Tensor<S> {
  return (this as Tensor).mul(Math.PI / 180) as Tensor<S>;
}

/**
 * Radians as degrees.
 *
 * @example
 * tensor([Math.PI]).rad2deg().toArray(); // [180]
 */
export function rad2deg<S extends Shape>(this: Tensor<S>): Tensor<S> {
  return (this as Tensor).mul(180 / Math.PI) as Tensor<S>;
}
