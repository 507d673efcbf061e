/** Operations that compute several results at once. */
import { backend, type Storage } from "../backend/index.ts";
import { empty, type Tensor } from "../tensor/tensor.ts";
import { backwardStep } from "./backward.ts";
import { type Gradient, type Node, record } from "./node.ts";

/** The gradients that came to the results; null where none did. */
export type Gradients = readonly (Tensor | null)[];

/** One pass of the backward work that all inputs share, and what each input makes of it. */
export interface Together<R> {
  readonly compute: (gradients: Gradients) => R;
  /** One function per input, from what `compute` gave. */
  readonly gradients: readonly ((result: R) => Tensor)[];
  readonly saved: readonly Tensor[];
  /** Borrowed memory that goes back with the graph. */
  readonly owned: readonly Storage[];
}

/**
 * Records that `op` computed all of `outs` from `inputs`. An empty tensor between both stands for the operation: the
 * gradients of the results wait there, and it runs after them. There are no second derivatives.
 */
export function recordTogether<R>(
  outs: readonly Tensor[],
  op: string,
  inputs: readonly Tensor[],
  backward: Together<R>,
): void {
  const { dtype } = outs[0] as Tensor;
  const operation = empty([0], dtype);
  const waiting = new Array<Tensor | null>(outs.length).fill(null);
  let waitingSince = 0;
  let computed: { step: number; result: R } | null = null;
  const result = (): R => {
    if (computed?.step !== backwardStep()) {
      computed = { step: backwardStep(), result: backward.compute(waiting) };
      letGo();
    }
    return computed.result;
  };
  const letGo = (): void => {
    for (const [i, gradient] of waiting.entries()) {
      if (gradient !== null && --gradient.storage.holders === 0) backend.release(gradient.storage);
      waiting[i] = null;
    }
  };
  const gradients = backward.gradients.map(
    (from): Gradient =>
      () =>
        from(result()),
  );
  record(operation, op, inputs, gradients, backward.saved, backward.owned, null);
  const node = operation.node as Node;
  for (const [i, out] of outs.entries()) {
    const wait: Gradient = (gradient) => {
      // What waits since another pass belongs to one that ended in an error.
      if (waitingSince !== node.run) letGo();
      waitingSince = node.run;
      gradient.storage.holders++;
      waiting[i] = gradient;
      return empty([0], dtype);
    };
    record(out, op, [operation], [wait], [], null, null);
  }
}
