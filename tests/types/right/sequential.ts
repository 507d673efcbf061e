// Lists of layers: the shape goes from one to the next.
import { nn, randn, type Tensor } from "nabla";
import { is } from "../equal.ts";

const model = new nn.Sequential(
  new nn.Linear(784, 100),
  new nn.ReLU(),
  new nn.Linear(100, 100),
  new nn.Tanh(),
  new nn.Dropout(0.2),
  new nn.Linear(100, 10),
  new nn.Softmax(1),
);
is<Tensor<[64, 10]>>()(model.forward(randn(64, 784)));
declare const unknown: Tensor;
is<Tensor<[...number[], 10]>>()(model.forward(unknown));

const nested = new nn.Sequential(model, new nn.Sigmoid(), new nn.Linear(10, 2));
is<Tensor<[64, 2]>>()(nested.forward(randn(64, 784)));

const flat = new nn.Sequential(new nn.Flatten(), new nn.Linear(3072, 10));
is<Tensor<[16, 10]>>()(flat.forward(randn(16, 3, 32, 32)));

// A user's module takes part with what its `forward` declares.
class Head extends nn.Module {
  fc = new nn.Linear(10, 5);
  forward(x: Tensor<[number, 10]>) {
    return this.fc.forward(x);
  }
}
class Loose extends nn.Module {
  forward(x: Tensor) {
    return x;
  }
}
const mixed = new nn.Sequential(model, new Head(), new nn.Linear(5, 3), new Loose(), new nn.Linear(7, 2));
is<Tensor<[...number[], 2]>>()(mixed.forward(randn(64, 784)));

// A list built in a loop.
const layers: nn.Module[] = [];
for (const n of [1, 2, 3]) layers.push(new nn.Linear(10 * n, 10 * n + 10));
const built = new nn.Sequential(...layers);
is<Tensor>()(built.forward(randn(64, 10)));

// The bare class names are types.
export let linear: nn.Linear = new nn.Linear(784, 500);
linear = new nn.Linear(3, 4);
linear.forward(randn(3, 5));
export const sequential: nn.Sequential = new nn.Sequential(new nn.Linear(784, 500));
sequential.forward(randn(3, 5));
const blocks = [new nn.Linear(10, 20), new nn.ReLU(), new nn.Linear(20, 30)];
export function through(x: Tensor) {
  const list: nn.Module[] = blocks;
  for (const block of list) x = block.forward(x);
  return x;
}

// A fixed number of sizes of one union.
declare const wide: boolean;
const hidden = wide ? 100 : 200;
const a = new nn.Linear(784, hidden);
const b = new nn.Linear(hidden, 10);
is<Tensor<[5, 10]>>()(b.forward(a.forward(randn(5, 784))));

class Mine<I extends number, O extends number> extends nn.Linear<I, O> {}
is<Tensor<[2, 4]>>()(new Mine(3, 4).forward(randn(2, 3)));
