/** Normalisation, tables of vectors, bilinear products, and dropout of channels. */
import { bilinear, embedding, type Tensor, tensor } from "../../../src/index.ts";
import { given, type InputSet, input, large, set, special } from "../inputs.ts";
import { b, type Case, LAYOUTS, m, n, row } from "./case.ts";

const affine = (x: Tensor, weight: Tensor, bias: Tensor): Tensor =>
  x.layerNorm([...weight.shape], { weight, bias }) as Tensor;

const NORMALIZED: readonly InputSet[] = [
  ...[
    [2, 3],
    [5, 17],
    [2, 3, 33],
    [7, 40],
    [0, 3],
  ].map((shape) => {
    const size = shape.slice(-1);
    return set(m(shape), n(size), b(size));
  }),
  set(m([3, 4, 5]), n([4, 5]), b([4, 5])),
  set(m([6]), n([6]), b([6])),
  ...LAYOUTS.map((layout) => set(m([3, 5], layout), n([5]), b([5]))),
  special(
    "NaN and infinities",
    given([1, Number.NaN, 3, Number.POSITIVE_INFINITY, 1, 2, 4, 4, 4], [3, 3]),
    n([3]),
    b([3]),
  ),
  large(m([301, 513]), n([513]), b([513])),
  large(m([20011, 7]), n([7]), b([7])),
];
const ALONE: readonly InputSet[] = NORMALIZED.map((s) => ({ ...set(s.inputs[0] as never), large: s.large })).slice(
  0,
  6,
);

const indices = (shape: readonly number[], rows: number, kind: "int32" | "uint8" = "int32") =>
  input(shape, { kind, range: [0, rows - 1] });
const LOOKED_UP: readonly InputSet[] = [
  set(indices([4], 5), n([5, 3])),
  set(indices([2, 3], 4), n([4, 1])),
  set(indices([], 4), n([4, 5])),
  set(indices([0], 4), n([4, 5])),
  set(indices([7], 1), n([1, 2])),
  set(indices([3, 5, 2], 9, "uint8"), n([9, 17])),
  set({ ...indices([3, 5], 9), layout: "transposed" }, n([9, 70], "transposed")),
  large(indices([401, 7], 33), n([33, 129])),
];

/** Their gradients are not slopes, by design: nothing to compare with differences. */
const UNLIKE_SLOPES: readonly InputSet[] = LOOKED_UP.map((s) => ({ ...s, special: true }));

const TWO: readonly InputSet[] = [
  set(m([4, 3]), n([4, 2]), b([5, 3, 2])),
  set(m([3]), n([2]), b([5, 3, 2])),
  set(m([2, 3, 4]), n([2, 3, 1]), b([1, 4, 1])),
  set(m([0, 3]), n([0, 2]), b([5, 3, 2])),
  set(m([4, 3], "transposed"), n([4, 2], "narrowed"), b([5, 3, 2], "selected")),
  large(m([101, 33]), n([101, 17]), b([20, 33, 17])),
];

const LAYERS = [
  row("layerNorm", "F.layer_norm(x, y.shape, y, z)", affine, NORMALIZED),
  row("layerNorm", "F.layer_norm(x, y.shape, y)", (x, y) => x.layerNorm([...y.shape], { weight: y }) as Tensor, [
    set(m([3, 5]), n([5])),
    set(m([2, 33], "transposed"), n([33])),
  ]),
  row(
    "layerNorm",
    "F.layer_norm(x, y.shape, None, y, 0.1)",
    (x, y) => x.layerNorm([...y.shape], { bias: y, eps: 0.1 }) as Tensor,
    [set(m([3, 5]), n([5]))],
  ),
  row("layerNorm", "F.layer_norm(x, x.shape[-1:])", (x) => x.layerNorm([...x.shape.slice(-1)]) as Tensor, ALONE),
  // The deviation from the mean of one element is rounding, and so is its gradient.
  row("layerNorm", "F.layer_norm(x, [1]).detach()", (x) => (x.layerNorm([1]) as Tensor).detach(), [set(m([1, 1]))]),
  row("embedding", "F.embedding(x.long(), y)", (x, y) => embedding(x, y), LOOKED_UP),
  row(
    "embedding",
    "F.embedding(x.long(), y, padding_idx=-1)",
    (x, y) => embedding(x, y, { paddingIdx: -1 }),
    UNLIKE_SLOPES,
  ),
  row(
    "embedding",
    "F.embedding(x.long(), y, scale_grad_by_freq=True)",
    (x, y) => embedding(x, y, { scaleGradByFreq: true }),
    UNLIKE_SLOPES,
  ),
  row(
    "embedding",
    "F.embedding(x.long(), y.clone(), max_norm=1.5).detach()",
    (x, y) => embedding(x, y.detach().clone(), { maxNorm: 1.5 }).detach(),
    LOOKED_UP.slice(0, 6),
  ),
  row("bilinear", "F.bilinear(x, y, z)", (x, y, z) => bilinear(x, y, z), TWO),
  row(
    "bilinear",
    "F.bilinear(x, y, z, torch.ones(5, dtype=x.dtype))",
    (x, y, z) => bilinear(x, y, z, tensor([1, 1, 1, 1, 1], { dtype: x.dtype })),
    TWO.slice(0, 2),
  ),
];

const CHANNELS = [set(m([2, 5, 3, 3])), set(m([3, 33, 2, 1], "transposed"))];
const DROPPED = [
  row("dropout1d", "F.dropout1d(x, 0.3)", (x) => x.dropout1d(0.3), [set(m([2, 5, 3])), set(m([17, 3]))]),
  row("dropout2d", "F.dropout2d(x, 0.3)", (x) => x.dropout2d(0.3), [...CHANNELS, large(m([8, 16, 40, 41]))]),
  row("dropout2d", "F.dropout2d(x, 0.3)", (x) => x.dropout2d(0.3), [set(m([4, 5, 3]))]),
  row("dropout2d", "F.dropout2d(x, 1.0)", (x) => x.dropout2d(1), CHANNELS),
  row("dropout2d", "F.dropout2d(x, 0.5, training=False)", (x) => x.dropout2d(0.5, false), CHANNELS),
  row("dropout3d", "F.dropout3d(x, 0.6)", (x) => x.dropout3d(0.6), [set(m([2, 5, 2, 1, 3])), set(m([17, 2, 1, 3]))]),
  row("alphaDropout", "F.alpha_dropout(x, 0.3, True)", (x) => x.alphaDropout(0.3), [
    ...CHANNELS,
    set(m([])),
    set(m([0])),
    large(m([41, 1001])),
  ]),
  row("alphaDropout", "F.alpha_dropout(x, 1.0, True)", (x) => x.alphaDropout(1), CHANNELS),
  row("alphaDropout", "F.alpha_dropout(x, 0.5, False)", (x) => x.alphaDropout(0.5, false), CHANNELS),
  row("featureAlphaDropout", "F.feature_alpha_dropout(x, 0.3, True)", (x) => x.featureAlphaDropout(0.3), CHANNELS),
];

export const cases: readonly Case[] = [...LAYERS, ...DROPPED];
