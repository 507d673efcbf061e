/**
 * The kernels as a WASM module: tensors in a linear memory that is a bounded cache, threads over shared memory. Nothing in
 * here knows Node; what the surroundings must do is in {@link WasmHost}.
 */
import { BackendError } from "../errors.ts";
import { type Backend, type Kernel, LARGE, LATE, type Late, type Storage } from "./backend.ts";
import { ALIGNMENT, Allocator } from "./wasm-allocator.ts";
import { Cache, WasmStorage } from "./wasm-cache.ts";
import { LinearMemory } from "./wasm-linear.ts";

const TABLE_BYTES = 8192 * 8;
const STACK_BYTES = 256 * 1024;
/** As many as the kernels have places for. */
export const MOST_THREADS = 64;
const CLOCK_MASK = 0x3fffffff;

/** What a worker needs to join in. */
export interface WorkerOrder {
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  thread: number;
  /** The top of its stack, which grows downwards, and its thread-local block. */
  stack: number;
  locals: number;
}

/** What differs between Node and a browser. */
export interface WasmHost {
  /** Copies bytes of the linear memory to an ArrayBuffer of their own; null when the machine has no room for it. */
  copy(bytes: Uint8Array): ArrayBuffer | null;
  /** Starts a thread that joins the pool as `wasm-worker.ts` does, and never keeps the process alive. It need not be up when this returns. */
  startWorker(order: WorkerOrder): void;
  /** Whether the thread that calls kernels may sleep until others have finished; the main thread of a page may not. */
  readonly maySleep: boolean;
  /** Most threads that can be had here. */
  readonly mostThreads: number;
}

export interface WasmOptions {
  /** `simd` or `relaxed-simd`. */
  instructionSet: string;
  /** A fixed budget in bytes for resident storages, in place of one that grows. */
  budget?: number;
  /** Most pages that the linear memory may have. */
  maximumPages?: number;
}

/** The exports that are no kernels; their names begin with nabla_ or __. */
interface Internals {
  __heap_base: WebAssembly.Global;
  __tls_size: WebAssembly.Global;
  nabla_set_threads(threads: number): number;
  nabla_set_may_sleep(may: number): void;
  nabla_start(): void;
  nabla_set_workspace(thread: number, address: number): void;
  nabla_workspace_bytes(): number;
  nabla_claimed(thread: number): number;
}

/** Moves the clock and calls. Not made from source text: pages with a Content-Security-Policy forbid that. */
function wrap(cache: Cache, call: Kernel): Kernel {
  return (...args) => {
    cache.clock = (cache.clock + 1) & CLOCK_MASK;
    return call(...args);
  };
}

export class WasmBackend implements Backend {
  readonly name = "wasm";
  readonly instructionSet: string;
  readonly arities: ReadonlyMap<string, number>;
  readonly table: { readonly address: number; readonly values: Float64Array };
  threads = 1;
  readonly cache: Cache;
  readonly #module: WebAssembly.Module;
  readonly #host: WasmHost;
  readonly #linear: LinearMemory;
  readonly #allocator: Allocator;
  readonly #internals: Internals;
  readonly #calls: Record<string, Kernel>;
  readonly #pool = new Map<number, WasmStorage[]>();
  #pooled = 0;
  readonly #scope: WasmStorage[] = [];
  #scoped = false;

