/** Losses with a margin: what is right by more than the margin costs nothing. They refuse to broadcast. */
import { ShapeError, ValueError } from "../errors.ts";
import { checkOptions } from "../options.ts";
import type { Indexed, Paired, Reduced } from "../tensor/losses.ts";
import type { Arg, RemoveAt, Shape } from "../tensor/shapes.ts";
import { sameShape, show } from "../tensor/sizes.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type ClassOptions, minusPicked } from "./class-losses.ts";
import { onesLike } from "./create.ts";
import { pairwiseDistance } from "./distances.ts";
import { requireFloat, requireTensor } from "./kernels.ts";
import { cast } from "./layout.ts";
import {
  checkNumber,
  checkReduction,
  type LossOptions,
  type Reduction,
  reduce,
  requireSameDType,
  requireSameShape,
} from "./loss.ts";
import { type BinaryOptions, binaryCrossEntropyWithLogits } from "./pair-losses.ts";

/** Options of losses with a margin. */
export interface MarginOptions<R extends string = Reduction> extends LossOptions<R> {
  /** From where on nothing is lost; see each loss for what it is unless said otherwise. */
  margin?: number;
}

/** The target as ±1 in the dtype of x. */
function signs(op: string, x: Tensor, target: Tensor): Tensor {
  requireTensor(op, target);
  const y = cast(target, x.dtype).detach();
  if (y.abs().ne(1).any().item() === 0) return y;
  const found = [...y.data()].find((value) => Math.abs(value) !== 1);
  const fix = found === 0 ? "; from labels 0 and 1: target.mul(2).sub(1)" : "";
  throw new ValueError(`${op}: the target is 1 or -1; got ${found}${fix}`);
}

/** max(0, margin - x). */
function hinge(x: Tensor, margin: number): Tensor {
  return (x.neg().add(margin) as Tensor).relu();
}

/** x where y is 1, max(0, margin - x) where it is -1. */
function hingeOfDistance(x: Tensor, y: Tensor, margin: number): Tensor {
  const similar = cast(y.gt(0), x.dtype);
  return x.mul(similar).add(hinge(x, margin).mul(similar.neg().add(1))) as Tensor;
}

/** The cosines between rows, whose squared lengths PyTorch lifts by 1e-12 here. */
function cosines(a: Tensor, b: Tensor): Tensor {
  const square = (x: Tensor): Tensor => (x.mul(x).sum(-1) as Tensor).add(1e-12) as Tensor;
  const lengths = (square(a).mul(square(b)) as Tensor).sqrt();
  return (a.mul(b).sum(-1) as Tensor).div(lengths) as Tensor;
}

function checkMargin(op: string, reduction: string, margin: number): void {
  checkReduction(op, reduction);
  checkNumber(op, "margin", margin);
}

/**
 * For distances x of pairs that are similar (1) or not (-1): x where similar, max(0, margin - x) where not. The target,
 * of any dtype, has the shape of x, which is float; `margin` is 1 unless said otherwise.
 *
 * @throws {DTypeError} if the distances are not floats.
 * @throws {ShapeError} if the shapes differ, or a mean is of nothing.
 * @throws {ValueError} if a target is neither 1 nor -1, `margin` is not finite, `reduction` is not one, or an option is
 * unknown.
 * @example
 * hingeEmbeddingLoss(tensor([0.5, 0.25]), tensor([1, -1]), { reduction: "none" }).toArray(); // [0.5, 0.75]
 */
export function hingeEmbeddingLoss<S extends Shape, T extends Shape, R extends Reduction = "mean">(
  distance: Tensor<S>,
  target: Arg<Paired<S, T, "hingeEmbeddingLoss">, Tensor<T>>,
  options: MarginOptions<R> = {},
): Tensor<Reduced<S, R>> {
  const op = "hingeEmbeddingLoss";
  const { reduction = "mean" as R, margin = 1 } = checkOptions(op, options, ["reduction", "margin"]);
  checkMargin(op, reduction, margin);
  requireFloat(op, distance);
  requireSameShape(op, distance, target as Tensor, ["distance", "target"]);
  const y = signs(op, distance, target as Tensor);
  return reduce(op, hingeOfDistance(distance, y, margin), reduction);
}

