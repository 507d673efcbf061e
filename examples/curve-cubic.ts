/**
 * A network of six neurons learns the curve y = x³ + x² − x − 1 from 10,000 single random samples. First one step at x = 1 with its weights
 * printed; then the training, and how the fit does inside and far outside the interval it has seen; the same for a quartic; then more units
 * and more layers. Writes pictures to runs/curve-cubic/.
 */
import { linspace, manualSeed, nn, noGrad, optim, rand, type Tensor, tensor } from "nabla";
import * as plot from "nabla/plot";
import { progress } from "nabla/train";
import { SEED, setting } from "./shared/report.ts";

const STEPS = setting("STEPS", 10_000, 1_000_000);
const FOLDER = "runs/curve-cubic";

class NeuralNetwork extends nn.Module {
  inputLayer = new nn.Linear(1, 6);
  activation = new nn.ReLU();
  outputLayer = new nn.Linear(6, 1);

  forward(x: Tensor) {
    x = this.inputLayer.forward(x);
    x = this.activation.forward(x);
    return this.outputLayer.forward(x);
  }
}

const cubic = (x: Tensor): Tensor => x.pow(3).add(x.pow(2)).sub(x).sub(1);
const quartic = (x: Tensor): Tensor => x.pow(4).sub(x.pow(3).mul(14)).sub(x.pow(2).mul(83)).add(x.mul(168)).add(540);

oneStep();
const fitted = new Map([
  ["cubic", train("cubic", cubic)],
  ["quartic", train("quartic", quartic)],
]);
draw();
approximation();
console.log(`pictures: ${FOLDER}/`);

/** One step with x = 1, as a look at how the weights move. */
function oneStep(): void {
  manualSeed(SEED);
  const network = new NeuralNetwork();
  const lossFunction = new nn.MSELoss();
  const optimizer = new optim.Adam(network.parameters(), { lr: 0.001 });
  const { weight, bias } = network.inputLayer.stateDict() as { weight: Tensor; bias: Tensor };
  console.log("before the step at x = 1");
  console.log(`weight ${weight.flatten()}\nbias   ${bias}`);

  const x = tensor([1]);
  const y = cubic(x);
  optimizer.zeroGrad();
  const output = network.forward(x);
  const loss = lossFunction.forward(output, y);
  loss.backward();
  optimizer.step();

  console.log(`after it: the network said ${output.item().toFixed(4)} for ${y.item()}, loss ${loss.item().toFixed(4)}`);
  console.log(`weight ${weight.flatten()}\nbias   ${bias}`);
}

/** 10,000 steps of one random sample each. */
function train(name: string, curve: (x: Tensor) => Tensor): NeuralNetwork {
  manualSeed(SEED);
  const network = new NeuralNetwork();
  const lossFunction = new nn.MSELoss();
  const optimizer = new optim.Adam(network.parameters(), { lr: 0.01 });
  const bar = progress(STEPS, { description: "Loss: --" });
  for (const step of bar) {
    const x = rand(1).sub(0.5).mul(10);
    const y = curve(x);

    optimizer.zeroGrad();
    const output = network.forward(x);
    const loss = lossFunction.forward(output, y);
    loss.backward();
    optimizer.step();

    if (step % 100 === 0) bar.setDescription(`Loss: ${loss.item().toFixed(3)}`);
  }
  const [inside, far] = [error(network, curve, -5, 5), error(network, curve, 5, 15)];
  console.log(`${name}: root mean square error ${inside.toFixed(3)} in [-5, 5], ${far.toFixed(1)} in [5, 15]`);
  return network;
}

/** The root mean square error over an interval. */
function error(network: NeuralNetwork | nn.Sequential, curve: (x: Tensor) => Tensor, from: number, to: number): number {
  const x = linspace(from, to, 1001).unsqueeze(1);
  return Math.sqrt(noGrad(() => nn.functional.mseLoss(network.forward(x) as Tensor, curve(x))).item());
}

function draw(): void {
  const list = [...fitted].flatMap(([name, network]) => {
    const curve = name === "cubic" ? cubic : quartic;
    return (
      [
        ["where it was trained", 5],
        ["far outside", 15],
      ] as const
    ).flatMap(([place, reach]) => {
      const x = linspace(-reach, reach, 241);
      const panel = `${name}, ${place}`;
      const learned = noGrad(() => network.forward(x.unsqueeze(1)));
      return [
        { name: "network", panel, x, y: learned },
        { name: "truth", panel, x, y: curve(x), reference: true },
      ];
    });
  });
  plot
    .functions(list, { title: "1-6-1 with ReLU: the fit holds where there were samples", interval: [-5, 5] })
    .save(`${FOLDER}/fit.svg`);
}

/** The universal approximation theorem, seen: the error against the number of units, in one hidden layer and in two. */
function approximation(): void {
  const widths = [2, 4, 8, 16, 32, 64, 128];
  const learn = (layers: number, width: number): number => {
    manualSeed(SEED);
    const hidden = Array.from({ length: layers }, (_, i) => [new nn.Linear(i === 0 ? 1 : width, width), new nn.ReLU()]);
    const network = new nn.Sequential(...hidden.flat(), new nn.Linear(width, 1));
    const optimizer = new optim.Adam(network.parameters(), { lr: 0.01 });
    const schedule = new optim.lrScheduler.CosineAnnealingLR(optimizer, STEPS);
    for (let step = 0; step < STEPS; step++) {
      const x = rand(32, 1).sub(0.5).mul(10);
      optimizer.zeroGrad();
      nn.functional.mseLoss(network.forward(x) as Tensor, cubic(x)).backward();
      optimizer.step();
      schedule.step();
    }
    return error(network, cubic, -5, 5);
  };
  const series = [1, 2].map((layers) => {
    const errors = widths.map((width) => learn(layers, width));
    const listed = errors.map((value, i) => `${widths[i]}: ${value.toFixed(3)}`).join(", ");
    console.log(`${layers} hidden ${layers === 1 ? "layer" : "layers"} of units: ${listed}`);
    return { name: `${layers} hidden ${layers === 1 ? "layer" : "layers"}`, x: widths, y: errors };
  });
  const subtitle = "Root mean square error in [-5, 5] after the same number of steps of 32 samples";
  const title = "More units and more layers come closer to the cubic";
  plot
    .curves(series, { title, subtitle, x: "units in each hidden layer", y: "error", scale: "log" })
    .save(`${FOLDER}/approximation.svg`);
}
