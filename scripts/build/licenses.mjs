// The licenses of the libraries whose code is in the bundle, which have to go with it.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The folder of the package that a module belongs to, or undefined for a module of nabla's own. */
function packageOf(module) {
  return /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(module.replaceAll("\\", "/"))?.[0];
}

/** Name, version and license of a package; few come without the text. */
function licenseOf(folder) {
  const { name, version, license, author } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file === undefined ? `by ${author?.name ?? author}` : readFileSync(join(folder, file), "utf8").trim();
  return `${name} ${version} (${license})\n\n${text}\n`;
}

/** Writes the licenses of all packages that the modules are from. */
export function writeLicenses(file, modules) {
  const folders = new Set(modules.map(packageOf).filter((folder) => folder !== undefined));
  const texts = [...folders].sort().map(licenseOf);
  writeFileSync(
    file,
    ["The files beside this one contain code of these libraries.\n", ...texts].join(`\n${"-".repeat(80)}\n\n`),
  );
}
