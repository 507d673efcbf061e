/** Dropout. */
import { ValueError } from "../errors.ts";
import type { Tensor } from "../ops/index.ts";
import { shown } from "../options.ts";
import type { Shape } from "../tensor/shapes.ts";
import { Elementwise } from "./elementwise.ts";

/** What the kinds of dropout share: a probability, and nothing to do in evaluation. */
abstract class Dropping extends Elementwise {
  readonly p: number;

  constructor(p = 0.5) {
    super();
    if (!(typeof p === "number" && p >= 0 && p <= 1)) {
      throw new ValueError(`${new.target.name}: p is a probability from 0 to 1; got ${shown(p)}`);
    }
    this.p = p;
  }

  override extraRepr(): string {
    return `p=${this.p}`;
  }
}

/**
 * In training, zeros each element with probability p and scales the others by 1 / (1 - p); in evaluation passes
 * everything. The shape stays. The masks are PyTorch's for the same seed.
 *
 * @throws {ValueError} if `p` is no probability from 0 to 1.
 * @throws {DTypeError} if the input is not of a float dtype.
 * @example
 * new nn.Dropout(0.2).eval().forward(ones(3)).toArray(); // [1, 1, 1]
 */
export class Dropout extends Dropping {
  override forward<S extends Shape>(x: Tensor<S>): Tensor<S> {
    return x.dropout(this.p, this.training);
  }
}

/**
 * In training, zeros whole channels of [batch, channels, length] or [channels, length] with probability p.
 *
 * @throws {ValueError} if `p` is no probability from 0 to 1.
 * @throws {ShapeError} unless the input is [batch, channels, length] or [channels, length].
 * @throws {DTypeError} if the input is not of a float dtype.
 * @example
 * new nn.Dropout1d(0.2).forward(ones(4, 8, 16)).shape; // [4, 8, 16]
 */
export class Dropout1d extends Dropping {
  override forward<S extends Shape>(x: Tensor<S>): Tensor<S> {
    return x.dropout1d(this.p, this.training);
  }
}

/**
 * In training, zeros whole channels of [batch, channels, height, width] or [channels, height, width] with probability
 * p.
 *
 * @throws {ValueError} if `p` is no probability from 0 to 1.
 * @throws {ShapeError} unless the input is [batch, channels, height, width] or [channels, height, width].
 * @throws {DTypeError} if the input is not of a float dtype.
 * @example
 * new nn.Dropout2d(0.2).forward(ones(4, 8, 16, 16)).shape; // [4, 8, 16, 16]
 */
export class Dropout2d extends Dropping {
  override forward<S extends Shape>(x: Tensor<S>): Tensor<S> {
    return x.dropout2d(this.p, this.training);
  }
}

/**
 * In training, zeros whole channels of [batch, channels, depth, height, width], or that without the batch, with
 * probability p.
 *
 * @throws {ValueError} if `p` is no probability from 0 to 1.
 * @throws {ShapeError} unless the input is [batch, channels, depth, height, width] or that without the batch.
 * @throws {DTypeError} if the input is not of a float dtype.
 * @example
 * new nn.Dropout3d(0.2).forward(ones(4, 8, 2, 16, 16)).shape; // [4, 8, 2, 16, 16]
 */
export class Dropout3d extends Dropping {
  override forward<S extends Shape>(x: Tensor<S>): Tensor<S> {
    return x.dropout3d(this.p, this.training);
  }
}

/**
 * In training, sets elements to SELU's lowest value with probability p, and keeps mean and variance. The shape stays.
 * Goes with SELU.
 *
 * @throws {ValueError} if `p` is no probability from 0 to 1.
 * @throws {DTypeError} if the input is not of a float dtype.
 * @example
 * new nn.AlphaDropout(0.1).forward(randn(4, 8)).shape; // [4, 8]
 */
export class AlphaDropout extends Dropping {
  override forward<S extends Shape>(x: Tensor<S>): Tensor<S> {
    return x.alphaDropout(this.p, this.training);
  }
}

/**
 * AlphaDropout of whole channels of [batch, channels, …]. The shape stays.
 *
 * @throws {ValueError} if `p` is no probability from 0 to 1.
 * @throws {ShapeError} unless the input is [batch, channels, …].
 * @throws {DTypeError} if the input is not of a float dtype.
 * @example
 * new nn.FeatureAlphaDropout(0.1).forward(randn(4, 8, 16)).shape; // [4, 8, 16]
 */
export class FeatureAlphaDropout extends Dropping {
  override forward<S extends Shape>(x: Tensor<S>): Tensor<S> {
    return x.featureAlphaDropout(this.p, this.training);
  }
}
