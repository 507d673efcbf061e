// Float32 values beside PyTorch's.
import { expect } from "vitest";

/** Every value that is not within float32's tolerance of a base64 of PyTorch's. */
export function misses(values: ArrayLike<number>, encoded: string): string[] {
  const bytes = Buffer.from(encoded, "base64");
  const expected = Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(i * 4));
  expect(values).toHaveLength(expected.length);
  return expected.flatMap((wanted, i) => {
    const value = values[i] as number;
    return Math.abs(value - wanted) <= 1e-5 * Math.abs(wanted) + 1e-6 ? [] : [`${i}: ${value}, not ${wanted}`];
  });
}
