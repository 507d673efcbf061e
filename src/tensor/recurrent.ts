/** Shape rules of recurrent layers. */
import type { Add } from "./arith.ts";
import type { AnyShape, Fits, Shape, ShapeMismatch, Show, Size } from "./mismatch.ts";

/** What options say about the number of directions. */
export type Directions<O> = 0 extends 1 & O
  ? number
  : O extends { bidirectional: infer B }
    ? [B] extends [true]
      ? 2
      : [B] extends [false]
        ? 1
        : number
    : 1;

/** N for each direction. */
export type PerDirection<N extends number, O> =
  Directions<O> extends infer D ? ([D] extends [1] ? N : [D] extends [2] ? Add<N, N> : number) : never;

/** The size of the state: that of the projection where options have one. */
export type StateSize<H extends number, O> = 0 extends 1 & O
  ? number
  : O extends { projSize: infer P extends number }
    ? [P] extends [0]
      ? H
      : P
    : H;

/** The first size of the last states: layers times directions. */
export type StateCount<O> = 0 extends 1 & O
  ? number
  : O extends { numLayers: infer L extends number }
    ? PerDirection<L, O>
    : Directions<O>;

/** Rule of a recurrent layer called `Op` of I inputs: [steps, batch, I] or [steps, I] to the same with a last size of W. */
export type Recurrent<S extends Shape, I extends number, W extends number, Op extends string> = 0 extends 1 & S
  ? AnyShape
  : number extends S["length"]
    ? [...number[], W]
    : S extends readonly [...infer P extends readonly [number] | readonly [number, number], infer Last extends number]
      ? Fits<Last, I> extends true
        ? [...P, W]
        : ShapeMismatch<`${Op} expects a last size of ${Size<I>}, got ${Show<S>}`>
      : ShapeMismatch<`${Op} takes [steps, batch, ${Size<I>}] or [steps, ${Size<I>}], got ${Show<S>}`>;

/** The shape of the last states of an input of shape S: N of width W, with the batch between them where there is one. */
export type LastStates<S extends Shape, N extends number, W extends number, O> = 0 extends 1 & S
  ? AnyShape
  : S extends readonly [infer A extends number, infer B extends number, number]
    ? [N, BatchSize<A, B, O>, W]
    : S extends readonly [number, number]
      ? [N, W]
      : AnyShape;

type BatchSize<A extends number, B extends number, O> = O extends { batchFirst: infer F }
  ? [F] extends [true]
    ? A
    : [F] extends [false]
      ? B
      : number
  : B;

/** Rule of a recurrent cell called `Op` of I inputs: [batch, I] or [I] to the same with a last size of H. */
export type RecurrentCell<S extends Shape, I extends number, H extends number, Op extends string> = 0 extends 1 & S
  ? AnyShape
  : number extends S["length"]
    ? [...number[], H]
    : S extends readonly [...infer P extends readonly [] | readonly [number], infer Last extends number]
      ? Fits<Last, I> extends true
        ? [...P, H]
        : ShapeMismatch<`${Op} expects a last size of ${Size<I>}, got ${Show<S>}`>
      : ShapeMismatch<`${Op} takes [batch, ${Size<I>}] or [${Size<I>}], got ${Show<S>}`>;
