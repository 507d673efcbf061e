/** Flags and options of the wrong kind, which JavaScript would take for true or leave out in silence. */
import { expect, test } from "vitest";
import { eye, ones } from "../../src/index.ts";

const x = ones(2, 3);

test.each([
  [
    "sum",
    () => x.sum(1, { keepdim: false } as unknown as false),
    /sum: keepdim is true or false, behind the axis; got \{ keepdim \}/,
  ],
  ["max", () => x.max(1, { keepDim: true } as unknown as false), /max: keepdim is true or false/],
  ["mean", () => x.mean({ dim: 1 } as never), /mean: takes an axis or a list of axes; got \{ dim \}/],
  ["add", () => x.add(x, { alfa: 2 } as never), /add: there is no option alfa; options are alpha/],
  ["add", () => x.add(x, { alpha: "2" } as never), /add: alpha is a number; got string/],
  ["eye", () => eye(2, "float64" as never), /eye: options are an object, as \{ dtype: "float64" \}; got "float64"/],
] as const)("%s", (_, run, message) => {
  expect(run).toThrow(message);
});
