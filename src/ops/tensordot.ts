/** Products of tensors over chosen axes. */
import { ShapeError, ValueError } from "../errors.ts";
import { checkOptions } from "../options.ts";
import { axis, count, show } from "../tensor/sizes.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { requireTensor } from "./kernels.ts";
import { reshaped } from "./views.ts";

/** Options of `tensordot`. */
export interface TensordotOptions {
  /** So many of the last axes of a meet the first of b (2 unless said otherwise), or the axes of a and those of b, in order. */
  dims?: number | readonly [readonly number[], readonly number[]];
}

/** The axes of both tensors that are summed over. */
function pairedAxes(a: Tensor, b: Tensor, { dims = 2 }: TensordotOptions): [number[], number[]] {
  if (typeof dims === "number") {
    if (!Number.isInteger(dims) || dims < 0 || dims > Math.min(a.ndim, b.ndim)) {
      throw new ValueError(`tensordot: dims is a number of axes that both have; got ${dims}`);
    }
    return [Array.from({ length: dims }, (_, i) => a.ndim - dims + i), Array.from({ length: dims }, (_, i) => i)];
  }
  const whole = Array.isArray(dims) && dims.length === 2 && dims.every(Array.isArray);
  if (!whole || dims[0].length !== dims[1].length) {
    throw new ValueError(`tensordot: dims is a number, or two lists of as many axes; got ${JSON.stringify(dims)}`);
  }
  const listed = (x: Tensor, list: readonly number[]): number[] => {
    const found = list.map((dim) => axis("tensordot", dim, x.shape));
    if (new Set(found).size !== found.length) throw new ValueError(`tensordot: each axis once; got ${show(list)}`);
    return found;
  };
  return [listed(a, dims[0]), listed(b, dims[1])];
}

/**
 * The sum over products along axes of two tensors: the other axes of a, then those of b remain. Takes float dtypes.
 *
 * @throws {DTypeError} for int dtypes and bool.
 * @throws {ValueError} if `dims` are more than the axes of one, not two lists of one length or list an axis twice, or
 * an option is unknown.
 * @throws {IndexError} if an axis of a list is none.
 * @throws {ShapeError} if paired axes differ in size.
 * @example
 * tensordot(ones(2, 3), ones(3, 4), { dims: 1 }).shape; // [2, 4]
 * tensordot(ones(3, 4, 5), ones(4, 3, 2), { dims: [[1, 0], [0, 1]] }).shape; // [5, 2]
 */
export function tensordot(a: Tensor, b: Tensor, options: TensordotOptions = {}): Tensor {
  requireTensor("tensordot", a);
  requireTensor("tensordot", b);
  checkOptions("tensordot", options, ["dims"]);
  const [ofA, ofB] = pairedAxes(a, b, options);
  const sizes = (x: Tensor, list: readonly number[]): number[] => list.map((i) => x.shape[i] as number);
  const [common, other] = [sizes(a, ofA), sizes(b, ofB)];
  if (common.some((size, i) => size !== other[i])) {
    throw new ShapeError(
      `tensordot: paired axes have one size; got ${show(common)} of ${show(a.shape)} and ${show(other)} of ${show(b.shape)}`,
    );
  }
  const rest = (x: Tensor, list: readonly number[]): number[] =>
    x.shape.map((_, i) => i).filter((i) => !list.includes(i));
  const [keptA, keptB] = [rest(a, ofA), rest(b, ofB)];
  const inner = count(common);
  const left = reshaped(a.permute(...keptA, ...ofA) as Tensor, [count(sizes(a, keptA)), inner]);
  const right = reshaped(b.permute(...ofB, ...keptB) as Tensor, [inner, count(sizes(b, keptB))]);
  return reshaped(left.matmul(right) as Tensor, [...sizes(a, keptA), ...sizes(b, keptB)]);
}

/**
 * The sums of products along the last axes of two tensors: [..., k] and [..., k]; a number or tensor without axes multiplies.
 *
 * @throws {DTypeError} for int dtypes and bool, unless one has no axes.
 * @throws {ShapeError} if the last sizes differ.
 * @example
 * tensor([[1, 2], [3, 4]]).inner(tensor([1, 1])).toArray(); // [3, 7]
 */
export function inner(this: Tensor, other: Tensor): Tensor {
  requireTensor("inner", other);
  if (this.ndim === 0 || other.ndim === 0) return this.mul(other) as Tensor;
  return tensordot(this, other, { dims: [[-1], [-1]] });
}
