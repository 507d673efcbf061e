/** The tensor: a view of a storage by shape, strides and offset. Its methods are the functions of the files in `ops/`. */
import type { Node } from "../autograd/node.ts"; // types only: nothing of autograd/ is loaded from here
import { backend, type Kernel, type Storage } from "../backend/index.ts";
import { GradError } from "../errors.ts";
import type * as methods from "../ops/methods.ts"; // types only: nothing of ops/ is loaded from here
import { DTYPES, type DType } from "./dtypes.ts";
import type { AnyShape, MatrixTranspose, Shape, ShapeOf } from "./shapes.ts";
import { count, rowMajor, sameShape, show } from "./sizes.ts";

declare const SHAPE: unique symbol;
type Methods = typeof methods;

/**
 * An n-dimensional array of one dtype, with PyTorch's semantics: operations give new tensors, views share memory, and
 * operations on tensors that require gradients are recorded for `backward()`.
 *
 * `Tensor` alone has an unknown shape and fits everywhere; `Tensor<[100, 784]>` is checked while typing.
 *
 * @example
 * const x = tensor([[1, 2], [3, 4]]);
 * x.matmul(x).sum(0).toArray(); // [22, 32]
 *
 * @ts-ignore: assignability looks at S alone */
export interface Tensor<out S extends Shape = AnyShape> extends Methods {
  readonly [SHAPE]: S;
}
/**
 * An n-dimensional array.
 *
 * @throws {DTypeError} if JavaScript's own arithmetic or comparisons get a tensor, as in `a * b` or `a < b`.
 * @example
 * const x = tensor([[1, 2], [3, 4]]);
 * x.matmul(x).sum(0).toArray(); // [22, 32]
 *
 * @ts-ignore: assignability looks at S alone */
export class Tensor<out S extends Shape = AnyShape> {
  /** The sizes, outermost first. */
  readonly shape: ShapeOf<S>;
  /** The element type. */
  readonly dtype: DType;
  /** @internal The memory that this tensor looks into. */
  storage: Storage;
  /** @internal Position of the first element in the storage, in elements. */
  readonly offset: number;
  /** @internal Strides in elements; null for row-major. */
  readonly strides: readonly number[] | null;
  /** @internal Number of elements. */
  readonly count: number;
  /** @internal How it was computed, or for a leaf that requires gradients where they go; null without gradients. */
  node: Node | null = null;
  /** @internal The tensor whose memory this is a view of. */
  readonly base: Tensor | null;
  /** @internal Whether it is a view that was taken while its base required no gradients. */
  plain = false;
  /** @internal The gradient as the engine keeps it; users read `grad`. */
  gradient: Tensor | null = null;

  /** @internal Tensors are made by functions such as `tensor`, `zeros` and `randn`. */
  constructor(
    storage: Storage,
    shape: readonly number[],
    dtype: DType,
    offset = 0,
    strides: readonly number[] | null = null,
    base: Tensor | null = null,
    elements: number = count(shape),
  ) {
    this.storage = storage;
    this.shape = shape as ShapeOf<S>;
    this.dtype = dtype;
    this.offset = offset;
    this.strides = strides;
    this.base = base;
    this.count = elements;
  }

  /** The number of axes. */
  get ndim(): number {
    return this.shape.length;
  }

  /** The device that holds the elements. */
  get device(): "cpu" {
    return "cpu";
  }

  /**
   * Whether operations on this tensor are recorded for `backward()`. Settable on leaves of a float dtype.
   *
   * @throws {DTypeError} if it is set on an int dtype or bool.
   * @throws {GradError} if it is set to false on a computed tensor.
   */
  get requiresGrad(): boolean {
    return this.node !== null;
  }
  set requiresGrad(value: boolean) {
    this.requiresGrad_(value);
  }

  /** Whether a user made it, rather than a recorded operation. */
  get isLeaf(): boolean {
    return this.node === null || this.node.leaf !== null;
  }

