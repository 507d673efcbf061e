/** Shape rules at run time: sizes, axes, strides and broadcasting, with the errors that name the values. */
import { IndexError, MemoryError, ShapeError } from "../errors.ts";
import { shown } from "../options.ts";

/** "[100, 784]" */
export function show(shape: readonly number[]): string {
  return `[${shape.join(", ")}]`;
}

/** The number of elements. */
export function count(shape: readonly number[]): number {
  let n = 1;
  for (let i = 0; i < shape.length; i++) n *= shape[i] as number;
  return n;
}

/** More elements than this cannot be addressed by a typed array. */
const MAX_ELEMENTS = 2 ** 33;

/** Throws unless every size is a whole number of at least 0 and there are not too many elements. Gives their number. */
export function checkSizes(op: string, shape: readonly number[], most: number = MAX_ELEMENTS): number {
  if (!Array.isArray(shape)) throw new ShapeError(`${op}: sizes are an array of whole numbers; got ${String(shape)}`);
  let n = 1;
  for (let i = 0; i < shape.length; i++) {
    const size = shape[i] as number;
    if (!Number.isInteger(size) || size < 0) {
      if (Array.isArray(size)) {
        throw new ShapeError(
          `${op}: takes sizes one by one, ${op}(${String(size).replaceAll(",", ", ")}); got an array`,
        );
      }
      throw new ShapeError(`${op}: sizes are whole numbers of at least 0; got [${shape.map(shown).join(", ")}]`);
    }
    n *= size;
  }
  if (n > most) {
    throw new MemoryError(`${op}: ${show(shape)} has ${n} elements, more than memory can hold; use smaller sizes`);
  }
  return n;
}

/** The axis counted from the front. `rank` 0 takes axes 0 and -1, as in PyTorch. */
export function axis(op: string, dim: number, shape: readonly number[], rank: number = shape.length): number {
  const limit = Math.max(rank, 1);
  if (!Number.isInteger(dim) || dim < -limit || dim >= limit) {
    if (typeof dim !== "number")
      throw new IndexError(`${op}: an axis is a whole number, as ${op}(…, -1); got ${kindOf(dim)}`);
    throw new IndexError(
      `${op}: axis ${dim} is out of range for shape ${show(shape)}; expects a whole number from ${-limit} to ${limit - 1}`,
    );
  }
  return dim < 0 ? dim + limit : dim;
}

/** Axes given as one or as a list, counted from the front. */
export function axes(op: string, dims: number | readonly number[], shape: readonly number[]): number[] {
  return (Array.isArray(dims) ? dims : [dims]).map((dim) => axis(op, dim, shape));
}

/** What was given in the place of a number, with the number where it was put into an object. */
function kindOf(value: unknown): string {
  if ((value as object | undefined)?.constructor !== Object) return shown(value);
  const { dim } = value as { dim?: unknown };
  return dim === undefined ? "an object; options come behind the axis" : `{ dim: ${dim} }: axes are no options`;
}

/** Axes of a shape as kernels see them: `length` elements along those axes, taken as one, with axes around them. */
export interface Span {
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
}

/** The axes of a shape from `first` up to but without `last`, taken as one. */
export function span(shape: readonly number[], first: number, last: number = first + 1): Span {
  let [outer, length, inner] = [1, 1, 1];
  for (let i = 0; i < shape.length; i++) {
    const size = shape[i] as number;
    if (i < first) outer *= size;
    else if (i < last) length *= size;
    else inner *= size;
  }
  return { outer, length, inner };
}

/** Where the element of a running number stands, axis by axis. */
export function placeOf(element: number, shape: readonly number[]): number[] {
  const place: number[] = [];
  let rest = element;
  for (const size of shape.toReversed()) {
    place.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return place;
}

/** A list with a number more before position `at`. Written out, as the next: views of small tensors take well under a microsecond. */
export function inserted(list: readonly number[], at: number, value: number): number[] {
  const longer = new Array<number>(list.length + 1);
  for (let i = 0; i < longer.length; i++)
    longer[i] = i < at ? (list[i] as number) : i === at ? value : (list[i - 1] as number);
  return longer;
}

/** A list without the number at position `at`. */
export function removed(list: readonly number[], at: number): number[] {
  const shorter = new Array<number>(list.length - 1);
  for (let i = 0; i < shorter.length; i++) shorter[i] = list[i < at ? i : i + 1] as number;
  return shorter;
}

/** Strides, in elements, of a row-major tensor. */
export function rowMajor(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = step;
    step *= Math.max(shape[i] as number, 1);
  }
  return strides;
}

/** Whether strides are those of a row-major tensor; axes of size 1 may have any. */
export function isRowMajor(shape: readonly number[], strides: readonly number[]): boolean {
  let step = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    const size = shape[i] as number;
    if (size === 0) return true;
    if (size !== 1 && strides[i] !== step) return false;
    step *= size;
  }
  return true;
}

/** Whether two shapes are the same. */
export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** The shape that two shapes broadcast to: sizes are aligned at the last axis, and a size of 1 repeats. */
export function broadcast(op: string, a: readonly number[], b: readonly number[]): readonly number[] {
  if (sameShape(a, b)) return a;
  const rank = Math.max(a.length, b.length);
  const out = new Array<number>(rank);
  for (let i = 1; i <= rank; i++) {
    const m = i <= a.length ? (a[a.length - i] as number) : 1;
    const n = i <= b.length ? (b[b.length - i] as number) : 1;
    if (m !== n && m !== 1 && n !== 1) {
      throw new ShapeError(
        `${op}: cannot broadcast ${show(a)} with ${show(b)}: sizes ${m} and ${n} differ; reshape or unsqueeze one of them`,
      );
    }
    out[rank - i] = m === 1 ? n : m;
  }
  return out;
}

/** Strides that repeat a tensor over a larger shape: 0 where it repeats. */
export function broadcastStrides(
  shape: readonly number[],
  strides: readonly number[],
  to: readonly number[],
): number[] {
  const lead = to.length - shape.length;
  return to.map((size, i) => (i < lead || (shape[i - lead] === 1 && size !== 1) ? 0 : (strides[i - lead] as number)));
}

/**
 * Writes the loops over `shape` for kernels: [axes, size, stride of each operand, size, …], outermost first, with axes of
 * size 1 dropped and neighbours merged where every operand allows it.
 */
export function writeLoops(table: Float64Array, shape: readonly number[], ...operands: (readonly number[])[]): void {
  const width = operands.length + 1;
  let axes = 0;
  for (let i = 0; i < shape.length; i++) {
    const size = shape[i] as number;
    if (size === 1) continue;
    const at = 1 + (axes - 1) * width;
    if (axes > 0 && operands.every((strides, k) => table[at + 1 + k] === (strides[i] as number) * size)) {
      table[at] = (table[at] as number) * size;
      for (let k = 0; k < operands.length; k++) table[at + 1 + k] = (operands[k] as readonly number[])[i] as number;
    } else {
      table[at + width] = size;
      for (let k = 0; k < operands.length; k++)
        table[at + width + 1 + k] = (operands[k] as readonly number[])[i] as number;
      axes++;
    }
  }
  if (axes === 0) {
    table[1] = 1;
    for (let k = 0; k < operands.length; k++) table[2 + k] = 0;
    axes = 1;
  }
  table[0] = axes;
}
