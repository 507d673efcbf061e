/**
 * A network learns y = x² + 3 from 1,000 noisy points: 1-6-10-6-1 with ReLU and L1 loss, over all points at once. Plain gradient descent
 * needs its 10,000 steps and is not done; Adam with the same network is, long before. Writes both fits and the course of the losses to
 * runs/curve-x2/.
 */
import { linspace, manualSeed, nn, noGrad, optim, randn, type Tensor, zeros } from "nabla";
import * as plot from "nabla/plot";
import { SEED, setting } from "./shared/report.ts";

const STEPS = setting("STEPS", 10_000, 1_000_000);
const FOLDER = "runs/curve-x2";

manualSeed(SEED);
const x = zeros(1000, 1).uniform_(-15, 15);
const truth = x.pow(2).add(3);
const y = truth.add(randn(1000, 1));
const lossFunction = new nn.L1Loss();

const sgd = train("SGD 0.0002", (parameters) => new optim.SGD(parameters, { lr: 0.0002 }));
const adam = train("Adam 0.01", (parameters) => new optim.Adam(parameters, { lr: 0.01 }));
console.log(`mean distance of the noisy points from x² + 3: ${lossFunction.forward(y, truth).item().toFixed(3)}`);
draw();
console.log(`pictures: ${FOLDER}/`);

function train(name: string, optimizerOf: (parameters: Iterable<nn.Parameter>) => optim.SGD | optim.Adam) {
  manualSeed(SEED);
  const model = new nn.Sequential(
    new nn.Linear(1, 6),
    new nn.ReLU(),
    new nn.Linear(6, 10),
    new nn.ReLU(),
    new nn.Linear(10, 6),
    new nn.ReLU(),
    new nn.Linear(6, 1),
  );
  const optimizer = optimizerOf(model.parameters());
  const losses: number[] = [];
  for (let step = 0; step < STEPS; step++) {
    optimizer.zeroGrad();
    const loss = lossFunction.forward(model.forward(x), y);
    loss.backward();
    optimizer.step();
    losses.push(loss.item());
  }
  const left = noGrad(() => lossFunction.forward(model.forward(x), truth)).item();
  console.log(`${name}: mean distance of the network from x² + 3: ${left.toFixed(3)}`);
  return { name, losses, fit: (grid: Tensor<[number, number]>) => noGrad(() => model.forward(grid)) };
}

function draw(): void {
  const grid = linspace(-15, 15, 241).unsqueeze(1);
  plot
    .functions(
      [
        { name: "examples", x: x.narrow(0, 0, 300), y: y.narrow(0, 0, 300), points: true },
        { name: sgd.name, x: grid, y: sgd.fit(grid) },
        { name: adam.name, x: grid, y: adam.fit(grid) },
        { name: "x² + 3", y: (at) => at ** 2 + 3, reference: true },
      ],
      { title: "x² + 3 learned by 1-6-10-6-1", range: [-15, 15] },
    )
    .save(`${FOLDER}/fit.svg`);
  plot
    .curves(
      [sgd, adam].map(({ name, losses }) => ({ name, y: losses })),
      {
        title: "The way there",
        x: "step",
        y: "L1 loss",
        scale: "log",
      },
    )
    .save(`${FOLDER}/loss.svg`);
}
