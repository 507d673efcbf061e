// Networks as learners write them, from no annotation at all to sizes that are type parameters.
import { nn, randint, randn, type Tensor } from "nabla";
import { is } from "../equal.ts";

class Plain extends nn.Module {
  fc1 = new nn.Linear(784, 500);
  relu = new nn.ReLU();
  fc2 = new nn.Linear(500, 10);
  forward(x: Tensor) {
    const h = this.relu.forward(this.fc1.forward(x));
    return this.fc2.forward(h);
  }
}

class UnknownBatch extends nn.Module {
  fc1 = new nn.Linear(784, 500);
  fc2 = new nn.Linear(500, 10);
  forward(x: Tensor<[number, 784]>) {
    return this.fc2.forward(this.fc1.forward(x).relu());
  }
}

class BatchParameter extends nn.Module {
  fc1 = new nn.Linear(784, 500);
  fc2 = new nn.Linear(500, 10);
  forward<B extends number>(x: Tensor<[B, 784]>) {
    const h = this.fc1.forward(x).relu();
    is<Tensor<[B, 500]>>()(h);
    return this.fc2.forward(h);
  }
}

class SizesFromVariables extends nn.Module {
  fc1;
  fc2;
  constructor(inputs: number, hidden: number, classes: number) {
    super();
    this.fc1 = new nn.Linear(inputs, hidden);
    this.fc2 = new nn.Linear(hidden, classes);
  }
  forward(x: Tensor) {
    return this.fc2.forward(this.fc1.forward(x).relu());
  }
}

class SizesAsParameters<I extends number, H extends number, O extends number> extends nn.Module {
  fc1;
  fc2;
  constructor(inputs: I, hidden: H, outputs: O) {
    super();
    this.fc1 = new nn.Linear(inputs, hidden);
    this.fc2 = new nn.Linear(hidden, outputs);
  }
  forward<B extends number>(x: Tensor<[B, I]>) {
    return this.fc2.forward(this.fc1.forward(x).relu());
  }
}

const images = randn(100, 784);
const labels = randint(0, 10, [100]);
is<Tensor<[...number[], 10]>>()(new Plain().forward(images));
is<Tensor<[number, 10]>>()(new UnknownBatch().forward(images));
is<Tensor<[100, 10]>>()(new BatchParameter().forward(images));
is<Tensor<[...number[], number]>>()(new SizesFromVariables(784, 500, 10).forward(images));
is<Tensor<[100, 10]>>()(new SizesAsParameters(784, 500, 10).forward(images));

const criterion = new nn.CrossEntropyLoss();
is<Tensor<[]>>()(criterion.forward(new Plain().forward(images), labels));
is<Tensor<[]>>()(criterion.forward(new UnknownBatch().forward(images), labels));
criterion.forward(new BatchParameter().forward(images), labels).backward();
criterion.forward(new SizesFromVariables(784, 500, 10).forward(images), labels).backward();

/** Reassigning works with the plain type, as in PyTorch's tutorials. */
export function reassigned(net: Plain, x: Tensor) {
  x = x.reshape(-1, 784);
  x = net.fc1.forward(x);
  x = x.relu();
  x = net.fc2.forward(x);
  return x;
}

/** A training loop over whatever a loader yields. */
export function train(model: nn.Module, data: Iterable<[Tensor, Tensor]>) {
  for (const [x, y] of data) {
    const out = model.forward(x.reshape(-1, 784));
    criterion.forward(out, y).backward();
  }
}
train(new Plain(), []);
train(new nn.Sequential(new nn.Linear(784, 10)), [[images, labels]]);

// Labels of an unknown batch fit logits of a known one, and the other way round.
declare const someLabels: Tensor<[number]>;
declare const someImages: Tensor<[number, 784]>;
criterion.forward(new BatchParameter().forward(images), someLabels);
criterion.forward(new BatchParameter().forward(someImages), labels);

class VAE extends nn.Module {
  fc1 = new nn.Linear(784, 400);
  mu = new nn.Linear(400, 20);
  logVar = new nn.Linear(400, 20);
  fc3 = new nn.Linear(20, 400);
  fc4 = new nn.Linear(400, 784);
  forward(x: Tensor) {
    const h = this.fc1.forward(x).relu();
    const mu = this.mu.forward(h);
    const logVar = this.logVar.forward(h);
    const z = mu.add(logVar.mul(0.5).exp());
    return [this.fc4.forward(this.fc3.forward(z).relu()).sigmoid(), mu, logVar] as const;
  }
}
const [decoded, mu, logVar] = new VAE().forward(images);
new nn.MSELoss().forward(decoded, images).backward();
is<Tensor<[]>>()(logVar.add(1).sub(mu.mul(mu)).sub(logVar.exp()).sum().mul(-0.5));
