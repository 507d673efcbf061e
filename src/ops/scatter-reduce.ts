/** Sums, products, means and extremes of elements that an index sends to one place. */
import { record, tracks } from "../autograd/node.ts";
import { DTypeError, ValueError } from "../errors.ts";
import { checkOptions } from "../options.ts";
import type { Scatter } from "../tensor/indexing.ts";
import type { Arg, OnAxis, Shape } from "../tensor/shapes.ts";
import { axis } from "../tensor/sizes.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { onesLike } from "./create.ts";
import { checkedIndex, checkInside, corner, gathered, sourceOf } from "./gather.ts";
import { cat } from "./join.ts";
import { NUMBERS } from "./kernels.ts";
import { where } from "./masks.ts";

const OP = "scatterReduce";

/** What is combined: x, elements of a source with places along axis `at`, and whether x's own elements there take part. */
interface Parts {
  readonly x: Tensor;
  readonly at: number;
  readonly index: Tensor;
  readonly source: Tensor;
  readonly own: boolean;
}

/** x with a number where the index goes, unless x's own elements take part. */
function start({ x, at, index, own }: Parts, value: number): Tensor {
  return own ? x : x.scatter(at, index, value);
}

function sums(parts: Parts): Tensor {
  return start(parts, 0).scatterAdd(parts.at, parts.index, parts.source);
}

function means(parts: Parts): Tensor {
  const [x, source] = [onesLike(parts.x.detach()), onesLike(parts.source.detach())] as [Tensor, Tensor];
  const counts = sums({ ...parts, x, source }).clamp(1) as Tensor;
  return (x.isFloatingPoint() ? sums(parts).div(counts) : sums(parts).floorDivide(counts)) as Tensor;
}

/** Products of runs of one place, doubling their reach: the index is sorted, and the last of a run has its product. */
function products(parts: Parts): Tensor {
  const { x, at, source } = parts;
  const order = parts.index.argsort(at) as Tensor;
  const index = parts.index.gather(at, order) as Tensor;
  const length = index.shape[at] as number;
  let y = source.gather(at, order) as Tensor;
  const part = (t: Tensor, from: number, size: number): Tensor => t.narrow(at, from, size) as Tensor;
  const alike = (step: number): Tensor => part(index, step, length - step).eq(part(index, 0, length - step)) as Tensor;
  for (let step = 1; step < length; step *= 2) {
    const before = where(alike(step), part(y, 0, length - step), 1) as Tensor;
    y = cat([part(y, 0, step), part(y, step, length - step).mul(before) as Tensor], at) as Tensor;
  }
  const inside = cat([alike(1), part(index, 0, 1).lt(0) as Tensor], at) as Tensor;
  const factors = onesLike(x.detach())
    .scatter(at, index, 0)
    .scatterAdd(at, index, where(inside, 0, y) as Tensor);
  return start(parts, 1).mul(factors) as Tensor;
}

/** The largest: of sources in rising order the last one stays. Equals share the gradient. */
function largest(parts: Parts): Tensor {
  const { x, at, index, source, own } = parts;
  const sorted = source.detach().sort(at as never);
  let y = x.detach().scatter(at, index.gather(at, sorted.indices) as Tensor, sorted.values) as Tensor;
  if (own) y = y.maximum(x.detach()) as Tensor;
  if (tracks(x) || tracks(source)) {
    const one = onesLike(x.detach()) as Tensor;
    const mine = own ? (x.eq(y).to(x.dtype) as Tensor) : (one.scatter(at, index, 0) as Tensor);
    const theirs = source.eq(y.gather(at, index)).to(x.dtype) as Tensor;
    const counts = mine.scatterAdd(at, index, theirs) as Tensor;
    const share = (g: Tensor): Tensor => g.div(counts) as Tensor;
    const toSource = (g: Tensor): Tensor => share(g).gather(at, index).mul(theirs) as Tensor;
    record(y, OP, [x, source], [(g) => share(g).mul(mine) as Tensor, toSource]);
  }
  return y;
}

/** The other way around: -x, or -x - 1 for ints, of which the lowest has no opposite. */
function turned(x: Tensor): Tensor {
  return x.isFloatingPoint() ? x.neg() : x.neg().sub(1);
}

function smallest(parts: Parts): Tensor {
  return turned(largest({ ...parts, x: turned(parts.x), source: turned(parts.source) }));
}

const COMBINED = { sum: sums, prod: products, mean: means, amax: largest, amin: smallest };

/**
 * A copy with elements combined along an axis: y[index[i][j]][j] is the sum, product, mean, maximum or minimum
 * (`reduce`) of all source[i][j] that go there, for axis 0, and so on; and of the element that stands there, unless
 * `includeSelf` is false. The source has the input's dtype, float32, float64 or int32, and is at least as large as the
 * index. Means of ints are rounded down.
 *
 * @throws {IndexError} if `dim` is not an axis, or for the first index out of range, which it names.
 * @throws {DTypeError} if this is uint8 or bool, the index is neither int32 nor uint8, or the source is of another
 * dtype.
 * @throws {ShapeError} if the index does not fit into this outside the axis, or not into the source.
 * @throws {ValueError} if `reduce` is not one of those listed, or an option is unknown.
 * @example
 * const index = tensor([0, 0, 1], { dtype: "int32" });
 * zeros(2).scatterReduce(0, index, tensor([3, 5, 7]), "mean", { includeSelf: false }).toArray(); // [4, 7]
 */
export function scatterReduce<S extends Shape, D extends number, I extends Shape>(
  this: Tensor<S>,
  dim: Arg<OnAxis<S, D>, D>,
  index: Arg<Scatter<S, D, I>, Tensor<I>>,
  source: Tensor,
  reduce: "sum" | "prod" | "mean" | "amax" | "amin",
  options: { includeSelf?: boolean } = {},
): Tensor<S> {
  const { includeSelf = true } = checkOptions(OP, options, ["includeSelf"]);
  const kinds = Object.keys(COMBINED);
  if (!kinds.includes(reduce)) {
    throw new ValueError(`${OP}: reduce is one of ${kinds.join(", ")}; got ${JSON.stringify(reduce)}`);
  }
  if (!NUMBERS.includes(this.dtype)) {
    throw new DTypeError(`${OP}: takes ${NUMBERS.join(", ")}; got ${this.dtype}; convert with to("int32")`);
  }
  const at = axis(OP, dim as number, this.shape);
  const places = checkedIndex(OP, index);
  checkInside(OP, places, this, at, "the input", false);
  const given = corner(sourceOf(OP, this, at, places, source), places.shape);
  gathered(OP, this.detach(), at, places); // names an index out of range
  const lined = (x: Tensor): Tensor => (x.ndim === 0 ? (x.reshape(1) as Tensor) : x);
  const [x, line, elements] = [this as Tensor, places, given].map(lined) as [Tensor, Tensor, Tensor];
  const y = COMBINED[places.count === 0 ? "sum" : reduce]({ x, at, index: line, source: elements, own: includeSelf });
  return y.reshape(...this.shape) as unknown as Tensor<S>;
}
