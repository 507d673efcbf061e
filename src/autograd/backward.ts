/** The backward pass: gradients of everything that a tensor was computed from. */
import { backend, type Storage } from "../backend/index.ts";
import { GradError } from "../errors.ts";
import { DTYPES, type FloatDType } from "../tensor/dtypes.ts";
import { rowMajor, show, writeLoops } from "../tensor/sizes.ts";
import { changes, pointer, Tensor } from "../tensor/tensor.ts";
import { isGradEnabled, setGradEnabled } from "./mode.ts";
import type { Gradient, Node } from "./node.ts";

const accumulate = { float32: backend.kernel("axpy_f32"), float64: backend.kernel("axpy_f64") };
const duplicate = { float32: backend.kernel("copy_4"), float64: backend.kernel("copy_8") };

let runs = 0;
let steps = 0;
let keeping = false;
let aims: readonly Node[] | null = null;

/** The number of the operation whose gradients are being computed, over all passes. */
export function backwardStep(): number {
  return steps;
}

/** Whether the running pass leaves what operations kept for another one; if not, each may overwrite what it owns. */
export function keepsGraph(): boolean {
  return keeping;
}

/**
 * Whether the operation of `node` alone will read the gradient that an operation is about to give it in the running pass: the one
 * that gives it may then do a part of that operation's work, and say so in `masked`.
 */
export function readsAlone(node: Node): boolean {
  const seen = node.slot !== null || node.hooks !== null || node.retained !== null || watch !== null;
  return !seen && !isGradEnabled() && aims?.includes(node) !== true;
}

/** How a backward pass runs. */
export interface Pass {
  /** Keeps the graph for another pass. */
  readonly retainGraph: boolean;
  /** Records the pass itself, so that its gradients have gradients. */
  readonly createGraph: boolean;
  /** The nodes whose gradients are wanted; null for every leaf, in its `grad`. */
  readonly targets: readonly Node[] | null;
}

/**
 * Runs every recorded operation behind `roots` in reverse, starting with a gradient `seeds[i]` of the shape of `roots[i]`.
 * Gives the gradients of the targets, null for those that nothing led to.
 */
export function runBackward(roots: readonly Node[], seeds: readonly Tensor[], pass: Pass): (Tensor | null)[] {
  const nodes = collect(roots);
  const wanted = pass.targets === null ? null : leadingTo(pass.targets, nodes);
  const results = pass.targets === null ? null : new Map<Node, Tensor>();
  const mode = setGradEnabled(pass.createGraph);
  const [kept, aimed] = [keeping, aims];
  keeping = pass.retainGraph || pass.createGraph;
  aims = pass.targets;
  try {
    for (let i = 0; i < roots.length; i++) deliver(roots[i] as Node, seeds[i] as Tensor, pass.createGraph);
    for (let i = 0; i < nodes.length; i++) {
      const node = nodes[i] as Node;
      if (node.slot === null || (wanted !== null && !wanted.has(node))) continue;
      if (node.hooks !== null) runHooks(node);
      if (pass.targets?.includes(node)) results?.set(node, taken(node));
      if (node.leaf === null) step(node, pass, wanted);
      else if (pass.targets === null) gather(node, node.leaf, pass.createGraph);
    }
  } finally {
    setGradEnabled(mode);
    keeping = kept;
    aims = aimed;
    for (let i = 0; i < nodes.length; i++) drop(nodes[i] as Node);
  }
  return pass.targets?.map((node) => results?.get(node) ?? null) ?? [];
}

/**
 * The nodes from which a target can be reached, and those that were freed, which could have led there.
 * `nodes` lists results before what they were computed from.
 */
function leadingTo(targets: readonly Node[], nodes: readonly Node[]): ReadonlySet<Node> {
  const found = new Set<Node>(targets);
  for (let i = nodes.length - 1; i >= 0; i--) {
    const node = nodes[i] as Node;
    const freed = node.leaf === null && node.gradients === null;
    if (freed || node.edges.some((edge) => edge !== null && found.has(edge))) found.add(node);
  }
  return found;
}

/** The gradient in a node's slot, as a tensor that a user may keep. */
function taken(node: Node): Tensor {
  const gradient = node.slot as Tensor;
  gradient.storage.scratch = false;
  return gradient;
}

