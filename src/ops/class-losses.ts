/** Losses of scores against classes: cross-entropy and the negative log likelihood. They refuse to broadcast. */
import { type Gradient, record, tracks } from "../autograd/node.ts";
import { backend } from "../backend/index.ts";
import { DTypeError, IndexError, ShapeError, ValueError } from "../errors.ts";
import { checkOptions } from "../options.ts";
import { DTYPES, isFloat } from "../tensor/dtypes.ts";
import type { Classified, Indexed, Reduced } from "../tensor/losses.ts";
import type { Arg, Shape, Target } from "../tensor/shapes.ts";
import { count, removed, sameShape, show, span } from "../tensor/sizes.ts";
import { empty, type Tensor } from "../tensor/tensor.ts";
import { warnOnce } from "../warnings.ts";
import { onesLike } from "./create.ts";
import { FLOATS, family, pointer, requireFloat, requireTensor } from "./kernels.ts";
import { cast, contiguous } from "./layout.ts";
import {
  checkReduction,
  firstOutside,
  type LossOptions,
  type Reduction,
  reduce,
  requireSameDType,
  requireSamples,
} from "./loss.ts";
import { movedLast, reshaped } from "./views.ts";

const entropy = family("cross_entropy", FLOATS);
const multiply = family("mul", FLOATS);
const likelihood = family("nll", FLOATS);
const likelihoodBackward = family("nll_backward", FLOATS);

/** Options of {@link nllLoss}. */
export interface ClassOptions<R extends string = Reduction> extends LossOptions<R> {
  /** A weight for each class [classes]. The mean divides by the sum of the weights of the labels. */
  weight?: Tensor | null | undefined;
  /** Samples of this label count nothing, also in the mean's divisor; -100 unless said otherwise. */
  ignoreIndex?: number;
}

/** Options of {@link crossEntropy}. */
export interface CrossEntropyOptions<R extends string = Reduction> extends ClassOptions<R> {
  /** How much of each target is spread evenly over all classes, from 0 (unless said otherwise) to 1. */
  labelSmoothing?: number;
}

const IGNORED = -100;

/** The classes' axis: 1 of a batch, 0 of one sample. */
function classAxis(x: Tensor): number {
  return x.ndim === 1 ? 0 : 1;
}

/** The shape of the labels that belong to scores. */
function labelShape(x: Tensor): readonly number[] {
  return x.ndim === 1 ? [] : removed(x.shape, 1);
}

/** The labels as int32, after every rule but their range, which the kernels check. */
function checkedLabels(op: string, scores: Tensor, target: Tensor): Tensor {
  const expected = labelShape(scores);
  const whole = target.dtype === "int32" || target.dtype === "uint8";
  if (!sameShape(target.shape, expected)) {
    const holds = "the target holds class indices, not one row per class";
    const fix = sameShape(target.shape, scores.shape)
      ? `${holds}; if it is one-hot, use target.argmax(${classAxis(scores)})`
      : sameShape(target.shape, [...expected, 1])
        ? "use target.squeeze(-1)"
        : holds;
    throw new ShapeError(
      `${op}: logits ${show(scores.shape)} need a target of shape ${show(expected)}, got ${show(target.shape)}; ${fix}`,
    );
  }
  if (!whole) {
    throw new DTypeError(
      `${op}: the target holds class indices of dtype int32; got ${target.dtype}; use tensor(labels, { dtype: "int32" })`,
    );
  }
  return contiguous.call(cast(target, "int32"));
}

/** The error of a label that is no class. */
function wrongLabel(op: string, labels: Tensor, at: number, classes: number): IndexError {
  const values = labels.data();
  const fromOne = values[at] === classes && values.every((label) => label >= 1 && label <= classes);
  return new IndexError(
    `${op}: label ${values[at]} at position ${at}, but there are ${classes} classes: labels are 0 to ${classes - 1}` +
      (fromOne ? "; these count from 1: use target.sub(1)" : ""),
  );
}

/** Throws unless there is a weight for each class, of the scores' dtype, or none at all. */
function checkWeight(op: string, weight: Tensor | null | undefined, scores: Tensor): void {
  if (weight === null || weight === undefined) return;
  requireTensor(op, weight);
  requireSameDType(op, scores, weight, ["scores", "weight"]);
  const classes = scores.shape[classAxis(scores)] as number;
  if (!sameShape(weight.shape, [classes])) {
    throw new ShapeError(`${op}: weight has one number for each class, [${classes}]; got ${show(weight.shape)}`);
  }
}

