/** The backward pass: gradients of everything that a tensor was computed from. */
import { backend, type Storage } from "../backend/index.ts";
import { GradError } from "../errors.ts";
import { DTYPES, type FloatDType } from "../tensor/dtypes.ts";
import { show, writeLoops } from "../tensor/sizes.ts";
import { pointer, Tensor } from "../tensor/tensor.ts";
import { setGradEnabled } from "./mode.ts";
import type { Node } from "./node.ts";

const accumulate = { float32: backend.kernel("axpy_f32"), float64: backend.kernel("axpy_f64") };
const duplicate = { float32: backend.kernel("copy_4"), float64: backend.kernel("copy_8") };

let runs = 0;

/** Runs every recorded operation behind `root` in reverse, starting with the gradient `seed` of `root`'s shape. */
export function runBackward(root: Node, seed: Tensor, retainGraph: boolean): void {
  const nodes = collect(root);
  seed.storage.holders++;
  root.slot = seed;
  const mode = setGradEnabled(false);
  try {
    for (let i = 0; i < nodes.length; i++) step(nodes[i] as Node, retainGraph);
  } finally {
    setGradEnabled(mode);
    for (let i = 0; i < nodes.length; i++) drop(nodes[i] as Node);
  }
}

/** Every node behind `root` that wants a gradient: operations, results before what they were computed from, then leaves. */
function collect(root: Node): Node[] {
  const run = ++runs;
  const nodes = [root];
  const leaves: Node[] = [];
  root.run = run;
  let sorted = true;
  for (let next = 0; next < nodes.length; next++) {
    const edges = (nodes[next] as Node).edges;
    for (let i = 0; i < edges.length; i++) {
      const edge = edges[i] as Node | null;
      if (edge === null || edge.run === run) continue;
      edge.run = run;
      if (edge.leaf !== null) {
        leaves.push(edge);
        continue;
      }
      if (edge.sequence > (nodes[nodes.length - 1] as Node).sequence) sorted = false;
      nodes.push(edge);
    }
  }
  if (!sorted) nodes.sort((a, b) => b.sequence - a.sequence);
  for (let i = 0; i < leaves.length; i++) nodes.push(leaves[i] as Node);
  return nodes;
}

/** Runs one node: its complete gradient is in its slot. */
function step(node: Node, retainGraph: boolean): void {
  if (node.slot === null) return;
  if (node.hooks !== null) runHooks(node);
  if (node.leaf !== null) {
    if (node.guard !== null) node.guard();
    checkDType(node.leaf, node.slot);
    addTo(node.leaf, node);
    return;
  }
  if (node.retained !== null) {
    addTo(node.retained, node);
  }
  const gradients = checked(node);
  const gradient = node.slot as Tensor;
  const edges = node.edges;
  backend.beginScope();
  try {
    for (let i = 0; i < edges.length; i++) {
      const edge = edges[i] as Node | null;
      if (edge !== null) deliver(edge, (gradients[i] as (g: Tensor) => Tensor)(gradient));
    }
  } finally {
    drop(node);
    backend.endScope();
  }
  if (!retainGraph) node.free(give);
}

/** Throws when a leaf's dtype was changed after it was used. */
function checkDType(leaf: Tensor, gradient: Tensor): void {
  if (gradient.dtype === leaf.dtype) return;
  throw new GradError(
    `backward: a leaf ${show(leaf.shape)} was ${gradient.dtype} when it was used and is ${leaf.dtype} since; ` +
      `change the dtype between steps, before forward()`,
  );
}

const give = (storage: Storage): void => backend.release(storage);

/** The node's gradient functions, when they and what they read are still there. */
function checked(node: Node): NonNullable<Node["gradients"]> {
  if (node.gradients === null) {
    throw new GradError(
      `backward: the graph through ${node.op} was freed by an earlier backward(); ` +
        `add the losses and call backward() once, or pass { retainGraph: true } to all calls but the last`,
    );
  }
  let version = 0;
  for (let i = 0; i < node.saved.length; i++) version += (node.saved[i] as Tensor).storage.version;
  if (version !== node.savedVersion) {
    throw new GradError(
      `backward: a value that ${node.op} saved for its gradient was changed in place afterwards; ` +
        `use the form without "_" (x = x.add(1) for x.add_(1)), or clone() before changing it`,
    );
  }
  return node.gradients;
}

/** Empties a node's slot. */
function drop(node: Node): void {
  const gradient = node.slot;
  if (gradient === null) return;
  node.slot = null;
  if (--gradient.storage.holders === 0) backend.release(gradient.storage);
}

/** Adds a gradient to what a node has gathered. */
function deliver(node: Node, gradient: Tensor): void {
  const before = node.slot;
  if (before === null) {
    gradient.storage.holders++;
    node.slot = gradient;
    return;
  }
  if (ownedAlone(before)) {
    add(before, gradient);
    return;
  }
  const sum = copy(before);
  add(sum, gradient);
  drop(node);
  sum.storage.holders++;
  node.slot = sum;
}

/** Whether the slot's tensor may be changed: all of its memory is the engine's, and no other slot looks at it. */
function ownedAlone(gradient: Tensor): boolean {
  return gradient.storage.scratch && gradient.storage.holders === 1 && gradient.strides === null;
}

function runHooks(node: Node): void {
  for (const hook of [...(node.hooks ?? [])]) {
    const gradient = node.slot as Tensor;
    gradient.storage.scratch = false;
    const replaced = hook(gradient);
    if (replaced === undefined || replaced === null) continue;
    const { dtype } = gradient;
    if (!(replaced instanceof Tensor) || show(replaced.shape) !== show(node.shape) || replaced.dtype !== dtype) {
      throw new GradError(
        `hook: returns undefined or a gradient of shape ${show(node.shape)} ${dtype}; got ${describe(replaced)}`,
      );
    }
    drop(node);
    replaced.storage.scratch = false;
    replaced.storage.holders++;
    node.slot = replaced;
  }
}

function describe(value: unknown): string {
  return value instanceof Tensor ? `shape ${show(value.shape)} ${value.dtype}` : String(value);
}

/** Adds the gradient in a node's slot to a tensor's `grad`, taking the memory over where nobody else uses it. */
function addTo(target: Tensor, node: Node): void {
  const gradient = node.slot as Tensor;
  if (target.gradient !== null) {
    add(target.gradient, gradient);
    target.gradient.storage.version++;
  } else if (node.leaf !== null && ownedAlone(gradient)) {
    target.gradient = gradient;
    node.slot = null;
    return;
  } else {
    target.gradient = copy(gradient);
    target.gradient.storage.holders++;
  }
  if (node.leaf !== null) drop(node);
}

function add(to: Tensor, gradient: Tensor): void {
  const from = gradient.strides === null ? gradient : gradient.contiguous();
  accumulate[to.dtype as FloatDType](pointer(from), pointer(to), 1, to.count);
}

/** A row-major copy in memory of the pool. */
function copy(gradient: Tensor): Tensor {
  const from = gradient.strides === null ? gradient : gradient.contiguous();
  const storage = backend.borrow(from.count * DTYPES[from.dtype].bytes);
  const to = new Tensor(storage, from.shape, from.dtype, 0, null, null, from.count);
  const { address, values } = backend.table;
  writeLoops(values, [from.count], [1], [1]);
  duplicate[from.dtype as FloatDType](pointer(from), pointer(to), address);
  return to;
}
