/**
 * The activation functions of neural networks with their derivatives, taken by autograd: step, sigmoid, tanh, ReLU, leaky ReLU, ELU and
 * Maxout. Then why they are needed: six layers without activation are multiplied out to one matrix, and learn no more than a straight
 * line. Writes pictures to runs/activations/.
 */
import { grad, linspace, manualSeed, nn, noGrad, optim, randn, type Tensor, where } from "nabla";
import * as plot from "nabla/plot";
import { SEED, setting } from "./shared/report.ts";

const STEPS = setting("STEPS", 2000, 1_000_000);
const FOLDER = "runs/activations";

const zoo: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  step: (x) => where(x.ge(0), 1, x.mul(0)),
  sigmoid: (x) => x.sigmoid(),
  tanh: (x) => x.tanh(),
  ReLU: (x) => x.relu(),
  "leaky ReLU": (x) => x.leakyRelu({ negativeSlope: 0.1 }),
  ELU: (x) => x.elu(),
  "Maxout of -x/2, x/4 and x - 1": (x) => x.mul(-0.5).maximum(x.mul(0.25)).maximum(x.sub(1)),
};

drawZoo();
collapse();
learn();
console.log(`pictures: ${FOLDER}/`);

function drawZoo(): void {
  const x: Tensor = linspace(-4, 4, 161).requiresGrad_();
  console.log("                                 f(-2)   f(0)    f(2)  f'(-2)  f'(0)   f'(2)");
  const list = Object.entries(zoo).map(([name, f]) => {
    const y = f(x);
    const slope = grad(y.sum(), x);
    const at = (values: Tensor): string[] =>
      [40, 80, 120].map((i) => values.select(0, i).item().toFixed(3).padStart(7));
    console.log(name.padEnd(30), ...at(y), ...at(slope));
    return { name, x: x.detach(), y: y.detach(), derivative: slope };
  });
  plot.activations(list, { title: "Activation functions and their derivatives" }).save(`${FOLDER}/zoo.svg`);
}

/** Six linear layers of 16 units, with or without an activation between them. */
function deep(activation: () => nn.Module): nn.Sequential {
  const layers = Array.from({ length: 6 }, (_, i) => new nn.Linear(i === 0 ? 1 : 16, i === 5 ? 1 : 16));
  return new nn.Sequential(...layers.flatMap((layer, i) => (i === 5 ? [layer] : [layer, activation()])));
}

/** W₆(W₅(… W₁x + b₁ …) + b₅) + b₆ multiplied out is one W and one b. */
function collapse(): void {
  manualSeed(SEED);
  const network = deep(() => new nn.Identity());
  noGrad(() => {
    let [W, b]: [Tensor | undefined, Tensor | undefined] = [undefined, undefined];
    for (const layer of network.modules()) {
      if (!(layer instanceof nn.Linear)) continue;
      const bias = layer.bias as Tensor;
      b = b === undefined ? bias : layer.weight.matmul(b).add(bias);
      W = W === undefined ? layer.weight : layer.weight.matmul(W);
    }
    const x = randn(1000, 1);
    const apart = (network.forward(x) as Tensor)
      .sub(x.mul(W as Tensor).add(b as Tensor))
      .abs()
      .max()
      .item();
    console.log(
      `six layers without activation are y = ${(W as Tensor).item().toFixed(5)} x + ${(b as Tensor).item().toFixed(5)}`,
    );
    console.log(`  largest difference over 1000 inputs: ${apart.toExponential(1)}`);
  });
}

/** The same six layers learn x² + 3, once without activation and once with ReLU. */
function learn(): void {
  const x = linspace(-2, 2, 200).unsqueeze(1);
  const y: Tensor = x.pow(2).add(3);
  const fits = (["no activation", "ReLU"] as const).map((name) => {
    manualSeed(SEED);
    const network = deep(() => (name === "ReLU" ? new nn.ReLU() : new nn.Identity()));
    const optimizer = new optim.Adam(network.parameters(), { lr: 0.003 });
    for (let step = 0; step < STEPS; step++) {
      optimizer.zeroGrad();
      nn.functional.mseLoss(network.forward(x) as Tensor, y).backward();
      optimizer.step();
    }
    const fit = noGrad(() => network.forward(x) as Tensor);
    console.log(`${name}: mean squared error ${nn.functional.mseLoss(fit, y).item().toFixed(5)}`);
    return { name, x, y: fit };
  });
  console.log(`the best straight line: ${y.sub(y.mean()).pow(2).mean().item().toFixed(5)}`);
  const truth = { name: "x² + 3", y: (at: number) => at ** 2 + 3, reference: true };
  plot.functions([...fits, truth], { title: "Six layers learn x² + 3" }).save(`${FOLDER}/collapse.svg`);
}
