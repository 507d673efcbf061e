/** The shape rules of indexing: `at`, `gather`, `scatter`, `indexSelect`, masks and `where`. */
import type { Mul } from "./arith.ts";
import type { AnyShape, Shape, ShapeMismatch, Show } from "./mismatch.ts";
import type { Broadcast, OnAxis, SetAt } from "./shapes.ts";

/** Rule of `where`: condition and values broadcast to each other. */
export type Where<C extends Shape, A extends Shape, B extends Shape> = Broadcast<Broadcast<C, A>, B>;

/** Rule of operations with a mask that broadcasts. */
export type Masked<S extends Shape, M extends Shape> = Broadcast<S, M>;

/** R when the index has as many axes as the tensor. */
type SameRank<S extends Shape, I extends Shape, R extends Shape> = number extends S["length"] | I["length"]
  ? R
  : S["length"] extends I["length"]
    ? R
    : ShapeMismatch<`the index has as many axes as the tensor, got ${Show<I>} for ${Show<S>}`>;

/** Rule of `gather`: the index gives the shape. */
export type Gather<S extends Shape, D extends number, I extends Shape> = OnAxis<S, D, SameRank<S, I, I>>;

/** Rule of `scatter`: the tensor keeps its shape. */
export type Scatter<S extends Shape, D extends number, I extends Shape> = OnAxis<S, D, SameRank<S, I, S>>;

/** Rule of `indexSelect`: the axis becomes as long as the list. */
export type IndexSelect<S extends Shape, D extends number, I extends Shape> = I extends readonly [
  infer N extends number,
]
  ? SetAt<S, D, N>
  : number extends I["length"]
    ? SetAt<S, D, number>
    : I extends readonly []
      ? SetAt<S, D, 1>
      : ShapeMismatch<`indices have one axis, got ${Show<I>}`>;

/** The mismatch of more indices than there are axes. */
type TooMany<S extends Shape> = ShapeMismatch<`too many indices for shape ${Show<S>}`>;

/**
 * Rule of `at`: a number takes an axis away, ":" keeps its size, "a:b" and "a:b:c" give an unknown size, null puts an axis
 * of 1 in, and "..." stands for all axes that are not named. Tensors and arrays make the shape unknown.
 */
export type At<S extends Shape, L extends readonly unknown[]> = number extends S["length"] | L["length"]
  ? AnyShape
  : AtFront<S, L, S>;

/** Goes through the indices from the first on. S0 is the whole shape, for the message. */
type AtFront<
  S extends Shape,
  L extends readonly unknown[],
  S0 extends Shape,
  Done extends Shape = [],
> = L extends readonly [infer X, ...infer Rest]
  ? [X] extends [null]
    ? AtFront<S, Rest, S0, [...Done, 1]>
    : [X] extends ["..."]
      ? AtBack<S, Rest, S0, Done>
      : [X] extends [number | `${string}:${string}`]
        ? S extends readonly [infer N extends number, ...infer S1 extends Shape]
          ? AtFront<S1, Rest, S0, [...Done, ...AtOne<N, X>]>
          : TooMany<S0>
        : AnyShape
  : [...Done, ...S];

/** What an index leaves of an axis of size N. */
type AtOne<N extends number, X> = X extends number ? [] : X extends ":" ? [N] : [number];

/** Goes through the indices after "..." from the last on. */
type AtBack<
  S extends Shape,
  L extends readonly unknown[],
  S0 extends Shape,
  Head extends Shape,
  Done extends Shape = [],
> = L extends readonly [...infer Rest, infer X]
  ? [X] extends [null]
    ? AtBack<S, Rest, S0, Head, [1, ...Done]>
    : [X] extends [number | `${string}:${string}`]
      ? S extends readonly [...infer S1 extends Shape, infer N extends number]
        ? AtBack<S1, Rest, S0, Head, [...AtOne<N, X>, ...Done]>
        : TooMany<S0>
      : AnyShape
  : [...Head, ...S, ...Done];

/** Rule of `repeat`: sizes times the numbers of repeats, of as many axes as these. */
export type Repeated<S extends Shape, N extends Shape> = number extends S["length"] | N["length"]
  ? AnyShape
  : RepeatFrom<S, N, S, N>;

/** Multiplies from the last axis to the first. */
type RepeatFrom<
  S extends Shape,
  N extends Shape,
  S0 extends Shape,
  N0 extends Shape,
  Done extends Shape = [],
> = S extends readonly [...infer S1 extends Shape, infer s extends number]
  ? N extends readonly [...infer N1 extends Shape, infer n extends number]
    ? RepeatFrom<S1, N1, S0, N0, [Mul<s, n>, ...Done]>
    : ShapeMismatch<`repeat: one number for each axis of ${Show<S0>}, got ${Show<N0>}`>
  : [...N, ...Done];

/** Rule of `tile`: as `repeat`, where numbers that are missing in front count as 1. */
export type Tiled<S extends Shape, N extends Shape> = number extends S["length"] | N["length"]
  ? AnyShape
  : TileFrom<S, N>;

type TileFrom<S extends Shape, N extends Shape, Done extends Shape = []> = S extends readonly [
  ...infer S1 extends Shape,
  infer s extends number,
]
  ? N extends readonly [...infer N1 extends Shape, infer n extends number]
    ? TileFrom<S1, N1, [Mul<s, n>, ...Done]>
    : [...S, ...Done]
  : [...N, ...Done];

/** Rule of `repeatInterleave`: the size of the axis is not known. */
export type RepeatInterleaved<S extends Shape> = number extends S["length"]
  ? AnyShape
  : S["length"] extends 0 | 1
    ? [number]
    : AnyShape;

/** The shape of `diagEmbed`: the last axis becomes two. */
export type EmbedDiagonal<S extends Shape> = S extends readonly [...infer P extends Shape, number]
  ? number extends S["length"]
    ? AnyShape
    : [...P, number, number]
  : AnyShape;

/** The shape of `diag`: a vector becomes a matrix, and a matrix a vector. */
export type DiagOf<S extends Shape> = number extends S["length"]
  ? AnyShape
  : S["length"] extends 1
    ? [number, number]
    : S["length"] extends 2
      ? [number]
      : AnyShape;

/** The shape of `oneHot`: the classes come last. */
export type OneHot<S extends Shape, N extends number> = number extends S["length"] ? AnyShape : [...S, N];
