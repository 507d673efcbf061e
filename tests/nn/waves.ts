// Inputs, weights and losses made by formulas, and digests of what comes out: tests/nn/waves.py makes the same ones in PyTorch.
import { expect } from "vitest";
import { type nn, noGrad, type Tensor, tensor } from "../../src/index.ts";

export type FloatDType = "float32" | "float64";

export function wave(shape: readonly number[], salt: number, dtype: FloatDType, scale = 0.7): Tensor {
  const n = shape.reduce((product, size) => product * size, 1);
  const values = Float64Array.from({ length: n }, (_, i) => scale * Math.sin(0.61 * i + salt));
  return (tensor(values).to(dtype) as Tensor).reshape(...shape) as Tensor;
}

/** First element, sum of magnitudes, and a sum that depends on the order. */
function digest(x: Tensor): number[] {
  const values = [...(x.contiguous() as Tensor).data()];
  const magnitude = values.reduce((sum, value) => sum + Math.abs(value), 0);
  return [values[0] as number, magnitude, values.reduce((sum, value, i) => sum + value * Math.sin(1.3 * i + 0.5), 0)];
}

/** Expects the tensors to have these digests, but for what rounding may change. */
export function compare(found: readonly Tensor[], digests: readonly number[][], dtype: FloatDType): void {
  expect(found.length).toBe(digests.length);
  for (const [i, x] of found.entries()) {
    const wanted = digests[i] as [number, number, number];
    const slack = (dtype === "float64" ? 1e-9 : 4e-5) * Math.max(1, wanted[1]);
    const off = digest(x).map((value, k) => Math.abs(value - (wanted[k] as number)));
    expect({ tensor: i, off: off.every((distance) => distance <= slack) ? [] : off }).toEqual({ tensor: i, off: [] });
  }
}

/** Gives a module its dtype and every parameter a wave of its own. */
export function fill(module: nn.Module, dtype: FloatDType): void {
  module.to(dtype);
  noGrad(() => {
    for (const [k, p] of module.parameters().entries()) p.copy_(wave(p.shape, k + 1, dtype, 0.4));
  });
}

/** Back-propagates from a sum in which each element of each result has a weight of its own. */
export function backward(results: readonly Tensor[], dtype: FloatDType): void {
  results
    .map((result, k) => result.mul(wave(result.shape, 20 + k, dtype)).sum() as Tensor)
    .reduce((sum, term) => sum.add(term))
    .backward();
}
