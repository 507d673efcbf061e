/** Runs kernels on two threads, then ends as its argument says. Used by wasm.test.ts as a child process. */
import { openWasm } from "../../src/backend/wasm.ts";

const backend = openWasm();
backend.setThreads(2);
const count = 1 << 20;
const x = backend.allocate(count * 4);
const y = backend.allocate(count * 4);
const relu = backend.kernel("relu_f32");
const fill = backend.kernel("fill_f32");
fill(backend.pointer(x), 3, count);
const [ending, wait] = process.argv.slice(2);
const until = performance.now() + Number(wait);
do relu(backend.pointer(x), backend.pointer(y), count);
while (performance.now() < until);
process.stdout.write(String(new Float32Array(backend.view(y).slice().buffer)[count - 1]));
if (ending === "exit") process.exit(7);
