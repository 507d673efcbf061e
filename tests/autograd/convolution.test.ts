// Derivatives of the gradients of convolutions, against differences.
import { expect, test } from "vitest";
import type { Node } from "../../src/autograd/node.ts";
import { conv2d, convTranspose2d, randn, type Tensor, tensor } from "../../src/index.ts";

const STEP = 1e-5;

function random(...shape: number[]): Tensor {
  return (randn(shape, { dtype: "float64" }) as Tensor).requiresGrad_();
}

/** The i-th gradient of y as a function that is recorded. */
function gradient(y: Tensor, i: number, g: Tensor): Tensor {
  const composed = (y.node as Node).composed as readonly ((g: Tensor) => Tensor)[];
  return (composed[i] as (typeof composed)[number])(g);
}

/** Compares the recorded derivative of a function's weighted sum with differences along random directions. */
function expectDerivatives(inputs: readonly Tensor[], f: (inputs: readonly Tensor[]) => Tensor): void {
  for (const x of inputs) x.grad = null;
  const y = f(inputs);
  const weights = randn(y.shape as number[], { dtype: "float64" }) as Tensor;
  y.mul(weights).sum().backward();
  for (const [k, x] of inputs.entries()) {
    const direction = randn(x.shape as number[], { dtype: "float64" }) as Tensor;
    const at = (step: number): number => {
      const moved = inputs.map((one, i) =>
        (i === k ? one.detach().add(direction.mul(step)) : one.detach()).requiresGrad_(),
      );
      return f(moved as Tensor[])
        .mul(weights)
        .sum()
        .item() as number;
    };
    const measured = (at(STEP) - at(-STEP)) / (2 * STEP);
    const found = (x.grad as Tensor).mul(direction).sum().item() as number;
    expect(Math.abs(found - measured), `input ${k}: ${found} and ${measured}`).toBeLessThan(
      1e-6 * (1 + Math.abs(measured)),
    );
  }
}

const OPTIONS = { stride: [2, 1], padding: [1, 2], dilation: [1, 2], groups: 2 } as const;

test.each([0, 1, 2])("gradient %i of conv2d has derivatives", (i) => {
  const inputs = [random(2, 4, 6, 7), random(6, 2, 3, 2), random(6)];
  const shape = conv2d(inputs[0] as Tensor, inputs[1] as Tensor, inputs[2] as Tensor, OPTIONS).shape;
  const of = ([x, w, b, g]: readonly Tensor[]): Tensor =>
    gradient(conv2d(x as Tensor, w as Tensor, b as Tensor, OPTIONS) as Tensor, i, g as Tensor);
  const used = [[1, 3], [0, 3], [3]][i] as number[];
  const g = random(...shape);
  const all = [...inputs, g];
  expectDerivatives(
    used.map((k) => all[k] as Tensor),
    (moved) => of(all.map((one, k) => (used.includes(k) ? (moved[used.indexOf(k)] as Tensor) : one))),
  );
});

test.each([0, 1])("gradient %i of convTranspose2d has derivatives", (i) => {
  const inputs = [random(2, 4, 3, 3), random(4, 2, 3, 3)];
  const shape = convTranspose2d(inputs[0] as Tensor, inputs[1] as Tensor, null, { stride: 2 }).shape;
  const g = random(...shape);
  const all = [...inputs, g];
  const used = [
    [1, 2],
    [0, 2],
  ][i] as number[];
  expectDerivatives(
    used.map((k) => all[k] as Tensor),
    (moved) => {
      const [x, w, d] = all.map((one, k) => (used.includes(k) ? (moved[used.indexOf(k)] as Tensor) : one));
      return gradient(convTranspose2d(x as Tensor, w as Tensor, null, { stride: 2 }) as Tensor, i, d as Tensor);
    },
  );
});

test("the gradient of the weights is the plain sum of products", () => {
  const x = tensor(
    [
      [
        [
          [1, 2, 3],
          [4, 5, 6],
          [7, 8, 9],
        ],
      ],
    ],
    { dtype: "float64" },
  );
  const w = (
    tensor(
      [
        [
          [
            [0, 0],
            [0, 0],
          ],
        ],
      ],
      { dtype: "float64" },
    ) as Tensor
  ).requiresGrad_();
  (conv2d(x, w) as Tensor).backward(
    tensor(
      [
        [
          [
            [1, 10],
            [100, 1000],
          ],
        ],
      ],
      { dtype: "float64" },
    ) as Tensor,
  );
  expect(w.grad?.toArray()).toEqual([
    [
      [
        [5421, 6532],
        [8754, 9865],
      ],
    ],
  ]);
});
