/** The Node addon as a home: V8-owned buffers for what a user can see, a deterministic pool for the rest. */
import { Buffer, constants } from "node:buffer";
import { createRequire } from "node:module";
import { availableMemory } from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { BackendError, MemoryError } from "../errors.ts";
import { type Backend, type Kernel, LARGE, LATE, type Late, type Maker, Storage } from "./backend.ts";
import { Collector } from "./collector.ts";

interface Opened {
  instructionSet: string;
  kernels: Record<string, () => void>;
  arities: Record<string, number>;
  /** The memory of arguments of this thread: what was given first, when the library is loaded more than once. */
  arguments: ArrayBuffer;
}
interface Addon {
  open(args: ArrayBuffer, instructionSet: string): Opened | undefined;
  address(buffer: ArrayBufferLike): number;
  setThreads(threads: number): number;
}

const ARGUMENT_SLOTS = 32;
const TABLE_DOUBLES = 8192;
const ALIGNMENT = 64;
/** Up to this size, storages share slabs with others of about their size; beyond, each has a buffer of its own. */
const SLAB_LIMIT = 32768;
/** The slab of scalars, which losses come from, and of sizes up to a kilobyte: a tensor that a user keeps pins its whole slab. */
const SCALAR_LIMIT = 64;
const SMALL_LIMIT = 1024;
const SMALL_SLAB = 65536;
/** Slabs of larger sizes hold at least this many storages, and at most twice as many. */
const SHARED_BY = 8;
/** `holders` of a storage that rests in the pool, so that giving it back a second time does nothing. */
const IN_POOL = -1;
/** The pool keeps at most this much; what comes back beyond is left to V8. */
const POOL_LIMIT = 1 << 30;
/** How many operands of recent calls are kept reachable (see `pointer`). */
const RECENT = 16;

/** Shared blocks for small storages: a bump allocator whose slabs live as long as one of their storages. */
class Slab {
  readonly #size: number;
  #buffer: ArrayBufferLike | null = null;
  #address = 0;
  #used: number;

  constructor(size: number) {
    this.#size = size;
    this.#used = size;
  }

