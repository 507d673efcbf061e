/**
 * The shape rules of the operations, computed by the compiler.
 *
 * A shape is a tuple of sizes. What is not known never gets in the way: an unknown shape is `any`, an unknown size is
 * `number`, and both pass every rule. Only known sizes that differ are an error.
 *
 * A rule takes shapes and gives the shape of the result, or a {@link ShapeMismatch} with the sentence to show.
 * An operation uses its rule twice: `Arg<Rule, T>` is the type of the parameter to blame, and `Tensor<Out<Rule>>` is
 * the type of the result.
 */
import type { Add } from "./arith.ts";
import type { AnyShape, Box, Fits, FitsAll, Numel, Shape, ShapeMismatch, Show, Size } from "./mismatch.ts";

export type * from "./mismatch.ts";
export type { Asserted, Expand, Reshape } from "./reshape.ts";

// ---- broadcasting ---------------------------------------------------------------------------------------------------

/** The size that two sizes broadcast to, in a Box; false when they cannot. Of a known and an unknown size: the known. */
type BroadcastSize<A extends number, B extends number> =
  Box<{ a: A; b: B }> extends Box<{ a: B; b: A } | { b: 1 }>
    ? Box<A>
    : Box<A> extends Box<1>
      ? Box<B>
      : Box<A> extends Box<B>
        ? Box<A>
        : Box<B> extends Box<A>
          ? Box<B>
          : false;

/** Broadcasts from the last axis to the first. A0 and B0 are the whole shapes, for the message. */
type BroadcastFrom<
  A extends Shape,
  B extends Shape,
  A0 extends Shape,
  B0 extends Shape,
  Done extends Shape = [],
> = A extends readonly [...infer A1 extends Shape, infer a extends number]
  ? B extends readonly [...infer B1 extends Shape, infer b extends number]
    ? BroadcastSize<a, b> extends Box<infer N extends number>
      ? BroadcastFrom<A1, B1, A0, B0, [N, ...Done]>
      : ShapeMismatch<`cannot broadcast ${Show<A0>} with ${Show<B0>}: sizes ${Size<a>} and ${Size<b>} differ`>
    : [...A, ...Done]
  : [...B, ...Done];

/** Rule of elementwise operations on two tensors. */
export type Broadcast<A extends Shape, B extends Shape> = number extends A["length"] | B["length"]
  ? AnyShape
  : BroadcastFrom<A, B, A, B>;

/** Rule of operations that refuse to broadcast. `Op` says who refuses, and opens the message. */
export type SameShape<A extends Shape, B extends Shape, Op extends string> = number extends A["length"] | B["length"]
  ? AnyShape
  : FitsAll<A, B> extends true
    ? A
    : ShapeMismatch<`${Op}: shapes must be equal, got ${Show<A>} and ${Show<B>}`>;

// ---- axes (a negative axis counts from the end) ---------------------------------------------------------------------

/** S without its first N sizes; never when there are fewer. */
type Drop<S extends Shape, N extends number, Done extends 0[] = []> = Done["length"] extends N
  ? S
  : S extends readonly [unknown, ...infer Rest extends Shape]
    ? Drop<Rest, N, [...Done, 0]>
    : never;

/** The first sizes of S, as many as there are before position I. */
type Before<S extends Shape, I, Done extends Shape = []> = `${Done["length"] & number}` extends I
  ? Done
  : S extends readonly [infer N extends number, ...infer Rest extends Shape]
    ? Before<Rest, I, [...Done, N]>
    : Done;

/** Axis D of S as the text of its position, "1" for -1 of two; never when it is out of range. */
export type Axis<S extends Shape, D extends number> = `${D}` extends `-${infer N extends number}`
  ? `${Drop<S, N>["length"] & number}`
  : `${D}` extends keyof S
    ? `${D}`
    : never;

/** The mismatch of an axis that a shape does not have. */
type NoAxis<S extends Shape, D extends number> = ShapeMismatch<`axis ${D} is out of range for shape ${Show<S>}`>;

/**
 * Rule of operations on one axis: R when the axis exists, unknown when the rank or the axis is.
 * A scalar takes axes 0 and -1, as in PyTorch.
 */
export type OnAxis<S extends Shape, D extends number, R extends Shape = S> = number extends S["length"] | D
  ? AnyShape
  : [Axis<S, D>] extends [never]
    ? [S, D] extends [readonly [], 0 | -1]
      ? R
      : NoAxis<S, D>
    : R;

/** The size of axis D. */
export type SizeAt<S extends Shape, D extends number> =
  Axis<S, D> extends infer I extends keyof S ? S[I] & number : number;

