/** nabla's side of convolutions and pooling, by the names of `torch/convolutions.py`. */
import { conv2d, maxPool2d, noGrad, randn, type Tensor } from "nabla";
import { backend } from "#backend";
import type { Workload } from "./answer.ts";

interface Convolution {
  input: readonly [number, number, number, number];
  weight: readonly [number, number, number, number];
  stride?: number;
  padding?: number;
  groups?: number;
}

/** As in `torch/convolutions.py`. */
const CONVOLUTIONS: Record<string, Convolution> = {
  conv_3_32: { input: [64, 3, 32, 32], weight: [32, 3, 3, 3], padding: 1 },
  conv_32_64: { input: [64, 32, 16, 16], weight: [64, 32, 3, 3], padding: 1 },
  conv_1x1: { input: [64, 64, 16, 16], weight: [128, 64, 1, 1] },
  conv_strided: { input: [32, 64, 28, 28], weight: [64, 64, 3, 3], stride: 2, padding: 1 },
  conv_grouped: { input: [64, 64, 16, 16], weight: [64, 16, 3, 3], padding: 1, groups: 4 },
  conv_depthwise: { input: [32, 64, 32, 32], weight: [64, 1, 3, 3], padding: 1, groups: 64 },
  conv_deep: { input: [32, 256, 8, 8], weight: [256, 256, 3, 3], padding: 1 },
  conv_16_16: { input: [64, 16, 32, 32], weight: [16, 16, 3, 3], padding: 1 },
  conv_32_32: { input: [64, 32, 16, 16], weight: [32, 32, 3, 3], padding: 1 },
  conv_64_64: { input: [64, 64, 8, 8], weight: [64, 64, 3, 3], padding: 1 },
};

/** A convolution that is asked for: it would otherwise wait for what follows, and here nothing does. */
function convolved(x: Tensor, w: Tensor, b: Tensor, options: Omit<Convolution, "input" | "weight">): Tensor {
  const y = conv2d(x, w, b, options) as Tensor;
  backend.pointer(y.storage);
  return y;
}

function forwardBackward({ input, weight, ...options }: Convolution): Workload {
  const x: Tensor = randn(input).requiresGrad_();
  const w: Tensor = randn(weight).requiresGrad_();
  const b: Tensor = randn(weight[0]).requiresGrad_();
  const g: Tensor = randn(convolved(x, w, b, options).shape as number[]);
  const step = (): void => {
    x.grad = null;
    w.grad = null;
    b.grad = null;
    convolved(x, w, b, options).backward(g);
  };
  return { step };
}

function forward({ input, weight, ...options }: Convolution): Workload {
  const [x, w, b] = [randn(input), randn(weight), randn(weight[0])] as [Tensor, Tensor, Tensor];
  return { step: () => noGrad(() => void convolved(x, w, b, options)) };
}

function maxPool(): Workload {
  const x: Tensor = randn(64, 32, 32, 32).requiresGrad_();
  const g: Tensor = randn(64, 32, 16, 16);
  const step = (): void => {
    x.grad = null;
    maxPool2d(x, 2).backward(g);
  };
  return { step };
}

/** The workloads by name. */
export const CONVOLUTION_WORKLOADS: ReadonlyMap<string, () => Workload> = new Map([
  ["max_pool", maxPool] as const,
  ...Object.entries(CONVOLUTIONS).flatMap(([name, convolution]) => [
    [name, () => forwardBackward(convolution)] as const,
    [`${name}_forward`, () => forward(convolution)] as const,
  ]),
]);
