/** A small network on real digits: the same program in Node and in a page. */
import { manualSeed, nn, optim, type Tensor } from "nabla";
import { DataLoader } from "nabla/data";
import { MNIST, transforms } from "nabla/vision";

class Net extends nn.Module {
  fc1 = new nn.Linear(784, 64);
  drop = new nn.Dropout(0.2);
  fc2 = new nn.Linear(64, 10);
  forward(x: Tensor): Tensor {
    const hidden = this.fc1.forward(x.reshape(-1, 784)).relu();
    return this.fc2.forward(this.drop.forward(hidden));
  }
}

/** The losses of an epoch on MNIST's test images; `root` is where their files are. Timers get a turn after every step. */
export async function train(root: string): Promise<number[]> {
  manualSeed(777);
  const digits = await MNIST.load({ train: false, root, transform: new transforms.ToTensor() });
  const loader = new DataLoader(digits, { batchSize: 100, shuffle: true });
  const net = new Net();
  const loss = new nn.CrossEntropyLoss();
  const optimizer = new optim.Adam(net.parameters(), { lr: 1e-3 });
  const losses: number[] = [];
  for (const [images, labels] of loader) {
    const value = loss.forward(net.forward(images as Tensor), labels as Tensor);
    optimizer.zeroGrad();
    value.backward();
    optimizer.step();
    losses.push(value.item());
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  return losses;
}
