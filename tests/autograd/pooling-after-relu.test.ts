/** Max pooling computes the gradient of a relu before it on the way, unless somebody else sees the gradient between both. */
import { describe, expect, test } from "vitest";
import { grad, manualSeed, randn, type Tensor, tensor } from "../../src/index.ts";
import { maxPool2d } from "../../src/nn/functional.ts";

/** The largest of the windows are -1 → 0 (the first zero), 2, 5 and 0. */
const IMAGE = [
  [-1, -2, 2, -1],
  [-3, -1, 1, 0.5],
  [5, 4, 0, -4],
  [-2, 3, -1, -5],
];
const image = (): Tensor => tensor([[IMAGE]]).requiresGrad_() as Tensor;
const weights: Tensor = tensor([
  [
    [
      [2, 3],
      [5, 7],
    ],
  ],
]);
/** Of the image, from PyTorch: nothing comes through where the largest is not positive. */
const THROUGH_RELU = [
  [
    [
      [0, 0, 3, 0],
      [0, 0, 0, 0],
      [5, 0, 0, 0],
      [0, 0, 0, 0],
    ],
  ],
];
/** Of what relu gives, from PyTorch. */
const BEFORE_POOLING = [
  [
    [
      [2, 0, 3, 0],
      [0, 0, 0, 0],
      [5, 0, 7, 0],
      [0, 0, 0, 0],
    ],
  ],
];
const pooled = (x: Tensor): Tensor => maxPool2d(x, 2) as Tensor;

describe("the gradient of max pooling after relu", () => {
  test("is that of both", () => {
    const x = image();
    pooled(x.relu()).backward(weights);
    expect(x.grad?.toArray()).toEqual(THROUGH_RELU);
  });

  test("stays whole for hooks, retained gradients and targets between both", () => {
    const x = image();
    const seen: unknown[] = [];
    const y = x.relu();
    y.registerHook((g: Tensor) => void seen.push(g.toArray()));
    pooled(y).backward(weights);
    const z = x.relu();
    z.retainGrad();
    pooled(z).backward(weights);
    const w = x.relu();
    const [found] = grad(pooled(w).mul(weights).sum(), [w]);
    expect([...seen, z.grad?.toArray(), found?.toArray()]).toEqual([BEFORE_POOLING, BEFORE_POOLING, BEFORE_POOLING]);
    expect(x.grad?.toArray()).toEqual(THROUGH_RELU.map((a) => a.map((b) => b.map((row) => row.map((v) => 2 * v)))));
  });

  test("adds to other gradients of what relu gives, whichever comes first", () => {
    for (const poolingFirst of [true, false]) {
      const x = image();
      const y = x.relu();
      const sums = poolingFirst ? [pooled(y).mul(weights).sum(), y.sum()] : [y.sum(), pooled(y).mul(weights).sum()];
      (sums[0] as Tensor).add(sums[1] as Tensor).backward();
      const expected: Tensor = tensor(THROUGH_RELU).add(tensor([[IMAGE.map((row) => row.map((v) => Number(v > 0)))]]));
      expect(x.grad?.toArray()).toEqual(expected.toArray());
    }
  });

  test("does not read pooled values that were changed, and runs again", () => {
    const x = image();
    const y = pooled(x.relu());
    y.add_(-10);
    y.backward(weights, { retainGraph: true });
    y.backward(weights);
    expect(x.grad?.toArray()).toEqual(THROUGH_RELU.map((a) => a.map((b) => b.map((row) => row.map((v) => 2 * v)))));
  });

  test("passes where NaN is the largest, as in PyTorch", () => {
    const x: Tensor = tensor([
      [
        [
          [Number.NaN, 1],
          [-1, 2],
        ],
      ],
    ]).requiresGrad_();
    pooled(x.relu()).backward(tensor([[[[3]]]]));
    expect(x.grad?.toArray()).toEqual([
      [
        [
          [3, 0],
          [0, 0],
        ],
      ],
    ]);
  });

  test("is the same as without the short way, for every width and both dtypes", () => {
    manualSeed(5);
    for (const dtype of ["float32", "float64"] as const)
      for (const width of [2, 5, 8, 14, 16, 17, 32, 33, 62, 70]) {
        const x: Tensor = randn([2, 3, 6, width], { dtype });
        const g: Tensor = randn([2, 3, 3, Math.floor(width / 2)], { dtype });
        const [a, b] = [x.clone().requiresGrad_(), x.clone().requiresGrad_()];
        pooled(a.relu()).backward(g);
        pooled(b.relu().clone()).backward(g);
        expect(a.grad?.toArray()).toEqual(b.grad?.toArray());
      }
  });
});
