/** Objects of options, where a name that nobody reads is a mistake that would change results in silence. */
import { ValueError } from "./errors.ts";

/** A name without what tells PyTorch's spelling from nabla's. */
function plain(name: string): string {
  return name.replaceAll("_", "").toLowerCase();
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return "an array";
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

/** What marks modules (nn/walk.ts): a layer gives itself as the options of its function, and its constructor has checked them. */
const MODULE = Symbol.for("nabla.Module");

/** Throws a ValueError unless `options` is an object whose names are all among those listed. */
export function checkOptions(op: string, options: unknown, names: readonly string[]): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    const example = names.length === 0 ? "{}" : `{ ${names[0]}: … }`;
    throw new ValueError(`${op}: options are an object, as ${example}; got ${shown(options)}`);
  }
  if (MODULE in options) return;
  for (const name in options) {
    if (names.includes(name)) continue;
    const meant = names.find((other) => plain(other) === plain(name));
    const fix = meant === undefined ? `options are ${names.join(", ")}` : `it is called ${meant}`;
    throw new ValueError(`${op}: there is no option ${name}; ${fix}`);
  }
}
