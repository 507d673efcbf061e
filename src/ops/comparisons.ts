/** Comparisons and truth values of two tensors, elementwise, with broadcasting: they give bool. */
import type { Tensor } from "../tensor/tensor.ts";
import { type Binary, binary, checkOperand } from "./binary.ts";
import { filled } from "./filled.ts";
import { ALL } from "./kernels.ts";
import { cast } from "./layout.ts";

/** A function of truth values: every dtype counts as whether it is not 0. */
function logical(op: string, name: string): Binary {
  const compute = binary(name, { dtypes: ["bool"] });
  return function (this: Tensor, other: unknown): Tensor {
    checkOperand(op, other);
    return compute.call(
      cast(this, "bool"),
      typeof other === "number" ? filled([], "bool", Number(other !== 0)) : cast(other, "bool"),
    );
  } as Binary;
}

/**
 * Whether both are not 0, as bool.
 *
 * @throws {ShapeError} if the shapes do not broadcast.
 * @example
 * tensor([0, 1, 2]).logicalAnd(tensor([1, 0, 3])).toArray(); // [false, false, true]
 */
export const logicalAnd: Binary = logical("logicalAnd", "logical_and");
/**
 * Whether any of both is not 0, as bool.
 *
 * @throws {ShapeError} if the shapes do not broadcast.
 * @example
 * tensor([0, 0, 2]).logicalOr(tensor([1, 0, 3])).toArray(); // [true, false, true]
 */
export const logicalOr: Binary = logical("logicalOr", "logical_or");
/**
 * Whether exactly one of both is not 0, as bool.
 *
 * @throws {ShapeError} if the shapes do not broadcast.
 * @example
 * tensor([0, 1, 2]).logicalXor(tensor([1, 0, 3])).toArray(); // [true, true, false]
 */
export const logicalXor: Binary = logical("logicalXor", "logical_xor");

const COMPARED = { dtypes: ALL.filter((dtype) => dtype !== "bool"), out: "bool" } as const;
/**
 * Whether this equals other, as a bool tensor.
 *
 * @throws {ShapeError} if the shapes do not broadcast.
 * @example
 * tensor([1, 2]).eq(tensor([1, 3])).toArray(); // [true, false]
 */
export const eq: Binary = binary("eq", COMPARED);
/**
 * Whether this differs from other.
 *
 * @throws {ShapeError} if the shapes do not broadcast.
 * @example
 * tensor([1, 2]).ne(tensor([1, 3])).toArray(); // [false, true]
 */
export const ne: Binary = binary("ne", COMPARED);
/**
 * Whether this is less than other.
 *
 * @throws {ShapeError} if the shapes do not broadcast.
 * @example
 * tensor([1, 2, 3]).lt(2).toArray(); // [true, false, false]
 */
export const lt: Binary = binary("lt", COMPARED);
/**
 * Whether this is at most other.
 *
 * @throws {ShapeError} if the shapes do not broadcast.
 * @example
 * tensor([1, 2, 3]).le(2).toArray(); // [true, true, false]
 */
export const le: Binary = binary("le", COMPARED);
/**
 * Whether this is greater than other.
 *
 * @throws {ShapeError} if the shapes do not broadcast.
 * @example
 * tensor([1, 2, 3]).gt(2).toArray(); // [false, false, true]
 */
export const gt: Binary = binary("gt", COMPARED);
/**
 * Whether this is at least other.
 *
 * @throws {ShapeError} if the shapes do not broadcast.
 * @example
 * tensor([1, 2, 3]).ge(2).toArray(); // [false, true, true]
 */
export const ge: Binary = binary("ge", COMPARED);
