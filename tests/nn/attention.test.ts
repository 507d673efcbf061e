// Attention and Transformer layers against PyTorch: tests/nn/make-attention.py makes the fixture from the same formulas.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { manualSeed, nn, type Tensor, tensor } from "../../src/index.ts";
import { backward, compare, type FloatDType, fill, wave } from "./waves.ts";

type MaskKind = "causal" | "float" | "heads" | null;

interface AttentionSpec {
  bias: boolean;
  addBiasKv: boolean;
  addZeroAttn: boolean;
  kdim: number | null;
  vdim: number | null;
  batchFirst: boolean;
  same: boolean;
  attnMask: MaskKind;
  padding: boolean;
  needWeights: boolean;
  average: boolean;
}

interface EncoderSpec {
  activation: "relu" | "gelu";
  normFirst: boolean;
  attnMask: MaskKind;
  padding: boolean;
  layers: number;
  norm: boolean;
  batchFirst: boolean;
  bias: boolean;
  eps: number;
}

type Recorded<S> = S & { names: string[]; digests: number[][] };

const fixture = JSON.parse(readFileSync(new URL("fixtures/attention.json", import.meta.url), "utf8")) as {
  attention: Recorded<AttentionSpec>[];
  encoder: Recorded<EncoderSpec>[];
  dropout: number[][];
};

/** true above the diagonal. */
function later(queries: number, keys: number): Tensor {
  const rows = Array.from({ length: queries }, (_, i) => Array.from({ length: keys }, (_, j) => j > i));
  return tensor(rows, { dtype: "bool" });
}

function attnMaskOf(kind: MaskKind, queries: number, keys: number, dtype: FloatDType): Tensor | null {
  if (kind === "causal") return later(queries, keys);
  if (kind === "float") return wave([queries, keys], 5, dtype);
  return kind === "heads" ? wave([6, queries, keys], 6, dtype) : null;
}

function paddingOf(keys: number): Tensor {
  const rows = Array.from({ length: 3 }, (_, b) => Array.from({ length: keys }, (_, j) => b === 0 && j === keys - 1));
  return tensor(rows, { dtype: "bool" });
}

const nameOf = ({ names: _, digests: __, ...spec }: Record<string, unknown>): string =>
  Object.entries(spec)
    .filter(([, value]) => value !== false && value !== null)
    .map(([key, value]) => `${key}=${value}`)
    .join(" ");

describe.each(["float64", "float32"] as const)("MultiheadAttention as in PyTorch, %s", (dtype) => {
  for (const spec of fixture.attention) {
    test(nameOf({ ...spec }), () => {
      const { bias, addBiasKv, addZeroAttn, batchFirst, kdim, vdim, same } = spec;
      const widths = { kdim: kdim ?? 8, vdim: vdim ?? 8 };
      const module = new nn.MultiheadAttention(8, 2, { bias, addBiasKv, addZeroAttn, batchFirst, ...widths });
      expect(module.namedParameters().map(([name]) => name)).toEqual(spec.names);
      fill(module, dtype);
      const [queries, keys] = [5, same ? 5 : 4];
      const order = (steps: number): number[] => (batchFirst ? [3, steps] : [steps, 3]);
      const q = wave([...order(queries), 8], 0.3, dtype).requiresGrad_();
      const k = same ? q : wave([...order(keys), widths.kdim], 1.3, dtype).requiresGrad_();
      const v = same ? q : wave([...order(keys), widths.vdim], 2.3, dtype).requiresGrad_();
      const [output, weights] = module.forward(q, k, v, {
        attnMask: attnMaskOf(spec.attnMask, queries, keys, dtype),
        keyPaddingMask: spec.padding ? paddingOf(keys) : null,
        needWeights: spec.needWeights,
        averageAttnWeights: spec.average,
      });
      const results: Tensor[] = weights === null ? [output] : [output, weights];
      backward(results, dtype);
      const inputs: Tensor[] = same ? [q] : [q, k, v];
      compare([...results, ...[...inputs, ...module.parameters()].map((t) => t.grad as Tensor)], spec.digests, dtype);
    });
  }
});

