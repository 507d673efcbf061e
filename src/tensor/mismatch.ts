/** What the shape rules are made of: shapes, what fits, and the sentence to show when it does not. */
import type { Mul } from "./arith.ts";

/** The sizes of a tensor. */
export type Shape = readonly number[];

/** The shape of which nothing is known: it fits, and is fitted by, every other. */
// biome-ignore lint/suspicious/noExplicitAny: `unknown` would fit nothing, `Shape` would not fit a tuple
export type AnyShape = any;

declare const MESSAGE: unique symbol;
declare const NAME: unique symbol;

/** A size known by name only: `Dim<"batch">` fits another `Dim<"batch">` and sizes that are unknown. */
export type Dim<Name extends string> = number & { readonly [NAME]: Name };

/** What a rule gives when shapes do not fit. It is a Shape itself, so that rules can be nested. */
export interface ShapeMismatch<Message extends string> extends ReadonlyArray<never> {
  readonly [MESSAGE]: Message;
}

/** The type of a parameter: T when the rule holds or is unknown, else the message, which the compiler then prints. */
export type Arg<Rule, T> = Shape extends Rule ? T : Rule extends ShapeMismatch<infer Message> ? Message : T;

/** The shape of a result. After a mismatch it is unknown, so that one mistake is reported once. */
export type Out<Rule extends Shape> = Rule extends ShapeMismatch<string> ? AnyShape : Rule;

/** The type of `x.shape`, where a shape of `any` reads as a list of numbers. */
export type ShapeOf<S> = 0 extends 1 & S ? Shape : Readonly<S>;

/** The shape that a list of sizes gives: unknown when the length of the list is. */
export type Known<D extends Shape> = number extends D["length"] ? AnyShape : [...D];

/** The shape of nested arrays of numbers: the lengths of literals, unknown sizes for other arrays. */
export type Nested<V, S extends Shape = []> = 0 extends 1 & V
  ? AnyShape
  : [V] extends [number | boolean]
    ? S
    : [V] extends [ArrayLike<infer Item>]
      ? Nested<Item, [...S, V["length"]]>
      : AnyShape;

/** The rest parameters of an operation that takes sizes or axes one by one: D, or the message in place of each. */
export type ArgList<Rule, D extends Shape> = Arg<Rule, D> extends string ? { [K in keyof D]: Arg<Rule, D[K]> } : D;

/** Wraps a size that is compared, because a bare type parameter would put the comparison off until it is known. */
export type Box<T> = { size: T };

/** Whether two sizes may be equal: the same literal, name or type parameter, or one of them holds the other. */
export type Fits<A extends number, B extends number> =
  Box<A> extends Box<B> ? true : Box<B> extends Box<A> ? true : false;

/** Whether two shapes may be equal. */
export type FitsAll<A extends Shape, B extends Shape> = A extends readonly [
  infer a extends number,
  ...infer A1 extends Shape,
]
  ? B extends readonly [infer b extends number, ...infer B1 extends Shape]
    ? Fits<a, b> extends true
      ? FitsAll<A1, B1>
      : false
    : false
  : B extends readonly []
    ? true
    : false;

/** The number of elements. */
export type Numel<S extends Shape, Product extends number = 1> = S extends readonly [
  infer N extends number,
  ...infer Rest extends Shape,
]
  ? Numel<Rest, Mul<Product, N>>
  : S extends readonly []
    ? Product
    : number;

/** A size as text; "?" when it is unknown. */
export type Size<N extends number> = number extends N ? "?" : `${N}`;

/** The sizes after the first as text. */
type ShowRest<S extends Shape> = S extends readonly [infer N extends number, ...infer Rest extends Shape]
  ? `, ${Size<N>}${ShowRest<Rest>}`
  : "";

/** A shape as text: "[100, 784]", or "[..., 784]" when only the last size is known. */
export type Show<S extends Shape> = S extends readonly [infer N extends number, ...infer Rest extends Shape]
  ? `[${Size<N>}${ShowRest<Rest>}]`
  : S extends readonly []
    ? "[]"
    : S extends readonly [...Shape, infer Last extends number]
      ? `[..., ${Size<Last>}]`
      : "[...]";
