// The pages, bundled by Vite from the package as a user gets it.
import { cpSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "vite";
import { ROOT, run } from "../run.mjs";

export const FOLDER = join(ROOT, "build/browser");
/** Where a page's program finds the package. */
export const PACKAGE = join(FOLDER, "node_modules/nabla");

/** Copies the pages to a folder of their own and unpacks the package beside them, as an install does. */
export function prepare() {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(PACKAGE, { recursive: true });
  run("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", FOLDER], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const archive = readdirSync(FOLDER).find((name) => name.endsWith(".tgz"));
  run("tar", ["-xzf", join(FOLDER, archive), "-C", PACKAGE, "--strip-components=1"]);
  for (const page of ["app", "core", "plain"]) {
    cpSync(join(ROOT, "tests/browser", page), join(FOLDER, page), { recursive: true });
  }
}

/** Bundles a page of a user: nothing is configured but its folder. Gives the folder to serve. */
export async function bundle(page) {
  const root = join(FOLDER, page);
  await build({ root, configFile: false, logLevel: "warn" });
  return join(root, "dist");
}

/** Replaces what the op cases import from the repository and from Node by the package and by what pages have. */
function substitute() {
  const pages = join(ROOT, "tests/browser/cases");
  const others = { "node:crypto": join(pages, "sha1.ts"), "./read-fixtures.ts": join(pages, "fetched-fixtures.ts") };
  return {
    name: "substitute",
    enforce: "pre",
    resolveId(source) {
      if (source.endsWith("/src/index.ts")) return join(PACKAGE, "dist/index.js");
      return others[source];
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
