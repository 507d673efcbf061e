/** The browser's side of `index.ts`: the kernels are WASM, and loading the package waits for them. */
import type { Backend } from "./backend.ts";
import { openWasm } from "./wasm-browser.ts";

export { type Backend, type Kernel, Lent, type Maker, Storage } from "./backend.ts";

/** The home that this page runs on. */
export const backend: Backend = await openWasm();
