/** The activation function with a learned slope. */
import { type Gradient, record, tracks } from "../autograd/node.ts";
import { DTypeError, ShapeError } from "../errors.ts";
import type { Shape } from "../tensor/shapes.ts";
import { count, show } from "../tensor/sizes.ts";
import { empty, type Tensor } from "../tensor/tensor.ts";
import { mask, oneMinus } from "./activations.ts";
import { family, pointer, requireFloat } from "./kernels.ts";
import { contiguous } from "./layout.ts";

const preluForward = family("prelu");
const preluBackward = family("prelu_backward");
const preluWeight = family("prelu_weight");

/** How many elements share a slope: x as [outer, channels, inner], the channels being axis 1. */
function channelsOf(x: Tensor, weight: Tensor): [outer: number, channels: number, inner: number] {
  if (weight.count === 1) return [1, 1, x.count];
  const channels = x.ndim === 0 ? 0 : (x.shape[x.ndim === 1 ? 0 : 1] as number);
  if (weight.ndim !== 1 || weight.count !== channels) {
    throw new ShapeError(
      `prelu: the weight has one slope, or one for each channel (axis 1 of x); got ${show(weight.shape)} for ${show(x.shape)}`,
    );
  }
  return x.ndim === 1 ? [1, channels, 1] : [x.shape[0] as number, channels, count(x.shape.slice(2))];
}

/**
 * x where it is positive, else weight * x, with one learned slope or one for each channel (axis 1). Takes one float
 * dtype. He et al., 2015.
 *
 * @throws {DTypeError} for int dtypes and bool, or if `weight` has another dtype.
 * @throws {ShapeError} if there is neither one slope nor one for each channel.
 * @example
 * tensor([-2, 2]).prelu(tensor([0.25])).toArray(); // [-0.5, 2]
 */
export function prelu<S extends Shape>(this: Tensor<S>, weight: Tensor): Tensor<S> {
  requireFloat("prelu", this);
  requireFloat("prelu", weight);
  if (weight.dtype !== this.dtype) {
    throw new DTypeError(`prelu: x and weight have one dtype; got ${this.dtype} and ${weight.dtype}`);
  }
  const [x, w]: [Tensor, Tensor] = [contiguous.call(this), contiguous.call(weight)];
  const [outer, channels, inner] = channelsOf(x, w);
  const y = empty(x.shape, x.dtype);
  preluForward[x.dtype](pointer(x), pointer(w), pointer(y), outer, channels, inner);
  if (tracks(x) || tracks(w)) {
    const { gradients, composed } = preluGradients(x, w, outer, channels, inner);
    record(y, "prelu", [x, w], gradients, [x, w], null, composed);
  }
  return y;
}

function preluGradients(
  x: Tensor,
  w: Tensor,
  outer: number,
  channels: number,
  inner: number,
): { gradients: Gradient[]; composed: Gradient[] } {
  const perChannel = (g: Tensor): Tensor => {
    const sums = g.reshape(outer, channels, inner).sum([0, 2]) as Tensor;
    return sums.reshape(...w.shape);
  };
  const forInput: Gradient = (g) => {
    const flat = contiguous.call(g);
    const dx = empty(x.shape, x.dtype);
    preluBackward[x.dtype](pointer(flat), pointer(x), pointer(w), pointer(dx), outer, channels, inner);
    return dx;
  };
  const forWeight: Gradient = (g) => {
    const flat = contiguous.call(g);
    const parts = empty(x.shape, x.dtype);
    preluWeight[x.dtype](pointer(flat), pointer(x), pointer(parts), x.count);
    return perChannel(parts);
  };
  const spread = (): Tensor => {
    const slopes: Tensor = w.reshape(1, channels, 1);
    return slopes.expand(outer, channels, inner).reshape(...x.shape);
  };
  const positive = (): Tensor => mask(x, x.gt(0));
  return {
    gradients: [forInput, forWeight],
    composed: [
      (g) => g.mul(spread().mul(oneMinus(positive())).add(positive())),
      (g) => perChannel(g.mul(x).mul(oneMinus(positive()))),
    ],
  };
}
