/** Attention with several heads. */
import { DTypeError, ShapeError, ValueError } from "../errors.ts";
import { additiveMask, causalMask, scaledDotProductAttention } from "../ops/attention.ts";
import { cat, linear, type Tensor, zeros } from "../ops/index.ts";
import { requireTensor } from "../ops/kernels.ts";
import { checkOptions } from "../options.ts";
import type { Arg, LinearOut, Shape } from "../tensor/shapes.ts";
import { sameShape, show } from "../tensor/sizes.ts";
import { checkCount } from "./fan.ts";
import { xavierNormal_, xavierUniform_, zeros_ } from "./init.ts";
import { Linear } from "./linear.ts";
import { Module } from "./module.ts";
import type { Parameter } from "./parameter.ts";
import { parameter } from "./recurrent-base.ts";
import type { AnySize } from "./shapes.ts";

/** Options of {@link MultiheadAttention}. */
export interface MultiheadAttentionOptions {
  /** The probability with which weights are dropped, in training; 0. */
  dropout?: number;
  /** Whether projections have biases; true unless said otherwise. */
  bias?: boolean;
  /** Whether one learned key and value are added to the others; false. */
  addBiasKv?: boolean;
  /** Whether one key and value of zeros are added to the others; false. */
  addZeroAttn?: boolean;
  /** The width of keys; embedDim unless said otherwise. */
  kdim?: number;
  /** The width of values; embedDim unless said otherwise. */
  vdim?: number;
  /** Whether the batch is the first axis; false: the steps are. */
  batchFirst?: boolean;
}

/** What one call of {@link MultiheadAttention} may say. */
export interface AttentionCall {
  /** [batch, keys] (or [keys] without a batch): bool, true where a key is padding, or floats that are added to the scores. */
  keyPaddingMask?: Tensor | null;
  /** [queries, keys] or [batch · heads, queries, keys]: bool, true where a key is not seen, or floats that are added. */
  attnMask?: Tensor | null;
  /** Whether the weights are given as well; true unless said otherwise. Without them the call is faster. */
  needWeights?: boolean;
  /** Whether weights are averaged over the heads; true unless said otherwise. */
  averageAttnWeights?: boolean;
  /** Whether query i sees keys 0 to i only, where there is no attnMask; false. */
  isCausal?: boolean;
}

/**
 * Attention with several heads (Vaswani et al., 2017): query [queries, batch, embedDim], key [keys, batch, kdim] and
 * value [keys, batch, vdim] (the batch first with `batchFirst`; or none of them with a batch) → output of the query's
 * shape, and the weights [batch, queries, keys]. Parameters have PyTorch's names, layouts and first values.
 *
 * @throws {ValueError} for an unknown option, sizes that are no whole numbers of at least 1, an `embedDim` that
 * `numHeads` does not divide, or a `dropout` outside [0, 1].
 * @throws {ShapeError} if query, key, value or a mask have other shapes than these.
 * @throws {DTypeError} if one of them has another dtype than the weights, or a mask is neither bool nor of that dtype.
 * @example
 * const x = randn(5, 2, 8);
 * const [output, weights] = new nn.MultiheadAttention(8, 4).forward(x, x, x);
 * [output.shape, weights?.shape]; // [[5, 2, 8], [2, 5, 5]]
 */
export class MultiheadAttention<E extends number = AnySize> extends Module {
  readonly embedDim: E;
  readonly numHeads: number;
  readonly headDim: number;
  readonly dropout: number;
  readonly kdim: number;
  readonly vdim: number;
  readonly addZeroAttn: boolean;
  readonly batchFirst: boolean;
  in_proj_weight: Parameter | null = null;
  q_proj_weight: Parameter | null = null;
  k_proj_weight: Parameter | null = null;
  v_proj_weight: Parameter | null = null;
  in_proj_bias: Parameter | null;
  bias_k: Parameter | null;
  bias_v: Parameter | null;
  out_proj: Linear;

  constructor(embedDim: E, numHeads: number, options: MultiheadAttentionOptions = {}) {
    super();
    checkOptions("MultiheadAttention", options, [
      ...["dropout", "bias", "addBiasKv", "addZeroAttn", "batchFirst", "kdim", "vdim"],
    ]);
    const { dropout = 0, bias = true, addBiasKv = false, addZeroAttn = false, batchFirst = false } = options;
    const { kdim = embedDim, vdim = embedDim } = options;
    const counts = { embedDim, numHeads, kdim, vdim };
    for (const [name, value] of Object.entries(counts)) checkCount("MultiheadAttention", name, value);
    if (embedDim % numHeads !== 0) {
      throw new ValueError(
        `MultiheadAttention: numHeads divides embedDim; got embedDim ${embedDim} and numHeads ${numHeads}`,
      );
    }
    if (!(dropout >= 0 && dropout <= 1)) {
      throw new ValueError(`MultiheadAttention: dropout is a probability from 0 to 1; got ${String(dropout)}`);
    }
    this.embedDim = embedDim;
    this.numHeads = numHeads;
    this.headDim = embedDim / numHeads;
    this.dropout = dropout;
    this.kdim = kdim;
    this.vdim = vdim;
    this.addZeroAttn = addZeroAttn;
    this.batchFirst = batchFirst;
    if (kdim === embedDim && vdim === embedDim) this.in_proj_weight = parameter(3 * embedDim, embedDim);
    else {
      this.q_proj_weight = parameter(embedDim, embedDim);
      this.k_proj_weight = parameter(embedDim, kdim);
      this.v_proj_weight = parameter(embedDim, vdim);
    }
    this.in_proj_bias = bias ? parameter(3 * embedDim) : null;
    this.bias_k = addBiasKv ? parameter(1, 1, embedDim) : null;
    this.bias_v = addBiasKv ? parameter(1, 1, embedDim) : null;
    this.out_proj = new Linear(embedDim as number, embedDim as number, { bias });
    this.resetParameters();
  }

