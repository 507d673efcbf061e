/**
 * Handwritten digits with a large network (784-1568-1568-10) that sees one random image at a time, 50,000 times. As a program full of faults
 * has it; with the faults of its code repaired; and with a learning rate that suits single images. VARIANT=written, repaired or right runs
 * one of the three alone. Writes the course of the training to runs/mnist-one-by-one/.
 */
import { manualSeed, nn, noGrad, optim, randint, type Tensor, zeros } from "nabla";
import { DataLoader } from "nabla/data";
import * as plot from "nabla/plot";
import { Accuracy, evaluate, progress } from "nabla/train";
import { MNIST, transforms } from "nabla/vision";
import { SEED, setting } from "./shared/report.ts";

const STEPS = setting("STEPS", 50_000, 10_000_000, 2);
const TESTS = setting("TESTS", 5000, 10_000, 2);
const UNITS = setting("UNITS", 1568, 10_000);
const FOLDER = "runs/mnist-one-by-one";
const VARIANTS = ["written", "repaired", "right"] as const;
type Variant = (typeof VARIANTS)[number];
const wanted = VARIANTS.filter((variant) => [undefined, variant].includes(process.env.VARIANT as Variant | undefined));
if (wanted.length === 0) throw new Error(`VARIANT: one of ${VARIANTS.join(", ")}; got ${process.env.VARIANT}`);

class NeuralNetwork extends nn.Module {
  inputLayer = new nn.Linear(784, UNITS);
  activation = new nn.ReLU();
  hiddenLayers = [new nn.Linear(UNITS, UNITS)];
  outputLayer = new nn.Linear(UNITS, 10);
  readonly faulty: boolean;

  constructor(faulty: boolean) {
    super();
    this.faulty = faulty;
  }

  forward(x: Tensor): Tensor {
    x = this.inputLayer.forward(x);
    x = this.activation.forward(x);
    for (const layer of this.hiddenLayers) {
      x = layer.forward(x);
      if (this.faulty)
        this.activation.forward(x); // the result is thrown away
      else x = this.activation.forward(x);
    }
    return this.outputLayer.forward(x);
  }

  /** What the optimizer gets: of layers in a plain Python list PyTorch knows nothing, so that they stay as they were drawn. */
  *trained(): Generator<nn.Parameter> {
    for (const [name, parameter] of this.namedParameters()) {
      if (!(this.faulty && name.startsWith("hiddenLayers"))) yield parameter;
    }
  }
}

const transform = new transforms.ToTensor();
const trainData = await MNIST.load({ train: true, transform });
const testData = await MNIST.load({ train: false, transform });
const courses = wanted.map((variant) => ({ name: variant, y: run(variant) }));
plot
  .curves(courses, {
    title: "MNIST, one image at a time",
    x: "100 steps",
    y: "mean cross-entropy of 100 steps",
    scale: "log",
  })
  .save(`${FOLDER}/loss.svg`);
console.log(`pictures: ${FOLDER}/`);

/** Trains one variant and says how it does; the mean loss of every 100 steps. */
function run(variant: Variant): number[] {
  manualSeed(SEED);
  const faulty = variant === "written";
  const network = new NeuralNetwork(faulty);
  const lossFunction = new nn.CrossEntropyLoss();
  const optimizer = new optim.Adam(network.trained(), { lr: variant === "right" ? 2e-4 : 0.01 });
  const step = (data: MNIST, index: number): { loss: number; output: Tensor; label: number } => {
    const [image, label] = data.get(index);
    const x = image.view(1, 784);
    const y = zeros(1, 10);
    y.set([0, label], 1);
    optimizer.zeroGrad();
    const output = network.forward(x);
    const loss = lossFunction.forward(output, y);
    loss.backward();
    optimizer.step();
    return { loss: loss.item(), output, label };
  };

  const losses: number[] = [];
  let sum = 0;
  const bar = progress(STEPS, { description: `${variant}, loss: --` });
  for (const i of bar) {
    if (variant === "right") (optimizer.paramGroups[0] as { lr: number }).lr = 2e-4 * (1 - i / STEPS);
    const { loss } = step(trainData, randint(0, 60_000, [1]).item());
    sum += loss;
    if (i % 100 === 0) bar.setDescription(`${variant}, loss: ${loss.toFixed(3)}`);
    if (i % 100 === 99 || i === STEPS - 1) {
      losses.push(sum / ((i % 100) + 1));
      sum = 0;
    }
  }

  const loader = new DataLoader(testData, { batchSize: 500 });
  const { accuracy } = evaluate(network, loader, {
    forward: ([images]) => network.forward(images.reshape(-1, 784)),
    metrics: { accuracy: new Accuracy() },
  });
  console.log(`${variant}: accuracy ${accuracy.toFixed(4)} (10000 test images)`);
  if (faulty) {
    let end = 0;
    for (let i = 0; i < TESTS; i++) {
      const { output, label } = step(testData, i); // a test that goes on training
      if (noGrad(() => output.argmax(1).item()) === label) end++;
    }
    console.log(
      `${variant}: ${((end / (TESTS - 1)) * 100).toFixed(2)} % by its own test, which trains on ${TESTS} test images`,
    );
  }
  return losses;
}
