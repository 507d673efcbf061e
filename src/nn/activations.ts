import type { GELUOptions } from "../ops/activations.ts";
import type { Tensor } from "../ops/index.ts";
import { checkOptions } from "../options.ts";
import type { Shape } from "../tensor/shapes.ts";
import { Elementwise } from "./elementwise.ts";
import { Layer } from "./module.ts";

/**
 * max(x, 0), elementwise. Any shape and dtype; bytes and bools become int32.
 *
 * @example
 * new nn.ReLU().forward(tensor([-1, 2])).toArray(); // [0, 2]
 */
export class ReLU extends Elementwise {
  override forward<S extends Shape>(x: Tensor<S>): Tensor<S> {
    return x.relu();
  }
}

/**
 * 1 / (1 + exp(-x)), elementwise. Any shape; ints and bools become float32.
 *
 * @example
 * new nn.Sigmoid().forward(tensor([0, 2])).toArray(); // [0.5, 0.8808]
 */
export class Sigmoid extends Elementwise {
  override forward<S extends Shape>(x: Tensor<S>): Tensor<S> {
    return x.sigmoid();
  }
}

/**
 * Hyperbolic tangent, elementwise. Any shape; ints and bools become float32.
 *
 * @example
 * new nn.Tanh().forward(tensor([0, 1])).toArray(); // [0, 0.7616]
 */
export class Tanh extends Elementwise {
  override forward<S extends Shape>(x: Tensor<S>): Tensor<S> {
    return x.tanh();
  }
}

/**
 * x where it is positive, else `negativeSlope` · x; 0.01 unless said otherwise. Any shape; ints and bools become
 * float32.
 *
 * @throws {ValueError} for an unknown option, and from `forward` if `negativeSlope` is not finite.
 * @example
 * new nn.LeakyReLU({ negativeSlope: 0.1 }).forward(tensor([-1, 2])).toArray(); // [-0.1, 2]
 */
export class LeakyReLU extends Elementwise {
  readonly negativeSlope: number;

  constructor(options: { negativeSlope?: number } = {}) {
    super();
    checkOptions("LeakyReLU", options, ["negativeSlope"]);
    this.negativeSlope = options.negativeSlope ?? 0.01;
  }

  override forward<S extends Shape>(x: Tensor<S>): Tensor<S> {
    return x.leakyRelu(this);
  }

  override extraRepr(): string {
    return `negativeSlope=${this.negativeSlope}`;
  }
}

/**
 * max(x, 0) up to 6. Any shape; ints and bools become float32.
 *
 * @example
 * new nn.ReLU6().forward(tensor([-1, 3, 8])).toArray(); // [0, 3, 6]
 */
export class ReLU6 extends Elementwise {
  override forward<S extends Shape>(x: Tensor<S>): Tensor<S> {
    return x.relu6();
  }
}

/**
 * x between `minVal` (-1) and `maxVal` (1), and those bounds beyond. Any shape; ints and bools become float32.
 *
 * @throws {ValueError} for an unknown option, and from `forward` unless `minVal` and `maxVal` are finite and in this
 * order.
 * @example
 * new nn.Hardtanh().forward(tensor([-3, 0.5, 3])).toArray(); // [-1, 0.5, 1]
 */
export class Hardtanh extends Elementwise {
  readonly minVal: number;
  readonly maxVal: number;

  constructor(options: { minVal?: number; maxVal?: number } = {}) {
    super();
    checkOptions("Hardtanh", options, ["minVal", "maxVal"]);
    this.minVal = options.minVal ?? -1;
    this.maxVal = options.maxVal ?? 1;
  }

  override forward<S extends Shape>(x: Tensor<S>): Tensor<S> {
    return x.hardtanh(this);
  }

  override extraRepr(): string {
    return `minVal=${this.minVal}, maxVal=${this.maxVal}`;
  }
}

/**
 * relu6(x + 3) / 6. Any shape; ints and bools become float32.
 *
 * @example
 * new nn.Hardsigmoid().forward(tensor([-4, 0, 1.5])).toArray(); // [0, 0.5, 0.75]
 */
export class Hardsigmoid extends Elementwise {
  override forward<S extends Shape>(x: Tensor<S>): Tensor<S> {
    return x.hardsigmoid();
  }
}

/**
 * x · relu6(x + 3) / 6. Any shape; ints and bools become float32.
 *
 * @example
 * new nn.Hardswish().forward(tensor([-1, 1, 3])).toArray(); // [-0.3333, 0.6667, 3]
 */