  /** Draws the weights anew from the default generator, but for the last projection's; biases become 0. */
  resetParameters(): void {
    for (const weight of [this.in_proj_weight, this.q_proj_weight, this.k_proj_weight, this.v_proj_weight]) {
      if (weight !== null) xavierUniform_(weight);
    }
    if (this.in_proj_bias !== null) zeros_(this.in_proj_bias);
    if (this.out_proj.bias !== null) zeros_(this.out_proj.bias);
    if (this.bias_k !== null) xavierNormal_(this.bias_k);
    if (this.bias_v !== null) xavierNormal_(this.bias_v);
  }

  override forward<S extends Shape>(
    query: Arg<LinearOut<S, E, E, "MultiheadAttention">, Tensor<S>>,
    key: Tensor,
    value: Tensor,
    options: AttentionCall = {},
  ): [output: Tensor<S>, weights: Tensor | null] {
    const q = query as Tensor;
    this.#check(q, key, value);
    const batched = q.ndim === 3;
    const ordered = (x: Tensor): Tensor =>
      (!batched ? x.unsqueeze(1) : this.batchFirst ? x.transpose(0, 1) : x) as Tensor;
    const [output, weights] = this.#attend(ordered(q), ordered(key), ordered(value), options);
    const given = (!batched ? output.squeeze(1) : this.batchFirst ? output.transpose(0, 1) : output) as Tensor;
    return [given as Tensor<S>, weights === null || batched ? weights : (weights.squeeze(0) as Tensor)];
  }