/** Every node behind the roots that wants a gradient: operations, results before what they were computed from, then leaves. */
function collect(roots: readonly Node[]): Node[] {
  const run = ++runs;
  const nodes: Node[] = [];
  const leaves: Node[] = [];
  let sorted = true;
  const visit = (node: Node): void => {
    if (node.run === run) return;
    node.run = run;
    if (node.leaf !== null) {
      leaves.push(node);
      return;
    }
    if (nodes.length > 0 && node.sequence > (nodes[nodes.length - 1] as Node).sequence) sorted = false;
    nodes.push(node);
  };
  for (let i = 0; i < roots.length; i++) visit(roots[i] as Node);
  for (let next = 0; next < nodes.length; next++) {
    const edges = (nodes[next] as Node).edges;
    for (let i = 0; i < edges.length; i++) if (edges[i] !== null) visit(edges[i] as Node);
  }
  if (!sorted) nodes.sort((a, b) => b.sequence - a.sequence);
  for (let i = 0; i < leaves.length; i++) nodes.push(leaves[i] as Node);
  return nodes;
}

/** Runs one operation: its complete gradient is in its slot. */
function step(node: Node, pass: Pass, wanted: ReadonlySet<Node> | null): void {
  if (node.retained !== null && pass.targets === null) addTo(node.retained, node, pass.createGraph);
  steps++;
  const gradients = checked(node, pass.createGraph);
  const gradient = node.slot as Tensor;
  const edges = node.edges;
  if (!pass.createGraph) backend.beginScope();
  try {
    for (let i = 0; i < edges.length; i++) {
      const edge = edges[i] as Node | null;
      if (edge === null || (wanted !== null && !wanted.has(edge))) continue;
      const result = node.masked ? gradient : (gradients[i] as Gradient)(gradient);
      if (watch !== null) watch(node, i, result);
      deliver(edge, result, pass.createGraph);
    }
  } finally {
    drop(node);
    if (!pass.createGraph) backend.endScope();
  }
  if (!pass.retainGraph) node.free(give);
}

/** Brings the complete gradient of a leaf to its `grad`. */
function gather(node: Node, leaf: Tensor, createGraph: boolean): void {
  if (node.guard !== null) node.guard();
  checkDType(leaf, node.slot as Tensor);
  addTo(leaf, node, createGraph);
}

/** Sees every gradient that an operation gives: of which input, counted from 0. */
type Watch = (node: Node, input: number, gradient: Tensor) => void;
let watch: Watch | null = null;

/** Calls `watcher` for every gradient from here on; null ends it. */
export function watchGradients(watcher: Watch | null): void {
  watch = watcher;
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
function checked(node: Node, createGraph: boolean): NonNullable<Node["gradients"]> {
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
  if (!createGraph) return node.gradients;
  if (node.composed === null) {
    throw new GradError(
      `backward: ${node.op} has no second derivative, so createGraph cannot go through it; ` +
        `compute the same by other operations, or leave createGraph out`,
    );
  }
  return typeof node.composed === "function" ? node.composed() : node.composed;
}

/** Empties a node's slot. */
function drop(node: Node): void {
  const gradient = node.slot;
  if (gradient === null) return;
  node.slot = null;
  node.masked = false;
  if (--gradient.storage.holders === 0) backend.release(gradient.storage);
}

/** Adds a gradient to what a node has gathered. */
function deliver(node: Node, gradient: Tensor, createGraph: boolean): void {
  const before = node.slot;
  if (before !== null && createGraph) {
    drop(node);
    deliver(node, before.add(gradient), createGraph);
    return;
  }
  if (before === null) {
    gradient.storage.holders++;
    node.slot = gradient;
    return;
  }
  node.masked = false;
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
function addTo(target: Tensor, node: Node, createGraph: boolean): void {
  const gradient = node.slot as Tensor;
  if (createGraph) {
    target.grad = target.gradient === null ? gradient : target.gradient.add(gradient);
  } else if (target.gradient !== null) {
    changes(target.gradient);
    add(target.gradient, gradient);
    if (target.gradient.storage.used === "yes") target.gradient.storage.used = "and added to";
  } else if (node.leaf !== null && ownedAlone(gradient)) {
    target.gradient = gradient;
    gradient.storage.used = "no";
    node.slot = null;
    return;
  } else {
    target.gradient = copy(gradient);
    target.gradient.storage.holders++;
    target.gradient.storage.used = "no";
  }
  if (node.leaf !== null) drop(node);
}

function add(to: Tensor, gradient: Tensor): void {
  const from = gradient.strides === null ? gradient : gradient.contiguous();
  accumulate[to.dtype as FloatDType](pointer(from), pointer(to), 1, to.count);
}

/** A row-major copy in memory of the pool. */
function copy(from: Tensor): Tensor {
  const storage = backend.borrow(from.count * DTYPES[from.dtype].bytes);
  const to = new Tensor(storage, from.shape, from.dtype, 0, null, null, from.count);
  const { address, values } = backend.table;
  if (from.strides === null) writeLoops(values, [from.count], [1], [1]);
  else writeLoops(values, from.shape, from.strides, rowMajor(from.shape));
  if (from.count > 0) duplicate[from.dtype as FloatDType](pointer(from), pointer(to), address);
  return to;
}
