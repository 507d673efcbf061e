/**
 * Backpropagation by hand through two inputs, two hidden and two output units with the weights W1 … W8: every factor of the chain rule
 * printed step by step, checked against autograd, and the error before and after the step. Writes pictures to runs/backprop-by-hand/.
 */
import { type Tensor, tensor } from "nabla";
import * as plot from "nabla/plot";
import { setting } from "./shared/report.ts";

const STEPS = setting("STEPS", 2000, 1_000_000);
const FOLDER = "runs/backprop-by-hand";
const LEARNING_RATE = 0.5;
/** The inputs, the targets, and the weights W1 … W8. */
const [x1, x2] = [0.1, 0.2];
const [t1, t2] = [0.4, 0.6];
const start = [0.3, 0.25, 0.4, 0.35, 0.45, 0.4, 0.7, 0.6];

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));
const f = (value: number): string => value.toFixed(8);

interface Forward {
  readonly h: readonly [number, number];
  readonly o: readonly [number, number];
  readonly error: number;
}

/** Inputs to outputs: each unit adds up its inputs times its weights, and the sigmoid of that goes on. */
function forward(W: readonly number[]): Forward {
  const [W1, W2, W3, W4, W5, W6, W7, W8] = W as [number, number, number, number, number, number, number, number];
  const h1 = sigmoid(W1 * x1 + W2 * x2);
  const h2 = sigmoid(W3 * x1 + W4 * x2);
  const o1 = sigmoid(W5 * h1 + W6 * h2);
  const o2 = sigmoid(W7 * h1 + W8 * h2);
  return { h: [h1, h2], o: [o1, o2], error: ((t1 - o1) ** 2 + (t2 - o2) ** 2) / 2 };
}

/** Outputs to inputs: the error's derivative with respect to each weight. */
function backward(W: readonly number[], { h, o }: Forward, say: (line: string) => void): number[] {
  const [h1, h2] = h;
  const [o1, o2] = o;
  const [, , , , W5, W6, W7, W8] = W as [number, number, number, number, number, number, number, number];
  say("The outputs' weights, by dE/dW = dE/do · do/dz · dz/dW:");
  const d1 = -(t1 - o1) * o1 * (1 - o1);
  const d2 = -(t2 - o2) * o2 * (1 - o2);
  say(`  dE/dz(o1) = -(t1 - o1) · o1(1 - o1) = ${f(-(t1 - o1))} · ${f(o1 * (1 - o1))} = ${f(d1)}`);
  say(`  dE/dz(o2) = -(t2 - o2) · o2(1 - o2) = ${f(-(t2 - o2))} · ${f(o2 * (1 - o2))} = ${f(d2)}`);
  const outer = [d1 * h1, d1 * h2, d2 * h1, d2 * h2];
  ["dE/dz(o1) · h1", "dE/dz(o1) · h2", "dE/dz(o2) · h1", "dE/dz(o2) · h2"].forEach((rule, i) => {
    say(`  dE/dW${i + 5} = ${rule} = ${f(outer[i] as number)}`);
  });
  say("The hidden units' weights: the error comes back from both outputs, through the weights that led there:");
  const e1 = d1 * W5 + d2 * W7;
  const e2 = d1 * W6 + d2 * W8;
  say(`  dE/dh1 = dE/dz(o1) · W5 + dE/dz(o2) · W7 = ${f(d1 * W5)} + ${f(d2 * W7)} = ${f(e1)}`);
  say(`  dE/dh2 = dE/dz(o1) · W6 + dE/dz(o2) · W8 = ${f(d1 * W6)} + ${f(d2 * W8)} = ${f(e2)}`);
  const c1 = e1 * h1 * (1 - h1);
  const c2 = e2 * h2 * (1 - h2);
  say(`  dE/dz(h1) = dE/dh1 · h1(1 - h1) = ${f(e1)} · ${f(h1 * (1 - h1))} = ${f(c1)}`);
  say(`  dE/dz(h2) = dE/dh2 · h2(1 - h2) = ${f(e2)} · ${f(h2 * (1 - h2))} = ${f(c2)}`);
  const inner = [c1 * x1, c1 * x2, c2 * x1, c2 * x2];
  ["dE/dz(h1) · x1", "dE/dz(h1) · x2", "dE/dz(h2) · x1", "dE/dz(h2) · x2"].forEach((rule, i) => {
    say(`  dE/dW${i + 1} = ${rule} = ${f(inner[i] as number)}`);
  });
  return [...inner, ...outer];
}

