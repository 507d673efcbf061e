/** How well scores rank. */
import { DTypeError, ShapeError, ValueError } from "../../errors.ts";
import type { Tensor } from "../../ops/index.ts";
import { checkOptions } from "../../options.ts";
import { isFloat } from "../../tensor/dtypes.ts";
import { sameShape, show } from "../../tensor/sizes.ts";
import { checkLabels, checkTensors, labelShape, labelsOf } from "./classes.ts";
import { Metric } from "./metric.ts";

/** Options of {@link ROCAUC}. */
export interface ROCAUCOptions {
  /** Whether scores of several classes are probabilities already; softmax makes them so otherwise. */
  probabilities?: boolean;
}

/** The scores of each class but the first of two, and the labels. */
type Scores = { columns: number[][]; labels: number[] };

/**
 * The area under the receiver operating characteristic: how probably a sample of the class has a higher score than one
 * that is not, ties counting half (scikit-learn's roc_auc_score). Outputs are scores of class 1 [n] or [n, 1], or of
 * every class [n, classes]: of more than two classes it is the mean of each against the rest (`multi_class="ovr"`,
 * `average="macro"`). It keeps all scores.
 *
 * @throws {ValueError} for an unknown option or scores of NaN; from `compute` before any `update`, or when a class does
 * not occur, or nothing else does.
 * @throws {ShapeError} if outputs and targets do not go together, or batches have other numbers of classes.
 * @throws {DTypeError} if they are not tensors, scores are not of a float dtype, or a target is no whole number.
 * @throws {IndexError} for a label that is no class.
 * @example
 * const auc = new ROCAUC();
 * auc.update(tensor([0.1, 0.4, 0.35, 0.8]), tensor([0, 0, 1, 1], { dtype: "int32" }));
 * auc.compute(); // 0.75
 */
export class ROCAUC extends Metric<number, Scores> {
  readonly probabilities: boolean;

  constructor(options: ROCAUCOptions = {}) {
    super();
    const { probabilities = false } = checkOptions("ROCAUC", options, ["probabilities"]);
    this.probabilities = probabilities;
  }

  protected fresh(): Scores {
    return { columns: [], labels: [] };
  }

  update(output: Tensor, target: Tensor): void {
    checkTensors("ROCAUC", output, target);
    const single = sameShape(output.shape, target.shape);
    const fits = single || (output.ndim === 2 && sameShape(labelShape(output), target.shape));
    if (!fits || target.ndim !== 1) {
      throw new ShapeError(
        `ROCAUC: scores [n] or [n, classes] go with labels [n]; got ${show(output.shape)} and ${show(target.shape)}`,
      );
    }
    if (!isFloat(output.dtype)) throw new DTypeError(`ROCAUC: takes scores of a float dtype; got ${output.dtype}`);
    const classes = single ? 1 : (output.shape[1] as number);
    const labels = labelsOf("ROCAUC", target);
    checkLabels("ROCAUC", labels, Math.max(2, classes));
    const columns = scoresOf(output.detach(), classes, this.probabilities);
    const { state } = this;
    if (state.columns.length === 0) state.columns = columns.map(() => []);
    if (state.columns.length !== columns.length) {
      throw new ShapeError(`ROCAUC: batches have one number of classes; got ${classes} after others`);
    }
    for (const [i, column] of columns.entries()) for (const score of column) (state.columns[i] as number[]).push(score);
    for (let i = 0; i < labels.length; i++) state.labels.push(labels[i] as number);
  }

  compute(): number {
    const { columns, labels } = this.state;
    if (labels.length === 0) return this.nothing();
    const areas = columns.map((scores, i) => areaOf(scores, labels, columns.length === 1 ? 1 : i));
    return areas.reduce((sum, area) => sum + area, 0) / areas.length;
  }
}

/** The scores of class 1, or of every class of more than two. */
function scoresOf(output: Tensor, classes: number, probabilities: boolean): number[][] {
  const values = (classes > 2 && !probabilities ? output.to("float64").softmax(1) : output).data();
  if (values.some(Number.isNaN)) throw new ValueError("ROCAUC: scores are numbers; got NaN");
  const column = (k: number): number[] => {
    const scores: number[] = [];
    for (let i = k; i < values.length; i += classes) scores.push(values[i] as number);
    return scores;
  };
  if (classes === 1) return [column(0)];
  if (classes > 2) return Array.from({ length: classes }, (_, k) => column(k));
  const [no, yes] = [column(0), column(1)];
  return [probabilities ? yes : yes.map((score, i) => score - (no[i] as number))];
}

/** By the sum of the ranks (Mann and Whitney 1947), equal scores sharing theirs. */
function areaOf(scores: readonly number[], labels: readonly number[], positive: number): number {
  const order = Array.from(scores.keys()).sort((a, b) => (scores[a] as number) - (scores[b] as number));
  let ranks = 0;
  let positives = 0;
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to < order.length && scores[order[to] as number] === scores[order[from] as number]) to++;
    for (let i = from; i < to; i++) {
      if (labels[order[i] as number] !== positive) continue;
      ranks += (from + to + 1) / 2;
      positives++;
    }
    from = to;
  }
  const negatives = order.length - positives;
  if (positives === 0 || negatives === 0) {
    throw new ValueError(
      `ROCAUC: there are samples of class ${positive} and others; got ${positives} and ${negatives}`,
    );
  }
  return (ranks - (positives * (positives + 1)) / 2) / (positives * negatives);
}