function checkScores(op: string, scores: Tensor, target: Tensor, options: ClassOptions): void {
  const { reduction = "mean", ignoreIndex = IGNORED } = options;
  checkReduction(op, reduction);
  requireFloat(op, scores);
  requireTensor(op, target);
  if (scores.ndim === 0) throw new ShapeError(`${op}: logits are [classes] or [batch, classes, …]; got []`);
  checkWeight(op, options.weight, scores);
  if (!Number.isInteger(ignoreIndex) || Math.abs(ignoreIndex) >= 2 ** 31) {
    throw new ValueError(`${op}: ignoreIndex is a whole number; got ${String(ignoreIndex)}`);
  }
}

/** The numbers that the kernels take for the reductions. */
const REDUCTIONS: Readonly<Record<Reduction, number>> = { none: 0, mean: 1, sum: 2 };

/** The likelihood loss, and the sum of the labels' weights as a tensor. */
interface Likelihood {
  loss: Tensor;
  total: Tensor;
}

/** Minus the log-probabilities x of the labels, times their weights. */
function negativeLikelihood(op: string, x: Tensor, labels: Tensor, options: ClassOptions): Likelihood {
  const { reduction = "mean", ignoreIndex = IGNORED } = options;
  const logs = contiguous.call(x);
  const weight = options.weight ? contiguous.call(options.weight) : null;
  const at = classAxis(x);
  const { outer, length, inner } = span(x.shape, at);
  const sizes = [outer, length, inner] as const;
  requireSamples(op, x, sizes[1] === 0 || (labels.count === 0 && reduction === "mean"));
  const loss = empty(reduction === "none" ? labels.shape : [], x.dtype);
  const total = empty([], x.dtype);
  const weights = (): number => (weight === null ? 0 : pointer(weight));
  const rest = [...sizes, ignoreIndex, REDUCTIONS[reduction]] as const;
  const bad = likelihood[x.dtype](
    ...[pointer(logs), pointer(labels), weights(), pointer(loss), pointer(total)],
    ...rest,
  );
  if (bad >= 0) throw wrongLabel(op, labels, bad, sizes[1]);
  if (reduction === "mean" && total.item() === 0) {
    throw new ValueError(
      `${op}: there is no mean, because every label is ignoreIndex ${ignoreIndex} or has weight 0; ` +
        `skip the batch, or use { reduction: "sum" }`,
    );
  }
  if (tracks(logs)) {
    const slope: Gradient = (g) => {
      const flat = contiguous.call(g);
      const dx = empty(logs.shape, logs.dtype);
      const pointers = [pointer(flat), pointer(labels), weights(), pointer(total), pointer(dx)] as const;
      likelihoodBackward[dx.dtype](...pointers, ...rest);
      return dx;
    };
    // The loss is linear in x: its slopes are constants.
    const composed: Gradient = (g) => slope(onesLike(g)).mul(reduction === "none" ? g.unsqueeze(at) : g) as Tensor;
    record(loss, op, [logs], [slope], weight === null ? [labels, total] : [labels, total, weight], null, [composed]);
  }
  return { loss, total };
}

/**
 * The negative log likelihood of class indices under log-probabilities, as logSoftmax gives them: log-probabilities
 * [classes] or [batch, classes, …], target int32 of the same shape without the class axis. `logProbabilities` are
 * float32 or float64.
 *
 * @throws {DTypeError} if the log-probabilities are not floats, `weight` is of another dtype, or the target is neither
 * int32 nor uint8.
 * @throws {ShapeError} if the target or `weight` has another shape than belongs to the log-probabilities, or a mean is
 * of nothing.
 * @throws {IndexError} for a label that is no class, which it names.
 * @throws {ValueError} if no label counts in a mean, `reduction` or `ignoreIndex` is not one, or an option is unknown.
 * @example
 * nllLoss(tensor([[0.5, 0.5]]).log(), tensor([1], { dtype: "int32" })).item().toFixed(4); // "0.6931"
 */
