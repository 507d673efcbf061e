/** Losses, each one fused kernel. They refuse to broadcast. */
import { record, tracks } from "../autograd/node.ts";
import { backend } from "../backend/index.ts";
import { DTypeError, IndexError, ShapeError, ValueError } from "../errors.ts";
import { DTYPES } from "../tensor/dtypes.ts";
import type { Arg, CrossEntropy, SameShape, Shape } from "../tensor/shapes.ts";
import { count, sameShape, show } from "../tensor/sizes.ts";
import { empty, type Tensor } from "../tensor/tensor.ts";
import { FLOATS, family, pointer, requireFloat, requireTensor } from "./kernels.ts";
import { cast, contiguous } from "./layout.ts";
import { movedLast, reshaped } from "./views.ts";

const entropy = family("cross_entropy", FLOATS);
const multiply = family("mul", FLOATS);
const squared = family("mse", FLOATS);
const squaredBackward = family("mse_backward", FLOATS);

/** How the losses of the samples become one. */
export interface LossOptions {
  reduction?: "mean" | "sum";
}

function checkReduction(op: string, reduction: string): void {
  if (reduction !== "mean" && reduction !== "sum") {
    throw new ValueError(`${op}: reduction is "mean" or "sum"; got ${JSON.stringify(reduction)}`);
  }
}

/** Throws instead of giving the mean of nothing, which is NaN. */
function requireSamples(op: string, x: Tensor, missing: boolean): void {
  if (missing) throw new ShapeError(`${op}: needs at least one element; got ${show(x.shape)}`);
}

/** The labels as int32, after every rule but their range, which the kernel checks. */
function checkedLabels(op: string, logits: Tensor, target: Tensor): Tensor {
  requireTensor(op, target);
  if (logits.ndim === 0) throw new ShapeError(`${op}: logits are [classes] or [batch, classes, …]; got []`);
  const expected = logits.ndim === 1 ? [] : logits.shape.filter((_, i) => i !== 1);
  if (!sameShape(target.shape, expected)) {
    throw new ShapeError(
      `${op}: logits ${show(logits.shape)} need a target of shape ${show(expected)}, got ${show(target.shape)}; ` +
        `the target holds class indices, not one row per class`,
    );
  }
  if (target.dtype !== "int32" && target.dtype !== "uint8") {
    throw new DTypeError(
      `${op}: the target holds class indices of dtype int32; got ${target.dtype}; use tensor(labels, { dtype: "int32" })`,
    );
  }
  return contiguous.call(cast(target, "int32"));
}

/**
 * Cross-entropy of raw scores (softmax is part of it) against class indices:
 * logits [classes] or [batch, classes, …], target int32 of the same shape without the class axis → a number.
 * Throws an IndexError that names the label when one is no class.
 *
 * @example
 * crossEntropy(model.forward(images), labels).backward();
 */
export function crossEntropy<S extends Shape, T extends Shape>(
  logits: Tensor<S>,
  target: Arg<CrossEntropy<S, T>, Tensor<T>>,
  options: LossOptions = {},
): Tensor<[]> {
  const op = "crossEntropy";
  const { reduction = "mean" } = options;
  checkReduction(op, reduction);
  requireFloat(op, logits);
  const labels = checkedLabels(op, logits, target as Tensor);
  const z = inRows(logits);
  const classes = z.shape.at(-1) as number;
  const rows = labels.count;
  requireSamples(op, logits, classes === 0 || (rows === 0 && reduction === "mean"));
  const loss = empty([], z.dtype);
  const tracked = tracks(z);
  const gradient = tracked ? backend.borrow(z.count * DTYPES[z.dtype].bytes) : null;
  const scale = reduction === "mean" ? 1 / rows : 1;
  const bad = entropy[z.dtype](
    ...([pointer(z), pointer(labels), pointer(loss), gradient === null ? 0 : backend.pointer(gradient)] as const),
    ...([0, rows, classes, scale] as const),
  );
  if (bad >= 0) {
    if (gradient !== null) backend.release(gradient);
    const label = labels.reshape(-1).select(0, bad).item();
    throw new IndexError(
      `${op}: label ${label} at position ${bad}, but there are ${classes} classes: labels are 0 to ${classes - 1}`,
    );
  }
  if (gradient !== null) {
    const forLogits = (g: Tensor): Tensor => {
      const dz = empty(z.shape, z.dtype);
      multiply[z.dtype](backend.pointer(gradient), pointer(g), pointer(dz), z.count, 1, 0, 0);
      return dz;
    };
    record(loss, op, [z], [forLogits], [], [gradient], null);
  }
  return loss;
}

/** Logits with the class axis last and all others before it: row-major [rows, classes]. */
function inRows(logits: Tensor): Tensor {
  if (logits.ndim <= 2) return contiguous.call(logits);
  const moved = contiguous.call(movedLast(logits, [1]));
  const classes = moved.shape.at(-1) as number;
  return reshaped(moved, [count(moved.shape.slice(0, -1)), classes]);
}

/** The mean (or sum) of squared differences of two tensors of one shape and float dtype. */
export function mseLoss<S extends Shape, T extends Shape>(
  prediction: Tensor<S>,
  target: Arg<SameShape<S, T, "mseLoss">, Tensor<T>>,
  options: LossOptions = {},
): Tensor<[]> {
  const op = "mseLoss";
  const { reduction = "mean" } = options;
  const [x, y]: [Tensor, Tensor] = [prediction, target as Tensor];
  checkReduction(op, reduction);
  requireFloat(op, x);
  requireTensor(op, y);
  if (!sameShape(x.shape, y.shape)) {
    throw new ShapeError(
      `${op}: shapes must be equal, got ${show(x.shape)} and ${show(y.shape)}; use squeeze(1) or unsqueeze(1) on one`,
    );
  }
  if (x.dtype !== y.dtype) {
    throw new DTypeError(
      `${op}: prediction and target have one dtype; got ${x.dtype} and ${y.dtype}; convert with to("${x.dtype}")`,
    );
  }
  requireSamples(op, x, x.count === 0 && reduction === "mean");
  const [a, b] = [contiguous.call(x), contiguous.call(y)];
  const loss = empty([], a.dtype);
  const scale = reduction === "mean" ? 1 / a.count : 1;
  squared[a.dtype](pointer(a), pointer(b), pointer(loss), a.count, scale);
  if (tracks(a) || tracks(b)) {
    const toward =
      (mine: Tensor, other: Tensor) =>
      (g: Tensor): Tensor => {
        const dx = empty(mine.shape, mine.dtype);
        squaredBackward[mine.dtype](pointer(mine), pointer(other), pointer(g), pointer(dx), mine.count, scale);
        return dx;
      };
    record(loss, op, [a, b], [toward(a, b), toward(b, a)], [a, b], null, null);
  }
  return loss;
}
