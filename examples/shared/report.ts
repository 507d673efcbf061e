/** What the programs that classify images have in common: their settings, what their networks answer, and the pictures of their results. */
import { type Tensor, tensor } from "nabla";
import { ConfusionMatrix, Metric } from "nabla/train";

/** True and predicted class of every image, in order. */
export interface Answers {
  readonly labels: number[];
  readonly predicted: number[];
}

/** A whole number from `least` to `most` out of the environment: `EPOCHS=2 npm run example …`. */
export function setting(name: string, usual: number, most = 1000, least = 1): number {
  const value = Number(process.env[name] ?? usual);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new Error(`${name}: a whole number from ${least} to ${most}; got ${JSON.stringify(process.env[name])}`);
}

/** The seed of a program: `SEED=1 npm run example …`. */
export const SEED: number = setting("SEED", 777, 2 ** 31, 0);

/** A metric that keeps what a network says of every image: the class with the highest score. */
export class AnswerSheet extends Metric<Answers, Answers> {
  protected fresh(): Answers {
    return { labels: [], predicted: [] };
  }

  update(scores: Tensor, labels: Tensor): void {
    this.state.predicted.push(...scores.argmax(1).data());
    this.state.labels.push(...labels.data());
  }

  compute(): Answers {
    return this.state;
  }
}

/** The places of the images that were taken for something else. */
export function mistakes({ labels, predicted }: Answers): number[] {
  return labels.flatMap((label, i) => (label === predicted[i] ? [] : [i]));
}

/** The share of the images that were taken for what they are. */
export function accuracyOf(answers: Answers): number {
  return 1 - mistakes(answers).length / answers.labels.length;
}

/** How often class i (row) was taken for class k (column). */
export function countedPairs({ labels, predicted }: Answers, classes: number): number[][] {
  const confusion = new ConfusionMatrix({ classes });
  confusion.update(tensor(Int32Array.from(predicted)), tensor(Int32Array.from(labels)));
  return confusion.compute();
}

/** What {@link drawReport} draws. */
export interface Report {
  readonly title: string;
  /** The loss of every step. */
  readonly losses: readonly number[];
  /** The accuracy on the test images after every epoch. */
  readonly accuracies: readonly number[];
  readonly answers: Answers;
  /** The test images as bytes: [n, height, width] or [n, 3, height, width]. */
  readonly images: Tensor;
  readonly classes: readonly string[];
}

/** Writes curves.svg, confusion.svg and mistakes.svg to `folder`. */
export async function drawReport(folder: string, report: Report): Promise<void> {
  const { title, losses, accuracies, answers, images, classes } = report;
  const plot = await import("nabla/plot");
  plot
    .curves(
      [
        { name: "training loss", panel: "Loss", y: losses },
        { name: "test accuracy", panel: "Accuracy", y: accuracies },
      ],
      {
        title,
        panels: { Loss: { x: "step", y: "cross-entropy" }, Accuracy: { x: "epoch", percent: true } },
      },
    )
    .save(`${folder}/curves.svg`);

  plot
    .confusion(countedPairs(answers, classes.length), { labels: classes, title: `${title}: what is taken for what` })
    .save(`${folder}/confusion.svg`);

  const wrong = mistakes(answers);
  const shown = wrong.slice(0, 49);
  if (shown.length === 0) return;
  plot
    .images(images.indexSelect(0, tensor(Int32Array.from(shown))), {
      labels: shown.map((i) => answers.labels[i] as number),
      predictions: shown.map((i) => answers.predicted[i] as number),
      classes,
      columns: 7,
      title: "Test images taken for something else",
      subtitle: `${wrong.length} of ${answers.labels.length} are wrong; here are the first ${shown.length}`,
    })
    .save(`${folder}/mistakes.svg`);
}
