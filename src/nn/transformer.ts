/** Layers of Transformers. */
import { ShapeError, ValueError } from "../errors.ts";
import { defaultGenerator, type Tensor, tensor } from "../ops/index.ts";
import { checkOptions, shown } from "../options.ts";
import type { Arg, LinearOut, Shape } from "../tensor/shapes.ts";
import { show } from "../tensor/sizes.ts";
import { MultiheadAttention } from "./attention.ts";
import { Dropout } from "./dropout.ts";
import { checkCount } from "./fan.ts";
import { Linear } from "./linear.ts";
import { ModuleList } from "./lists.ts";
import { Layer, Module } from "./module.ts";
import { LayerNorm } from "./norm.ts";
import type { AnySize, AsShape, IN, Kept, OUT } from "./shapes.ts";

/** Options of {@link TransformerEncoderLayer}. */
export interface TransformerOptions {
  /** The width between the two linear layers; 2048 unless said otherwise. */
  dimFeedforward?: number;
  /** The probability of dropout, in training; 0.1 unless said otherwise. */
  dropout?: number;
  /** The function between the two linear layers: "relu" unless said otherwise, "gelu", or a function of a tensor. */
  activation?: "relu" | "gelu" | ((x: Tensor) => Tensor);
  /** Added to variances; 1e-5 unless said otherwise. */
  layerNormEps?: number;
  /** Whether the batch is the first axis; false: the steps are. */
  batchFirst?: boolean;
  /** Whether normalisation comes before attention and linear layers; false: after them. */
  normFirst?: boolean;
  /** Whether projections, linear layers and normalisations have biases; true unless said otherwise. */
  bias?: boolean;
}

const OPTIONS = ["dimFeedforward", "dropout", "activation", "layerNormEps", "batchFirst", "normFirst", "bias"];

/** The masks that layers and stacks of them call alike. */
const MASKS = ["srcKeyPaddingMask", "isCausal"];

/** Masks of {@link TransformerEncoderLayer}, as {@link MultiheadAttention} takes them. */
export interface EncoderLayerMasks {
  srcMask?: Tensor | null;
  srcKeyPaddingMask?: Tensor | null;
  /** Whether no step sees later ones, where there is no mask; false. */
  isCausal?: boolean;
}

/** Types only: the shape stays when its last size is the width. */
export interface TransformerEncoderLayer<D extends number = AnySize> {
  readonly [OUT]: Kept<this[typeof IN], LinearOut<AsShape<this[typeof IN]>, D, D, "TransformerEncoderLayer">>;
}

/**
 * Attention of a sequence to itself, then two linear layers, each with dropout, a residual and a LayerNorm (Vaswani et
 * al., 2017). x [steps, batch, dModel] (or [batch, steps, dModel] with `batchFirst`, or [steps, dModel]) keeps its
 * shape.
 *
 * @throws {ValueError} for an unknown option, mask or `activation`, sizes that are no whole numbers of at least 1, a `dModel`
 * that `nhead` does not divide, a `dropout` outside [0, 1], or a `layerNormEps` below 0.
 * @throws {ShapeError} unless the input has 2 or 3 axes, the last `dModel` long, and masks fit it.
 * @throws {DTypeError} if the input has another dtype than the weights, or a mask is neither bool nor of that dtype.
 * @example
 * new nn.TransformerEncoderLayer(8, 2, { dimFeedforward: 16 }).forward(randn(5, 3, 8)).shape; // [5, 3, 8]
 */
export class TransformerEncoderLayer<D extends number = AnySize> extends Layer {
  self_attn: MultiheadAttention<D>;
  linear1: Linear;
  dropout: Dropout;
  linear2: Linear;
  norm1: LayerNorm;
  norm2: LayerNorm;
  dropout1: Dropout;
  dropout2: Dropout;
  readonly activation: "relu" | "gelu" | ((x: Tensor) => Tensor);
  readonly normFirst: boolean;
  /** @internal What it was made with. */
  readonly made: readonly [D, number, TransformerOptions];

