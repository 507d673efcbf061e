// What rows against PyTorch do not show: the layer, its options, and what it refuses.
import { expect, test } from "vitest";
import {
  DTypeError,
  IndexError,
  manualSeed,
  nn,
  ones,
  ShapeError,
  type Tensor,
  tensor,
  ValueError,
} from "../../src/index.ts";

const F = nn.functional;
const int = (values: number[] | number[][]): Tensor => tensor(values, { dtype: "int32" });
const vectors = tensor([[1, 2], [3, 4], [5, 7]]); // biome-ignore format: a matrix

test("starts with the vectors of an Embedding of the same seed, under PyTorch's name", () => {
  manualSeed(3);
  const bag = new nn.EmbeddingBag(4, 2, { paddingIdx: 1 });
  manualSeed(3);
  const single = new nn.Embedding(4, 2, { paddingIdx: 1 });
  expect(bag.weight.toArray()).toEqual(single.weight.toArray());
  expect(Object.keys(bag.stateDict())).toEqual(["weight"]);
});

test("takes the mode, the padding and the weights that it is given", () => {
  const layer = nn.EmbeddingBag.fromPretrained(vectors, { mode: "sum", paddingIdx: 0 });
  expect(layer.weight.requiresGrad).toBe(false);
  const perSampleWeights = tensor([9, 2, 1, 10]);
  const y = layer.forward(int([0, 1, 2, 2]), { offsets: int([0, 3]), perSampleWeights });
  expect(y.toArray()).toEqual([[11, 15], [50, 70]]); // biome-ignore format: a matrix
  const ends = nn.EmbeddingBag.fromPretrained(vectors, { includeLastOffset: true });
  expect(ends.forward(int([1, 2]), { offsets: int([0, 2]) }).toArray()).toEqual([[4, 5.5]]);
  const trained = nn.EmbeddingBag.fromPretrained(vectors, { mode: "max", freeze: false });
  trained.forward(int([[0, 2, 2], [1, 0, 1]])).sum().backward(); // biome-ignore format: a line
  expect(trained.weight.grad?.toArray()).toEqual([[0, 0], [1, 1], [1, 1]]); // biome-ignore format: a matrix
});

test("bags without indices give zeros", () => {
  for (const mode of ["sum", "mean", "max"] as const) {
    const none = tensor(new Int32Array(0)).reshape(2, 0) as Tensor;
    expect(F.embeddingBag(none, vectors, { mode }).toArray()).toEqual([[0, 0], [0, 0]]); // biome-ignore format: a matrix
  }
});

test("refuses what does not go together, with positions and values", () => {
  const layer = new nn.EmbeddingBag(3, 2);
  expect(() => layer.forward(int([[0, 1], [3, 0]]))).toThrow(IndexError); // biome-ignore format: a line
  expect(() => layer.forward(int([[0, 1], [3, 0]]))).toThrow("index 3 at position 2, but there are 3 rows"); // biome-ignore format: a line
  expect(() => layer.forward(int([0, 1]))).toThrow(ShapeError);
  expect(() => layer.forward(int([0, 1]))).toThrow(
    "embeddingBag: takes indices [bags, n], or [n] and offsets; got [2]",
  );
  expect(() => layer.forward(ones(2, 2))).toThrow(DTypeError);
  expect(() => layer.forward(int([[0]]), { offsets: int([0]) })).toThrow("rows of [bags, n] are the bags");
  const offsets =
    (...starts: number[]) =>
    () =>
      layer.forward(int([0, 1]), { offsets: int(starts) });
  expect(offsets(1)).toThrow("offsets rise from 0 to at most 2; got 1 at position 0");
  expect(offsets(0, 3)).toThrow("got 3 at position 1");
  expect(offsets(0, 2, 1)).toThrow("got 1 at position 2");
  expect(offsets(0, -1)).toThrow(IndexError);
  expect(() => layer.forward(int([0]), { offsets: tensor([0]) })).toThrow(
    "offsets are an int32 vector; got float32 [1]",
  );
  const ends = new nn.EmbeddingBag(3, 2, { includeLastOffset: true });
  expect(() => ends.forward(int([0]), { offsets: tensor(new Int32Array(0)) })).toThrow(ShapeError);
  expect(() => layer.forward(int([[0]]), { perSampleWeights: ones(1, 1) })).toThrow(
    'embeddingBag: perSampleWeights go with sums; got mode "mean"',
  );
  const sum = new nn.EmbeddingBag(3, 2, { mode: "sum" });
  expect(() => sum.forward(int([[0]]), { perSampleWeights: ones(1) })).toThrow(
    "embeddingBag: perSampleWeights are float32 [1, 1]; got float32 [1]",
  );
  expect(() => sum.forward(int([[0]]), { perSampleWeights: ones(1, 1).to("float64") as Tensor })).toThrow(
    "got float64",
  );
  expect(() => F.embeddingBag(int([[0]]), vectors, { mode: "min" as never })).toThrow(ValueError);
  expect(() => F.embeddingBag(int([[0]]), vectors, { mode: "max", scaleGradByFreq: true })).toThrow(ValueError);
  expect(() => new nn.EmbeddingBag(3, 2, { paddingIdx: 3 })).toThrow(
    "EmbeddingBag: paddingIdx is a row of the 3; got 3",
  );
  expect(() => nn.EmbeddingBag.fromPretrained(ones(3))).toThrow("EmbeddingBag.fromPretrained: takes [numEmbeddings");
});
