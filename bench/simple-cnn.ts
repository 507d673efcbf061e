/** The training that the benchmarks measure: the network of `examples/cifar10-cnn.ts`, as in `torch/vision.py`. */
import { nn, optim, type Tensor } from "nabla";
import { SimpleCNN } from "../examples/shared/simple-cnn.ts";

/** One step of its training: forward, loss, backward, SGD with momentum. Gives the loss. */
export function simpleCnnTraining(): (images: Tensor, labels: Tensor) => Tensor {
  const model = new SimpleCNN();
  const criterion = new nn.CrossEntropyLoss();
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.01, momentum: 0.9 });
  return (images, labels) => {
    const loss = criterion.forward(model.forward(images), labels);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    return loss;
  };
}
