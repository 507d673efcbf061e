// Products whose left side is stored by columns and comes from beyond the caches: tiles of it are packed side by side. The
// same product of a row-major copy goes another way.
import { describe, expect, it } from "vitest";
import { manualSeed, noGrad, randn, type Tensor } from "../../src/index.ts";

const SIZES: [rows: number, columns: number, depth: number][] = [
  [640, 290, 333],
  [1023, 33, 290],
  [257, 700, 1100],
  [230, 5, 1333],
  [900, 257, 170],
  [2100, 97, 90],
];

describe.each(["float32", "float64"] as const)("%s", (dtype) => {
  for (const [rows, columns, depth] of SIZES)
    it(`aᵀ · b is what a copy of aᵀ gives: ${rows} × ${columns}, ${depth} deep`, () => {
      manualSeed(3);
      const [a, b]: Tensor[] = [randn([depth, rows], { dtype }), randn([depth, columns], { dtype })];
      noGrad(() => {
        const transposed = (a as Tensor).transpose(0, 1) as Tensor;
        const product = transposed.matmul(b as Tensor) as Tensor;
        const plain = transposed.contiguous().matmul(b as Tensor) as Tensor;
        const scale = Math.sqrt(depth) * (dtype === "float32" ? 2e-6 : 1e-14);
        expect(product.shape).toEqual([rows, columns]);
        expect(product.sub(plain).abs().max().item()).toBeLessThan(scale);
        expect(plain.abs().max().item()).toBeGreaterThan(1);
      });
    });
});
