/** The shape rules of convolutions, computed by the compiler. What is not a literal is unknown and passes. */
import type { Add, Div, Mul, Sub } from "./arith.ts";
import type { AnyShape, Fits, Shape, ShapeMismatch, Show, Size } from "./mismatch.ts";

/** Option K of options A: as it is written, D where it is left out, unknown where it may be left out. */
type Option<A, K extends string, D> = 0 extends 1 & A
  ? number
  : K extends keyof A
    ? undefined extends A[K]
      ? number
      : A[K]
    : D;

/** The options that the rest parameters of a constructor hold. */
export type Given<A> = 0 extends 1 & A
  ? A
  : A extends readonly [infer Options]
    ? Options
    : A extends readonly []
      ? Record<never, never>
      : AnyShape;

/** The number for axis I of a number for all axes or a list. */
type At<V, I extends number> = V extends number ? V : V extends readonly number[] ? V[I] : number;

/** Zeros at each end of axis I: a number, or how the size is kept. */
type PaddingAt<A, I extends number> =
  Option<A, "padding", 0> extends infer P ? (P extends "valid" ? 0 : P extends "same" ? "same" : At<P, I>) : never;

/** How far the taps of a kernel reach. */
type Reach<K extends number, D extends number> = D extends 1 ? K : Add<Mul<D, Sub<K, 1>>, 1>;

/** N with P zeros at both ends. */
type Padded<N extends number, P extends number> = P extends 0 ? N : Add<N, Add<P, P>>;

/** The size that an axis of N becomes; never when the kernel does not fit. */
export type Window<N extends number, K extends number, S extends number, P, D extends number> = P extends "same"
  ? N
  : [K, S, P, D] extends [3, 1, 1, 1] | [1, 1, 0, 1] | [5, 1, 2, 1] | [7, 1, 3, 1]
    ? N
    : P extends number
      ? number extends N | K | S | P | D
        ? number
        : Strided<Sub<Padded<N, P>, Reach<K, D>>, S>
      : number;

/** How many results fit, when the last begins after Room inputs. */
type Strided<Room extends number, S extends number> = [Room] extends [never] ? never : Add<Div<Room, S>, 1>;

/** The size that an axis of N becomes in a transposed convolution. */
type Spread<
  N extends number,
  K extends number,
  S extends number,
  P extends number,
  D extends number,
  M extends number,
> = number extends Add<N, 0> | K | S | P | D | M
  ? number
  : [Sub<Add<Add<Mul<Sub<N, 1>, S>, Mul<D, Sub<K, 1>>>, Add<M, 1>>, Mul<P, 2>>] extends [infer R extends number]
    ? [R] extends [never]
      ? number
      : R
    : number;

/** Axis I of a convolution. */
type Sized<N extends number, K, A, I extends number> = Window<
  N,
  At<K, I> & number,
  At<Option<A, "stride", 1>, I> & number,
  PaddingAt<A, I>,
  At<Option<A, "dilation", 1>, I> & number
>;

/** Axis I of a transposed convolution. */
type Widened<N extends number, K, A, I extends number> = Spread<
  N,
  At<K, I> & number,
  At<Option<A, "stride", 1>, I> & number,
  At<Option<A, "padding", 0>, I> & number,
  At<Option<A, "dilation", 1>, I> & number,
  At<Option<A, "outputPadding", 0>, I> & number
>;

/** The mismatch of a number of channels. `Who` opens the message. */
type Channels<
  Who extends string,
  I extends number,
  C extends number,
  S extends Shape,
> = ShapeMismatch<`${Who} expects ${Size<I>} channels, got ${Size<C>} in ${Show<S>}`>;

/** R, unless the channels are all that is known of S, and differ. */
type LastChannels<S extends Shape, Who extends string, I extends number, R extends Shape> = S extends readonly [
  ...Shape,
  infer C extends number,
  number,
  number,
]
  ? Fits<C, I> extends true
    ? R
    : ShapeMismatch<`${Who} expects ${Size<I>} channels, got ${Size<C>}`>
  : R;

/** The sizes of an axis or two after their channels, unless one of them is never: then the kernel does not fit. */
type Fitting<Who extends string, K, S extends Shape, R extends Shape, N extends Shape> = [N[number]] extends [never]
  ? Large<Who, K, S>
  : N extends readonly [infer H, infer W]
    ? [H] extends [never]
      ? Large<Who, K, S>
      : [W] extends [never]
        ? Large<Who, K, S>
        : [...R, ...N]
    : [...R, ...N];

/** A kernel as text. */
type ShowKernel<K> = K extends number ? Size<K> : K extends Shape ? Show<K> : "?";

/** The mismatch of a kernel that is larger than the padded input. */
type Large<
  Who extends string,
  K,
  S extends Shape,
> = ShapeMismatch<`${Who}: a kernel of size ${ShowKernel<K>} does not fit into ${Show<S>}; use a larger padding`>;

/** Rule of a convolution over one axis, with I input and O output channels. */
export type Conv1dOut<
  S extends Shape,
  Who extends string,
  I extends number,
  O extends number,
  K,
  A,
> = number extends S["length"]
  ? [...number[], O, number]
  : S extends readonly [infer N extends number, infer C extends number, infer L extends number]
    ? Fits<C, I> extends true
      ? Fitting<Who, K, S, [N, O], [Sized<L, K, A, 0>]>
      : Channels<Who, I, C, S>
    : S extends readonly [infer C extends number, infer L extends number]
      ? Fits<C, I> extends true
        ? Fitting<Who, K, S, [O], [Sized<L, K, A, 0>]>
        : Channels<Who, I, C, S>
      : ShapeMismatch<`${Who} expects [batch, channels, length] or [channels, length], got ${Show<S>}`>;

