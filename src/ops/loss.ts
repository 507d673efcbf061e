/** What all losses have in common: how single losses become one, and what is asked of predictions and targets. */
import { DTypeError, ShapeError, ValueError } from "../errors.ts";
import { isFloat } from "../tensor/dtypes.ts";
import { sameShape, show } from "../tensor/sizes.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { FLOATS, family, pointer, requireFloat, requireTensor } from "./kernels.ts";
import { cast, contiguous } from "./layout.ts";

/** How single losses become one: their mean, their sum, or as they are. */
export type Reduction = "mean" | "sum" | "none";

/** What every loss takes. */
export interface LossOptions<R extends string = Reduction> {
  /** "mean" (unless said otherwise), "sum", or "none" for all single losses. */
  reduction?: R;
}

/** Throws unless the reduction is one of those listed. */
export function checkReduction(
  op: string,
  reduction: string,
  allowed: readonly string[] = ["mean", "sum", "none"],
): void {
  if (allowed.includes(reduction)) return;
  const listed = allowed.map((one) => JSON.stringify(one));
  throw new ValueError(
    `${op}: reduction is ${listed.slice(0, -1).join(", ")} or ${listed.at(-1)}; got ${JSON.stringify(reduction)}`,
  );
}

/** Throws instead of giving the mean of nothing, which is NaN. */
export function requireSamples(op: string, x: Tensor, missing: boolean): void {
  if (missing) throw new ShapeError(`${op}: needs at least one element; got ${show(x.shape)}`);
}

/** Throws unless an option is a number in [low, high]. */
export function checkNumber(
  op: string,
  name: string,
  value: unknown,
  low: number = -Number.MAX_VALUE,
  above = false,
): void {
  const fits = typeof value === "number" && value < Infinity && (above ? value > low : value >= low);
  if (fits) return;
  const rule = low === -Number.MAX_VALUE ? "a finite number" : `a number ${above ? "above" : "of at least"} ${low}`;
  throw new ValueError(`${op}: ${name} is ${rule}; got ${typeof value === "string" ? JSON.stringify(value) : value}`);
}

/** Which axis to add or remove when one shape is the other and a 1. */
function fixOf(a: readonly number[], b: readonly number[], names: readonly [string, string]): string {
  if (sameShape(a, [...b, 1])) return `use ${names[1]}.unsqueeze(-1) or ${names[0]}.squeeze(-1)`;
  if (sameShape(b, [...a, 1])) return `use ${names[0]}.unsqueeze(-1) or ${names[1]}.squeeze(-1)`;
  return "losses do not broadcast: reshape or expand one of them";
}

/** Throws unless both are tensors of one shape. */
export function requireSameShape(
  op: string,
  x: Tensor,
  y: Tensor,
  names: readonly [string, string] = ["prediction", "target"],
): void {
  requireTensor(op, x);
  requireTensor(op, y);
  if (sameShape(x.shape, y.shape)) return;
  throw new ShapeError(
    `${op}: shapes must be equal, got ${show(x.shape)} and ${show(y.shape)}; ${fixOf(x.shape, y.shape, names)}`,
  );
}

/** Throws unless both are tensors of one float dtype. */
export function requireSameDType(
  op: string,
  x: Tensor,
  y: Tensor,
  names: readonly [string, string] = ["prediction", "target"],
): void {
  requireFloat(op, x);
  requireTensor(op, y);
  if (x.dtype === y.dtype) return;
  throw new DTypeError(
    `${op}: ${names[0]} and ${names[1]} have one dtype; got ${x.dtype} and ${y.dtype}; convert with to("${x.dtype}")`,
  );
}

/** The target of a regression in the prediction's dtype: whole numbers are numbers, floats of another dtype an error. */
export function numbersLike(op: string, x: Tensor, target: Tensor): Tensor {
  const y = isFloat(target.dtype) ? target : cast(target, x.dtype);
  requireSameDType(op, x, y);
  return y;
}

const outside = family("outside", FLOATS);

/** The first element that is not in [low, high], or null. NaN is in no range. */
export function firstOutside(x: Tensor, low: number, high: number): number | null {
  const flat = contiguous.call(x);
  if (flat.count === 0 || outside[flat.dtype](pointer(flat), flat.count, low, high) === 0) return null;
  for (const value of flat.data()) if (!(value >= low && value <= high)) return value;
  return null;
}

/** Single losses as the reduction wants them; with "mean" their sum divided by `divisor`. */
export function reduce(op: string, losses: Tensor, reduction: string, divisor: number = losses.count): Tensor {
  if (reduction === "none") return losses;
  const sum: Tensor = losses.sum();
  if (reduction === "sum") return sum;
  requireSamples(op, losses, divisor === 0);
  return sum.div(divisor) as Tensor;
}
