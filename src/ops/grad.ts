/** Autograd as methods of tensors. */
import { runBackward } from "../autograd/backward.ts";
import { checkView, type Hook, makeLeaf } from "../autograd/node.ts";
import { backend } from "../backend/index.ts";
import { DTypeError, GradError } from "../errors.ts";
import { checkOptions } from "../options.ts";
import { checkDType, DTYPES, type DType, isFloat } from "../tensor/dtypes.ts";
import type { Shape } from "../tensor/shapes.ts";
import { sameShape, show } from "../tensor/sizes.ts";
import { Tensor } from "../tensor/tensor.ts";
import { onesLike } from "./create.ts";
import { checkDevice } from "./devices.ts";
import { FLOATS, family, pointer } from "./kernels.ts";
import { cast, contiguous } from "./layout.ts";

const fill = family("fill", FLOATS);

/** Options of `backward`. */
export interface BackwardOptions {
  /** Keeps the graph, so that `backward()` can run through it again. Default: the value of `createGraph`. */
  retainGraph?: boolean;
  /** Records the backward pass itself, so that its gradients can be differentiated again. */
  createGraph?: boolean;
}

const PLAINLY: BackwardOptions = {};

/**
 * Computes the gradients of this tensor with respect to every leaf that it was computed from and that requires
 * gradients, and adds them to the leaves' `grad`. A tensor of one element needs no `gradient`; any other needs one of
 * its own shape. Frees the graph unless `retainGraph` is set. The options may come first where there is no gradient:
 * `backward({ retainGraph: true })`.
 *
 * @throws {GradError} if there is no graph, it was freed, or a value that it saved was changed in place. Also if the
 * tensor has several elements and no gradient is given, or one of another shape or dtype.
 * @throws {ValueError} for an unknown option.
 * @example
 * const x = tensor(3, { requiresGrad: true });
 * x.mul(x).backward(); // x.grad is 6
 */
export function backward(this: Tensor, gradient?: Tensor, options?: BackwardOptions): void;
export function backward(this: Tensor, options: BackwardOptions): void;
export function backward(this: Tensor, first?: Tensor | BackwardOptions, second?: BackwardOptions): void {
  const alone = second === undefined && typeof first === "object" && !(first instanceof Tensor);
  const gradient = alone ? undefined : (first as Tensor | undefined);
  const options = (alone ? first : second) ?? PLAINLY;
  if (options !== PLAINLY) checkOptions("backward", options, ["retainGraph", "createGraph"]);
  const root = this.node;
  if (root === null) {
    throw new GradError(
      "backward: needs a tensor that was computed from one that requires gradients; " +
        "set requiresGrad on a leaf, or call it outside noGrad() and before detach()",
    );
  }
  checkView("backward", this);
  if (gradient === undefined && this.count !== 1) {
    throw new GradError(
      `backward: starts from a tensor of one element; got ${show(this.shape)}; use sum() or mean(), or pass a gradient of that shape`,
    );
  }
  if (gradient !== undefined && !(gradient instanceof Tensor)) {
    throw new GradError(
      `backward: takes the gradient as a tensor; got ${typeof gradient}; without one: backward({ retainGraph: true })`,
    );
  }
  if (gradient !== undefined && (!sameShape(gradient.shape, this.shape) || gradient.dtype !== this.dtype)) {
    throw new GradError(
      `backward: the gradient has the tensor's shape and dtype ${show(this.shape)} ${this.dtype}; ` +
        `got ${show(gradient.shape)} ${gradient.dtype}`,
    );
  }
  const { createGraph = false, retainGraph = createGraph } = options;
  const seed = gradient === undefined ? (createGraph ? onesLike(this) : one(this)) : contiguous.call(gradient);
  runBackward([root], [seed], { retainGraph, createGraph, targets: null });
}

/** The one that passes start from, by dtype: written once, as the engine changes no memory that is not scratch. */
const ones: { [dtype: string]: Tensor } = {};

/** The gradient of a tensor of one element with respect to itself. */
function one(x: Tensor): Tensor {
  let seed = ones[x.dtype];
  // A hook that saw it may have changed it.
  if (seed === undefined || seed.storage.version !== 0) {
    const storage = backend.borrow(8);
    storage.scratch = false;
    seed = new Tensor(storage, [], x.dtype, 0, null, null, 1);
    fill[x.dtype](pointer(seed), 1, 1);
    ones[x.dtype] = seed;
  }
  return new Tensor(seed.storage, x.shape, x.dtype, 0, null, null, 1);
}

