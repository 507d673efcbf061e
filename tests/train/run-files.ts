import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** All files of a run by name. */
export function files(folder: string): Record<string, string> {
  return Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "latin1")]));
}
