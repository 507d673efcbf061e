/** The small convolutional network that the benchmarks train, as in `examples/cifar10-cnn.ts` and `torch/vision.py`. */
import { nn, optim, type Tensor } from "nabla";

export class SimpleCNN extends nn.Module {
  readonly conv1: nn.Module = new nn.Conv2d(3, 32, 3, { padding: 1 });
  readonly conv2: nn.Module = new nn.Conv2d(32, 64, 3, { padding: 1 });
  readonly pool: nn.Module = new nn.MaxPool2d(2);
  readonly fc1: nn.Module = new nn.Linear(64 * 8 * 8, 512);
  readonly fc2: nn.Module = new nn.Linear(512, 10);

  forward(x: Tensor): Tensor {
    const once: Tensor = this.pool.forward((this.conv1.forward(x) as Tensor).relu());
    const twice: Tensor = this.pool.forward((this.conv2.forward(once) as Tensor).relu());
    return this.fc2.forward((this.fc1.forward(twice.flatten(1)) as Tensor).relu()) as Tensor;
  }
}

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
