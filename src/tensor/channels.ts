/** The shape rule of layers over a known number of channels. */
import type { Fits, Shape, ShapeMismatch, Show, Size } from "./mismatch.ts";

/** Ranks with a batch, the rank without one, and how the shapes read for C channels. */
interface Kinds<C extends string> {
  BatchNorm1d: { ranks: 2 | 3; alone: never; form: `[batch, ${C}] or [batch, ${C}, length]` };
  BatchNorm2d: { ranks: 4; alone: never; form: `[batch, ${C}, height, width]` };
  BatchNorm3d: { ranks: 5; alone: never; form: `[batch, ${C}, depth, height, width]` };
  InstanceNorm1d: { ranks: 3; alone: 2; form: `[batch, ${C}, length]` };
  InstanceNorm2d: { ranks: 4; alone: 3; form: `[batch, ${C}, height, width]` };
  InstanceNorm3d: { ranks: 5; alone: 4; form: `[batch, ${C}, depth, height, width]` };
}

/** Layers that normalise channels. */
export type Normalizer = keyof Kinds<string>;

/** Rule of a layer `Op` over C channels: the shape stays. */
export type OverChannels<S extends Shape, C extends number, Op extends Normalizer> = number extends S["length"]
  ? S
  : Fits<ChannelsIn<S, Kinds<string>[Op]>, C> extends true
    ? S
    : ShapeMismatch<`${Op}(${Size<C>}) expects ${Kinds<Size<C>>[Op]["form"]}, got ${Show<S>}`>;

/** The number of channels; -1, which fits none, for another rank. */
type ChannelsIn<S extends Shape, K extends { ranks: number; alone: number }> = S["length"] extends K["ranks"]
  ? S[1] & number
  : S["length"] extends K["alone"]
    ? S[0] & number
    : -1;

/** Rule of a layer over groups of C channels of [batch, C, …]: the shape stays. */
export type OverGroups<S extends Shape, C extends number> = number extends S["length"]
  ? S
  : S extends readonly [number, infer N extends number, ...Shape]
    ? Fits<N, C> extends true
      ? S
      : ShapeMismatch<`GroupNorm expects [batch, ${Size<C>}, ...], got ${Show<S>}`>
    : ShapeMismatch<`GroupNorm expects [batch, ${Size<C>}, ...], got ${Show<S>}`>;