export function nllLoss<S extends Shape, T extends Shape, R extends Reduction = "mean">(
  logProbabilities: Tensor<S>,
  target: Arg<Indexed<S, T, "nllLoss">, Tensor<T>>,
  options: ClassOptions<R> = {},
): Tensor<Reduced<Target<S>, R>> {
  const op = "nllLoss";
  const x: Tensor = logProbabilities;
  if (x?.node?.op === "softmax") {
    warnOnce(`${op} takes log-probabilities; the input is a softmax. Use logSoftmax, or crossEntropy on the scores.`);
  }
  return minusPicked(op, x, target as Tensor, options);
}

/** Minus the score of each label: what {@link nllLoss} gives, for losses of another name. */
export function minusPicked(op: string, scores: Tensor, target: Tensor, options: ClassOptions): Tensor {
  checkOptions(op, options, ["weight", "ignoreIndex", "reduction"]);
  checkScores(op, scores, target, options);
  return negativeLikelihood(op, scores, checkedLabels(op, scores, target), options).loss;
}

/** Warns of scores that are a softmax already. */
function warnOfSoftmax(op: string, logits: Tensor): void {
  if (logits.node?.op !== "softmax") return;
  const classes = logits.shape[classAxis(logits)] as number;
  const floor = Math.log(1 + (classes - 1) / Math.E).toFixed(2);
  warnOnce(
    `${op} applies softmax itself; the input already is a softmax. The loss cannot fall below ${floor}. Remove the softmax.`,
  );
}

/**
 * Cross-entropy of raw scores (softmax is part of it): float logits [classes] or [batch, classes, …]. The target is
 * int32 class indices of the same shape without the class axis, or probabilities of the logits' shape and dtype.
 *
 * @throws {DTypeError} if the logits are not floats, `weight` or probabilities are of another dtype, or labels are
 * neither int32 nor uint8.
 * @throws {ShapeError} if the target or `weight` has another shape than belongs to the logits, or a mean is of nothing.
 * @throws {IndexError} for a label that is no class, which it names.
 * @throws {ValueError} if a probability or `labelSmoothing` is not from 0 to 1, no label counts in a mean, or an option
 * is not allowed.
 * @example
 * crossEntropy(tensor([[2, 0]]), tensor([0], { dtype: "int32" })).item().toFixed(4); // "0.1269"
 */
export function crossEntropy<S extends Shape, T extends Shape, R extends Reduction = "mean">(
  logits: Tensor<S>,
  target: Arg<Classified<S, T>, Tensor<T>>,
  options: CrossEntropyOptions<R> = {},
): Tensor<Reduced<Target<S>, R>> {
  const op = "crossEntropy";
  const [x, y]: [Tensor, Tensor] = [logits, target as Tensor];
  checkOptions(op, options, ["weight", "ignoreIndex", "labelSmoothing", "reduction"]);
  checkScores(op, x, y, options);
  const { labelSmoothing = 0 } = options;
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
    throw new ValueError(`${op}: labelSmoothing is a number from 0 to 1; got ${String(labelSmoothing)}`);
  }
  warnOfSoftmax(op, x);
  if (isFloat(y.dtype) && sameShape(y.shape, x.shape)) return ofProbabilities(op, x, y, options);
  const labels = checkedLabels(op, x, y);
  const { reduction = "mean", weight, ignoreIndex = IGNORED } = options;
  const classes = x.shape[classAxis(x)] as number;
  const plain = labelSmoothing === 0 && !weight && reduction !== "none" && !(ignoreIndex >= 0 && ignoreIndex < classes);
  const fast = plain ? fused(op, x, labels, reduction === "mean", ignoreIndex) : null;
  return fast ?? smoothed(op, x, labels, options);
}

/** By way of log-probabilities: with weights, ignored labels, smoothing, or all single losses. */
function smoothed(op: string, x: Tensor, labels: Tensor, options: CrossEntropyOptions): Tensor {
  const { reduction = "mean", weight, ignoreIndex = IGNORED, labelSmoothing = 0 } = options;
  const at = classAxis(x);
  const logs: Tensor = x.logSoftmax(at);
  const { loss, total } = negativeLikelihood(op, logs, labels, options);
  if (labelSmoothing === 0) return loss;
  const each = (weight ? logs.mul(alongClasses(weight, x)) : logs) as Tensor;
  const counted = cast(labels.ne(ignoreIndex), x.dtype);
  const spread = (each.sum(at) as Tensor).neg().mul(counted) as Tensor;
  const even = reduction === "mean" ? spread.sum().div(total) : reduce(op, spread, reduction);
  return loss.mul(1 - labelSmoothing).add(even.mul(labelSmoothing / (x.shape[at] as number))) as Tensor;
}

