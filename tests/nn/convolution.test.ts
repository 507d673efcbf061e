// Convolutional layers against PyTorch: results and gradients of every padding mode, prints, and state dicts.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { linspace, manualSeed, nn, randn, type Tensor, tensor } from "../../src/index.ts";

interface Computed {
  repr: string;
  input: number[];
  shape: number[];
  y: number[];
  dx: number[];
  dw: number[];
  db: number[] | null;
}
const { cases } = JSON.parse(readFileSync(new URL("convolution.json", import.meta.url), "utf8")) as {
  cases: Record<string, Computed>;
};

const LAYERS: Record<string, () => nn.Conv1d | nn.Conv2d | nn.ConvTranspose1d | nn.ConvTranspose2d> = {
  zeros: () => new nn.Conv2d(2, 3, 3, { padding: 1 }),
  reflect: () => new nn.Conv2d(2, 3, 3, { padding: [2, 1], paddingMode: "reflect" }),
  replicate: () => new nn.Conv2d(2, 3, [3, 2], { padding: [1, 3], paddingMode: "replicate" }),
  circular: () => new nn.Conv2d(2, 4, 3, { padding: 2, paddingMode: "circular", groups: 2 }),
  "circular unbatched": () => new nn.Conv2d(1, 2, 3, { padding: 1, paddingMode: "circular" }),
  "same, reflect, even": () =>
    new nn.Conv2d(2, 2, [2, 4], { padding: "same", paddingMode: "reflect", dilation: [3, 1] }),
  "strided, no bias": () => new nn.Conv2d(2, 3, 2, { stride: [2, 1], bias: false }),
  dilated: () => new nn.Conv2d(1, 1, 3, { dilation: 2, padding: "valid" }),
  signal: () => new nn.Conv1d(2, 4, 3, { padding: 1 }),
  "signal, reflect": () => new nn.Conv1d(2, 4, 5, { stride: 2, padding: 2, paddingMode: "reflect" }),
  "signal, same": () => new nn.Conv1d(1, 2, 4, { padding: "same", paddingMode: "circular" }),
  transposed: () => new nn.ConvTranspose2d(3, 2, 3, { stride: 2, padding: 1, outputPadding: 1 }),
  "transposed groups": () => new nn.ConvTranspose2d(4, 4, [2, 3], { groups: 2, dilation: [1, 2], bias: false }),
  "transposed signal": () => new nn.ConvTranspose1d(2, 3, 4, { stride: 2 }),
};

function expectClose(found: Tensor | null | undefined, wanted: readonly number[] | null, what: string): void {
  if (wanted === null) {
    expect(found, what).toBeNull();
    return;
  }
  const values = (found as Tensor).data();
  expect(values.length, what).toBe(wanted.length);
  for (const [i, want] of wanted.entries()) {
    expect(Math.abs((values[i] as number) - want), `${what}, element ${i}`).toBeLessThan(1e-11 * (1 + Math.abs(want)));
  }
}

/** PyTorch's print in nabla's names. */
function translated(repr: string): string {
  return repr
    .replaceAll(/\((\d+),?(?: (\d+))?\)/g, (_, a, b) => (b === undefined ? `[${a}]` : `[${a}, ${b}]`))
    .replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase())
    .replaceAll("=False", "=false");
}

describe("as PyTorch", () => {
  test("the fixture and the layers are the same", () => {
    expect(Object.keys(LAYERS)).toEqual(Object.keys(cases));
  });

  test.each(Object.keys(LAYERS))("%s", (name) => {
    const wanted = cases[name] as Computed;
    manualSeed(777);
    const layer = (LAYERS[name] as () => nn.Conv2d)().to("float64");
    const count = wanted.input.reduce((product, size) => product * size, 1);
    const values = Array.from({ length: count }, (_, i) => ((i * 37) % 101) / 50 - 1);
    const x: Tensor = (tensor(values, { dtype: "float64" }) as Tensor).reshape(...wanted.input).requiresGrad_();
    const y = layer.forward(x) as Tensor;
    expect(y.shape).toEqual(wanted.shape);
    expectClose(y, wanted.y, "y");
    const weights = linspace(-1, 1, y.numel(), { dtype: "float64" }) as Tensor;
    y.backward(weights.reshape(...wanted.shape) as Tensor);
    expectClose(x.grad, wanted.dx, "dx");
    expectClose(layer.weight.grad, wanted.dw, "dw");
    expectClose(layer.bias === null ? null : layer.bias.grad, wanted.db, "db");
  });

  test.each(Object.keys(LAYERS))("the print of %s", (name) => {
    expect(String((LAYERS[name] as () => nn.Module)())).toBe(translated((cases[name] as Computed).repr));
  });
});

describe("as modules", () => {
  test("keys and layouts are PyTorch's", () => {
    const model = new nn.Sequential(new nn.Conv2d(4, 6, [3, 5], { groups: 2 }), new nn.ConvTranspose2d(6, 4, 2));
    const shapes = Object.entries(model.stateDict()).map(([key, x]) => [key, x.shape]);
    expect(shapes).toEqual([
      ["0.weight", [6, 2, 3, 5]],
      ["0.bias", [6]],
      ["1.weight", [6, 4, 2, 2]],
      ["1.bias", [4]],
    ]);
  });

  test("a parameter without requiresGrad gets no gradient, and the others the same as with it", () => {
    const gradients = (frozen: "weight" | "bias" | null): (Tensor | null | undefined)[] => {
      manualSeed(1);
      const layer = new nn.Conv2d(2, 3, 3);
      if (frozen !== null) (layer[frozen] as Tensor).requiresGrad_(false);
      const y = layer.forward(randn(2, 2, 5, 5)) as Tensor;
      y.square().sum().backward();
      return [layer.weight.grad, layer.bias?.grad];
    };
    const [weight, bias] = gradients(null);
    expect(gradients("weight")[0]).toBeNull();
    expect(gradients("bias")[1]).toBeNull();
    expect(gradients("bias")[0]?.toArray()).toEqual(weight?.toArray());
    const alone = gradients("weight")[1]?.toArray() as number[];
    for (const [i, value] of ((bias?.toArray() as number[] | undefined) ?? [Number.NaN]).entries()) {
      expect(alone[i]).toBeCloseTo(value, 3);
    }
  });

  test("two passes through one layer add their gradients, and a kept graph gives the same again", () => {
    const layer = new nn.Conv2d(1, 2, 2);
    const x = randn(1, 1, 3, 3);
    const y = layer.forward(layer.forward(x).narrow(1, 0, 1) as Tensor) as Tensor;
    const loss = y.sum();
    loss.backward(undefined, { retainGraph: true });
    const first = layer.bias?.grad?.toArray() as number[];
    loss.backward();
    expect(layer.bias?.grad?.toArray()).toEqual(first.map((value) => 2 * value));
  });
});
