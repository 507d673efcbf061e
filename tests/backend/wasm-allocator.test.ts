import { expect, test } from "vitest";
import { Allocator } from "../../src/backend/wasm-allocator.ts";
import { LinearMemory } from "../../src/backend/wasm-linear.ts";
import { randomly } from "./random.ts";

const START = 70000;
const PAGES = 512;

/** Fills a block with a pattern that no other block has, and says whether it is still there. */
const stamp = (memory: LinearMemory, address: number, bytes: number, mark: number) =>
  memory.words.fill(mark, address >>> 2, (address + bytes) >>> 2);
const intact = (memory: LinearMemory, address: number, bytes: number, mark: number) =>
  memory.words.subarray(address >>> 2, (address + bytes) >>> 2).every((word) => word === mark);

test("blocks are aligned, never overlap and keep their bytes, through growth and joining", () => {
  const memory = new LinearMemory(PAGES);
  const allocator = new Allocator(memory, START);
  const random = randomly(1);
  const live: { address: number; bytes: number; mark: number }[] = [];
  let used = 0;
  for (let mark = 1; mark <= 4000; mark++) {
    const order = random();
    const largest = order < 0.6 ? 1024 : order < 0.95 ? 100_000 : 3_000_000;
    const bytes = Math.ceil((random() * largest + 1) / 64) * 64;
    const address = allocator.take(bytes);
    if (address !== 0) {
      expect(address % 64).toBe(0);
      expect(address).toBeGreaterThanOrEqual(START);
      expect(address + bytes).toBeLessThanOrEqual(memory.bytes.length);
      stamp(memory, address, bytes, mark);
      live.push({ address, bytes, mark });
      used += bytes;
    }
    while (live.length > 0 && (address === 0 || used > 20_000_000 || random() < 0.45)) {
      const [gone] = live.splice(Math.floor(random() * live.length), 1);
      expect(intact(memory, gone!.address, gone!.bytes, gone!.mark)).toBe(true);
      allocator.give(gone!.address, gone!.bytes);
      used -= gone!.bytes;
      if (address === 0 && used < 16_000_000) break;
    }
    expect(allocator.used).toBe(used);
  }
  for (const { address, bytes, mark } of live) {
    expect(intact(memory, address, bytes, mark)).toBe(true);
    allocator.give(address, bytes);
  }
  expect(allocator.used).toBe(0);
});

test("freed neighbours become one block again", () => {
  const memory = new LinearMemory(PAGES);
  const allocator = new Allocator(memory, START);
  const addresses: number[] = [];
  for (let address = allocator.take(99_968); address !== 0; address = allocator.take(99_968)) addresses.push(address);
  const whole = 30_000_000 - (30_000_000 % 64);
  expect(addresses.length * 99_968).toBeGreaterThan(whole);
  expect(allocator.take(whole)).toBe(0);
  for (const address of addresses) allocator.give(address, 99_968);
  expect(allocator.take(whole)).not.toBe(0);
});

test("the block freed last is given first", () => {
  const allocator = new Allocator(new LinearMemory(PAGES), START);
  for (const bytes of [64, 1024, 200_000]) {
    const size = Math.ceil(bytes / 64) * 64;
    const [a, b] = [allocator.take(size), allocator.take(size)];
    allocator.give(a, size);
    allocator.give(b, size);
    expect([allocator.take(size), allocator.take(size)]).toEqual([b, a]);
  }
});

test("requests beyond the maximum get nothing and change nothing", () => {
  const memory = new LinearMemory(PAGES);
  const allocator = new Allocator(memory, START);
  expect(allocator.take(PAGES * 65536)).toBe(0);
  expect(allocator.used).toBe(0);
  expect(allocator.take(64)).not.toBe(0);
});
