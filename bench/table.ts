/** The table at the end: one row for each goal. */
import { median } from "./statistics.ts";

export interface Row {
  what: string;
  goal: string;
  /** What was measured, with its spread. */
  measured: string;
  /** nabla's own figure. */
  nabla: string;
  /** The figure of what it is compared with. */
  other: string;
  /** Undefined where there is no goal, or nothing to compare with. */
  reached: boolean | undefined;
}

/** How a figure is written: 1.63× or 94 %. */
export type Unit = "×" | "%";

function figure(value: number, unit: Unit): string {
  if (unit === "%") return `${(value * 100).toFixed(0)} %`;
  return `${value >= 10 ? value.toFixed(1) : value.toFixed(2)}×`;
}

/** The row of a ratio that should be at least `goal`: its median over the rounds decides. Without a goal it only informs. */
export function ratioRow(
  row: { what: string; nabla: string; other: string; goal: number | null; unit?: Unit },
  values: readonly number[],
): Row {
  const { goal, unit = "×", ...rest } = row;
  const middle = median(values);
  const spread = `${figure(Math.min(...values), unit)} – ${figure(Math.max(...values), unit)}`;
  return {
    ...rest,
    goal: goal === null ? "" : `at least ${figure(goal, unit).replace(/\.?0*×$/, "×")}`,
    measured: `${figure(middle, unit)} (${spread})`,
    reached: goal === null ? undefined : middle >= goal,
  };
}

/** The row of a goal that could not be measured. */
export function unmeasured(what: string, reason: string): Row {
  return { what, goal: "", measured: `not measured: ${reason}`, nabla: "", other: "", reached: undefined };
}

function verdict({ reached, goal }: Row): string {
  if (reached === undefined) return goal === "" ? "" : "not measured";
  return reached ? "reached" : "**missed**";
}

export const TABLE_HEAD: string[] = ["", "goal", "measured (lowest – highest)", "nabla", "compared with", ""];

/** What stands in the table's line of a row. */
export const cellsOf = (row: Row): string[] => [row.what, row.goal, row.measured, row.nabla, row.other, verdict(row)];

/** The rows as a Markdown table. */
export const markdown = (rows: readonly Row[]): string => aligned([TABLE_HEAD, ...rows.map(cellsOf)]);

/** A Markdown table of these cells, the first line its head, with columns of one width. */
export function aligned(all: readonly string[][]): string {
  const widths = all[0]?.map((_, column) => Math.max(3, ...all.map((cells) => [...(cells[column] as string)].length)));
  const line = (cells: string[]): string =>
    `| ${cells.map((cell, i) => cell + " ".repeat((widths?.[i] as number) - [...cell].length)).join(" | ")} |`;
  const rule = `| ${widths?.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [line(all[0] as string[]), rule, ...all.slice(1).map(line)].join("\n");
}
