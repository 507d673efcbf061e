/** One step of recurrent layers, for loops of one's own. */
import { DTypeError, ShapeError } from "../errors.ts";
import type { Tensor } from "../ops/index.ts";
import { requireTensor } from "../ops/kernels.ts";
import { recurrentLayer } from "../ops/recurrent.ts";
import { type Cell, gatesOf, type RecurrentOut } from "../ops/recurrent-run.ts";
import { checkOptions } from "../options.ts";
import type { RecurrentCell } from "../tensor/recurrent.ts";
import type { Arg, Out, Shape } from "../tensor/shapes.ts";
import { show } from "../tensor/sizes.ts";
import { checkCount } from "./fan.ts";
import { uniform_ } from "./init.ts";
import { Module } from "./module.ts";
import type { Parameter } from "./parameter.ts";
import { checkNonlinearity, checkState, parameter } from "./recurrent-base.ts";
import type { AnySize } from "./shapes.ts";

/** Options of {@link LSTMCell} and {@link GRUCell}. */
export interface CellOptions {
  /** Whether sums have biases; true unless said otherwise. */
  bias?: boolean;
}

/** Options of {@link RNNCell}. */
export interface RNNCellOptions extends CellOptions {
  /** The function of the sum; "tanh" unless said otherwise. */
  nonlinearity?: "tanh" | "relu";
}

/** What the cells share. */
abstract class CellBase<I extends number, H extends number> extends Module {
  readonly inputSize: I;
  readonly hiddenSize: H;
  weight_ih: Parameter;
  weight_hh: Parameter;
  bias_ih: Parameter | null;
  bias_hh: Parameter | null;
  /** For messages: `constructor.name` takes 30 ns, and one step of one sequence 1.4 µs. */
  readonly #type: string;

  constructor(cell: Cell, inputSize: I, hiddenSize: H, options: CellOptions, names: readonly string[] = ["bias"]) {
    super();
    checkCount(new.target.name, "inputSize", inputSize);
    checkCount(new.target.name, "hiddenSize", hiddenSize);
    const { bias = true } = checkOptions(new.target.name, options, names);
    const rows = gatesOf(cell) * hiddenSize;
    this.#type = new.target.name;
    this.inputSize = inputSize;
    this.hiddenSize = hiddenSize;
    this.weight_ih = parameter(rows, inputSize);
    this.weight_hh = parameter(rows, hiddenSize);
    this.bias_ih = bias ? parameter(rows) : null;
    this.bias_hh = bias ? parameter(rows) : null;
    this.resetParameters();
  }

  /** Draws all weights and biases anew from the default generator, uniform in ±1/√hiddenSize. */
  resetParameters(): void {
    const bound = 1 / Math.sqrt(this.hiddenSize);
    for (const weight of this.parameters()) uniform_(weight, { a: -bound, b: bound });
  }

  /** @internal One step of [batch, in] or [in]. */
  protected step(cell: Cell, x: unknown, hidden: Tensor | null, cells: Tensor | null): RecurrentOut {
    const name = this.#type;
    requireTensor(name, x);
    if (x.dtype !== this.weight_ih.dtype) {
      throw new DTypeError(`${name}: inputs and weights have one dtype; got ${x.dtype} and ${this.weight_ih.dtype}`);
    }
    if (x.ndim !== 1 && x.ndim !== 2)
      throw new ShapeError(`${name}: takes [batch, inputs] or [inputs]; got ${show(x.shape)}`);
    if (x.shape[x.ndim - 1] !== this.inputSize) {
      throw new ShapeError(`${name}: expects a last size of ${this.inputSize}, got ${show(x.shape)}`);
    }
    const isBatch = x.ndim === 2;
    const shape = isBatch ? [x.shape[0] as number, this.hiddenSize] : [this.hiddenSize];
    if (hidden !== null) checkState(name, "hidden state", hidden, shape, x);
    if (cells !== null) checkState(name, "cell state", cells, shape, x);
    const batched = (t: Tensor | null): Tensor | null => (isBatch || t === null ? t : (t.unsqueeze(0) as Tensor));
    const first = { hidden: batched(hidden), cell: batched(cells) };
    const weights = { ih: this.weight_ih, hh: this.weight_hh, biasIh: this.bias_ih, biasHh: this.bias_hh, hr: null };
    const plan = { steps: 1, batch: isBatch ? (x.shape[0] as number) : 1, sizes: null, reverse: false };
    const out = recurrentLayer(cell, batched(x) as Tensor, weights, first, plan);
    if (isBatch) return out;
    return {
      ...out,
      hidden: out.hidden.squeeze(0) as Tensor,
      cell: out.cell === null ? null : (out.cell.squeeze(0) as Tensor),
    };
  }

