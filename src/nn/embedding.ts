/** Tables of learned vectors. */
import { noGrad } from "../autograd/mode.ts";
import { ShapeError, ValueError } from "../errors.ts";
import { paddingRow } from "../ops/embedding.ts";
import { embedding, embeddingBag, type Tensor } from "../ops/index.ts";
import { checkOptions } from "../options.ts";
import type { Shape } from "../tensor/shapes.ts";
import { show } from "../tensor/sizes.ts";
import { empty } from "../tensor/tensor.ts";
import { checkCount } from "./fan.ts";
import { normal_ } from "./init.ts";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";
import type { AnySize, AsShape, IN, OUT } from "./shapes.ts";

/** Options of {@link Embedding}. */
export interface EmbeddingOptions {
  /** A row that starts as zeros and gets no gradient, counted from the end when it is negative. */
  paddingIdx?: number | null;
  /** Rows that are looked up are first scaled, in place, to at most this length. */
  maxNorm?: number | null;
  /** Divides the gradient of each row by how often its index comes. */
  scaleGradByFreq?: boolean;
}

const NAMES = ["paddingIdx", "maxNorm", "scaleGradByFreq"] as const;

/** What layers with a table of vectors share. */
abstract class Table<V extends number = AnySize, D extends number = AnySize> extends Module {
  readonly numEmbeddings: V;
  readonly embeddingDim: D;
  readonly paddingIdx: number | null;
  readonly maxNorm: number | null;
  readonly scaleGradByFreq: boolean;
  weight: Parameter<[V, D]>;

  constructor(numEmbeddings: V, embeddingDim: D, options: EmbeddingOptions = {}) {
    super();
    const { name } = new.target;
    checkCount(name, "numEmbeddings", numEmbeddings);
    checkCount(name, "embeddingDim", embeddingDim);
    const { paddingIdx = null, maxNorm = null, scaleGradByFreq = false } = options;
    if (maxNorm !== null && !(maxNorm > 0)) throw new ValueError(`${name}: maxNorm is above 0; got ${maxNorm}`);
    this.numEmbeddings = numEmbeddings;
    this.embeddingDim = embeddingDim;
    this.paddingIdx = paddingIdx === null ? null : paddingRow(name, paddingIdx, numEmbeddings);
    this.maxNorm = maxNorm;
    this.scaleGradByFreq = scaleGradByFreq;
    this.weight = new Parameter(empty([numEmbeddings, embeddingDim], "float32"));
    this.resetParameters();
  }

  /** Draws the vectors anew from the default generator; the padding row becomes zeros. */
  resetParameters(): void {
    normal_(this.weight);
    const { paddingIdx } = this;
    if (paddingIdx !== null) noGrad(() => (this.weight as Tensor).select(0, paddingIdx).fill_(0));
  }

  override extraRepr(): string {
    const parts = [`${this.numEmbeddings}, ${this.embeddingDim}`];
    if (this.paddingIdx !== null) parts.push(`paddingIdx=${this.paddingIdx}`);
    if (this.maxNorm !== null) parts.push(`maxNorm=${this.maxNorm}`);
    if (this.scaleGradByFreq) parts.push("scaleGradByFreq=true");
    return parts.join(", ");
  }
}

/** A layer of given vectors [numEmbeddings, embeddingDim], which do not train unless `freeze` is false. */
function withVectors<L extends Table, O extends EmbeddingOptions>(
  Layer: new (rows: number, width: number, options: O) => L,
  vectors: Tensor,
  options: O & { freeze?: boolean },
): L {
  if (vectors.ndim !== 2) {
    throw new ShapeError(
      `${Layer.name}.fromPretrained: takes [numEmbeddings, embeddingDim]; got ${show(vectors.shape)}`,
    );
  }
  const [rows, width] = vectors.shape as readonly number[] as [number, number];
  const { freeze = true, ...rest } = options;
  const layer = new Layer(rows, width, rest as O);
  layer.weight = new Parameter(vectors.clone().detach() as Tensor, { requiresGrad: !freeze });
  return layer;
}

/** Types only: indices get an axis more. */
// biome-ignore lint/correctness/noUnusedVariables: an interface has the type parameters of its class
export interface Embedding<V extends number = AnySize, D extends number = AnySize> {
  readonly [OUT]: [...AsShape<this[typeof IN]>, D];
}

