/** Inverse functions, element by element, made of other operations in float64. Of ints they are float32. */
import { record, tracks } from "../autograd/node.ts";
import { isFloat } from "../tensor/dtypes.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Unary } from "./elementwise.ts";
import { cast } from "./layout.ts";
import { where } from "./masks.ts";

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

/**
 * The inverse of the error function; infinite at -1 and 1, NaN outside. By Winitzki's approximation, which is within 0.2 %, and
 * two steps of Halley's method.
 *
 * @example
 * tensor([0, 0.5]).erfinv().toArray(); // [0, 0.4769]
 */
export const erfinv: Unary = inverse(
  "erfinv",
  (a) => {
    const log = a.square().neg().log1p();
    const t = log.div(2).add(2 / (Math.PI * 0.147)) as Tensor;
    let y = t.square().sub(log.div(0.147)).sqrt().sub(t).abs().sqrt() as Tensor;
    for (let step = 0; step < 2; step++) {
      const newton = y
        .erf()
        .sub(a)
        .mul(y.square().exp())
        .mul(Math.sqrt(Math.PI) / 2) as Tensor;
      y = y.sub(newton.div(y.mul(newton).add(1))) as Tensor;
    }
    return where(a.eq(1), Infinity, y) as Tensor;
  },
  (_, y) =>
    y
      .square()
      .exp()
      .mul(Math.sqrt(Math.PI) / 2),
);
