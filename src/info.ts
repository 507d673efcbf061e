/** What runs here. */
import { backend } from "./backend/index.ts";

/** The home of the kernels, their instruction set and the number of threads they use. */
export function info(): { backend: "native" | "wasm"; instructionSet: string; threads: number } {
  return { backend: backend.name, instructionSet: backend.instructionSet, threads: backend.threads };
}

/** How many threads kernels use; results do not depend on it. */
export function setThreads(threads: number): void {
  backend.setThreads(threads);
}
