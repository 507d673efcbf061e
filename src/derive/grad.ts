/** Gradients as values: of chosen tensors by others, without touching anybody's `grad`. */
import { runBackward } from "../autograd/backward.ts";
import { checkView, type Node } from "../autograd/node.ts";
import { GradError } from "../errors.ts";
import { onesLike, Tensor } from "../ops/index.ts";
import { checkOptions } from "../options.ts";
import type { Shape } from "../tensor/shapes.ts";
import { sameShape, show } from "../tensor/sizes.ts";

/** Options of {@link grad}. */
export interface GradOptions {
  /** The gradient to start from for each output, of its shape; an output of one element needs none. */
  gradOutputs?: Tensor | readonly (Tensor | null)[];
  /** Keeps the graph for another pass. Default: the value of `createGraph`. */
  retainGraph?: boolean;
  /** Records the pass itself, so that the gradients can be differentiated again. */
  createGraph?: boolean;
  /** Gives null for an input that the outputs do not depend on, instead of throwing. */
  allowUnused?: boolean;
  /** Gives zeros for an input that the outputs do not depend on. */
  materializeGrads?: boolean;
}

const OPTIONS = ["gradOutputs", "createGraph", "retainGraph", "materializeGrads", "allowUnused"];

/** Options with which inputs that are not used have the gradient null. */
type WithUnused = GradOptions & { allowUnused: true; materializeGrads?: false };

/** The gradients of several inputs: tensors of their shapes, or `Unused`. */
type GradsOf<I extends readonly Tensor[], Unused = never> = { -readonly [K in keyof I]: I[K] | Unused };

/**
 * The gradients of the sum of the outputs with respect to the inputs: one tensor for one input, an array for an array.
 * Nobody's `grad` changes. With `createGraph` the gradients can be differentiated again.
 *
 * @throws {GradError} if an output or input requires no gradients, or the outputs do not depend on an input and neither
 * `allowUnused` nor `materializeGrads` is set. Also if an output of several elements has no gradient to start from, or
 * one that does not fit.
 * @throws {ValueError} for an unknown option.
 * @example
 * const x = tensor(3, { requiresGrad: true });
 * const first = grad(x.pow(3), x, { createGraph: true });
 * [first.item(), grad(first, x).item()]; // [27, 18]
 */
export function grad<S extends Shape>(
  outputs: Tensor | readonly Tensor[],
  inputs: Tensor<S>,
  options: WithUnused,
): Tensor<S> | null;
export function grad<const I extends readonly Tensor[]>(
  outputs: Tensor | readonly Tensor[],
  inputs: I,
  options: WithUnused,
): GradsOf<I, null>;
export function grad<S extends Shape>(
  outputs: Tensor | readonly Tensor[],
  inputs: Tensor<S>,
  options?: GradOptions,
): Tensor<S>;
export function grad<const I extends readonly Tensor[]>(
  outputs: Tensor | readonly Tensor[],
  inputs: I,
  options?: GradOptions,
): GradsOf<I>;
export function grad(
  outputs: Tensor | readonly Tensor[],
  inputs: Tensor | readonly Tensor[],
  options: GradOptions = {},
): Tensor | null | (Tensor | null)[] {
  const results = listed("outputs", outputs);
  const wanted = listed("inputs", inputs);
  checkOptions("grad", options, OPTIONS);
  const { createGraph = false, retainGraph = createGraph, materializeGrads = false, allowUnused = false } = options;
  const roots = results.map((y, i) => nodeOf("output", i, y));
  const targets = wanted.map((x, i) => nodeOf("input", i, x));
  const seeds = seedsFor(results, options.gradOutputs);
  const found = runBackward(roots, seeds, { retainGraph, createGraph, targets });
  const complete = found.map((gradient, i) => {
    if (gradient !== null || (allowUnused && !materializeGrads)) return gradient;
    if (materializeGrads) return onesLike(wanted[i] as Tensor).zero_();
    throw new GradError(
      `grad: the outputs do not depend on input ${i} ${show((wanted[i] as Tensor).shape)}; ` +
        `pass { allowUnused: true } to get null for it, or { materializeGrads: true } for zeros`,
    );
  });
  return inputs instanceof Tensor ? (complete[0] as Tensor) : complete;
}

function listed(what: string, tensors: Tensor | readonly Tensor[]): readonly Tensor[] {
  const list = tensors instanceof Tensor ? [tensors] : tensors;
  if (!Array.isArray(list) || !list.every((x) => x instanceof Tensor)) {
    throw new GradError(`grad: ${what} are a tensor or an array of tensors; got ${typeof tensors}`);
  }
  return list;
}

function nodeOf(what: string, i: number, x: Tensor): Node {
  if (x.node === null) {
    throw new GradError(
      `grad: ${what} ${i} ${show(x.shape)} requires no gradients; set requiresGrad on the leaf before computing with it`,
    );
  }
  checkView("grad", x);
  return x.node;
}

function seedsFor(outputs: readonly Tensor[], given: GradOptions["gradOutputs"]): Tensor[] {
  const seeds = given === undefined ? [] : given instanceof Tensor ? [given] : given;
  if (given !== undefined && seeds.length !== outputs.length) {
    throw new GradError(`grad: one of gradOutputs for each output; got ${seeds.length} for ${outputs.length}`);
  }
  return outputs.map((y, i) => {
    const seed = seeds[i] ?? null;
    if (seed === null) {
      if (y.count === 1) return onesLike(y);
      throw new GradError(
        `grad: output ${i} has shape ${show(y.shape)}, so it needs a gradient to start from; use sum(), or pass gradOutputs`,
      );
    }
    if (!sameShape(seed.shape, y.shape) || seed.dtype !== y.dtype) {
      throw new GradError(
        `grad: gradOutputs[${i}] has the output's shape and dtype ${show(y.shape)} ${y.dtype}; ` +
          `got ${show(seed.shape)} ${seed.dtype}`,
      );
    }
    return seed.contiguous();
  });
}