/** The same error and its derivatives by autograd, in float64. */
function byAutograd(W: readonly number[]): { error: Tensor; gradients: readonly number[] } {
  const weights = tensor([...W], { dtype: "float64", requiresGrad: true });
  const [Wih, Who] = [weights.narrow(0, 0, 4).reshape(2, 2), weights.narrow(0, 4, 4).reshape(2, 2)];
  const h = Wih.matmul(tensor([x1, x2], { dtype: "float64" })).sigmoid();
  const o = Who.matmul(h).sigmoid();
  const error = tensor([t1, t2], { dtype: "float64" }).sub(o).pow(2).sum().div(2);
  error.backward();
  return { error, gradients: [...(weights.grad as Tensor).data()] };
}

const before = forward(start);
console.log(`Forward: h1 = ${f(before.h[0])}, h2 = ${f(before.h[1])}, o1 = ${f(before.o[0])}, o2 = ${f(before.o[1])}`);
console.log(`  E = ½(t1 - o1)² + ½(t2 - o2)² = ${f(before.error)}`);
const gradients = backward(start, before, console.log);
const auto = byAutograd(start);
const apart = Math.max(...gradients.map((value, i) => Math.abs(value - (auto.gradients[i] as number))));
console.log(
  `Autograd: E = ${f(auto.error.item())}; the largest difference of a derivative is ${apart.toExponential(1)}`,
);
if (!(apart < 1e-15)) throw new Error("by hand and by autograd differ");

const errors = [before.error];
let W = start;
for (let step = 0; step < STEPS; step++) {
  const found = backward(W, forward(W), () => {});
  W = W.map((w, i) => w - LEARNING_RATE * (found[i] as number));
  errors.push(forward(W).error);
  if (step === 0)
    console.log(
      `One step with learning rate ${LEARNING_RATE}: W = ${W.map(f).join(", ")}\n  E = ${f(errors[1] as number)}`,
    );
}
const { o } = forward(W);
console.log(
  `After ${STEPS} steps: o1 = ${o[0].toFixed(4)} (${t1}), o2 = ${o[1].toFixed(4)} (${t2}), E = ${errors.at(-1)?.toExponential(2)}`,
);
const unit = (name: string, value: number): string => `${name} ${value.toFixed(3)}`;
const matrices = tensor(start).reshape(2, 2, 2);
plot
  .network([matrices.select(0, 0), matrices.select(0, 1)], {
    title: "The network before the step",
    height: 260,
    subtitle: `E = ${f(before.error)}; on each edge its weight and the derivative of E`,
    layers: ["inputs", "hidden", "outputs"],
    units: [
      [`x1 ${x1}`, `x2 ${x2}`],
      [unit("h1", before.h[0]), unit("h2", before.h[1])],
      [unit("o1", before.o[0]), unit("o2", before.o[1])],
    ],
    edges: [0, 4].map((first) => [0, 2].map((row) => [0, 1].map((column) => edge(first + row + column)))),
  })
  .save(`${FOLDER}/network.svg`);
plot
  .curves([{ name: "E", y: errors, smooth: 0 }], {
    title: "The error of the 2-2-2 network",
    x: "step",
    y: "error",
    scale: "log",
  })
  .save(`${FOLDER}/error.svg`);
console.log(`pictures: ${FOLDER}/`);

/** A weight with its derivative, as it stands on an edge. */
function edge(i: number): string {
  return `W${i + 1} ${start[i]} (${(gradients[i] as number).toFixed(5)})`;
}