  /**
   * The gradient that `backward()` left here, of the tensor's shape and dtype, or null. Calls of `backward()` add to it;
   * `optimizer.zeroGrad()` clears it.
   *
   * @throws {GradError} if it is set to what has another shape or dtype.
   */
  get grad(): Tensor<S> | null {
    if (this.gradient !== null) this.gradient.storage.scratch = false;
    return this.gradient;
  }
  set grad(value: Tensor<S> | null) {
    const before = this.gradient;
    if (value !== null) {
      checkGradient(this, value);
      const flat = value.contiguous();
      flat.storage.holders++;
      flat.storage.scratch = false;
      this.gradient = flat;
    } else {
      this.gradient = null;
    }
    if (before !== null && --before.storage.holders === 0) backend.release(before.storage);
  }

  /**
   * The last two axes swapped: a view.
   *
   * @throws {IndexError} if there are fewer than two axes.
   */
  get T(): Tensor<MatrixTranspose<S>> {
    const x: Tensor = this;
    return x.transpose(-2, -1);
  }
}

/** Throws unless `value` can be the gradient of x. */
function checkGradient(x: Tensor, value: unknown): void {
  if (value instanceof Tensor && sameShape(value.shape, x.shape) && value.dtype === x.dtype) return;
  const found = value instanceof Tensor ? `${show(value.shape)} ${value.dtype}` : typeof value;
  throw new GradError(
    `grad: a gradient is a tensor of its tensor's shape and dtype, ${show(x.shape)} ${x.dtype}; got ${found}`,
  );
}

/** A tensor of uninitialised memory. */
export function empty(shape: readonly number[], dtype: DType): Tensor {
  const elements = count(shape);
  return new Tensor(backend.allocate(elements * DTYPES[dtype].bytes), shape, dtype, 0, null, null, elements);
}

/** The address of a tensor's first element, for the very next kernel call (see `Backend.pointer`). */
export function pointer(x: Tensor): number {
  const address = backend.pointer(x.storage);
  return x.offset === 0 ? address : address + x.offset * DTYPES[x.dtype].bytes;
}

/** The address of the elements that x is `op` of, for the very next kernel call, while x is not computed (see {@link deferred}); else 0. */
export function sourcePointer(x: Tensor, op: string): number {
  const address = backend.sourcePointer(x.storage, op);
  return address === 0 ? 0 : address + x.offset * DTYPES[x.dtype].bytes;
}

/** Whether a row-major tensor is all of the memory that it looks into. */
export function fillsItsMemory(x: Tensor): boolean {
  return x.offset === 0 && (x.base === null || x.base.count === x.count);
}

/** The tensor that `kernel` makes of row-major x, of its shape and dtype, to be computed when it is asked for; null if it has to be now. */
export function deferred(op: string, x: Tensor, kernel: Kernel): Tensor | null {
  if (!fillsItsMemory(x)) return null; // until then it keeps all memory that x looks into
  const storage = backend.defer(op, x.storage, kernel, x.count);
  return storage === null ? null : new Tensor(storage, x.shape, x.dtype, 0, null, null, x.count);
}

/** To be called before the memory of a tensor changes in place, and before addresses are read. */
export function changes(x: Tensor): void {
  const { storage } = x;
  storage.version++;
  const { lent } = storage;
  if (lent === null) return;
  storage.lent = null;
  lent.storage = backend.adopt(backend.view(storage).slice()); // not `allocate`, whose memory may go back when a scope ends
}

/** Gives a tensor the memory and dtype of another of its shape, so that everyone who holds it sees the change. */
export function become(x: Tensor, other: Tensor): void {
  const { version } = x.storage;
  const own: { -readonly [K in "storage" | "dtype" | "offset" | "strides"]: Tensor[K] } = x;
  own.storage = other.storage;
  own.dtype = other.dtype;
  own.offset = other.offset;
  own.strides = other.strides;
  x.gradient = null;
  // A graph that saved the old values must not go on with the new ones.
  x.storage.version = version + 1;
}

/** A tensor's strides in elements, row-major ones included. */
export function stridesOf(x: Tensor): readonly number[] {
  return x.strides ?? rowMajor(x.shape);
}
