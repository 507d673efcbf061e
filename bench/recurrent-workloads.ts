/** nabla's side of the benchmarks of recurrent layers and attention. */
import { nn, noGrad, optim, randint, randn, scaledDotProductAttention, type Tensor, zeros } from "nabla";
import type { Workload } from "./answer.ts";

const LR = { lr: 1e-3 };
const CLASSES = 10;
const CHARACTERS = 64;

type AttentionSize = readonly [steps: number, batch: number, width: number, heads: number];
const ATTENTION: readonly AttentionSize[] = [
  [64, 16, 128, 4],
  [128, 8, 256, 8],
];

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

/** Reads as many numbers as a cell has weights, once: a step of the cell reads all of its weights. */
function weights(type: "LSTM" | "GRU" | "RNN"): Workload {
  const numbers = randn({ LSTM: 4, GRU: 3, RNN: 1 }[type] * 128 * (64 + 128)) as Tensor;
  const step = (): void => {
    noGrad(() => numbers.sum());
  };
  return { step };
}

/** Draws one character after the other: embedding, layer, head, softmax, a draw. */
function sampling(type: "LSTM" | "GRU" | "RNN"): Workload {
  const Cell = nn[`${type}Cell` as "GRUCell"];
  const [embedding, cell, head] = [new nn.Embedding(CHARACTERS, 64), new Cell(64, 128), new nn.Linear(128, CHARACTERS)];
  let character: Tensor = zeros([1], { dtype: "int32" });
  let state: Tensor | undefined;
  const step = (): void => {
    noGrad(() => {
      state = cell.forward(embedding.forward(character) as Tensor, state);
      const output = (Array.isArray(state) ? state[0] : state) as Tensor;
      character = (head.forward(output.select(0, 0)) as Tensor).softmax(0).multinomial(1) as Tensor;
    });
  };
  return { step };
}

/** The same by a layer, with sequences of one step. */
function layerCharacter(type: "LSTM" | "GRU" | "RNN"): Workload {
  const layer = new nn[type as "GRU"](64, 128);
  const x = randn(1, 64);
  let state: Tensor | undefined;
  const step = (): void => {
    state = noGrad(() => layer.forward(x, state)[1]);
  };
  return { step };
}

/** A training step of one layer of a Transformer: steps, batch, width, heads. */
function transformer([steps, batch, width, heads]: AttentionSize): Workload {
  const layer = new nn.TransformerEncoderLayer(width, heads, { dimFeedforward: 4 * width, dropout: 0 });
  const x: Tensor = randn(steps, batch, width);
  const optimizer = new optim.Adam(layer.parameters(), LR);
  const step = (): void => {
    optimizer.zeroGrad();
    (layer.forward(x) as Tensor).square().mean().backward();
    optimizer.step();
  };
  return { step };
}

/** Attention of a sequence to itself, forward and backward. */
function attention([steps, batch, width, heads]: AttentionSize, needWeights: boolean): Workload {
  const layer = new nn.MultiheadAttention(width, heads);
  const x: Tensor = randn(steps, batch, width);
  const step = (): void => {
    layer.zeroGrad();
    (layer.forward(x, x, x, { needWeights })[0] as Tensor).square().mean().backward();
  };
  return { step };
}

/** Scaled dot-product attention by itself, forward and backward. */
function scaled(...size: [batch: number, heads: number, tokens: number, width: number]): Workload {
  const inputs = [0, 1, 2].map(() => (randn(...size) as Tensor).requiresGrad_());
  const [q, k, v] = inputs as [Tensor, Tensor, Tensor];
  const step = (): void => {
    for (const input of inputs) input.grad = null;
    scaledDotProductAttention(q, k, v).square().mean().backward();
  };
  return { step };
}

/** By the names of `torch/recurrent.py`. */
export const RECURRENT: readonly [string, () => Workload][] = [
  ...(["LSTM", "GRU", "RNN"] as const).flatMap((type): [string, () => Workload][] => [
    [`${type.toLowerCase()}_28x28_128`, () => training(type, 28, 28, 128, 100)],
    [`${type.toLowerCase()}_64x64_256`, () => training(type, 64, 64, 256, 32)],
    [`${type.toLowerCase()}_character`, () => character(type)],
    [`${type.toLowerCase()}_weights`, () => weights(type)],
    [`${type.toLowerCase()}_layer_character`, () => layerCharacter(type)],
    [`${type.toLowerCase()}_sampling`, () => sampling(type)],
  ]),
  ["scaled_16x4x64x32", () => scaled(16, 4, 64, 32)],
  ["scaled_8x8x128x32", () => scaled(8, 8, 128, 32)],
  ...ATTENTION.flatMap((size): [string, () => Workload][] => {
    const name = size.slice(0, 3).join("x");
    return [
      [`attention_${name}`, () => attention(size, true)],
      [`attention_${name}_plain`, () => attention(size, false)],
      [`transformer_${name}`, () => transformer(size)],
    ];
  }),
];
