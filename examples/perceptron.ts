/**
 * A perceptron says 1 if Σ WᵢXᵢ ≥ θ, else 0. The gates AND, OR and NAND with weights set by hand, then learned by the perceptron rule; XOR,
 * which no single perceptron can do, as a search over many of them and the rule that never comes to rest show; then XOR by a network of
 * two layers, by hand and by training. Writes pictures to runs/perceptron/.
 */
import { linspace, manualSeed, meshgrid, nn, noGrad, optim, stack, type Tensor, tensor, zeros } from "nabla";
import * as plot from "nabla/plot";
import { SEED, setting } from "./shared/report.ts";

const STEPS = setting("STEPS", 1000, 1_000_000);
const FOLDER = "runs/perceptron";

/** The four inputs of a gate, and what each gate says of them. */
const inputs = tensor([
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
]);
const gates = {
  AND: tensor([0, 0, 0, 1]),
  OR: tensor([0, 1, 1, 1]),
  NAND: tensor([1, 1, 1, 0]),
  XOR: tensor([0, 1, 1, 0]),
};
type Gate = keyof typeof gates;

/** 1 where the weighted sum reaches the threshold θ. */
function perceptron(x: Tensor, weights: Tensor, theta: Tensor | number): Tensor {
  return x.matmul(weights).ge(theta).to("float32");
}

byHand();
const learned = new Map((Object.keys(gates) as Gate[]).map((gate) => [gate, learn(gate)]));
search();
const network = solve();
draw();
console.log(`pictures: ${FOLDER}/`);

function byHand(): void {
  console.log("by hand            00 01 10 11");
  const show = (name: string, y: Tensor): void => console.log(`${name.padEnd(18)}  ${y.data().join("  ")}`);
  show("AND   1, 1; θ 1.5", perceptron(inputs, tensor([1, 1]), 1.5));
  show("OR    1, 1; θ 0.5", perceptron(inputs, tensor([1, 1]), 0.5));
  show("NAND -1,-1; θ-1.5", perceptron(inputs, tensor([-1, -1]), -1.5));
  const nand = perceptron(inputs, tensor([-1, -1]), -1.5);
  const or = perceptron(inputs, tensor([1, 1]), 0.5);
  show("AND of NAND and OR", perceptron(stack([nand, or], 1), tensor([1, 1]), 1.5));
}

/** The perceptron rule: every mistake moves the weights towards the inputs of a 1, away from those of a 0, and θ the other way. */
function learn(gate: Gate): { weights: Tensor; theta: number; mistakes: number[] } {
  const targets = gates[gate].data();
  const weights = zeros(2);
  let theta = 0;
  const mistakes: number[] = [];
  for (let round = 0; round < 30; round++) {
    let wrong = 0;
    for (let i = 0; i < 4; i++) {
      const x = inputs.select(0, i);
      const error = (targets[i] as number) - perceptron(x, weights, theta).item();
      if (error === 0) continue;
      weights.add_(x.mul(error));
      theta -= error;
      wrong++;
    }
    mistakes.push(wrong);
  }
  const rest = mistakes.indexOf(0);
  const w = weights.data().join(", ");
  const end = rest < 0 ? `still ${mistakes.at(-1)} of 4 wrong after 30 rounds` : `no mistake from round ${rest + 1} on`;
  console.log(`the rule on ${gate}: w ${w}; θ ${theta}; ${end}`);
  return { weights, theta, mistakes };
}

/** Of all perceptrons on a grid of W1, W2 and θ from -2 to 2, all times 20, so that sums and θ are whole and compare exactly. */
function search(): void {
  const line = linspace(-40, 40, 81);
  const [w1, w2, theta] = meshgrid([line, line, line]).map((grid) => grid.flatten()) as [Tensor, Tensor, Tensor];
  const says = perceptron(inputs, stack([w1, w2]), theta); // [4, 81³]
  for (const [gate, targets] of Object.entries(gates)) {
    const right = says.eq(targets.unsqueeze(1)).sum(0);
    const solved = right.eq(4).sum().item();
    console.log(`${gate}: ${solved} of ${w1.numel()} perceptrons do it; the best has ${right.max().item()} of 4 right`);
  }
}

/** XOR by a network with a hidden layer, trained. */
function solve(): nn.Sequential {
  manualSeed(SEED);
  const model = new nn.Sequential(new nn.Linear(2, 8), new nn.Tanh(), new nn.Linear(8, 1));
  const criterion = new nn.BCEWithLogitsLoss();
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.05 });
  const y = gates.XOR.unsqueeze(1);
  let loss = criterion.forward(model.forward(inputs) as Tensor, y);
  for (let step = 0; step < STEPS; step++) {
    optimizer.zeroGrad();
    loss = criterion.forward(model.forward(inputs) as Tensor, y);
    loss.backward();
    optimizer.step();
  }
  const says = noGrad(() => (model.forward(inputs) as Tensor).sigmoid()).flatten();
  const shown = Array.from(says.data(), (value) => value.toFixed(3)).join(" ");
  const right = says.round().eq(gates.XOR).sum().item();
  console.log(`2-8-1 network on XOR: ${shown}; ${right} of 4 right, loss ${loss.item().toFixed(4)}`);
  return model;
}

/** Where each gate's perceptron and the network say 1, and the mistakes of the rule. */
function draw(): void {
  const range = [-0.5, 1.5] as const;
  const square = { points: inputs, xRange: range, yRange: range, x: "X₁", y: "X₂", width: 480, height: 320 };
  for (const [gate, { weights, theta }] of learned) {
    const title = gate === "XOR" ? "XOR: no line parts the ones from the zeros" : `${gate}, learned by the rule`;
    plot
      .boundary((places) => perceptron(tensor(places), weights, theta), { ...square, labels: gates[gate], title })
      .save(`${FOLDER}/${gate.toLowerCase()}.svg`);
  }
  plot
    .boundary((places) => noGrad(() => (network.forward(tensor(places)) as Tensor).sigmoid()).flatten(), {
      ...square,
      labels: gates.XOR,
      title: "XOR by a network with a hidden layer",
    })
    .save(`${FOLDER}/xor-network.svg`);
  const series = [...learned].map(([name, { mistakes }]) => ({ name, y: mistakes }));
  plot
    .curves(series, { title: "The perceptron rule comes to rest, but not on XOR", x: "round", y: "mistakes of 4" })
    .save(`${FOLDER}/rule.svg`);
}