  override extraRepr(): string {
    return `${this.inputSize}, ${this.hiddenSize}${this.bias_ih === null ? ", bias=false" : ""}`;
  }
}

/**
 * One step of {@link RNN}: x [batch, in] and the state before [batch, hidden] → the state after. Both may be without a
 * batch.
 *
 * @throws {ValueError} for an unknown option or `nonlinearity`, or sizes that are no whole numbers of at least 1.
 * @throws {ShapeError} if input or state have other shapes.
 * @throws {DTypeError} if input or state has another dtype than the weights.
 * @example
 * new nn.RNNCell(10, 20).forward(randn(3, 10)).shape; // [3, 20]
 */
export class RNNCell<I extends number = AnySize, H extends number = AnySize> extends CellBase<I, H> {
  readonly nonlinearity: "tanh" | "relu";

  constructor(inputSize: I, hiddenSize: H, options: RNNCellOptions = {}) {
    const { nonlinearity = "tanh" } = checkOptions("RNNCell", options, ["nonlinearity", "bias"]);
    checkNonlinearity("RNNCell", nonlinearity);
    super(nonlinearity, inputSize, hiddenSize, options, ["nonlinearity", "bias"]);
    this.nonlinearity = nonlinearity;
  }

  /** `h` is zeros where it is left out. */
  override forward<S extends Shape>(
    x: Arg<RecurrentCell<S, I, H, "RNNCell">, Tensor<S>>,
    h: Tensor | null = null,
  ): Tensor<Out<RecurrentCell<S, I, H, "RNNCell">>> {
    return this.step(this.nonlinearity, x, h, null).hidden;
  }
}

/**
 * One step of {@link GRU}: x [batch, in] and the state before [batch, hidden] → the state after. Both may be without a
 * batch.
 *
 * @throws {ValueError} for an unknown option, or sizes that are no whole numbers of at least 1.
 * @throws {ShapeError} if input or state have other shapes.
 * @throws {DTypeError} if input or state has another dtype than the weights.
 * @example
 * new nn.GRUCell(10, 20).forward(randn(3, 10), zeros(3, 20)).shape; // [3, 20]
 */
export class GRUCell<I extends number = AnySize, H extends number = AnySize> extends CellBase<I, H> {
  constructor(inputSize: I, hiddenSize: H, options: CellOptions = {}) {
    super("gru", inputSize, hiddenSize, options);
  }

  /** `h` is zeros where it is left out. */
  override forward<S extends Shape>(
    x: Arg<RecurrentCell<S, I, H, "GRUCell">, Tensor<S>>,
    h: Tensor | null = null,
  ): Tensor<Out<RecurrentCell<S, I, H, "GRUCell">>> {
    return this.step("gru", x, h, null).hidden;
  }
}

/**
 * One step of {@link LSTM}: x [batch, in] and the states [h, c] before, each [batch, hidden] → the states after. All
 * may be without a batch.
 *
 * @throws {ValueError} for an unknown option, or sizes that are no whole numbers of at least 1.
 * @throws {ShapeError} if input or state have other shapes.
 * @throws {DTypeError} if input or states have another dtype than the weights, or the states are no pair.
 * @example
 * const [h, c] = new nn.LSTMCell(10, 20).forward(randn(3, 10));
 * [h.shape, c.shape]; // [[3, 20], [3, 20]]
 */
export class LSTMCell<I extends number = AnySize, H extends number = AnySize> extends CellBase<I, H> {
  constructor(inputSize: I, hiddenSize: H, options: CellOptions = {}) {
    super("lstm", inputSize, hiddenSize, options);
  }

  /** The states are zeros where they are left out. */
  override forward<S extends Shape>(
    x: Arg<RecurrentCell<S, I, H, "LSTMCell">, Tensor<S>>,
    states?: readonly [h: Tensor, c: Tensor] | null,
  ): [h: Tensor<Out<RecurrentCell<S, I, H, "LSTMCell">>>, c: Tensor<Out<RecurrentCell<S, I, H, "LSTMCell">>>] {
    if (states !== undefined && states !== null && (!Array.isArray(states) || states.length !== 2)) {
      throw new DTypeError(
        `LSTMCell: states are a pair [h, c]; got ${Array.isArray(states) ? `${states.length} elements` : typeof states}`,
      );
    }
    const { hidden, cell } = this.step("lstm", x, states?.[0] ?? null, states?.[1] ?? null);
    return [hidden, cell as Tensor];
  }
}