/**
 * max(0, margin - target · (x1 - x2)): for target 1 the first score has to be the larger by `margin` (0 unless said
 * otherwise), for -1 the second. All of one shape.
 *
 * @throws {DTypeError} if the scores are not of one float dtype.
 * @throws {ShapeError} if the shapes differ, or a mean is of nothing.
 * @throws {ValueError} if a target is neither 1 nor -1, `margin` is not finite, `reduction` is not one, or an option is
 * unknown.
 * @example
 * marginRankingLoss(tensor([1, 1]), tensor([3, 0]), tensor([1, 1])).item(); // 1
 */
export function marginRankingLoss<S extends Shape, T extends Shape, U extends Shape, R extends Reduction = "mean">(
  x1: Tensor<S>,
  x2: Arg<Paired<S, T, "marginRankingLoss">, Tensor<T>>,
  target: Arg<Paired<S, U, "marginRankingLoss">, Tensor<U>>,
  options: MarginOptions<R> = {},
): Tensor<Reduced<S, R>> {
  const op = "marginRankingLoss";
  const { reduction = "mean" as R, margin = 0 } = checkOptions(op, options, ["reduction", "margin"]);
  const [a, b]: [Tensor, Tensor] = [x1, x2 as Tensor];
  checkMargin(op, reduction, margin);
  requireFloat(op, a);
  requireSameShape(op, a, b, ["x1", "x2"]);
  requireSameDType(op, a, b, ["x1", "x2"]);
  requireSameShape(op, a, target as Tensor, ["x1", "target"]);
  const y = signs(op, a, target as Tensor);
  return reduce(op, hinge((a.sub(b) as Tensor).mul(y) as Tensor, margin), reduction);
}

/** Throws unless two tensors are vectors [size] or [batch, size] of one shape. */
function requireVectors(op: string, a: Tensor, b: Tensor, names: readonly [string, string]): void {
  requireFloat(op, a);
  requireSameShape(op, a, b, names);
  requireSameDType(op, a, b, names);
  if (a.ndim !== 1 && a.ndim !== 2) {
    throw new ShapeError(`${op}: ${names[0]} is [size] or [batch, size]; got ${show(a.shape)}`);
  }
}

/**
 * 1 - cos(x1, x2) for pairs that are similar (1), max(0, cos(x1, x2) - margin) for those that are not (-1):
 * x1 and x2 [batch, size] or [size], target [batch] or []; `margin` is 0 unless said otherwise.
 *
 * @throws {DTypeError} if `x1` and `x2` are not of one float dtype.
 * @throws {ShapeError} if the shapes are others, or a mean is of nothing.
 * @throws {ValueError} if a target is neither 1 nor -1, `margin` is not finite, `reduction` is not one, or an option is
 * unknown.
 * @example
 * cosineEmbeddingLoss(tensor([[1, 0]]), tensor([[0, 1]]), tensor([1])).item().toFixed(3); // "1.000"
 */
export function cosineEmbeddingLoss<S extends Shape, T extends Shape, U extends Shape, R extends Reduction = "mean">(
  x1: Tensor<S>,
  x2: Arg<Paired<S, T, "cosineEmbeddingLoss">, Tensor<T>>,
  target: Tensor<U>,
  options: MarginOptions<R> = {},
): Tensor<Reduced<U, R>> {
  const op = "cosineEmbeddingLoss";
  const { reduction = "mean" as R, margin = 0 } = checkOptions(op, options, ["reduction", "margin"]);
  const [a, b, t]: [Tensor, Tensor, Tensor] = [x1, x2 as Tensor, target];
  checkMargin(op, reduction, margin);
  requireVectors(op, a, b, ["x1", "x2"]);
  requireTensor(op, t);
  if (!sameShape(t.shape, a.shape.slice(0, -1))) {
    throw new ShapeError(
      `${op}: x1 ${show(a.shape)} needs a target of shape ${show(a.shape.slice(0, -1))}; got ${show(t.shape)}`,
    );
  }
  const y = signs(op, a, t);
  const apart = cosines(a, b).neg().add(1) as Tensor;
  return reduce(op, hingeOfDistance(apart, y, 1 - margin), reduction);
}