export class Hardswish extends Elementwise {
  override forward<S extends Shape>(x: Tensor<S>): Tensor<S> {
    return x.hardswish();
  }
}

/**
 * x brought nearer to 0 by `lambd` (0.5), and 0 within it. Any shape; ints and bools become float32.
 *
 * @throws {ValueError} for an unknown option, and from `forward` if `lambd` is below 0 or not finite.
 * @example
 * new nn.Softshrink().forward(tensor([-1, 0.2, 2])).toArray(); // [-0.5, 0, 1.5]
 */
export class Softshrink extends Elementwise {
  readonly lambd: number;

  constructor(options: { lambd?: number } = {}) {
    super();
    checkOptions("Softshrink", options, ["lambd"]);
    this.lambd = options.lambd ?? 0.5;
  }

  override forward<S extends Shape>(x: Tensor<S>): Tensor<S> {
    return x.softshrink(this);
  }

  override extraRepr(): string {
    return `lambd=${this.lambd}`;
  }
}

/**
 * x, and 0 within `lambd` (0.5) of 0. Any shape; ints and bools become float32.
 *
 * @throws {ValueError} for an unknown option, and from `forward` if `lambd` is below 0 or not finite.
 * @example
 * new nn.Hardshrink().forward(tensor([-1, 0.2, 2])).toArray(); // [-1, 0, 2]
 */
export class Hardshrink extends Elementwise {
  readonly lambd: number;

  constructor(options: { lambd?: number } = {}) {
    super();
    checkOptions("Hardshrink", options, ["lambd"]);
    this.lambd = options.lambd ?? 0.5;
  }

  override forward<S extends Shape>(x: Tensor<S>): Tensor<S> {
    return x.hardshrink(this);
  }

  override extraRepr(): string {
    return `lambd=${this.lambd}`;
  }
}

/**
 * x - tanh(x). Any shape; ints and bools become float32.
 *
 * @example
 * new nn.Tanhshrink().forward(tensor([0, 1])).toArray(); // [0, 0.2384]
 */
export class Tanhshrink extends Elementwise {
  override forward<S extends Shape>(x: Tensor<S>): Tensor<S> {
    return x.tanhshrink();
  }
}

/**
 * x where it is above `threshold`, else `value`. Any shape; ints and bools become float32.
 *
 * @throws {ValueError} if `threshold` or `value` is not finite, which `forward` finds out.
 * @example
 * new nn.Threshold(1, 20).forward(tensor([0.5, 3])).toArray(); // [20, 3]
 */
export class Threshold extends Elementwise {
  readonly threshold: number;
  readonly value: number;

  constructor(threshold: number, value: number) {
    super();
    this.threshold = threshold;
    this.value = value;
  }

  override forward<S extends Shape>(x: Tensor<S>): Tensor<S> {
    return x.threshold(this.threshold, this.value);
  }

  override extraRepr(): string {
    return `threshold=${this.threshold}, value=${this.value}`;
  }
}

/**
 * x where it is positive, else `alpha` (1) · (exp(x) - 1). Any shape; ints and bools become float32.
 *
 * @throws {ValueError} for an unknown option, and from `forward` if `alpha` is not finite.
 * @example
 * new nn.ELU().forward(tensor([-1, 2])).toArray(); // [-0.6321, 2]
 */
export class ELU extends Elementwise {
  readonly alpha: number;

  constructor(options: { alpha?: number } = {}) {
    super();
    checkOptions("ELU", options, ["alpha"]);
    this.alpha = options.alpha ?? 1;
  }

  override forward<S extends Shape>(x: Tensor<S>): Tensor<S> {
    return x.elu(this);
  }

  override extraRepr(): string {
    return `alpha=${this.alpha}`;
  }
}

/**
 * x where it is positive, else `alpha` (1) · (exp(x / alpha) - 1). Any shape; ints and bools become float32.
 *
 * @throws {ValueError} for an unknown option, and from `forward` if `alpha` is 0 or not finite.
 * @example
 * new nn.CELU({ alpha: 2 }).forward(tensor([-1, 2])).toArray(); // [-0.7869, 2]
 */
export class CELU extends Elementwise {
  readonly alpha: number;

  constructor(options: { alpha?: number } = {}) {
    super();
    checkOptions("CELU", options, ["alpha"]);
    this.alpha = options.alpha ?? 1;
  }

  override forward<S extends Shape>(x: Tensor<S>): Tensor<S> {
    return x.celu(this);
  }

  override extraRepr(): string {
    return `alpha=${this.alpha}`;
  }
}

