/** Integers and truth values bit by bit, with broadcasting. The result has the dtype that both meet in. */
import { backend } from "../backend/index.ts";
import { DTypeError } from "../errors.ts";
import { isFloat, promote, promoteNumber } from "../tensor/dtypes.ts";
import type { Shape } from "../tensor/shapes.ts";
import { broadcast } from "../tensor/sizes.ts";
import { empty, type Tensor } from "../tensor/tensor.ts";
import { type Binary, checkOperand } from "./binary.ts";
import { filled } from "./filled.ts";
import { pointer } from "./kernels.ts";
import { cast, contiguous } from "./layout.ts";
import { expandTo } from "./views.ts";

const combine = backend.kernel("bitwise_i32");
/** The numbers of shifts, which bool has not. */
const [LEFT, RIGHT] = [4, 5];

/** A function of the bits of two operands, by the number that the kernel knows it by. */
function bitwise(op: string, which: number): Binary {
  return function (this: Tensor, other: unknown): Tensor {
    checkOperand(op, other);
    const b = typeof other === "number" ? filled([], "int32", other) : other;
    const dtype = typeof other === "number" ? promoteNumber(this.dtype, other) : promote(this.dtype, b.dtype);
    if (isFloat(dtype) || (dtype === "bool" && which >= LEFT)) {
      const taken = which >= LEFT ? "int32 and uint8" : "int32, uint8 and bool";
      const got = typeof other === "number" ? other : b.dtype;
      throw new DTypeError(`${op}: takes ${taken}; got ${this.dtype} and ${got}; convert with to("int32")`);
    }
    const shape = broadcast(op, this.shape, b.shape);
    const [left, right] = [this, b].map((x) => contiguous.call(expandTo(cast(x, "int32"), shape))) as [Tensor, Tensor];
    const y = empty(shape, "int32");
    combine(pointer(left), pointer(right), pointer(y), y.count, which);
    return cast(y, dtype);
  } as Binary;
}

/**
 * The bits that both have. Takes int32, uint8 and bool; throws a DTypeError for floats.
 *
 * @throws {ShapeError} if the shapes do not broadcast.
 * @throws {DTypeError} for floats, fractions and numbers beyond int32.
 * @example
 * tensor([6, 5], { dtype: int32 }).bitwiseAnd(3).toArray(); // [2, 1]
 */
export const bitwiseAnd: Binary = bitwise("bitwiseAnd", 1);
/**
 * The bits that any of both has; see {@link bitwiseAnd}.
 *
 * @throws {ShapeError} if the shapes do not broadcast.
 * @throws {DTypeError} for floats, fractions and numbers beyond int32.
 * @example
 * tensor([6, 5], { dtype: int32 }).bitwiseOr(3).toArray(); // [7, 7]
 */
export const bitwiseOr: Binary = bitwise("bitwiseOr", 3);
/**
 * The bits that exactly one of both has; see {@link bitwiseAnd}.
 *
 * @throws {ShapeError} if the shapes do not broadcast.
 * @throws {DTypeError} for floats, fractions and numbers beyond int32.
 * @example
 * tensor([6, 5], { dtype: int32 }).bitwiseXor(3).toArray(); // [5, 6]
 */
export const bitwiseXor: Binary = bitwise("bitwiseXor", 2);
/**
 * Bits moved up by so many places, which is this · 2^other; bits beyond the dtype are lost. Takes int32 and uint8; throws a
 * DTypeError for others.
 *
 * @throws {ShapeError} if the shapes do not broadcast.
 * @throws {DTypeError} for floats, fractions, numbers beyond int32, and bool.
 * @example
 * tensor([1, 3], { dtype: int32 }).bitwiseLeftShift(4).toArray(); // [16, 48]
 */
export const bitwiseLeftShift: Binary = bitwise("bitwiseLeftShift", LEFT);
/**
 * Bits moved down by so many places, which is this / 2^other rounded down; see {@link bitwiseLeftShift}.
 *
 * @throws {ShapeError} if the shapes do not broadcast.
 * @throws {DTypeError} for floats, fractions, numbers beyond int32, and bool.
 * @example
 * tensor([16, -5], { dtype: int32 }).bitwiseRightShift(1).toArray(); // [8, -3]
 */
export const bitwiseRightShift: Binary = bitwise("bitwiseRightShift", RIGHT);

/**
 * Every bit turned around: -x - 1 for int32, 255 - x for uint8, and `logicalNot` for bool.
 *
 * @throws {DTypeError} for floats.
 * @example
 * tensor([0, 5], { dtype: int32 }).bitwiseNot().toArray(); // [-1, -6]
 */
export function bitwiseNot<S extends Shape>(this: Tensor<S>): Tensor<S> {
  const x: Tensor = this;
  return (x.dtype === "bool" ? x.logicalNot() : bitwise("bitwiseNot", 2).call(x, -1)) as Tensor<S>;
}
