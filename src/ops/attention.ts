/** Attention: sums of values, weighted by how well queries fit keys. */
import { noGrad } from "../autograd/mode.ts";
import { DTypeError, ShapeError, ValueError } from "../errors.ts";
import { checkOptions } from "../options.ts";
import type { DType } from "../tensor/dtypes.ts";
import { broadcast, sameShape, show } from "../tensor/sizes.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { tensor } from "./create.ts";
import { requireFloat, requireTensor } from "./kernels.ts";
import { cast } from "./layout.ts";

/** Options of {@link scaledDotProductAttention}. */
export interface AttentionOptions {
  /** What broadcasts to [..., queries, keys]: bool, true where a key takes part, or floats that are added to the scores. */
  attnMask?: Tensor | null;
  /** The probability with which weights are dropped; 0. There is no evaluation mode here. */
  dropoutP?: number;
  /** Whether query i sees keys 0 to i only; false. */
  isCausal?: boolean;
  /** The factor of the scores; 1/√width unless said otherwise. */
  scale?: number | null;
}

let lastCausal: Tensor | null = null;

/** [queries, keys]: 0 where the key is not after the query, else -Infinity. */
export function causalMask(queries: number, keys: number, dtype: DType): Tensor {
  const last = lastCausal;
  if (last !== null && last.shape[0] === queries && last.shape[1] === keys && last.dtype === dtype) return last;
  const values = new Float32Array(queries * keys).fill(Number.NEGATIVE_INFINITY);
  for (let i = 0; i < queries; i++) values.fill(0, i * keys, i * keys + Math.min(i + 1, keys));
  lastCausal = (tensor(values).reshape(queries, keys) as Tensor).to(dtype) as Tensor;
  return lastCausal;
}

/** A mask as what is added to scores. `kept` says what true means: the key takes part, or it does not. */
export function additiveMask(op: string, mask: Tensor, dtype: DType, kept: boolean): Tensor {
  requireTensor(op, mask);
  if (mask.dtype === "bool") {
    return noGrad(() => {
      const ones = cast(mask, dtype);
      return (kept ? ones : ones.neg().add(1)).log() as Tensor;
    });
  }
  if (mask.dtype !== dtype)
    throw new DTypeError(`${op}: masks are bool or ${dtype}; got ${mask.dtype} ${show(mask.shape)}`);
  return mask;
}

function checkOperands(op: string, query: Tensor, key: Tensor, value: Tensor): void {
  for (const x of [query, key, value]) requireFloat(op, x);
  const shapes = `${show(query.shape)}, ${show(key.shape)} and ${show(value.shape)}`;
  if (query.ndim < 2 || key.ndim < 2 || value.ndim < 2) {
    throw new ShapeError(
      `${op}: takes [..., queries, width], [..., keys, width] and [..., keys, values]; got ${shapes}`,
    );
  }
  if (query.shape.at(-1) !== key.shape.at(-1)) {
    throw new ShapeError(`${op}: queries and keys have one last size; got ${shapes}`);
  }
  if (key.shape.at(-2) !== value.shape.at(-2)) {
    throw new ShapeError(`${op}: there are as many values as keys; got ${shapes}`);
  }
  if (query.dtype !== key.dtype || query.dtype !== value.dtype) {
    throw new DTypeError(`${op}: all have one dtype; got ${query.dtype}, ${key.dtype} and ${value.dtype}`);
  }
}

/**
 * softmax(query·keyᵀ·scale + mask)·value: query [..., queries, width], key [..., keys, width], value [..., keys,
 * values] → [..., queries, values], all of one float dtype. A query whose keys are all masked gives zeros. Vaswani et
 * al., 2017.
 *
 * @throws {DTypeError} if the three are not of one float dtype, or the mask is neither bool nor of that dtype.
 * @throws {ShapeError} if the sizes do not belong together, or the mask does not broadcast to [..., queries, keys].
 * @throws {ValueError} if both `attnMask` and `isCausal` are given, `dropoutP` is not from 0 to 1, `scale` is not
 * finite or an option is unknown.
 * @example
 * scaledDotProductAttention(zeros(1, 2), zeros(2, 2), tensor([[1], [3]])).toArray(); // [[2]]
 */
export function scaledDotProductAttention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  options: AttentionOptions = {},
): Tensor {
  const op = "scaledDotProductAttention";
  checkOperands(op, query, key, value);
  const {
    attnMask = null,
    dropoutP = 0,
    isCausal = false,
  } = checkOptions("scaledDotProductAttention", options, ["attnMask", "dropoutP", "isCausal", "scale"]);
  const width = query.shape.at(-1) as number;
  const scale = options.scale ?? 1 / Math.sqrt(width);
  if (!Number.isFinite(scale)) throw new ValueError(`${op}: scale is a finite number; got ${String(scale)}`);
  if (isCausal && attnMask !== null)
    throw new ValueError(`${op}: takes attnMask or isCausal, not both; add a causal mask to attnMask`);
  const scores: Tensor = query.mul(scale).matmul(key.transpose(-2, -1) as Tensor);
  if (isCausal) {
    const mask = causalMask(query.shape.at(-2) as number, key.shape.at(-2) as number, query.dtype);
    return scores.add(mask).softmax(-1).dropout(dropoutP).matmul(value);
  }
  if (attnMask === null) return scores.softmax(-1).dropout(dropoutP).matmul(value);
  const mask = additiveMask(op, attnMask, query.dtype, true);
  if (!sameShape(broadcast(`${op}: attnMask`, mask.shape, scores.shape), scores.shape)) {
    throw new ShapeError(`${op}: attnMask broadcasts to the scores ${show(scores.shape)}; got ${show(mask.shape)}`);
  }
  const seeing = noGrad(() => cast(mask.ne(Number.NEGATIVE_INFINITY).to(query.dtype).sum(-1, true).gt(0), query.dtype));
  if (seeing.data().every((one) => one === 1)) return scores.add(mask).softmax(-1).dropout(dropoutP).matmul(value);
  // Rows that see nothing are computed without their mask, since -Infinity everywhere would be NaN, and then cleared.
  const open: Tensor = noGrad(() => seeing.neg().add(1).log());
  const weights = scores.add(mask.maximum(open)).softmax(-1).mul(seeing);
  return weights.dropout(dropoutP).matmul(value);
}
