/** Comparison of many numbers. */
import { expect } from "vitest";
import { Tensor } from "../../src/index.ts";

type Numbers = ArrayLike<number> | null | undefined;

/**
 * Throws where two tensors or lists of numbers differ, also in their dtype or the signs of zeros, and says only where first: a list of all places
 * would take vitest minutes to print.
 */
export function expectSame(found: Tensor | Numbers, wanted: Tensor | Numbers, what = ""): void {
  if (found instanceof Tensor && wanted instanceof Tensor) expect(found.shape, what).toEqual(wanted.shape);
  const [a, b] = [found, wanted].map((one) => (one instanceof Tensor ? one.data() : (one ?? []))) as [
    ArrayLike<number>,
    ArrayLike<number>,
  ];
  expect(a.constructor, what).toBe(b.constructor);
  expect(a.length, what).toBe(b.length);
  for (let i = 0; i < a.length; i++)
    if (!Object.is(a[i], b[i])) expect.fail(`${what} ${a[i]} at ${i}, not ${b[i]}`.trim());
}
