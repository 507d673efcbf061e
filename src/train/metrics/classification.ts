/** Metrics of classes. */
import { ShapeError, ValueError } from "../../errors.ts";
import type { Tensor } from "../../ops/index.ts";
import { checkOptions } from "../../options.ts";
import { isFloat } from "../../tensor/dtypes.ts";
import { sameShape, show } from "../../tensor/sizes.ts";
import {
  checkLabels,
  checkTensors,
  checkThreshold,
  classesOf,
  decidedClasses,
  labelShape,
  labelsOf,
  scoresOfNaN,
  type ThresholdOptions,
} from "./classes.ts";
import { Metric } from "./metric.ts";

type Hits = { right: number; seen: number };

/**
 * The share of samples whose class is right. Outputs are scores [n, classes], single scores [n] or [n, 1] of class 1
 * (logits unless `threshold` says otherwise), or classes of an int dtype; targets are labels [n]. Further axes are
 * fine: [n, classes, …] with [n, …]. A sample with a score of NaN is never right.
 *
 * @throws {ValueError} for an unknown option, or a `threshold` that is not finite; from `compute` before any `update`.
 * @throws {ShapeError} if outputs and targets do not go together.
 * @throws {DTypeError} if they are not tensors, or a target is no whole number.
 * @throws {IndexError} for a label that is no class.
 * @example
 * const accuracy = new Accuracy();
 * accuracy.update(tensor([[1, 3], [2, 0], [0, 1]]), tensor([1, 0, 0], { dtype: "int32" }));
 * accuracy.compute(); // 0.6667
 */
export class Accuracy extends Metric<number, Hits> {
  readonly threshold: number;

  constructor(options: ThresholdOptions = {}) {
    super();
    const { threshold = 0 } = checkOptions("Accuracy", options, ["threshold"]);
    this.threshold = checkThreshold("Accuracy", threshold);
  }

  protected fresh(): Hits {
    return { right: 0, seen: 0 };
  }

  update(output: Tensor, target: Tensor): void {
    const { predicted, labels } = classesOf("Accuracy", output, target, this.threshold);
    const odd = scoresOfNaN(output, target);
    for (let i = 0; i < labels.length; i++) if (predicted[i] === labels[i] && !odd?.[i]) this.state.right++;
    this.state.seen += labels.length;
  }

  compute(): number {
    return this.state.seen === 0 ? this.nothing() : this.state.right / this.state.seen;
  }
}

/**
 * The share of samples whose class is among the `k` highest scores [n, classes]; targets are labels [n]. A sample with a
 * score of NaN is never right.
 *
 * @throws {ValueError} if `k` is no whole number of at least 1, or there are fewer classes; from `compute` before any
 * `update`.
 * @throws {ShapeError} unless outputs are float scores [n, classes] and targets [n].
 * @throws {DTypeError} if they are not tensors, or a target is no whole number.
 * @throws {IndexError} for a label that is no class.
 * @example
 * const top2 = new TopK(2);
 * top2.update(tensor([[5, 3, 1], [5, 3, 1]]), tensor([1, 2], { dtype: "int32" }));
 * top2.compute(); // 0.5
 */
export class TopK extends Metric<number, Hits> {
  readonly k: number;

  constructor(k: number) {
    super();
    if (!Number.isInteger(k) || k < 1)
      throw new ValueError(`TopK: k is a whole number of at least 1; got ${String(k)}`);
    this.k = k;
  }

  protected fresh(): Hits {
    return { right: 0, seen: 0 };
  }

  update(output: Tensor, target: Tensor): void {
    checkTensors("TopK", output, target);
    if (!isFloat(output.dtype) || output.ndim !== 2 || !sameShape(labelShape(output), target.shape)) {
      throw new ShapeError(
        `TopK: scores [n, classes] go with labels [n]; got ${output.dtype} ${show(output.shape)} and ${show(target.shape)}`,
      );
    }
    const classes = output.shape[1] as number;
    if (this.k > classes) throw new ValueError(`TopK: k is at most the number of classes; got ${this.k} of ${classes}`);
    const labels = labelsOf("TopK", target);
    checkLabels("TopK", labels, classes);
    const best = output.detach().topk(this.k, 1).indices.data();
    const odd = scoresOfNaN(output, target);
    for (let i = 0; i < labels.length; i++) {
      if (!odd?.[i] && best.subarray(i * this.k, (i + 1) * this.k).includes(labels[i] as number)) this.state.right++;
    }
    this.state.seen += labels.length;
  }

  compute(): number {
    return this.state.seen === 0 ? this.nothing() : this.state.right / this.state.seen;
  }
}

