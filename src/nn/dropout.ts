/** Dropout. */
import { ValueError } from "../errors.ts";
import type { Tensor } from "../ops/index.ts";
import type { Shape } from "../tensor/shapes.ts";
import { Elementwise } from "./activation.ts";

/**
 * In training, zeros each element with probability p and scales the others by 1 / (1 - p); in evaluation passes everything.
 * The masks are PyTorch's for the same seed.
 *
 * @example
 * new nn.Dropout(0.2).eval().forward(ones(3)).toArray(); // [1, 1, 1]
 */
export class Dropout extends Elementwise {
  readonly p: number;

  constructor(p = 0.5) {
    super();
    if (!(p >= 0 && p <= 1)) throw new ValueError(`Dropout: p is a probability from 0 to 1; got ${p}`);
    this.p = p;
  }

  override forward<S extends Shape>(x: Tensor<S>): Tensor<S> {
    return x.dropout(this.p, this.training);
  }

  override extraRepr(): string {
    return `p=${this.p}`;
  }
}
