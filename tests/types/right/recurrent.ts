// Everything here compiles, with the shapes that are written down.
import { nn, randn, type Tensor } from "nabla";

const x = randn(28, 100, 3);

const [output, [hN, cN]] = new nn.LSTM(3, 128).forward(x);
export const states: Tensor<[28, 100, 128]> = output;
export const last: Tensor<[1, 100, 128]> = hN;
export const cells: Tensor<[1, 100, 128]> = cN;

const [both, bothLast] = new nn.GRU(3, 64, { bidirectional: true, numLayers: 2 }).forward(x);
export const twice: Tensor<[28, 100, 128]> = both;
export const four: Tensor<[4, 100, 64]> = bothLast;

const [first, [projected, inner]] = new nn.LSTM(3, 128, { projSize: 32, batchFirst: true }).forward(x);
export const narrow: Tensor<[28, 100, 32]> = first;
export const narrowLast: Tensor<[1, 28, 32]> = projected;
export const innerCells: Tensor<[1, 28, 128]> = inner;

const [steps, stepsLast] = new nn.RNN(3, 8, { nonlinearity: "relu" }).forward(randn(7, 3));
export const single: Tensor<[7, 8]> = steps;
export const singleLast: Tensor<[1, 8]> = stepsLast;

export const cell: Tensor<[4, 20]> = new nn.GRUCell(3, 20).forward(randn(4, 3));
const [h, c] = new nn.LSTMCell(3, 20).forward(randn(3), undefined);
export const alone: [Tensor<[20]>, Tensor<[20]>] = [h, c];

const attention = new nn.MultiheadAttention(8, 2);
const tokens = randn(5, 2, 8);
export const attended: Tensor<[5, 2, 8]> = attention.forward(tokens, tokens, tokens)[0];
const layer = new nn.TransformerEncoderLayer(8, 2, { dimFeedforward: 16 });
export const encoded: Tensor<[5, 2, 8]> = new nn.TransformerEncoder(layer, 2).forward(tokens);
export const model: Tensor<[5, 2, 3]> = new nn.Sequential(layer, new nn.Linear(8, 3)).forward(tokens);
export const placed: Tensor<[5, 2, 8]> = new nn.PositionalEncoding(8).forward(tokens);

// What is not known never gets in the way.
declare const any: Tensor;
declare const n: number;
declare const options: nn.LSTMOptions;
export const unknown: Tensor = new nn.LSTM(n, 128, options).forward(any)[0];
new nn.GRU(3, 4).forward(any, any);
new nn.LSTM(3, 4).forward(any, [any, any]);
const packed = nn.utils.rnn.packPaddedSequence(x, [28, 3], { enforceSorted: false });
export const packedOut: InstanceType<typeof nn.utils.rnn.PackedSequence> = new nn.GRU(3, 4).forward(packed)[0];
export const field: nn.LSTM = new nn.LSTM(3, 128, { numLayers: 2 });
