import { nn, type Tensor } from "nabla";

/** Two convolutions with pooling and two linear layers: scores of ten classes for images [n, 3, 32, 32]. */
export class SimpleCNN extends nn.Module {
  conv1: nn.Conv2d = new nn.Conv2d(3, 32, 3, { padding: 1 });
  conv2: nn.Conv2d = new nn.Conv2d(32, 64, 3, { padding: 1 });
  pool: nn.MaxPool2d = new nn.MaxPool2d(2);
  fc1: nn.Linear = new nn.Linear(64 * 8 * 8, 512);
  fc2: nn.Linear = new nn.Linear(512, 10);

  forward(x: Tensor): Tensor {
    x = this.fc1.forward(this.layers(x).pool2.flatten(1)).relu();
    return this.fc2.forward(x);
  }

  /** What the convolutions and the pooling make of the images. */
  layers(x: Tensor): Record<"conv1" | "pool1" | "conv2" | "pool2", Tensor> {
    const conv1 = this.conv1.forward(x).relu();
    const pool1 = this.pool.forward(conv1); // [n, 32, 16, 16]
    const conv2 = this.conv2.forward(pool1).relu();
    const pool2 = this.pool.forward(conv2); // [n, 64, 8, 8]
    return { conv1, pool1, conv2, pool2 };
  }
}
