/** Inverse functions, element by element, made of other operations in float64. Of ints they are float32. */
import { record, tracks } from "../autograd/node.ts";
import { isFloat } from "../tensor/dtypes.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { cast } from "./layout.ts";
import { where } from "./masks.ts";
import type { Unary } from "./unary.ts";

/** A function by its values (of |x|, to take the sign of x, where it is odd) and its slope at x, where it is y. */
function inverse(
  op: string,
  compute: (x: Tensor) => Tensor,
  slope: (x: Tensor, y: Tensor) => Tensor,
  odd: boolean = true,
): Unary {
  return function (this: Tensor): Tensor {
    const x = isFloat(this.dtype) ? this : cast(this, "float32");
    const z = cast(x.detach(), "float64");
    const found = odd ? where(z.eq(0), z, compute(z.abs()).mul(z.sign()) as Tensor) : compute(z);
    const y = cast(found as Tensor, x.dtype);
    if (tracks(x)) record(y, op, [x], [(g) => g.mul(slope(x, y)) as Tensor], [x, y]);
    return y;
  } as Unary;
}

/**
 * Inverse hyperbolic sine.
 *
 * @example
 * tensor([0, 2]).asinh().toArray(); // [0, 1.444]
 */
export const asinh: Unary = inverse(
  "asinh",
  (a) => {
    const r = a.reciprocal(); // a²/(1 + √(a² + 1)) without the square, which overflows
    return a.add(a.div(r.add(r.square().add(1).sqrt()))).log1p();
  },
  (x) => x.square().add(1).rsqrt(),
);

/**
 * Inverse hyperbolic cosine; NaN below 1.
 *
 * @example
 * tensor([1, 2]).acosh().toArray(); // [0, 1.317]
 */
export const acosh: Unary = inverse(
  "acosh",
  (x) => {
    const t = x.sub(1);
    return t.add(t.sqrt().mul(t.add(2).sqrt())).log1p();
  },
  (x) => x.square().sub(1).rsqrt(),
  false,
);

/**
 * Inverse hyperbolic tangent; infinite at -1 and 1, NaN outside.
 *
 * @example
 * tensor([0, 0.5]).atanh().toArray(); // [0, 0.5493]
 */
export const atanh: Unary = inverse(
  "atanh",
  (a) => a.mul(2).div(a.neg().add(1)).log1p().mul(0.5),
  (x) => x.square().neg().add(1).reciprocal(),
);

/** A polynomial of z, the coefficient of the highest power first. */
function polynomial(z: Tensor, coefficients: readonly number[]): Tensor {
  return coefficients.reduce((sum, c) => sum.mul(z).add(c), z.mul(0));
}

/**
 * The inverse of the error function; infinite at -1 and 1, NaN outside. By PyTorch's rational approximations, one up to 0.7 and
 * one beyond, and two steps of Newton's method.
 *
 * @example
 * tensor([0, 0.5]).erfinv().toArray(); // [0, 0.4769]
 */
export const erfinv: Unary = inverse(
  "erfinv",
  (a) => {
    const z: Tensor = a.square();
    const near = a
      .mul(polynomial(z, [-0.140543331, 0.914624893, -1.645349621, 0.886226899]))
      .div(polynomial(z, [0.012229801, -0.329097515, 1.442710462, -2.118377725, 1]));
    const t: Tensor = a.neg().add(1).mul(0.5).log().neg().sqrt();
    const far = polynomial(t, [1.641345311, 3.429567803, -1.624906493, -1.970840454]).div(
      polynomial(t, [1.6370678, 3.5438892, 1]),
    );
    let y = where(a.le(0.7), near as Tensor, far as Tensor) as Tensor;
    for (let step = 0; step < 2; step++) {
      const slope = y.square().neg().exp().mul(2 / Math.sqrt(Math.PI)); // biome-ignore format: a line
      y = y.sub(y.erf().sub(a).div(slope)) as Tensor;
    }
    return where(a.eq(1), Infinity, y) as Tensor;
  },
  (_, y) => y.square().exp().mul(Math.sqrt(Math.PI) / 2), // biome-ignore format: a line
);