/** Rule of a convolution over two axes, with I input and O output channels. */
export type Conv2dOut<
  S extends Shape,
  Who extends string,
  I extends number,
  O extends number,
  K,
  A,
> = number extends S["length"]
  ? LastChannels<S, Who, I, [...number[], O, number, number]>
  : S extends readonly [infer N extends number, infer C extends number, infer H extends number, infer W extends number]
    ? Fits<C, I> extends true
      ? Fitting<Who, K, S, [N, O], [Sized<H, K, A, 0>, Sized<W, K, A, 1>]>
      : Channels<Who, I, C, S>
    : S extends readonly [infer C extends number, infer H extends number, infer W extends number]
      ? Fits<C, I> extends true
        ? Fitting<Who, K, S, [O], [Sized<H, K, A, 0>, Sized<W, K, A, 1>]>
        : Channels<Who, I, C, S>
      : ShapeMismatch<`${Who} expects [batch, channels, height, width] or [channels, height, width], got ${Show<S>}`>;

/** Rule of a transposed convolution over one axis. */
export type ConvTranspose1dOut<
  S extends Shape,
  Who extends string,
  I extends number,
  O extends number,
  K,
  A,
> = number extends S["length"]
  ? [...number[], O, number]
  : S extends readonly [...infer B extends Shape, infer C extends number, infer L extends number]
    ? Fits<C, I> extends true
      ? [...B, O, Widened<L, K, A, 0>]
      : Channels<Who, I, C, S>
    : ShapeMismatch<`${Who} expects [batch, channels, length] or [channels, length], got ${Show<S>}`>;

/** Rule of a transposed convolution over two axes. */
export type ConvTranspose2dOut<
  S extends Shape,
  Who extends string,
  I extends number,
  O extends number,
  K,
  A,
> = number extends S["length"]
  ? [...number[], O, number, number]
  : S extends readonly [
        ...infer B extends Shape,
        infer C extends number,
        infer H extends number,
        infer W extends number,
      ]
    ? Fits<C, I> extends true
      ? [...B, O, Widened<H, K, A, 0>, Widened<W, K, A, 1>]
      : Channels<Who, I, C, S>
    : ShapeMismatch<`${Who} expects [batch, channels, height, width] or [channels, height, width], got ${Show<S>}`>;

/** The number of groups among options. */
type Groups<A> = Option<A, "groups", 1> & number;

/** Rule of `conv1d` with a weight of shape W. */
export type Conv1dOf<S extends Shape, W extends Shape, A> = W extends readonly [
  infer O extends number,
  infer I extends number,
  infer K extends number,
]
  ? Conv1dOut<S, "conv1d", Mul<I, Groups<A>>, O, K, A>
  : AnyShape;

/** Rule of `conv2d` with a weight of shape W. */
export type Conv2dOf<S extends Shape, W extends Shape, A> = W extends readonly [
  infer O extends number,
  infer I extends number,
  infer H extends number,
  infer V extends number,
]
  ? Conv2dOut<S, "conv2d", Mul<I, Groups<A>>, O, [H, V], A>
  : AnyShape;

/** Rule of `convTranspose1d` with a weight of shape W. */
export type ConvTranspose1dOf<S extends Shape, W extends Shape, A> = W extends readonly [
  infer I extends number,
  infer O extends number,
  infer K extends number,
]
  ? ConvTranspose1dOut<S, "convTranspose1d", I, Mul<O, Groups<A>>, K, A>
  : AnyShape;

/** Rule of `convTranspose2d` with a weight of shape W. */
export type ConvTranspose2dOf<S extends Shape, W extends Shape, A> = W extends readonly [
  infer I extends number,
  infer O extends number,
  infer H extends number,
  infer V extends number,
]
  ? ConvTranspose2dOut<S, "convTranspose2d", I, Mul<O, Groups<A>>, [H, V], A>
  : AnyShape;

/** Axis I of pooling: windows lie side by side unless there is a stride; with ceilMode the size is unknown. */
type PooledSize<N extends number, K, A, I extends number> =
  Option<A, "ceilMode", false> extends false
    ? Window<
        N,
        At<K, I> & number,
        At<Option<A, "stride", K>, I> & number,
        At<Option<A, "padding", 0>, I> & number,
        At<Option<A, "dilation", 1>, I> & number
      >
    : number;

/** Rule of pooling over one axis. */
export type Pool1dOut<S extends Shape, Who extends string, K, A> = number extends S["length"]
  ? AnyShape
  : S extends readonly [...infer B extends Shape, infer C extends number, infer L extends number]
    ? Fitting<Who, K, S, [...B, C], [PooledSize<L, K, A, 0>]>
    : ShapeMismatch<`${Who} expects [batch, channels, length] or [channels, length], got ${Show<S>}`>;

/** Rule of pooling over two axes. */
export type Pool2dOut<S extends Shape, Who extends string, K, A> = number extends S["length"]
  ? S extends readonly [...infer B extends Shape, infer C extends number, number, number]
    ? [...B, C, number, number]
    : AnyShape
  : S extends readonly [
        ...infer B extends Shape,
        infer C extends number,
        infer H extends number,
        infer W extends number,
      ]
    ? Fitting<Who, K, S, [...B, C], [PooledSize<H, K, A, 0>, PooledSize<W, K, A, 1>]>
    : ShapeMismatch<`${Who} expects [batch, channels, height, width] or [channels, height, width], got ${Show<S>}`>;
