/** Normalisation of rows. */
import { type Gradient, record, tracks } from "../autograd/node.ts";
import { backend, type Storage } from "../backend/index.ts";
import { DTypeError, ShapeError, ValueError } from "../errors.ts";
import { checkOptions } from "../options.ts";
import { DTYPES } from "../tensor/dtypes.ts";
import type { Arg, EndsWith, Shape } from "../tensor/shapes.ts";
import { count, sameShape, show } from "../tensor/sizes.ts";
import { empty, type Tensor } from "../tensor/tensor.ts";
import { FLOATS, family, pointer, requireFloat, requireTensor } from "./kernels.ts";
import { contiguous } from "./layout.ts";

const forward = family("layer_norm", FLOATS, "layerNorm");
const backward = family("layer_norm_backward", FLOATS, "layerNorm");
const backwardWeight = family("layer_norm_weight", FLOATS, "layerNorm");
/** Pieces that the gradient of the weight is summed in: the kernel's ROW_PIECES. */
const PIECES = 16;

/** Options of {@link layerNorm}. */
export interface LayerNormOptions {
  /** What normalised elements are multiplied with, of the sizes; none unless said otherwise. */
  weight?: Tensor | null;
  /** What is added then, of the sizes; none unless said otherwise. */
  bias?: Tensor | null;
  /** Added to the variance; 1e-5 unless said otherwise. */
  eps?: number;
}

/** Everything the gradients of one call share. */
interface Call {
  x: Tensor;
  weight: Tensor | null;
  rows: number;
  length: number;
  eps: number;
  /** The mean of each row, and behind them 1 over its standard deviation. */
  statistics: Storage;
}

function checkAffine(name: string, x: Tensor, shape: readonly number[], given: Tensor | null): Tensor | null {
  if (given === null) return null;
  requireTensor("layerNorm", given);
  if (!sameShape(given.shape, shape)) {
    throw new ShapeError(`layerNorm: ${name} has the normalized sizes ${show(shape)}; got ${show(given.shape)}`);
  }
  if (given.dtype !== x.dtype) {
    throw new DTypeError(`layerNorm: x and ${name} have one dtype; got ${x.dtype} and ${given.dtype}`);
  }
  return contiguous.call(given);
}

function checkSizes(x: Tensor, sizes: readonly number[], eps: number): void {
  if (!Array.isArray(sizes) || sizes.length === 0 || !sizes.every((size) => Number.isInteger(size) && size > 0)) {
    throw new ValueError(`layerNorm: the normalized sizes are whole numbers of at least 1; got ${String(sizes)}`);
  }
  if (!sameShape(x.shape.slice(-sizes.length), sizes) || x.ndim < sizes.length) {
    throw new ShapeError(`layerNorm: expects the last sizes ${show(sizes)}, got ${show(x.shape)}`);
  }
  if (!(Number.isFinite(eps) && eps >= 0)) throw new ValueError(`layerNorm: eps is at least 0; got ${String(eps)}`);
}

/**
 * Brings each run of the last axes, of the sizes given, to mean 0 and variance 1, then scales by `weight` and adds
 * `bias`. Of one float dtype. Ba, Kiros and Hinton, 2016.
 *
 * @throws {DTypeError} if the tensors are not of one float dtype.
 * @throws {ShapeError} if the last sizes or those of `weight` or `bias` differ from `sizes`.
 * @throws {ValueError} if `sizes` are not whole numbers of at least 1, `eps` is below 0 or not finite, or an option is
 * unknown.
 * @example
 * tensor([[1, 3]]).layerNorm([2], { eps: 0 }).toArray(); // [[-1, 1]]
 */
export function layerNorm<S extends Shape, const V extends readonly number[]>(
  this: Tensor<S>,
  sizes: Arg<EndsWith<S, V>, V>,
  options: LayerNormOptions = {},
): Tensor<S> {
  requireFloat("layerNorm", this);
  const { eps = 1e-5 } = checkOptions("layerNorm", options, ["weight", "bias", "eps"]);
  const shape = sizes as readonly number[];
  checkSizes(this, shape, eps);
  const weight = checkAffine("weight", this, shape, options.weight ?? null);
  const bias = checkAffine("bias", this, shape, options.bias ?? null);
  const x: Tensor = contiguous.call(this);
  return normalized(x, weight, bias, count(shape), eps) as Tensor<S>;
}

