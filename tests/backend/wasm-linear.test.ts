/** Where the system has few addresses left, the linear memory makes do with fewer. */
import { afterEach, expect, test, vi } from "vitest";
import { LinearMemory, MAXIMUM_PAGES, PAGE_BYTES } from "../../src/backend/wasm-linear.ts";
import { MemoryError } from "../../src/errors.ts";

const { Memory } = WebAssembly;
afterEach(() => {
  WebAssembly.Memory = Memory;
});

/** Lets no memory have more pages than this. */
function grantOnly(pages: number): ReturnType<typeof vi.fn> {
  const made = vi.fn((options: WebAssembly.MemoryDescriptor) => {
    if ((options.maximum as number) > pages) throw new RangeError("could not allocate memory");
    return new Memory(options);
  });
  WebAssembly.Memory = new Proxy(Memory, { construct: (_, [options]) => made(options) });
  return made;
}

test("the maximum is what was granted", () => {
  expect(new LinearMemory().maximum).toBe(MAXIMUM_PAGES * PAGE_BYTES);
  grantOnly(10_000);
  const memory = new LinearMemory();
  expect(memory.maximum).toBe((MAXIMUM_PAGES >>> 3) * PAGE_BYTES);
  expect(memory.reach(memory.maximum + 1)).toBe(false);
  expect(memory.reach(64 << 20)).toBe(true);
  expect(memory.bytes.length).toBeGreaterThanOrEqual(64 << 20);
});

test("a system that grants next to nothing is an error, after a few tries", () => {
  const made = grantOnly(100);
  expect(() => new LinearMemory()).toThrow(MemoryError);
  expect(made.mock.calls.length).toBeLessThan(10);
});
