/** Division and what it leaves. */
import { record, tracks } from "../autograd/node.ts";
import { ValueError } from "../errors.ts";
import { checkOptions, shown } from "../options.ts";
import type { Shape } from "../tensor/shapes.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { A, B, type Binary, binary, type Combined, checkOperand, exactInts, type Operand, Y } from "./binary.ts";
import { FLOATS } from "./kernels.ts";
import { cast } from "./layout.ts";
import { sumTo } from "./reduce.ts";

/** Options of `div`. */
export interface DivOptions {
  /** "floor" rounds the quotient down, "trunc" towards 0, both of ints exactly to ints; null, the default, not at all. */
  roundingMode?: "floor" | "trunc" | null;
}

/** The signature of a division, which may round. */
export type Division = <S extends Shape, B extends Shape = []>(
  this: Tensor<S>,
  other: Operand<S, B>,
  options?: DivOptions,
) => Tensor<Combined<S, B>>;

const quotient = binary("div", {
  dtypes: FLOATS,
  rule: { a: (g, _a, b) => g.div(b), b: (g, _a, b, y) => g.mul(y).div(b).neg(), reads: [B, B | Y] },
});

const rounded = exactInts("div", function (this: Tensor, other: Tensor | number): Tensor {
  const y = quotient
    .call(this.detach(), typeof other === "number" ? other : (other.detach() as never))
    .trunc() as Tensor;
  const parts = (typeof other === "number" ? [this] : [this, other]).map((x) => cast(x, y.dtype));
  if (parts.some(tracks)) {
    record(
      y,
      "div",
      parts,
      parts.map((x) => (g: Tensor) => sumTo(g.mul(0) as Tensor, x.shape)),
    );
  }
  return y;
} as Binary);

/** The function that rounds as the options say. */
function divisionOf(options: DivOptions): Binary {
  const { roundingMode = null } = checkOptions("div", options, ["roundingMode"]);
  if (roundingMode === null) return quotient;
  if (roundingMode === "floor") return floorDivide;
  if (roundingMode === "trunc") return rounded;
  throw new ValueError(`div: roundingMode is "floor", "trunc" or null; got ${shown(roundingMode)}`);
}

/**
 * this / other, rounded where `roundingMode` says so. Int tensors divide as float32, and rounded as ints.
 *
 * @throws {ShapeError} if the shapes do not broadcast.
 * @throws {ValueError} for another `roundingMode`, an unknown option, or ints divided by 0 with rounding.
 * @example
 * tensor([1, 2]).div(tensor([2, 8])).toArray(); // [0.5, 0.25]
 * tensor([-7, 7]).div(2, { roundingMode: "trunc" }).toArray(); // [-3, 3]
 */
export const div: Division = function (this: Tensor, other: unknown, options?: DivOptions): Tensor {
  const compute = options === undefined ? quotient : divisionOf(options);
  checkOperand("div", other);
  return compute.call(this, other as number);
} as Division;

/**
 * The remainder of this / other with the sign of other, as in Python.
 *
 * @throws {ShapeError} if the shapes do not broadcast.
 * @throws {ValueError} if ints are divided by 0.
 * @example
 * tensor([-7, 7]).remainder(3).toArray(); // [2, 1]
 */
export const remainder: Binary = exactInts(
  "remainder",
  binary("remainder", {
    dtypes: FLOATS,
    // (a - y) / b is a whole number; rounding takes away what the division left.
    rule: { a: (g) => g, b: (g, a, b, y) => g.mul(a.sub(y).div(b).round()).neg(), reads: [0, A | B | Y] },
  }),
);

/**
 * The remainder of this / other with the sign of this, as in C.
 *
 * @throws {ShapeError} if the shapes do not broadcast.
 * @throws {ValueError} if ints are divided by 0.
 * @example
 * tensor([-7, 7]).fmod(3).toArray(); // [-1, 1]
 */
export const fmod: Binary = exactInts(
  "fmod",
  binary("fmod", {
    dtypes: FLOATS,
    rule: { a: (g) => g, b: (g, a, b) => g.mul(a.div(b).trunc()).neg(), reads: [0, A | B] },
  }),
);

/**
 * this / other rounded down.
 *
 * @throws {ShapeError} if the shapes do not broadcast.
 * @throws {ValueError} if ints are divided by 0.
 * @example
 * tensor([-7, 7]).floorDivide(2).toArray(); // [-4, 3]
 */
export const floorDivide: Binary = exactInts(
  "floorDivide",
  binary("floor_divide", { dtypes: FLOATS, rule: { a: (g) => g.mul(0), b: (g) => g.mul(0), reads: [0, 0] } }),
);
