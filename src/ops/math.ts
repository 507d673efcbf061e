/** Elementwise functions with bounds, weights and factors. */
import { record, tracks } from "../autograd/node.ts";
import { DTypeError, ValueError } from "../errors.ts";
import { checkOptions } from "../options.ts";
import { type DType, isFloat, promote, promoteNumber } from "../tensor/dtypes.ts";
import type { Shape } from "../tensor/shapes.ts";
import { empty, Tensor } from "../tensor/tensor.ts";
import { checkOperand } from "./binary.ts";
import { tensor } from "./create.ts";
import { FLOATS, family, NUMBERS, pointer, requireTensor } from "./kernels.ts";
import { cast, contiguous } from "./layout.ts";
import { sumTo } from "./reduce.ts";

const clamps = family("clamp", NUMBERS);
const clampsBackward = family("clamp_backward", FLOATS);

/** A bound of `clamp`: a number, a tensor that broadcasts, or none. */
export type Bound = number | Tensor | null;

/** Throws unless there is a bound, and bounds are numbers or tensors. */
export function checkBounds(op: string, ...bounds: [unknown, unknown]): void {
  for (const bound of bounds) {
    if (bound !== null) checkOperand(op, bound);
    if (Number.isNaN(bound)) throw new ValueError(`${op}: bounds are numbers or tensors; got NaN`);
  }
  if (bounds[0] === null && bounds[1] === null) throw new ValueError(`${op}: needs a bound; got null and null`);
}

/** The bounds as they are given, or infinite. Int tensors stay ints while their bounds are whole numbers. */
function clampNumbers(given: Tensor, min: number | null, max: number | null): Tensor {
  const [low, high] = [min ?? Number.NEGATIVE_INFINITY, max ?? Number.POSITIVE_INFINITY];
  let dtype: DType = given.dtype === "uint8" || given.dtype === "bool" ? "int32" : given.dtype;
  for (const bound of [min, max]) if (bound !== null && Number.isFinite(bound)) dtype = promoteNumber(dtype, bound);
  const x = contiguous.call(cast(given, dtype));
  const y = empty(x.shape, dtype);
  const [from, to] = isFloat(dtype) ? [low, high] : [Math.max(low, -(2 ** 31)), Math.min(high, 2 ** 31 - 1)];
  clamps[dtype](pointer(x), pointer(y), x.count, from, to);
  if (tracks(x)) {
    const gradient = (g: Tensor): Tensor => {
      const flat = contiguous.call(g);
      const dx = empty(x.shape, x.dtype);
      clampsBackward[x.dtype](pointer(flat), pointer(x), pointer(dx), x.count, low, high);
      return dx;
    };
    const formula = (g: Tensor): Tensor => {
      const above = low === Number.NEGATIVE_INFINITY ? x.ge(low) : x.gt(low);
      return g.mul(cast(above.logicalAnd(high === Number.POSITIVE_INFINITY ? x.le(high) : x.lt(high)), g.dtype));
    };
    record(y, "clamp", [x], [gradient], [x], null, [formula]);
  }
  return y;
}

/** A clamp between bounds of which at least one is a tensor. */
function clampTensors(self: Tensor, min: Bound, max: Bound): Tensor {
  if (max === null) return self.maximum(min as Tensor);
  if (min === null) return self.minimum(max);
  const dtype = [min, max].reduce<DType>(
    (found, bound) => (typeof bound === "number" ? promoteNumber(found, bound) : promote(found, bound.dtype)),
    self.dtype,
  );
  const [x, low, high] = [self, min, max].map((given) =>
    cast(typeof given === "number" ? tensor(given, { dtype: "float64" }) : given, dtype),
  ) as [Tensor, Tensor, Tensor];
  const y = x.detach().maximum(low.detach()).minimum(high.detach()) as Tensor;
  const inputs = [x, low, high];
  if (inputs.some(tracks)) {
    const shares = sharesOf(x.detach(), low.detach(), high.detach());
    const gradients = inputs.map((input, i) => (g: Tensor) => sumTo(g.mul(shares[i] as Tensor), input.shape));
    record(y, "clamp", inputs, gradients);
  }
  return y;
}

/** What of a clamp's gradient goes to x and to the bounds: all to the one that was taken, and half each at a tie. */
function sharesOf(x: Tensor, low: Tensor, high: Tensor): Tensor[] {
  const share = (mask: Tensor): Tensor => cast(mask, x.dtype);
  const open = low.lt(high);
  const [atLow, atHigh] = [share(open.logicalAnd(x.eq(low))).mul(0.5), share(open.logicalAnd(x.eq(high))).mul(0.5)];
  const inside = share(x.lt(low).logicalOr(x.gt(high)).logicalNot() as Tensor);
  return [
    inside.sub(atLow).sub(atHigh),
    share(x.lt(low).logicalAnd(low.le(high))).add(atLow),
    share(x.gt(high).logicalOr(low.gt(high))).add(atHigh),
  ] as Tensor[];
}

