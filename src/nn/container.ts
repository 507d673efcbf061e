/** Layers made of layers, and layers that only reshape. */
import { ShapeError, ValueError } from "../errors.ts";
import type { Tensor } from "../ops/index.ts";
import type { AnyShape, Arg, Flatten as FlattenOut, Out, Shape, Unflatten as UnflattenOut } from "../tensor/shapes.ts";
import { axis, show } from "../tensor/sizes.ts";
import { Elementwise } from "./elementwise.ts";
import { Layer, type Module } from "./module.ts";
import { Numbered } from "./numbered.ts";
import type { AnyLayers, AnySize, AsShape, Chain, Checked, IN, OUT } from "./shapes.ts";

/** Types only: the rules of the layers one after the other. A list that starts empty is filled by `append`. */
export interface Sequential<L extends Module[] = AnyLayers> {
  readonly [OUT]: ChainOf<L, this[typeof IN]>;
  readonly [index: number]: Module;
}

/** The rule of a list of layers; unknown of one that was empty when it was made. */
type ChainOf<L extends Module[], S> = L extends [] ? AnyShape : Chain<L, S>;

/**
 * Layers one after the other. They are its elements: `model[0]`, with the keys "0.weight", … in a state dict.
 *
 * @throws {ShapeError} if a layer does not take what the one before gives; the message names the layer.
 * @throws {ModuleError} if a layer is no module.
 * @example
 * const model = new nn.Sequential(new nn.Linear(784, 500), new nn.ReLU(), new nn.Linear(500, 10));
 * model.length; // 3
 */
export class Sequential<L extends Module[] = AnyLayers> extends Numbered<Module> {
  constructor(...layers: Checked<L>) {
    super();
    this.extend(layers as readonly Module[]);
  }

  override forward<S extends Shape>(x: Arg<ChainOf<L, S>, Tensor<S>>): Tensor<Out<AsShape<ChainOf<L, S>>>> {
    let y = x as Tensor;
    for (let i = 0, layer = this[0]; layer !== undefined; layer = this[++i]) y = layer.forward(y);
    return y;
  }
}

/**
 * Gives what it is given, of any shape and dtype: a place that a layer may take later.
 *
 * @example
 * new nn.Identity().forward(tensor([1, 2])).toArray(); // [1, 2]
 */
export class Identity extends Elementwise {
  override forward<S extends Shape>(x: Tensor<S>): Tensor<S> {
    return x;
  }
}

/** Types only: the shape rule. */
export interface Flatten<Start extends number = 1, End extends number = -1> {
  readonly [OUT]: FlattenOut<AsShape<this[typeof IN]>, Start, End>;
}

/**
 * Axes from `start` to `end`, both included, merged into one: by default all but the batch. [batch, …] → [batch, n], of
 * any dtype.
 *
 * @throws {ShapeError} if `end` comes before `start`.
 * @throws {IndexError} if the input has no such axes.
 * @throws {DTypeError} if the input is not a tensor.
 * @example
 * new nn.Flatten().forward(zeros(100, 1, 28, 28)).shape; // [100, 784]
 */
export class Flatten<Start extends number = 1, End extends number = -1> extends Layer {
  readonly start: Start;
  readonly end: End;

  constructor(start: Start = 1 as Start, end: End = -1 as End) {
    super();
    this.start = start;
    this.end = end;
  }

  override forward<S extends Shape>(
    x: Arg<FlattenOut<S, Start, End>, Tensor<S>>,
  ): Tensor<Out<FlattenOut<S, Start, End>>> {
    const input: Tensor = x as Tensor;
    return input.flatten(this.start as number, this.end as number);
  }

  override extraRepr(): string {
    return `start=${this.start}, end=${this.end}`;
  }
}

/** Types only: the shape rule. */
export interface Unflatten<D extends number = AnySize, V extends Shape = AnyShape> {
  readonly [OUT]: UnflattenOut<AsShape<this[typeof IN]>, D, V>;
}

/**
 * The axis `dim` split into several of the sizes given, of which one may be -1 and is worked out. Any dtype.
 *
 * @throws {ValueError} if `dim` or a size is no whole number, or there is no size.
 * @throws {ShapeError} if the sizes do not multiply to that of the axis.
 * @throws {IndexError} if the input has no axis `dim`.
 * @throws {DTypeError} if the input is not a tensor.
 * @example
 * new nn.Unflatten(1, [1, 28, 28]).forward(zeros(100, 784)).shape; // [100, 1, 28, 28]
 */
export class Unflatten<D extends number = AnySize, const V extends Shape = AnyShape> extends Layer {
  readonly dim: D;
  readonly sizes: V;

  constructor(dim: D, sizes: V) {
    super();
    if (!Number.isInteger(dim)) throw new ValueError(`Unflatten: dim is a whole number; got ${String(dim)}`);
    if (!Array.isArray(sizes) || sizes.length === 0 || !sizes.every((size) => Number.isInteger(size) && size >= -1)) {
      throw new ValueError(`Unflatten: sizes are whole numbers, at least one; got ${String(sizes)}`);
    }
    this.dim = dim;
    this.sizes = sizes;
  }

  override forward<S extends Shape>(x: Arg<UnflattenOut<S, D, V>, Tensor<S>>): Tensor<Out<UnflattenOut<S, D, V>>> {
    const input: Tensor = x as Tensor;
    const at = axis("unflatten", this.dim as number, input.shape);
    const sizes: readonly number[] = this.sizes;
    const known = sizes.filter((size) => size !== -1).reduce((product, size) => product * size, 1);
    const size = input.shape[at] ?? 1;
    const fits = sizes.includes(-1) ? known > 0 && size % known === 0 : size === known;
    if (!fits)
      throw new ShapeError(`Unflatten: axis ${at} of ${show(input.shape)} cannot be split into ${show(sizes)}`);
    const split = sizes.map((part) => (part === -1 ? size / known : part));
    return input.reshape(...input.shape.slice(0, at), ...split, ...input.shape.slice(at + 1));
  }

  override extraRepr(): string {
    return `dim=${this.dim}, sizes=${show(this.sizes)}`;
  }
}
