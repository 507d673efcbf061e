/**
 * TensorFlow.js on its WASM backend as a benchmark server: the training step of the network 784-500-10, as its guides write it.
 * It has SIMD; its threads do not start under Node (it turns them off there itself), so it runs on one.
 */
import * as tf from "@tensorflow/tfjs";
import wasm from "@tensorflow/tfjs-backend-wasm";
import { answerRequests } from "../answer.ts";

const BATCH = 100;
const PIXELS = 784;
const HIDDEN = 500;
const CLASSES = 10;

wasm.setThreadsCount(2);
await tf.setBackend("wasm");
await tf.ready();
const simd = await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT");

/** A layer's weight and bias, uniform in ±1/√inputs. */
function linear(inputs, outputs) {
  const bound = 1 / Math.sqrt(inputs);
  return [
    tf.variable(tf.randomUniform([inputs, outputs], -bound, bound)),
    tf.variable(tf.randomUniform([outputs], -bound, bound)),
  ];
}

function mlpAdamStep() {
  const x = tf.randomUniform([BATCH, PIXELS]);
  const labels = tf.oneHot(tf.randomUniform([BATCH], 0, CLASSES, "int32"), CLASSES).toFloat();
  const [w1, b1] = linear(PIXELS, HIDDEN);
  const [w2, b2] = linear(HIDDEN, CLASSES);
  const optimizer = tf.train.adam(1e-3);
  const loss = () => {
    const hidden = x.matMul(w1).add(b1).relu();
    return tf.losses.softmaxCrossEntropy(labels, hidden.matMul(w2).add(b2));
  };
  return { step: () => optimizer.minimize(loss) };
}

const builders = { mlp_adam_step: mlpAdamStep };

await answerRequests(
  (name) => builders[name](),
  () => ({ "tfjs-backend-wasm": wasm.version_wasm, simd, threads: wasm.getThreadsCount() }),
);
process.exit();