  #check(query: Tensor, key: Tensor, value: Tensor): void {
    const op = "MultiheadAttention";
    for (const x of [query, key, value]) requireTensor(op, x);
    const shapes = `${show(query.shape)}, ${show(key.shape)} and ${show(value.shape)}`;
    if ((query.ndim !== 2 && query.ndim !== 3) || key.ndim !== query.ndim || value.ndim !== query.ndim) {
      throw new ShapeError(`${op}: query, key and value all have 3 axes, or 2 without a batch; got ${shapes}`);
    }
    const widths = [this.embedDim as number, this.kdim, this.vdim];
    if ([query, key, value].some((x, i) => x.shape.at(-1) !== widths[i])) {
      throw new ShapeError(`${op}: expects last sizes of ${widths.join(", ")}; got ${shapes}`);
    }
    const batch = this.batchFirst ? 0 : 1;
    const differ =
      query.ndim === 3 && (query.shape[batch] !== key.shape[batch] || query.shape[batch] !== value.shape[batch]);
    if (differ || !sameShape(key.shape.slice(0, -1), value.shape.slice(0, -1))) {
      throw new ShapeError(`${op}: batches are equal, and there are as many values as keys; got ${shapes}`);
    }
  }

  /** The projection of x by part `i` of the weights: 0 of queries, 1 of keys, 2 of values. */
  #projected(x: Tensor, i: 0 | 1 | 2): Tensor {
    const size = this.embedDim as number;
    const own = [this.q_proj_weight, this.k_proj_weight, this.v_proj_weight][i] ?? null;
    const weight = own ?? ((this.in_proj_weight as Tensor).narrow(0, i * size, size) as Tensor);
    const bias =
      this.in_proj_bias === null ? null : ((this.in_proj_bias as Tensor).narrow(0, i * size, size) as Tensor);
    return linear(x, weight, bias, "MultiheadAttention");
  }

  /** All with the batch as the second axis. */
  #attend(query: Tensor, key: Tensor, value: Tensor, options: AttentionCall): [Tensor, Tensor | null] {
    const {
      keyPaddingMask = null,
      attnMask = null,
      needWeights = true,
      averageAttnWeights = true,
      isCausal = false,
    } = checkOptions("MultiheadAttention", options, [
      ...["keyPaddingMask", "attnMask", "needWeights", "averageAttnWeights", "isCausal"],
    ]);
    const { numHeads, headDim } = this;
    const [queries, batch] = query.shape as readonly number[] as [number, number];
    let [k, v] = [this.#projected(key, 1), this.#projected(value, 2)];
    let extra = 0;
    const append = (toKeys: Tensor, toValues: Tensor): void => {
      k = cat([k, toKeys]);
      v = cat([v, toValues]);
      extra++;
    };
    const size = [1, batch, this.embedDim as number];
    if (this.bias_k !== null && this.bias_v !== null)
      append(this.bias_k.expand(...size) as Tensor, this.bias_v.expand(...size) as Tensor);
    if (this.addZeroAttn) append(zeros(size, { dtype: k.dtype }), zeros(size, { dtype: v.dtype }));
    const heads = (x: Tensor): Tensor =>
      x.reshape(x.shape[0] as number, batch * numHeads, headDim).transpose(0, 1) as Tensor;
    const q = heads(this.#projected(query, 0));
    const keys = key.shape[0] as number;
    const causal = isCausal && attnMask === null ? causalMask(queries, keys, q.dtype) : null;
    const mask = this.#mask([batch, queries, keys], q, attnMask ?? causal, keyPaddingMask, extra);
    const dropoutP = this.training ? this.dropout : 0;
    const joined = (x: Tensor): Tensor => {
      const rows = x.transpose(0, 1).reshape(queries, batch, this.embedDim as number) as Tensor;
      return this.out_proj.forward(rows) as Tensor;
    };
    if (!needWeights)
      return [joined(scaledDotProductAttention(q, heads(k), heads(v), { attnMask: mask, dropoutP })), null];
    const scores: Tensor = q.mul(1 / Math.sqrt(headDim)).matmul(heads(k).transpose(-2, -1) as Tensor);
    const dropped: Tensor = (mask === null ? scores : scores.add(mask)).softmax(-1).dropout(dropoutP);
    const weights = dropped.reshape(batch, numHeads, queries, keys + extra) as Tensor;
    return [joined(dropped.matmul(heads(v)) as Tensor), averageAttnWeights ? (weights.mean(1) as Tensor) : weights];
  }

  /** Both masks as one that is added to scores [batch · heads, queries, keys]. */
  #mask(
    [batch, queries, keys]: [number, number, number],
    q: Tensor,
    attnMask: Tensor | null,
    keyPaddingMask: Tensor | null,
    extra: number,
  ): Tensor | null {
    const op = "MultiheadAttention";
    const { numHeads } = this;
    const widened = (mask: Tensor): Tensor =>
      extra === 0 ? mask : cat([mask, zeros([...mask.shape.slice(0, -1), extra], { dtype: q.dtype })], -1);
    let mask: Tensor | null = null;
    if (attnMask !== null) {
      requireTensor(op, attnMask);
      const forms = [
        [queries, keys],
        [batch * numHeads, queries, keys],
      ];
      if (!forms.some((form) => sameShape(form, attnMask.shape))) {
        throw new ShapeError(`${op}: attnMask is ${forms.map(show).join(" or ")}; got ${show(attnMask.shape)}`);
      }
      mask = widened(additiveMask(op, attnMask, q.dtype, false));
    }
    if (keyPaddingMask !== null) {
      requireTensor(op, keyPaddingMask);
      const given = keyPaddingMask.ndim === 1 ? (keyPaddingMask.unsqueeze(0) as Tensor) : keyPaddingMask;
      if (!sameShape(given.shape, [batch, keys])) {
        throw new ShapeError(`${op}: keyPaddingMask is [${batch}, ${keys}]; got ${show(keyPaddingMask.shape)}`);
      }
      const padding = widened(additiveMask(op, given, q.dtype, false));
      const rows = padding.reshape(batch, 1, 1, keys + extra).expand(batch, numHeads, 1, keys + extra);
      const perHead = rows.reshape(batch * numHeads, 1, keys + extra) as Tensor;
      mask = mask === null ? perHead : mask.add(perHead);
    }
    return mask;
  }

  override extraRepr(): string {
    return `${this.embedDim}, ${this.numHeads}`;
  }
}

/**
 * [size, size]: 0 where a step may see the other, else -Infinity, so that no step sees later ones.
 *
 * @throws {ValueError} if `size` is no whole number of at least 1.
 * @throws {DTypeError} if the dtype is neither float32 nor float64.
 * @example
 * nn.generateSquareSubsequentMask(2).toArray(); // [[0, -Infinity], [0, 0]]
 */
export function generateSquareSubsequentMask<const N extends number>(
  size: N,
  options: { dtype?: "float32" | "float64" } = {},
): Tensor<[N, N]> {
  checkCount("generateSquareSubsequentMask", "size", size);
  const { dtype = "float32" } = checkOptions("generateSquareSubsequentMask", options, ["dtype"]);
  if (dtype !== "float32" && dtype !== "float64") {
    throw new DTypeError(`generateSquareSubsequentMask: dtype is float32 or float64; got ${String(dtype)}`);
  }
  return causalMask(size, size, dtype).clone();
}