  constructor(module: WebAssembly.Module, host: WasmHost, options: WasmOptions) {
    this.#module = module;
    this.#host = host;
    this.instructionSet = options.instructionSet;
    this.#linear = new LinearMemory(options.maximumPages);
    const startWorkers = (first: number, last: number): void => this.#startWorkers(first, last);
    const imports = { env: { memory: this.#linear.memory, nabla_start_workers: startWorkers } };
    const exports = new WebAssembly.Instance(module, imports).exports;
    this.#internals = exports as unknown as Internals;
    this.#calls = exports as unknown as Record<string, Kernel>;
    this.arities = aritiesOf(exports);
    this.#allocator = new Allocator(this.#linear, this.#internals.__heap_base.value);
    const spare = (): void => this.#drain();
    this.cache = new Cache(this.#linear, this.#allocator, { budget: options.budget, copy: host.copy, spare });
    this.#internals.nabla_set_may_sleep(Number(host.maySleep));
    this.#internals.nabla_set_workspace(0, this.#allocator.take(this.#internals.nabla_workspace_bytes()));
    this.table = this.#newTable();
  }

  #newTable(): { readonly address: number; readonly values: Float64Array } {
    const address = this.#allocator.take(TABLE_BYTES);
    return { address, values: new Float64Array(this.#linear.memory.buffer, address, TABLE_BYTES / 8) };
  }

  setThreads(threads: number): void {
    this.threads = this.#internals.nabla_set_threads(Math.min(threads, this.#host.mostThreads));
  }

  /** Starts the threads now, in place of in the first kernel that has work for them. */
  start(): void {
    this.#internals.nabla_start();
  }

  /** Called by the first kernel that has work for more threads than there are. A thread that cannot start is done without. */
  #startWorkers(first: number, last: number): void {
    const stack = STACK_BYTES;
    const locals = roundUp(this.#internals.__tls_size.value);
    const workspace = this.#internals.nabla_workspace_bytes();
    for (let thread = first; thread <= last; thread++) {
      const block = this.#allocator.take(stack + locals + workspace);
      if (block === 0) return;
      this.#internals.nabla_set_workspace(thread, block + stack + locals);
      const order = { thread, stack: block + stack, locals: block + stack };
      try {
        this.#host.startWorker({ module: this.#module, memory: this.#linear.memory, ...order });
      } catch {
        return;
      }
    }
  }

  /** How many tasks each thread has run, for tests. */
  claimedTasks(): number[] {
    return Array.from({ length: this.threads }, (_, thread) => this.#internals.nabla_claimed(thread));
  }

  kernel(name: string): Kernel {
    if (!this.arities.has(name)) throw new BackendError(`no kernel is called ${name}`);
    return wrap(this.cache, this.#calls[name] as Kernel);
  }

  allocate(bytes: number): Storage {
    if (!this.#scoped) return this.cache.create(roundUp(bytes));
    const storage = this.#borrow(roundUp(bytes));
    this.#scope.push(storage);
    return storage;
  }

  defer(op: string, source: Storage, kernel: Kernel, count: number): Storage | null {
    const { bytes } = source;
    if (this.#scoped || bytes < LATE || bytes > LARGE) return null;
    if (source.late !== null) this.#compute(source.late);
    const result = new WasmStorage(bytes, this.cache.clock);
    const compute = (to: number): void => void kernel(this.#pointer(source), to, count);
    result.late = source.late = { op, source, result, compute, maker: null, next: null };
    return result;
  }

  /** Nothing: of what is computed from several tensors none may have left the memory. */
  postpone(): null {
    return null;
  }

  sourcePointer(storage: Storage, op: string): number {
    const { late } = storage;
    return late !== null && late.op === op && late.result === storage ? this.#pointer(late.source as Storage) : 0;
  }

  /** Addresses of other operands may have been read: the clock stands still, so that they stay where they are. */
  #compute({ source, result, compute }: Late): void {
    const { clock } = this.cache;
    this.#pointer(source as Storage);
    const made = result as WasmStorage;
    made.queued = clock;
    this.cache.admit(made);
    (source as Storage).late = result.late = null;
    compute(made.address);
    this.cache.clock = clock;
  }

  adopt(bytes: Uint8Array): Storage {
    const storage = this.allocate(bytes.byteLength);
    this.view(storage).set(bytes);
    return storage;
  }

  borrow(bytes: number): Storage {
    return this.#borrow(roundUp(bytes));
  }

  #borrow(bytes: number): WasmStorage {
    const found = this.#pool.get(bytes)?.pop();
    if (found !== undefined) {
      found.pooled = false;
      this.#pooled -= bytes;
      this.cache.readmit(found);
      return found;
    }
    const storage = this.cache.create(bytes);
    storage.scratch = true;
    return storage;
  }

  release(released: Storage): void {
    const storage = released as WasmStorage;
    if (!storage.scratch || storage.pooled) return;
    if (storage.address === 0) {
      this.cache.destroy(storage);
      return;
    }
    this.cache.withdraw(storage);
    storage.pooled = true;
    const free = this.#pool.get(storage.bytes);
    if (free === undefined) this.#pool.set(storage.bytes, [storage]);
    else free.push(storage);
    this.#pooled += storage.bytes;
    if (this.#pooled > this.cache.poolLimit) this.#drain();
  }

  /** All of the pool goes back to the allocator: it is full of sizes that nobody asks for, or its memory is needed. */
  #drain(): void {
    for (const free of this.#pool.values()) for (const storage of free) this.cache.destroy(storage);
    this.#pool.clear();
    this.#pooled = 0;
  }

  beginScope(): void {
    this.#scoped = true;
  }

  endScope(): void {
    const scope = this.#scope;
    for (let i = 0; i < scope.length; i++) {
      const storage = scope[i] as WasmStorage;
      if (storage.holders === 0) this.release(storage);
    }
    scope.length = 0;
    this.#scoped = false;
  }

  pointer(storage: Storage): number {
    if (storage.late !== null) this.#compute(storage.late);
    return this.#pointer(storage);
  }

  #pointer(operand: Storage): number {
    const storage = operand as WasmStorage;
    storage.touched = this.cache.clock;
    return storage.address !== 0 ? storage.address : this.cache.bringBack(storage);
  }

  view(seen: Storage): Uint8Array {
    if (seen.late !== null) this.#compute(seen.late);
    const storage = seen as WasmStorage;
    if (storage.address === 0) return this.cache.home(storage);
    return this.#linear.bytes.subarray(storage.address, storage.address + storage.bytes);
  }

  memory(): { pooled: number; linear: number } {
    return { pooled: this.#pooled, linear: this.#linear.bytes.length };
  }
}

/** Block sizes are multiples of the alignment, so that equal shapes find each other again. */
function roundUp(bytes: number): number {
  return bytes <= ALIGNMENT ? ALIGNMENT : Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

function aritiesOf(exports: WebAssembly.Exports): ReadonlyMap<string, number> {
  const arities = new Map<string, number>();
  for (const [name, value] of Object.entries(exports)) {
    if (typeof value === "function" && !name.startsWith("nabla_") && !name.startsWith("__"))
      arities.set(name, value.length);
  }
  return arities;
}
