/** The names that examples take for granted: what the package exports, and a small network with its data. */
import { writeFileSync } from "node:fs";
import * as data from "../../src/data/index.ts";
import * as nabla from "../../src/index.ts";
import * as plot from "../../src/plot/index.ts";
import * as train from "../../src/train/index.ts";
import * as vision from "../../src/vision/index.ts";

/** Examples that do not run, with the reason. */
export const NOT_RUN: Readonly<Record<string, string>> = {
  CIFAR100: "downloads the images",
  FashionMNIST: "downloads the images",
};

/** Fresh values for one example; files go into `folder`, which examples run in. */
export function scope(folder: string): Record<string, unknown> {
  const { manualSeed, nn, optim, rand, randint, save, tensor, zeros } = nabla;
  manualSeed(0);
  const model = new nn.Sequential(new nn.Linear(784, 8), new nn.ReLU(), new nn.Linear(8, 10));
  const images = rand(4, 784);
  const labels = randint(0, 10, [4]);
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.01 });
  const loader = new data.DataLoader(new data.TensorDataset(images, labels), { batchSize: 2 });
  const step = (inputs: nabla.Tensor, targets: nabla.Tensor): number => {
    optimizer.zeroGrad();
    const loss = nabla.crossEntropy(model.forward(inputs), targets);
    loss.backward();
    optimizer.step();
    return loss.item();
  };
  save(model.stateDict(), `${folder}/model.safetensors`);
  writeFileSync(`${folder}/iris.csv`, "length,width,species\n5.1,3.5,setosa\n7,3.2,versicolor\n6.3,3.3,virginica\n");
  const x = tensor([
    [1, 2],
    [3, 4],
  ]);
  const w = zeros([2], { requiresGrad: true });
  const losses = [2.3, 1.1, 0.6];
  const accuracies = [0.7, 0.9];
  const own = { model, images, labels, optimizer, loader, step, x, w, losses, accuracies };
  return { ...nabla, ...data, ...vision, ...train, ...nabla.autograd, plot, ...own };
}
