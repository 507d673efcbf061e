// Every statement or body is a mistake; messages.txt holds what the compiler says about it.
import { crossEntropy, mseLoss, nn, randn, type Tensor, zeros } from "nabla";

const x = randn(100, 784);
const fc1 = new nn.Linear(784, 500);
const fc2 = new nn.Linear(300, 10);
fc2.forward(fc1.forward(x));
new nn.Sequential(new nn.Linear(784, 100), new nn.ReLU(), new nn.Linear(200, 10));
new nn.Sequential(new nn.Linear(784, 100), new nn.ReLU(), new nn.Linear(100, 10)).forward(randn(64, 700));
new nn.Sequential(new nn.Flatten(), new nn.Softmax(2));
new nn.Sequential(new nn.Flatten(), new nn.Linear(4096, 10)).forward(randn(16, 3, 32, 32));
new nn.Flatten(3).forward(x);
new nn.Softmax(2).forward(x);
new nn.CrossEntropyLoss().forward(randn(100, 10), zeros(64));
new nn.CrossEntropyLoss().forward(randn(8, 10, 32, 32), zeros(8, 32));
new nn.MSELoss().forward(randn(100, 1), randn(100));
crossEntropy(randn(100, 10), randn(100, 1));
mseLoss(randn(100, 1), randn(100));

// No shape annotation at all.
export class Net extends nn.Module {
  fc1 = new nn.Linear(784, 500);
  fc2 = new nn.Linear(400, 10);
  forward(x: Tensor) {
    return this.fc2.forward(this.fc1.forward(x).relu());
  }
}

// The batch unknown, and as a type parameter.
export class UnknownBatch extends nn.Module {
  fc1 = new nn.Linear(784, 500);
  forward(x: Tensor<[number, 700]>) {
    return this.fc1.forward(x);
  }
}
export class BatchParameter extends nn.Module {
  fc1 = new nn.Linear(784, 500);
  forward<B extends number>(x: Tensor<[B, 700]>) {
    return this.fc1.forward(x);
  }
}

// Plain assignability.
let y = randn(100, 784);
y = fc1.forward(y);
export function exact(t: Tensor<[100, 784]>) {
  return t;
}
exact(randn(100, 500));
declare const n: number;
exact(randn(n, 784));
