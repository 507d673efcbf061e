/** The numbers of a run, epoch by epoch. */
import { StateDictError, ValueError } from "../errors.ts";
import { readFileBytes } from "../files/read.ts";
import { shown } from "../options.ts";
import { restored } from "./json-numbers.ts";
import { MetricsLog } from "./metrics-log.ts";

/** The numbers of one epoch (or step), by name. */
export type HistoryRow = Readonly<Record<string, number>>;

/** 1 where less is better, and -1 where more is. */
export function signOf(op: string, mode: "min" | "max"): 1 | -1 {
  if (mode !== "min" && mode !== "max") throw new ValueError(`${op}: mode is "min" or "max"; got ${shown(mode)}`);
  return mode === "min" ? 1 : -1;
}

/** One column as `plot.curves` draws it. */
export interface HistorySeries {
  readonly name: string;
  readonly x: number[];
  readonly y: number[];
}

/**
 * The numbers of a run, one row per epoch: what `fit` gives, and what a loop of one's own fills.
 *
 * @throws {ValueError} if `add` is given values that are no numbers, or `column` or `best` a name that no row has, or `best` an
 * unknown mode.
 * @throws {StateDictError} if `loadStateDict` is given no rows.
 * @throws {FileError} if `save` cannot write the file.
 * @example
 * const history = new History();
 * history.add({ epoch: 1, loss: 0.9 }).add({ epoch: 2, loss: 0.4 });
 * history.column("loss"); // [0.9, 0.4]
 */
export class History {
  #rows: HistoryRow[] = [];

  /** All rows, in order. */
  get rows(): readonly HistoryRow[] {
    return this.#rows;
  }

  /** How many rows there are. */
  get length(): number {
    return this.#rows.length;
  }

  /** The newest row, if there is one. */
  get last(): HistoryRow | undefined {
    return this.#rows.at(-1);
  }

  /**
   * Adds a row.
   *
   * @throws {ValueError} unless it is an object whose values are numbers.
   */
  add(row: HistoryRow): this {
    if (typeof row !== "object" || row === null) {
      throw new ValueError(`History.add: takes numbers by name, as { loss: 0.5 }; got ${shown(row)}`);
    }
    for (const [name, value] of Object.entries(row)) {
      if (typeof value === "number") continue;
      throw new ValueError(`History.add: values are numbers; got ${typeof value} as ${name}; use loss.item()`);
    }
    this.#rows.push({ ...row });
    return this;
  }

  /**
   * The values of a name, from the rows that have it.
   *
   * @throws {ValueError} if none has.
   */
  column(name: string): number[] {
    const values = this.#rows.flatMap((row) => (row[name] === undefined ? [] : [row[name]]));
    if (values.length > 0) return values;
    const names = [...new Set(this.#rows.flatMap((row) => Object.keys(row)))].join(", ");
    throw new ValueError(`History.column: there is no ${JSON.stringify(name)}; there are ${names || "no rows"}`);
  }

  /**
   * The row in which a value is least (or largest), the first of several. NaN is never best.
   *
   * @throws {ValueError} for a name that no row has, one that is NaN in all, or an unknown mode.
   */
  best(name: string, mode: "min" | "max" = "min"): HistoryRow {
    this.column(name);
    const sign = signOf("History.best", mode);
    const rows = this.#rows.filter((row) => row[name] !== undefined && !Number.isNaN(row[name]));
    if (rows.length === 0) throw new ValueError(`History.best: ${JSON.stringify(name)} is NaN in every row`);
    return rows.reduce((best, row) => (sign * (row[name] as number) < sign * (best[name] as number) ? row : best));
  }

  /**
   * Columns for `plot.curves`, over `x` (the column "epoch", or the number of the row where there is none).
   *
   * @throws {ValueError} if no row has one of the names.
   * @example
   * const history = new History().add({ epoch: 1, loss: 0.9, validationLoss: 1 }).add({ epoch: 2, loss: 0.4, validationLoss: 0.6 });
   * plot.curves(history.series(["loss", "validationLoss"])).save("curves.svg");
   */
  series(names: readonly string[], x = "epoch"): HistorySeries[] {
    return names.map((name) => {
      const y = this.column(name);
      const rows = this.#rows.map((row, i) => [row[x] ?? i + 1, row[name]] as const);
      return { name, x: rows.flatMap(([at, value]) => (value === undefined ? [] : [at])), y };
    });
  }

  /**
   * Writes the rows as JSON lines, beside and renamed.
   *
   * @throws {FileError} if that is not possible.
   */
  save(path: string): void {
    const log = new MetricsLog(path);
    for (const row of this.#rows) log.add(row);
    log.save();
  }

  /**
   * Reads what `save` wrote to `path`.
   *
   * @throws {ValueError} if a line is none of a history's rows; the message names it.
   * @throws {FileError} if the file cannot be read.
   * @example
   * new History().add({ epoch: 1, loss: 0.9 }).save("history.jsonl");
   * History.load("history.jsonl").last; // ({ epoch: 1, loss: 0.9 })
   */
  static load(path: string): History {
    const history = new History();
    const lines = new TextDecoder().decode(readFileBytes(path)).split("\n");
    for (const [i, line] of lines.entries()) {
      if (line.trim() === "") continue;
      try {
        history.add(restored(JSON.parse(line) as HistoryRow));
      } catch (cause) {
        throw new ValueError(`History.load: ${JSON.stringify(path)} has rows as JSON; line ${i + 1} is none`, {
          cause,
        });
      }
    }
    return history;
  }

  stateDict(): { rows: HistoryRow[] } {
    return { rows: this.#rows.map((row) => ({ ...row })) };
  }

  loadStateDict(state: { rows: HistoryRow[] }): void {
    if (!Array.isArray(state?.rows))
      throw new StateDictError("History.loadStateDict: takes what stateDict() gives: rows");
    this.#rows = [];
    for (const row of state.rows) this.add(row);
  }
}