/** Options of {@link ConfusionMatrix}. */
export interface ConfusionMatrixOptions extends ThresholdOptions {
  /** The number of classes; the highest class that is met unless given. */
  classes?: number;
}

type Counts = { counts: number[][] };

/**
 * How often each class was taken for which: rows are the true classes, columns the predicted ones, as scikit-learn and
 * `plot.confusion` have them. Outputs and targets as those of {@link Accuracy}.
 *
 * @throws {ValueError} for an unknown option, a number of `classes` that is no whole number of at least 1, or a
 * `threshold` that is not finite; from `update` for scores of NaN or more than 10,000 classes; from `compute` before any `update`.
 * @throws {ShapeError} if outputs and targets do not go together.
 * @throws {DTypeError} if they are not tensors, or a target is no whole number.
 * @throws {IndexError} for a label that is no class.
 * @example
 * const confusion = new ConfusionMatrix();
 * confusion.update(tensor([1, 0, 1], { dtype: "int32" }), tensor([1, 1, 0], { dtype: "int32" }));
 * confusion.compute(); // [[0, 1], [1, 1]]
 */
export class ConfusionMatrix extends Metric<number[][], Counts> {
  readonly threshold: number;
  readonly classes: number | undefined;

  constructor(options: ConfusionMatrixOptions = {}) {
    super();
    const { threshold = 0, classes } = checkOptions("ConfusionMatrix", options, ["threshold", "classes"]);
    this.threshold = checkThreshold("ConfusionMatrix", threshold);
    if (classes !== undefined && !(Number.isInteger(classes) && classes >= 1)) {
      throw new ValueError(`ConfusionMatrix: classes is a whole number of at least 1; got ${String(classes)}`);
    }
    this.classes = classes;
  }

  protected fresh(): Counts {
    return { counts: [] };
  }

  update(output: Tensor, target: Tensor): void {
    const { predicted, labels } = decidedClasses("ConfusionMatrix", output, target, this.threshold);
    const most = Math.max(highest(predicted), highest(labels)) + 1;
    const scored = isFloat(output.dtype) && output.ndim > target.ndim ? (output.shape[1] as number) : 0;
    if (this.classes !== undefined)
      for (const some of [labels, predicted]) checkLabels("ConfusionMatrix", some, this.classes);
    addCounts(this.state.counts, { predicted, labels }, this.classes ?? Math.max(most, scored));
  }

  compute(): number[][] {
    return this.state.counts.length === 0 ? this.nothing() : this.state.counts.map((row) => [...row]);
  }
}

function highest(classes: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < classes.length; i++) most = Math.max(most, classes[i] as number);
  return most;
}

const MOST_CLASSES = 10_000;

function addCounts(
  counts: number[][],
  { predicted, labels }: { predicted: ArrayLike<number>; labels: ArrayLike<number> },
  classes: number,
): void {
  if (classes > MOST_CLASSES) {
    throw new ValueError(
      `metrics: there are at most ${MOST_CLASSES} classes; got class ${classes - 1}; are these labels?`,
    );
  }
  while (counts.length < classes) counts.push([]);
  for (const row of counts) while (row.length < counts.length) row.push(0);
  for (let i = 0; i < labels.length; i++) {
    const row = counts[labels[i] as number] as number[];
    row[predicted[i] as number] = (row[predicted[i] as number] as number) + 1;
  }
}

/** Options of {@link Precision}, {@link Recall} and {@link F1}, with scikit-learn's meanings and defaults. */
export interface ScoreOptions extends ThresholdOptions {
  /**
   * "binary" gives the score of class 1 of two, "micro" counts all samples together, "macro" is the mean over the classes, "weighted" their
   * mean by how often they occur. "binary" unless said otherwise.
   */
  average?: "binary" | "micro" | "macro" | "weighted";
}

/** Right predictions, predictions and occurrences of one class. */
interface Tally {
  readonly right: number;
  readonly predicted: number;
  readonly actual: number;
}

const AVERAGES = ["binary", "micro", "macro", "weighted"] as const;

/** The base of scores of classes. */
abstract class ClassScore extends Metric<number, Counts> {
  readonly threshold: number;
  readonly average: NonNullable<ScoreOptions["average"]>;

  constructor(options: ScoreOptions = {}) {
    super();
    const { threshold = 0, average = "binary" } = checkOptions(this.constructor.name, options, [
      "threshold",
      "average",
    ]);
    const name = new.target.name;
    this.threshold = checkThreshold(name, threshold);
    if (!AVERAGES.includes(average)) {
      throw new ValueError(`${name}: average is ${AVERAGES.join(", ")}; got ${JSON.stringify(average)}`);
    }
    this.average = average;
  }

  protected abstract score(tally: Tally): number;

