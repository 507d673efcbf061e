/** Padding as layers. */
import { ShapeError, ValueError } from "../errors.ts";
import { text } from "../ops/conv-geometry.ts";
import type { Tensor } from "../ops/index.ts";
import type { PadMode } from "../ops/pad.ts";
import type { Pad } from "../tensor/padding.ts";
import type { Out, Shape } from "../tensor/shapes.ts";
import { show } from "../tensor/sizes.ts";
import { Layer } from "./module.ts";
import type { AsShape, IN, OUT } from "./shapes.ts";

/** One amount for all sides, or [left, right] or [left, right, top, bottom]. */
export type Amounts = number | Shape;

/** The amounts of all sides of N axes. */
type Sides<P extends Amounts, N extends 1 | 2> = P extends number
  ? N extends 1
    ? [P, P]
    : [P, P, P, P]
  : P extends Shape
    ? P
    : Shape;

/** Types only. */
export interface Padding<P extends Amounts = Amounts, N extends 1 | 2 = 1 | 2> {
  readonly [OUT]: Pad<AsShape<this[typeof IN]>, Sides<P, N>>;
}

/** What padding layers share: the amounts of N axes, and the ranks they take. */
export abstract class Padding<P extends Amounts = Amounts, N extends 1 | 2 = 1 | 2> extends Layer {
  readonly padding: readonly number[];
  /** What stands in the padding when `mode` is "constant". */
  readonly value: number;
  readonly #mode: PadMode;
  readonly #axes: N;

  constructor(padding: P, axes: N, mode: PadMode, value = 0) {
    super();
    const amounts = typeof padding === "number" ? new Array<number>(2 * axes).fill(padding) : (padding as Shape);
    if (
      !Array.isArray(amounts) ||
      amounts.length !== 2 * axes ||
      !amounts.every((amount) => Number.isInteger(amount))
    ) {
      const form = axes === 1 ? "[left, right]" : "[left, right, top, bottom]";
      throw new ValueError(`${new.target.name}: takes a whole number or ${form}; got ${text(padding)}`);
    }
    if (typeof value !== "number") throw new ValueError(`${new.target.name}: value is a number; got ${typeof value}`);
    this.padding = [...amounts];
    this.value = value;
    this.#mode = mode;
    this.#axes = axes;
  }

