// Convolutions of so many channels that their sums fit no cache: against the same in float64, which is computed another way.
import { describe, expect, test } from "vitest";
import { manualSeed, randn, type Tensor } from "../../src/index.ts";
import { conv2d } from "../../src/nn/functional.ts";

/** Images, channels in and out, height and width. */
type Sizes = readonly [n: number, inputs: number, outputs: number, height: number, width: number];

const SIZES: readonly Sizes[] = [
  [16, 256, 256, 4, 4],
  [19, 320, 100, 5, 3],
  [33, 96, 400, 3, 4],
];

interface Results {
  y: Tensor;
  dx: Tensor;
  dw: Tensor;
  db: Tensor;
}

function results([n, inputs, outputs, height, width]: Sizes, dtype: "float32" | "float64"): Results {
  manualSeed(9);
  const operand = (...shape: number[]): Tensor => (randn(shape) as Tensor).to(dtype).requiresGrad_() as Tensor;
  const x = operand(n, inputs, height, width);
  const w = operand(outputs, inputs, 3, 3);
  const b = operand(outputs);
  const y = conv2d(x, w, b, { padding: 1 }) as Tensor;
  y.backward((randn(y.shape as number[]) as Tensor).to(dtype));
  return { y: y.detach() as Tensor, dx: x.grad as Tensor, dw: w.grad as Tensor, db: b.grad as Tensor };
}

/** The largest difference, as a share of the largest number. */
function distance(found: Tensor, wanted: Tensor): number {
  const most = (x: Tensor): number => x.abs().max().item();
  return most(found.to("float64").sub(wanted)) / most(wanted);
}

describe("convolutions of many channels", () => {
  for (const sizes of SIZES)
    test(sizes.join(", "), () => {
      const [found, wanted] = [results(sizes, "float32"), results(sizes, "float64")];
      for (const what of ["y", "dx", "dw", "db"] as const) {
        expect(found[what].shape, what).toEqual(wanted[what].shape);
        expect(distance(found[what], wanted[what]), what).toBeLessThan(3e-6);
      }
    });
});
