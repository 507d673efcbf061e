import { nn, type Tensor } from "nabla";

/** Two convolutions with pooling, dropout and two linear layers: scores of ten digits for images [n, 1, 28, 28] from 0 to 1. */
export class DigitCNN extends nn.Module {
  conv1: nn.Conv2d = new nn.Conv2d(1, 32, 3, { padding: 1 });
  conv2: nn.Conv2d = new nn.Conv2d(32, 64, 3, { padding: 1 });
  pool: nn.MaxPool2d = new nn.MaxPool2d(2);
  dropout: nn.Dropout = new nn.Dropout(0.25);
  fc1: nn.Linear = new nn.Linear(64 * 7 * 7, 128);
  fc2: nn.Linear = new nn.Linear(128, 10);

  forward(x: Tensor): Tensor {
    x = this.pool.forward(this.conv1.forward(x).relu()); // [n, 32, 14, 14]
    x = this.pool.forward(this.conv2.forward(x).relu()); // [n, 64, 7, 7]
    x = this.fc1.forward(this.dropout.forward(x.flatten(1))).relu();
    return this.fc2.forward(x);
  }
}
