/** Files that come with npm packages. */
import { existsSync } from "node:fs";
import { join, sep } from "node:path";
import { DataError, ValueError } from "../errors.ts";
import { packageFolder } from "../files/packages.ts";

/**
 * The path of a file of an npm package: series, lists of names and texts come in packages, which `npm install` fetches
 * once and checks. Not for browsers, where a page has no files.
 *
 * @throws {ValueError} if `name` is none of a package, or `path` leads out of it.
 * @throws {DataError} if the package or the file is missing; the message says how to install the package.
 * @example
 * const prices = readCsv(packageFile("vega-datasets", "data/sp500-2000.csv"), { x: ["close"] });
 */
export function packageFile(name: string, path: string): string {
  if (typeof name !== "string" || !/^(?:@[\w.~-]+\/)?[\w~-][\w.~-]*$/.test(name)) {
    throw new ValueError(`packageFile: takes the name of an npm package; got ${JSON.stringify(name)}`);
  }
  if (typeof path !== "string") throw new ValueError(`packageFile: takes the path of a file; got ${typeof path}`);
  const folder = packageFolder(name);
  if (folder === undefined) {
    throw new DataError(
      `packageFile: ${path} is in the npm package ${name}; got no such package; run \`npm install ${name}\``,
    );
  }
  const file = join(folder, path);
  if (!file.startsWith(folder + sep)) {
    throw new ValueError(`packageFile: the path leads into the package; got ${JSON.stringify(path)}`);
  }
  if (existsSync(file)) return file;
  throw new DataError(`packageFile: ${name} in ${JSON.stringify(folder)} has the file; got no ${JSON.stringify(path)}`);
}
