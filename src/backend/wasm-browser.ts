/** WASM in a browser: fetches the one module that it takes, starts threads as web workers. */
import { BackendError } from "../errors.ts";
import { MOST_THREADS, WasmBackend, type WasmHost, type WorkerOrder } from "./wasm-backend.ts";

/** Without a wish: many machines have more, but each thread is a worker with memory of its own. */
const THREADS_WANTED = 16;
const PATIENCE_MS = 2000;

/** `i8x16.popcnt` and `i8x16.relaxed_swizzle` in modules of one function: an engine that has the instructions takes them. */
const SIMD = "AGFzbQEAAAABBQFgAAF7AwIBAAoKAQgAQQD9D/1iCw==";
const RELAXED_SIMD = "AGFzbQEAAAABBQFgAAF7AwIBAAoPAQ0AQQH9D0EC/Q/9gAIL";

function takes(module: string): boolean {
  return WebAssembly.validate(Uint8Array.from(atob(module), (character) => character.charCodeAt(0)));
}

/** Threads need memory that workers can share, which a page has when it is isolated from other origins by two headers. */
function canShare(): boolean {
  return globalThis.crossOriginIsolated === true && typeof Worker === "function";
}

/** Whether this thread may sleep: workers may, the main thread of a page may not. */
function maySleep(): boolean {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1);
    return true;
  } catch {
    return false;
  }
}

/** What surrounds the kernels in a browser; `up` collects, for each thread started, when it has come up or failed. */
function browserHost(up: Promise<unknown>[]): WasmHost {
  const threads = canShare();
  return {
    maySleep: threads && maySleep(),
    mostThreads: threads ? MOST_THREADS : 1,

    copy(bytes: Uint8Array): ArrayBuffer | null {
      try {
        return new Uint8Array(bytes).buffer;
      } catch {
        return null;
      }
    },

    startWorker(order: WorkerOrder): void {
      const worker = new Worker(new URL("./wasm-worker.js", import.meta.url), {
        type: "module",
        name: `nabla-${order.thread}`,
      });
      up.push(
        new Promise((resolve) => {
          worker.onmessage = worker.onerror = resolve;
        }),
      );
      worker.postMessage(order);
    },
  };
}

/** The module for this engine. The two addresses stand where bundlers look for them; one of them is fetched. */
function chooseModule(): { instructionSet: string; url: URL } {
  if (typeof WebAssembly !== "object" || !takes(SIMD)) {
    throw new BackendError(
      "nabla: this browser is too old, its WebAssembly has no SIMD; use Chrome or Edge 91, Firefox 89, Safari 16.4 or later",
    );
  }
  if (takes(RELAXED_SIMD)) {
    return { instructionSet: "relaxed-simd", url: new URL("../wasm/nabla-relaxed.wasm", import.meta.url) };
  }
  return { instructionSet: "simd", url: new URL("../wasm/nabla-simd.wasm", import.meta.url) };
}

async function fetchModule(url: URL): Promise<WebAssembly.Module> {
  let bytes: ArrayBuffer;
  try {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`the server answers ${response.status}`);
    bytes = await response.arrayBuffer();
  } catch (cause) {
    throw new BackendError(`nabla: cannot fetch the kernels from ${url}: ${(cause as Error).message}`, { cause });
  }
  try {
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    throw new BackendError(
      `nabla: no kernels are at ${url} (${(cause as Error).message}); serve the package's .wasm files there, and allow ` +
        "'wasm-unsafe-eval' where a Content-Security-Policy is set",
      { cause },
    );
  }
}

/**
 * Fetches and opens the WASM kernels, and waits until their threads are up: threads that are started later come up only when the
 * program next lets the page have a turn. One that fails to start is only one less.
 */
export async function openWasm(): Promise<WasmBackend> {
  const { instructionSet, url } = chooseModule();
  const up: Promise<unknown>[] = [];
  const backend = new WasmBackend(await fetchModule(url), browserHost(up), { instructionSet });
  backend.setThreads(Math.min(navigator.hardwareConcurrency ?? 1, THREADS_WANTED));
  backend.start();
  await Promise.race([Promise.all(up), new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
  return backend;
}
