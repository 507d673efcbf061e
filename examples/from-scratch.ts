/**
 * A network of three layers by matrix formulas alone (init, query and train, no autograd), which learns MNIST from rows of CSV one digit at a
 * time; with both ways to draw the first weights. Then the same by autograd: its update of the output weights is the gradient of
 * ½Σ(t − o)², that of the hidden weights is not, and both ways of training are run. Writes pictures to runs/from-scratch/.
 */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { manualSeed, type Tensor } from "nabla";
import { readCsv } from "nabla/data";
import * as plot from "nabla/plot";
import { progress } from "nabla/train";
import { MNIST } from "nabla/vision";
import { type Drawn, NeuralNetwork, scaledInputs, targetsOf } from "./shared/neural-network.ts";
import { SEED, setting } from "./shared/report.ts";

const EPOCHS = setting("EPOCHS", 5);
const HIDDEN = setting("HIDDEN", 200, 10_000);
const IMAGES = setting("IMAGES", 60_000, 60_000, 100);
const LEARNING_RATE = 0.1;
const FOLDER = "runs/from-scratch";

const train = await rowsOf("train", IMAGES);
const test = await rowsOf("test", Math.ceil(IMAGES / 6));
plot
  .images((train.pixels.narrow(0, 0, 10) as Tensor).reshape(10, 28, 28), {
    labels: train.labels.narrow(0, 0, 10),
    colormap: "Greys",
  })
  .save(`${FOLDER}/records.svg`);
compareUpdates();
const courses = [
  { name: "normal weights", y: learn("normal", "errors sent back") },
  { name: "uniform weights", y: learn("uniform", "errors sent back") },
  { name: "normal weights, by the gradient", y: learn("normal", "gradient") },
];
plot
  .curves(courses, { title: `784-${HIDDEN}-10 by matrix formulas`, x: "epoch", y: "test accuracy", percent: true })
  .save(`${FOLDER}/accuracy.svg`);
console.log(`pictures: ${FOLDER}/`);

/** The first `count` records of mnist_train.csv or mnist_test.csv: a label and 784 pixels in every row. Written first if it is not there. */
async function rowsOf(part: "train" | "test", count: number) {
  const path = `${FOLDER}/mnist_${part}_${count}.csv`;
  if (!existsSync(path)) {
    const { images, targets } = await MNIST.load({ train: part === "train" });
    const [pixels, labels] = [images.data(), targets.data()];
    const rows = Array.from(
      { length: count },
      (_, i) => `${labels[i]},${pixels.subarray(784 * i, 784 * (i + 1)).join()}`,
    );
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(path, `${rows.join("\n")}\n`);
  }
  const { x: pixels, y: labels } = readCsv(path, { header: false, y: 0, types: { 0: "int" } });
  return { pixels: pixels as Tensor, labels, inputs: scaledInputs(pixels), targets: targetsOf(labels) };
}

/** Trains and tests a network, one digit at a time; the test accuracy after every epoch. */
function learn(drawn: Drawn, way: "errors sent back" | "gradient"): number[] {
  manualSeed(SEED);
  const n = new NeuralNetwork(784, HIDDEN, 10, LEARNING_RATE, drawn);
  const accuracies: number[] = [];
  for (let epoch = 1; epoch <= EPOCHS; epoch++) {
    for (const i of progress(IMAGES, {
      description: `${drawn}, ${way}, epoch ${epoch}`,
      unit: "digits",
      leave: false,
    })) {
      const [inputs, targets] = [train.inputs.select(0, i), train.targets.select(0, i)];
      if (way === "gradient") descend(n, inputs, targets);
      else n.train(inputs, targets);
    }
    accuracies.push(n.accuracy(test.inputs, test.labels));
  }
  const accuracy = accuracies.at(-1)?.toFixed(4);
  console.log(`${drawn} weights, ${way}: accuracy ${accuracy} (${test.labels.numel()} test images)`);
  return accuracies;
}

/** The gradients of ½Σ(t − o)² by autograd. */
function gradients(n: NeuralNetwork, inputs: Tensor, targets: Tensor): { wih: Tensor; who: Tensor } {
  const [wih, who] = [n.wih.detach().requiresGrad_(), n.who.detach().requiresGrad_()] as [Tensor, Tensor];
  const outputs = who.matmul(wih.matmul(inputs).sigmoid()).sigmoid();
  targets.sub(outputs).pow(2).sum().div(2).backward();
  return { wih: wih.grad as Tensor, who: who.grad as Tensor };
}

/** One step down the gradient. */
function descend(n: NeuralNetwork, inputs: Tensor, targets: Tensor): void {
  const { wih, who } = gradients(n, inputs, targets);
  n.who.sub_(who.mul(n.lr));
  n.wih.sub_(wih.mul(n.lr));
}

/** What `train` does to the weights against the way down the gradient: the angle between the two, and the ratio of their lengths. */
function compareUpdates(): void {
  manualSeed(SEED);
  const n = new NeuralNetwork(784, HIDDEN, 10, LEARNING_RATE);
  for (const trained of [0, 1000].filter((count) => count < IMAGES)) {
    for (let i = 0; i < trained; i++) n.train(train.inputs.select(0, i), train.targets.select(0, i));
    const [inputs, targets] = [train.inputs.select(0, trained), train.targets.select(0, trained)];
    const before = { wih: n.wih.clone(), who: n.who.clone() };
    const down = gradients(n, inputs, targets);
    n.train(inputs, targets);
    for (const name of ["who", "wih"] as const) {
      const update = n[name].sub(before[name]).div(n.lr).to("float64").flatten();
      const wanted = down[name].neg().to("float64").flatten();
      const cosine = update.dot(wanted).item() / (update.norm().item() * wanted.norm().item());
      const angle = (Math.acos(Math.min(1, cosine)) * 180) / Math.PI;
      const ratio = update.norm().item() / wanted.norm().item();
      console.log(
        `after ${trained} digits, ${name}: angle ${angle.toFixed(2)}° to the gradient, length ${ratio.toFixed(3)} times its`,
      );
    }
  }
}