/**
 * The same memory outside the graph: no gradient flows through it.
 *
 * @example
 * const y = w.mul(2).detach();
 * y.requiresGrad; // false
 */
export function detach<S extends Shape>(this: Tensor<S>): Tensor<S> {
  return new Tensor(this.storage, this.shape, this.dtype, this.offset, this.strides, this.base ?? this);
}

/**
 * Turns the recording of operations on a leaf on or off. Gives the tensor itself.
 *
 * @throws {DTypeError} if it is turned on for an int dtype or bool.
 * @throws {GradError} if it is turned off for a computed tensor.
 * @example
 * zeros(2).requiresGrad_().requiresGrad; // true
 */
export function requiresGrad_<S extends Shape>(this: Tensor<S>, value = true): Tensor<S> {
  if (!this.isLeaf) {
    if (value) return this;
    throw new GradError("requiresGrad_: only leaves can be turned off; use detach() for a computed tensor");
  }
  if (value && !isFloat(this.dtype)) {
    throw new DTypeError(`requiresGrad_: only float32 and float64 have gradients; got ${this.dtype}`);
  }
  if (!value) this.node = null;
  else if (this.node === null) makeLeaf(this);
  return this;
}

/**
 * Keeps the gradient of a computed tensor in its `grad`, as leaves do.
 *
 * @throws {GradError} if the tensor requires no gradients.
 * @example
 * const h = w.mul(2);
 * h.retainGrad();
 * h.sum().backward();
 * h.grad?.toArray(); // [1, 1]
 */
export function retainGrad(this: Tensor): void {
  if (this.node === null) throw new GradError("retainGrad: the tensor requires no gradients");
  if (this.node.leaf === null) this.node.retained = this;
}

/**
 * Calls `hook` with the tensor's gradient whenever it is complete; a tensor that it returns takes the gradient's place.
 * Gives a function that removes the hook.
 *
 * @throws {GradError} if the tensor requires no gradients.
 * @example
 * const h = w.mul(2);
 * const remove = h.registerHook((g) => g.clamp(-1, 1));
 * h.mul(10).sum().backward();
 * w.grad?.toArray(); // [2, 2]
 */
export function registerHook(this: Tensor, hook: Hook): () => void {
  const node = this.node;
  if (node === null) throw new GradError("registerHook: the tensor requires no gradients, so the hook would never run");
  if (typeof hook !== "function") throw new GradError(`registerHook: takes a function; got ${typeof hook}`);
  const added: Hook = (gradient) => hook(gradient);
  node.hooks ??= [];
  node.hooks.push(added);
  return () => {
    node.hooks = node.hooks?.filter((other) => other !== added) ?? null;
  };
}

/**
 * The tensor in another dtype, or on another device: itself when nothing changes. Gradients flow between float dtypes. The
 * target is the name of a dtype or a device.
 *
 * @throws {DeviceError} if the target is neither a dtype nor a device of this machine.
 * @throws {DTypeError} if the target reads like a dtype and is none, such as "float16" or "int64".
 * @example
 * labels.to("float32");
 */
export function to<S extends Shape>(this: Tensor<S>, target: DType | (string & {})): Tensor<S> {
  if (typeof target === "string" && !Object.hasOwn(DTYPES, target)) {
    checkDevice("to", target);
    return this;
  }
  return cast(this, checkDType("to", target));
}

/**
 * The tensor as float32.
 *
 * @example
 * tensor([1, 2], { dtype: int32 }).float().dtype; // "float32"
 */
export function float<S extends Shape>(this: Tensor<S>): Tensor<S> {
  return cast(this, "float32");
}

/**
 * The tensor as float64.
 *
 * @example
 * tensor([1, 2]).double().dtype; // "float64"
 */
export function double<S extends Shape>(this: Tensor<S>): Tensor<S> {
  return cast(this, "float64");
}

/**
 * The tensor as int32; fractions are cut off.
 *
 * @example
 * tensor([1.7, -1.7]).int().toArray(); // [1, -1]
 */
export function int<S extends Shape>(this: Tensor<S>): Tensor<S> {
  return cast(this, "int32");
}
