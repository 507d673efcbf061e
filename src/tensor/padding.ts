/** The shape rule of padding. */
import type { Add } from "./arith.ts";
import type { AnyShape, Shape, ShapeMismatch, Show } from "./mismatch.ts";

/** Rule of `pad`: pairs of amounts, for the last axis first. */
export type Pad<S extends Shape, P extends Shape> = number extends S["length"] | P["length"]
  ? AnyShape
  : PadFrom<S, P, S, P>;

type PadFrom<
  S extends Shape,
  P extends Shape,
  S0 extends Shape,
  P0 extends Shape,
  Done extends Shape = [],
> = P extends readonly [infer L extends number, infer R extends number, ...infer Rest extends Shape]
  ? S extends readonly [...infer Head extends Shape, infer N extends number]
    ? PadFrom<Head, Rest, S0, P0, [Add<N, Add<L, R>>, ...Done]>
    : ShapeMismatch<`pad: ${Show<P0>} has more pairs than ${Show<S0>} has axes`>
  : P extends readonly []
    ? [...S, ...Done]
    : ShapeMismatch<`pad: takes pairs of amounts, got ${Show<P0>}`>;