  take(bytes: number, addon: Addon): Storage {
    if (this.#used + bytes > this.#size) {
      this.#buffer = Buffer.allocUnsafeSlow(this.#size + ALIGNMENT).buffer;
      const address = addon.address(this.#buffer);
      this.#used = (ALIGNMENT - (address % ALIGNMENT)) % ALIGNMENT;
      this.#address = address;
    }
    const offset = this.#used;
    this.#used = offset + bytes;
    return new Storage(this.#address + offset, bytes, this.#buffer, offset);
  }
}

/**
 * `(a, b) => { slots[0] = a; slots[1] = b; call(); return slots[0]; }`. The kernel's name makes each source unlike the others:
 * V8 would otherwise share one function's type feedback among all kernels.
 */
function wrap(name: string, call: () => void, arity: number, slots: Float64Array): Kernel {
  const names = Array.from({ length: arity }, (_, i) => `a${i}`);
  const stores = names.map((name, i) => `slots[${i}] = ${name};`).join(" ");
  const source = `/* ${name} */ return (${names.join(", ")}) => { ${stores} call(); return slots[0]; };`;
  return new Function("call", "slots", source)(call, slots) as Kernel;
}

class NativeBackend implements Backend {
  readonly name = "native";
  readonly instructionSet: string;
  readonly arities: ReadonlyMap<string, number>;
  readonly table: { readonly address: number; readonly values: Float64Array };
  threads = 1;
  readonly #addon: Addon;
  readonly #slots: Float64Array;
  readonly #calls: Record<string, () => void>;
  readonly #scalars = new Slab(SMALL_SLAB);
  readonly #small = new Slab(SMALL_SLAB);
  /** For sizes up to 2048, 4096, … SLAB_LIMIT bytes. */
  readonly #shared: readonly Slab[] = Array.from(
    { length: Math.log2(SLAB_LIMIT / SMALL_LIMIT) },
    (_, i) => new Slab(SMALL_LIMIT * 2 ** (i + 1) * SHARED_BY),
  );
  /** Free scratch storages by size: the small ones, which the training of a small network needs often, without a look-up. */
  readonly #pool = new Map<number, Storage[]>();
  readonly #smallPool: Storage[][] = Array.from({ length: SMALL_LIMIT / ALIGNMENT + 1 }, () => []);
  #pooled = 0;
  readonly #scope: Storage[] = [];
  #inScope = 0;
  #scoped = false;
  /** Whether something put off is computed, perhaps between the reading of addresses and a call. */
  #computing = false;
  readonly #recent: (Storage | null)[] = new Array(RECENT).fill(null);
  #next = 0;
  /** Nothing is allocated between the reading of addresses and a call, so operands may be let go whenever something is. */
  readonly #collector: Collector = new Collector(() => this.#recent.fill(null));

  constructor(addon: Addon, instructionSet: string) {
    this.#addon = addon;
    const offered = Buffer.allocUnsafeSlow((ARGUMENT_SLOTS + TABLE_DOUBLES) * 8).buffer as ArrayBuffer;
    const opened = addon.open(offered, instructionSet);
    if (!opened) {
      throw new BackendError(
        `NABLA_ISA: this machine or build has no instruction set ${JSON.stringify(instructionSet)}`,
      );
    }
    const memory = opened.arguments;
    this.#slots = new Float64Array(memory, 0, ARGUMENT_SLOTS);
    const values = new Float64Array(memory, ARGUMENT_SLOTS * 8);
    this.table = { address: addon.address(memory) + ARGUMENT_SLOTS * 8, values };
    this.instructionSet = opened.instructionSet;
    this.#calls = opened.kernels;
    this.arities = new Map(Object.entries(opened.arities));
  }

  setThreads(threads: number): void {
    this.threads = this.#addon.setThreads(threads);
  }

  kernel(name: string): Kernel {
    const arity = this.arities.get(name);
    if (arity === undefined) throw new BackendError(`no kernel is called ${name}`);
    return wrap(name, this.#calls[name] as () => void, arity, this.#slots);
  }

  allocate(bytes: number): Storage {
    if (!this.#scoped) return this.#fresh(roundUp(bytes));
    const storage = this.borrow(bytes);
    this.#scope[this.#inScope++] = storage;
    return storage;
  }

  defer(op: string, source: Storage, kernel: Kernel, count: number): Storage | null {
    const { bytes } = source;
    if (this.#scoped || bytes < LATE || bytes > LARGE) return null;
    this.#collector.allocated(0); // what was computed since, where no collection may run, may be due for one
    let before = source.late;
    if (before !== null && (before.result !== source || before.next !== null)) {
      this.#settle(source);
      before = null;
    }
    const result = new Storage(0, bytes, null, 0);
    const compute = (to: number): void => void kernel(source.address, to, count);
    result.late = { op, source, result, compute, maker: null, next: null };
    if (before === null) source.late = result.late;
    else before.next = result.late;
    return result;
  }

  postpone(op: string, bytes: number, make: () => Maker | null): Storage | null {
    if (this.#scoped || bytes < LATE || bytes > LARGE) return null;
    const maker = make();
    if (maker === null) return null;
    this.#collector.allocated(0);
    const result = new Storage(0, bytes, null, 0);
    result.late = { op, source: null, result, compute: (to) => maker.compute(to), maker, next: null };
    return result;
  }

  sourcePointer(storage: Storage, op: string): number {
    const { late } = storage;
    if (late === null || late.op !== op || late.result !== storage || late.source === null) return 0;
    const { source } = late;
    if (source.late !== late) this.#compute(source.late as Late);
    return this.#pointer(source);
  }

  /** Computes what a storage waits for, and what waits for it. */
  #settle(storage: Storage): void {
    while (storage.late !== null) this.#compute(storage.late);
  }

  /** Runs no collection, as addresses of other operands may have been read; what it takes counts at the next one. */
  #compute(late: Late): void {
    const { source, result, compute } = late;
    if (source !== null && source.late !== late) this.#compute(source.late as Late); // it waits itself
    const { address, buffer, byteOffset } = this.block(result.bytes);
    this.#collector.noted(result.bytes);
    const outer = this.#computing;
    this.#computing = true;
    try {
      compute(address);
    } finally {
      this.#computing = outer;
    }
    Object.assign(result, { address, buffer, byteOffset, late: late.next });
    if (source !== null) source.late = null;
  }

  adopt(bytes: Uint8Array): Storage {
    const address = this.#addon.address(bytes.buffer) + bytes.byteOffset;
    return new Storage(address, bytes.byteLength, bytes.buffer, bytes.byteOffset);
  }

  borrow(bytes: number): Storage {
    const rounded = roundUp(bytes);
    const found = this.#free(rounded).pop();
    if (found !== undefined) {
      this.#pooled -= rounded;
      found.holders = 0;
      return found;
    }
    const storage = this.#fresh(rounded);
    storage.scratch = true;
    return storage;
  }

  #fresh(bytes: number): Storage {
    if (bytes <= SCALAR_LIMIT) return this.#scalars.take(bytes, this.#addon);
    if (bytes <= SMALL_LIMIT) return this.#small.take(bytes, this.#addon);
    if (this.#computing) this.#collector.noted(bytes);
    else this.#collector.allocated(bytes);
    if (bytes <= SLAB_LIMIT) return (this.#shared[21 - Math.clz32(bytes - 1)] as Slab).take(bytes, this.#addon);
    if (bytes > LARGE) checkRoom(bytes);
    return this.block(bytes);
  }

  /** A buffer of its own. */
  protected block(bytes: number): Storage {
    const buffer = Buffer.allocUnsafeSlow(bytes + ALIGNMENT).buffer;
    const address = this.#addon.address(buffer);
    const offset = (ALIGNMENT - (address % ALIGNMENT)) % ALIGNMENT;
    return new Storage(address + offset, bytes, buffer, offset);
  }

  release(storage: Storage): void {
    if (!storage.scratch || storage.holders === IN_POOL || this.#pooled + storage.bytes > POOL_LIMIT) return;
    storage.holders = IN_POOL;
    this.#free(storage.bytes).push(storage);
    this.#pooled += storage.bytes;
  }

  #free(bytes: number): Storage[] {
    if (bytes <= SMALL_LIMIT) return this.#smallPool[bytes / ALIGNMENT] as Storage[];
    let free = this.#pool.get(bytes);
    if (free === undefined) {
      free = [];
      this.#pool.set(bytes, free);
    }
    return free;
  }

  beginScope(): void {
    this.#scoped = true;
  }

  endScope(): void {
    const scope = this.#scope;
    for (let i = 0; i < this.#inScope; i++) {
      const storage = scope[i] as Storage;
      if (storage.holders === 0) this.release(storage);
    }
    this.#inScope = 0;
    this.#scoped = false;
  }

  /**
   * Nothing but this table keeps an operand alive between the reading of its address and the end of the call: V8 may
   * otherwise collect a temporary whose last use was that reading.
   */
  pointer(storage: Storage): number {
    if (storage.late !== null) this.#settle(storage);
    return this.#pointer(storage);
  }

  #pointer(storage: Storage): number {
    this.#recent[this.#next] = storage;
    this.#next = (this.#next + 1) & (RECENT - 1);
    return storage.address;
  }

  view(storage: Storage): Uint8Array {
    if (storage.late !== null) this.#settle(storage);
    return new Uint8Array(storage.buffer as ArrayBufferLike, storage.byteOffset, storage.bytes);
  }

  memory(): { pooled: number; linear: number } {
    return { pooled: this.#pooled, linear: 0 };
  }
}

/**
 * For a checker of addresses: every storage is an allocation of its own that ends where the storage ends, and serves once,
 * so that each byte read or written beyond it is noticed.
 */
class GuardedBackend extends NativeBackend {
  readonly #addressOf: Addon["address"];

  constructor(addon: Addon, instructionSet: string) {
    super(addon, instructionSet);
    this.#addressOf = addon.address;
  }

  override allocate(bytes: number): Storage {
    if (bytes > LARGE) checkRoom(bytes);
    return this.block(bytes);
  }

  protected override block(bytes: number): Storage {
    const buffer = Buffer.allocUnsafeSlow(Math.max(bytes, 1)).buffer;
    return new Storage(this.#addressOf(buffer), bytes, buffer, 0);
  }

  override borrow(bytes: number): Storage {
    return this.allocate(bytes);
  }

  override release(): void {}
}

/** Throws for a block that the machine does not have: the system would grant it, and end the process when it is written. */
function checkRoom(bytes: number): void {
  const room = Math.min(constants.MAX_LENGTH - ALIGNMENT, availableMemory());
  if (bytes <= room) return;
  throw new MemoryError(
    `allocate: a tensor of ${bytes} bytes does not fit into the ${room} that can be had; use smaller sizes or batches`,
  );
}

/** Block sizes are multiples of the alignment, so that equal shapes find each other in the pool. */
function roundUp(bytes: number): number {
  return bytes <= ALIGNMENT ? ALIGNMENT : Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

/** Where the build puts the addon for this platform; NABLA_ADDON names another. */
export function addonUrl(): URL {
  if (process.env.NABLA_ADDON) return pathToFileURL(process.env.NABLA_ADDON);
  const fromSources = import.meta.url.endsWith(".ts") ? "../../dist/native/" : "../native/";
  return new URL(`${fromSources}nabla-${process.platform}-${process.arch}.node`, import.meta.url);
}

/** Opens the addon; throws when there is none for this machine. */
export function openNative(): Backend {
  const addon = createRequire(import.meta.url)(fileURLToPath(addonUrl())) as Addon;
  const Home = process.env.NABLA_GUARD === "1" ? GuardedBackend : NativeBackend;
  return new Home(addon, process.env.NABLA_ISA ?? "");
}
