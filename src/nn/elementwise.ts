/** What layers have in common that change every element by itself. */
import type { Tensor } from "../ops/index.ts";
import type { Shape } from "../tensor/shapes.ts";
import { Layer } from "./module.ts";
import type { IN, OUT } from "./shapes.ts";

/** Types only: these layers keep the shape. */
export interface Elementwise {
  readonly [OUT]: this[typeof IN];
}

/** A layer that keeps the shape. */
export abstract class Elementwise extends Layer {
  abstract override forward<S extends Shape>(x: Tensor<S>): Tensor<S>;
}
