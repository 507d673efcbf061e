/** How normal numbers within bounds are drawn. */
import { empty, type Generator, type Tensor, tensor } from "../ops/index.ts";

/** Normal numbers of this mean and standard deviation, from `a` to `b`. */
interface Bounded {
  readonly mean: number;
  readonly std: number;
  readonly a: number;
  readonly b: number;
}

interface From {
  readonly generator?: Generator;
}

/** Numbers in the shape and dtype of x: what is outside is drawn again, unless hardly anything would be inside. */
export function truncatedNormal(x: Tensor, bounded: Bounded, from: From): Tensor {
  const { mean, std, a, b } = bounded;
  const ends: Tensor = tensor([(a - mean) / std, (b - mean) / std], { dtype: "float64" });
  const [low, high] = ends.div(Math.SQRT2).erf().data() as Float64Array as unknown as [number, number];
  const often = (high - low) / 2 > 0.3;
  return often ? redrawn(x, bounded, from) : accepted(x, bounded, from);
}

function redrawn(x: Tensor, { mean, std, a, b }: Bounded, from: From): Tensor {
  const draw = (): Tensor => (empty([...x.shape], { dtype: x.dtype }) as Tensor).normal_(mean, std, from);
  const isOutside = (y: Tensor): Tensor => y.lt(a).maximum(y.gt(b));
  let result = draw();
  for (let outside = isOutside(result); anyOf(outside); outside = isOutside(result)) {
    result = replaced(result, outside, draw());
  }
  return result;
}

/** Draws uniform numbers and keeps each with the probability of its density, relative to the highest. */
function accepted(x: Tensor, { mean, std, a, b }: Bounded, from: From): Tensor {
  const peak = -0.5 * ((Math.max(a, Math.min(mean, b)) - mean) / std) ** 2;
  const draw = (low: number, high: number): Tensor =>
    (empty([...x.shape], { dtype: x.dtype }) as Tensor).uniform_(low, high, from);
  const refused = (y: Tensor): Tensor => {
    const density = y.sub(mean).div(std).pow(2).mul(-0.5).sub(peak);
    return draw(0, 1).log().gt(density);
  };
  let result = draw(a, b);
  let pending: Tensor = refused(result);
  while (anyOf(pending)) {
    const candidates = draw(a, b);
    result = replaced(result, pending, candidates);
    pending = pending.minimum(refused(candidates));
  }
  return result;
}

/** Takes the elements of `other` where the mask is 1. */
function replaced(x: Tensor, mask: Tensor, other: Tensor): Tensor {
  const chosen: Tensor = mask.to(x.dtype);
  return other.mul(chosen).add(x.mul(chosen.neg().add(1)));
}

function anyOf(mask: Tensor): boolean {
  return mask.any().item() !== 0;
}
