/** Losses of a prediction and a target of one shape, each one fused kernel. They refuse to broadcast. */
import { type Gradient, record, tracks } from "../autograd/node.ts";
import { ShapeError, ValueError } from "../errors.ts";
import { checkOptions } from "../options.ts";
import type { Paired, Reduced } from "../tensor/losses.ts";
import type { Arg, Shape } from "../tensor/shapes.ts";
import { broadcast, sameShape, show } from "../tensor/sizes.ts";
import { empty, type Tensor } from "../tensor/tensor.ts";
import { warnOnce } from "../warnings.ts";
import { onesLike } from "./create.ts";
import { type Family, FLOATS, family, pointer, requireFloat, requireTensor } from "./kernels.ts";
import { cast, contiguous } from "./layout.ts";
import {
  checkNumber,
  checkReduction,
  firstOutside,
  type LossOptions,
  numbersLike,
  type Reduction,
  reduce,
  requireSameDType,
  requireSameShape,
  requireSamples,
} from "./loss.ts";

/** The slope of a loss toward its prediction and toward its target, as recorded operations of x, y and the parameter. */
type Slope = (x: Tensor, y: Tensor, parameter: number) => Tensor;

/** A loss of pairs of elements: its kernels, and its slopes for derivatives of derivatives. */
interface PairLoss {
  readonly value: Family;
  readonly backward: Family;
  readonly slopes: readonly [Slope, Slope];
}

/** The loss whose kernels have this name. */
function pairLoss(kernel: string, towardX: Slope, towardY: Slope): PairLoss {
  return {
    value: family(kernel, FLOATS),
    backward: family(`${kernel}_backward`, FLOATS),
    slopes: [towardX, towardY],
  };
}

/** What a loss is run with: its parameter, and what all losses are multiplied with besides. */
interface Constants {
  parameter?: number;
  times?: number;
}

const NO_CONSTANTS: Constants = {};
const REDUCTION: readonly string[] = ["reduction"];

/** Runs a loss on x and y of one shape and dtype. `scale` multiplies the sum; null leaves the single losses. */
function applyLoss(
  op: string,
  loss: PairLoss,
  x: Tensor,
  y: Tensor,
  scale: number | null,
  { parameter: p = 0, times = 1 }: Constants = NO_CONSTANTS,
): Tensor {
  const [a, b] = [contiguous.call(x), contiguous.call(y)];
  const each = scale === null ? 1 : 0;
  const factor = (scale ?? 1) * times;
  const out = empty(scale === null ? a.shape : [], a.dtype);
  loss.value[a.dtype](pointer(a), pointer(b), pointer(out), a.count, each, factor, p);
  if (tracks(a) || tracks(b)) {
    const fused =
      (second: number): Gradient =>
      (g) => {
        const flat = contiguous.call(g);
        const d = empty(a.shape, a.dtype);
        const run = loss.backward[a.dtype];
        run(pointer(flat), pointer(a), pointer(b), pointer(d), a.count, each, factor, p, second);
        return d;
      };
    const composed = () =>
      loss.slopes.map(
        (slope): Gradient =>
          (g) =>
            slope(a, b, p).mul(factor === 1 ? g : g.mul(factor)) as Tensor,
      );
    record(out, op, [a, b], [fused(0), fused(1)], [a, b], null, composed);
  }
  return out;
}

/** What the sum of `count` losses is multiplied with; null for none. */
function scaleOf(op: string, x: Tensor, reduction: Reduction): number | null {
  if (reduction === "none") return null;
  requireSamples(op, x, x.count === 0 && reduction === "mean");
  return reduction === "mean" ? 1 / x.count : 1;
}

/** Checks prediction and target, and runs a loss on them. */
function compare(
  op: string,
  loss: PairLoss,
  x: Tensor,
  y: Tensor,
  options: LossOptions,
  constants: Constants = NO_CONSTANTS,
  names: readonly string[] = REDUCTION,
): Tensor {
  const { reduction = "mean" } = checkOptions(op, options, names);
  checkReduction(op, reduction);
  requireFloat(op, x);
  requireSameShape(op, x, y);
  return applyLoss(op, loss, x, numbersLike(op, x, y), scaleOf(op, x, reduction), constants);
}

const negated =
  (slope: Slope): Slope =>
  (x, y, parameter) =>
    slope(x, y, parameter).neg();

/** A loss that is a symmetric function of the difference. */
function differenceLoss(kernel: string, slope: Slope): PairLoss {
  return pairLoss(kernel, slope, negated(slope));
}

