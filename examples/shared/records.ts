/** Small real tables: the JSON files of the npm package `vega-datasets`. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

/** One row of a table by the names of its columns. */
export type Row = Readonly<Record<string, string | number | null>>;

/** The rows of a table that have a value in every one of the columns. */
export function records(name: string, columns: readonly string[]): Row[] {
  const root = join(createRequire(import.meta.url).resolve("vega-datasets"), "../..");
  const rows: Row[] = JSON.parse(readFileSync(join(root, "data", `${name}.json`), "utf8"));
  return rows.filter((row) => columns.every((column) => row[column] !== null && row[column] !== undefined));
}
