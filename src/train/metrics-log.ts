/** Numbers of a run in a file of JSON lines. */
import { writeFileAtomic } from "../files/atomic.ts";
import { storable } from "./json-numbers.ts";

/** One line: a value per name. NaN and infinities are written as strings, since JSON has none. */
export type Metrics = Readonly<Record<string, number | string>>;

/**
 * The numbers of a run, one JSON object per line. `save()` writes the file beside and renames it, so that a file of an
 * earlier run stays whole until then.
 *
 * @throws {FileError} if `save` cannot write the file.
 * @example
 * const metrics = new MetricsLog("runs/mnist-mlp/metrics.jsonl");
 * metrics.add({ epoch: 1, loss: 0.1234 }).save();
 */
export class MetricsLog {
  readonly path: string;
  readonly #lines: string[] = [];

  constructor(path: string) {
    this.path = path;
  }

  /** Adds a line. */
  add(metrics: Metrics): this {
    this.#lines.push(JSON.stringify(storable(metrics)));
    return this;
  }

  /**
   * Writes all lines.
   *
   * @throws {FileError} if that is not possible.
   */
  save(): void {
    writeFileAtomic(this.path, `${this.#lines.join("\n")}\n`);
  }
}
