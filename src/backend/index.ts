/** Chooses the home of the kernels, once, when the package loads. */
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { BackendError, ValueError } from "../errors.ts";
import type { Backend } from "./backend.ts";
import { addonUrl, openNative } from "./native.ts";
import { openWasm } from "./wasm.ts";

export { type Backend, type Kernel, Lent, type Maker, Storage } from "./backend.ts";

function threadsWanted(): number {
  const wanted = process.env.NABLA_THREADS;
  if (wanted === undefined || wanted === "") return Math.min(availableParallelism(), 64);
  const threads = Number(wanted);
  if (!Number.isInteger(threads) || threads < 1 || threads > 64) {
    throw new ValueError(`NABLA_THREADS: expects a whole number from 1 to 64; got ${JSON.stringify(wanted)}`);
  }
  return threads;
}

function choose(): Backend {
  const forced = process.env.NABLA_BACKEND;
  if (forced === "native") return openNative();
  if (forced === "wasm") return openWasm();
  if (forced !== undefined && forced !== "") {
    throw new BackendError(`NABLA_BACKEND: expects native or wasm; got ${JSON.stringify(forced)}`);
  }
  if (existsSync(addonUrl())) {
    try {
      return openNative();
    } catch (error) {
      console.error(`nabla: the native addon does not load (${(error as Error).message}); running on WASM`);
    }
  } else {
    console.error("nabla: there is no native addon for this machine; running on WASM");
  }
  return openWasm();
}

/** The home that this process runs on. */
export const backend: Backend = choose();
backend.setThreads(threadsWanted());
