// From a CSV file to the last weight beside PyTorch's run (make-iris.py): split, statistics, batches, dropout masks, losses and weights.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { DataLoader, type Dataset, randomSplit, readCsv, StandardScaler, TensorDataset } from "../../src/data/index.ts";
import { Generator, manualSeed, nn, noGrad, optim, type Tensor, tensor } from "../../src/index.ts";
import { misses } from "./misses.ts";

interface Run {
  train: number[];
  test: number[];
  mean: string;
  std: string;
  start: string[];
  rows: number[][];
  losses: string;
  end: string[];
  correct: number;
}

const fixture = (name: string): URL => new URL(`fixtures/${name}`, import.meta.url);
const { seed, runs } = JSON.parse(readFileSync(fixture("iris-seed777.json"), "utf8")) as {
  seed: number;
  runs: Record<string, Run>;
};

const OPTIMIZERS: Record<string, (net: nn.Module) => optim.Optimizer<object>> = {
  adam: (net) => new optim.Adam(net.parameters(), { lr: 0.01 }),
  sgd_momentum: (net) => new optim.SGD(net.parameters(), { lr: 0.05, momentum: 0.9 }),
};

const iris = readCsv(fileURLToPath(fixture("iris.csv")), { y: "species", types: { species: "category" } });

/** All samples as one batch, without a draw from the default generator. */
function whole(part: Dataset<[Tensor, Tensor]>): [Tensor, Tensor] {
  const [batch] = [...new DataLoader(part, { batchSize: part.length, generator: new Generator() })];
  return batch as [Tensor, Tensor];
}

test("the table", () => {
  expect(iris.length).toBe(150);
  expect(iris.columns).toEqual(["sepalLength", "sepalWidth", "petalLength", "petalWidth"]);
  expect(iris.classes).toEqual({ species: ["setosa", "versicolor", "virginica"] });
});

test.each(Object.keys(runs))("%s", (name) => {
  const run = runs[name] as Run;
  manualSeed(seed);
  const [train, held] = randomSplit(new TensorDataset(iris.x, iris.y), [120, 30]);
  expect([train.indices, held.indices]).toEqual([run.train, run.test]);

  const [x, y] = whole(train);
  const [heldX, heldY] = whole(held);
  const scaler = new StandardScaler({ correction: 1 }).fit(x);
  expect(misses(scaler.mean.data(), run.mean)).toEqual([]);
  expect(misses(scaler.std.data(), run.std)).toEqual([]);

  const places: Tensor = tensor(Int32Array.from(run.train));
  const dataset = new TensorDataset(scaler.transform(x), y, places);
  const net = new nn.Sequential(new nn.Linear(4, 16), new nn.ReLU(), new nn.Dropout(0.2), new nn.Linear(16, 3));
  const weights = (encoded: string[]): string[][] =>
    net.parameters().map((parameter, i) => misses(parameter.data(), encoded[i] as string));
  expect(weights(run.start)).toEqual([[], [], [], []]);

  const optimizer = (OPTIMIZERS[name] as (net: nn.Module) => optim.Optimizer<object>)(net);
  const criterion = new nn.CrossEntropyLoss();
  const rows: number[][] = [];
  const losses: number[] = [];
  for (let epoch = 0; epoch < 5; epoch++) {
    for (const [inputs, targets, chosen] of new DataLoader(dataset, { batchSize: 16, shuffle: true })) {
      const loss = criterion.forward(net.forward(inputs) as Tensor, targets);
      optimizer.zeroGrad();
      loss.backward();
      optimizer.step();
      rows.push([...chosen.data()]);
      losses.push(loss.item());
    }
  }
  expect(rows).toEqual(run.rows);
  expect(misses(losses, run.losses)).toEqual([]);
  expect(weights(run.end)).toEqual([[], [], [], []]);
  net.eval();
  const correct = noGrad(() => (net.forward(scaler.transform(heldX)) as Tensor).argmax(1).eq(heldY).sum().item());
  expect(correct).toBe(run.correct);
});
