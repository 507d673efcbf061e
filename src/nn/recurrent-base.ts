/** What RNN, LSTM and GRU share: parameters by PyTorch's names, checks, and the way through layers and directions. */
import { DTypeError, ShapeError, ValueError } from "../errors.ts";
import { cat, stack, Tensor } from "../ops/index.ts";
import { requireTensor } from "../ops/kernels.ts";
import { recurrentLayer } from "../ops/recurrent.ts";
import {
  type Cell,
  type FirstState,
  gatesOf,
  type RecurrentOut,
  type RecurrentWeights,
  type Steps,
} from "../ops/recurrent-run.ts";
import { checkOptions, shown } from "../options.ts";
import { sameShape, show } from "../tensor/sizes.ts";
import { empty } from "../tensor/tensor.ts";
import { warnOnce } from "../warnings.ts";
import { checkCount } from "./fan.ts";
import { uniform_ } from "./init.ts";
import { Module } from "./module.ts";
import { PackedSequence, rowsOf } from "./packed.ts";
import { Parameter } from "./parameter.ts";
import type { AnySize } from "./shapes.ts";

/** Options of {@link GRU}, and of the other recurrent layers. */
export interface RecurrentOptions {
  /** Layers on top of each other; 1 unless said otherwise. */
  numLayers?: number;
  /** Whether sums have biases; true unless said otherwise. */
  bias?: boolean;
  /** Whether inputs and outputs are [batch, steps, …]; false: [steps, batch, …]. States are not changed by it. */
  batchFirst?: boolean;
  /** The probability of dropout between layers, in training; 0. */
  dropout?: number;
  /** Whether each layer reads the sequence in both directions; false. */
  bidirectional?: boolean;
}

/** States of all layers and directions, sorted as the batch of the input is; the cells of an LSTM. */
export interface States {
  readonly hidden: Tensor;
  readonly cell: Tensor | null;
}

/** Weights of further layers and directions, by PyTorch's names. */
export interface RecurrentLayers {
  [weight: `weight_${string}`]: Parameter;
  [bias: `bias_${string}`]: Parameter | null;
}

/** The names of the weights of one direction of one layer. */
interface WeightNames {
  readonly ih: `weight_${string}`;
  readonly hh: `weight_${string}`;
  readonly biasIh: `bias_${string}`;
  readonly biasHh: `bias_${string}`;
  readonly hr: `weight_${string}`;
}

function namesOf(suffix: string): WeightNames {
  return {
    ih: `weight_ih_${suffix}`,
    hh: `weight_hh_${suffix}`,
    biasIh: `bias_ih_${suffix}`,
    biasHh: `bias_hh_${suffix}`,
    hr: `weight_hr_${suffix}`,
  };
}

/** The base of the recurrent layers. */
export abstract class RecurrentLayers<I extends number = AnySize, H extends number = AnySize> extends Module {
  readonly inputSize: I;
  readonly hiddenSize: H;
  readonly numLayers: number;
  readonly bias: boolean;
  readonly batchFirst: boolean;
  readonly dropout: number;
  readonly bidirectional: boolean;
  readonly projSize: number;
  /** Of all layers, and in each of all directions. */
  readonly #names: readonly (readonly WeightNames[])[];
  /** For messages: `constructor.name` takes 30 ns, and one step of one sequence 1.4 µs. */
  readonly #type: string;
  declare weight_ih_l0: Parameter<[number, I]>;
  declare weight_hh_l0: Parameter<[number, number]>;
  declare bias_ih_l0: Parameter<[number]> | null;
  declare bias_hh_l0: Parameter<[number]> | null;

  constructor(cell: Cell, inputSize: I, hiddenSize: H, options: RecurrentOptions, projSize = 0) {
    super();
    const name = new.target.name;
    const known = ["numLayers", "bias", "batchFirst", "dropout", "bidirectional"];
    if (cell !== "gru") known.push(cell === "lstm" ? "projSize" : "nonlinearity");
    checkOptions(name, options, known);
    const { numLayers = 1, bias = true, batchFirst = false, dropout = 0, bidirectional = false } = options;
    checkCount(name, "inputSize", inputSize);
    checkCount(name, "hiddenSize", hiddenSize);
    checkCount(name, "numLayers", numLayers);
    if (!(typeof dropout === "number" && dropout >= 0 && dropout <= 1)) {
      throw new ValueError(`${name}: dropout is a probability from 0 to 1; got ${String(dropout)}`);
    }
    if (!Number.isInteger(projSize) || projSize < 0 || projSize >= hiddenSize) {
      throw new ValueError(
        `${name}: projSize is a whole number from 0 to below hiddenSize, ${hiddenSize}; got ${projSize}`,
      );
    }
    if (dropout > 0 && numLayers === 1) {
      warnOnce(`${name}: dropout comes after all layers but the last, so it does nothing with numLayers=1`);
    }
    this.#type = name;
    this.inputSize = inputSize;
    this.hiddenSize = hiddenSize;
    this.numLayers = numLayers;
    this.bias = bias;
    this.batchFirst = batchFirst;
    this.dropout = dropout;
    this.bidirectional = bidirectional;
    this.projSize = projSize;
    this.#names = Array.from({ length: numLayers }, (_, layer) => this.#suffixes(layer).map(namesOf));
    this.#makeParameters(gatesOf(cell) * hiddenSize);
    this.resetParameters();
  }

