/** What several kinds of layers share: first values, and the check of their sizes. */
import { noGrad } from "../autograd/mode.ts";
import { ValueError } from "../errors.ts";
import type { Tensor } from "../ops/index.ts";
import { shown } from "../options.ts";

/** The first values of linear layers and convolutions: uniform in ± 1/√fan, the weight before the bias. */
export function uniformFan(weight: Tensor, bias: Tensor | null, fan: number): void {
  const bound = Math.sqrt(3) * (Math.sqrt(2 / (1 + 5)) / Math.sqrt(fan));
  noGrad(() => {
    weight.uniform_(-bound, bound);
    bias?.uniform_(-1 / Math.sqrt(fan), 1 / Math.sqrt(fan));
  });
}

/** Throws unless a number of features, channels or pieces is a whole number of at least 1. */
export function checkCount(layer: string, name: string, value: unknown): void {
  if (Number.isInteger(value) && (value as number) >= 1) return;
  throw new ValueError(`${layer}: ${name} is a whole number of at least 1; got ${shown(value)}`);
}
