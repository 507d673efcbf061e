// Pooling layers: they do what the functions do, and print as PyTorch's.
import { expect, test } from "vitest";
import {
  avgPool1d,
  avgPool2d,
  grad,
  maxPool1d,
  maxPool2d,
  maxPool2dWithIndices,
  nn,
  randn,
  type Tensor,
} from "../../src/index.ts";

const image: Tensor = randn(2, 3, 7, 9);
const signal: Tensor = randn(2, 3, 9);

test("layers pool as the functions do", () => {
  const pairs: [Tensor, Tensor][] = [
    [new nn.MaxPool2d(2).forward(image), maxPool2d(image, 2)],
    [
      new nn.MaxPool2d([3, 2], { stride: 1, padding: [1, 0], dilation: 2, ceilMode: true }).forward(image),
      maxPool2d(image, [3, 2], { stride: 1, padding: [1, 0], dilation: 2, ceilMode: true }),
    ],
    [new nn.MaxPool1d(3, { stride: 2 }).forward(signal), maxPool1d(signal, 3, { stride: 2 })],
    [
      new nn.AvgPool2d(3, { stride: 2, padding: 1, countIncludePad: false }).forward(image),
      avgPool2d(image, 3, { stride: 2, padding: 1, countIncludePad: false }),
    ],
    [new nn.AvgPool2d(2, { divisorOverride: 3 }).forward(image), avgPool2d(image, 2, { divisorOverride: 3 })],
    [new nn.AvgPool1d(2, { ceilMode: true }).forward(signal), avgPool1d(signal, 2, { ceilMode: true })],
    [new nn.AdaptiveAvgPool2d([null, 1]).forward(image), image.mean(3, true) as Tensor],
  ];
  for (const [found, wanted] of pairs) {
    expect(found.shape).toEqual(wanted.shape);
    const values = wanted.data();
    for (const [i, value] of found.data().entries()) expect(value).toBeCloseTo(values[i] as number, 5);
  }
});

// The texts are PyTorch 2.15's, in nabla's names and spelling.
test.each<[nn.Module, string]>([
  [new nn.MaxPool2d(2), "MaxPool2d(kernelSize=2, stride=2, padding=0, dilation=1, ceilMode=false)"],
  [
    new nn.MaxPool2d([3, 2], { stride: 1, padding: [1, 0], ceilMode: true }),
    "MaxPool2d(kernelSize=[3, 2], stride=1, padding=[1, 0], dilation=1, ceilMode=true)",
  ],
  [new nn.MaxPool1d(3), "MaxPool1d(kernelSize=3, stride=3, padding=0, dilation=1, ceilMode=false)"],
  [new nn.AvgPool2d(2), "AvgPool2d(kernelSize=2, stride=2, padding=0)"],
  [new nn.AvgPool1d(3), "AvgPool1d(kernelSize=[3], stride=[3], padding=[0])"],
  [new nn.AdaptiveAvgPool2d(1), "AdaptiveAvgPool2d(outputSize=1)"],
  [new nn.AdaptiveMaxPool2d([2, null]), "AdaptiveMaxPool2d(outputSize=[2, null])"],
])("the print of %s", (layer, wanted) => {
  expect(String(layer)).toBe(wanted);
});

test("a derivative of the gradient finds the places after the graph it came from is gone", () => {
  const x = (randn(2, 3, 8, 10) as Tensor).requiresGrad_();
  const [v, w] = [(randn(2, 3, 4, 5) as Tensor).requiresGrad_(), randn(2, 3, 8, 10) as Tensor];
  const y = maxPool2d(x.mul(1), 2) as Tensor;
  const [g] = grad(y, [x], { gradOutputs: v, createGraph: true }) as [Tensor];
  y.sum().backward();
  maxPool2d((randn(2, 3, 8, 10) as Tensor).requiresGrad_().mul(1), 2); // takes the memory that came back
  g.mul(w).sum().backward();
  const { indices } = maxPool2dWithIndices(x.detach(), 2);
  const picked = w.reshape(6, 80).gather(1, indices.reshape(6, 20)) as Tensor;
  expect(v.grad?.data()).toEqual(picked.data());
});
