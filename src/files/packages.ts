/** Where npm packages are installed. */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/**
 * The folder of an npm package, as seen from the user's program and from this package; undefined where it is not installed.
 *
 * @example
 * packageFolder("vega-datasets"); // "/home/ada/program/node_modules/vega-datasets"
 */
export function packageFolder(name: string): string | undefined {
  for (const from of [workingFolder(), import.meta.url]) {
    if (from === undefined) continue;
    const require = createRequire(from);
    try {
      return dirname(require.resolve(`${name}/package.json`));
    } catch {
      // Not installed for this place, or its "exports" hide the file; the folders themselves tell which.
    }
    const folder = require.resolve.paths(name)?.find((modules) => existsSync(join(modules, name, "package.json")));
    if (folder !== undefined) return join(folder, name);
  }
  return undefined;
}

/** A file name in the working folder, for createRequire; undefined when that folder has been removed. */
function workingFolder(): string | undefined {
  try {
    return join(process.cwd(), "program.js");
  } catch {
    return undefined;
  }
}
