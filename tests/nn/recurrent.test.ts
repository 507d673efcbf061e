// RNN, LSTM, GRU and their cells against PyTorch: tests/nn/make-recurrent.py makes the fixture from the same formulas.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { backend } from "../../src/backend/index.ts";
import { manualSeed, nn, randn, type Tensor, tensor } from "../../src/index.ts";
import { backward, compare, type FloatDType, fill, wave } from "./waves.ts";

const {
  PackedSequence,
  packPaddedSequence,
  packSequence,
  padPackedSequence,
  padSequence,
  unpackSequence,
  unpadSequence,
} = nn.utils.rnn;

type Kind = "tanh" | "relu" | "LSTM" | "GRU";

interface Spec {
  kind: Kind;
  proj: number;
  layers: number;
  bidirectional: boolean;
  bias: boolean;
  batchFirst: boolean;
  states: boolean;
  lengths: number[] | null;
  sorted: boolean;
  inputs: number;
  hidden: number;
  steps: number;
  batch: number | null;
}

interface Fixture {
  layers: (Spec & { names: string[]; digests: number[][] })[];
  cells: { kind: Kind; bias: boolean; batch: number | null; states: boolean; digests: number[][] }[];
  dropout: (Spec & { digest: number[] })[];
}

const fixture = JSON.parse(readFileSync(new URL("fixtures/recurrent.json", import.meta.url), "utf8")) as Fixture;

type AnyLayer = nn.RNN | nn.LSTM | nn.GRU;

function layerOf(spec: Spec, dropout = 0): AnyLayer {
  const { inputs, hidden, layers: numLayers, bias, batchFirst, bidirectional } = spec;
  const options = { numLayers, bias, batchFirst, bidirectional, dropout };
  if (spec.kind === "LSTM") return new nn.LSTM(inputs, hidden, { ...options, projSize: spec.proj });
  if (spec.kind === "GRU") return new nn.GRU(inputs, hidden, options);
  return new nn.RNN(inputs, hidden, { ...options, nonlinearity: spec.kind });
}

/** Results and gradients, in the fixture's order. */
function runLayer(spec: Spec, dtype: FloatDType): Tensor[] {
  const module = layerOf(spec);
  fill(module, dtype);
  const { steps, batch, batchFirst, hidden } = spec;
  const rows = batch === null ? [steps] : batchFirst ? [batch, steps] : [steps, batch];
  const x = wave([...rows, spec.inputs], 0.3, dtype).requiresGrad_();
  const count = spec.layers * (spec.bidirectional ? 2 : 1);
  const middle = batch === null ? [] : [batch];
  const states = spec.states ? [wave([count, ...middle, spec.proj || hidden], 7.1, dtype).requiresGrad_()] : [];
  if (spec.states && spec.kind === "LSTM") states.push(wave([count, ...middle, hidden], 8.3, dtype).requiresGrad_());
  const given = states.length === 2 ? states : states[0];
  const source =
    spec.lengths === null ? x : packPaddedSequence(x, spec.lengths, { batchFirst, enforceSorted: spec.sorted });
  const [out, last] = (module as { forward(x: unknown, s: unknown): [unknown, unknown] }).forward(source, given);
  const output = out instanceof PackedSequence ? padPackedSequence(out, { batchFirst })[0] : (out as Tensor);
  const results = [output, ...(Array.isArray(last) ? (last as Tensor[]) : [last as Tensor])];
  backward(results, dtype);
  return [...results, ...[x, ...states, ...module.parameters()].map((t) => t.grad as Tensor)];
}

const nameOf = ({ digests: _, ...spec }: Record<string, unknown>): string =>
  Object.entries(spec)
    .filter(([key, value]) => key !== "names" && value !== false && value !== null && value !== 0)
    .map(([key, value]) => (Array.isArray(value) ? `${key}(${value.length})` : `${key}=${value}`))
    .join(" ");

describe.each(["float64", "float32"] as const)("layers as in PyTorch, %s", (dtype) => {
  for (const spec of fixture.layers) {
    test(nameOf({ ...spec }), () => {
      compare(runLayer(spec, dtype), spec.digests, dtype);
      expect(
        layerOf(spec)
          .namedParameters()
          .map(([name]) => name),
      ).toEqual(spec.names);
    });
  }
});

describe.each(["float64", "float32"] as const)("cells as in PyTorch, %s", (dtype) => {
  for (const spec of fixture.cells) {
    test(nameOf({ ...spec }), () => {
      const { kind, bias, batch } = spec;
      const cell =
        kind === "LSTM"
          ? new nn.LSTMCell(3, 5, { bias })
          : kind === "GRU"
            ? new nn.GRUCell(3, 5, { bias })
            : new nn.RNNCell(3, 5, { bias, nonlinearity: kind });
      fill(cell, dtype);
      const rows = batch === null ? [] : [batch];
      const x = wave([...rows, 3], 0.3, dtype).requiresGrad_();
      const salts = !spec.states ? [] : kind === "LSTM" ? [7.1, 8.3] : [7.1];
      const given = salts.map((salt) => wave([...rows, 5], salt, dtype).requiresGrad_());
      const state = given.length === 2 ? given : given[0];
      const last = (cell as { forward(x: unknown, s: unknown): Tensor | Tensor[] }).forward(x, state);
      const results = Array.isArray(last) ? last : [last];
      backward(results, dtype);
      const all = [...results, ...[x, ...given, ...cell.parameters()].map((t) => t.grad as Tensor)];
      compare(all, spec.digests, dtype);
    });
  }
});

