import { describe, expect, it } from "vitest";
import { NablaError } from "../../src/errors.ts";
import { cat, stack, type Tensor, zeros } from "../../src/ops/index.ts";
import { randomCalls } from "./random.mjs";

// The same calls that check-types.mjs hands to the compiler: what the types promise is what the program does.
describe("random calls have the shape that their type says", () => {
  for (const [code, expected] of randomCalls as [string, number[] | null][]) {
    it(code, () => {
      const call = new Function("zeros", "cat", "stack", `return ${code}`) as (...ops: unknown[]) => Tensor;
      if (expected) expect(call(zeros, cat, stack).shape).toEqual(expected);
      else expect(() => call(zeros, cat, stack)).toThrow(NablaError);
    });
  }
});