/** S with the sizes at position I replaced by those of V: by one to set an axis, by none to remove it. */
export type ReplaceAt<
  S extends Shape,
  I,
  V extends Shape,
  Done extends Shape = [],
  Seen extends 0[] = [],
> = S extends readonly [infer N extends number, ...infer Rest extends Shape]
  ? `${Seen["length"]}` extends I
    ? ReplaceAt<Rest, I, V, [...Done, ...V], [...Seen, 0]>
    : ReplaceAt<Rest, I, V, [...Done, N], [...Seen, 0]>
  : Done;

/** Rule of operations that change the size of axis D to V. */
export type SetAt<S extends Shape, D extends number, V extends number> = OnAxis<S, D, ReplaceAt<S, Axis<S, D>, [V]>>;

/** Rule of operations that take axis D away. */
export type RemoveAt<S extends Shape, D extends number> = OnAxis<S, D, ReplaceAt<S, Axis<S, D>, []>>;

/** Rule of reductions along one axis or a list of axes. */
export type Reduce<S extends Shape, D extends number | Shape, Keep extends boolean = false> = number extends
  | S["length"]
  | D
  ? AnyShape
  : boolean extends Keep
    ? AnyShape
    : ReduceAxes<S, D extends number ? [D] : D, Keep extends true ? [1] : []>;

/** Turns the listed axes into positions I, and replaces all of them at the end. */
type ReduceAxes<S extends Shape, L, V extends Shape, I = never> = L extends readonly [
  infer D extends number,
  ...infer Rest,
]
  ? OnAxis<S, D, []> extends infer Ok extends Shape
    ? Ok extends []
      ? ReduceAxes<S, Rest, V, I | Axis<S, D>>
      : Ok
    : never
  : L extends readonly []
    ? ReplaceAt<S, I, V>
    : AnyShape;

/** Rule of `transpose`: axes A and B swapped. */
export type Transpose<S extends Shape, A extends number, B extends number> = number extends S["length"] | A | B
  ? AnyShape
  : OnAxis<S, A, OnAxis<S, B, ReplaceAt<ReplaceAt<S, Axis<S, A>, [SizeAt<S, B>]>, Axis<S, B>, [SizeAt<S, A>]>>>;

/** The shape of `x.T`: the last two axes swapped. A getter has no parameter to carry a message, so too few are unknown. */
export type MatrixTranspose<S extends Shape> = S extends readonly [
  ...infer P extends Shape,
  infer M extends number,
  infer N extends number,
]
  ? [...P, N, M]
  : AnyShape;

/** Rule of `permute`: axis P[i] of S becomes axis i. */
export type Permute<S extends Shape, P extends Shape> = number extends S["length"] | P["length"] | P[number]
  ? AnyShape
  : P["length"] extends S["length"]
    ? PermuteAxes<S, P, P>
    : ShapeMismatch<`permute: ${Show<P>} does not list the axes of shape ${Show<S>}`>;

/** Takes one axis after the other. `Seen` holds the positions taken so far, P is the whole list, for the message. */
type PermuteAxes<S extends Shape, P extends Shape, L, Done extends Shape = [], Seen = never> = L extends readonly [
  infer D extends number,
  ...infer Rest,
]
  ? [Axis<S, D>] extends [never]
    ? NoAxis<S, D>
    : Axis<S, D> extends Seen
      ? ShapeMismatch<`permute: axis ${D} is listed twice in ${Show<P>}`>
      : PermuteAxes<S, P, Rest, [...Done, SizeAt<S, D>], Seen | Axis<S, D>>
  : Done;

/** Rule of `squeeze` along one axis: a size of 1 goes away, another stays; an unknown size makes the rank unknown. */
export type Squeeze<S extends Shape, D extends number> = OnAxis<
  S,
  D,
  number extends SizeAt<S, D> ? AnyShape : SizeAt<S, D> extends 1 ? RemoveAt<S, D> : S
>;

/** The shape of `squeeze()` without an axis: all sizes of 1 go away. */
export type SqueezeAll<S extends Shape, Done extends Shape = []> = S extends readonly [
  infer N extends number,
  ...infer Rest extends Shape,
]
  ? number extends N
    ? AnyShape
    : SqueezeAll<Rest, N extends 1 ? Done : [...Done, N]>
  : S extends readonly []
    ? Done
    : AnyShape;

