/**
 * What the three-layer network by matrix formulas makes of its settings: test accuracy against the learning rate, the epochs, both, and the
 * number of hidden nodes. The trials run in several processes, and a sweep that was stopped goes on with NABLA_RESUME=1. Writes tables and
 * pictures to runs/sweeps/.
 */
import { manualSeed } from "nabla";
import * as plot from "nabla/plot";
import { sweep } from "nabla/train";
import { MNIST } from "nabla/vision";
import { NeuralNetwork, scaledInputs, targetsOf } from "./shared/neural-network.ts";
import { SEED, setting } from "./shared/report.ts";

const EPOCHS = setting("EPOCHS", 7);
const HIDDEN_EPOCHS = setting("HIDDEN_EPOCHS", 5);
const IMAGES = setting("IMAGES", 60_000, 60_000);
const FOLDER = "runs/sweeps";
const BATCH = 10;

const train = await MNIST.load({ train: true });
const test = await MNIST.load({ train: false });

/** Trains with the settings; the test accuracy after every epoch. */
function accuracies(learningRate: number, hidden: number, epochs: number, seed: number): number[] {
  manualSeed(seed);
  const n = new NeuralNetwork(784, hidden, 10, learningRate);
  const inputs = scaledInputs(train.images.narrow(0, 0, IMAGES).reshape(IMAGES, 784));
  const targets = targetsOf(train.targets.narrow(0, 0, IMAGES));
  const [testInputs, testLabels] = [scaledInputs(test.images.reshape(-1, 784)), test.targets.to("int32")];
  return Array.from({ length: epochs }, () => {
    for (let i = 0; i + BATCH <= IMAGES; i += BATCH) n.train(inputs.narrow(0, i, BATCH), targets.narrow(0, i, BATCH));
    return n.accuracy(testInputs, testLabels);
  });
}

// One trial per learning rate measures all numbers of epochs on its way.
const rates = await sweep(
  { lr: [0.01, 0.05, 0.1, 0.2, 0.3, 0.6] },
  ({ lr }) => Object.fromEntries(accuracies(lr, 200, EPOCHS, SEED).map((accuracy, i) => [`epoch ${i + 1}`, accuracy])),
  { folder: `${FOLDER}/rates` },
);
const both = rates.trials.flatMap(({ config, values }) =>
  Object.entries(values).map(([name, accuracy]) => ({ lr: config.lr, epochs: Number(name.slice(6)), accuracy })),
);
const nodes = await sweep(
  { hidden: [10, 50, 100, 200, 500] },
  ({ hidden }) => ({ accuracy: accuracies(0.1, hidden, HIDDEN_EPOCHS, SEED).at(-1) as number }),
  { folder: `${FOLDER}/nodes` },
);
const hidden = nodes.trials.map(({ config, values }) => ({ hidden: config.hidden, accuracy: values.accuracy }));
console.log(rates.table());
console.log(nodes.table());

const last = both.filter(({ epochs }) => epochs === EPOCHS);
const usual = both.filter(({ lr }) => lr === 0.1);
plot.sweep(last, ["lr"], { title: `Accuracy against the learning rate, ${EPOCHS} epochs` }).save(`${FOLDER}/lr.svg`);
plot.sweep(usual, ["epochs"], { title: "Accuracy against the epochs, learning rate 0.1" }).save(`${FOLDER}/epochs.svg`);
plot.sweep(both, ["lr", "epochs"], { title: "Accuracy against both" }).save(`${FOLDER}/both.svg`);
plot
  .sweep(hidden, ["hidden"], { title: `Accuracy against the hidden nodes, ${HIDDEN_EPOCHS} epochs` })
  .save(`${FOLDER}/hidden.svg`);
console.log(`pictures: ${FOLDER}/`);