/** Options of {@link tripletMarginLoss}. */
export interface TripletOptions<R extends string = Reduction> extends MarginOptions<R> {
  /** The norm of the distances; 2 unless said otherwise. */
  p?: number;
  /** See {@link pairwiseDistance}; 1e-6 unless said otherwise. */
  eps?: number;
  /** Whether the negative is compared with the positive instead, where those two are closer; false unless said otherwise. */
  swap?: boolean;
}

/**
 * max(0, d(anchor, positive) - d(anchor, negative) + margin): the anchor has to be closer to the positive than to the
 * negative by `margin` (1 unless said otherwise). All [batch, size] or [size]; one loss a sample.
 *
 * @throws {DTypeError} if the three are not of one float dtype.
 * @throws {ShapeError} if the shapes differ or have more than two axes, or a mean is of nothing.
 * @throws {ValueError} if `margin` or `eps` is not finite, `p` is not above 0, `reduction` is not one, or an option is
 * unknown.
 * @example
 * tripletMarginLoss(tensor([[0, 0]]), tensor([[3, 4]]), tensor([[0, 1]])).item().toFixed(3); // "5.000"
 */
export function tripletMarginLoss<S extends Shape, T extends Shape, U extends Shape, R extends Reduction = "mean">(
  anchor: Tensor<S>,
  positive: Arg<Paired<S, T, "tripletMarginLoss">, Tensor<T>>,
  negative: Arg<Paired<S, U, "tripletMarginLoss">, Tensor<U>>,
  options: TripletOptions<R> = {},
): Tensor<Reduced<RemoveAt<S, -1>, R>> {
  const op = "tripletMarginLoss";
  const {
    reduction = "mean" as R,
    margin = 1,
    p = 2,
    eps = 1e-6,
    swap = false,
  } = checkOptions(op, options, ["reduction", "margin", "p", "eps", "swap"]);
  const [a, near, far]: [Tensor, Tensor, Tensor] = [anchor, positive as Tensor, negative as Tensor];
  checkMargin(op, reduction, margin);
  requireVectors(op, a, near, ["anchor", "positive"]);
  requireVectors(op, a, far, ["anchor", "negative"]);
  const distance = (x: Tensor, y: Tensor): Tensor => pairwiseDistance(x, y, { p, eps });
  const away = swap ? distance(a, far).minimum(distance(near, far)) : distance(a, far);
  const gain = away.sub(distance(a, near)) as Tensor;
  return reduce(op, hinge(gain, margin), reduction);
}

/**
 * log(1 + exp(-target · x)) for targets 1 and -1 of the shape of x. The prediction is x, float32 or float64.
 *
 * @throws {DTypeError} if the prediction is not of a float dtype.
 * @throws {ShapeError} if the shapes differ, or a mean is of nothing.
 * @throws {ValueError} if a target is neither 1 nor -1, `reduction` is not one, or an option is unknown.
 * @example
 * softMarginLoss(tensor([0, 0]), tensor([1, -1])).item().toFixed(4); // "0.6931"
 */
export function softMarginLoss<S extends Shape, T extends Shape, R extends Reduction = "mean">(
  prediction: Tensor<S>,
  target: Arg<Paired<S, T, "softMarginLoss">, Tensor<T>>,
  options: LossOptions<R> = {},
): Tensor<Reduced<S, R>> {
  const op = "softMarginLoss";
  const { reduction = "mean" as R } = checkOptions(op, options, ["reduction"]);
  checkReduction(op, reduction);
  requireFloat(op, prediction);
  requireSameShape(op, prediction, target as Tensor);
  const y = signs(op, prediction, target as Tensor);
  // log(1 + exp(-x·y)) is the binary cross-entropy of the logit x·y against 1.
  return reduce(
    op,
    binaryCrossEntropyWithLogits(prediction.mul(y) as Tensor, onesLike(y), { reduction: "none" }),
    reduction,
  );
}