/**
 * x brought into [min, max]; NaN stays. A bound is a number, a tensor that broadcasts, or null. Where min is above max
 * the result is max. The gradient goes to x where it lies between the bounds; at a number's bound it is 0, and
 * of a tensor's bound x has half, as in PyTorch.
 *
 * @throws {ValueError} if both bounds are null or one is NaN.
 * @throws {ShapeError} if a bound does not broadcast.
 * @example
 * tensor([-2, 0.5, 3]).clamp(0, 1).toArray(); // [0, 0.5, 1]
 * tensor([-2, 0.5]).clamp(null, 0).toArray(); // [-2, 0]
 */
export function clamp<S extends Shape>(this: Tensor<S>, min: number | null, max?: number | null): Tensor<S>;
export function clamp(this: Tensor, min: Bound, max?: Bound): Tensor;
export function clamp(this: Tensor, min: Bound, max: Bound = null): Tensor {
  return clamped("clamp", this, min, max);
}

function clamped(op: string, x: Tensor, min: Bound, max: Bound): Tensor {
  checkBounds(op, min, max);
  if (min instanceof Tensor || max instanceof Tensor) return clampTensors(x, min, max);
  return clampNumbers(x, min, max);
}

/**
 * x, but at least `min`: see {@link clamp}.
 *
 * @throws {ValueError} if `min` is NaN.
 * @throws {ShapeError} if `min` does not broadcast.
 * @example
 * tensor([-1, 2]).clampMin(0).toArray(); // [0, 2]
 */
export function clampMin<S extends Shape>(this: Tensor<S>, min: number): Tensor<S>;
export function clampMin(this: Tensor, min: number | Tensor): Tensor;
export function clampMin(this: Tensor, min: number | Tensor): Tensor {
  return clamped("clampMin", this, min, null);
}

/**
 * x, but at most `max`: see {@link clamp}.
 *
 * @throws {ValueError} if `max` is NaN.
 * @throws {ShapeError} if `max` does not broadcast.
 * @example
 * tensor([-1, 2]).clampMax(0).toArray(); // [-1, 0]
 */
export function clampMax<S extends Shape>(this: Tensor<S>, max: number): Tensor<S>;
export function clampMax(this: Tensor, max: number | Tensor): Tensor;
export function clampMax(this: Tensor, max: number | Tensor): Tensor {
  return clamped("clampMax", this, null, max);
}

/**
 * From this to `end` by `weight`: this + weight · (end - this). Takes float dtypes.
 *
 * @throws {DTypeError} if this or `end` is not of a float dtype.
 * @throws {ShapeError} if the shapes do not broadcast.
 * @example
 * tensor([0, 10]).lerp(tensor([10, 20]), 0.1).toArray(); // [1, 11]
 */
export function lerp<S extends Shape>(this: Tensor<S>, end: Tensor, weight: number | Tensor): Tensor {
  requireTensor("lerp", end);
  checkOperand("lerp", weight);
  const x: Tensor = this;
  if (!isFloat(x.dtype) || !isFloat(end.dtype)) {
    throw new DTypeError(`lerp: takes float32 or float64; got ${x.dtype} and ${end.dtype}; convert with to("float32")`);
  }
  return x.add((end.sub(x) as Tensor).mul(weight) as Tensor);
}

/** Options of `addcmul` and `addcdiv`. */
export interface ScaledOptions {
  /** What the product or quotient is multiplied with. */
  value?: number;
}

function checkScaled(op: string, a: unknown, b: unknown, options: ScaledOptions): number {
  const { value = 1 } = checkOptions(op, options, ["value"]);
  requireTensor(op, a);
  requireTensor(op, b);
  if (typeof value !== "number") throw new ValueError(`${op}: value is a number; got ${String(value)}`);
  return value;
}

/**
 * this + value · a · b.
 *
 * @throws {ShapeError} if the shapes do not broadcast.
 * @throws {ValueError} if `value` is no number or an option is unknown.
 * @example
 * tensor([1, 1]).addcmul(tensor([2, 3]), tensor([4, 5]), { value: 0.5 }).toArray(); // [5, 8.5]
 */
export function addcmul<S extends Shape>(this: Tensor<S>, a: Tensor, b: Tensor, options: ScaledOptions = {}): Tensor {
  const value = checkScaled("addcmul", a, b, options);
  const product = a.mul(b) as Tensor;
  return (this as Tensor).add(value === 1 ? product : product.mul(value)) as Tensor;
}

/**
 * this + value · a / b.
 *
 * @throws {ShapeError} if the shapes do not broadcast.
 * @throws {ValueError} if `value` is no number or an option is unknown.
 * @example
 * tensor([1, 1]).addcdiv(tensor([2, 3]), tensor([4, 4])).toArray(); // [1.5, 1.75]
 */
export function addcdiv<S extends Shape>(this: Tensor<S>, a: Tensor, b: Tensor, options: ScaledOptions = {}): Tensor {
  const value = checkScaled("addcdiv", a, b, options);
  const quotient = a.div(b) as Tensor;
  return (this as Tensor).add(value === 1 ? quotient : quotient.mul(value)) as Tensor;
}
