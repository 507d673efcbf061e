// The package as Node.js loads it: few files instead of two hundred and of the six hundred of its libraries, which takes less than half the
// time. Bundlers for pages take the single modules of dist/ instead.
import { readFileSync, rmSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import { rolldown } from "rolldown";
import { ROOT } from "./compiler.mjs";
import { writeLicenses } from "./licenses.mjs";

const FOLDER = "dist/node";
/** Modules that are no entry of the package, and are run in processes of their own. */
const PROGRAMS = { cli: "dist/cli/main.js", "sweep-program": "dist/cli/sweep-program.js" };
/** What linkedom uses where it is installed. */
const OPTIONAL = ["canvas"];

/** The entries that package.json names for Node.js, by the file's name, with the modules they are made from. */
function entries() {
  const { exports, imports } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const named = Object.values({ ...exports, ...imports })
    .filter(({ node }) => node !== undefined)
    .map((entry) => [entry.node.slice(`./${FOLDER}/`.length, -".js".length), entry.default]);
  return Object.entries({ ...Object.fromEntries(named), ...PROGRAMS });
}

/** Writes dist/node from the modules in dist. All files lie in one folder, as deep as the modules: what they find by import.meta.url stays. */
export async function bundleForNode() {
  rmSync(join(ROOT, FOLDER), { recursive: true, force: true });
  const input = Object.fromEntries(entries().map(([name, file]) => [name, join(ROOT, file)]));
  const external = (id) => isBuiltin(id) || OPTIONAL.includes(id);
  const bundle = await rolldown({ input, platform: "node", external, cwd: ROOT });
  const { output } = await bundle.write({ dir: join(ROOT, FOLDER), format: "esm", chunkFileNames: "[name].js" });
  await bundle.close();
  writeLicenses(
    join(ROOT, FOLDER, "LICENSES.txt"),
    output.flatMap(({ moduleIds = [] }) => moduleIds),
  );
}
