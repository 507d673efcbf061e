/** The shape rules of parts, windows and moved axes: `split`, `unfold`, `movedim` and their kin. */
import type { AnyShape, Out, Shape, ShapeMismatch } from "./mismatch.ts";
import type { Axis, OnAxis, RemoveAt, ReplaceAt, SetAt, SizeAt, Unsqueeze } from "./shapes.ts";
import type { Tensor } from "./tensor.ts";

/** Rule of operations that change the size of axis D to one that is not known. */
export type Chunk<S extends Shape, D extends number> = SetAt<S, D, number>;

/** What `split` gives: for a list of sizes a tensor for each. */
export type Split<S extends Shape, N extends number | readonly number[], D extends number> = N extends readonly number[]
  ? { -readonly [K in keyof N]: Tensor<Out<SetAt<S, D, N[K] & number>>> }
  : Tensor<Out<Chunk<S, D>>>[];

/** What `unbind` gives. */
export type Unbind<S extends Shape, D extends number> = Tensor<Out<RemoveAt<S, D>>>[];

/** Rule of `unfold`: windows of N along axis D, whose elements come last. */
export type Unfold<S extends Shape, D extends number, N extends number> = number extends S["length"] | D
  ? AnyShape
  : SetAt<S, D, number> extends infer R extends Shape
    ? R extends ShapeMismatch<string>
      ? R
      : [...R, N]
    : AnyShape;

/** Rule of `movedim`: known when one axis moves. */
export type MoveDim<S extends Shape, A, B> = [A, B] extends [infer D extends number, infer E extends number]
  ? Unsqueeze<RemoveAt<S, D>, E, SizeAt<S, D>>
  : AnyShape;

/** Rule of `unflatten`: axis D becomes axes of the sizes N; -1 is not known. */
export type Unflatten<S extends Shape, D extends number, N extends Shape> = number extends N["length"]
  ? AnyShape
  : OnAxis<S, D, ReplaceAt<S, Axis<S, D>, { -readonly [K in keyof N]: N[K] extends -1 ? number : N[K] }>>;

/** The shape of `diagonal`: of a matrix a vector. */
export type Diagonal<S extends Shape> = number extends S["length"]
  ? AnyShape
  : S["length"] extends 2
    ? [number]
    : AnyShape;
