/**
 * Handwritten digits with an nn.Sequential: 784-100-100-10, Adam, batches of 100, 3 epochs, and the whole test set at once. With two
 * habits to look at: testing on pixels from 0 to 255 after training on 0 to 1, and adding up the cost as a tensor, which keeps the graph of
 * every step. Writes pictures to runs/mnist-sequential/.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { manualSeed, nn, noGrad, optim, type Tensor } from "nabla";
import { DataLoader, Subset } from "nabla/data";
import * as plot from "nabla/plot";
import { MNIST, transforms } from "nabla/vision";
import { SEED, setting } from "./shared/report.ts";

const EPOCHS = setting("EPOCHS", 3);
const IMAGES = setting("IMAGES", 60_000, 60_000);
const FOLDER = "runs/mnist-sequential";
const BATCH = 100;

class MLP extends nn.Module {
  model = new nn.Sequential(
    new nn.Linear(784, 100),
    new nn.ReLU(),
    new nn.Linear(100, 100),
    new nn.ReLU(),
    new nn.Linear(100, 10),
  );

  forward(x: Tensor) {
    return this.model.forward(x) as Tensor;
  }
}

const train = await MNIST.load({ train: true, transform: new transforms.ToTensor() });
const test = await MNIST.load({ train: false, transform: new transforms.ToTensor() });
const loader = new DataLoader(new Subset(train, Array(IMAGES).keys()), { batchSize: BATCH, shuffle: true });
/** Steps between two looks at the memory: ten in an epoch. */
const LOOK = Math.max(1, Math.floor(loader.length / 10));
setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");
const model = learn("as a tensor");
evaluate(model);
drawMemory();
console.log(`pictures: ${FOLDER}/`);

/** How the cost of an epoch is added up, and the memory held at ten places of it. */
type Adding = "as a tensor" | "as a number" | "as a tensor, with whole graphs";
function learn(adding: Adding, epochs = EPOCHS, memory?: number[]): MLP {
  manualSeed(SEED);
  const model = new MLP();
  const criterion = new nn.CrossEntropyLoss();
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });
  for (let epoch = 1; epoch <= epochs; epoch++) {
    let avgCost: Tensor | number = 0;
    const totalBatch = loader.length;
    let step = 0;
    for (const [images, labels] of loader) {
      const xTrain = images.view(-1, 28 * 28);
      const outputs = model.forward(xTrain);
      const cost = criterion.forward(outputs, labels);

      optimizer.zeroGrad();
      cost.backward(undefined, { retainGraph: adding === "as a tensor, with whole graphs" });
      optimizer.step();

      avgCost =
        adding === "as a number" ? (avgCost as number) + cost.item() / totalBatch : cost.div(totalBatch).add(avgCost);
      if (++step % LOOK === 0) memory?.push(heldMemory());
    }
    const value = typeof avgCost === "number" ? avgCost : avgCost.item();
    if (memory === undefined) console.log(`Epoch: ${String(epoch).padStart(4, "0")} cost = ${value.toFixed(9)}`);
  }
  if (memory === undefined) console.log("Learning finished");
  return model;
}

/** What one epoch holds in memory when the cost is a number, a tensor whose graph backward() has emptied, or one with whole graphs. */
function drawMemory(): void {
  const ways: Adding[] = ["as a number", "as a tensor", "as a tensor, with whole graphs"];
  learn("as a number", 1, []); // what is made only once is there before anything is measured
  const series = ways.map((name) => {
    const before = heldMemory();
    const held: number[] = [];
    learn(name, 1, held);
    const y = held.map((megabytes) => megabytes - before);
    console.log(`cost added up ${name}: ${y.at(-1)?.toFixed(1)} MB held at the end of an epoch`);
    return { name, x: y.map((_, i) => LOOK * (i + 1)), y };
  });
  plot
    .curves(series, { title: "Memory held while the cost of an epoch is added up", x: "step", y: "MB" })
    .save(`${FOLDER}/memory.svg`);
}

/** The memory that is still in use after the garbage is collected, in MB. */
function heldMemory(): number {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 2 ** 20;
}

/** The whole test set at once: with the bytes as they are, and brought to 0 to 1 as in the training. */
function evaluate(model: MLP): void {
  const accuracy = (x: Tensor): number =>
    noGrad(() => model.forward(x).argmax(1).eq(test.targets.to("int32")).to("float32").mean().item());
  const bytes = test.images.view(-1, 28 * 28).to("float32");
  const sure = (x: Tensor): number => noGrad(() => model.forward(x).softmax(1).max(1).values.mean().item());
  console.log(
    `Accuracy: ${accuracy(bytes).toFixed(4)} on pixels from 0 to 255; mean confidence ${sure(bytes).toFixed(4)}`,
  );
  const scaled = bytes.div(255);
  console.log(
    `Accuracy: ${accuracy(scaled).toFixed(4)} on pixels from 0 to 1; mean confidence ${sure(scaled).toFixed(4)}`,
  );
}