/** d within ±limit, outside ±limit. */
function bounded(d: Tensor, limit: number): Tensor {
  const within = cast(d.abs().lt(limit), d.dtype);
  const beyond = within.neg().add(1).mul(d.sign()).mul(limit);
  return d.mul(within).add(beyond) as Tensor;
}

const squared = differenceLoss("mse", (x, y) => x.sub(y).mul(2) as Tensor);
const absolute = differenceLoss("l1", (x, y) => x.sub(y).sign() as Tensor);
const huber = differenceLoss("huber", (x, y, delta) => bounded(x.sub(y) as Tensor, delta));

/**
 * The mean (or sum, or each) of squared differences of prediction and target, of one shape and float dtype. Whole targets are taken as floats.
 *
 * @throws {DTypeError} if the prediction is not of a float dtype, or the target of another one.
 * @throws {ShapeError} if the shapes differ, or a mean is of nothing.
 * @throws {ValueError} if `reduction` is not one, or an option is unknown.
 * @example
 * mseLoss(tensor([1, 2]), tensor([1, 4])).item(); // 2
 */
export function mseLoss<S extends Shape, T extends Shape, R extends Reduction = "mean">(
  prediction: Tensor<S>,
  target: Arg<Paired<S, T, "mseLoss">, Tensor<T>>,
  options: LossOptions<R> = {},
): Tensor<Reduced<S, R>> {
  return compare("mseLoss", squared, prediction, target as Tensor, options);
}

/**
 * The mean (or sum, or each) of absolute differences of prediction and target, of one shape and float dtype. Whole targets are taken as floats.
 *
 * @throws {DTypeError} if the prediction is not of a float dtype, or the target of another one.
 * @throws {ShapeError} if the shapes differ, or a mean is of nothing.
 * @throws {ValueError} if `reduction` is not one, or an option is unknown.
 * @example
 * l1Loss(tensor([1, 2]), tensor([1, 4])).item(); // 1
 */
export function l1Loss<S extends Shape, T extends Shape, R extends Reduction = "mean">(
  prediction: Tensor<S>,
  target: Arg<Paired<S, T, "l1Loss">, Tensor<T>>,
  options: LossOptions<R> = {},
): Tensor<Reduced<S, R>> {
  return compare("l1Loss", absolute, prediction, target as Tensor, options);
}

/** Options of {@link smoothL1Loss}. */
export interface SmoothL1Options<R extends string = Reduction> extends LossOptions<R> {
  /** Where the parabola becomes a line; 1 unless said otherwise, and with 0 the loss is {@link l1Loss}. */
  beta?: number;
}

/**
 * d² / (2·beta) for differences below `beta`, |d| - beta / 2 above: less moved by outliers than the squared loss.
 * Prediction and target are of one shape and float dtype; whole targets are taken as floats.
 *
 * @throws {DTypeError} if the prediction is not of a float dtype, or the target of another one.
 * @throws {ShapeError} if the shapes differ, or a mean is of nothing.
 * @throws {ValueError} if `beta` is below 0 or not finite, `reduction` is not one, or an option is unknown.
 * @example
 * smoothL1Loss(tensor([0, 0]), tensor([1, 3]), { reduction: "none" }).toArray(); // [0.5, 2.5]
 */
export function smoothL1Loss<S extends Shape, T extends Shape, R extends Reduction = "mean">(
  prediction: Tensor<S>,
  target: Arg<Paired<S, T, "smoothL1Loss">, Tensor<T>>,
  options: SmoothL1Options<R> = {},
): Tensor<Reduced<S, R>> {
  const [op, names] = ["smoothL1Loss", ["beta", "reduction"]] as const;
  const { beta = 1 } = checkOptions(op, options, names);
  checkNumber(op, "beta", beta, 0);
  if (beta === 0) return compare(op, absolute, prediction, target as Tensor, options, {}, names);
  // It is Huber's loss divided by beta.
  return compare(op, huber, prediction, target as Tensor, options, { parameter: beta, times: 1 / beta }, names);
}

/** Options of {@link huberLoss}. */
export interface HuberOptions<R extends string = Reduction> extends LossOptions<R> {
  /** Where the parabola becomes a line; above 0, and 1 unless said otherwise. */
  delta?: number;
}

/**
 * d² / 2 for differences up to `delta`, delta · (|d| - delta / 2) above. Prediction and target are of one shape and
 * float dtype; whole targets are taken as floats.
 *
 * @throws {DTypeError} if the prediction is not of a float dtype, or the target of another one.
 * @throws {ShapeError} if the shapes differ, or a mean is of nothing.
 * @throws {ValueError} if `delta` is not above 0 or not finite, `reduction` is not one, or an option is unknown.
 * @example
 * huberLoss(tensor([0, 0]), tensor([1, 3]), { delta: 2, reduction: "none" }).toArray(); // [0.5, 4]
 */
