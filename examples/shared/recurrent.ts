/** What the programs that set RNN, GRU and LSTM side by side have in common. */
import { cat, linear, nn, noGrad, rand, type Tensor, zeros } from "nabla";

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

/**
 * Sets the biases of the gates that keep the state so that units remember for 1 to `steps` steps, each for another time (Tallec and Ollivier,
 * 2018). PyTorch's first biases are near 0, gates are half open then, and a state halves with every step. A plain RNN has no gates.
 */
export function openGates(kind: Kind, layer: Reader, steps: number): void {
  if (kind === "RNN") return;
  const biases = layer.stateDict();
  const units = (biases.weight_hh_l0 as Tensor).shape[1] as number;
  const open = rand(units)
    .mul(steps - 2)
    .add(1)
    .log() as Tensor;
  noGrad(() => {
    const gate = (number: number): Tensor => (biases.bias_ih_l0 as Tensor).narrow(0, number * units, units) as Tensor;
    for (const bias of [biases.bias_ih_l0, biases.bias_hh_l0] as Tensor[]) bias.fill_(0);
    gate(1).copy_(open); // the forget gate of an LSTM (i, f, g, o), the update gate of a GRU (r, z, n)
    if (kind === "LSTM") gate(0).copy_(open.neg());
  });
}

/** The gates at every step of one sequence [steps, inputs], each [steps, units], by the formulas; for an RNN, how far its state is from 0. */
export function gatesOver(kind: Kind, layer: Reader, x: Tensor): Record<string, Tensor> {
  const { weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0 } = layer.stateDict() as Record<string, Tensor>;
  const [states] = layer.forward(x);
  if (kind === "RNN") return { "size of the state": states.abs() };
  const units = states.shape[1] as number;
  const before = cat([zeros(1, units), states.narrow(0, 0, (states.shape[0] as number) - 1)], 0);
  const sums = linear(x, weight_ih_l0 as Tensor, bias_ih_l0).add(
    linear(before, weight_hh_l0 as Tensor, bias_hh_l0),
  ) as Tensor;
  const gate = (number: number): Tensor => sums.narrow(1, number * units, units).sigmoid() as Tensor;
  if (kind === "GRU") return { "update gate: how much stays": gate(1), "reset gate": gate(0) };
  return { "forget gate: how much stays": gate(1), "input gate": gate(0), "output gate": gate(3) };
}
