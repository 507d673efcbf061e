/** What runs here. */
import { backend } from "./backend/index.ts";
import { ValueError } from "./errors.ts";

/**
 * The home of the kernels, their instruction set and the number of threads they use.
 *
 * @example
 * info().threads >= 1; // true
 */
export function info(): { backend: "native" | "wasm"; instructionSet: string; threads: number } {
  return { backend: backend.name, instructionSet: backend.instructionSet, threads: backend.threads };
}

/**
 * How many `threads` kernels use, from 1 to 64; results do not depend on it.
 *
 * @throws {ValueError} if it is no whole number from 1 to 64.
 * @example
 * setThreads(2);
 */
export function setThreads(threads: number): void {
  if (!Number.isInteger(threads) || threads < 1 || threads > 64) {
    throw new ValueError(`setThreads: takes a whole number from 1 to 64; got ${String(threads)}`);
  }
  backend.setThreads(threads);
}
