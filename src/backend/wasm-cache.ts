/**
 * The linear memory as a bounded cache over bytes that JavaScript owns. JavaScript cannot tell when a tensor dies inside a
 * synchronous loop, so nothing waits for that: storages queue in the order they came, and over budget the oldest is copied
 * to an ArrayBuffer of its own, which V8 collects with its last tensor, and its block is free. Whoever uses it again
 * gets it back. One that was used while it queued goes to the end of the queue once more, so parameters stay.
 *
 * A dead temporary costs its copy, whatever the budget is; a larger one only makes the process larger. So the budget
 * starts small and grows by what comes back, since a return shows that it is too small for what the program uses.
 */
import { KernelError, MemoryError } from "../errors.ts";
import { Storage } from "./backend.ts";
import { type Allocator, SMALL_BYTES } from "./wasm-allocator.ts";
import type { LinearMemory } from "./wasm-linear.ts";

/** Where the budgets start and how far returns may take them. Small storages count as SMALL_BYTES each: 4096 of them at first. */
const LARGE_BUDGET = 64 << 20;
const SMALL_BUDGET = 4 << 20;
const MOST_LARGE = 2 ** 30;
const MOST_SMALL = 2 ** 28;
/** Homes of evicted small storages share slabs; those of up to SCALAR_BYTES have their own, or each kept loss would pin kilobytes. */
const SCALAR_BYTES = 64;
const SLAB_BYTES = 32768;
/** Up to this size a loop over words is cheaper than making two views. */
const LOOP_BYTES = 256;

export class WasmStorage extends Storage {
  declare byteOffset: number;
  previous: WasmStorage | null = null;
  next: WasmStorage | null = null;
  /** The time (in kernel calls) when a pointer to it was last asked for; −1 before the first time. */
  touched = -1;
  /** What `touched` was when it last joined the queue; a new one joins with the present, for its first pointer is to write it. */
  queued: number;
  /** Whether it rests in the pool: nobody may use it. */
  pooled = false;

  constructor(bytes: number, queued: number) {
    super(0, bytes, null, 0);
    this.queued = queued;
  }
}

/** A queue of resident storages with a budget; a ring through a sentinel. */
class Queue {
  readonly #ends = new WasmStorage(0, 0);
  budget: number;
  readonly #most: number;
  /** What the resident storages and those in the pool count. */
  charged = 0;
  length = 0;
  /** The time of a walk that found nothing it could evict: until the next kernel call, walking again is in vain. */
  pinnedAt = -1;

  constructor(budget: number, most: number) {
    this.budget = budget;
    this.#most = most;
    this.#ends.previous = this.#ends.next = this.#ends;
  }

  /** The oldest gets a second turn. */
  renew(storage: WasmStorage): void {
    this.remove(storage);
    storage.queued = storage.touched;
    this.append(storage);
  }

  get oldest(): WasmStorage | undefined {
    const first = this.#ends.next as WasmStorage;
    return first === this.#ends ? undefined : first;
  }

  append(storage: WasmStorage): void {
    const last = this.#ends.previous as WasmStorage;
    storage.previous = last;
    storage.next = this.#ends;
    last.next = this.#ends.previous = storage;
    this.length++;
  }

  remove(storage: WasmStorage): void {
    (storage.previous as WasmStorage).next = storage.next;
    (storage.next as WasmStorage).previous = storage.previous;
    storage.previous = storage.next = null;
    this.length--;
  }

  widen(bytes: number): void {
    this.budget = Math.min(this.budget + bytes, this.#most);
  }
}

/** Shared homes for small storages, filled one after the other. */
class Slab {
  #words: Int32Array<ArrayBuffer> | null = null;
  #used = SLAB_BYTES;

  /** Gives the storage a home here and copies its bytes from the linear memory. */
  house(storage: WasmStorage, memory: LinearMemory): void {
    if (this.#used + storage.bytes > SLAB_BYTES || this.#words === null) {
      this.#words = new Int32Array(SLAB_BYTES / 4);
      this.#used = 0;
    }
    const home = this.#words;
    const to = this.#used >> 2;
    const from = storage.address >>> 2;
    if (storage.bytes <= LOOP_BYTES) {
      const source = memory.words;
      for (let i = 0; i < storage.bytes >> 2; i++) home[to + i] = source[from + i] as number;
    } else {
      home.set(memory.words.subarray(from, from + (storage.bytes >> 2)), to);
    }
    storage.buffer = home.buffer;
    storage.byteOffset = this.#used;
    this.#used += storage.bytes;
  }
}

export interface CacheOptions {
  /** A fixed budget in bytes, in place of one that grows. */
  budget?: number;
  /** Copies bytes of the linear memory to an ArrayBuffer of their own; null when the machine has no room for it. */
  copy: (bytes: Uint8Array) => ArrayBuffer | null;
  /** Gives back what can be spared, before the linear memory is declared full. */
  spare: () => void;
}

export class Cache {
  /** Counts kernel calls, modulo 2³⁰. Storages whose pointers were asked for at this time are operands of the coming call. */
  clock = 0;
  evictions = 0;
  returns = 0;
  readonly #memory: LinearMemory;
  readonly #allocator: Allocator;
  readonly #copy: (bytes: Uint8Array) => ArrayBuffer | null;
  readonly #spare: () => void;
  readonly #small: Queue;
  readonly #large: Queue;
  readonly #scalars = new Slab();
  readonly #slab = new Slab();