/**
 * The mean over the classes of binary cross-entropies of raw scores [batch, classes] against targets from 0 to 1 of the
 * same shape: one loss a sample. `weight` is [classes]. The logits are float32 or float64.
 *
 * @throws {DTypeError} if the tensors are not of one float dtype.
 * @throws {ShapeError} if the shapes differ, `weight` does not broadcast, or a mean is of nothing.
 * @throws {ValueError} if a target is not from 0 to 1, `weight` is larger than the logits, `reduction` is not one, or
 * an option is unknown.
 * @example
 * multiLabelSoftMarginLoss(tensor([[0, 0]]), tensor([[0, 1]])).item().toFixed(4); // "0.6931"
 */
export function multiLabelSoftMarginLoss<S extends Shape, T extends Shape, R extends Reduction = "mean">(
  logits: Tensor<S>,
  target: Arg<Paired<S, T, "multiLabelSoftMarginLoss">, Tensor<T>>,
  options: BinaryOptions<R> = {},
): Tensor<Reduced<RemoveAt<S, -1>, R>> {
  const op = "multiLabelSoftMarginLoss";
  const { reduction = "mean" as R, weight } = checkOptions(op, options, ["reduction", "weight"]);
  checkReduction(op, reduction);
  requireFloat(op, logits);
  requireSameShape(op, logits, target as Tensor);
  const each: Tensor = binaryCrossEntropyWithLogits(logits as Tensor, target as Tensor, { weight, reduction: "none" });
  return reduce(op, each.mean(-1) as Tensor, reduction);
}

/** What no label is, where none is to be ignored. */
const NO_LABEL = -(2 ** 31) + 1;

/** Options of {@link multiMarginLoss}. */
export interface MultiMarginOptions<R extends string = Reduction> extends MarginOptions<R> {
  /** The power of the hinge, 1 (unless said otherwise) or 2. */
  p?: 1 | 2;
  /** A weight for each class [classes]. */
  weight?: ClassOptions["weight"];
}

/**
 * The hinge of several classes: Σ over the other classes of max(0, margin - x[label] + x[other])^p, divided by the number
 * of classes. Scores [batch, classes] or [classes], target int32 [batch] or []; `margin` is 1 unless said otherwise.
 *
 * @throws {DTypeError} if the scores are not floats, `weight` is of another dtype, or the target is neither int32 nor
 * uint8.
 * @throws {ShapeError} if the scores have more than two axes, target or `weight` do not fit them, or a mean is of
 * nothing.
 * @throws {IndexError} for a label that is no class, which it names.
 * @throws {ValueError} if `p` is neither 1 nor 2, `margin` is not finite, `reduction` is not one, or an option is
 * unknown.
 * @example
 * multiMarginLoss(tensor([[1, 1]]), tensor([0], { dtype: "int32" })).item(); // 0.5
 */
export function multiMarginLoss<S extends Shape, T extends Shape, R extends Reduction = "mean">(
  scores: Tensor<S>,
  target: Arg<Indexed<S, T, "multiMarginLoss">, Tensor<T>>,
  options: MultiMarginOptions<R> = {},
): Tensor<Reduced<T, R>> {
  const op = "multiMarginLoss";
  const {
    reduction = "mean" as R,
    margin = 1,
    p = 1,
    weight,
  } = checkOptions(op, options, ["reduction", "margin", "p", "weight"]);
  const x: Tensor = scores;
  checkMargin(op, reduction, margin);
  requireFloat(op, x);
  if (x.ndim !== 1 && x.ndim !== 2) {
    throw new ShapeError(`${op}: scores are [classes] or [batch, classes]; got ${show(x.shape)}`);
  }
  if (p !== 1 && p !== 2) throw new ValueError(`${op}: p is 1 or 2; got ${String(p)}`);
  const each = { reduction: "none", ignoreIndex: NO_LABEL } as const;
  const minusRight = minusPicked(op, x, target as Tensor, each);
  const lost = x.add(minusRight.unsqueeze(-1)).add(margin).relu() as Tensor;
  // The label's own term is margin^p, whatever the scores.
  const own = Math.max(0, margin) ** p;
  const sums = ((p === 1 ? lost : lost.mul(lost)).sum(-1) as Tensor).sub(own).div(x.shape.at(-1) as number) as Tensor;
  const weighted = weight
    ? sums.mul(minusPicked(op, onesLike(x.detach()).neg(), target as Tensor, { ...each, weight }))
    : sums;
  return reduce(op, weighted as Tensor, reduction);
}
