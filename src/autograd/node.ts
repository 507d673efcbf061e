/** What a recorded operation leaves for `backward()`. */
import type { Storage } from "../backend/index.ts";
import { GradError } from "../errors.ts";
import { show } from "../tensor/sizes.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { isGradEnabled } from "./mode.ts";

/** From the gradient of an operation's result to the gradient of one of its inputs, of the input's shape. */
export type Gradient = (gradient: Tensor) => Tensor;
/** Sees the gradient of a tensor when it is complete, and may return another in its place. */
// biome-ignore lint/suspicious/noConfusingVoidType: a hook that only looks is an arrow function without a value
export type Hook = (gradient: Tensor) => Tensor | undefined | void;

let sequence = 0;

/** Gradients made of recorded operations, or a function that makes them; null when there are none. */
type Composed = readonly Gradient[] | (() => readonly Gradient[]) | null;

/** Sees every operation when it is recorded. */
type Watch = (out: Tensor, op: string, inputs: readonly Tensor[]) => void;
let watch: Watch | null = null;

/** Calls `watcher` for every operation recorded from here on; null ends it. */
export function watchRecords(watcher: Watch | null): void {
  watch = watcher;
}

/**
 * One recorded operation, or the place where a leaf's gradient goes. Edges lead from the result back to the inputs:
 * inputs are always recorded first, so descending `sequence` is an order in which every gradient is complete when needed.
 */
export class Node {
  readonly op: string;
  /** The shape of the result, and of its gradient. */
  readonly shape: readonly number[];
  /** The leaf that gathers its gradient here, or null for an operation. */
  readonly leaf: Tensor | null;
  /** The nodes of the inputs; null where no gradient is wanted. */
  edges: readonly (Node | null)[];
  /** One function per input, so that only the gradients that are wanted run; null once the graph is freed. */
  gradients: readonly Gradient[] | null;
  /** The same gradients made of recorded operations, for derivatives of derivatives; null when there are none. */
  composed: Composed;
  /** Values that the gradients read, and the sum of their versions when they were saved. */
  saved: readonly Tensor[];
  savedVersion = 0;
  /** Memory that only this node uses, given back with the graph. */
  owned: readonly Storage[] | null;
  readonly sequence: number;

  /** The gradient gathered so far in the running backward, and which run that is. */
  slot: Tensor | null = null;
  run = 0;
  /** Whether the gradient in the slot already is zero wherever this operation, a relu, would make it so. */
  masked = false;
  hooks: Hook[] | null = null;
  /** Throws when a gradient must not come to this leaf. */
  guard: (() => void) | null = null;
  /** The tensor whose `grad` is wanted although it is not a leaf. */
  retained: Tensor | null = null;
  /** Of a view: how the tensor it looks into was computed at that time. */
  viewed: Node | null = null;

  constructor(
    op: string,
    shape: readonly number[],
    leaf: Tensor | null,
    edges: readonly (Node | null)[],
    gradients: readonly Gradient[] | null,
    saved: readonly Tensor[],
    owned: readonly Storage[] | null,
    composed: Composed,
  ) {
    this.op = op;
    this.shape = shape;
    this.leaf = leaf;
    this.edges = edges;
    this.gradients = gradients;
    this.composed = composed;
    this.saved = saved;
    this.owned = owned;
    this.sequence = leaf === null ? ++sequence : 0;
    for (let i = 0; i < saved.length; i++) this.savedVersion += (saved[i] as Tensor).storage.version;
  }

  /** Lets go of everything that only `backward()` needs. `give` takes the owned memory back. */
  free(give: (storage: Storage) => void): void {
    if (this.leaf !== null) return;
    this.gradients = null;
    this.composed = null;
    this.saved = NOTHING;
    this.edges = NOTHING;
    if (this.owned !== null) for (const storage of this.owned) give(storage);
    this.owned = null;
  }
}

const NOTHING: readonly never[] = [];

/** Whether an operation on this tensor has to be recorded. */
export function tracks(x: Tensor): boolean {
  if (x.node === null) {
    if (x.plain) checkPlain(x);
    return false;
  }
  return isGradEnabled();
}

/** Throws when the base of a view without gradients became the result of a recorded operation: the view would lose its gradient. */
function checkPlain(view: Tensor): void {
  const made = view.base?.node ?? null;
  if (made === null || made.leaf !== null || !isGradEnabled()) return;
  throw new GradError(
    `${made.op}: changed a tensor in place, so that it requires gradients now; take its view ${show(view.shape)} again`,
  );
}

/**
 * Records that `out` was computed by `op` from `inputs`. Call it only when one of the inputs is tracked.
 * `saved` lists the tensors whose values the gradients read: changing one in place before `backward()` is an error.
 * `owned` is borrowed memory that goes back with the graph.
 * `composed` gives the gradients as recorded operations, where `gradients` call kernels themselves: without it second
 * derivatives would be lost in silence. Leave it out when `gradients` are made of operations; null says that there are none. A
 * function makes them when they are asked for, which operations of small networks are quicker for.
 */
export function record(
  out: Tensor,
  op: string,
  inputs: readonly Tensor[],
  gradients: readonly Gradient[],
  saved: readonly Tensor[] = NOTHING,
  owned: readonly Storage[] | null = null,
  composed: Composed = gradients,
): void {
  const edges = new Array<Node | null>(inputs.length);
  for (let i = 0; i < inputs.length; i++) {
    const input = inputs[i] as Tensor;
    if (input.base !== null) checkView(op, input);
    edges[i] = input.node;
  }
  out.node = new Node(op, out.shape, null, edges, gradients, saved, owned, composed);
  if (watch !== null) watch(out, op, inputs);
}

/** Throws when the tensor that a view looks into was changed in place since: the view's node leads to the old values. */
export function checkView(op: string, view: Tensor): void {
  const viewed = view.node?.viewed ?? null;
  if (viewed === null || viewed.leaf !== null || viewed === view.base?.node) return;
  throw new GradError(
    `${op}: got a view ${show(view.shape)} of a tensor that was changed in place after the view was taken; take the view again`,
  );
}

/** Makes a tensor a leaf whose gradient is gathered. */
export function makeLeaf(x: Tensor): void {
  x.node = new Node("leaf", x.shape, x, NOTHING, null, NOTHING, null, null);
}