  constructor(memory: LinearMemory, allocator: Allocator, options: CacheOptions) {
    this.#memory = memory;
    this.#allocator = allocator;
    this.#copy = options.copy;
    this.#spare = options.spare;
    const fixed = options.budget;
    this.#large = new Queue(fixed ?? LARGE_BUDGET, fixed ?? MOST_LARGE);
    this.#small = new Queue(Math.min(SMALL_BUDGET, fixed ?? SMALL_BUDGET), Math.min(MOST_SMALL, fixed ?? MOST_SMALL));
  }

  /** How much the pool may hold: it counts against the budget. */
  get poolLimit(): number {
    return this.#large.budget / 2;
  }

  /** A new resident storage of `bytes`, a multiple of 64. */
  create(bytes: number): WasmStorage {
    const storage = new WasmStorage(bytes, this.clock);
    this.admit(storage);
    return storage;
  }

  /** Makes a storage without bytes a resident one. */
  admit(storage: WasmStorage): void {
    storage.address = this.#block(storage.bytes);
    this.#queue(storage.bytes).append(storage);
  }

  /** Forgets a storage and frees its block or home. */
  destroy(storage: WasmStorage): void {
    if (storage.address !== 0) {
      if (!storage.pooled) this.#queue(storage.bytes).remove(storage);
      this.#free(storage);
    }
    storage.buffer = null;
  }

  /** Takes a resident storage out of the queue, its block kept: nothing evicts it. */
  withdraw(storage: WasmStorage): void {
    this.#queue(storage.bytes).remove(storage);
  }

  /** Puts a withdrawn storage back, as good as new. */
  readmit(storage: WasmStorage): void {
    storage.touched = -1;
    storage.queued = this.clock;
    this.#queue(storage.bytes).append(storage);
  }

  /** Brings an evicted storage back and gives its address. */
  bringBack(storage: WasmStorage): number {
    const home = this.home(storage);
    const queue = this.#queue(storage.bytes);
    queue.widen(charge(storage.bytes));
    const address = this.#block(storage.bytes);
    this.#memory.bytes.set(home, address);
    storage.address = address;
    storage.buffer = null;
    storage.byteOffset = 0;
    storage.queued = storage.touched;
    queue.append(storage);
    this.returns++;
    return address;
  }

  /** The bytes of an evicted storage. */
  home(storage: WasmStorage): Uint8Array {
    if (storage.buffer === null)
      throw new KernelError(`pointer: a storage of ${storage.bytes} bytes was used after its release`);
    return new Uint8Array(storage.buffer, storage.byteOffset, storage.bytes);
  }

  #queue(bytes: number): Queue {
    return bytes <= SMALL_BYTES ? this.#small : this.#large;
  }

  #block(bytes: number): number {
    const queue = this.#queue(bytes);
    const charged = charge(bytes);
    if (queue.charged + charged > queue.budget && queue.pinnedAt !== this.clock) {
      this.#evictDownTo(queue, queue.budget - charged);
    }
    const address = this.#allocator.take(bytes) || this.#takeByForce(bytes);
    queue.charged += charged;
    return address;
  }

  /** Evicts within the budget when the linear memory is full or in pieces. */
  #takeByForce(bytes: number): number {
    const allocator = this.#allocator;
    const queue = this.#large;
    this.#spare();
    for (let before = -1; queue.charged !== before && bytes < this.#memory.maximum; ) {
      before = queue.charged;
      this.#evictDownTo(queue, before - bytes);
      const address = allocator.take(bytes);
      if (address !== 0) return address;
    }
    const limits = `${megabytes(allocator.free)} of WASM's ${megabytes(this.#memory.maximum)} are free`;
    throw new MemoryError(
      `allocate: ${bytes} bytes do not fit into the linear memory; ${limits}; use a smaller batch or model, or the native addon`,
    );
  }

  /** Walks the queue from the oldest on, at most twice: first those not used since they came, then any but operands. */
  #evictDownTo(queue: Queue, target: number): void {
    let left = 2 * queue.length;
    for (let storage = queue.oldest; storage !== undefined && queue.charged > target; storage = queue.oldest) {
      const used = storage.touched !== -1 && storage.touched !== storage.queued;
      if (used || storage.touched === this.clock) queue.renew(storage);
      else if (!this.#evict(storage)) left = 0;
      if (--left <= 0) {
        queue.pinnedAt = this.clock;
        return;
      }
    }
  }

  /** False when there is no room outside either: then it stays. */
  #evict(storage: WasmStorage): boolean {
    if (storage.bytes <= SCALAR_BYTES) {
      this.#scalars.house(storage, this.#memory);
    } else if (storage.bytes <= SMALL_BYTES) {
      this.#slab.house(storage, this.#memory);
    } else {
      storage.buffer = this.#copy(this.#memory.bytes.subarray(storage.address, storage.address + storage.bytes));
      if (storage.buffer === null) return false;
    }
    this.#queue(storage.bytes).remove(storage);
    this.#free(storage);
    this.evictions++;
    return true;
  }

  #free(storage: WasmStorage): void {
    this.#allocator.give(storage.address, storage.bytes);
    this.#queue(storage.bytes).charged -= charge(storage.bytes);
    storage.address = 0;
  }
}

function charge(bytes: number): number {
  return Math.max(bytes, SMALL_BYTES);
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MB`;
}
