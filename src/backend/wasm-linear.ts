/** The linear memory: growth, and typed views that follow it. */
import { MemoryError } from "../errors.ts";

export const PAGE_BYTES = 65536;
/** What the modules declare: four gigabytes less one page, the most that 32-bit sizes can say. */
export const MAXIMUM_PAGES = 65535;
const INITIAL_PAGES = 256;
/** Memory grows by at least this much, or by an eighth of its size: each growth makes new views. */
const GROWTH_BYTES = 16 << 20;

export class LinearMemory {
  readonly memory: WebAssembly.Memory;
  bytes: Uint8Array;
  words: Int32Array;
  readonly #maximumPages: number;

  constructor(maximumPages: number = MAXIMUM_PAGES) {
    this.#maximumPages = maximumPages;
    const pages = { initial: Math.min(INITIAL_PAGES, maximumPages), maximum: maximumPages };
    try {
      this.memory = new WebAssembly.Memory({ ...pages, shared: true });
    } catch (cause) {
      throw new MemoryError("wasm: this process cannot reserve the addresses of a linear memory", { cause });
    }
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
