// Bad input of recurrent layers, packed sequences and attention: every rule, its class, the values and the fix.
import { expect, test } from "vitest";
import { nn, randn, scaledDotProductAttention, type Tensor, tensor, zeros } from "../../src/index.ts";

const { packPaddedSequence, packSequence, padPackedSequence, padSequence, PackedSequence, unpadSequence } =
  nn.utils.rnn;
const x: Tensor = zeros(5, 2, 3);
const loose = (value: unknown): never => value as never;

const MISTAKES: Record<string, [() => unknown, string]> = {
  "sizes of layers": [() => new nn.LSTM(0, 4), "ValueError: LSTM: inputSize is a whole number of at least 1; got 0"],
  "numbers of layers": [
    () => new nn.GRU(3, 4, { numLayers: 1.5 }),
    "ValueError: GRU: numLayers is a whole number of at least 1; got 1.5",
  ],
  dropout: [
    () => new nn.GRU(3, 4, { numLayers: 2, dropout: Number.NaN }),
    "ValueError: GRU: dropout is a probability from 0 to 1; got NaN",
  ],
  "projection too wide": [
    () => new nn.LSTM(3, 4, { projSize: 4 }),
    "ValueError: LSTM: projSize is a whole number from 0 to below hiddenSize, 4; got 4",
  ],
  nonlinearity: [
    () => new nn.RNN(3, 4, { nonlinearity: loose("gelu") }),
    'ValueError: RNN: nonlinearity is "tanh" or "relu"; got "gelu"',
  ],
  "no steps": [
    () => new nn.LSTM(3, 4).forward(zeros(0, 2, 3)),
    "ShapeError: LSTM: a sequence has at least one step; got [0, 2, 3]",
  ],
  "no tensor": [
    () => new nn.LSTM(3, 4).forward(loose([1, 2])),
    "DTypeError: LSTM: takes a tensor; got an array; wrap numbers in tensor(…)",
  ],
  "rank of inputs": [
    () => new nn.LSTM(3, 4, { batchFirst: true }).forward(loose(zeros(3))),
    "ShapeError: LSTM: inputs are [batch, steps, inputs], or [steps, inputs]; got [3]",
  ],
  "last size of inputs": [
    () => new nn.LSTM(2, 4).forward(loose(x)),
    "ShapeError: LSTM: expects a last size of 2, got [5, 2, 3]",
  ],
  "dtype of inputs": [
    () => new nn.LSTM(3, 4).forward(x.to("float64") as Tensor),
    'DTypeError: LSTM: inputs and weights have one dtype; got float64 and float32; convert with x.to("float32")',
  ],
  "shape of the hidden state": [
    () => new nn.GRU(3, 4).forward(x, zeros(2, 4)),
    "ShapeError: GRU: an input [5, 2, 3] needs a hidden state of shape [1, 2, 4]; got [2, 4]",
  ],
  "shape of the cell state": [
    () => new nn.LSTM(3, 4, { projSize: 2 }).forward(x, [zeros(1, 2, 2), zeros(1, 2, 2)]),
    "ShapeError: LSTM: an input [5, 2, 3] needs a cell state of shape [1, 2, 4]; got [1, 2, 2]",
  ],
  "states without a batch": [
    () => new nn.RNN(3, 4).forward(zeros(5, 3), zeros(1, 1, 4)),
    "ShapeError: RNN: an input [5, 3] needs a hidden state of shape [1, 4]; got [1, 1, 4]",
  ],
  "one state for an LSTM": [
    () => new nn.LSTM(3, 4).forward(x, loose(zeros(1, 2, 4))),
    "DTypeError: LSTM: states are a pair [h0, c0]; got no array",
  ],
  "a pair for a GRU": [
    () => new nn.GRU(3, 4).forward(x, loose([zeros(1, 2, 4)])),
    "DTypeError: GRU: the hidden state is one tensor; got an array",
  ],
  "dtype of states": [
    () => new nn.GRU(3, 4).forward(x, zeros([1, 2, 4], { dtype: "float64" })),
    "DTypeError: GRU: input and hidden state have one dtype; got float32 and float64",
  ],
  "rank for a cell": [
    () => new nn.GRUCell(3, 4).forward(loose(x)),
    "ShapeError: GRUCell: takes [batch, inputs] or [inputs]; got [5, 2, 3]",
  ],
  "state of a cell": [
    () => new nn.LSTMCell(3, 4).forward(zeros(2, 3), [zeros(2, 4), zeros(2, 5)]),
    "ShapeError: LSTMCell: an input [2, 3] needs a cell state of shape [2, 4]; got [2, 5]",
  ],
  "length of 0": [
    () => packPaddedSequence(x, [5, 0]),
    "ValueError: packPaddedSequence: length 0 at position 1; lengths are whole numbers from 1 to the 5 steps that there are",
  ],
  "length beyond the steps": [
    () => packPaddedSequence(x, [6, 2]),
    "ValueError: packPaddedSequence: length 6 at position 0; lengths are whole numbers from 1 to the 5 steps that there are",
  ],
  "number of lengths": [
    () => packPaddedSequence(x, [5]),
    "ValueError: packPaddedSequence: got 1 lengths for a batch of 2; give one for each sequence",
  ],
  "unsorted lengths": [
    () => packPaddedSequence(x, [2, 5]),
    "ValueError: packPaddedSequence: lengths must fall; got 2 and then 5 at position 1; sort the sequences, or pass { enforceSorted: false }",
  ],
  "lengths of another kind": [
    () => packPaddedSequence(x, loose("5, 2")),
    "DTypeError: packPaddedSequence: lengths are an array or an int32 tensor; got string",
  ],
  "no sequences": [
    () => packSequence([]),
    "ValueError: packSequence: takes an array of at least one sequence; got an empty one",
  ],
  "sequences of other widths": [
    () => padSequence([zeros(2, 3), zeros(2, 4)]),
    "ShapeError: padSequence: sequences differ in their lengths only; got [2, 3] float32 first and [2, 4] float32 at position 1",
  ],
  "side of the padding": [
    () => padSequence([zeros(2)], { paddingSide: loose("top") }),
    'ValueError: padSequence: paddingSide is "left" or "right"; got "top"',
  ],
  "total length too small": [
    () => padPackedSequence(packSequence([zeros(3)]), { totalLength: 2 }),
    "ValueError: padPackedSequence: totalLength is at least the longest length, 3; got 2",
  ],
  "batch sizes that rise": [
    () => new PackedSequence(zeros(3), tensor([1, 2], { dtype: "int32" })),
    "ValueError: PackedSequence: batchSizes are int32, at least 1 and never rise; got int32 [1, 2]",
  ],
  "batch sizes of other rows": [
    () => new PackedSequence(zeros(4), tensor([2, 1], { dtype: "int32" })),
    "ShapeError: PackedSequence: batchSizes add up to 3 rows; got data of shape [4]",
  ],
  "lengths to unpad": [
    () => unpadSequence(x, [5, 6]),
    "ValueError: unpadSequence: length 6 at position 1; lengths are whole numbers from 1 to the 5 steps that there are",
  ],
  "heads that do not divide": [
    () => new nn.MultiheadAttention(8, 3),
    "ValueError: MultiheadAttention: numHeads divides embedDim; got embedDim 8 and numHeads 3",
  ],
  "width of keys": [
    () => new nn.MultiheadAttention(3, 1, { kdim: 4 }).forward(x, x, x),
    "ShapeError: MultiheadAttention: expects last sizes of 3, 4, 3; got [5, 2, 3], [5, 2, 3] and [5, 2, 3]",
  ],
  "shape of an attention mask": [
    () => new nn.MultiheadAttention(3, 1).forward(x, x, x, { attnMask: zeros(5, 4) }),
    "ShapeError: MultiheadAttention: attnMask is [5, 5] or [2, 5, 5]; got [5, 4]",
  ],
  "shape of a padding mask": [
    () => new nn.MultiheadAttention(3, 1).forward(x, x, x, { keyPaddingMask: zeros(5, 2) }),
    "ShapeError: MultiheadAttention: keyPaddingMask is [2, 5]; got [5, 2]",
  ],
  "dtype of a mask": [
    () => scaledDotProductAttention(x, x, x, { attnMask: zeros([2, 2], { dtype: "int32" }) }),
    "DTypeError: scaledDotProductAttention: masks are bool or float32; got int32 [2, 2]",
  ],
  "mask and causal": [
    () => scaledDotProductAttention(x, x, x, { attnMask: zeros(2, 2), isCausal: true }),
    "ValueError: scaledDotProductAttention: takes attnMask or isCausal, not both; add a causal mask to attnMask",
  ],
  "queries and keys of other widths": [
    () => scaledDotProductAttention(zeros(2, 3), zeros(2, 4), zeros(2, 4)),
    "ShapeError: scaledDotProductAttention: queries and keys have one last size; got [2, 3], [2, 4] and [2, 4]",
  ],
  activation: [
    () => new nn.TransformerEncoderLayer(4, 2, { activation: loose("tanh") }),
    'ValueError: TransformerEncoderLayer: activation is "relu", "gelu" or a function; got "tanh"',
  ],
  "too many steps": [
    () => new nn.PositionalEncoding(3, { maxLen: 4 }).forward(x),
    "ShapeError: PositionalEncoding: takes at most 4 steps; got [5, 2, 3]; raise maxLen",
  ],
};

test.each(Object.entries(MISTAKES))("%s", (_, [mistake, message]) => {
  let error: Error | undefined;
  try {
    mistake();
  } catch (caught) {
    error = caught as Error;
  }
  expect(`${error?.name}: ${error?.message}`).toContain(message);
});

test("a value that backward reads may not be changed in place", () => {
  const layer = new nn.RNN(3, 4);
  const [output] = layer.forward(randn(5, 2, 3));
  const loss = output.sum() as Tensor;
  layer.weight_hh_l0.data();
  output.detach().mul_(2);
  expect(() => loss.backward()).toThrow(/rnn saved for its gradient was changed in place/);
});
