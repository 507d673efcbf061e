/** A thread of the pool in a browser: a module of its own, which bundlers find by the `new Worker(new URL(…))` that starts it. */
import type { WorkerOrder } from "./wasm-backend.ts";

interface WorkerExports {
  __stack_pointer: WebAssembly.Global;
  __wasm_init_tls(locals: number): void;
  nabla_worker(thread: number): void;
  nabla_worker_lost(): void;
}

/** Waits for tasks and runs them; returns only when a kernel traps. */
globalThis.onmessage = ({ data }: MessageEvent<WorkerOrder>): void => {
  const { module, memory, thread, stack, locals } = data;
  const imports = { env: { memory, nabla_start_workers() {} } };
  const exports = new WebAssembly.Instance(module, imports).exports as unknown as WorkerExports;
  exports.__stack_pointer.value = stack;
  exports.__wasm_init_tls(locals);
  globalThis.postMessage("up");
  try {
    exports.nabla_worker(thread);
  } finally {
    exports.nabla_worker_lost();
  }
};
