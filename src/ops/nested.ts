/** Nested arrays of numbers or booleans, as `tensor` takes them. */
import { DTypeError, ShapeError } from "../errors.ts";
import { checkSizes, show } from "../tensor/sizes.ts";
import { Tensor } from "../tensor/tensor.ts";

/** The shape of nested arrays, their elements one after the other, and how many of these are booleans. */
export function readNested(values: unknown): { shape: number[]; flat: Float64Array; booleans: number } {
  const shape = shapeOfNested(values);
  const flat = new Float64Array(checkSizes("tensor", shape));
  const kinds = { booleans: 0, next: 0 };
  flatten(values, shape, 0, flat, kinds);
  return { shape, flat, booleans: kinds.booleans };
}

/** An array that contains itself would have axes without end. */
const MOST_AXES = 64;

/** The shape of nested arrays, by their first elements. */
function shapeOfNested(values: unknown): number[] {
  const shape: number[] = [];
  for (let level = values; Array.isArray(level) || ArrayBuffer.isView(level); level = (level as unknown[])[0]) {
    shape.push((level as unknown[]).length);
    if (shape.length > MOST_AXES) throw new ShapeError(`tensor: arrays are nested at most ${MOST_AXES} deep`);
  }
  return shape;
}

/** The error for an element that is no number. */
function refuse(value: unknown, at: number): never {
  const rule = "tensor: takes numbers or booleans in arrays of equal lengths";
  if (Array.isArray(value)) throw new ShapeError(`${rule}; got an array of ${value.length} at element ${at}`);
  if (value instanceof Tensor) {
    throw new DTypeError(
      `${rule}; got a tensor ${show(value.shape)} at element ${at}; use stack(), or clone() for a copy`,
    );
  }
  const found = typeof value === "string" || typeof value === "bigint" ? `${typeof value} ${value}` : nameOf(value);
  throw new DTypeError(`${rule}; got ${found} at element ${at}`);
}

function nameOf(value: unknown): string {
  return value === null || value === undefined ? String(value) : typeof value;
}

/** Writes nested arrays one after the other, and checks that each level has the size of the first. */
function flatten(
  values: unknown,
  shape: readonly number[],
  level: number,
  flat: Float64Array,
  kinds: { booleans: number; next: number },
): void {
  if (level === shape.length) {
    if (typeof values === "boolean") kinds.booleans++;
    else if (typeof values !== "number") refuse(values, kinds.next);
    flat[kinds.next++] = Number(values);
    return;
  }
  const list = values as readonly unknown[];
  if (typeof list !== "object" || list === null || list.length !== shape[level]) {
    const found =
      typeof list === "object" && list !== null && "length" in list ? `a length of ${list.length}` : String(values);
    throw new ShapeError(
      `tensor: arrays of one level have one length; expects ${shape[level]} at level ${level} of ${show(shape)}, got ${found}`,
    );
  }
  for (let i = 0; i < list.length; i++) flatten(list[i], shape, level + 1, flat, kinds);
}
