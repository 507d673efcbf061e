/** The names that examples take for granted: what the package exports, and a small network with its data. */
import * as data from "../../src/data/index.ts";
import * as nabla from "../../src/index.ts";
import * as plot from "../../src/plot/index.ts";
import * as train from "../../src/train/index.ts";
import * as vision from "../../src/vision/index.ts";

/** Fresh values for one example; files go into `folder`. */
export function scope(folder: string): Record<string, unknown> {
  const { manualSeed, nn, optim, rand, randint, randn, save, tensor } = nabla;
  manualSeed(0);
  const model = new nn.Sequential(new nn.Linear(784, 8), new nn.ReLU(), new nn.Linear(8, 10));
  const images = rand(4, 784);
  const labels = randint(0, 10, [4]);
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.01 });
  save(model.stateDict(), `${folder}/model.safetensors`);
  const x = tensor([
    [1, 2],
    [3, 4],
  ]);
  const h = randn([3], { requiresGrad: true }).mul(2);
  return { ...nabla, ...data, ...vision, ...train, ...plot, plot, model, images, labels, optimizer, x, h };
}