export function huberLoss<S extends Shape, T extends Shape, R extends Reduction = "mean">(
  prediction: Tensor<S>,
  target: Arg<Paired<S, T, "huberLoss">, Tensor<T>>,
  options: HuberOptions<R> = {},
): Tensor<Reduced<S, R>> {
  const [op, names] = ["huberLoss", ["delta", "reduction"]] as const;
  const { delta = 1 } = checkOptions(op, options, names);
  checkNumber(op, "delta", delta, 0, true);
  return compare(op, huber, prediction, target as Tensor, options, { parameter: delta }, names);
}

const entropy = pairLoss(
  "bce",
  (x, y) => x.sub(y).div(x.neg().add(1).mul(x).maximum(1e-12)) as Tensor,
  (x) => x.neg().log1p().sub(x.log()) as Tensor,
);
const entropyOfLogits = pairLoss(
  "bce_logits",
  (x, y) => x.sigmoid().sub(y) as Tensor,
  (x) => x.neg(),
);

/** Options of {@link binaryCrossEntropy}. */
export interface BinaryOptions<R extends string = Reduction> extends LossOptions<R> {
  /** What each loss is multiplied with, of a shape that broadcasts to the prediction's. */
  weight?: Tensor | null | undefined;
}

/** Throws unless a weight broadcasts to the shape of x. */
function checkWeight(op: string, name: string, weight: Tensor, x: Tensor): void {
  requireTensor(op, weight);
  requireSameDType(op, x, weight, ["prediction", name]);
  const fits = weight.ndim <= x.ndim && sameShape(broadcast(op, x.shape, weight.shape), x.shape);
  if (!fits) throw new ShapeError(`${op}: ${name} broadcasts to ${show(x.shape)}; got ${show(weight.shape)}`);
}

function checkProbabilities(op: string, x: Tensor, what: string, fix: string): void {
  const found = firstOutside(x, 0, 1);
  if (found !== null) throw new ValueError(`${op}: ${what} is from 0 to 1; got ${found}; ${fix}`);
}

const TARGET_FIX = "labels are 0 and 1, or probabilities";

/**
 * Binary cross-entropy of probabilities against targets from 0 to 1, of one shape and float dtype. Logarithms are held
 * above -100, as PyTorch does. The prediction holds probabilities.
 *
 * @throws {DTypeError} if the tensors are not of one float dtype.
 * @throws {ShapeError} if the shapes differ, `weight` does not broadcast to that of the prediction, or a mean is of
 * nothing.
 * @throws {ValueError} if a value is not from 0 to 1, `reduction` is not one, or an option is unknown.
 * @example
 * binaryCrossEntropy(tensor([0.5, 0.5]), tensor([0, 1])).item().toFixed(4); // "0.6931"
 */
export function binaryCrossEntropy<S extends Shape, T extends Shape, R extends Reduction = "mean">(
  prediction: Tensor<S>,
  target: Arg<Paired<S, T, "binaryCrossEntropy">, Tensor<T>>,
  options: BinaryOptions<R> = {},
): Tensor<Reduced<S, R>> {
  const op = "binaryCrossEntropy";
  const { reduction = "mean" as R, weight } = checkOptions(op, options, ["reduction", "weight"]);
  const [x, y]: [Tensor, Tensor] = [prediction, target as Tensor];
  requirePair(op, x, y, reduction, weight);
  checkProbabilities(op, x, "the prediction", "apply sigmoid, or use binaryCrossEntropyWithLogits (BCEWithLogitsLoss)");
  checkProbabilities(op, y, "the target", TARGET_FIX);
  if (!weight) return applyLoss(op, entropy, x, y, scaleOf(op, x, reduction));
  return reduce(op, applyLoss(op, entropy, x, y, null).mul(weight) as Tensor, reduction);
}

function requirePair(op: string, x: Tensor, y: Tensor, reduction: string, weight: Tensor | null | undefined): void {
  checkReduction(op, reduction);
  requireFloat(op, x);
  requireSameShape(op, x, y);
  requireSameDType(op, x, y);
  if (weight) checkWeight(op, "weight", weight, x);
}

/** Options of {@link binaryCrossEntropyWithLogits}. */
export interface LogitsOptions<R extends string = Reduction> extends BinaryOptions<R> {
  /** What the losses of positive examples are multiplied with, of a shape that broadcasts to the prediction's. */
  posWeight?: Tensor | null | undefined;
}

