// What a page downloads for the core: its JavaScript and one of the WASM modules, as servers compress them.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

/** The most that the core may be with its WASM, in bytes, by brotli: what every browser that runs it takes and most servers send. */
const LIMIT = 250_000;

function measure(file) {
  const bytes = readFileSync(file);
  const options = {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  };
  return {
    raw: bytes.length,
    gzip: gzipSync(bytes, { level: 9 }).length,
    brotli: brotliCompressSync(bytes, options).length,
  };
}

const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`.padStart(10);
const row = (name, { raw, gzip, brotli }) =>
  console.log(`   ${name.padEnd(24)}${kilobytes(raw)}${kilobytes(gzip)}${kilobytes(brotli)}`);

/** Prints the parts of the bundled core, and throws when all of it is over the limit. */
export function checkSize(folder) {
  const assets = join(folder, "assets");
  const files = readdirSync(assets)
    .filter((name) => /\.(js|wasm)$/.test(name))
    .map((name) => ({ name: name.replace(/-.{8}(\.\w+)$/, "$1"), ...measure(join(assets, name)) }));
  console.log(`   ${"the core".padEnd(24)}${"raw".padStart(10)}${"gzip".padStart(10)}${"brotli".padStart(10)}`);
  for (const file of files) row(file.name, file);
  const modules = files.filter(({ name }) => name.endsWith(".wasm"));
  const scripts = files.filter(({ name }) => name.endsWith(".js"));
  const total = {};
  for (const kind of ["raw", "gzip", "brotli"]) {
    const largest = Math.max(...modules.map((file) => file[kind]));
    total[kind] = scripts.reduce((sum, file) => sum + file[kind], largest);
  }
  row("with one .wasm", total);
  if (total.brotli > LIMIT) {
    throw new Error(
      `the core with its WASM is to stay below ${LIMIT / 1000} kB compressed; got ${Math.ceil(total.brotli / 1000)}`,
    );
  }
}
