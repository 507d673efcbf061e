/** Recurrent layers. */
import { DTypeError } from "../errors.ts";
import type { Tensor } from "../ops/index.ts";
import type { LastStates, PerDirection, Recurrent, StateCount, StateSize } from "../tensor/recurrent.ts";
import type { AnyShape, Arg, Out, Shape } from "../tensor/shapes.ts";
import type { PackedSequence } from "./packed.ts";
import { checkNonlinearity, RecurrentLayers, type RecurrentOptions } from "./recurrent-base.ts";
import type { AnySize } from "./shapes.ts";

export type { RecurrentOptions } from "./recurrent-base.ts";

/** No options, which is what `nn.LSTM` alone stands for. */
type NoOptions = Record<never, never>;

/** Options of {@link RNN}. */
export interface RNNOptions extends RecurrentOptions {
  /** The function of the sum; "tanh" unless said otherwise. */
  nonlinearity?: "tanh" | "relu";
}

/** Options of {@link LSTM}. */
export interface LSTMOptions extends RecurrentOptions {
  /** The size to which the state is projected; 0: it is not. Sak, Senior and Beaufays, 2014. */
  projSize?: number;
}

/** The shape of a layer's output. */
type Output<S extends Shape, I extends number, W extends number, O, Op extends string> = Recurrent<
  S,
  I,
  PerDirection<W, O>,
  Op
>;

/**
 * The plain recurrent layer of Elman (1990): h[t] = tanh(x[t]·W_ihᵀ + b_ih + h[t-1]·W_hhᵀ + b_hh), or relu of it. x
 * [steps, batch, in] (or [batch, steps, in] with `batchFirst`, or [steps, in]) → the states after every step
 * [steps, batch, directions · hidden], and those after the last [layers · directions, batch, hidden]. Weights have
 * PyTorch's names, layouts and first values. Takes a `PackedSequence` as well, and then gives one.
 *
 * @throws {ValueError} for an unknown option or `nonlinearity`, sizes or layers that are no whole numbers of at least
 * 1, or a `dropout` outside [0, 1].
 * @throws {ShapeError} if the input has other axes, its last is not `inputSize` long, there are no steps, or a state
 * has another shape.
 * @throws {DTypeError} if input or state has another dtype than the weights.
 * @example
 * const [output, hN] = new nn.RNN(28, 128).forward(randn(28, 100, 28));
 * [output.shape, hN.shape]; // [[28, 100, 128], [1, 100, 128]]
 */
export class RNN<
  I extends number = AnySize,
  H extends number = AnySize,
  const O extends RNNOptions = NoOptions,
> extends RecurrentLayers<I, H> {
  readonly nonlinearity: "tanh" | "relu";

  constructor(inputSize: I, hiddenSize: H, options?: O) {
    const nonlinearity = (options as RNNOptions | undefined)?.nonlinearity ?? "tanh";
    checkNonlinearity("RNN", nonlinearity);
    super(nonlinearity, inputSize, hiddenSize, options ?? {});
    this.nonlinearity = nonlinearity;
  }

  /** `h0` is [layers · directions, batch, hidden]; zeros where it is left out. */
  override forward(x: PackedSequence, h0?: Tensor): [output: PackedSequence, hN: Tensor];
  override forward<S extends Shape>(
    x: Arg<Output<S, I, H, O, "RNN">, Tensor<S>>,
    h0?: Tensor,
  ): [output: Tensor<Out<Output<S, I, H, O, "RNN">>>, hN: Tensor<LastStates<S, StateCount<O>, H, O>>];
  override forward(x: unknown, h0?: Tensor): [unknown, Tensor] {
    const { output, states } = this.run(this.nonlinearity, x, given("RNN", h0));
    return [output, states.hidden];
  }
}

/**
 * Gated recurrent units (Cho et al., 2014), in the form of PyTorch and cuDNN: with gates r and z,
 * n = tanh(x·W_inᵀ + b_in + r·(h·W_hnᵀ + b_hn)) and h = (1 - z)·n + z·h. Rows of the weights are in the order r, z, n.
 * Shapes are those of {@link RNN}.
 *
 * @throws {ValueError} for an unknown option, sizes or layers that are no whole numbers of at least 1, or a `dropout`
 * outside [0, 1].
 * @throws {ShapeError} if the input has other axes, its last is not `inputSize` long, there are no steps, or a state
 * has another shape.
 * @throws {DTypeError} if input or state has another dtype than the weights.
 * @example
 * const [output, hN] = new nn.GRU(28, 128, { batchFirst: true }).forward(randn(100, 28, 28));
 * [output.shape, hN.shape]; // [[100, 28, 128], [1, 100, 128]]
 */
