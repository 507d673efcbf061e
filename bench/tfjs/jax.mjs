/**
 * jax-js on its WASM backend as a benchmark server: the training step of the network 784-500-10, compiled as a whole by `jit`.
 * Its threads are the browser's web workers, which Node does not have, so it runs on one.
 */
import { readFileSync } from "node:fs";
import { defaultDevice, init, jit, nn, numpy as np, random, tree, valueAndGrad } from "@jax-js/jax";
import { answerRequests } from "../answer.ts";

const BATCH = 100;
const PIXELS = 784;
const HIDDEN = 500;
const CLASSES = 10;
const LEARNING_RATE = 1e-3;
const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

await init("wasm");
defaultDevice("wasm");

function crossEntropy([w1, b1, w2, b2], x, labels) {
  const hidden = nn.relu(np.matmul(x, w1).add(b1));
  const chosen = nn.logSoftmax(np.matmul(hidden, w2).add(b2), -1).mul(labels);
  return np.mean(np.sum(chosen, -1)).mul(-1);
}

/** One step of Adam; `rate` and `scale` hold the corrections of the two means for the step's number. */
const update = jit((parameters, means, squares, x, labels, rate, scale) => {
  const [loss, gradients] = valueAndGrad(crossEntropy)(tree.ref(parameters), x, labels);
  const next = parameters.map((parameter, i) => {
    const mean = means[i].mul(BETA1).add(gradients[i].ref.mul(1 - BETA1));
    const square = squares[i].mul(BETA2).add(np.square(gradients[i]).mul(1 - BETA2));
    const change = mean.ref.mul(rate.ref).div(np.sqrt(square.ref.mul(scale.ref)).add(EPSILON));
    return { parameter: parameter.sub(change), mean, square };
  });
  rate.dispose();
  scale.dispose();
  return [loss, next.map((n) => n.parameter), next.map((n) => n.mean), next.map((n) => n.square)];
});

function mlpAdamStep() {
  const shapes = [[PIXELS, HIDDEN], [HIDDEN], [HIDDEN, CLASSES], [CLASSES]];
  const uniform = (shape, seed, bound) => random.uniform(random.key(seed), shape, { minval: -bound, maxval: bound });
  let parameters = shapes.map((shape, i) => uniform(shape, i, 1 / Math.sqrt(i < 2 ? PIXELS : HIDDEN)));
  let means = shapes.map((shape) => np.zeros(shape));
  let squares = shapes.map((shape) => np.zeros(shape));
  const x = random.uniform(random.key(777), [BATCH, PIXELS]);
  const digits = np.array(
    Array.from({ length: BATCH }, (_, i) => i % CLASSES),
    { dtype: np.int32 },
  );
  const labels = nn.oneHot(digits, CLASSES);
  let count = 0;
  const step = () => {
    count++;
    const rate = np.array(LEARNING_RATE / (1 - BETA1 ** count));
    const scale = np.array(1 / (1 - BETA2 ** count));
    let loss;
    [loss, parameters, means, squares] = update(parameters, means, squares, x.ref, labels.ref, rate, scale);
    loss.dataSync(); // computes what is still pending
  };
  return { step };
}

const builders = { mlp_adam_step: mlpAdamStep };
const pinned = JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8")).dependencies;

await answerRequests(
  (name) => builders[name](),
  () => ({ "jax-js": pinned["@jax-js/jax"], threads: 1 }),
);
process.exit();