function normalized(x: Tensor, weight: Tensor | null, bias: Tensor | null, length: number, eps: number): Tensor {
  const rows = x.count / length;
  const bytes = DTYPES[x.dtype].bytes * rows;
  const y = empty(x.shape, x.dtype);
  // The kernel takes a bias only together with a weight.
  const fused = weight === null ? null : bias;
  const call: Call = { x, weight, rows, length, eps, statistics: backend.borrow(2 * bytes) };
  const statistics = backend.pointer(call.statistics);
  forward[x.dtype](
    ...([pointer(x), weight === null ? 0 : pointer(weight), fused === null ? 0 : pointer(fused), pointer(y)] as const),
    ...([statistics, statistics + bytes, rows, length, eps] as const),
  );
  const inputs = [x, ...(weight === null ? [] : [weight]), ...(fused === null ? [] : [fused])];
  if (inputs.some(tracks)) {
    const saved = weight === null ? [x] : [x, weight];
    record(
      y,
      "layerNorm",
      inputs,
      fusedGradients(call, fused),
      saved,
      [call.statistics],
      composedGradients(call, fused),
    );
  } else backend.release(call.statistics);
  return weight === null && bias !== null ? y.add(bias) : y;
}

function fusedGradients(call: Call, bias: Tensor | null): Gradient[] {
  const { x, weight, rows, length } = call;
  const offset = DTYPES[x.dtype].bytes * rows;
  const forInput: Gradient = (g) => {
    const flat = contiguous.call(g);
    const dx = empty(x.shape, x.dtype);
    const statistics = backend.pointer(call.statistics);
    backward[x.dtype](
      ...([pointer(flat), pointer(x), weight === null ? 0 : pointer(weight)] as const),
      ...([statistics, statistics + offset, pointer(dx), rows, length] as const),
    );
    return dx;
  };
  if (weight === null) return [forInput];
  const forWeight: Gradient = (g) => {
    const flat = contiguous.call(g);
    const dw = empty(weight.shape, x.dtype);
    const partial = empty([PIECES * length], x.dtype);
    const statistics = backend.pointer(call.statistics);
    backwardWeight[x.dtype](
      ...([pointer(flat), pointer(x), statistics, statistics + offset] as const),
      ...([pointer(dw), pointer(partial), rows, length] as const),
    );
    return dw;
  };
  const forBias: Gradient = (g) => summed(g, length).reshape(...weight.shape);
  return bias === null ? [forInput, forWeight] : [forInput, forWeight, forBias];
}

/** The sum over the rows. */
function summed(g: Tensor, length: number): Tensor {
  return (g.reshape(-1, length) as Tensor).sum(0);
}

function composedGradients(call: Call, bias: Tensor | null): Gradient[] {
  const { x, weight, rows, length, eps } = call;
  const matrix = (t: Tensor): Tensor => t.reshape(rows, length);
  const parts = (): { scale: Tensor; unit: Tensor } => {
    const centred = matrix(x).sub(matrix(x).mean(1, true));
    const scale: Tensor = centred.square().mean(1, true).add(eps).rsqrt();
    return { scale, unit: centred.mul(scale) };
  };
  const forInput: Gradient = (g) => {
    const { scale, unit } = parts();
    const h: Tensor = weight === null ? matrix(g) : matrix(g).mul(weight.reshape(length));
    const along = unit.mul(h.mul(unit).mean(1, true));
    return h
      .sub(h.mean(1, true))
      .sub(along)
      .mul(scale)
      .reshape(...x.shape);
  };
  if (weight === null) return [forInput];
  const forWeight: Gradient = (g) => summed(matrix(g).mul(parts().unit), length).reshape(...weight.shape);
  const forBias: Gradient = (g) => summed(g, length).reshape(...weight.shape);
  return bias === null ? [forInput, forWeight] : [forInput, forWeight, forBias];
}
