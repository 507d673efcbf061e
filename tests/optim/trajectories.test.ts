// 50 steps of every optimizer beside PyTorch's (make-trajectories.py).
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { nn, optim, type Tensor, tensor } from "../../src/index.ts";

type Options = Record<string, unknown>;
interface Run {
  kind: "SGD" | "Adam" | "AdamW" | "RMSprop" | "Adagrad" | "Adadelta" | "NAdam" | "RAdam" | "Adamax" | "LBFGS";
  options: Options;
  second: Options | null;
  float64: string;
  float32: string;
}
interface Fixture {
  steps: number;
  shown: number[];
  runs: Record<string, Run>;
}
const { steps, shown, runs } = JSON.parse(
  readFileSync(new URL("fixtures/trajectories.json", import.meta.url), "utf8"),
) as Fixture;

const numbers = (count: number, seed: number): number[] =>
  Array.from({ length: count }, (_, i) => ((i * 37 + seed * 11) % 17) / 8 - 1);

/** Options with camelCase keys. */
const renamed = (options: Options): Options =>
  Object.fromEntries(
    Object.entries(options).map(([key, value]) => [key.replace(/_./g, (x) => x[1]?.toUpperCase() ?? ""), value]),
  );

type Float = "float32" | "float64";

/** The parameters after the shown steps. */
function trajectory({ kind, options, second }: Run, dtype: Float): number[][] {
  const make = (values: number[], ...shape: number[]): Tensor =>
    (tensor(values, { dtype }) as Tensor).reshape(...shape);
  const weight = new nn.Parameter(make(numbers(12, 1), 4, 3));
  const bias = new nn.Parameter(make(numbers(3, 2), 3));
  const scale = new nn.Parameter(make(numbers(5, 3), 5));
  const fixed = second === null;
  const groups = [{ params: [weight, bias] }, { params: [scale], ...renamed(second ?? {}) }];
  const construct = optim[kind] as unknown as new (params: object[], options: Options) => optim.lrScheduler.Scheduled;
  const optimizer = new construct(fixed ? [weight, bias, scale] : groups, renamed(options));
  const found: number[][] = [];
  for (let step = 1; step <= steps; step++) {
    const x = make(numbers(24, fixed ? 1 : step), 6, 4);
    const y = make(numbers(18, fixed ? 6 : step + 5), 6, 3);
    optimizer.step(() => {
      let loss: Tensor = x.matmul(weight).add(bias).tanh().sub(y).square().mean();
      if (fixed || step % 3 !== 2) loss = loss.add(scale.mul(scale).sub(0.25).square().sum());
      optimizer.zeroGrad();
      loss.backward();
      return loss;
    });
    if (step === 25) optimizer.paramGroups[0]!.lr *= 0.1;
    if (shown.includes(step)) found.push([weight, bias, scale].flatMap((p) => [...p.data()]));
  }
  return found;
}

/**
 * The last step that is compared. A step of L-BFGS is several quasi-Newton iterations, each of which multiplies differences of
 * rounding: the numbers are the same while these are small.
 */
const LAST = { LBFGS: { float64: 10, float32: 2 }, others: { float64: steps, float32: steps } };
const TOLERANCES = { float64: { relative: 1e-9, absolute: 0 }, float32: { relative: 1e-5, absolute: 1e-6 } };

describe.each(Object.entries(runs))("%s", (_, run) => {
  test.each(["float64", "float32"] as const)("%s", (dtype) => {
    const bytes = Buffer.from(run[dtype], "base64");
    const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
    const expected = dtype === "float64" ? new Float64Array(buffer) : new Float32Array(buffer);
    const found = trajectory(run, dtype);
    expect(found.flat()).toHaveLength(expected.length);
    const last = LAST[run.kind === "LBFGS" ? "LBFGS" : "others"][dtype];
    const relative = run.kind === "LBFGS" && dtype === "float64" ? 1e-7 : TOLERANCES[dtype].relative;
    const { absolute } = TOLERANCES[dtype];
    const compared = found.filter((_, i) => (shown[i] as number) <= last);
    const wrong = compared.flatMap((row, i) =>
      row.flatMap((value, j) => {
        const wanted = expected[i * row.length + j] as number;
        const near = Math.abs(value - wanted) <= relative * Math.abs(wanted) + absolute;
        return near ? [] : [`step ${shown[i]}, element ${j}: ${value}, not ${wanted}`];
      }),
    );
    expect(wrong).toEqual([]);
  });
});