/** A weight for each class, as it broadcasts to the scores. */
function alongClasses(weight: Tensor, x: Tensor): Tensor {
  return x.ndim <= 2 ? weight : reshaped(weight, [x.shape[1] as number, ...x.shape.slice(2).map(() => 1)]);
}

/** Cross-entropy against a probability for each class. */
function ofProbabilities(op: string, x: Tensor, target: Tensor, options: CrossEntropyOptions): Tensor {
  const { reduction = "mean", weight, ignoreIndex = IGNORED, labelSmoothing = 0 } = options;
  requireSameDType(op, x, target, ["logits", "target"]);
  if (ignoreIndex >= 0) {
    throw new ValueError(`${op}: ignoreIndex is for class indices; got ${ignoreIndex} with probabilities`);
  }
  const found = firstOutside(target, 0, 1);
  if (found !== null) {
    throw new ValueError(
      `${op}: a target of the logits' shape holds probabilities, from 0 to 1; got ${found}; class indices are int32`,
    );
  }
  const at = classAxis(x);
  const classes = x.shape[at] as number;
  const rows = count(labelShape(x));
  requireSamples(op, x, classes === 0 || (rows === 0 && reduction === "mean"));
  const logs: Tensor = x.logSoftmax(at);
  const wanted = labelSmoothing === 0 ? target : target.mul(1 - labelSmoothing).add(labelSmoothing / classes);
  const weighted = weight ? wanted.mul(alongClasses(weight, x)) : wanted;
  const losses = (logs.mul(weighted) as Tensor).sum(at).neg() as Tensor;
  return reduce(op, losses, reduction, rows);
}

/** Logits with the class axis last and all others before it: row-major [rows, classes]. */
function inRows(logits: Tensor): Tensor {
  if (logits.ndim <= 2) return contiguous.call(logits);
  const moved = contiguous.call(movedLast(logits, [1]));
  const classes = moved.shape.at(-1) as number;
  return reshaped(moved, [count(moved.shape.slice(0, -1)), classes]);
}

/** Value and gradient in one pass, of labels that all count; null when one is to be ignored. */
function fused(op: string, x: Tensor, labels: Tensor, mean: boolean, ignoreIndex: number): Tensor | null {
  const z = inRows(x);
  const classes = z.shape.at(-1) as number;
  const rows = labels.count;
  requireSamples(op, x, classes === 0 || (rows === 0 && mean));
  const loss = empty([], z.dtype);
  const gradient = tracks(z) ? backend.borrow(z.count * DTYPES[z.dtype].bytes) : null;
  const scale = mean ? 1 / rows : 1;
  const bad = entropy[z.dtype](
    ...([pointer(z), pointer(labels), pointer(loss), gradient === null ? 0 : backend.pointer(gradient)] as const),
    ...([0, rows, classes, scale] as const),
  );
  if (bad >= 0) {
    if (gradient !== null) backend.release(gradient);
    if (labels.data()[bad] === ignoreIndex) return null;
    throw wrongLabel(op, labels, bad, classes);
  }
  if (gradient !== null) {
    const forLogits = (g: Tensor): Tensor => {
      const dz = empty(z.shape, z.dtype);
      multiply[z.dtype](backend.pointer(gradient), pointer(g), pointer(dz), z.count, 1, 0, 0);
      return dz;
    };
    const composed = (g: Tensor): Tensor => {
      const picked = empty(z.shape, z.dtype);
      const one = onesLike(loss.detach());
      const pointers = [pointer(one), pointer(labels), 0, 0, pointer(picked)] as const;
      likelihoodBackward[z.dtype](...pointers, ...[rows, classes, 1, ignoreIndex, REDUCTIONS.sum]);
      return z.softmax(-1).add(picked).mul(scale).mul(g) as Tensor;
    };
    record(loss, op, [z], [forLogits], [], [gradient], [composed]);
  }
  return loss;
}