test.each(fixture.dropout)("dropout between the layers of $kind takes PyTorch's masks", (spec) => {
  const module = layerOf(spec, 0.4);
  fill(module, "float32");
  manualSeed(777);
  const [output] = (module as { forward(x: Tensor): [Tensor, unknown] }).forward(wave([13, 3, 3], 0.3, "float32"));
  compare([output], [spec.digest], "float32");
});

test("any number of threads gives the same bits", () => {
  const before = backend.threads;
  try {
    for (const [Layer, batch] of [nn.LSTM, nn.GRU, nn.RNN].flatMap((type) => [2, 40].map((n) => [type, n] as const))) {
      const bits = [1, 2, 4].map((threads) => {
        backend.setThreads(threads);
        manualSeed(1);
        const layer: AnyLayer = new (Layer as typeof nn.GRU)(17, 40, { bidirectional: true });
        const x = randn(5, batch, 17).requiresGrad_();
        const [output, last] = (layer as { forward(x: Tensor): [Tensor, Tensor | Tensor[]] }).forward(x);
        backward([output, ...(Array.isArray(last) ? last : [last])], "float32");
        return [output, x.grad as Tensor, ...layer.parameters().map((p) => p.grad as Tensor)].map((t) => t.data());
      });
      expect(bits[1]).toEqual(bits[0]);
      expect(bits[2]).toEqual(bits[0]);
    }
  } finally {
    backend.setThreads(before);
  }
});

test("graphs are kept, freed, and reached by parts of the results", () => {
  const layer = new nn.LSTM(2, 3);
  const x = wave([4, 1, 2], 0.3, "float32").requiresGrad_();
  const [output, [hidden, cells]] = layer.forward(x);
  const gradients = [output, hidden, cells].map((result) => {
    x.grad = null;
    (result as Tensor).sum().backward(undefined, { retainGraph: true });
    return (x.grad as unknown as Tensor).clone() as Tensor;
  });
  x.grad = null;
  output.sum().add(hidden.sum()).add(cells.sum()).backward(undefined, { retainGraph: true });
  const sum = gradients.reduce((a, b) => a.add(b));
  const found = [...(x.grad as unknown as Tensor).data()];
  for (const [i, value] of [...sum.data()].entries()) expect(found[i]).toBeCloseTo(value, 5);
  output.sum().backward();
  expect(() => output.sum().backward()).toThrow(/lstm was freed/);
});

test("second derivatives are refused by name", () => {
  const x = wave([4, 1, 2], 0.3, "float32").requiresGrad_();
  const [, hidden] = new nn.GRU(2, 3).forward(x);
  expect(() => hidden.sum().backward(undefined, { createGraph: true })).toThrow(/gru has no second derivative/);
});

test("truncated back-propagation: a detached state ends it", () => {
  const layer = new nn.LSTM(2, 3);
  const x = wave([4, 1, 2], 0.3, "float32").requiresGrad_();
  const [, [h, c]] = layer.forward(x);
  const y = wave([4, 1, 2], 0.9, "float32").requiresGrad_();
  const [output] = layer.forward(y, [h.detach(), c.detach()]);
  output.sum().backward();
  expect(x.grad).toBeNull();
  expect(y.grad).not.toBeNull();
});

test("sequences are padded, packed and come back", () => {
  const sequences = [tensor([1, 2]), tensor([3, 4, 5]), tensor([6])];
  expect(padSequence(sequences, { batchFirst: true, paddingValue: -1 }).toArray()).toEqual([
    [1, 2, -1],
    [3, 4, 5],
    [6, -1, -1],
  ]);
  expect(padSequence(sequences, { paddingSide: "left" }).toArray()).toEqual([
    [0, 3, 0],
    [1, 4, 0],
    [2, 5, 6],
  ]);
  const packed = packSequence(sequences, { enforceSorted: false });
  expect(packed.data.toArray()).toEqual([3, 1, 6, 4, 2, 5]);
  expect(packed.batchSizes.toArray()).toEqual([3, 2, 1]);
  expect(packed.sortedIndices?.toArray()).toEqual([1, 0, 2]);
  const [padded, lengths] = padPackedSequence(packed, { batchFirst: true, paddingValue: 9, totalLength: 4 });
  expect(padded.toArray()).toEqual([
    [1, 2, 9, 9],
    [3, 4, 5, 9],
    [6, 9, 9, 9],
  ]);
  expect(lengths.toArray()).toEqual([2, 3, 1]);
  expect(unpackSequence(packed).map((x) => x.toArray())).toEqual([[1, 2], [3, 4, 5], [6]]);
  expect(unpadSequence(padded, lengths, { batchFirst: true }).map((x) => x.toArray())).toEqual([
    [1, 2],
    [3, 4, 5],
    [6],
  ]);
});
