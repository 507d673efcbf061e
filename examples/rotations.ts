/**
 * More training digits by rotation: every digit of MNIST also turned by 10° and by -10°, with cubic splines. The three-layer network by matrix
 * formulas learns them at the learning rate 0.01, whose updates of ten digits at a time add up. Then the same for other angles: too
 * large ones hurt. Writes pictures to runs/rotations/.
 */
import { cat, manualSeed, randperm, type Tensor, tensor } from "nabla";
import * as plot from "nabla/plot";
import { progress } from "nabla/train";
import { MNIST } from "nabla/vision";
import { NeuralNetwork, scaledInputs, targetsOf } from "./shared/neural-network.ts";
import { SEED, setting } from "./shared/report.ts";
import { splineRotation } from "./shared/spline-rotation.ts";

const EPOCHS = setting("EPOCHS", 8);
const HIDDEN = setting("HIDDEN", 500, 10_000);
const IMAGES = setting("IMAGES", 60_000, 60_000);
/** Epochs of the experiment with other angles; 0 leaves it out. */
const ANGLE_EPOCHS = setting("ANGLE_EPOCHS", 1, 1000, 0);
const ANGLES = [0, 5, 10, 20, 30, 45];
const LEARNING_RATE = 0.01;
const FOLDER = "runs/rotations";
const BATCH = 10;

const train = await MNIST.load({ train: true });
const test = await MNIST.load({ train: false });
const inputs = scaledInputs(train.images.narrow(0, 0, IMAGES).reshape(IMAGES, 784));
const targets = targetsOf(train.targets.narrow(0, 0, IMAGES));
const testInputs = scaledInputs(test.images.reshape(-1, 784));
const testLabels = test.targets.to("int32");

drawRotated();
if (ANGLE_EPOCHS > 0) compareAngles();
const accuracies = learn(10, EPOCHS);
plot
  .curves([{ name: "test accuracy", y: accuracies }], { title: "Trained with ±10°", x: "epoch", percent: true })
  .save(`${FOLDER}/accuracy.svg`);
console.log(`pictures: ${FOLDER}/`);
console.log(`accuracy ${accuracies.at(-1)?.toFixed(4)} (${test.length} test images)`);

/** The digits as they are, and turned both ways. */
function turned(angle: number): Tensor[] {
  return [0, angle, -angle].map((by) => (by === 0 ? inputs : splineRotation(28, by, 0.01)(inputs)));
}

/** Trains on the digits and both rotations, in an order drawn anew for every epoch; the test accuracy after every epoch. */
function learn(angle: number, epochs: number): number[] {
  const variants = angle === 0 ? [inputs] : turned(angle);
  manualSeed(SEED);
  const n = new NeuralNetwork(784, HIDDEN, 10, LEARNING_RATE);
  const accuracies: number[] = [];
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const order = randperm(IMAGES).data();
    for (const start of progress(Math.floor(IMAGES / BATCH), {
      description: `±${angle}°, epoch ${epoch}`,
      leave: false,
    })) {
      const chosen = tensor(Int32Array.from(order.subarray(start * BATCH, (start + 1) * BATCH)));
      const wanted = targets.indexSelect(0, chosen);
      for (const variant of variants) n.train(variant.indexSelect(0, chosen), wanted);
    }
    accuracies.push(n.accuracy(testInputs, testLabels));
    console.log(`±${angle}°, epoch ${epoch}: accuracy ${accuracies.at(-1)?.toFixed(4)}`);
  }
  return accuracies;
}

function compareAngles(): void {
  const accuracies = ANGLES.map((angle) => learn(angle, ANGLE_EPOCHS).at(-1) as number);
  plot
    .curves([{ name: "test accuracy", x: ANGLES, y: accuracies }], {
      title: "Rotations help up to an angle, and hurt beyond",
      subtitle: `After ${ANGLE_EPOCHS} ${ANGLE_EPOCHS === 1 ? "epoch" : "epochs"}; 0 is without rotated digits`,
      x: "degrees to both sides",
      percent: true,
    })
    .save(`${FOLDER}/angles.svg`);
}

/** The first ten digits as they are, turned by 10°, and by -10°. */
function drawRotated(): void {
  const first = turned(10).map((variant) => variant.narrow(0, 0, 10));
  plot
    .images(cat(first).reshape(30, 28, 28), {
      captions: ["", "10°", "-10°"].flatMap((angle) => Array(10).fill(angle)),
      range: [0, 1],
      colormap: "Greys",
      title: "Every digit three times",
    })
    .save(`${FOLDER}/rotated.svg`);
}
