/** Fully connected layers. */

import { noGrad } from "../autograd/mode.ts";
import { ValueError } from "../errors.ts";
import { linear, type Tensor } from "../ops/index.ts";
import type { Arg, LinearOut, Out, Shape } from "../tensor/shapes.ts";
import { empty } from "../tensor/tensor.ts";
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
    checkFeatures(inFeatures, outFeatures);
    this.inFeatures = inFeatures;
    this.outFeatures = outFeatures;
    this.weight = new Parameter(empty([outFeatures, inFeatures], "float32"));
    this.bias = (options.bias ?? true) ? new Parameter(empty([outFeatures], "float32")) : null;
    this.resetParameters();
  }

  /** Draws the weights anew from the default generator, the weight first. */
  resetParameters(): void {
    const fan = Math.max(this.inFeatures, 1);
    const bound = Math.sqrt(3) * (Math.sqrt(2 / (1 + 5)) / Math.sqrt(fan));
    noGrad(() => {
      this.weight.uniform_(-bound, bound);
      this.bias?.uniform_(-1 / Math.sqrt(fan), 1 / Math.sqrt(fan));
    });
  }

  override forward<S extends Shape>(x: Arg<LinearOut<S, I, O>, Tensor<S>>): Tensor<Out<LinearOut<S, I, O>>> {
    return linear(x as Tensor, this.weight, this.bias, "Linear");
  }

  override extraRepr(): string {
    return `inFeatures=${this.inFeatures}, outFeatures=${this.outFeatures}, bias=${this.bias !== null}`;
  }
}

function checkFeatures(inputs: unknown, outputs: unknown): void {
  for (const size of [inputs, outputs]) {
    if (!Number.isInteger(size) || (size as number) < 1) {
      throw new ValueError(
        `Linear: features are whole numbers of at least 1; got ${String(inputs)} and ${String(outputs)}`,
      );
    }
  }
}
