/** How models are asked for what they say of a batch. */
import { DTypeError, ValueError } from "../errors.ts";
import { Module } from "../nn/module.ts";
import { Tensor } from "../ops/index.ts";
import { shown } from "../options.ts";

/** A loss: a module such as `new nn.CrossEntropyLoss()`, or a function. */
export type Loss = { forward(output: Tensor, target: Tensor): Tensor } | ((output: Tensor, target: Tensor) => Tensor);

/** Batches, as a DataLoader gives them. */
export type Batches<B> = (Iterable<B> | AsyncIterable<B>) & { readonly length?: number };

/** How a batch goes through a model. */
export interface BatchOptions<B> {
  /** What the model says of a batch; `model.forward(batch[0])` unless given, as in `([images]) => model.forward(images.reshape(-1, 784))`. */
  forward?: (batch: B) => Tensor;
  /** What is true of a batch; `batch[1]` unless given. */
  target?: (batch: B) => Tensor;
}

/** Output and target of a batch. */
export type Pass<B> = (batch: B) => { output: Tensor; target: Tensor };

/** The way of a batch through the model, by the options. */
export function passOf<B>(op: string, model: Module, options: BatchOptions<B>): Pass<B> {
  if (!(model instanceof Module)) throw new ValueError(`${op}: takes a model, which is a module; got ${shown(model)}`);
  const part = (batch: B, at: 0 | 1): Tensor => {
    const x: unknown = Array.isArray(batch) ? batch[at] : undefined;
    if (x instanceof Tensor) return x;
    throw new DTypeError(
      `${op}: a batch is [inputs, targets], both tensors; got ${describe(batch)}; say by forward and target how to read it`,
    );
  };
  const { forward = (batch: B) => model.forward(part(batch, 0)), target = (batch: B) => part(batch, 1) } = options;
  return (batch) => {
    const truth = target(batch);
    const output: unknown = forward(batch);
    if (output instanceof Tensor) return { output, target: truth };
    throw new DTypeError(
      `${op}: the model gives a tensor; got ${describe(output)}; say by forward which part is the output`,
    );
  };
}

function describe(x: unknown): string {
  if (x instanceof Tensor) return "a tensor";
  if (Array.isArray(x)) return `[${x.map(describe).join(", ")}]`;
  return x === null ? "null" : typeof x;
}

/** The loss as a function; throws a ValueError for what is none. */
export function lossOf(op: string, loss: Loss): (output: Tensor, target: Tensor) => Tensor {
  const given = typeof loss === "function" ? loss : typeof loss?.forward === "function" && loss.forward.bind(loss);
  if (given) {
    return (output, target) => {
      const value: unknown = given(output, target);
      if (value instanceof Tensor) return value;
      throw new DTypeError(`${op}: the loss gives a tensor; got ${describe(value)}`);
    };
  }
  throw new ValueError(`${op}: loss is a module such as new nn.CrossEntropyLoss(), or a function; got ${typeof loss}`);
}

/** The loss of a batch as a number, and by how much it counts: a mean by the number of its samples. */
export function sizeOfBatch(target: Tensor): number {
  return Math.max(1, target.ndim === 0 ? 1 : (target.shape[0] as number));
}
