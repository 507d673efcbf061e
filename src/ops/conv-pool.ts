/**
 * Convolutions that are put off: max pooling takes the largest of their results while these are in the cache, and where nothing
 * else asks for them they are never written.
 */
import { backend, Lent, type Maker, type Storage } from "../backend/index.ts";
import { count } from "../tensor/sizes.ts";
import { fillsItsMemory, Tensor } from "../tensor/tensor.ts";
import { GEOMETRY_SIZE, type Geometry, writeGeometry } from "./conv-geometry.ts";
import { family, pointer } from "./kernels.ts";

const convolve = family("conv", ["float32"]).float32;
const scratchBytes = family("conv_scratch", ["float32"], "conv").float32;
const pool = family("conv_pool", ["float32"]).float32;
const poolScratch = family("conv_pool_scratch", ["float32"], "conv_pool").float32;

/** Weights that change while a convolution waits are copied: they have at most this share of its results. */
const WEIGHTS_SHARE = 1 / 4;

/** Weights whose convolutions were asked for after they had been pooled, as by a skip connection: they were computed twice. */
const asked = new WeakSet<Storage>();

/** A convolution of what its operands hold now, whatever becomes of them. */
class Convolution implements Maker {
  readonly #x: Lent;
  readonly #w: Lent;
  readonly #b: Lent | null;
  readonly #s: Geometry;
  readonly #weights: Storage;
  #pooled = false;

  constructor(x: Tensor, w: Tensor, b: Tensor | null, s: Geometry) {
    this.#x = lent(x);
    this.#w = lent(w);
    this.#b = b === null ? null : lent(b);
    this.#s = s;
    this.#weights = w.storage;
  }

  /** Whether its planes are of that size, and not views of them of another. */
  gives(height: number, width: number): boolean {
    return this.#s.y.out === height && this.#s.x.out === width;
  }

  compute(to: number): void {
    if (this.#pooled) asked.add(this.#weights);
    const table = backend.table.values.slice(0, GEOMETRY_SIZE);
    const scratch = backend.borrow(scratchBytes(0, backend.threads, writeGeometry(this.#s)));
    convolve(...this.#addresses(), to, scratch.address, writeGeometry(this.#s));
    backend.release(scratch);
    backend.table.values.set(table);
  }

  /** Takes the largest of every 2 × 2 results, and their places where they are wanted; false where the values do not allow it. */
  pool(floor: number, values: Tensor, places: Tensor | null): boolean {
    const scratch = backend.borrow(poolScratch(backend.threads, writeGeometry(this.#s)));
    const to = [pointer(values), places === null ? 0 : pointer(places), scratch.address] as const;
    const done = pool(...this.#addresses(), floor, ...to, backend.threads, writeGeometry(this.#s)) !== 0;
    backend.release(scratch);
    if (done) this.#pooled = true;
    return done;
  }

  /** Nothing that is lent waits, and this keeps it. */
  #addresses(): readonly [x: number, w: number, b: number] {
    return [this.#x.storage.address, this.#w.storage.address, this.#b === null ? 0 : this.#b.storage.address];
  }
}

function lent({ storage }: Tensor): Lent {
  backend.pointer(storage);
  storage.lent ??= new Lent(storage);
  return storage.lent;
}

/** Whether a tensor may be lent: it is all of its memory, which is no scratch that others come to write. */
function lendable(x: Tensor): boolean {
  return fillsItsMemory(x) && !x.storage.scratch;
}

/** The convolution of row-major x with w, to be computed when it is asked for; null where it is better computed at once. */
export function postponed(
  x: Tensor,
  w: Tensor,
  b: Tensor | null,
  s: Geometry,
  shape: readonly number[],
): Tensor | null {
  if (x.dtype !== "float32" || asked.has(w.storage) || !lendable(x) || !lendable(w) || !(b === null || lendable(b)))
    return null;
  const results = count(shape);
  if (w.count > WEIGHTS_SHARE * results) return null;
  const make = () => (poolScratch(backend.threads, writeGeometry(s)) === 0 ? null : new Convolution(x, w, b, s));
  const storage = backend.postpone("conv", 4 * results, make);
  return storage === null ? null : new Tensor(storage, shape, x.dtype, 0, null, null, results);
}

/**
 * Puts into `values` the largest of every 2 × 2 elements of planes of `height` × `width`, and where they are into `places`, if x or what
 * x is the relu of is a convolution that waits. False, with nothing done, if not.
 */
export function pooledOnTheWay(
  x: Tensor,
  height: number,
  width: number,
  values: Tensor,
  places: Tensor | null,
): boolean {
  const { late } = x.storage;
  if (late === null || late.result !== x.storage || x.count * 4 !== x.storage.bytes) return false;
  const rectified = late.op === "relu";
  const maker = (rectified ? late.source?.late : late)?.maker;
  if (!(maker instanceof Convolution) || !maker.gives(height, width)) return false;
  return maker.pool(rectified ? 0 : -Infinity, values, places);
}
