// A whole training run beside PyTorch's (make-training.py): the same weights at the start, batches, dropout masks, losses and
// weights at the end.
import { readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { DataLoader } from "../../src/data/index.ts";
import { manualSeed, nn, noGrad, optim, type Tensor } from "../../src/index.ts";
import { MNIST, transforms } from "../../src/vision/index.ts";
import { misses } from "./misses.ts";

interface Run {
  order: number[];
  losses: string;
  correct: number;
  firstSums: string;
  firstSome: string;
  firstBias: string;
  last: string;
  lastBias: string;
}
const { seed, runs } = JSON.parse(readFileSync(new URL("fixtures/training-seed777.json", import.meta.url), "utf8")) as {
  seed: number;
  runs: Record<string, Run>;
};

let images: Tensor;
let labels: Tensor;
beforeAll(async () => {
  const all = await MNIST.load({ train: false, transform: new transforms.ToTensor(), download: false });
  const [loader] = [new DataLoader(all, { batchSize: 200 })];
  [images, labels] = [...take(loader, 1)][0] as [Tensor, Tensor];
});

function* take<T>(values: Iterable<T>, count: number): Generator<T> {
  let left = count;
  for (const value of values) {
    if (left-- === 0) return;
    yield value;
  }
}

const OPTIMIZERS: Record<string, (net: nn.Module) => optim.Optimizer<object>> = {
  adam: (net) => new optim.Adam(net.parameters(), { lr: 1e-3 }),
  sgd: (net) => new optim.SGD(net.parameters(), { lr: 0.05, momentum: 0.9 }),
};

test.each(Object.keys(runs))("%s", (name) => {
  const run = runs[name] as Run;
  manualSeed(seed);
  const [first, last] = [new nn.Linear(784, 24), new nn.Linear(24, 10)];
  const net: nn.Module = new nn.Sequential(new nn.Flatten(), first, new nn.ReLU(), new nn.Dropout(0.2), last);
  const optimizer = (OPTIMIZERS[name] as (net: nn.Module) => optim.Optimizer<object>)(net);
  const criterion = new nn.CrossEntropyLoss();
  const dataset = {
    length: 200,
    get: (i: number): [Tensor, number] => [images.select(0, i), labels.select(0, i).item()],
  };
  const losses: number[] = [];
  const order: number[] = [];
  for (let epoch = 0; epoch < 4; epoch++) {
    for (const [x, y] of new DataLoader(dataset, { batchSize: 32, shuffle: true })) {
      const loss = criterion.forward(net.forward(x), y);
      optimizer.zeroGrad();
      loss.backward();
      optimizer.step();
      losses.push(loss.item());
      if (epoch === 0) order.push(...y.data());
    }
  }
  expect(order).toEqual(run.order);
  expect(misses(losses, run.losses)).toEqual([]);
  net.eval();
  const correct = noGrad(() => (net.forward(images) as Tensor).argmax(1).eq(labels).sum().item());
  expect(correct).toBe(run.correct);
  const weight = first.weight.data();
  expect(misses(first.weight.detach().to("float64").sum(1).data(), run.firstSums)).toEqual([]);
  expect(
    misses(
      weight.filter((_, i) => i % 61 === 0),
      run.firstSome,
    ),
  ).toEqual([]);
  expect(misses((first.bias as Tensor).data(), run.firstBias)).toEqual([]);
  expect(misses(last.weight.data(), run.last)).toEqual([]);
  expect(misses((last.bias as Tensor).data(), run.lastBias)).toEqual([]);
});
