/** Activation functions as layers. */
import type { Tensor } from "../ops/index.ts";
import type { Arg, OnAxis, Shape } from "../tensor/shapes.ts";
import { Module } from "./module.ts";
import type { AnySize, AsShape, IN, Kept, OUT } from "./shapes.ts";

/** Types only: these layers keep the shape. */
export interface Elementwise {
  readonly [OUT]: this[typeof IN];
}

/** A layer that keeps the shape. */
export abstract class Elementwise extends Module {
  abstract override forward<S extends Shape>(x: Tensor<S>): Tensor<S>;
}

/**
 * max(x, 0), elementwise.
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
 * 1 / (1 + exp(-x)), elementwise.
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
 * Hyperbolic tangent, elementwise.
 *
 * @example
 * new nn.Tanh().forward(tensor([0, 1])).toArray(); // [0, 0.7616]
 */
export class Tanh extends Elementwise {
  override forward<S extends Shape>(x: Tensor<S>): Tensor<S> {
    return x.tanh();
  }
}

/** Types only: the shape stays when it has the axis. */
export interface Softmax<D extends number = AnySize> {
  readonly [OUT]: Kept<this[typeof IN], OnAxis<AsShape<this[typeof IN]>, D>>;
}

/**
 * Softmax along an axis, which has to be given.
 *
 * @example
 * new nn.Softmax(1).forward(zeros(1, 2)).toArray(); // [[0.5, 0.5]]
 */
export class Softmax<D extends number = AnySize> extends Module {
  readonly dim: D;

  constructor(dim: D) {
    super();
    this.dim = dim;
  }

  override forward<S extends Shape>(x: Arg<OnAxis<S, D>, Tensor<S>>): Tensor<S> {
    const input: Tensor = x as Tensor;
    return input.softmax(this.dim as number);
  }

  override extraRepr(): string {
    return `dim=${this.dim}`;
  }
}

/** Types only: the shape stays when it has the axis. */
export interface Softmin<D extends number = AnySize> {
  readonly [OUT]: Kept<this[typeof IN], OnAxis<AsShape<this[typeof IN]>, D>>;
}

/**
 * Softmax of -x along an axis, which has to be given.
 *
 * @example
 * new nn.Softmin(1).forward(zeros(1, 2)).toArray(); // [[0.5, 0.5]]
 */
export class Softmin<D extends number = AnySize> extends Module {
  readonly dim: D;

  constructor(dim: D) {
    super();
    this.dim = dim;
  }

  override forward<S extends Shape>(x: Arg<OnAxis<S, D>, Tensor<S>>): Tensor<S> {
    const input: Tensor = x as Tensor;
    return input.neg().softmax(this.dim as number);
  }

  override extraRepr(): string {
    return `dim=${this.dim}`;
  }
}
