/** Layers made of layers, and layers that only reshape. */
import { ModuleError } from "../errors.ts";
import type { Tensor } from "../ops/index.ts";
import type { Arg, Flatten as FlattenOut, Out, Shape } from "../tensor/shapes.ts";
import { Module } from "./module.ts";
import type { AnyLayers, AsShape, Chain, Checked, IN, OUT } from "./shapes.ts";

/** Types only: the rules of the layers one after the other. */
export interface Sequential<L extends Module[] = AnyLayers> {
  readonly [OUT]: Chain<L, this[typeof IN]>;
  readonly [index: number]: Module;
}

/**
 * Layers one after the other. They are its elements: `model[0]`, with the keys "0.weight", … in a state dict.
 *
 * @example
 * const model = new nn.Sequential(new nn.Linear(784, 500), new nn.ReLU(), new nn.Linear(500, 10));
 */
export class Sequential<L extends Module[] = AnyLayers> extends Module {
  readonly #layers: readonly Module[];

  constructor(...layers: Checked<L>) {
    super();
    this.#layers = layers as readonly Module[];
    this.#layers.forEach((layer, i) => {
      if (!(layer instanceof Module)) throw new ModuleError(`Sequential: layer ${i} is no module but ${typeof layer}`);
    });
    Object.assign(this, this.#layers);
  }

  /** The number of layers. */
  get length(): number {
    return this.#layers.length;
  }

  override forward<S extends Shape>(x: Arg<Chain<L, S>, Tensor<S>>): Tensor<Out<AsShape<Chain<L, S>>>> {
    let y = x as Tensor;
    for (let i = 0; i < this.#layers.length; i++) y = (this[i] as Module).forward(y);
    return y;
  }

  *[Symbol.iterator](): Generator<Module> {
    for (let i = 0; i < this.length; i++) yield this[i] as Module;
  }
}

/** Types only: the shape rule. */
export interface Flatten<Start extends number = 1, End extends number = -1> {
  readonly [OUT]: FlattenOut<AsShape<this[typeof IN]>, Start, End>;
}

/**
 * Axes from `start` to `end`, both included, merged into one: by default all but the batch.
 *
 * @example
 * new nn.Flatten().forward(zeros(100, 1, 28, 28)).shape; // [100, 784]
 */
export class Flatten<Start extends number = 1, End extends number = -1> extends Module {
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
