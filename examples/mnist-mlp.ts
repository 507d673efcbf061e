/**
 * Handwritten digits with a network of one hidden layer: 784-500-10, trained on all 60,000 images of MNIST and evaluated on the
 * 10,000 test images. Writes weights, numbers and pictures to runs/mnist-mlp/.
 */
import { manualSeed, nn, optim, save, type Tensor } from "nabla";
import { DataLoader } from "nabla/data";
import { Accuracy, evaluate, MetricsLog, progress } from "nabla/train";
import { MNIST, transforms } from "nabla/vision";
import { AnswerSheet, type Answers, mistakes, SEED, setting } from "./shared/report.ts";

const EPOCHS = setting("EPOCHS", 5);
const BATCH = 100;
const FOLDER = "runs/mnist-mlp";
const SHEET = 60;

class NeuralNet extends nn.Module {
  fc1 = new nn.Linear(784, 500);
  relu = new nn.ReLU();
  fc2 = new nn.Linear(500, 10);

  forward(x: Tensor) {
    return this.fc2.forward(this.relu.forward(this.fc1.forward(x)));
  }
}

manualSeed(SEED);
const train = await MNIST.load({ train: true, transform: new transforms.ToTensor() });
const test = await MNIST.load({ train: false, transform: new transforms.ToTensor() });
const trainLoader = new DataLoader(train, { batchSize: BATCH, shuffle: true });
const testLoader = new DataLoader(test, { batchSize: BATCH });
const model = new NeuralNet();
const criterion = new nn.CrossEntropyLoss();
const optimizer = new optim.Adam(model.parameters(), { lr: 1e-3 });
const metrics = new MetricsLog(`${FOLDER}/metrics.jsonl`);
metrics.save(); // an output folder that cannot be written is found out now, not after the training

/** What the network says of every test image. */
let answers: Answers = { labels: [], predicted: [] };
const losses: number[] = [];
const accuracies: number[] = [];
for (let epoch = 1; epoch <= EPOCHS; epoch++) {
  const bar = progress(trainLoader, {
    description: `Epoch ${epoch}/${EPOCHS}`,
    unit: "images",
    scale: BATCH,
    leave: false,
  });
  let step = 0;
  for (const [images, labels] of bar) {
    const loss = criterion.forward(model.forward(images.reshape(-1, 784)), labels);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();

    step++;
    losses.push(loss.item());
    if (step % 100 === 0) {
      const value = loss.item().toFixed(4);
      bar.setPostfix({ loss: value });
      bar.log(`Epoch[${epoch}/${EPOCHS}], step [${step}/${trainLoader.length}], Loss:${value}`);
      metrics.add({ epoch, step, loss: loss.item() });
    }
  }
  const found = evaluate(model, testLoader, {
    forward: ([images]) => model.forward(images.reshape(-1, 784)),
    metrics: { accuracy: new Accuracy(), answers: new AnswerSheet() },
  });
  answers = found.answers;
  accuracies.push(found.accuracy);
  metrics.add({ epoch, accuracy: found.accuracy }).save();
}

const wrong = mistakes(answers);
save(model.stateDict(), `${FOLDER}/model.safetensors`);
await draw();
console.log(`weights, metrics and pictures: ${FOLDER}/`);
console.log(`accuracy ${accuracies.at(-1)?.toFixed(4)} (${test.length} test images)`);

/** The course of the training, and a sheet of test digits: half of it mistakes, half the first ones. */
async function draw(): Promise<void> {
  const plot = await import("nabla/plot");
  plot
    .curves(
      [
        { name: "training loss", panel: "Loss", y: losses },
        { name: "test accuracy", panel: "Accuracy", y: accuracies },
      ],
      {
        title: "MNIST, 784-500-10 with Adam",
        panels: { Loss: { x: "step", y: "cross-entropy", scale: "log" }, Accuracy: { x: "epoch", percent: true } },
      },
    )
    .save(`${FOLDER}/curves.svg`);
  const right = answers.labels.flatMap((label, i) => (label === answers.predicted[i] ? [i] : []));
  const shown = [...wrong.slice(0, SHEET / 2), ...right].slice(0, SHEET);
  const pictures = shown.map((i) => test.images.select(0, i).data());
  plot
    .images(
      { data: pictures.flatMap((picture) => [...picture]), count: shown.length, height: 28, width: 28 },
      {
        labels: shown.map((i) => answers.labels[i] as number),
        predictions: shown.map((i) => answers.predicted[i] as number),
        title: "Test digits as the network reads them",
        subtitle: `${wrong.length} of ${test.length} are wrong; the first ${Math.min(wrong.length, SHEET / 2)} of them come first`,
      },
    )
    .save(`${FOLDER}/digits.svg`);
}