  protected fresh(): Counts {
    return { counts: [] };
  }

  update(output: Tensor, target: Tensor): void {
    const classes = decidedClasses(this.constructor.name, output, target, this.threshold);
    const most = Math.max(highest(classes.predicted), highest(classes.labels)) + 1;
    if (this.average === "binary" && most > 2) {
      throw new ValueError(
        `${this.constructor.name}: average "binary" is for two classes; got class ${most - 1}; pass average: "macro", "micro" or "weighted"`,
      );
    }
    addCounts(this.state.counts, classes, most);
  }

  /** The score of every class; 0 where it has no predictions or does not occur. */
  perClass(): number[] {
    const tallies = this.#tallies();
    return tallies.length === 0 ? this.nothing() : tallies.map((tally) => this.score(tally));
  }

  compute(): number {
    const tallies = this.#tallies();
    if (tallies.length === 0) return this.nothing();
    if (this.average === "binary") {
      return this.score(tallies[1] ?? { right: 0, predicted: 0, actual: 0 });
    }
    const sum = (pick: (tally: Tally) => number): number => tallies.reduce((total, tally) => total + pick(tally), 0);
    if (this.average === "micro") {
      return this.score({
        right: sum((t) => t.right),
        predicted: sum((t) => t.predicted),
        actual: sum((t) => t.actual),
      });
    }
    // Classes that are neither there nor predicted do not count.
    const weight = (t: Tally): number => (this.average === "macro" ? Number(t.predicted + t.actual > 0) : t.actual);
    return sum((tally) => weight(tally) * this.score(tally)) / sum(weight);
  }

  #tallies(): Tally[] {
    const { counts } = this.state;
    return counts.map((row, i) => ({
      right: row[i] as number,
      predicted: counts.reduce((sum, other) => sum + (other[i] as number), 0),
      actual: row.reduce((sum, count) => sum + count, 0),
    }));
  }
}

const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

/**
 * The share of the predictions of a class that are right, as scikit-learn's precision_score with `zero_division=0`.
 * Outputs and targets are those of {@link Accuracy}.
 *
 * @throws {ValueError} for an unknown option or `average`, or a `threshold` that is not finite; from `update` for
 * scores of NaN, classes above 1 with "binary", or more than 10,000; from `compute` before any `update`.
 * @throws {ShapeError} if outputs and targets do not go together.
 * @throws {DTypeError} if they are not tensors, or a target is no whole number.
 * @throws {IndexError} for a label that is no class.
 * @example
 * const precision = new Precision();
 * precision.update(tensor([1, 1, 0], { dtype: "int32" }), tensor([1, 0, 0], { dtype: "int32" }));
 * precision.compute(); // 0.5
 */
export class Precision extends ClassScore {
  protected score({ right, predicted }: Tally): number {
    return share(right, predicted);
  }
}

/**
 * The share of the samples of a class that are found, as scikit-learn's recall_score with `zero_division=0`. Outputs
 * and targets are those of {@link Accuracy}.
 *
 * @throws {ValueError} for an unknown option or `average`, or a `threshold` that is not finite; from `update` for
 * scores of NaN, classes above 1 with "binary", or more than 10,000; from `compute` before any `update`.
 * @throws {ShapeError} if outputs and targets do not go together.
 * @throws {DTypeError} if they are not tensors, or a target is no whole number.
 * @throws {IndexError} for a label that is no class.
 * @example
 * const recall = new Recall({ average: "macro" });
 * recall.update(tensor([1, 1, 0], { dtype: "int32" }), tensor([1, 0, 0], { dtype: "int32" }));
 * recall.compute(); // 0.75
 */
export class Recall extends ClassScore {
  protected score({ right, actual }: Tally): number {
    return share(right, actual);
  }
}

/**
 * The harmonic mean of precision and recall, as scikit-learn's f1_score with `zero_division=0`. Outputs and targets are
 * those of {@link Accuracy}.
 *
 * @throws {ValueError} for an unknown option or `average`, or a `threshold` that is not finite; from `update` for
 * scores of NaN, classes above 1 with "binary", or more than 10,000; from `compute` before any `update`.
 * @throws {ShapeError} if outputs and targets do not go together.
 * @throws {DTypeError} if they are not tensors, or a target is no whole number.
 * @throws {IndexError} for a label that is no class.
 * @example
 * const f1 = new F1();
 * f1.update(tensor([1, 1, 0], { dtype: "int32" }), tensor([1, 0, 0], { dtype: "int32" }));
 * f1.compute(); // 0.6667
 */
export class F1 extends ClassScore {
  protected score({ right, predicted, actual }: Tally): number {
    return share(2 * right, predicted + actual);
  }
}
