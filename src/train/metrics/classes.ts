/** Predicted and true classes out of what models say. */
import { DTypeError, IndexError, ShapeError, ValueError } from "../../errors.ts";
import { Tensor } from "../../ops/index.ts";
import { isFloat } from "../../tensor/dtypes.ts";
import { sameShape, show } from "../../tensor/sizes.ts";

/** Classes by their numbers, one for each label. */
export interface Classes {
  readonly predicted: ArrayLike<number>;
  readonly labels: ArrayLike<number>;
}

/** Options of metrics of classes. */
export interface ThresholdOptions {
  /** A single score above it means class 1: 0 unless said otherwise, for logits; 0.5 is for probabilities. */
  threshold?: number;
}

export function checkThreshold(op: string, threshold: number): number {
  if (Number.isFinite(threshold)) return threshold;
  throw new ValueError(`${op}: threshold is a number; got ${String(threshold)}`);
}

export function checkTensors(op: string, output: Tensor, target: Tensor): void {
  if (!(output instanceof Tensor) || !(target instanceof Tensor)) {
    const [a, b] = [output, target].map((x) => (x instanceof Tensor ? "a tensor" : typeof x));
    throw new DTypeError(`${op}: takes an output and a target, both tensors; got ${a} and ${b}`);
  }
}

/** The labels as whole numbers; floats are taken where they are whole. */
export function labelsOf(op: string, target: Tensor): ArrayLike<number> {
  const labels = target.detach().data();
  if (!isFloat(target.dtype)) return labels;
  for (let i = 0; i < labels.length; i++) {
    if (!Number.isInteger(labels[i])) {
      throw new DTypeError(`${op}: targets are classes, whole numbers; got ${labels[i]} in ${show(target.shape)}`);
    }
  }
  return labels;
}

/** The shape of the labels that scores [n, classes, …] go with. */
export function labelShape(output: Tensor): readonly number[] {
  const shape = output.shape as readonly number[];
  return [...shape.slice(0, 1), ...shape.slice(2)];
}

/** Throws unless every label is one of `classes`. */
export function checkLabels(op: string, labels: ArrayLike<number>, classes: number): void {
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i] as number;
    if (label >= 0 && label < classes) continue;
    const most = Number.isFinite(classes) ? `to ${classes - 1}, as there are ${classes} classes` : "on";
    throw new IndexError(`${op}: labels are from 0 ${most}; got ${label}`);
  }
}

/**
 * The classes of scores [n, classes, …] (the highest), of single scores [n] or [n, 1] (1 above the threshold), or of an int dtype (as they
 * are), and of the labels [n, …].
 */
export function classesOf(op: string, output: Tensor, target: Tensor, threshold: number): Classes {
  checkTensors(op, output, target);
  const labels = labelsOf(op, target);
  const shape = output.shape as readonly number[];
  if (!isFloat(output.dtype)) {
    if (!sameShape(shape, target.shape)) misfit(op, output, target);
    const predicted = output.data();
    for (const some of [predicted, labels]) checkLabels(op, some, Number.POSITIVE_INFINITY);
    return { predicted, labels };
  }
  const single = sameShape(shape, target.shape);
  if (!single && !(shape.length >= 2 && sameShape(labelShape(output), target.shape))) misfit(op, output, target);
  const classes = single ? 1 : (shape[1] as number);
  checkLabels(op, labels, Math.max(2, classes));
  if (classes > 1) return { predicted: output.detach().argmax(1).data(), labels };
  return { predicted: Int32Array.from(output.detach().data(), (score) => Number(score > threshold)), labels };
}

function misfit(op: string, output: Tensor, target: Tensor): never {
  throw new ShapeError(
    `${op}: scores [n, classes] go with labels [n], and single scores with labels of their own shape; ` +
      `got ${show(output.shape)} and ${show(target.shape)}`,
  );
}

/** Which samples have a score of NaN, which says no class; undefined where none has. */
export function scoresOfNaN(output: Tensor, target: Tensor): ArrayLike<number> | undefined {
  if (!isFloat(output.dtype)) return undefined;
  const odd: Tensor = output.detach().isnan();
  if (odd.any().item() === 0) return undefined;
  return (sameShape(output.shape, target.shape) ? odd : (odd.any(1) as Tensor)).data();
}

/** As {@link classesOf}, for metrics that count every sample as some class: a score of NaN is an error. */
export function decidedClasses(op: string, output: Tensor, target: Tensor, threshold: number): Classes {
  const classes = classesOf(op, output, target, threshold);
  const odd = scoresOfNaN(output, target);
  if (odd !== undefined) {
    const at = Array.prototype.findIndex.call(odd, Boolean);
    throw new ValueError(`${op}: scores are numbers; got NaN at sample ${at}; look for NaN in the data or the weights`);
  }
  return classes;
}