export class GRU<
  I extends number = AnySize,
  H extends number = AnySize,
  const O extends RecurrentOptions = NoOptions,
> extends RecurrentLayers<I, H> {
  constructor(inputSize: I, hiddenSize: H, options?: O) {
    super("gru", inputSize, hiddenSize, options ?? {});
  }

  /** `h0` is [layers · directions, batch, hidden]; zeros where it is left out. */
  override forward(x: PackedSequence, h0?: Tensor): [output: PackedSequence, hN: Tensor];
  override forward<S extends Shape>(
    x: Arg<Output<S, I, H, O, "GRU">, Tensor<S>>,
    h0?: Tensor,
  ): [output: Tensor<Out<Output<S, I, H, O, "GRU">>>, hN: Tensor<LastStates<S, StateCount<O>, H, O>>];
  override forward(x: unknown, h0?: Tensor): [unknown, Tensor] {
    const { output, states } = this.run("gru", x, given("GRU", h0));
    return [output, states.hidden];
  }
}

/**
 * Long short-term memory (Hochreiter and Schmidhuber, 1997; forget gate by Gers et al., 2000): with gates i, f, o and g
 * = tanh of its sum, c = f·c + i·g and h = o·tanh(c). Rows of the weights are in the order i, f, g, o. Shapes are those
 * of {@link RNN}; the states are a pair, [hN, cN].
 *
 * @throws {ValueError} for an unknown option, sizes or layers that are no whole numbers of at least 1, a `dropout`
 * outside [0, 1], or a `projSize` that is not from 0 to below the hidden size.
 * @throws {ShapeError} if the input has other axes, its last is not `inputSize` long, there are no steps, or a state
 * has another shape.
 * @throws {DTypeError} if input or states have another dtype than the weights, or the states are no pair.
 * @example
 * const [output, [hN, cN]] = new nn.LSTM(28, 128, { numLayers: 2 }).forward(randn(28, 100, 28));
 * [output.shape, hN.shape, cN.shape]; // [[28, 100, 128], [2, 100, 128], [2, 100, 128]]
 */
export class LSTM<
  I extends number = AnySize,
  H extends number = AnySize,
  const O extends LSTMOptions = NoOptions,
> extends RecurrentLayers<I, H> {
  constructor(inputSize: I, hiddenSize: H, options?: O) {
    super("lstm", inputSize, hiddenSize, options ?? {}, (options as LSTMOptions | undefined)?.projSize ?? 0);
  }

  /** `states` are [h0, c0], each [layers · directions, batch, hidden] (h0 as wide as the projection); zeros where they are left out. */
  override forward(
    x: PackedSequence,
    states?: readonly [h0: Tensor, c0: Tensor],
  ): [output: PackedSequence, states: [hN: Tensor, cN: Tensor]];
  override forward<S extends Shape>(
    x: Arg<Output<S, I, StateSize<H, O>, O, "LSTM">, Tensor<S>>,
    states?: readonly [h0: Tensor, c0: Tensor],
  ): [
    output: Tensor<Out<Output<S, I, StateSize<H, O>, O, "LSTM">>>,
    states: [
      hN: Tensor<LastStates<S, StateCount<O>, StateSize<H, O>, O>>,
      cN: Tensor<LastStates<S, StateCount<O>, H, O>>,
    ],
  ];
  override forward(x: unknown, states?: readonly [Tensor, Tensor]): [unknown, [Tensor, Tensor]] {
    if (states !== undefined && states !== null && (!Array.isArray(states) || states.length !== 2)) {
      throw new DTypeError(
        `LSTM: states are a pair [h0, c0]; got ${Array.isArray(states) ? `${states.length} elements` : "no array"}`,
      );
    }
    const pair = states === undefined || states === null ? null : { hidden: states[0], cell: states[1] };
    const { output, states: last } = this.run("lstm", x, pair);
    return [output, [last.hidden, last.cell as Tensor<AnyShape>]];
  }
}

/** The state that the user gives, if any. */
function given(name: string, h0: unknown): { hidden: Tensor; cell: null } | null {
  if (Array.isArray(h0)) throw new DTypeError(`${name}: the hidden state is one tensor; got an array`);
  return h0 === undefined || h0 === null ? null : { hidden: h0 as Tensor, cell: null };
}
