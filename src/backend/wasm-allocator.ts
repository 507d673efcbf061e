/**
 * Blocks of the linear memory. Freed blocks wait in lists of exact sizes, last in first out: a training loop asks for the
 * same sizes again and finds them warm. Neighbours are joined only when a request finds nothing, so freeing costs a push.
 */
import type { LinearMemory } from "./wasm-linear.ts";

export const ALIGNMENT = 64;
/** Blocks up to this size are cut from chunks and stay blocks of their size for ever. */
export const SMALL_BYTES = 1024;
const CHUNK_BYTES = 16384;
/** Free ranges from this size on are carved; smaller ones wait for a request of exactly their size. */
const EXTENT_BYTES = 65536;
/** Joining sorts all free blocks; it pays once this much came back since the last time. */
const JOIN_BYTES = 8 << 20;

interface Extent {
  start: number;
  bytes: number;
}

export class Allocator {
  readonly #memory: LinearMemory;
  /** Everything from here on has never been handed out. */
  #top: number;
  readonly #lists = new Map<number, number[]>();
  readonly #small: number[][] = Array.from({ length: SMALL_BYTES / ALIGNMENT + 1 }, () => []);
  #extents: Extent[] = [];
  #listed = 0;
  #returned = 0;
  /** Bytes handed out and not given back. */
  used = 0;

  constructor(memory: LinearMemory, start: number) {
    this.#memory = memory;
    this.#top = Math.ceil(start / ALIGNMENT) * ALIGNMENT;
  }

  /** Bytes that could still be handed out if all of them were in one piece. */
  get free(): number {
    return (
      this.#memory.maximum - this.#top + this.#listed + this.#extents.reduce((sum, extent) => sum + extent.bytes, 0)
    );
  }

  /** The address of a block of `bytes`, a multiple of 64; 0 when there is none. */
  take(bytes: number): number {
    const address = bytes <= SMALL_BYTES ? this.#takeSmall(bytes) : this.#takeLarge(bytes);
    if (address !== 0) this.used += bytes;
    return address;
  }

  /** Takes back what `take(bytes)` gave. */
  give(address: number, bytes: number): void {
    this.used -= bytes;
    if (bytes <= SMALL_BYTES) {
      (this.#small[bytes / ALIGNMENT] as number[]).push(address);
      return;
    }
    this.#returned += bytes;
    this.#list(address, bytes);
  }

  #takeSmall(bytes: number): number {
    const free = this.#small[bytes / ALIGNMENT] as number[];
    if (free.length > 0) return free.pop() as number;
    const chunk = this.#takeLarge(CHUNK_BYTES);
    if (chunk === 0) return 0;
    for (let end = CHUNK_BYTES - bytes; end >= bytes; end -= bytes) free.push(chunk + end);
    return chunk;
  }

  #takeLarge(bytes: number): number {
    const free = this.#lists.get(bytes);
    if (free !== undefined && free.length > 0) {
      this.#listed -= bytes;
      return free.pop() as number;
    }
    const carved = this.#carve(bytes);
    if (carved !== 0) return carved;
    if (this.#returned >= JOIN_BYTES && this.#listed >= bytes) {
      this.#join();
      const joined = this.#carve(bytes);
      if (joined !== 0) return joined;
    }
    const fresh = this.#extend(bytes);
    if (fresh !== 0) return fresh;
    this.#join();
    return this.#carve(bytes) || this.#extend(bytes);
  }

  #extend(bytes: number): number {
    const address = this.#top;
    if (!this.#memory.reach(address + bytes)) return 0;
    this.#top = address + bytes;
    return address;
  }

  /** Cuts from the smallest range that is large enough. */
  #carve(bytes: number): number {
    let best = -1;
    for (let i = 0; i < this.#extents.length; i++) {
      const size = (this.#extents[i] as Extent).bytes;
      if (size >= bytes && (best < 0 || size < (this.#extents[best] as Extent).bytes)) best = i;
    }
    if (best < 0) return 0;
    const extent = this.#extents[best] as Extent;
    const address = extent.start;
    extent.start += bytes;
    extent.bytes -= bytes;
    if (extent.bytes < EXTENT_BYTES) {
      this.#extents.splice(best, 1);
      if (extent.bytes > 0) this.#list(extent.start, extent.bytes);
    }
    return address;
  }

  #list(address: number, bytes: number): void {
    const free = this.#lists.get(bytes);
    if (free === undefined) this.#lists.set(bytes, [address]);
    else free.push(address);
    this.#listed += bytes;
  }

  /** Joins free neighbours; a range that ends at the top goes back to what has never been handed out. */
  #join(): void {
    const pieces: Extent[] = this.#extents;
    for (const [bytes, addresses] of this.#lists) for (const start of addresses) pieces.push({ start, bytes });
    pieces.sort((a, b) => a.start - b.start);
    this.#lists.clear();
    this.#extents = [];
    this.#listed = 0;
    this.#returned = 0;
    let range: Extent | undefined;
    for (const piece of pieces) {
      if (range !== undefined && range.start + range.bytes === piece.start) {
        range.bytes += piece.bytes;
        continue;
      }
      if (range !== undefined) this.#keep(range);
      range = piece;
    }
    if (range === undefined) return;
    if (range.start + range.bytes === this.#top) this.#top = range.start;
    else this.#keep(range);
  }

  #keep(range: Extent): void {
    if (range.bytes >= EXTENT_BYTES) this.#extents.push(range);
    else this.#list(range.start, range.bytes);
  }
}