  constructor(dModel: D, nhead: number, options: TransformerOptions = {}) {
    super();
    checkOptions("TransformerEncoderLayer", options, OPTIONS);
    const { dimFeedforward = 2048, dropout = 0.1, activation = "relu", layerNormEps: eps = 1e-5 } = options;
    const { batchFirst = false, normFirst = false, bias = true } = options;
    if (activation !== "relu" && activation !== "gelu" && typeof activation !== "function") {
      throw new ValueError(
        `TransformerEncoderLayer: activation is "relu", "gelu" or a function; got ${shown(activation)}`,
      );
    }
    this.self_attn = new MultiheadAttention(dModel, nhead, { dropout, batchFirst, bias });
    this.linear1 = new Linear(dModel as number, dimFeedforward, { bias });
    this.dropout = new Dropout(dropout);
    this.linear2 = new Linear(dimFeedforward, dModel as number, { bias });
    this.norm1 = new LayerNorm(dModel as number, { eps, bias });
    this.norm2 = new LayerNorm(dModel as number, { eps, bias });
    this.dropout1 = new Dropout(dropout);
    this.dropout2 = new Dropout(dropout);
    this.activation = activation;
    this.normFirst = normFirst;
    this.made = [dModel, nhead, { ...options }];
  }

  override forward<S extends Shape>(
    x: Arg<LinearOut<S, D, D, "TransformerEncoderLayer">, Tensor<S>>,
    masks: EncoderLayerMasks = {},
  ): Tensor<S> {
    const source = x as Tensor;
    if (this.normFirst) {
      const seen: Tensor = source.add(this.#attend(this.norm1.forward(source), masks));
      return seen.add(this.#feed(this.norm2.forward(seen))) as Tensor<S>;
    }
    const seen: Tensor = this.norm1.forward(source.add(this.#attend(source, masks)));
    return this.norm2.forward(seen.add(this.#feed(seen))) as Tensor<S>;
  }

  #attend(x: Tensor, masks: EncoderLayerMasks): Tensor {
    const name = "TransformerEncoderLayer";
    const {
      srcMask: attnMask = null,
      srcKeyPaddingMask: keyPaddingMask = null,
      isCausal = false,
    } = checkOptions(name, masks, ["srcMask", ...MASKS]);
    const [y] = this.self_attn.forward(x, x, x, { attnMask, keyPaddingMask, isCausal, needWeights: false });
    return this.dropout1.forward(y);
  }

  #feed(x: Tensor): Tensor {
    const inner: Tensor = this.linear1.forward(x);
    const { activation } = this;
    const active = activation === "relu" ? inner.relu() : activation === "gelu" ? inner.gelu() : activation(inner);
    return this.dropout2.forward(this.linear2.forward(this.dropout.forward(active)) as Tensor);
  }
}

/** Masks of {@link TransformerEncoder}. */
export interface EncoderMasks {
  mask?: Tensor | null;
  srcKeyPaddingMask?: Tensor | null;
  /** Whether no step sees later ones, where there is no mask; false. */
  isCausal?: boolean;
}

/** Types only: the shape stays when its last size is the width. */
export interface TransformerEncoder<D extends number = AnySize> {
  readonly [OUT]: Kept<this[typeof IN], LinearOut<AsShape<this[typeof IN]>, D, D, "TransformerEncoder">>;
}

/**
 * Copies of a {@link TransformerEncoderLayer} one after the other, and at last a normalisation if there is one; shapes
 * are those of the layer. As in PyTorch the copies start with the same weights.
 *
 * @throws {ValueError} for an unknown option or mask, a `numLayers` that is no whole number of at least 1, or something else
 * than such a layer.
 * @throws {ShapeError} if input or masks do not fit the layers.
 * @throws {DTypeError} if the input has another dtype than the weights.
 * @example
 * const layer = new nn.TransformerEncoderLayer(8, 2, { dimFeedforward: 16 });
 * new nn.TransformerEncoder(layer, 2).forward(randn(5, 3, 8)).shape; // [5, 3, 8]
 */
export class TransformerEncoder<D extends number = AnySize> extends Module {
  layers: ModuleList<TransformerEncoderLayer<D>>;
  readonly numLayers: number;
  norm: Module | null;

  constructor(layer: TransformerEncoderLayer<D>, numLayers: number, options: { norm?: Module | null } = {}) {
    super();
    checkCount("TransformerEncoder", "numLayers", numLayers);
    if (!(layer instanceof TransformerEncoderLayer)) {
      throw new ValueError(`TransformerEncoder: takes a TransformerEncoderLayer; got ${typeof layer}`);
    }
    this.layers = new ModuleList(Array.from({ length: numLayers }, () => copyOf(layer)));
    this.numLayers = numLayers;
    this.norm = checkOptions("TransformerEncoder", options, ["norm"]).norm ?? null;
  }

  override forward<S extends Shape>(
    x: Arg<LinearOut<S, D, D, "TransformerEncoder">, Tensor<S>>,
    masks: EncoderMasks = {},
  ): Tensor<S> {
    const {
      mask: srcMask = null,
      srcKeyPaddingMask = null,
      isCausal = false,
    } = checkOptions("TransformerEncoder", masks, ["mask", ...MASKS]);
    let y = x as Tensor;
    for (const layer of this.layers) y = layer.forward(y, { srcMask, srcKeyPaddingMask, isCausal });
    return (this.norm === null ? y : this.norm.forward(y)) as Tensor<S>;
  }
}

/** A layer of the same weights; nothing is drawn from the generator for it. */
function copyOf<D extends number>(layer: TransformerEncoderLayer<D>): TransformerEncoderLayer<D> {
  const state = defaultGenerator.getState();
  const copy = new TransformerEncoderLayer(...layer.made);
  defaultGenerator.setState(state);
  copy.to(layer.linear1.weight.dtype);
  copy.loadStateDict(layer.stateDict());
  copy.train(layer.training);
  return copy;
}

/** Options of {@link PositionalEncoding}. */
export interface PositionalEncodingOptions {
  /** The most steps that an input may have; 5000 unless said otherwise. */
  maxLen?: number;
  /** The probability of dropout after the sum, in training; 0. */
  dropout?: number;
  /** Whether inputs are [batch, steps, dModel]; false: [steps, batch, dModel]. */
  batchFirst?: boolean;
}

/** Types only: the shape stays when its last size is the width. */
export interface PositionalEncoding<D extends number = AnySize> {
  readonly [OUT]: Kept<this[typeof IN], LinearOut<AsShape<this[typeof IN]>, D, D, "PositionalEncoding">>;
}

/**
 * Adds sines and cosines of the step to x [steps, batch, dModel] (or [batch, steps, dModel] with `batchFirst`, or
 * [steps, dModel]), at wavelengths from 2π to 10000·2π, so that attention can tell steps apart. Vaswani et al., 2017.
 *
 * @throws {ValueError} for an unknown option, sizes that are no whole numbers of at least 1, or a `dropout` outside
 * [0, 1].
 * @throws {ShapeError} unless the input has 2 or 3 axes, the last `dModel` long, and at most `maxLen` steps.
 * @throws {DTypeError} if the input is not a tensor.
 * @example
 * new nn.PositionalEncoding(2).forward(zeros(1, 1, 2)).toArray(); // [[[0, 1]]]
 */
export class PositionalEncoding<D extends number = AnySize> extends Layer {
  readonly dModel: D;
  readonly maxLen: number;
  readonly batchFirst: boolean;
  dropout: Dropout;
  declare pe: Tensor;

  constructor(dModel: D, options: PositionalEncodingOptions = {}) {
    super();
    const {
      maxLen = 5000,
      dropout = 0,
      batchFirst = false,
    } = checkOptions("PositionalEncoding", options, ["maxLen", "dropout", "batchFirst"]);
    checkCount("PositionalEncoding", "dModel", dModel);
    checkCount("PositionalEncoding", "maxLen", maxLen);
    this.dModel = dModel;
    this.maxLen = maxLen;
    this.batchFirst = batchFirst;
    this.dropout = new Dropout(dropout);
    const values = new Float64Array(maxLen * dModel);
    for (let step = 0; step < maxLen; step++) {
      for (let i = 0; i < dModel; i++) {
        const angle = step * 10000 ** (-(i - (i % 2)) / dModel);
        values[step * dModel + i] = i % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
      }
    }
    const table: Tensor = tensor(values)
      .to("float32")
      .reshape(maxLen, dModel as number);
    this.registerBuffer("pe", table, { persistent: false });
  }

  override forward<S extends Shape>(x: Arg<LinearOut<S, D, D, "PositionalEncoding">, Tensor<S>>): Tensor<S> {
    const source = x as Tensor;
    const { ndim } = source;
    if ((ndim !== 2 && ndim !== 3) || source.shape[ndim - 1] !== this.dModel) {
      const form = this.batchFirst ? "[batch, steps" : "[steps, batch";
      throw new ShapeError(
        `PositionalEncoding: takes ${form}, ${this.dModel}] or [steps, ${this.dModel}]; got ${show(source.shape)}`,
      );
    }
    const inner = ndim === 2 || this.batchFirst;
    const steps = source.shape[inner ? ndim - 2 : 0] as number;
    if (steps > this.maxLen) {
      throw new ShapeError(
        `PositionalEncoding: takes at most ${this.maxLen} steps; got ${show(source.shape)}; raise maxLen`,
      );
    }
    const rows: Tensor = this.pe.narrow(0, 0, steps);
    return this.dropout.forward(source.add(inner ? rows : (rows.unsqueeze(1) as Tensor))) as Tensor<S>;
  }

  override extraRepr(): string {
    return `${this.dModel}, maxLen=${this.maxLen}`;
  }
}
