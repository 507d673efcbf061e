/**
 * The vanishing gradient: networks of 1 to 16 hidden layers with sigmoid and with ReLU. The size of the gradient in every layer
 * before any training, and how well each network learns MNIST in a few epochs. Writes pictures to runs/vanishing-gradient/.
 */
import { manualSeed, nn, optim, type Tensor } from "nabla";
import { DataLoader, Subset } from "nabla/data";
import * as plot from "nabla/plot";
import { Accuracy, evaluate } from "nabla/train";
import { MNIST, transforms } from "nabla/vision";
import { SEED, setting } from "./shared/report.ts";

const EPOCHS = setting("EPOCHS", 3);
const IMAGES = setting("IMAGES", 20_000, 60_000, 100);
const FOLDER = "runs/vanishing-gradient";
const DEPTHS = [1, 2, 4, 8, 16];
const DEEP = 10;
const WIDTH = 64;

const activations = { sigmoid: nn.Sigmoid, ReLU: nn.ReLU } as const;
type Activation = keyof typeof activations;
const names = Object.keys(activations) as Activation[];

/** Linear layers, each with the first weights that suit its activation: Xavier's for the sigmoid, Kaiming's for ReLU. */
function network(depth: number, activation: Activation): nn.Sequential {
  const layers: nn.Module[] = [new nn.Flatten()];
  for (let i = 0; i <= depth; i++) {
    const layer = new nn.Linear(i === 0 ? 784 : WIDTH, i === depth ? 10 : WIDTH);
    if (activation === "ReLU") nn.init.kaimingNormal_(layer.weight, { nonlinearity: "relu" });
    else nn.init.xavierNormal_(layer.weight);
    nn.init.zeros_(layer.bias as Tensor);
    layers.push(layer);
    if (i < depth) layers.push(new activations[activation]());
  }
  return new nn.Sequential(...layers);
}

const transform = new transforms.Compose([new transforms.ToTensor(), new transforms.Normalize([0.1307], [0.3081])]);
const train = await MNIST.load({ train: true, transform });
const test = await MNIST.load({ train: false, transform });
const loader = new DataLoader(new Subset(train, Array(IMAGES).keys()), { batchSize: 100, shuffle: true });
const testLoader = new DataLoader(test, { batchSize: 500 });

const sizes = names.map(gradientSizes);
const accuracies = names.map((activation) => DEPTHS.map((depth) => learn(depth, activation)));
draw();
console.log(`pictures: ${FOLDER}/`);

/** The mean size of a weight's gradient in every layer of a deep network, over the first batch. */
function gradientSizes(activation: Activation): number[] {
  manualSeed(SEED);
  const model = network(DEEP, activation);
  for (const [images, labels] of loader) {
    nn.functional.crossEntropy(model.forward(images) as Tensor, labels).backward();
    break;
  }
  const found = [...model.modules()].flatMap((layer) =>
    layer instanceof nn.Linear ? [(layer.weight.grad as Tensor).abs().mean().item()] : [],
  );
  const [first, last] = [found[0] as number, found.at(-1) as number];
  console.log(
    `${activation}, ${DEEP} hidden layers: mean |gradient| ${first.toExponential(1)} in the first layer, ` +
      `${last.toExponential(1)} in the last, ${(last / first).toFixed(0)} times as much`,
  );
  return found;
}

function learn(depth: number, activation: Activation): number {
  manualSeed(SEED);
  const model = network(depth, activation);
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.01, momentum: 0.9 });
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    for (const [images, labels] of loader) {
      optimizer.zeroGrad();
      nn.functional.crossEntropy(model.forward(images) as Tensor, labels).backward();
      optimizer.step();
    }
  }
  const { accuracy } = evaluate(model, testLoader, { metrics: { accuracy: new Accuracy() } });
  console.log(`${activation}, ${depth} hidden: accuracy ${accuracy.toFixed(4)} (${test.length} test images)`);
  return accuracy;
}

function draw(): void {
  const panels = { gradients: "Gradient in every layer", accuracy: "Accuracy by depth" };
  plot
    .curves(
      names.flatMap((name, i) => [
        { name, panel: panels.gradients, y: sizes[i] as number[] },
        { name, panel: panels.accuracy, x: DEPTHS, y: accuracies[i] as number[] },
      ]),
      {
        title: "The vanishing gradient",
        panels: {
          [panels.gradients]: { x: `layer, of ${DEEP + 1}`, y: "mean |gradient|", scale: "log" },
          [panels.accuracy]: { x: "hidden layers", percent: true },
        },
      },
    )
    .save(`${FOLDER}/depth.svg`);
}