/** Rule of `unsqueeze`: a size of V, usually 1, comes in before axis D; -1 puts it last. */
export type Unsqueeze<S extends Shape, D extends number, V extends number = 1> = number extends S["length"] | D
  ? AnyShape
  : [Axis<[...S, V], D>] extends [never]
    ? ShapeMismatch<`cannot insert axis ${D} into shape ${Show<S>}`>
    : InsertAt<S, Axis<[...S, V], D>, V>;

/** S with size V inserted at position I. */
type InsertAt<S extends Shape, I, V extends number> =
  Before<S, I> extends infer Head extends Shape
    ? S extends readonly [...Head, ...infer Tail extends Shape]
      ? [...Head, V, ...Tail]
      : never
    : never;

// ---- matrix products ------------------------------------------------------------------------------------------------

/** The mismatch of two shapes whose inner sizes differ. */
type Inner<
  A extends Shape,
  B extends Shape,
  K extends number,
  L extends number,
> = ShapeMismatch<`matmul: ${Show<A>} x ${Show<B>}: ${Size<K>} does not match ${Size<L>}`>;

/** The batch axes followed by the matrix axes, when the batch axes could be broadcast. */
type Batched<Batch extends Shape, Tail extends Shape> =
  Batch extends ShapeMismatch<string> ? Batch : [...Batch, ...Tail];

/** Rule of `matmul`: vectors, matrices and stacks of matrices, as in PyTorch. */
export type MatMul<A extends Shape, B extends Shape> = number extends A["length"] | B["length"]
  ? AnyShape
  : A extends readonly [...infer P extends Shape, infer K extends number]
    ? B extends readonly [infer L extends number]
      ? Fits<K, L> extends true
        ? P
        : Inner<A, B, K, L>
      : B extends readonly [...infer Q extends Shape, infer L extends number, infer N extends number]
        ? Fits<K, L> extends true
          ? P extends readonly [...infer R extends Shape, infer M extends number]
            ? Batched<Broadcast<R, Q>, [M, N]>
            : [...Q, N]
          : Inner<A, B, K, L>
        : ShapeMismatch<`matmul: ${Show<A>} x ${Show<B>}: both need at least one axis`>
    : ShapeMismatch<`matmul: ${Show<A>} x ${Show<B>}: both need at least one axis`>;

/** Rule of a linear layer called `Op`: the last size I becomes O. The last size of the result is known even when S is not. */
export type LinearOut<
  S extends Shape,
  I extends number,
  O extends number,
  Op extends string = "Linear",
> = S extends readonly [...infer P extends Shape, infer Last extends number]
  ? Fits<Last, I> extends true
    ? [...P, O]
    : ShapeMismatch<`${Op}(${Size<I>}, ${Size<O>}) expects a last size of ${Size<I>}, got ${Show<S>}`>
  : [...number[], O];

/** Rule of operations on the last axes, which have the sizes V. */
export type EndsWith<S extends Shape, V extends Shape> = 0 extends 1 & S
  ? S
  : number extends V["length"]
    ? S
    : EndsWithFrom<S, V> extends true
      ? S
      : ShapeMismatch<`layerNorm: expects the last sizes ${Show<V>}, got ${Show<S>}`>;

type EndsWithFrom<A extends Shape, B extends Shape> = B extends readonly [
  ...infer B1 extends Shape,
  infer b extends number,
]
  ? A extends readonly [...infer A1 extends Shape, infer a extends number]
    ? Fits<a, b> extends true
      ? EndsWithFrom<A1, B1>
      : false
    : number extends A["length"]
      ? true
      : false
  : true;

/** Rule of a bilinear layer: two inputs that differ in their last sizes only, I and J, which become O. */
export type BilinearOut<
  A extends Shape,
  B extends Shape,
  I extends number,
  J extends number,
  O extends number,
> = A extends readonly [...infer P extends Shape, infer a extends number]
  ? B extends readonly [...infer Q extends Shape, infer b extends number]
    ? [Fits<a, I>, Fits<b, J>, FitsAll<P, Q>] extends [true, true, true]
      ? [...P, O]
      : ShapeMismatch<`Bilinear(${Size<I>}, ${Size<J>}, ${Size<O>}) expects last sizes of ${Size<I>} and ${Size<J>} behind equal others, got ${Show<A>} and ${Show<B>}`>
    : [...number[], O]
  : [...number[], O];

// ---- flatten --------------------------------------------------------------------------------------------------------