/**
 * A learned vector for every index: indices int32 [...] → [..., embeddingDim]. `weight` is
 * [numEmbeddings, embeddingDim] and starts normal, with PyTorch's values for the same seed.
 *
 * @throws {ValueError} for an unknown option, sizes that are no whole numbers of at least 1, or a `maxNorm` that is not
 * above 0.
 * @throws {DTypeError} if the indices are not int32 (or bytes).
 * @throws {IndexError} if `paddingIdx` is none of the rows, or an index of the input is not one.
 * @example
 * new nn.Embedding(10, 3).forward(tensor([[1, 2], [4, 5]], { dtype: "int32" })).shape; // [2, 2, 3]
 */
export class Embedding<V extends number = AnySize, D extends number = AnySize> extends Table<V, D> {
  constructor(numEmbeddings: V, embeddingDim: D, options: EmbeddingOptions = {}) {
    super(numEmbeddings, embeddingDim, checkOptions("Embedding", options, NAMES));
  }

  /** A layer of given vectors [numEmbeddings, embeddingDim], which do not train unless `freeze` is false. */
  static fromPretrained(vectors: Tensor, options: EmbeddingOptions & { freeze?: boolean } = {}): Embedding {
    return withVectors(Embedding, vectors, options);
  }

  override forward<S extends Shape>(indices: Tensor<S>): Tensor<[...S, D]> {
    return embedding(indices, this.weight, this);
  }
}

/** Options of {@link EmbeddingBag}. */
export interface EmbeddingBagOptions extends EmbeddingOptions {
  /** What becomes of the rows of a bag; "mean" unless said otherwise. */
  mode?: "sum" | "mean" | "max";
  /** Whether the last offset is where the last bag ends; false. */
  includeLastOffset?: boolean;
}

/** Types only: a vector for each bag. */
// biome-ignore lint/correctness/noUnusedVariables: an interface has the type parameters of its class
export interface EmbeddingBag<V extends number = AnySize, D extends number = AnySize> {
  readonly [OUT]: [number, D];
}

/**
 * The mean, sum or maximum of learned vectors, for bags of indices: indices int32 [bags, n], or [n] with `offsets`,
 * which say where each bag starts → [bags, embeddingDim]. Indices of `paddingIdx` are left out.
 *
 * @throws {ValueError} for an unknown option, sizes that are no whole numbers of at least 1, or a `maxNorm` that is not
 * above 0; from `forward` for an unknown `mode`, `offsets` beside [bags, n], or weights without sums.
 * @throws {ShapeError} unless the indices are [bags, n], or [n] with `offsets`, and `perSampleWeights` have their
 * shape.
 * @throws {DTypeError} if the indices are not int32 (or bytes).
 * @throws {IndexError} if `paddingIdx` is none of the rows, or an index of the input is not one, or offsets do not rise
 * from 0.
 * @example
 * new nn.EmbeddingBag(10, 3, { mode: "sum" }).forward(tensor([[1, 2], [4, 5]], { dtype: "int32" })).shape; // [2, 3]
 */
export class EmbeddingBag<V extends number = AnySize, D extends number = AnySize> extends Table<V, D> {
  readonly mode: "sum" | "mean" | "max";
  readonly includeLastOffset: boolean;

  constructor(numEmbeddings: V, embeddingDim: D, options: EmbeddingBagOptions = {}) {
    super(numEmbeddings, embeddingDim, checkOptions("EmbeddingBag", options, [...NAMES, "mode", "includeLastOffset"]));
    this.mode = options.mode ?? "mean";
    this.includeLastOffset = options.includeLastOffset ?? false;
  }

  /** A layer of given vectors [numEmbeddings, embeddingDim], which do not train unless `freeze` is false. */
  static fromPretrained(vectors: Tensor, options: EmbeddingBagOptions & { freeze?: boolean } = {}): EmbeddingBag {
    return withVectors(EmbeddingBag, vectors, options);
  }

  /** `perSampleWeights`, in the shape of the indices, are factors of the vectors, for sums. */
  override forward(
    indices: Tensor,
    options: { offsets?: Tensor | null; perSampleWeights?: Tensor | null } = {},
  ): Tensor<[number, D]> {
    const { mode, includeLastOffset, paddingIdx, maxNorm, scaleGradByFreq } = this;
    return embeddingBag(indices, this.weight, {
      mode,
      includeLastOffset,
      paddingIdx,
      maxNorm,
      scaleGradByFreq,
      ...options,
    });
  }

  override extraRepr(): string {
    return `${super.extraRepr()}, mode=${JSON.stringify(this.mode)}`;
  }
}
