// Resizing beside PyTorch's interpolate: values and gradients, in every mode.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { grad, ones, rand, type Tensor, tensor } from "../../src/index.ts";
import { type ResizeWeights, resizeImages } from "../../src/ops/resize.ts";
import { transforms as T } from "../../src/vision/index.ts";

interface Case extends ResizeWeights {
  size: [number, number];
  dtype: "float32" | "float64";
  y: string;
  dx: string;
}

const cases: Case[] = JSON.parse(readFileSync(new URL("fixtures/resize.json", import.meta.url), "utf8"));
const name = ({ mode, size, alignCorners, antialias, dtype }: Case): string =>
  `${mode} to ${size.join(" × ")}${alignCorners ? ", aligned" : ""}${antialias ? ", antialiased" : ""}, ${dtype}`;

function numbers(base64: string, dtype: Case["dtype"]): ArrayLike<number> {
  const bytes = new Uint8Array(Buffer.from(base64, "base64"));
  return dtype === "float32" ? new Float32Array(bytes.buffer) : new Float64Array(bytes.buffer);
}

function near(found: Tensor, wanted: ArrayLike<number>, slack: number): void {
  const got = found.data();
  expect(got.length).toBe(wanted.length);
  for (let i = 0; i < wanted.length; i++) {
    const difference = Math.abs((got[i] as number) - (wanted[i] as number));
    if (!(difference <= slack)) expect(`element ${i}: ${got[i]}`).toBe(`element ${i}: ${wanted[i]}`);
  }
}

const filled = (shape: readonly number[], value: (i: number) => number, dtype: Case["dtype"]): Tensor => {
  const n = shape.reduce((product, size) => product * size, 1);
  const x: Tensor = tensor(Float64Array.from({ length: n }, (_, i) => value(i)));
  return x.to(dtype).reshape(...shape);
};

const image = (dtype: Case["dtype"]): Tensor =>
  filled([2, 3, 8, 6], (i) => (i * 37 + Math.floor(i / 5) * 11) % 256, dtype).div(255);

describe.each(cases.map((one) => [name(one), one] as const))("%s", (_, one) => {
  const slack = one.dtype === "float32" ? 2e-6 : 1e-13;

  test("values and gradients", () => {
    const x = image(one.dtype).requiresGrad_();
    const y = resizeImages(x, one.size, one);
    near(y, numbers(one.y, one.dtype), slack);
    y.backward(filled(y.shape, (i) => ((i * 13 + 5) % 32) / 16 - 1, one.dtype));
    near(x.grad as Tensor, numbers(one.dx, one.dtype), slack * 20);
  });

  test("the same of a view with strides", () => {
    const x = image(one.dtype);
    const view: Tensor = x.transpose(2, 3).contiguous().transpose(2, 3);
    expect(view.strides).not.toBeNull();
    near(resizeImages(view, one.size, one), numbers(one.y, one.dtype), slack);
  });
});

test("second derivatives: the square of a resized image", () => {
  const how = { mode: "bilinear", alignCorners: false, antialias: true } as const;
  const x: Tensor = image("float64").requiresGrad_();
  const [first] = grad(resizeImages(x, [3, 4], how).square().sum(), [x], { createGraph: true }) as [Tensor];
  const v = rand([2, 3, 8, 6], { dtype: "float64" }) as Tensor;
  const [second] = grad(first.mul(v).sum(), [x]) as [Tensor];
  // The function is quadratic, so its Hessian times v is the difference of gradients at any distance.
  const y: Tensor = x.detach().add(v).requiresGrad_();
  const [moved] = grad(resizeImages(y, [3, 4], how).square().sum(), [y]) as [Tensor];
  near(second, moved.sub(first.detach()).data() as Float64Array, 1e-12);
});

describe("functions", () => {
  test("resize takes images without channels, with channels, and batches, and lets gradients through", () => {
    expect(T.resize(ones(8, 6), [2, 3]).shape).toEqual([2, 3]);
    expect(T.resize(ones(4, 8, 6), 3).shape).toEqual([4, 4, 3]);
    const x: Tensor = rand(2, 1, 4, 4).requiresGrad_();
    T.resize(x, [2, 2], { antialias: false }).sum().backward();
    expect(x.grad?.toArray()).toEqual(ones(2, 1, 4, 4).div(4).toArray());
    expect(() => T.resize(ones(4, 8, 6), [0, 3])).toThrow("got 0,3");
  });

  test("an image of its size already is the same", () => {
    const x = rand(3, 5, 4);
    expect(T.resize(x, [5, 4]).toArray()).toEqual(x.toArray());
  });

  test("grayscale keeps the other axes, and lets gradients through", () => {
    expect(T.grayscale(ones(3, 4, 5)).shape).toEqual([1, 4, 5]);
    expect(T.grayscale(ones(2, 3, 4, 5), { channels: 3 }).shape).toEqual([2, 3, 4, 5]);
    expect(T.grayscale(ones(4, 5)).shape).toEqual([1, 4, 5]);
    const x: Tensor = ones(3, 1, 1).requiresGrad_();
    T.grayscale(x).sum().backward();
    expect(
      (x.grad as Tensor)
        .flatten()
        .toArray()
        .map((v) => Math.round((v as number) * 1e4) / 1e4),
    ).toEqual([0.2989, 0.587, 0.114]);
  });
});
