/** WASM under Node: finds the module, makes buffers, starts threads. */
import { existsSync, readFileSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { BackendError, ValueError } from "../errors.ts";
import { MOST_THREADS, WasmBackend, type WasmHost, type WorkerOrder } from "./wasm-backend.ts";

const MODULES = [
  { instructionSet: "relaxed-simd", file: "nabla-relaxed.wasm" },
  { instructionSet: "simd", file: "nabla-simd.wasm" },
];

/** Runs in each worker, as text: it is the same from the sources and from the built package. It returns only when a kernel traps. */
const WORKER = `
const { module, memory, thread, stack, locals } = require("node:worker_threads").workerData;
const { exports } = new WebAssembly.Instance(module, { env: { memory, nabla_start_workers() {} } });
exports.__stack_pointer.value = stack;
exports.__wasm_init_tls(locals);
try {
  exports.nabla_worker(thread);
} finally {
  exports.nabla_worker_lost();
}`;

/** What surrounds the kernels in Node. */
export const nodeHost: WasmHost = {
  maySleep: true,
  mostThreads: MOST_THREADS,

  copy(bytes: Uint8Array): ArrayBuffer | null {
    let home: Buffer;
    try {
      home = Buffer.allocUnsafeSlow(bytes.length);
    } catch {
      return null;
    }
    // Half the time of `set`, which copies word by word out of shared memory.
    home.fill(bytes);
    return home.buffer as ArrayBuffer;
  },

  startWorker(order: WorkerOrder): void {
    const worker = new Worker(WORKER, {
      eval: true,
      workerData: order,
      execArgv: [],
      env: {},
      name: `nabla-${order.thread}`,
    });
    worker.unref();
    // Tasks are claimed by the threads that are up, so one that fails to start is only one less.
    worker.on("error", () => {});
  },
};

function moduleUrl(file: string): URL {
  return new URL(`${import.meta.url.endsWith(".ts") ? "../../dist/wasm/" : "../wasm/"}${file}`, import.meta.url);
}

/** The best module that this engine takes, or the one that NABLA_ISA names. */
function chooseModule(wanted: string): { instructionSet: string; bytes: Buffer } {
  for (const { instructionSet, file } of MODULES) {
    if (wanted !== "" && wanted !== instructionSet) continue;
    if (!existsSync(moduleUrl(file))) continue;
    const bytes = readFileSync(moduleUrl(file));
    if (WebAssembly.validate(bytes)) return { instructionSet, bytes };
  }
  if (wanted === "")
    throw new BackendError("the WASM kernels are not built or this engine does not take them; run npm run build");
  throw new BackendError(`NABLA_ISA: this engine or build has no instruction set ${JSON.stringify(wanted)}`);
}

function budgetWanted(): number | undefined {
  const wanted = process.env.NABLA_WASM_BUDGET_MB;
  if (wanted === undefined || wanted === "") return undefined;
  const megabytes = Number(wanted);
  if (!(megabytes > 0 && megabytes <= 4096)) {
    throw new ValueError(
      `NABLA_WASM_BUDGET_MB: expects a number of megabytes up to 4096; got ${JSON.stringify(wanted)}`,
    );
  }
  return megabytes * 2 ** 20;
}

/** Opens the WASM kernels; throws when they are not built. */
export function openWasm(): WasmBackend {
  const { instructionSet, bytes } = chooseModule(process.env.NABLA_ISA ?? "");
  return new WasmBackend(new WebAssembly.Module(bytes as BufferSource), nodeHost, {
    instructionSet,
    budget: budgetWanted(),
  });
}
