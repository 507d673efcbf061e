/**
 * Early stopping: a network that is too large for its 2,000 digits, of which every fifth has a label drawn at random, learns the errors by heart. A
 * validation set says when: training ends once its loss has not become better for some epochs, and the best weights come back. Writes both
 * curves to runs/early-stopping/.
 */
import { manualSeed, nn, noGrad, optim, randint, randperm, type Tensor } from "nabla";
import { DataLoader, randomSplit, TensorDataset } from "nabla/data";
import * as plot from "nabla/plot";
import { EarlyStopping } from "nabla/train";
import { MNIST } from "nabla/vision";
import { SEED, setting } from "./shared/report.ts";

const EPOCHS = setting("EPOCHS", 60);
const TRAIN = setting("TRAIN", 2000, 50_000, 100);
const PATIENCE = setting("PATIENCE", 5);
const FOLDER = "runs/early-stopping";

manualSeed(SEED);
const mnist = await MNIST.load({ train: true });
const test = await MNIST.load({ train: false });
const pixels = (images: Tensor): Tensor => images.reshape(-1, 784).to("float32").div(255);
const chosen = randperm(60_000).narrow(0, 0, TRAIN * 1.5);
const inputs = pixels(mnist.images.indexSelect(0, chosen));
const targets = mnist.targets.indexSelect(0, chosen).to("int32");
for (let i = 0; i < targets.numel(); i += 5) targets.set(i, randint(0, 10, [1]).item()); // errors of measurement
const [training, validation] = randomSplit(new TensorDataset(inputs, targets), [2 / 3, 1 / 3]);

const model = new nn.Sequential(
  new nn.Linear(784, 256),
  new nn.ReLU(),
  new nn.Linear(256, 256),
  new nn.ReLU(),
  new nn.Linear(256, 10),
);
const criterion = new nn.CrossEntropyLoss();
const optimizer = new optim.Adam(model.parameters(), { lr: 1e-3 });
const loader = new DataLoader(training, { batchSize: 50, shuffle: true });
const stopping = new EarlyStopping(model, { patience: PATIENCE });
const curves = { training: [] as number[], validation: [] as number[] };
let stoppedAfter = 0;

for (let epoch = 1; epoch <= EPOCHS; epoch++) {
  let sum = 0;
  for (const [x, y] of loader) {
    const loss = criterion.forward(model.forward(x), y);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    sum += loss.item();
  }
  curves.training.push(sum / loader.length);
  curves.validation.push(lossOn(validation));
  // Here a program would `break`. This one goes on, to show what that spares it.
  if (stoppedAfter === 0 && stopping.step(curves.validation.at(-1) as number)) stoppedAfter = epoch;
}

const last = testAccuracy();
stopping.restore();
console.log(`stopped after epoch ${stoppedAfter || EPOCHS} of ${EPOCHS}; best was epoch ${stopping.bestEpoch}`);
console.log(`with the best weights: accuracy ${testAccuracy()} (${test.length} test images)`);
console.log(`with those of epoch ${EPOCHS}: accuracy ${last} (${test.length} test images)`);
plot
  .curves(
    [
      { name: "training", y: curves.training, smooth: 0 },
      { name: "validation", y: curves.validation, smooth: 0 },
    ],
    {
      title: "Learning the errors by heart",
      subtitle: `Best at epoch ${stopping.bestEpoch}; with a patience of ${PATIENCE} epochs training ends at ${stoppedAfter || EPOCHS}`,
      x: "epoch",
      y: "loss",
    },
  )
  .save(`${FOLDER}/curves.svg`);
console.log(`pictures: ${FOLDER}/`);

/** The mean loss over all of a part. */
function lossOn(part: typeof validation): number {
  return noGrad(() => {
    for (const [x, y] of new DataLoader(part, { batchSize: part.length }))
      return criterion.forward(model.forward(x), y).item();
    return Number.NaN;
  });
}

function testAccuracy(): string {
  const right = noGrad(() => model.forward(pixels(test.images)).argmax(1).eq(test.targets.to("int32")));
  return right.to("float32").mean().item().toFixed(4);
}
