/**
 * What a network thinks of when it hears a digit: a label sent backwards through the three-layer network, by logit and the transposed
 * weights. And the modern way: gradient ascent on an input until the network is sure of it. Writes both as image sheets to runs/back-query/.
 */
import { eye, manualSeed, nn, noGrad, optim, type Tensor, tensor } from "nabla";
import * as plot from "nabla/plot";
import { MNIST } from "nabla/vision";
import { NeuralNetwork, scaledInputs, targetsOf } from "./shared/neural-network.ts";
import { SEED, setting } from "./shared/report.ts";

const EPOCHS = setting("EPOCHS", 3);
const IMAGES = setting("IMAGES", 60_000, 60_000);
const STEPS = setting("STEPS", 300, 100_000);
const FOLDER = "runs/back-query";
const BATCH = 10;

const train = await MNIST.load({ train: true });
const test = await MNIST.load({ train: false });
const n = learn();
const back = backQuery(targetsOf(tensor([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])));
show("back-query", "Labels sent backwards through logit and the transposed weights", back);
const dreamt = ascend();
show("ascent", "Inputs of which the network is most sure, by gradient ascent", dreamt);
console.log(`pictures: ${FOLDER}/`);

function learn(): NeuralNetwork {
  manualSeed(SEED);
  const n = new NeuralNetwork(784, 200, 10, 0.1);
  const inputs = scaledInputs(train.images.reshape(-1, 784));
  const targets = targetsOf(train.targets);
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    for (let i = 0; i + BATCH <= IMAGES; i += BATCH) n.train(inputs.narrow(0, i, BATCH), targets.narrow(0, i, BATCH));
  }
  const accuracy = n.accuracy(scaledInputs(test.images.reshape(-1, 784)), test.targets.to("int32"));
  console.log(`accuracy ${accuracy.toFixed(4)} (${test.length} test images)`);
  return n;
}

/** Brings every row into 0.01 to 0.99, where the logit is finite. */
function rescaled(rows: Tensor): Tensor {
  const least = rows.min(1, true).values;
  const span = rows.max(1, true).values.sub(least);
  return rows.sub(least).div(span).mul(0.98).add(0.01);
}

/** From the outputs [labels, 10] to inputs [labels, 784]: logit undoes the sigmoid, the transposed weights lead back. */
function backQuery(outputs: Tensor): Tensor {
  const hiddenOutputs = rescaled(outputs.logit().matmul(n.who));
  return rescaled(hiddenOutputs.logit().matmul(n.wih));
}

/** Ten inputs that climb towards their label; what is rough costs, so that strokes remain and noise does not. */
function ascend(): Tensor {
  manualSeed(SEED);
  const x = tensor(
    Array.from({ length: 10 }, () => Array(784).fill(0.1)),
    { requiresGrad: true },
  ) as Tensor;
  const optimizer = new optim.Adam([x], { lr: 0.02 });
  const labels = eye(10);
  for (let step = 0; step < STEPS; step++) {
    optimizer.zeroGrad();
    const scores = n.who.matmul(n.wih.matmul(x.t()).sigmoid()).t();
    const images = x.reshape(10, 28, 28);
    const across = images.narrow(2, 1, 27).sub(images.narrow(2, 0, 27));
    const down = images.narrow(1, 1, 27).sub(images.narrow(1, 0, 27));
    const rough = across.pow(2).sum().add(down.pow(2).sum());
    nn.functional.binaryCrossEntropyWithLogits(scores, labels, { reduction: "sum" }).add(rough.mul(0.05)).backward();
    optimizer.step();
    noGrad(() => x.set("...", x.clamp(0.01, 1)));
  }
  return x.detach();
}

function show(name: string, title: string, inputs: Tensor): void {
  const outputs = n.query(inputs).t();
  const answers = outputs.argmax(1);
  const sure = Array.from({ length: 10 }, (_, label) => outputs.at(label, label).item() as number);
  const right = Array.from(answers.data(), (answer, label) => answer === label).filter(Boolean).length;
  console.log(
    `${name}: the network reads ${right} of 10 as their label; outputs ${sure.map((o) => o.toFixed(2)).join(" ")}`,
  );
  plot
    .images(rescaled(inputs).reshape(10, 28, 28), {
      captions: sure.map((output, label) => `${label}: ${output.toFixed(2)}`),
      columns: 5,
      range: [0, 1],
      title,
      subtitle: "Under each picture its label, and what the network says to it at that output",
    })
    .save(`${FOLDER}/${name}.svg`);
}
