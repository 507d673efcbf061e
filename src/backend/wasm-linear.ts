/** The linear memory: growth, and typed views that follow it. */
import { MemoryError } from "../errors.ts";

export const PAGE_BYTES = 65536;
/** What the modules declare: four gigabytes less one page, the most that 32-bit sizes can say. */
export const MAXIMUM_PAGES = 65535;
const INITIAL_PAGES = 256;
/** With less than 128 megabytes there is not much to compute. */
const LEAST_PAGES = 2048;
/** Memory grows by at least this much, or by an eighth of its size: each growth makes new views. */
const GROWTH_BYTES = 16 << 20;

/** A memory that may grow to `pages`, or where the system has not so many addresses left (telephones), to a half, a quarter, … */
function reserve(pages: number): { memory: WebAssembly.Memory; pages: number } {
  const initial = Math.min(INITIAL_PAGES, pages);
  try {
    return { memory: new WebAssembly.Memory({ initial, maximum: pages, shared: true }), pages };
  } catch (cause) {
    if (pages >>> 1 >= LEAST_PAGES) return reserve(pages >>> 1);
    throw new MemoryError("wasm: this process cannot reserve the addresses of a linear memory", { cause });
  }
}

export class LinearMemory {
  readonly memory: WebAssembly.Memory;
  bytes: Uint8Array;
  words: Int32Array;
  readonly #maximumPages: number;

  constructor(maximumPages: number = MAXIMUM_PAGES) {
    const { memory, pages } = reserve(maximumPages);
    this.memory = memory;
    this.#maximumPages = pages;
    this.bytes = new Uint8Array(this.memory.buffer);
    this.words = new Int32Array(this.memory.buffer);
  }

  get maximum(): number {
    return this.#maximumPages * PAGE_BYTES;
  }

  /** Makes the addresses below `end` usable; false when the maximum or the machine does not allow it. */
  reach(end: number): boolean {
    const size = this.bytes.length;
    if (end <= size) return true;
    if (end > this.maximum) return false;
    const comfortable = Math.min(this.maximum, Math.max(end, size + Math.max(GROWTH_BYTES, size >>> 3)));
    return this.#growTo(comfortable) || this.#growTo(end);
  }

  #growTo(end: number): boolean {
    try {
      this.memory.grow(Math.ceil((end - this.bytes.length) / PAGE_BYTES));
    } catch {
      return false;
    }
    this.bytes = new Uint8Array(this.memory.buffer);
    this.words = new Int32Array(this.memory.buffer);
    return true;
  }
}
