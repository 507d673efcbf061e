/** A hinge for several labels a sample, and triplets under a distance of one's own. They refuse to broadcast. */
import { IndexError, ShapeError, ValueError } from "../errors.ts";
import { checkOptions } from "../options.ts";
import type { Paired, Reduced } from "../tensor/losses.ts";
import type { Arg, RemoveAt, Shape } from "../tensor/shapes.ts";
import { show } from "../tensor/sizes.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { arange } from "./create.ts";
import { pairwiseDistance } from "./distances.ts";
import { checkedIndex } from "./gather.ts";
import { requireFloat, requireTensor } from "./kernels.ts";
import { cast } from "./layout.ts";
import { checkNumber, checkReduction, type LossOptions, type Reduction, reduce, requireSameShape } from "./loss.ts";

/**
 * The hinge of several labels a sample: Σ over labels j and other classes i of max(0, 1 - x[j] + x[i]), divided by the
 * number of classes. Scores [batch, classes] or [classes]; the target, int32 of the same shape, lists the labels of
 * each sample up to the first -1.
 *
 * @throws {DTypeError} if the scores are not floats, or the target is neither int32 nor uint8.
 * @throws {ShapeError} if the shapes differ, are neither [batch, classes] nor [classes], or a mean is of nothing.
 * @throws {IndexError} for a label that is no class.
 * @throws {ValueError} if `reduction` is not one, or an option is unknown.
 * @example
 * multiLabelMarginLoss(tensor([[0, 0.5, 1]]), tensor([[2, -1, 0]], { dtype: "int32" })).item().toFixed(3); // "0.167"
 */
export function multiLabelMarginLoss<S extends Shape, T extends Shape, R extends Reduction = "mean">(
  scores: Tensor<S>,
  target: Arg<Paired<S, T, "multiLabelMarginLoss">, Tensor<T>>,
  options: LossOptions<R> = {},
): Tensor<Reduced<RemoveAt<S, -1>, R>> {
  const op = "multiLabelMarginLoss";
  checkOptions(op, options, ["reduction"]);
  const { reduction = "mean" as R } = options;
  const x: Tensor = scores;
  checkReduction(op, reduction);
  requireFloat(op, x);
  requireSameShape(op, x, target as Tensor, ["scores", "target"]);
  if (x.ndim !== 1 && x.ndim !== 2) {
    throw new ShapeError(`${op}: scores are [classes] or [batch, classes]; got ${show(x.shape)}`);
  }
  const y = checkedIndex(op, target);
  const classes = x.shape.at(-1) as number;
  if (y.count > 0 && (y.max().item() >= classes || y.min().item() < -1)) {
    throw new IndexError(
      `${op}: labels are 0 to ${classes - 1}, or -1 behind the last; got ${y.min().item()} to ${y.max().item()}`,
    );
  }
  const listed = y.lt(0).cumsum(-1).eq(0) as Tensor;
  const right = x.gather(-1, y.clamp(0)) as Tensor;
  const labelled = y.unsqueeze(-1).eq(arange(classes)).logicalAnd(listed.unsqueeze(-1)).any(-2) as Tensor;
  // [..., labels, classes]: every label beside every class.
  const lost = x.unsqueeze(-2).sub(right.unsqueeze(-1)).add(1).relu() as Tensor;
  const counts = listed.unsqueeze(-1).logicalAnd(labelled.logicalNot().unsqueeze(-2)) as Tensor;
  const sums = lost.mul(cast(counts, x.dtype)).sum([-1, -2]).div(classes) as Tensor;
  return reduce(op, sums, reduction);
}

/** Options of {@link tripletMarginWithDistanceLoss}. */
export interface TripletDistanceOptions<R extends string = Reduction> extends LossOptions<R> {
  /** The distance of two tensors; {@link pairwiseDistance} unless said otherwise. */
  distanceFunction?: (a: Tensor, b: Tensor) => Tensor;
  /** From where on nothing is lost; 1 unless said otherwise. */
  margin?: number;
  /** Whether the negative is compared with the positive instead, where those two are closer; false unless said otherwise. */
  swap?: boolean;
}

/**
 * max(0, d(anchor, positive) - d(anchor, negative) + margin) with a distance d of one's own. All of one shape, which d
 * takes.
 *
 * @throws {DTypeError} if the distance that is taken unless said otherwise gets tensors that are not of one float
 * dtype.
 * @throws {ShapeError} if the shapes differ, or a mean is of nothing.
 * @throws {ValueError} if `margin` is not finite, `reduction` is not one, or an option is unknown.
 * @example
 * const distanceFunction = (a: Tensor, b: Tensor) => a.sub(b).abs().sum(-1) as Tensor;
 * tripletMarginWithDistanceLoss(zeros(1, 2), ones(1, 2), ones(1, 2), { distanceFunction }).item(); // 1
 */
export function tripletMarginWithDistanceLoss<R extends Reduction = "mean">(
  anchor: Tensor,
  positive: Tensor,
  negative: Tensor,
  options: TripletDistanceOptions<R> = {},
): Tensor {
  const op = "tripletMarginWithDistanceLoss";
  checkOptions(op, options, ["distanceFunction", "margin", "swap", "reduction"]);
  const { reduction = "mean" as R, margin = 1, swap = false, distanceFunction = pairwiseDistance } = options;
  checkReduction(op, reduction);
  checkNumber(op, "margin", margin);
  requireSameShape(op, anchor, positive, ["anchor", "positive"]);
  requireSameShape(op, anchor, negative, ["anchor", "negative"]);
  if (typeof distanceFunction !== "function") {
    throw new ValueError(`${op}: distanceFunction is a function of two tensors; got ${typeof distanceFunction}`);
  }
  const distance = (a: Tensor, b: Tensor): Tensor => {
    const d = distanceFunction(a, b);
    requireTensor(op, d);
    return d;
  };
  const direct = distance(anchor, negative);
  const away = swap ? (direct.minimum(distance(positive, negative)) as Tensor) : direct;
  return reduce(op, (distance(anchor, positive).sub(away).add(margin) as Tensor).relu(), reduction);
}