  /** The size of the state. */
  get #width(): number {
    return this.projSize > 0 ? this.projSize : this.hiddenSize;
  }

  get #directions(): number {
    return this.bidirectional ? 2 : 1;
  }

  #makeParameters(gates: number): void {
    const width = this.#width;
    for (let layer = 0; layer < this.numLayers; layer++) {
      const inputs = layer === 0 ? this.inputSize : width * this.#directions;
      for (const suffix of this.#suffixes(layer)) {
        this[`weight_ih_${suffix}`] = parameter(gates, inputs);
        this[`weight_hh_${suffix}`] = parameter(gates, width);
        this[`bias_ih_${suffix}`] = this.bias ? parameter(gates) : null;
        this[`bias_hh_${suffix}`] = this.bias ? parameter(gates) : null;
        if (this.projSize > 0) this[`weight_hr_${suffix}`] = parameter(this.projSize, this.hiddenSize);
      }
    }
  }

  /** The ends of the names of a layer's parameters, one for each direction. */
  #suffixes(layer: number): string[] {
    return this.bidirectional ? [`l${layer}`, `l${layer}_reverse`] : [`l${layer}`];
  }

  #weights({ ih, hh, biasIh, biasHh, hr }: WeightNames): RecurrentWeights {
    return {
      ih: this[ih] as Parameter,
      hh: this[hh] as Parameter,
      biasIh: this[biasIh] ?? null,
      biasHh: this[biasHh] ?? null,
      hr: this.projSize > 0 ? (this[hr] as Parameter) : null,
    };
  }

  /** Draws all weights and biases anew from the default generator, uniform in ±1/√hiddenSize. */
  resetParameters(): void {
    const bound = 1 / Math.sqrt(this.hiddenSize);
    for (const weight of this.parameters()) uniform_(weight, { a: -bound, b: bound });
  }

  /** @internal Runs all layers and directions. States are null, or have been given by the user and are checked here. */
  protected run(cell: Cell, x: unknown, states: States | null): { output: Tensor | PackedSequence; states: States } {
    if (!(x instanceof PackedSequence)) {
      requireTensor(this.#type, x);
      return this.#runDense(cell, x, states);
    }
    this.#checkInput(x.data, [2], "packed data");
    const { sortedIndices, unsortedIndices, batchSizes } = x;
    const steps = { steps: batchSizes.count, batch: batchSizes.data()[0] as number, sizes: batchSizes };
    if (states !== null) this.#checkStates(states, x.data, [steps.batch]);
    const sorted = states === null ? null : reordered(states, sortedIndices);
    const { output, last } = this.#runLayers(cell, x.data, steps, sorted);
    const packed = new PackedSequence(output, batchSizes, sortedIndices, unsortedIndices);
    return { output: packed, states: reordered(last, unsortedIndices) };
  }

  #runDense(cell: Cell, x: Tensor, states: States | null): { output: Tensor; states: States } {
    this.#checkInput(x, [2, 3], "inputs");
    const batched = x.ndim === 3;
    const ordered = !batched ? x.unsqueeze(1) : this.batchFirst ? x.transpose(0, 1) : x;
    const [steps, batch] = [ordered.shape[0] as number, ordered.shape[1] as number];
    if (steps === 0) {
      throw new ShapeError(`${this.#type}: a sequence has at least one step; got ${show(x.shape)}`);
    }
    if (states !== null) this.#checkStates(states, x, batched ? [batch] : []);
    const given = states === null || batched ? states : mapped(states, (state) => state.unsqueeze(1) as Tensor);
    const { output, last } = this.#runLayers(cell, ordered as Tensor, { steps, batch, sizes: null }, given);
    if (!batched)
      return { output: output.squeeze(1) as Tensor, states: mapped(last, (state) => state.squeeze(1) as Tensor) };
    return { output: this.batchFirst ? (output.transpose(0, 1) as Tensor) : output, states: last };
  }

  #runLayers(
    cell: Cell,
    input: Tensor,
    steps: Omit<Steps, "reverse">,
    states: States | null,
  ): { output: Tensor; last: States } {
    const ends: RecurrentOut[] = [];
    let x = input;
    for (let layer = 0; layer < this.numLayers; layer++) {
      const outputs = (this.#names[layer] as readonly WeightNames[]).map((names, direction) => {
        const end = recurrentLayer(cell, x, this.#weights(names), stateOf(states, ends.length), {
          steps: steps.steps,
          batch: steps.batch,
          sizes: steps.sizes,
          reverse: direction === 1,
        });
        ends.push(end);
        return end.output;
      });
      x = outputs.length === 1 ? (outputs[0] as Tensor) : cat(outputs, -1);
      if (layer + 1 < this.numLayers) x = x.dropout(this.dropout, this.training);
    }
    const cells = cell === "lstm" ? together(ends.map((end) => end.cell as Tensor)) : null;
    return { output: x, last: { hidden: together(ends.map((end) => end.hidden)), cell: cells } };
  }

  #checkInput(x: Tensor, ranks: readonly number[], what: string): void {
    const name = this.#type;
    const weight = this.weight_ih_l0 as Tensor;
    if (x.dtype !== weight.dtype) {
      throw new DTypeError(
        `${name}: ${what} and weights have one dtype; got ${x.dtype} and ${weight.dtype}; convert with x.to("${weight.dtype}")`,
      );
    }
    if (!ranks.includes(x.ndim)) {
      const form = this.batchFirst ? "[batch, steps, inputs]" : "[steps, batch, inputs]";
      throw new ShapeError(
        `${name}: ${what} are ${ranks.length === 1 ? "[rows, inputs]" : `${form}, or [steps, inputs]`}; got ${show(x.shape)}`,
      );
    }
    if (x.shape[x.ndim - 1] !== this.inputSize) {
      throw new ShapeError(`${name}: expects a last size of ${this.inputSize}, got ${show(x.shape)}`);
    }
  }

  #checkStates(states: States, x: Tensor, batch: readonly number[]): void {
    const layers = this.numLayers * this.#directions;
    checkState(this.#type, "hidden state", states.hidden, [layers, ...batch, this.#width], x);
    if (states.cell !== null) {
      checkState(this.#type, "cell state", states.cell, [layers, ...batch, this.hiddenSize], x);
    }
  }

  override extraRepr(): string {
    const parts = [`${this.inputSize}, ${this.hiddenSize}`];
    if (this.projSize > 0) parts.push(`projSize=${this.projSize}`);
    if (this.numLayers > 1) parts.push(`numLayers=${this.numLayers}`);
    if (!this.bias) parts.push("bias=false");
    if (this.batchFirst) parts.push("batchFirst=true");
    if (this.dropout > 0) parts.push(`dropout=${this.dropout}`);
    if (this.bidirectional) parts.push("bidirectional=true");
    return parts.join(", ");
  }
}