describe.each(["float64", "float32"] as const)("TransformerEncoder as in PyTorch, %s", (dtype) => {
  for (const spec of fixture.encoder) {
    test(nameOf({ ...spec }), () => {
      const { activation, normFirst, batchFirst, bias, eps: layerNormEps } = spec;
      const options = { dimFeedforward: 16, dropout: 0, activation, normFirst, batchFirst, bias, layerNormEps };
      const layer = new nn.TransformerEncoderLayer(8, 2, options);
      const module = new nn.TransformerEncoder(layer, spec.layers, { norm: spec.norm ? new nn.LayerNorm(8) : null });
      expect(module.namedParameters().map(([name]) => name)).toEqual(spec.names);
      fill(module, dtype);
      const x = wave([...(batchFirst ? [3, 5] : [5, 3]), 8], 0.3, dtype).requiresGrad_();
      const masks = {
        mask: attnMaskOf(spec.attnMask, 5, 5, dtype),
        srcKeyPaddingMask: spec.padding ? paddingOf(5) : null,
      };
      const output: Tensor = module.forward(x, masks);
      backward([output], dtype);
      compare([output, ...[x, ...module.parameters()].map((t) => t.grad as Tensor)], spec.digests, dtype);
    });
  }
});

test("dropout takes PyTorch's masks", () => {
  const layer = new nn.TransformerEncoderLayer(8, 2, { dimFeedforward: 16, dropout: 0.3 });
  fill(layer, "float32");
  Object.assign(layer.self_attn, { dropout: 0 });
  manualSeed(777);
  const x = wave([5, 3, 8], 0.3, "float32");
  const output: Tensor = layer.forward(x);
  const attention = new nn.MultiheadAttention(8, 2, { dropout: 0.3 });
  fill(attention, "float32");
  manualSeed(777);
  const [result, weights] = attention.forward(x, x, x);
  compare([output, result, weights as Tensor], fixture.dropout, "float32");
});

test("an encoder starts with copies of its layer, and draws nothing for them", () => {
  manualSeed(5);
  const layer = new nn.TransformerEncoderLayer(4, 2, { dimFeedforward: 6 });
  const before = new nn.Linear(2, 2).weight.toArray();
  manualSeed(5);
  const encoder = new nn.TransformerEncoder(new nn.TransformerEncoderLayer(4, 2, { dimFeedforward: 6 }), 2);
  expect(new nn.Linear(2, 2).weight.toArray()).toEqual(before);
  expect(encoder.layers[1]?.linear1.weight.toArray()).toEqual(layer.linear1.weight.toArray());
});

test("a causal call sees no later steps, with or without weights", () => {
  const attention = new nn.MultiheadAttention(4, 2);
  const x = wave([3, 1, 4], 0.3, "float32");
  const [output, weights] = attention.forward(x, x, x, { isCausal: true });
  expect((weights as Tensor).select(1, 0).toArray()).toEqual([[1, 0, 0]]);
  const [same] = attention.forward(x, x, x, { attnMask: nn.generateSquareSubsequentMask(3), needWeights: false });
  for (const [i, value] of [...output.data()].entries()) expect(same.data()[i]).toBeCloseTo(value, 6);
});

test("positional encodings are sines and cosines", () => {
  const encoding = new nn.PositionalEncoding(4, { maxLen: 10, batchFirst: true });
  const found = encoding
    .forward(
      tensor([
        [
          [0, 0, 0, 0],
          [1, 1, 1, 1],
        ],
      ]),
    )
    .toArray() as number[][][];
  const wanted = [0, 1, 0, 1, 1 + Math.sin(1), 1 + Math.cos(1), 1 + Math.sin(0.01), 1 + Math.cos(0.01)];
  for (const [i, value] of found.flat(2).entries()) expect(value).toBeCloseTo(wanted[i] as number, 6);
  expect(Object.keys(encoding.stateDict())).toEqual([]);
});
