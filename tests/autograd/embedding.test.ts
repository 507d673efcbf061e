/** Second derivatives of rows by index. Expected: PyTorch 2.15, of F.embedding, and of its sums and means for the bags. */
import { expect, test } from "vitest";
import { embedding, embeddingBag, GradError, grad, type Tensor, tensor } from "../../src/index.ts";

const indices = tensor([[1, 0, 1], [2, 2, 1]], { dtype: "int32" }); // biome-ignore format: a matrix
const ROWS = [[1, -2], [0.5, 3], [2, 1], [4, 4]]; // biome-ignore format: a matrix

/** The gradient of Σy³, and of the sum of that gradient's squares. */
function slopes(compute: (w: Tensor) => Tensor): number[][][] {
  const w: Tensor = tensor(ROWS, { dtype: "float64", requiresGrad: true });
  const first = grad(compute(w).pow(3).sum(), w, { createGraph: true }) as Tensor;
  const second = grad(first.square().sum(), w) as Tensor;
  return [first.toArray() as number[][], second.toArray() as number[][]];
}

const cases: readonly (readonly [name: string, compute: (w: Tensor) => Tensor, expected: number[][][]])[] = [
  [
    "embedding with a padding row",
    (w) => embedding(indices, w as Tensor<[4, 2]>, { paddingIdx: 2 }),
    [
      [[3, 12], [2.25, 81], [0, 0], [0, 0]],
      [[36, -288], [40.5, 8748], [0, 0], [0, 0]],
    ],
  ],
  [
    "sums of bags",
    (w) => embeddingBag(indices, w as Tensor<[4, 2]>, { mode: "sum" }),
    [
      [[12, 48], [84.75, 171], [121.5, 150], [0, 0]],
      [[4356, 18720], [26410.5, 65700], [35397, 56520], [0, 0]],
    ],
  ],
  [
    "means of bags",
    (w) => embeddingBag(indices, w as Tensor<[4, 2]>),
    [
      [[0.4444444444444444, 1.7777777777777777], [3.138888888888889, 6.333333333333334], [4.5, 5.555555555555556], [0, 0]],
      [
        [5.975308641975308, 25.679012345679013], [36.22839506172839, 90.12345679012346],
        [48.55555555555555, 77.53086419753086], [0, 0],
      ],
    ],
  ],
]; // biome-ignore format: matrices

test.each(cases)("%s", (_, compute, expected) => {
  const found = slopes(compute).flat(2);
  for (const [i, value] of expected.flat(2).entries()) expect(found[i]).toBeCloseTo(value, 9);
});

test("a gradient divided by how often its index comes has none, as in PyTorch", () => {
  const w = tensor(ROWS, { requiresGrad: true });
  const y = embedding(indices, w as Tensor<[4, 2]>, { scaleGradByFreq: true })
    .pow(3)
    .sum();
  expect(() => grad(y, w, { createGraph: true })).toThrow(GradError);
  expect(() => grad(y, w, { createGraph: true })).toThrow(/embedding has no second derivative/);
});