/** Rule of `flatten`: the axes from `Start` to `End` become one. */
export type Flatten<S extends Shape, Start extends number = 0, End extends number = -1> = number extends
  | S["length"]
  | Start
  | End
  ? FlattenUnknown<S, Start, End>
  : S extends readonly []
    ? OnAxis<S, Start, OnAxis<S, End, [1]>>
    : OnAxis<S, Start, OnAxis<S, End, Merge<S, Before<S, Axis<S, Start>>, After<S, Axis<S, End>>>>>;

/** The two common cases are of known rank even when nothing is known of the input. */
type FlattenUnknown<S extends Shape, Start extends number, End extends number> = number extends S["length"]
  ? [Start, End] extends [0, -1]
    ? [number]
    : [Start, End] extends [1, -1]
      ? [number, number]
      : AnyShape
  : AnyShape;

/** The sizes of S after position I. */
type After<S extends Shape, I> = S extends readonly [...Before<S, I>, unknown, ...infer Tail extends Shape]
  ? Tail
  : never;

/** S with everything between Head and Tail multiplied into one size. */
type Merge<S extends Shape, Head extends Shape, Tail extends Shape> = S extends readonly [
  ...Head,
  ...infer Middle extends [number, ...number[]],
  ...Tail,
]
  ? [...Head, Numel<Middle>, ...Tail]
  : ShapeMismatch<`flatten: the start axis comes after the end axis in ${Show<S>}`>;

/** Rule of splitting axis D into the sizes V, whose product is its size. */
export type Unflatten<S extends Shape, D extends number, V extends Shape> = number extends S["length"] | D | V["length"]
  ? AnyShape
  : OnAxis<
      S,
      D,
      -1 extends V[number]
        ? ReplaceAt<S, Axis<S, D>, { [K in keyof V]: V[K] extends -1 ? number : V[K] }>
        : Fits<SizeAt<S, D>, Numel<V>> extends true
          ? ReplaceAt<S, Axis<S, D>, V>
          : ShapeMismatch<`unflatten: axis ${D} of ${Show<S>} cannot be split into ${Show<V>}`>
    >;

// ---- joining --------------------------------------------------------------------------------------------------------

/** Two shapes joined along axis D. The other sizes must fit, which is seen when axis D is made equal. */
type Cat2<A extends Shape, B extends Shape, D extends number> = number extends A["length"] | B["length"] | D
  ? AnyShape
  : A extends readonly []
    ? ShapeMismatch<"cat: a scalar has no axis to join along">
    : OnAxis<
        A,
        D,
        FitsAll<A, ReplaceAt<B, Axis<A, D>, [SizeAt<A, D>]>> extends true
          ? SetAt<A, D, Add<SizeAt<A, D>, SizeAt<B, D>>>
          : ShapeMismatch<`cat: ${Show<A>} and ${Show<B>} differ outside axis ${D}`>
      >;

/** Rule of `cat`: exact for a literal list; in an array of unknown length the joined size is unknown. */
export type Cat<L extends readonly Shape[], D extends number> = L extends readonly [
  infer A extends Shape,
  infer B extends Shape,
  ...infer Rest extends Shape[],
]
  ? Cat<[Cat2<A, B, D>, ...Rest], D>
  : L extends readonly [infer A extends Shape]
    ? A extends ShapeMismatch<string>
      ? A
      : OnAxis<A, D>
    : number extends L["length"]
      ? OnAxis<L[number], D, SetAt<L[number], D, number>>
      : AnyShape;

/** Rule of `stack`: equal shapes with an axis more, as long as the list. */
export type Stack<L extends readonly Shape[], D extends number> = number extends L["length"]
  ? Unsqueeze<L[number], D, number>
  : L extends readonly [infer A extends Shape, ...infer Rest extends Shape[]]
    ? StackAll<A, Rest> extends infer S extends Shape
      ? S extends ShapeMismatch<string>
        ? S
        : Unsqueeze<S, D, L["length"]>
      : never
    : AnyShape;

/** The shape A when all others are equal to it. */
type StackAll<A extends Shape, L extends readonly Shape[]> = L extends readonly [
  infer B extends Shape,
  ...infer Rest extends Shape[],
]
  ? SameShape<A, B, "stack"> extends infer S extends Shape
    ? S extends ShapeMismatch<string>
      ? S
      : StackAll<S, Rest>
    : never
  : A;

// ---- losses ---------------------------------------------------------------------------------------------------------

/** The shape of the class indices that belong to logits of shape S: the class axis, 1 of a batch, is left out. */
export type Target<S extends Shape> = number extends S["length"]
  ? AnyShape
  : S extends readonly [infer N extends number, unknown, ...infer Rest extends Shape]
    ? [N, ...Rest]
    : [];
