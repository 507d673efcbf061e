// The pages, bundled by Vite from the package as a user gets it.
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "vite";
import { ROOT, run } from "../run.mjs";

export const FOLDER = join(ROOT, "build/browser");
/** The package as one of the pages has it. */
export const PACKAGE = join(FOLDER, "app/node_modules/nabla");

/** Copies the pages to folders of their own and unpacks the package in each, as an install does. */
export function prepare() {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  run("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", FOLDER], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const archive = readdirSync(FOLDER).find((name) => name.endsWith(".tgz"));
  for (const page of ["app", "core", "plain"]) {
    const root = join(FOLDER, page);
    cpSync(join(ROOT, "tests/browser", page), root, { recursive: true });
    writeFileSync(join(root, "package.json"), JSON.stringify({ private: true, type: "module" }));
    const unpacked = join(root, "node_modules/nabla");
    mkdirSync(unpacked, { recursive: true });
    run("tar", ["-xzf", join(FOLDER, archive), "-C", unpacked, "--strip-components=1"]);
  }
}

/** Bundles a page of a user: nothing is configured but its folder. Gives the folder to serve. */
export async function bundle(page) {
  const root = join(FOLDER, page);
  await build({ root, configFile: false, logLevel: "warn" });
  return join(root, "dist");
}

/**
 * Bundles the page that computes in a worker. Workers are bundled as classic scripts unless the configuration says otherwise, and a
 * classic script cannot wait for the kernels.
 */
export async function bundleInWorker() {
  const root = join(FOLDER, "app");
  const outDir = join(FOLDER, "in-worker");
  const rolldownOptions = { input: join(root, "in-worker.html") };
  const options = { outDir, emptyOutDir: true, rolldownOptions };
  await build({ root, configFile: false, logLevel: "warn", worker: { format: "es" }, build: options });
  return outDir;
}

/** Replaces what the op cases import from the repository and from Node by the package and by what pages have. */
function substitute() {
  const pages = join(ROOT, "tests/browser/cases");
  const others = { "node:crypto": join(pages, "sha1.ts"), "./read-fixtures.ts": join(pages, "fetched-fixtures.ts") };
  return {
    name: "substitute",
    enforce: "pre",
    resolveId(source) {
      const own = /\/src\/(.*)\.ts$/.exec(source)?.[1];
      return own === undefined ? others[source] : join(PACKAGE, `dist/${own}.js`);
    },
  };
}

/** Bundles the op cases, which stay where they are in the repository. */
export async function bundleCases() {
  const outDir = join(FOLDER, "cases");
  const root = join(ROOT, "tests/browser/cases");
  await build({
    root,
    configFile: false,
    logLevel: "warn",
    plugins: [substitute()],
    build: { outDir, emptyOutDir: true, chunkSizeWarningLimit: 4000 },
  });
  return outDir;
}
