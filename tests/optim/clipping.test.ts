// Norms and clipping of gradients beside PyTorch's (make-clipping.py).
import { readFileSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { info, NablaError, nn, randn, setThreads, type Tensor, tensor, ValueError, zeros } from "../../src/index.ts";

interface Row {
  special: string;
  dtype: "float32" | "float64";
  order?: number | string;
  limit?: number;
  value?: number;
  sizes: number[];
  norm?: number | string;
  gradients: (number | string)[];
}
const { rows } = JSON.parse(readFileSync(new URL("fixtures/clipping.json", import.meta.url), "utf8")) as {
  rows: Row[];
};

const SIZES = [[5, 3], [], [1], [0], [17]];
const number = (x: number | string): number => (typeof x === "number" ? x : Number(x.replace("inf", "Infinity")));

function parametersOf({ special, dtype, sizes }: Row): Tensor[] {
  return sizes.map((k) => {
    const shape = SIZES[k] as number[];
    const count = shape.reduce((a, b) => a * b, 1);
    const values = Array.from({ length: count }, (_, i) => (((i * 37 + k * 11 + 5) % 33) - 16) / 8);
    if (special !== "" && k === 4) values[3] = number(special);
    const x: Tensor = zeros(shape, { dtype });
    x.requiresGrad_();
    x.grad = (tensor(values, { dtype }) as Tensor).reshape(...shape);
    return x;
  });
}

function expectNear(found: readonly number[], wanted: readonly (number | string)[], relative: number): void {
  const wrong = found.flatMap((value, i) => {
    const want = number(wanted[i] as number | string);
    const near = Object.is(value, want) || value === want || Math.abs(value - want) <= relative * Math.abs(want);
    return near ? [] : [`${i}: ${value}, not ${want}`];
  });
  expect(wrong).toEqual([]);
  expect(found).toHaveLength(wanted.length);
}

const title = ({ special, dtype, order, limit, value }: Row): string =>
  `${dtype} ${special} ${order === undefined ? `value ${value}` : `norm ${order} to ${limit}`}`;

test.each(rows.map((row) => [title(row), row] as const))("%s", (_, row) => {
  const params = parametersOf(row);
  const relative = row.dtype === "float64" ? 1e-13 : 1e-6;
  if (row.order === undefined) {
    nn.utils.clipGradValue(params, row.value as number);
  } else {
    const options = { normType: number(row.order) };
    const before = nn.utils.getTotalNorm(
      params.map((p) => p.grad as Tensor),
      options,
    );
    const norm = nn.utils.clipGradNorm(params, row.limit as number, options);
    expect(norm.dtype).toBe(row.dtype);
    expect(norm.shape).toEqual([]);
    expect(before.item()).toBe(norm.item());
    expectNear([Number(norm.item())], [row.norm as number | string], relative);
  }
  expectNear(
    params.flatMap((p) => [...(p.grad as Tensor).data()]),
    row.gradients,
    relative,
  );
});

const leaf = (gradient: Tensor | null): Tensor => {
  const x: Tensor = zeros(gradient?.shape ?? [1], { dtype: gradient?.dtype ?? "float32" });
  x.requiresGrad_();
  x.grad = gradient;
  return x;
};

test("parameters without a gradient do not count, and nothing at all has norm 0", () => {
  const x = leaf(tensor([3, 4]));
  expect(nn.utils.clipGradNorm([leaf(null), x], 10).item()).toBe(5);
  expect(nn.utils.clipGradNorm([leaf(null)], 1).item()).toBe(0);
  expect(nn.utils.clipGradNorm([], 1).item()).toBe(0);
  expect(nn.utils.clipGradNorm(x, 10).item()).toBe(5);
  expect(x.grad?.toArray()).toEqual([3, 4]);
});

test("float32 and float64 together", () => {
  const params = [leaf(tensor([3])), leaf(tensor([4], { dtype: "float64" }))];
  const norm = nn.utils.clipGradNorm(params, 2.5);
  expect([norm.dtype, norm.item()]).toEqual(["float64", 5]);
  expect(params.map((p) => p.grad?.item())).toEqual([expect.closeTo(1.5, 5), expect.closeTo(2, 5)]);
});

describe("many and large gradients", () => {
  const { threads } = info();
  afterAll(() => setThreads(threads));

  test("5000 parameters are clipped as one is", () => {
    const values: Tensor = randn([5000], { dtype: "float64" });
    const whole = leaf(values.clone());
    const parts = Array.from({ length: 5000 }, (_, i) => leaf(values.select(0, i).clone() as Tensor));
    const norms = [nn.utils.clipGradNorm([whole], 2), nn.utils.clipGradNorm(parts, 2)].map((x) => Number(x.item()));
    expect(norms[1]).toBeCloseTo(norms[0] as number, 10);
    expect(Number(nn.utils.getTotalNorm(parts.map((p) => p.grad as Tensor)).item())).toBeCloseTo(2, 5);
    nn.utils.clipGradValue(parts, 0.01);
    expect(
      Number(
        nn.utils
          .getTotalNorm(
            parts.map((p) => p.grad as Tensor),
            { normType: Infinity },
          )
          .item(),
      ),
    ).toBe(0.01);
  });

  test("the same bits at 1, 2 and 4 threads", () => {
    const values: Tensor = randn([300_001]);
    const found = [1, 2, 4].map((count) => {
      setThreads(count);
      const params = [leaf(values.clone()), leaf(values.narrow(0, 7, 1000).clone() as Tensor)];
      const norm = nn.utils.clipGradNorm(params, 1, { normType: 3 });
      return [norm, ...params.map((p) => p.grad as Tensor)].map((x) => Buffer.from(x.data().buffer).toString("base64"));
    });
    expect(found[1]).toEqual(found[0]);
    expect(found[2]).toEqual(found[0]);
  });
});

test("a gradient that a graph saved notices the change", () => {
  const x = leaf(tensor([3, 4]));
  const y = (tensor([1, 1], { requiresGrad: true }) as Tensor).mul(x.grad as Tensor).sum();
  nn.utils.clipGradNorm([x], 1);
  expect(() => y.backward()).toThrow(/changed in place/);
});

describe("bad arguments", () => {
  const p = [leaf(tensor([Number.NaN]))];
  const { utils } = nn;
  test.each<[string, () => unknown, RegExp]>([
    ["maxNorm", () => utils.clipGradNorm(p, -1), /clipGradNorm: maxNorm .*at least 0; got -1/],
    ["maxNorm NaN", () => utils.clipGradNorm(p, Number.NaN), /maxNorm .*got NaN/],
    ["clipValue", () => utils.clipGradValue(p, -1), /clipGradValue: clipValue .*got -1/],
    ["normType", () => utils.clipGradNorm(p, 1, { normType: Number.NaN }), /normType is a number; got NaN/],
    ["no tensor", () => utils.clipGradNorm([1 as never], 1), /takes tensors, as model.parameters\(\); got number/],
    ["a module", () => utils.clipGradNorm(new nn.Linear(1, 1) as never, 1), /model.parameters\(\); got object/],
    ["int", () => utils.getTotalNorm([tensor([1], { dtype: "int32" })]), /float32 or float64; got int32/],
    ["not finite", () => utils.clipGradNorm(p, 1, { errorIfNonfinite: true }), /order 2 is non-finite.*got NaN/],
  ])("%s", (_, call, message) => {
    expect(call).toThrow(message);
    expect(call).toThrow(NablaError);
  });

  test("gradients stay as they are when the norm is refused", () => {
    const x = [leaf(tensor([Infinity, 1]))];
    expect(() => utils.clipGradNorm(x, 1, { errorIfNonfinite: true })).toThrow(ValueError);
    expect(x[0]?.grad?.toArray()).toEqual([Infinity, 1]);
  });
});
