/** Kinds of softmax: layers along an axis, and the functions that are no methods. */
import { emptyLike, type Tensor } from "../ops/index.ts";
import { requireFloat, requireTensor } from "../ops/kernels.ts";
import { checkNumber } from "../ops/loss.ts";
import { checkOptions } from "../options.ts";
import type { Arg, OnAxis, Shape } from "../tensor/shapes.ts";
import { axis } from "../tensor/sizes.ts";
import { Layer } from "./module.ts";
import type { AnySize, AsShape, IN, Kept, OUT } from "./shapes.ts";

/** Types only: the shape stays when it has the axis. */
// biome-ignore lint/correctness/noUnusedVariables: it is one with the class of its name
interface AlongAxis<D extends number = AnySize> {
  readonly [OUT]: Kept<this[typeof IN], OnAxis<AsShape<this[typeof IN]>, D>>;
}

/** A layer along one axis, which has to be given. */
abstract class AlongAxis<D extends number = AnySize> extends Layer {
  readonly dim: D;

  constructor(dim: D) {
    super();
    this.dim = dim;
  }

  abstract override forward<S extends Shape>(x: Arg<OnAxis<S, D>, Tensor<S>>): Tensor<S>;

  override extraRepr(): string {
    return `dim=${this.dim}`;
  }
}

/**
 * Softmax along an axis, which has to be given. The shape stays; ints and bools become float32.
 *
 * @throws {IndexError} if the input has no such axis.
 * @example
 * new nn.Softmax(1).forward(zeros(1, 2)).toArray(); // [[0.5, 0.5]]
 */
export class Softmax<D extends number = AnySize> extends AlongAxis<D> {
  override forward<S extends Shape>(x: Arg<OnAxis<S, D>, Tensor<S>>): Tensor<S> {
    const input: Tensor = x as Tensor;
    return input.softmax(this.dim as number);
  }
}

/**
 * Softmax of -x along an axis, which has to be given. The shape stays; ints and bools become float32.
 *
 * @throws {IndexError} if the input has no such axis.
 * @example
 * new nn.Softmin(1).forward(zeros(1, 2)).toArray(); // [[0.5, 0.5]]
 */
export class Softmin<D extends number = AnySize> extends AlongAxis<D> {
  override forward<S extends Shape>(x: Arg<OnAxis<S, D>, Tensor<S>>): Tensor<S> {
    const input: Tensor = x as Tensor;
    return input.neg().softmax(this.dim as number);
  }
}

/**
 * The logarithm of softmax along an axis, which has to be given. The shape stays; ints and bools become float32.
 *
 * @throws {IndexError} if the input has no such axis.
 * @example
 * new nn.LogSoftmax(1).forward(tensor([[1, 1]])).toArray(); // [[-0.6931, -0.6931]]
 */
export class LogSoftmax<D extends number = AnySize> extends AlongAxis<D> {
  override forward<S extends Shape>(x: Arg<OnAxis<S, D>, Tensor<S>>): Tensor<S> {
    const input: Tensor = x as Tensor;
    return input.logSoftmax(this.dim as number);
  }
}

/**
 * Softmax of -x along the axis `dim`, which has to be given. The shape stays; ints and bools become float32.
 *
 * @throws {DTypeError} if `x` is not a tensor.
 * @throws {IndexError} if `x` has no such axis, or none is given.
 * @example
 * nn.functional.softmin(zeros(1, 2), 1).toArray(); // [[0.5, 0.5]]
 */
export function softmin<S extends Shape, D extends number>(x: Tensor<S>, dim: Arg<OnAxis<S, D>, D>): Tensor<S> {
  requireTensor("softmin", x);
  return (x as Tensor).neg().softmax(dim as number) as Tensor<S>;
}

/** Options of `gumbelSoftmax`. */
export interface GumbelOptions {
  /** The temperature: near 0 samples are almost one-hot; 1 unless said otherwise. */
  tau?: number;
  /** Whether samples are one-hot, with the gradient of the soft ones; false unless said otherwise. */
  hard?: boolean;
  /** The axis of the classes; the last unless said otherwise. */
  dim?: number;
}

/**
 * Samples from the Gumbel-softmax distribution of unnormalised log-probabilities (Jang et al., 2016): soft choices of a
 * class along an axis, through which gradients flow. Takes float dtypes; draws from the default generator as PyTorch
 * does. The logits are of any shape.
 *
 * @throws {ValueError} for an unknown option, a `tau` that is not above 0, or a `hard` that is neither true nor false.
 * @throws {DTypeError} if the logits are not a float tensor.
 * @throws {IndexError} if the logits have no axis `dim`.
 * @example
 * nn.functional.gumbelSoftmax(randn(4, 3), { hard: true }).sum(-1).toArray(); // [1, 1, 1, 1]
 */
export function gumbelSoftmax<S extends Shape>(logits: Tensor<S>, options: GumbelOptions = {}): Tensor<S> {
  const op = "gumbelSoftmax";
  requireFloat(op, logits);
  checkOptions(op, options, ["tau", "hard", "dim"]);
  const { tau = 1, hard = false, dim = -1 } = options;
  checkNumber(op, "tau", tau, 0, true);
  const x: Tensor = logits;
  const at = axis(op, dim, x.shape);
  const noise = emptyLike(x).exponential_().log().neg() as Tensor;
  const soft = x.add(noise).div(tau).softmax(at) as Tensor;
  if (!hard) return soft as Tensor<S>;
  const choice = soft.argmax(at, true) as Tensor;
  const one = soft.detach().mul(0).scatter(at, choice, 1) as Tensor;
  return one.sub(soft.detach()).add(soft) as Tensor<S>;
}