/**
 * The ELU whose results keep mean 0 and variance 1 from layer to layer. Any shape; ints and bools become float32.
 *
 * @example
 * new nn.SELU().forward(tensor([-1, 2])).toArray(); // [-1.111, 2.101]
 */
export class SELU extends Elementwise {
  override forward<S extends Shape>(x: Tensor<S>): Tensor<S> {
    return x.selu();
  }
}

/**
 * x times the probability that a normal number is below x; `approximate: "tanh"` for the approximation. Any shape; ints
 * and bools become float32.
 *
 * @throws {ValueError} for an unknown option, and from `forward` for another `approximate`.
 * @example
 * new nn.GELU().forward(tensor([-1, 2])).toArray(); // [-0.1587, 1.954]
 */
export class GELU extends Elementwise {
  readonly approximate: "none" | "tanh";

  constructor(options: GELUOptions = {}) {
    super();
    this.approximate = checkOptions("GELU", options, ["approximate"]).approximate ?? "none";
  }

  override forward<S extends Shape>(x: Tensor<S>): Tensor<S> {
    return x.gelu(this);
  }

  override extraRepr(): string {
    return `approximate='${this.approximate}'`;
  }
}

/**
 * x · sigmoid(x). Any shape; ints and bools become float32.
 *
 * @example
 * new nn.SiLU().forward(tensor([-1, 2])).toArray(); // [-0.2689, 1.762]
 */
export class SiLU extends Elementwise {
  override forward<S extends Shape>(x: Tensor<S>): Tensor<S> {
    return x.silu();
  }
}

/**
 * x · tanh(softplus(x)). Any shape; ints and bools become float32.
 *
 * @example
 * new nn.Mish().forward(tensor([-1, 2])).toArray(); // [-0.3034, 1.944]
 */
export class Mish extends Elementwise {
  override forward<S extends Shape>(x: Tensor<S>): Tensor<S> {
    return x.mish();
  }
}

/**
 * log(1 + exp(beta · x)) / beta, and x itself where beta · x is above `threshold` (20). Any shape; ints and bools
 * become float32.
 *
 * @throws {ValueError} for an unknown option, and from `forward` if `beta` is 0 or either number is not finite.
 * @example
 * new nn.Softplus().forward(tensor([0, 2])).toArray(); // [0.6931, 2.127]
 */
export class Softplus extends Elementwise {
  readonly beta: number;
  readonly threshold: number;

  constructor(options: { beta?: number; threshold?: number } = {}) {
    super();
    checkOptions("Softplus", options, ["beta", "threshold"]);
    this.beta = options.beta ?? 1;
    this.threshold = options.threshold ?? 20;
  }

  override forward<S extends Shape>(x: Tensor<S>): Tensor<S> {
    return x.softplus(this);
  }

  override extraRepr(): string {
    return `beta=${this.beta}, threshold=${this.threshold}`;
  }
}

/**
 * x / (1 + |x|). Any shape; ints and bools become float32.
 *
 * @example
 * new nn.Softsign().forward(tensor([-1, 3])).toArray(); // [-0.5, 0.75]
 */
export class Softsign extends Elementwise {
  override forward<S extends Shape>(x: Tensor<S>): Tensor<S> {
    return x.softsign();
  }
}

/**
 * log(sigmoid(x)), exact where sigmoid itself would round to 0. Any shape; ints and bools become float32.
 *
 * @example
 * new nn.LogSigmoid().forward(tensor([0, -200])).toArray(); // [-0.6931, -200]
 */
export class LogSigmoid extends Elementwise {
  override forward<S extends Shape>(x: Tensor<S>): Tensor<S> {
    return x.logsigmoid();
  }
}

/**
 * The first half along an axis (the last unless said otherwise) times the sigmoid of the second half: [..., 2n] →
 * [..., n], of a float dtype.
 *
 * @throws {ValueError} for an unknown option.
 * @throws {ShapeError} if the axis has an odd size, or the input no axis.
 * @throws {DTypeError} if the input is not of a float dtype.
 * @throws {IndexError} if the input has no axis `dim`.
 * @example
 * new nn.GLU().forward(tensor([[1, 2, 0, 0]])).toArray(); // [[0.5, 1]]
 */
export class GLU extends Layer {
  readonly dim: number;

  constructor(options: { dim?: number } = {}) {
    super();
    checkOptions("GLU", options, ["dim"]);
    this.dim = options.dim ?? -1;
  }

  override forward(x: Tensor): Tensor {
    return x.glu(this.dim);
  }

  override extraRepr(): string {
    return `dim=${this.dim}`;
  }
}
