/** What the programs that set RNN, GRU and LSTM side by side have in common. */
import { nn, type Tensor } from "nabla";

export const KINDS = ["RNN", "GRU", "LSTM"] as const;
export type Kind = (typeof KINDS)[number];

/** A recurrent layer of any kind that reads [n, steps, inputs] and gives its states after every step, [n, steps, units]. */
export type Reader = nn.Module & { forward(x: Tensor): [states: Tensor, last: unknown] };

export function reader(kind: Kind, inputs: number, units: number): Reader {
  const options = { batchFirst: true };
  if (kind === "RNN") return new nn.RNN(inputs, units, options) as nn.Module as Reader;
  if (kind === "GRU") return new nn.GRU(inputs, units, options) as nn.Module as Reader;
  return new nn.LSTM(inputs, units, options) as nn.Module as Reader;
}
