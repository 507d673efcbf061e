/** What a sweep found. */
import { ValueError } from "../../errors.ts";
import { writeFileAtomic } from "../../files/atomic.ts";
import { type HistorySeries, signOf } from "../history.ts";
import type { Setting } from "./grid.ts";

/** One trial. */
export interface Trial<C = Record<string, Setting>> {
  /** Its number, from 0. */
  readonly index: number;
  readonly config: C;
  /** What `manualSeed` was called with before it. */
  readonly seed: number;
  readonly status: "done" | "failed";
  /** What it gave, by name; nothing when it failed. */
  readonly values: Readonly<Record<string, number>>;
  /** Why it failed. */
  readonly error?: string;
  readonly seconds: number;
}

/**
 * The trials of a sweep, in the order of the grid.
 *
 * @throws {ValueError} if `best` or `series` is given a name that no trial has, `best` an unknown mode, or `series` a
 * setting that is no number.
 * @throws {FileError} if `save` cannot write the file.
 * @example
 * const result = await sweep({ lr: [0.1, 0.2] }, ({ lr }) => ({ accuracy: lr }), { processes: 1, progress: false });
 * result.best("accuracy", "max").config; // ({ lr: 0.2 })
 * result.series("lr", "accuracy"); // [{ name: "accuracy", x: [0.1, 0.2], y: [0.1, 0.2] }]
 */
export class SweepResult<C = Record<string, Setting>> {
  readonly trials: readonly Trial<C>[];

  constructor(trials: readonly Trial<C>[]) {
    this.trials = trials;
  }

  /** The trials that failed, with their errors. */
  get failed(): Trial<C>[] {
    return this.trials.filter((trial) => trial.status === "failed");
  }

  /**
   * The trial with the smallest (or largest) value.
   *
   * @throws {ValueError} if none has it, it is NaN in all, or the mode is unknown.
   */
  best(name: string, mode: "min" | "max" = "min"): Trial<C> {
    const sign = signOf("SweepResult.best", mode);
    const trials = this.#with(name).filter((trial) => !Number.isNaN(trial.values[name]));
    if (trials.length === 0) throw new ValueError(`SweepResult.best: ${JSON.stringify(name)} is NaN in every trial`);
    const value = (trial: Trial<C>): number => sign * (trial.values[name] as number);
    return trials.reduce((best, trial) => (value(trial) < value(best) ? trial : best));
  }

  #with(name: string): Trial<C>[] {
    const trials = this.trials.filter((trial) => trial.values[name] !== undefined);
    if (trials.length > 0) return trials;
    const names = this.#valueNames().join(", ");
    throw new ValueError(
      `SweepResult: no trial has ${JSON.stringify(name)}; there are ${names || "only failed trials"}`,
    );
  }

  #valueNames(): string[] {
    return [...new Set(this.trials.flatMap((trial) => Object.keys(trial.values)))];
  }

  /** A value over a setting of numbers, for `plot.curves`: one series for each combination of the other settings. */
  series(setting: keyof C & string, value: string): HistorySeries[] {
    const groups = new Map<string, [number, number][]>();
    for (const { config, values } of this.#with(value)) {
      const { [setting]: x, ...others } = config as Record<string, Setting>;
      if (typeof x !== "number") {
        throw new ValueError(
          `SweepResult.series: a setting of numbers stands below; got ${JSON.stringify(x)} as ${setting}`,
        );
      }
      const name =
        Object.entries(others)
          .map(([key, other]) => `${key}=${other}`)
          .join(", ") || value;
      groups.set(name, [...(groups.get(name) ?? []), [x, values[value] as number]]);
    }
    return [...groups].map(([name, points]) => {
      points.sort(([a], [b]) => a - b);
      return { name, x: points.map(([x]) => x), y: points.map(([, y]) => y) };
    });
  }

  /** The rows of the table: settings, values, seconds and errors. */
  #rows(): { names: string[]; rows: string[][] } {
    const settings = Object.keys((this.trials[0]?.config as object | undefined) ?? {});
    const values = this.#valueNames();
    const names = ["trial", ...settings, ...values, "seconds", "error"];
    const rows = this.trials.map((trial) => [
      String(trial.index),
      ...settings.map((name) => String((trial.config as Record<string, Setting>)[name])),
      ...values.map((name) => shown(trial.values[name])),
      trial.seconds.toFixed(1),
      trial.error ?? "",
    ]);
    if (this.failed.length > 0) return { names, rows };
    return { names: names.slice(0, -1), rows: rows.map((row) => row.slice(0, -1)) };
  }

  /** All trials as text in columns. */
  table(): string {
    const { names, rows } = this.#rows();
    const lines = [names, ...rows.map((row) => row.map((cell) => cell.replace(/\s+/g, " ")))];
    const widths = names.map((_, i) => Math.max(...lines.map((line) => (line[i] as string).length)));
    const last = names.length - 1;
    return lines
      .map((line) =>
        line.map((cell, i) => (names[i] === "error" ? cell : cell.padStart(widths[i] as number))).join("  "),
      )
      .map((line) => (names[last] === "error" ? line.trimEnd() : line))
      .join("\n");
  }

  /** Writes all trials as CSV, beside and renamed. */
  save(path: string): void {
    const { names, rows } = this.#rows();
    const quoted = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
    writeFileAtomic(path, `${[names, ...rows].map((row) => row.map(quoted).join(",")).join("\n")}\n`);
  }
}

function shown(value: number | undefined): string {
  if (value === undefined) return "";
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)));
}
