/**
 * Photographs of ten kinds of things with a small convolutional network. Two convolutions with pooling and two linear layers are trained
 * on the 50,000 images of CIFAR-10 and evaluated on the 10,000 test images. Writes weights, numbers and pictures to runs/cifar10-cnn/.
 * 10 epochs reach 0.7276, in 6.5 minutes of processor time.
 */
import { manualSeed, nn, optim, save, type Tensor } from "nabla";
import { DataLoader, Subset } from "nabla/data";
import { MetricsLog, progress } from "nabla/train";
import { CIFAR10, transforms } from "nabla/vision";
import { type Answers, accuracyOf, drawReport, evaluate, setting } from "./shared/report.ts";

const EPOCHS = setting("EPOCHS", 10);
/** Training images used; the test takes a fifth as many. */
const IMAGES = setting("IMAGES", 50_000, 50_000);
const BATCH = 64;
const FOLDER = "runs/cifar10-cnn";

class SimpleCNN extends nn.Module {
  conv1 = new nn.Conv2d(3, 32, 3, { padding: 1 });
  conv2 = new nn.Conv2d(32, 64, 3, { padding: 1 });
  pool = new nn.MaxPool2d(2);
  fc1 = new nn.Linear(64 * 8 * 8, 512);
  fc2 = new nn.Linear(512, 10);

  forward(x: Tensor) {
    x = this.pool.forward(this.conv1.forward(x).relu()); // [n, 32, 16, 16]
    x = this.pool.forward(this.conv2.forward(x).relu()); // [n, 64, 8, 8]
    x = this.fc1.forward(x.flatten(1)).relu();
    return this.fc2.forward(x);
  }
}

manualSeed(777);
const transform = new transforms.Compose([
  new transforms.ToTensor(),
  new transforms.Normalize([0.5, 0.5, 0.5], [0.5, 0.5, 0.5]),
]);
const train = await CIFAR10.load({ train: true, transform });
const test = await CIFAR10.load({ train: false, transform });
const trainLoader = new DataLoader(new Subset(train, Array(IMAGES).keys()), { batchSize: BATCH, shuffle: true });
const testLoader = new DataLoader(new Subset(test, Array(Math.ceil(IMAGES / 5)).keys()), { batchSize: 250 });
const model = new SimpleCNN();
const criterion = new nn.CrossEntropyLoss();
const optimizer = new optim.SGD(model.parameters(), { lr: 0.01, momentum: 0.9 });
const metrics = new MetricsLog(`${FOLDER}/metrics.jsonl`);
metrics.save(); // an output folder that cannot be written is found out now, not after the training

const losses: number[] = [];
const accuracies: number[] = [];
let answers: Answers = { labels: [], predicted: [] };
for (let epoch = 1; epoch <= EPOCHS; epoch++) {
  const description = `Epoch ${epoch}/${EPOCHS}`;
  for (const [images, labels] of progress(trainLoader, { description, unit: "images", scale: BATCH, leave: false })) {
    const loss = criterion.forward(model.forward(images), labels);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    losses.push(loss.item());
  }
  model.eval();
  answers = evaluate((images) => model.forward(images), testLoader);
  model.train();
  const steps = losses.slice(-trainLoader.length);
  const loss = steps.reduce((sum, value) => sum + value, 0) / steps.length;
  const accuracy = accuracyOf(answers);
  accuracies.push(accuracy);
  metrics.add({ epoch, loss, accuracy }).save();
  console.log(`Epoch[${epoch}/${EPOCHS}], Loss:${loss.toFixed(4)}, accuracy:${accuracy.toFixed(4)}`);
}

save(model.stateDict(), `${FOLDER}/model.safetensors`);
const title = "CIFAR-10, two convolutions";
await drawReport(FOLDER, { title, losses, accuracies, answers, images: test.images, classes: test.classes });
console.log(`weights, metrics and pictures: ${FOLDER}/`);
console.log(`accuracy ${accuracyOf(answers).toFixed(4)} (${answers.labels.length} test images)`);
