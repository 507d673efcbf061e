/** nabla's side of `vision.ts`, by the names of `torch/vision.py`. */
import { nn, noGrad, randint, randn, type Tensor } from "nabla";
import { SimpleCNN } from "../examples/shared/simple-cnn.ts";
import type { Workload } from "./answer.ts";
import { simpleCnnTraining } from "./simple-cnn.ts";

const BATCH = 64;
const CHANNELS = 32;
const FEATURES = [BATCH, CHANNELS, 32, 32] as const;

function cnnStep(): Workload {
  const [x, y]: Tensor[] = [randn(BATCH, 3, 32, 32), randint(0, 10, [BATCH])];
  const train = simpleCnnTraining();
  return { step: () => void train(x as Tensor, y as Tensor) };
}

function cnnForward(): Workload {
  const [model, x] = [new SimpleCNN(), randn(BATCH, 3, 32, 32)];
  return { step: () => noGrad(() => void model.forward(x)) };
}

/** A layer forward and backward, with the gradients of its parameters. */
function forwardBackward(layer: nn.Module): Workload {
  const x: Tensor = randn(FEATURES).requiresGrad_();
  const g: Tensor = randn(FEATURES);
  const step = (): void => {
    x.grad = null;
    layer.zeroGrad();
    (layer.forward(x) as Tensor).backward(g);
  };
  return { step };
}

/** The workloads by name. */
export const VISION: ReadonlyMap<string, () => Workload> = new Map([
  ["cnn_step", cnnStep],
  ["cnn_forward", cnnForward],
  ["batch_norm", () => forwardBackward(new nn.BatchNorm2d(CHANNELS))],
  ["relu_backward", () => forwardBackward(new nn.ReLU())],
]);