/**
 * Binary cross-entropy of raw scores (sigmoid is part of it) against targets from 0 to 1, of one shape and float dtype.
 * The logits are the scores.
 *
 * @throws {DTypeError} if the tensors are not of one float dtype.
 * @throws {ShapeError} if the shapes differ, a weight does not broadcast to that of the logits, or a mean is of
 * nothing.
 * @throws {ValueError} if a target is not from 0 to 1, `reduction` is not one, or an option is unknown.
 * @example
 * binaryCrossEntropyWithLogits(tensor([0, 0]), tensor([0, 1])).item().toFixed(4); // "0.6931"
 */
export function binaryCrossEntropyWithLogits<S extends Shape, T extends Shape, R extends Reduction = "mean">(
  logits: Tensor<S>,
  target: Arg<Paired<S, T, "binaryCrossEntropyWithLogits">, Tensor<T>>,
  options: LogitsOptions<R> = {},
): Tensor<Reduced<S, R>> {
  const op = "binaryCrossEntropyWithLogits";
  const {
    reduction = "mean" as R,
    weight,
    posWeight,
  } = checkOptions(op, options, ["reduction", "weight", "posWeight"]);
  const [x, y]: [Tensor, Tensor] = [logits, target as Tensor];
  requirePair(op, x, y, reduction, weight);
  if (posWeight) checkWeight(op, "posWeight", posWeight, x);
  checkProbabilities(op, y, "the target", TARGET_FIX);
  if (x.node?.op === "sigmoid") {
    warnOnce(
      `${op} applies sigmoid itself; the input already is a sigmoid. The loss cannot fall below 0.31. Remove the sigmoid.`,
    );
  }
  if (!weight && !posWeight) return applyLoss(op, entropyOfLogits, x, y, scaleOf(op, x, reduction));
  let losses = applyLoss(op, entropyOfLogits, x, y, null);
  if (posWeight) {
    const positive = applyLoss(op, entropyOfLogits, x, onesLike(x), null);
    losses = losses.add(positive.mul(y).mul(posWeight.sub(1))) as Tensor;
  }
  return reduce(op, weight ? (losses.mul(weight) as Tensor) : losses, reduction);
}

const divergence = pairLoss(
  "kl_div",
  (_x, y) => y.neg(),
  (x, y) => y.log().add(1).sub(x) as Tensor,
);
/** Options of {@link klDiv}. */
export interface KLDivOptions<R extends string = Reduction | "batchmean"> extends LossOptions<R> {
  /** Whether the target holds log-probabilities too; false unless said otherwise. */
  logTarget?: boolean;
}

/**
 * Kullback-Leibler divergence target · (log(target) - prediction) of log-probabilities from probabilities, of one shape
 * and float dtype. "mean" divides by the number of elements as PyTorch does; the divergence of distributions is
 * "batchmean", which divides by the first size.
 *
 * @throws {DTypeError} if the two are not of one float dtype.
 * @throws {ShapeError} if the shapes differ, or a mean is of nothing.
 * @throws {ValueError} if a target is below 0 without `logTarget`, `reduction` is not one, or an option is unknown.
 * @example
 * klDiv(tensor([[0.5, 0.5]]).log(), tensor([[1, 0]]), { reduction: "batchmean" }).item().toFixed(4); // "0.6931"
 */
export function klDiv<S extends Shape, T extends Shape, R extends Reduction | "batchmean" = "mean">(
  prediction: Tensor<S>,
  target: Arg<Paired<S, T, "klDiv">, Tensor<T>>,
  options: KLDivOptions<R> = {},
): Tensor<Reduced<S, R>> {
  const op = "klDiv";
  const { reduction = "mean" as R, logTarget = false } = checkOptions(op, options, ["reduction", "logTarget"]);
  const [x, y]: [Tensor, Tensor] = [prediction, target as Tensor];
  checkReduction(op, reduction, ["mean", "sum", "none", "batchmean"]);
  requireFloat(op, x);
  requireSameShape(op, x, y);
  requireSameDType(op, x, y);
  if (x.node?.op === "softmax") {
    warnOnce(`${op} takes log-probabilities as prediction; the input is a softmax. Use logSoftmax.`);
  }
  const found = logTarget ? null : firstOutside(y, 0, Infinity);
  if (found !== null) {
    throw new ValueError(
      `${op}: the target holds probabilities, of at least 0; got ${found}; for log-probabilities use { logTarget: true }`,
    );
  }
  const batch = reduction === "batchmean";
  requireSamples(op, x, batch && x.count === 0);
  const size = x.shape[0] ?? 1;
  if (logTarget) return reduce(op, y.exp().mul(y.sub(x)) as Tensor, batch ? "mean" : reduction, batch ? size : x.count);
  return applyLoss(op, divergence, x, y, batch ? 1 / size : scaleOf(op, x, reduction as Reduction));
}
