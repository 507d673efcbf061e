/** Shape rules of losses. */
import type { AnyShape, FitsAll, Shape, ShapeMismatch, Show } from "./mismatch.ts";
import type { Target } from "./shapes.ts";

/** What brings a prediction [..., 1] and a target [...] together, or nothing when that is not the difference. */
type Fix<A extends Shape, B extends Shape> = A extends readonly [...B, 1]
  ? "; use target.unsqueeze(-1) or prediction.squeeze(-1)"
  : B extends readonly [...A, 1]
    ? "; use prediction.unsqueeze(-1) or target.squeeze(-1)"
    : "";

/** Rule of losses of a prediction and a target: they refuse to broadcast. `Op` opens the message. */
export type Paired<A extends Shape, B extends Shape, Op extends string> = number extends A["length"] | B["length"]
  ? AnyShape
  : FitsAll<A, B> extends true
    ? A
    : ShapeMismatch<`${Op}: shapes must be equal, got ${Show<A>} and ${Show<B>}${Fix<A, B>}`>;

/** Rule of losses of class indices of shape T: the scores' shape without the class axis. */
export type Indexed<S extends Shape, T extends Shape, Op extends string> = number extends S["length"] | T["length"]
  ? AnyShape
  : FitsAll<Target<S>, T> extends true
    ? []
    : ShapeMismatch<`${Op}: scores ${Show<S>} need a target of shape ${Show<Target<S>>}, got ${Show<T>}`>;

/** Rule of cross-entropy: class indices, or probabilities of the logits' own shape. */
export type Classified<S extends Shape, T extends Shape> = number extends S["length"] | T["length"]
  ? AnyShape
  : FitsAll<Target<S>, T> extends true
    ? []
    : FitsAll<S, T> extends true
      ? []
      : ShapeMismatch<`crossEntropy: logits ${Show<S>} need a target of shape ${Show<Target<S>>}, got ${Show<T>}`>;

/** The shape of a loss: that of the single losses with "none", else a number; unknown when the reduction is. */
export type Reduced<S extends Shape, R extends string> = [R] extends ["none"]
  ? S
  : [R] extends ["mean" | "sum" | "batchmean"]
    ? []
    : AnyShape;