  override forward<S extends Shape>(x: Tensor<S>): Tensor<Out<Pad<S, Sides<P, N>>>> {
    const input: Tensor = x;
    const axes: number = this.#axes;
    if (input.ndim !== axes + 1 && input.ndim !== axes + 2) {
      const form = axes === 1 ? "channels, length]" : "channels, height, width]";
      throw new ShapeError(`${this.constructor.name}: expects [batch, ${form} or [${form}, got ${show(input.shape)}`);
    }
    return input.pad(this.padding, { mode: this.#mode, value: this.value }) as Tensor<Out<Pad<S, Sides<P, N>>>>;
  }

  override extraRepr(): string {
    return show(this.padding) + (this.#mode === "constant" && this.value !== 0 ? `, value=${this.value}` : "");
  }
}

/**
 * Puts the number `value` around [batch, channels, length] or [channels, length], of any dtype.
 *
 * @throws {ValueError} if `padding` is not one or two whole numbers, or `value` no number.
 * @throws {ShapeError} unless the input is [batch, channels, length] or [channels, length].
 * @throws {DTypeError} if the input is not a tensor.
 * @example
 * new nn.ConstantPad1d([1, 2], 7).forward(tensor([[1, 2]])).toArray(); // [[7, 1, 2, 7, 7]]
 */
export class ConstantPad1d<const P extends Amounts = Amounts> extends Padding<P, 1> {
  constructor(padding: P, value: number) {
    super(padding, 1, "constant", value);
  }
}

/**
 * Puts the number `value` around [batch, channels, height, width] or [channels, height, width], of any dtype.
 *
 * @throws {ValueError} if `padding` is not one or four whole numbers, or `value` no number.
 * @throws {ShapeError} unless the input is [batch, channels, height, width] or [channels, height, width].
 * @throws {DTypeError} if the input is not a tensor.
 * @example
 * new nn.ConstantPad2d(1, 7).forward(zeros(1, 1, 1)).toArray(); // [[[7, 7, 7], [7, 0, 7], [7, 7, 7]]]
 */
export class ConstantPad2d<const P extends Amounts = Amounts> extends Padding<P, 2> {
  constructor(padding: P, value: number) {
    super(padding, 2, "constant", value);
  }
}

/**
 * Puts zeros around [batch, channels, length] or [channels, length], of any dtype.
 *
 * @throws {ValueError} if `padding` is not one or two whole numbers.
 * @throws {ShapeError} unless the input is [batch, channels, length] or [channels, length].
 * @throws {DTypeError} if the input is not a tensor.
 * @example
 * new nn.ZeroPad1d(1).forward(tensor([[1, 2, 3]])).toArray(); // [[0, 1, 2, 3, 0]]
 */
export class ZeroPad1d<const P extends Amounts = Amounts> extends Padding<P, 1> {
  constructor(padding: P) {
    super(padding, 1, "constant");
  }
}

/**
 * Puts zeros around [batch, channels, height, width] or [channels, height, width], of any dtype.
 *
 * @throws {ValueError} if `padding` is not one or four whole numbers.
 * @throws {ShapeError} unless the input is [batch, channels, height, width] or [channels, height, width].
 * @throws {DTypeError} if the input is not a tensor.
 * @example
 * new nn.ZeroPad2d([1, 2, 0, 0]).forward(ones(1, 1, 1)).toArray(); // [[[0, 1, 0, 0]]]
 */
export class ZeroPad2d<const P extends Amounts = Amounts> extends Padding<P, 2> {
  constructor(padding: P) {
    super(padding, 2, "constant");
  }
}

/**
 * Mirrors the inner elements, without repeating the edge, around [batch, channels, length] or [channels, length], of
 * any dtype.
 *
 * @throws {ValueError} if `padding` is not one or two whole numbers.
 * @throws {ShapeError} unless the input is [batch, channels, length] or [channels, length], and as large as the mirror
 * needs.
 * @throws {DTypeError} if the input is not a tensor.
 * @example
 * new nn.ReflectionPad1d(1).forward(tensor([[1, 2, 3]])).toArray(); // [[2, 1, 2, 3, 2]]
 */
export class ReflectionPad1d<const P extends Amounts = Amounts> extends Padding<P, 1> {
  constructor(padding: P) {
    super(padding, 1, "reflect");
  }
}

/**
 * Mirrors the inner elements, without repeating the edge, around [batch, channels, height, width] or
 * [channels, height, width], of any dtype.
 *
 * @throws {ValueError} if `padding` is not one or four whole numbers.
 * @throws {ShapeError} unless the input is [batch, channels, height, width] or [channels, height, width], and as large
 * as the mirror needs.
 * @throws {DTypeError} if the input is not a tensor.
 * @example
 * new nn.ReflectionPad2d(1).forward(zeros(1, 4, 4)).shape; // [1, 6, 6]
 */
export class ReflectionPad2d<const P extends Amounts = Amounts> extends Padding<P, 2> {
  constructor(padding: P) {
    super(padding, 2, "reflect");
  }
}

/**
 * Repeats the edge around [batch, channels, length] or [channels, length], of any dtype.
 *
 * @throws {ValueError} if `padding` is not one or two whole numbers.
 * @throws {ShapeError} unless the input is [batch, channels, length] or [channels, length], and not empty.
 * @throws {DTypeError} if the input is not a tensor.
 * @example
 * new nn.ReplicationPad1d(1).forward(tensor([[1, 2, 3]])).toArray(); // [[1, 1, 2, 3, 3]]
 */
export class ReplicationPad1d<const P extends Amounts = Amounts> extends Padding<P, 1> {
  constructor(padding: P) {
    super(padding, 1, "replicate");
  }
}

/**
 * Repeats the edge around [batch, channels, height, width] or [channels, height, width], of any dtype.
 *
 * @throws {ValueError} if `padding` is not one or four whole numbers.
 * @throws {ShapeError} unless the input is [batch, channels, height, width] or [channels, height, width], and not
 * empty.
 * @throws {DTypeError} if the input is not a tensor.
 * @example
 * new nn.ReplicationPad2d(1).forward(zeros(1, 4, 4)).shape; // [1, 6, 6]
 */
export class ReplicationPad2d<const P extends Amounts = Amounts> extends Padding<P, 2> {
  constructor(padding: P) {
    super(padding, 2, "replicate");
  }
}

/**
 * Goes on at the other side around [batch, channels, length] or [channels, length], of any dtype.
 *
 * @throws {ValueError} if `padding` is not one or two whole numbers.
 * @throws {ShapeError} unless the input is [batch, channels, length] or [channels, length], and no smaller than the
 * padding.
 * @throws {DTypeError} if the input is not a tensor.
 * @example
 * new nn.CircularPad1d(1).forward(tensor([[1, 2, 3]])).toArray(); // [[3, 1, 2, 3, 1]]
 */
export class CircularPad1d<const P extends Amounts = Amounts> extends Padding<P, 1> {
  constructor(padding: P) {
    super(padding, 1, "circular");
  }
}

/**
 * Goes on at the other side around [batch, channels, height, width] or [channels, height, width], of any dtype.
 *
 * @throws {ValueError} if `padding` is not one or four whole numbers.
 * @throws {ShapeError} unless the input is [batch, channels, height, width] or [channels, height, width], and no
 * smaller than the padding.
 * @throws {DTypeError} if the input is not a tensor.
 * @example
 * new nn.CircularPad2d(1).forward(zeros(1, 3, 4, 4)).shape; // [1, 3, 6, 6]
 */
export class CircularPad2d<const P extends Amounts = Amounts> extends Padding<P, 2> {
  constructor(padding: P) {
    super(padding, 2, "circular");
  }
}
