/** docs/benchmarks.md: the table of a whole run, in which sections can be measured again. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./server.ts";
import { aligned, cellsOf, type Row, TABLE_HEAD } from "./table.ts";

const PATH = "docs/benchmarks.md";

function save(method: string, machine: readonly string[], lines: readonly string[][]): void {
  const list = machine.map((line) => `- ${line}`).join("\n");
  writeFileSync(join(ROOT, PATH), `# Benchmarks\n\n${method}\n\n${list}\n\n${aligned([TABLE_HEAD, ...lines])}\n`);
  console.log(`\nwritten: ${PATH}`);
}

/** Writes the document of a whole run. */
export function writeWhole(method: string, machine: readonly string[], rows: readonly Row[]): void {
  save(method, machine, rows.map(cellsOf));
}

/** Puts the rows of sections in the place of their earlier ones. Figures of different machines do not go into one table. */
export function writeSections(
  method: string,
  machine: readonly string[],
  sections: readonly string[],
  rows: readonly Row[],
): void {
  const text = readFileSync(join(ROOT, PATH), "utf8").split("\n");
  const before = text.filter((line) => line.startsWith("- ")).map((line) => line.slice(2));
  if (before[0] !== machine[0]) {
    throw new Error(
      `${PATH} is of another machine: a whole run comes first\n  there: ${before[0]}\n  here: ${machine[0]}`,
    );
  }
  const table = text.filter((line) => line.startsWith("| ")).slice(2);
  const lines = table.map((line) =>
    line
      .slice(2, -2)
      .split(" | ")
      .map((cell) => cell.trim()),
  );
  const isNew = (cells: readonly string[]): boolean => rows.some(({ what }) => what === cells[0]);
  const place = lines.findIndex(isNew);
  if (place < 0) throw new Error(`${PATH} has no lines of ${sections.join(", ")}: a whole run comes first`);
  const again = `${sections.join(", ")} again: `;
  const head = before.filter((line) => !line.startsWith(again));
  const kept = lines.filter((cells) => !isNew(cells));
  save(method, [...head, again + machine[1]], [...kept.slice(0, place), ...rows.map(cellsOf), ...kept.slice(place)]);
}
