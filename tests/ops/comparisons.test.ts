/** Ints compared with numbers that their dtype does not hold. */
import { describe, expect, test } from "vitest";
import { type DType, type Tensor, tensor } from "../../src/index.ts";

const ORDER = ["lt", "le", "eq", "ne", "ge", "gt"] as const;
const TRUTHS: Readonly<Record<(typeof ORDER)[number], (a: number, b: number) => boolean>> = {
  lt: (a, b) => a < b,
  le: (a, b) => a <= b,
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  ge: (a, b) => a >= b,
  gt: (a, b) => a > b,
};
const MOST = 2 ** 31 - 1;
const CASES: readonly (readonly [DType, readonly number[], readonly number[]])[] = [
  ["uint8", [0, 1, 44, 100, 255], [-1, -0, 0.5, 44, 99.5, 255, 255.5, 256, 300, 356, 2 ** 31, 2 ** 40]],
  ["int32", [-MOST - 1, -MOST, -1, 0, 2 ** 24 + 1, MOST], [-MOST - 1, -MOST - 1.5, -MOST - 2, 2 ** 24 + 0.5]],
  ["int32", [-MOST - 1, -MOST, -1, 0, 2 ** 24 + 1, MOST], [MOST, MOST - 0.5, 2 ** 31, 2 ** 32, 1e300, -0]],
  ["bool", [0, 1], [-1, 0.5, 1, 2, 256, 257]],
];

describe.each(CASES)("%s %j", (dtype, values, numbers) => {
  const whole: Tensor = tensor(values, { dtype });
  const columns: Tensor = tensor([values, values], { dtype }).T;

  test.each([...numbers, Infinity, -Infinity, NaN])("with %d", (number) => {
    for (const op of ORDER) {
      const truths = values.map((value) => TRUTHS[op](value, number));
      expect(whole[op](number).toArray(), op).toEqual(truths);
      expect(columns[op](number).toArray(), `${op} of a view`).toEqual(truths.map((truth) => [truth, truth]));
    }
  });
});

test("floats are compared in their own dtype", () => {
  expect(tensor([0.1]).eq(0.1).toArray()).toEqual([true]);
  expect(tensor([0.1], { dtype: "float64" }).eq(0.1).toArray()).toEqual([true]);
});
