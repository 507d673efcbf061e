/** The shape rules of resizing images. */
import type { Mul } from "./arith.ts";
import type { AnyShape, Shape, ShapeMismatch, Show } from "./mismatch.ts";

/** The value for axis K: of a list its own, else the one for all. */
type For<V, K> = V extends Shape ? (K extends keyof V ? V[K] & number : number) : V & number;

/** Rule of `interpolate`: sizes Z behind [batch, channels], or the sizes there times F. never stands for what is not given. */
export type Interpolate<S extends Shape, Z, F> = number extends S["length"]
  ? AnyShape
  : S extends readonly [infer B extends number, infer C extends number, ...infer Rest extends Shape]
    ? [B, C, ...([Z] extends [never] ? Scaled<Rest, F> : Sized<Rest, Z>)]
    : ShapeMismatch<`interpolate: expects [batch, channels, ...], got ${Show<S>}`>;

type Sized<R extends Shape, Z> = { [K in keyof R]: For<Z, K> };
type Scaled<R extends Shape, F> = { [K in keyof R]: Mul<R[K] & number, For<F, K>> };

/** The shape of `pixelShuffle`. */
export type PixelShuffle<S extends Shape, R extends number> = S extends readonly [
  ...infer P extends Shape,
  number,
  infer H extends number,
  infer W extends number,
]
  ? [...P, number, Mul<H, R>, Mul<W, R>]
  : AnyShape;

/** The shape of `pixelUnshuffle`. */
export type PixelUnshuffle<S extends Shape, R extends number> = S extends readonly [
  ...infer P extends Shape,
  infer C extends number,
  number,
  number,
]
  ? [...P, Mul<C, Mul<R, R>>, number, number]
  : AnyShape;
