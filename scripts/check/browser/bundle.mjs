// The pages, bundled by Vite from the package as a user gets it.
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
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
    writeFileSync(join(FOLDER, page, "package.json"), JSON.stringify({ private: true, type: "module" }));
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
