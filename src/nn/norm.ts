/** Normalisation. */
import { ValueError } from "../errors.ts";
import { checkEps } from "../ops/batchnorm.ts";
import type { Tensor } from "../ops/index.ts";
import { checkOptions } from "../options.ts";
import type { Arg, EndsWith, Shape } from "../tensor/shapes.ts";
import { show } from "../tensor/sizes.ts";
import { empty } from "../tensor/tensor.ts";
import { constant_ } from "./init.ts";
import { Layer } from "./module.ts";
import { Parameter } from "./parameter.ts";
import type { AnySize, AsShape, IN, Kept, OUT } from "./shapes.ts";

/** Options of {@link LayerNorm}. */
export interface LayerNormOptions {
  /** Added to the variance; 1e-5 unless said otherwise. */
  eps?: number;
  /** Whether there are weight and bias; true unless said otherwise. */
  elementwiseAffine?: boolean;
  /** Whether there is a bias beside the weight; true unless said otherwise. */
  bias?: boolean;
}

/** The sizes that were given by a number or a list; throws a ValueError unless they are whole numbers of at least 1. */
export function sizesOf(name: string, given: number | Shape): readonly number[] {
  const sizes: unknown = typeof given === "number" ? [given] : given;
  if (Array.isArray(sizes) && sizes.length > 0 && sizes.every((size) => Number.isInteger(size) && size > 0))
    return sizes;
  throw new ValueError(`${name}: the sizes are whole numbers of at least 1; got ${String(given)}`);
}

/** The sizes that a number or a list of numbers stands for. */
type Sizes<N extends number | Shape> = N extends number ? [N] : N extends Shape ? N : Shape;

/** Types only: the shape stays when it ends with the sizes. */
export interface LayerNorm<N extends number | Shape = AnySize> {
  readonly [OUT]: Kept<this[typeof IN], EndsWith<AsShape<this[typeof IN]>, Sizes<N>>>;
}

/**
 * Brings each sample's last axes, of the sizes given, to mean 0 and variance 1, then scales by `weight` and adds
 * `bias`, both of those sizes, at first ones and zeros: x [..., sizes] keeps its shape. Ba, Kiros and Hinton, 2016.
 *
 * @throws {ValueError} for an unknown option, sizes that are no whole numbers of at least 1, or an `eps` below 0.
 * @throws {ShapeError} if the input does not end with the sizes.
 * @throws {DTypeError} if the input has another dtype than the weight.
 * @example
 * new nn.LayerNorm(2, { eps: 0 }).forward(tensor([[1, 3]])).toArray(); // [[-1, 1]]
 */
export class LayerNorm<const N extends number | Shape = AnySize> extends Layer {
  readonly normalizedShape: readonly number[];
  readonly eps: number;
  readonly elementwiseAffine: boolean;
  weight: Parameter | null;
  bias: Parameter | null;

  constructor(normalizedShape: N, options: LayerNormOptions = {}) {
    super();
    const sizes = sizesOf("LayerNorm", normalizedShape);
    const {
      eps = 1e-5,
      elementwiseAffine = true,
      bias = true,
    } = checkOptions("LayerNorm", options, ["eps", "elementwiseAffine", "bias"]);
    checkEps("LayerNorm", eps);
    this.normalizedShape = [...sizes];
    this.eps = eps;
    this.elementwiseAffine = elementwiseAffine;
    this.weight = elementwiseAffine ? new Parameter(empty(sizes, "float32")) : null;
    this.bias = elementwiseAffine && bias ? new Parameter(empty(sizes, "float32")) : null;
    this.resetParameters();
  }

  /** Sets the weight to ones and the bias to zeros. */
  resetParameters(): void {
    if (this.weight !== null) constant_(this.weight, 1);
    if (this.bias !== null) constant_(this.bias, 0);
  }

  override forward<S extends Shape>(x: Arg<EndsWith<S, Sizes<N>>, Tensor<S>>): Tensor<S> {
    const input: Tensor = x as Tensor;
    return input.layerNorm(this.normalizedShape, this);
  }

  override extraRepr(): string {
    return `${show(this.normalizedShape)}, eps=${this.eps}, elementwiseAffine=${this.elementwiseAffine}`;
  }
}
