/** The shape rules of operations that are given a whole new shape: `reshape`, `view`, `expand` and `as`. */
import type { AnyShape, Box, Fits, Numel, Shape, ShapeMismatch, Show } from "./mismatch.ts";

/**
 * Rule of `reshape` and `view`. Sizes that are the same are cancelled from both ends first, so that unknown sizes, named
 * sizes and type parameters work; what is left is compared by the number of elements. A -1 takes what is left when it
 * stands alone, or the first size when the others are sure to fit; else it is `number`.
 */
export type Reshape<S extends Shape, D extends Shape> = number extends D["length"]
  ? AnyShape
  : number extends S["length"]
    ? FillIn<D>
    : Cancel<S, D> extends Unsure<infer R>
      ? R
      : Cancel<S, D>;

declare const UNSURE: unique symbol;

/** The shape D where an unknown size leaves open whether it fits. */
interface Unsure<D extends Shape> extends ReadonlyArray<never> {
  readonly [UNSURE]: D;
}

/** A -1 at the end takes all that the sizes before it leave. */
type Cancel<S extends Shape, D extends Shape> = D extends readonly [-1]
  ? [Numel<S>]
  : D extends readonly [...unknown[], -1]
    ? CancelFirst<S, D>
    : CancelLast<S, D>;

/** Leaves out the last sizes when they are the same, else looks at the first. */
type CancelLast<S extends Shape, D extends Shape> = [S, D] extends [
  readonly [...infer S1 extends Shape, infer s extends number],
  readonly [...infer D1 extends Shape, infer d extends number],
]
  ? Box<{ s: s; d: d }> extends Box<{ s: d; d: s }>
    ? Around<[], Cancel<S1, D1>, [d], [], S, D>
    : CancelFirst<S, D>
  : ByNumel<S, D>;

/** Leaves out the first sizes when they are the same or when a leading -1 may stand for the first size. */
type CancelFirst<S extends Shape, D extends Shape> = [S, D] extends [
  readonly [infer s extends number, ...infer S1 extends Shape],
  readonly [infer d extends number, ...infer D1 extends Shape],
]
  ? Box<{ s: s; d: d }> extends Box<{ s: d; d: s } | { s: s; d: -1 }>
    ? Around<[s], Cancel<S1, D1>, [], [d], S, D>
    : ByNumel<S, D>
  : ByNumel<S, D>;

/** What was cancelled around the rest. If the rest does not fit, the whole may; if it is unsure, so is a leading -1. */
type Around<
  Head extends Shape,
  Rest extends Shape,
  Tail extends Shape,
  UnsureHead extends Shape,
  S extends Shape,
  D extends Shape,
> =
  Rest extends ShapeMismatch<string>
    ? ByNumel<S, D>
    : Rest extends Unsure<infer R>
      ? Unsure<[...FillIn<UnsureHead>, ...R, ...Tail]>
      : [...Head, ...Rest, ...Tail];

/** Compares the numbers of elements. */
type ByNumel<S extends Shape, D extends Shape> = -1 extends D[number]
  ? FillIn<D>
  : number extends Numel<S> | Numel<D>
    ? Unsure<D>
    : Fits<Numel<S>, Numel<D>> extends true
      ? D
      : ShapeMismatch<`cannot reshape ${Show<S>} (${Numel<S>} elements) to ${Show<D>} (${Numel<D>} elements)`>;

/** D with an unknown size in place of -1. */
type FillIn<D extends Shape> = { -readonly [K in keyof D]: D[K] extends -1 ? number : D[K] };

/** The shape that a program asserts with `as(...D)`, where -1 stands for any size. */
export type Asserted<D extends Shape> = number extends D["length"] ? AnyShape : FillIn<D>;

/** Rule of `expand`: sizes of 1 are repeated, axes come in front, and -1 keeps a size. */
export type Expand<S extends Shape, D extends Shape> = number extends D["length"]
  ? AnyShape
  : number extends S["length"]
    ? FillIn<D>
    : ExpandFrom<S, D, S, D>;

/** Expands from the last axis to the first. S0 and D0 are the whole shapes, for the message. */
type ExpandFrom<
  S extends Shape,
  D extends Shape,
  S0 extends Shape,
  D0 extends Shape,
  Done extends Shape = [],
> = S extends readonly [...infer S1 extends Shape, infer s extends number]
  ? D extends readonly [...infer D1 extends Shape, infer d extends number]
    ? ExpandSize<s, d> extends Box<infer N extends number>
      ? ExpandFrom<S1, D1, S0, D0, [N, ...Done]>
      : ShapeMismatch<`cannot expand ${Show<S0>} to ${Show<D0>}`>
    : ShapeMismatch<`cannot expand ${Show<S0>} to ${Show<D0>}`>
  : [...D, ...Done];

/** The size that s expands to, in a Box; false when it cannot. */
type ExpandSize<S extends number, D extends number> =
  Box<D> extends Box<-1> ? Box<S> : Box<S> extends Box<1> ? Box<D> : Fits<S, D> extends true ? Box<D> : false;