/** Throws unless it is the function of an RNN. */
export function checkNonlinearity(name: string, nonlinearity: unknown): void {
  if (nonlinearity === "tanh" || nonlinearity === "relu") return;
  throw new ValueError(`${name}: nonlinearity is "tanh" or "relu"; got ${shown(nonlinearity)}`);
}

/** A parameter without values yet. */
export function parameter(...sizes: number[]): Parameter {
  return new Parameter(empty(sizes, "float32"));
}

/** Throws unless a state is a tensor of that shape and of the input's dtype. */
export function checkState(name: string, what: string, state: unknown, shape: readonly number[], x: Tensor): void {
  if (!(state instanceof Tensor)) {
    throw new DTypeError(
      `${name}: the ${what} is a tensor ${show(shape)}; got ${Array.isArray(state) ? "an array" : typeof state}`,
    );
  }
  if (!sameShape(state.shape, shape)) {
    throw new ShapeError(
      `${name}: an input ${show(x.shape)} needs a ${what} of shape ${show(shape)}; got ${show(state.shape)}`,
    );
  }
  if (state.dtype !== x.dtype) {
    throw new DTypeError(`${name}: input and ${what} have one dtype; got ${x.dtype} and ${state.dtype}`);
  }
}

/** The state of one direction of one layer. */
function stateOf(states: States | null, i: number): FirstState {
  if (states === null) return NO_STATE;
  const { hidden, cell } = states;
  return { hidden: hidden.select(0, i) as Tensor, cell: cell === null ? null : (cell.select(0, i) as Tensor) };
}

const NO_STATE: FirstState = { hidden: null, cell: null };

function mapped(states: States, f: (state: Tensor) => Tensor): States {
  return { hidden: f(states.hidden), cell: states.cell === null ? null : f(states.cell) };
}

/** States with their batch in another order; as they are where there is none. */
function reordered(states: States, order: Tensor | null): States {
  if (order === null) return states;
  return mapped(
    states,
    (state) => (rowsOf(state.transpose(0, 1) as Tensor, order) as Tensor).transpose(0, 1) as Tensor,
  );
}

/** States of layers and directions in one tensor. */
function together(states: readonly Tensor[]): Tensor {
  return states.length === 1 ? ((states[0] as Tensor).unsqueeze(0) as Tensor) : (stack(states) as Tensor);
}
