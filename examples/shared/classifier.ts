/** What the programs that train a network on images share: the epochs around their steps, and the report at the end. */
import { type nn, save, type Tensor } from "nabla";
import type { DataLoader } from "nabla/data";
import { evaluate, Mean, MetricsLog, progress } from "nabla/train";
import type { LabelledImage } from "nabla/vision";
import { AnswerSheet, type Answers, accuracyOf, drawReport } from "./report.ts";

/** What {@link trainClassifier} trains. */
export interface Classifier {
  readonly title: string;
  /** Where weights, numbers and pictures go. */
  readonly folder: string;
  readonly epochs: number;
  readonly model: nn.Module;
  readonly trainLoader: DataLoader<LabelledImage>;
  readonly testLoader: DataLoader<LabelledImage>;
  /** The test images as they are, and the names of the classes. */
  readonly test: { readonly images: Tensor; readonly classes: readonly string[] };
}

/** Takes a step with every batch, evaluates after every epoch, and writes weights, numbers and pictures. `step` gives the loss. */
export async function trainClassifier(
  { title, folder, epochs, model, trainLoader, testLoader, test }: Classifier,
  step: (images: Tensor, labels: Tensor) => Tensor,
): Promise<void> {
  const metrics = new MetricsLog(`${folder}/metrics.jsonl`);
  metrics.save(); // an output folder that cannot be written is found out now, not after the training
  const scale = trainLoader.batchSize as number;
  const losses: number[] = [];
  const accuracies: number[] = [];
  let answers: Answers = { labels: [], predicted: [] };
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const mean = new Mean();
    const description = `Epoch ${epoch}/${epochs}`;
    for (const [images, labels] of progress(trainLoader, { description, unit: "images", scale, leave: false })) {
      const loss = step(images, labels).item();
      losses.push(loss);
      mean.add(loss);
    }
    answers = evaluate(model, testLoader, { metrics: { answers: new AnswerSheet() } }).answers;
    const [loss, accuracy] = [mean.compute(), accuracyOf(answers)];
    accuracies.push(accuracy);
    metrics.add({ epoch, loss, accuracy }).save();
    console.log(`Epoch[${epoch}/${epochs}], Loss:${loss.toFixed(4)}, accuracy:${accuracy.toFixed(4)}`);
  }
  save(model.stateDict(), `${folder}/model.safetensors`);
  await drawReport(folder, { title, losses, accuracies, answers, images: test.images, classes: test.classes });
  console.log(`weights, metrics and pictures: ${folder}/`);
  console.log(`accuracy ${accuracyOf(answers).toFixed(4)} (${answers.labels.length} test images)`);
}
