/**
 * Handwritten digits with a network of two hidden layers: 784-128-64-10 on images normalised to [-1, 1], SGD with momentum, 10 epochs with
 * the running loss every 100 batches. First at the constant learning rate 0.01; then with one that falls from it to 0. Writes weights,
 * numbers and pictures to runs/mnist-ann/.
 */
import { manualSeed, nn, optim, save, type Tensor } from "nabla";
import { DataLoader, Subset } from "nabla/data";
import { evaluate, MetricsLog } from "nabla/train";
import { MNIST, transforms } from "nabla/vision";
import { AnswerSheet, type Answers, accuracyOf, drawReport, SEED, setting } from "./shared/report.ts";

const EPOCHS = setting("EPOCHS", 10);
const IMAGES = setting("IMAGES", 60_000, 60_000);
const FOLDER = "runs/mnist-ann";

const transform = new transforms.Compose([new transforms.ToTensor(), new transforms.Normalize([0.5], [0.5])]);

class SimpleANN extends nn.Module {
  fc1 = new nn.Linear(28 * 28, 128);
  fc2 = new nn.Linear(128, 64);
  fc3 = new nn.Linear(64, 10);

  forward(x: Tensor) {
    x = x.view(-1, 28 * 28);
    x = this.fc1.forward(x).relu();
    x = this.fc2.forward(x).relu();
    return this.fc3.forward(x);
  }
}

const trainset = await MNIST.load({ train: true, transform });
const testset = await MNIST.load({ train: false, transform });
const trainloader = new DataLoader(new Subset(trainset, Array(IMAGES).keys()), { batchSize: 64, shuffle: true });
const testloader = new DataLoader(testset, { batchSize: 64 });
const metrics = new MetricsLog(`${FOLDER}/metrics.jsonl`);
metrics.save(); // an output folder that cannot be written is found out now, not after the training

const constant = train("constant");
const falling = train("falling");
save(falling.model.stateDict(), `${FOLDER}/model.safetensors`);
const title = "MNIST, 784-128-64-10 with SGD";
await drawReport(FOLDER, { title, ...falling, images: testset.images, classes: testset.classes });
console.log(`weights, metrics and pictures: ${FOLDER}/`);
for (const [rate, { answers }] of Object.entries({ constant, falling })) {
  console.log(
    `${rate} learning rate: accuracy ${accuracyOf(answers).toFixed(4)} (${answers.labels.length} test images)`,
  );
}

function train(rate: "constant" | "falling") {
  manualSeed(SEED);
  const model = new SimpleANN();
  const criterion = new nn.CrossEntropyLoss();
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.01, momentum: 0.9 });
  const schedule = new optim.lrScheduler.CosineAnnealingLR(optimizer, EPOCHS * trainloader.length);
  const losses: number[] = [];
  const accuracies: number[] = [];
  let answers: Answers = { labels: [], predicted: [] };
  for (let epoch = 1; epoch <= EPOCHS; epoch++) {
    let runningLoss = 0;
    let batch = 0;
    for (const [inputs, labels] of trainloader) {
      optimizer.zeroGrad();

      const outputs = model.forward(inputs);
      const loss = criterion.forward(outputs, labels);
      loss.backward();
      optimizer.step();
      if (rate === "falling") schedule.step();

      losses.push(loss.item());
      runningLoss += loss.item();
      if (++batch % 100 === 0) {
        console.log(`[Epoch ${epoch}, Batch ${batch}] loss: ${(runningLoss / 100).toFixed(3)}`);
        metrics.add({ rate, epoch, batch, loss: runningLoss / 100 });
        runningLoss = 0;
      }
    }
    answers = evaluate(model, testloader, { metrics: { answers: new AnswerSheet() } }).answers;
    accuracies.push(accuracyOf(answers));
    metrics.add({ rate, epoch, accuracy: accuracyOf(answers) }).save();
  }
  console.log("Finished Training");
  return { model, losses, accuracies, answers };
}
