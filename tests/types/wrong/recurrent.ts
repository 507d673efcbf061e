// Every statement is a mistake; messages.txt holds what the compiler says about it.
import { nn, randn } from "nabla";

const x = randn(28, 100, 3);
new nn.RNN(4, 128).forward(x);
new nn.LSTM(3, 128).forward(randn(2, 28, 100, 3));
new nn.GRUCell(3, 20).forward(x);
const [output] = new nn.LSTM(3, 64, { bidirectional: true }).forward(x);
new nn.Linear(64, 10).forward(output);
new nn.LSTM(3, 64, { batchfirst: true });
new nn.LSTM(3, 64).forward(x, randn(1, 100, 64));
new nn.TransformerEncoderLayer(16, 2).forward(x);
