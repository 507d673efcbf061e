/** nabla's side of the benchmarks of recurrent layers and attention. */
import { nn, noGrad, optim, randint, randn, type Tensor } from "nabla";
import type { Workload } from "./answer.ts";

const LR = { lr: 1e-3 };
const CLASSES = 10;

/** Reads a sequence and tells its class from the last state: forward, loss, backward, Adam. */
function training(
  type: "LSTM" | "GRU" | "RNN",
  steps: number,
  inputs: number,
  hidden: number,
  batch: number,
): Workload {
  const Layer = nn[type] as typeof nn.GRU;
  const [layer, head] = [new Layer(inputs, hidden), new nn.Linear(hidden, CLASSES)];
  const [x, y]: Tensor[] = [randn(steps, batch, inputs), randint(0, CLASSES, [batch])];
  const criterion = new nn.CrossEntropyLoss();
  const optimizer = new optim.Adam([...layer.parameters(), ...head.parameters()], LR);
  const step = (): void => {
    optimizer.zeroGrad();
    const output: Tensor = layer.forward(x as Tensor)[0];
    criterion.forward(head.forward(output.select(0, -1) as Tensor) as Tensor, y as Tensor).backward();
    optimizer.step();
  };
  return { step };
}

/** One character after the other, each with the state of the one before. */
function character(type: "LSTM" | "GRU" | "RNN"): Workload {
  const cell = new nn[`${type}Cell` as "GRUCell"](64, 128);
  const x = randn(1, 64);
  let state: Tensor | undefined;
  const step = (): void => {
    state = noGrad(() => cell.forward(x, state));
  };
  return { step };
}

/** A training step of one layer of a Transformer: 64 steps, batch 32, width 128, 4 heads. */
function transformer(): Workload {
  const layer = new nn.TransformerEncoderLayer(128, 4, { dimFeedforward: 512, dropout: 0 });
  const x: Tensor = randn(64, 32, 128);
  const optimizer = new optim.Adam(layer.parameters(), LR);
  const step = (): void => {
    optimizer.zeroGrad();
    (layer.forward(x) as Tensor).square().mean().backward();
    optimizer.step();
  };
  return { step };
}

/** Attention of a sequence to itself, forward and backward: 64 steps, batch 32, width 128, 4 heads. */
function attention(): Workload {
  const layer = new nn.MultiheadAttention(128, 4);
  const x: Tensor = randn(64, 32, 128);
  const step = (): void => {
    layer.zeroGrad();
    (layer.forward(x, x, x)[0] as Tensor).square().mean().backward();
  };
  return { step };
}

/** By the names of `torch/recurrent.py`. */
export const RECURRENT: readonly [string, () => Workload][] = [
  ...(["LSTM", "GRU", "RNN"] as const).flatMap((type): [string, () => Workload][] => [
    [`${type.toLowerCase()}_28x28_128`, () => training(type, 28, 28, 128, 100)],
    [`${type.toLowerCase()}_64x64_256`, () => training(type, 64, 64, 256, 32)],
    [`${type.toLowerCase()}_character`, () => character(type)],
  ]),
  ["attention_64x32x128", attention],
  ["transformer_64x32x128", transformer],
];
