/** What a home of the kernels offers. Nothing above this room knows which home runs. */

/** A C++ kernel: pointers and sizes in, a number out for the few that return one. */
export type Kernel = (...args: number[]) => number;

/** Blocks beyond this size are only asked for when the machine has them. */
export const LARGE: number = 1 << 28;
/** Results from here to {@link LARGE} may be put off: smaller ones rest in caches, and larger ones are refused when they are asked for. */
export const LATE: number = 1 << 18;

/** A computation put off: the bytes of `result` are made from those of `source` when something asks for either. */
export interface Late {
  /** The operation, for those that can do its work on the way. */
  readonly op: string;
  /** null where the bytes are made from what {@link Lent} keeps. */
  readonly source: Storage | null;
  readonly result: Storage;
  readonly compute: (to: number) => void;
  /** What made it, for those who know how to do its work and more. */
  readonly maker: Maker | null;
  /** What waits for this result. */
  next: Late | null;
}

/** Who computes a result put off, at an address. The table of arguments has to stay as it was. */
export interface Maker {
  compute(to: number): void;
}

/** Bytes as they are now: in their storage, or in a copy once that is about to change (see `changes` in tensor/tensor.ts). */
export class Lent {
  storage: Storage;

  constructor(storage: Storage) {
    this.storage = storage;
  }
}

/**
 * A block of bytes that tensors look into. Views share one storage.
 * `pointer` is an address for kernels: read it by {@link Backend.pointer} only, since a WASM block may have to come back first.
 */
export class Storage {
  /** Address of the first byte; 0 while a WASM block rests outside the linear memory. */
  address: number;
  readonly bytes: number;
  /** What keeps the bytes alive and lets JavaScript look at them (native always; WASM while evicted). */
  buffer: ArrayBufferLike | null;
  byteOffset: number;
  /** What has to be computed before the bytes are read, if they are its result, or changed, if they are its source. */
  late: Late | null = null;
  /** Who has to be given a copy before the bytes change. */
  lent: Lent | null = null;
  /** Counts in-place changes, so that backward notices a saved value that is no longer what it was. */
  version = 0;
  /** Of a gradient: whether an optimizer's step used it, and whether a backward has added to it since. */
  used: "no" | "yes" | "and added to" = "no";
  /** How many gradient slots hold this storage. */
  holders = 0;
  /** Whether nabla alone can reach it, so that it may go back to the pool. False as soon as a user may have seen it. */
  scratch = false;

  constructor(address: number, bytes: number, buffer: ArrayBufferLike | null, byteOffset: number) {
    this.address = address;
    this.bytes = bytes;
    this.buffer = buffer;
    this.byteOffset = byteOffset;
  }
}

/** The contract of a home: `native.ts` (Node addon) and `wasm.ts`. */
export interface Backend {
  readonly name: "native" | "wasm";
  /** Which build of the kernels runs: `x86_64_v4`, `baseline`, `relaxed-simd`, … */
  readonly instructionSet: string;
  /** Names of all kernels with their number of arguments. */
  readonly arities: ReadonlyMap<string, number>;
  /** Threads that kernels use. Results do not depend on it. */
  readonly threads: number;
  setThreads(threads: number): void;
  /** The kernel of that name, to be called with exactly its number of arguments. */
  kernel(name: string): Kernel;

  /** Uninitialised memory that a user may come to see. V8 collects it with its last tensor. */
  allocate(bytes: number): Storage;
  /**
   * A storage that is computed when {@link pointer} or {@link view} is asked for it or for its source, or never, if nothing does:
   * so a result that only one operation reads need not be written. null where it has to be computed at once.
   */
  defer(op: string, source: Storage, kernel: Kernel, count: number): Storage | null;
  /**
   * The same for what an operation makes of several tensors: a storage of so many bytes, which the maker computes when it is asked for
   * or never. null where it has to be computed at once, as it also has if no maker is made.
   */
  postpone(op: string, bytes: number, make: () => Maker | null): Storage | null;
  /** For those who do `op` themselves: the address of what a storage is `op` of, while it is not computed, as {@link pointer} gives it; else 0. */
  sourcePointer(storage: Storage, op: string): number;
  /** A storage with these bytes: their own memory where that is possible, else a copy. The caller lets go of them. */
  adopt(bytes: Uint8Array): Storage;
  /** Memory from the pool, which only nabla sees; ends with `release`. */
  borrow(bytes: number): Storage;
  /** Gives a scratch block back that nothing refers to any more. Any other storage is left to V8. */
  release(storage: Storage): void;
  /** From here to `endScope`, `allocate` borrows, and remembers what it gave. Scopes do not nest. */
  beginScope(): void;
  /** Ends the scope: what it gave and no gradient slot holds goes back to the pool. */
  endScope(): void;

  /**
   * The block's address, for use as an argument of the very next kernel call. Outputs must be allocated before the pointers of
   * operands are read; between reading pointers and the call nothing may be allocated.
   */
  pointer(storage: Storage): number;
  /** A view of the block's bytes. Valid until the next allocation. */
  view(storage: Storage): Uint8Array;
  /** Address of a small area for arguments that are tables; as doubles, valid for the next kernel call. */
  readonly table: { readonly address: number; readonly values: Float64Array };
  /** Bytes in the pool and in linear memory, for tests and `info`. */
  memory(): { pooled: number; linear: number };
}
