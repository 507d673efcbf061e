/** Activation functions with weights of their own. */
import { noGrad } from "../autograd/mode.ts";
import { ValueError } from "../errors.ts";
import { linear, type Tensor } from "../ops/index.ts";
import { checkOptions } from "../options.ts";
import type { Arg, LinearOut, Out, Shape } from "../tensor/shapes.ts";
import { empty } from "../tensor/tensor.ts";
import { Elementwise } from "./elementwise.ts";
import { checkCount, uniformFan } from "./fan.ts";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";
import type { AnySize, AsShape, IN, OUT } from "./shapes.ts";

/** Options of {@link PReLU}. */
export interface PReLUOptions {
  /** One slope for all, which is the default, or one for each channel (axis 1). */
  numParameters?: number;
  /** The slope before training; 0.25 unless said otherwise. */
  init?: number;
}

/**
 * x where it is positive, else a learned slope · x, for any shape. `weight` is [numParameters].
 *
 * @throws {ValueError} for an unknown option, a `numParameters` that is no whole number of at least 1, or an `init`
 * that is not finite; from `forward` if input and weight differ in dtype.
 * @throws {ShapeError} if `numParameters` is neither 1 nor the number of channels of the input.
 * @throws {DTypeError} if the input is not of a float dtype.
 * @example
 * new nn.PReLU().forward(tensor([-1, 2])).toArray(); // [-0.25, 2]
 */
export class PReLU extends Elementwise {
  readonly numParameters: number;
  weight: Parameter<[number]>;
  readonly #init: number;

  constructor(options: PReLUOptions = {}) {
    super();
    const { numParameters = 1, init = 0.25 } = checkOptions("PReLU", options, ["numParameters", "init"]);
    checkCount("PReLU", "numParameters", numParameters);
    if (!Number.isFinite(init)) throw new ValueError(`PReLU: init is a finite number; got ${String(init)}`);
    this.numParameters = numParameters;
    this.#init = init;
    this.weight = new Parameter(empty([numParameters], "float32"));
    this.resetParameters();
  }

  /** Sets every slope to its first value. */
  resetParameters(): void {
    noGrad(() => this.weight.fill_(this.#init));
  }

  override forward<S extends Shape>(x: Tensor<S>): Tensor<S> {
    return x.prelu(this.weight);
  }

  override extraRepr(): string {
    return `numParameters=${this.numParameters}`;
  }
}

/** Types only: the shape rule. */
export interface Maxout<I extends number = AnySize, O extends number = AnySize> {
  readonly [OUT]: LinearOut<AsShape<this[typeof IN]>, I, O, "Maxout">;
}

/**
 * The largest of `pieces` linear maps, for each output by itself: x [..., in] → [..., out]. `weight` is
 * [out · pieces, in], the pieces of one output side by side; it starts as a Linear's. Goodfellow et al., 2013.
 *
 * @throws {ValueError} for an unknown option, or a number of features or pieces that is no whole number of at least 1.
 * @throws {ShapeError} if the last axis of the input is not `inFeatures` long, or there is none.
 * @throws {DTypeError} if the input has another dtype than the weight.
 * @example
 * new nn.Maxout(784, 100, 4).forward(zeros(5, 784)).shape; // [5, 100]
 */
export class Maxout<I extends number = AnySize, O extends number = AnySize> extends Module {
  readonly inFeatures: I;
  readonly outFeatures: O;
  readonly pieces: number;
  weight: Parameter<[number, I]>;
  bias: Parameter<[number]> | null;

  constructor(inFeatures: I, outFeatures: O, pieces: number, options: { bias?: boolean } = {}) {
    super();
    checkOptions("Maxout", options, ["bias"]);
    checkCount("Maxout", "inFeatures", inFeatures);
    checkCount("Maxout", "outFeatures", outFeatures);
    checkCount("Maxout", "pieces", pieces);
    this.inFeatures = inFeatures;
    this.outFeatures = outFeatures;
    this.pieces = pieces;
    this.weight = new Parameter(empty([outFeatures * pieces, inFeatures], "float32"));
    this.bias = (options.bias ?? true) ? new Parameter(empty([outFeatures * pieces], "float32")) : null;
    this.resetParameters();
  }

  /** Draws the weights anew from the default generator, the weight first. */
  resetParameters(): void {
    uniformFan(this.weight, this.bias, this.inFeatures);
  }

  override forward<S extends Shape>(
    x: Arg<LinearOut<S, I, O, "Maxout">, Tensor<S>>,
  ): Tensor<Out<LinearOut<S, I, O, "Maxout">>> {
    const lines: Tensor = linear(x as Tensor, this.weight, this.bias, "Maxout");
    const pieces: Tensor = lines.reshape(...lines.shape.slice(0, -1), this.outFeatures as number, this.pieces);
    return pieces.max(-1).values;
  }

  override extraRepr(): string {
    const { inFeatures, outFeatures, pieces, bias } = this;
    return `inFeatures=${inFeatures}, outFeatures=${outFeatures}, pieces=${pieces}, bias=${bias !== null}`;
  }
}
