/**
 * How layers tell the compiler what they do to a shape, so that `Sequential` can follow a shape through a list of them.
 *
 * A layer's rule is the type of its `[OUT]` member, written in terms of `this[typeof IN]`. Setting `[IN]` to a shape and
 * reading `[OUT]` applies the rule: that is how one type can be handed to another as a function. Neither member exists
 * at run time.
 */
import type { AnyShape, Arg, Shape, ShapeMismatch } from "../tensor/shapes.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** The member of a module that stands for the shape of its input. */
export declare const IN: unique symbol;

/** The member of a module that holds its rule. */
export declare const OUT: unique symbol;

/** The size of which nothing is known, so that `nn.Linear` alone is a type that every Linear fits. */
// biome-ignore lint/suspicious/noExplicitAny: `number` would not be fitted by a literal in both directions
export type AnySize = any;

/** A list of layers of which nothing is known. */
// biome-ignore lint/suspicious/noExplicitAny: as above
export type AnyLayers = any;

/** The input inside a rule, before and after it is set. */
export type AsShape<T> = T extends Shape ? T : AnyShape;

/** Rule of a layer that keeps the shape wherever `R` holds. */
export type Kept<S, R> = Shape extends R ? S : R extends ShapeMismatch<string> ? R : S;

/** The shape that module M makes of S: by its rule, else as its `forward` declares, else unknown. */
export type Apply<M, S> = M & { readonly [IN]: S } extends { readonly [OUT]: infer R }
  ? unknown extends R
    ? Shape extends R
      ? R
      : Declared<M>
    : R
  : never;

/** The shape that the `forward` of a module without a rule is declared to return. */
type Declared<M> = M extends { forward(...args: never): Tensor<infer R extends Shape> } ? R : AnyShape;

/** Rule of a list of modules: the first that does not fit decides. */
export type Chain<L extends readonly unknown[], S> = L extends readonly [infer M, ...infer Rest]
  ? Apply<M, S> extends infer R
    ? Shape extends R
      ? Chain<Rest, R>
      : R extends ShapeMismatch<string>
        ? R
        : Chain<Rest, R>
    : never
  : number extends L["length"]
    ? AnyShape
    : S;

/** The parameters of `Sequential`: the list L itself, or L with the message in place of the first layer that does not fit. */
export type Checked<
  L extends readonly unknown[],
  All extends readonly unknown[] = L,
  S = AnyShape,
  Done extends readonly unknown[] = [],
> = L extends readonly [infer M, ...infer Rest]
  ? Apply<M, S> extends infer R
    ? Arg<R, M> extends infer Given
      ? Given extends string
        ? [...Done, Given, ...Rest]
        : Checked<Rest, All, R, [...Done, M]>
      : never
    : never
  : All;
