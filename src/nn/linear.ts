import { bilinear, linear, type Tensor } from "../ops/index.ts";
import { checkOptions } from "../options.ts";
import type { Arg, BilinearOut, LinearOut, Out, Shape } from "../tensor/shapes.ts";
import { empty } from "../tensor/tensor.ts";
import { checkCount, uniformFan } from "./fan.ts";
import { uniform_ } from "./init.ts";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";
import type { AnySize, AsShape, IN, OUT } from "./shapes.ts";

/** Options of {@link Linear}. */
export interface LinearOptions {
  /** Whether a bias is added; true unless said otherwise. */
  bias?: boolean;
}

/** Types only: the shape rule. */
export interface Linear<I extends number = AnySize, O extends number = AnySize> {
  readonly [OUT]: LinearOut<AsShape<this[typeof IN]>, I, O>;
}

/**
 * y = x·Wᵀ + b over the last axis: x [..., in] → [..., out]. `weight` is [out, in], `bias` [out]; both start uniform in
 * ±1/√in, with PyTorch's values for the same seed.
 *
 * @throws {ValueError} for an unknown option, or features that are no whole numbers of at least 1.
 * @throws {ShapeError} if the last axis of the input is not `inFeatures` long, or there is none.
 * @throws {DTypeError} if the input has another dtype than the weight.
 * @example
 * const fc = new nn.Linear(784, 500);
 * fc.forward(randn(100, 784)).shape; // [100, 500]
 */
export class Linear<I extends number = AnySize, O extends number = AnySize> extends Module {
  readonly inFeatures: I;
  readonly outFeatures: O;
  weight: Parameter<[O, I]>;
  bias: Parameter<[O]> | null;

  constructor(inFeatures: I, outFeatures: O, options: LinearOptions = {}) {
    super();
    checkOptions("Linear", options, ["bias"]);
    checkCount("Linear", "inFeatures", inFeatures);
    checkCount("Linear", "outFeatures", outFeatures);
    this.inFeatures = inFeatures;
    this.outFeatures = outFeatures;
    this.weight = new Parameter(empty([outFeatures, inFeatures], "float32"));
    this.bias = (options.bias ?? true) ? new Parameter(empty([outFeatures], "float32")) : null;
    this.resetParameters();
  }

  /** Draws the weights anew from the default generator, the weight first. */
  resetParameters(): void {
    uniformFan(this.weight, this.bias, this.inFeatures);
  }

  override forward<S extends Shape>(x: Arg<LinearOut<S, I, O>, Tensor<S>>): Tensor<Out<LinearOut<S, I, O>>> {
    return linear(x as Tensor, this.weight, this.bias, "Linear");
  }

  override extraRepr(): string {
    return `inFeatures=${this.inFeatures}, outFeatures=${this.outFeatures}, bias=${this.bias !== null}`;
  }
}

/**
 * y[k] = aᵀ · weight[k] · b + bias[k] over the last axes of two inputs: [..., in1] and [..., in2] → [..., out].
 * `weight` is [out, in1, in2], `bias` [out]; both start uniform in ±1/√in1, with PyTorch's values for the same seed.
 *
 * @throws {ValueError} for an unknown option, or features that are no whole numbers of at least 1.
 * @throws {ShapeError} unless the inputs end with the two sizes and are alike before them.
 * @throws {DTypeError} if the inputs have another dtype than the weight.
 * @example
 * new nn.Bilinear(20, 30, 40).forward(randn(128, 20), randn(128, 30)).shape; // [128, 40]
 */
export class Bilinear<
  I extends number = AnySize,
  J extends number = AnySize,
  O extends number = AnySize,
> extends Module {
  readonly in1Features: I;
  readonly in2Features: J;
  readonly outFeatures: O;
  weight: Parameter<[O, I, J]>;
  bias: Parameter<[O]> | null;

  constructor(in1Features: I, in2Features: J, outFeatures: O, options: LinearOptions = {}) {
    super();
    checkOptions("Bilinear", options, ["bias"]);
    checkCount("Bilinear", "in1Features", in1Features);
    checkCount("Bilinear", "in2Features", in2Features);
    checkCount("Bilinear", "outFeatures", outFeatures);
    this.in1Features = in1Features;
    this.in2Features = in2Features;
    this.outFeatures = outFeatures;
    this.weight = new Parameter(empty([outFeatures, in1Features, in2Features], "float32"));
    this.bias = (options.bias ?? true) ? new Parameter(empty([outFeatures], "float32")) : null;
    this.resetParameters();
  }

  /** Draws the weights anew from the default generator, the weight first. */
  resetParameters(): void {
    const bound = 1 / Math.sqrt(this.in1Features);
    uniform_(this.weight, { a: -bound, b: bound });
    if (this.bias !== null) uniform_(this.bias, { a: -bound, b: bound });
  }

  override forward<A extends Shape, B extends Shape>(
    a: Tensor<A>,
    b: Arg<BilinearOut<A, B, I, J, O>, Tensor<B>>,
  ): Tensor<Out<BilinearOut<A, B, I, J, O>>> {
    return bilinear(a, b as Tensor, this.weight, this.bias) as Tensor<Out<BilinearOut<A, B, I, J, O>>>;
  }

  override extraRepr(): string {
    const { in1Features, in2Features, outFeatures, bias } = this;
    return `in1Features=${in1Features}, in2Features=${in2Features}, outFeatures=${outFeatures}, bias=${bias !== null}`;
  }
}
