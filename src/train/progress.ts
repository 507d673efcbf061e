import { DTypeError, ValueError } from "../errors.ts";
import { checkOptions } from "../options.ts";

/** Where a bar is drawn; `process.stderr` is one. */
export interface ProgressStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Options of {@link progress}. */
export interface ProgressOptions {
  /** Stands in front of the bar, such as `"Epoch 1/5"`. */
  readonly description?: string;
  /** How many items there are. Default: the number given, else the `length` or `size` of what is iterated, else unknown. */
  readonly total?: number;
  /** How many items were done before, as in an epoch that is taken up in the middle; they do not count for the rate. Default 0. */
  readonly initial?: number;
  /** What the rate counts, such as `"images"`. Default `"it"`. */
  readonly unit?: string;
  /** Units per item, such as the batch size. Default 1. */
  readonly scale?: number;
  /** Keeps the finished bar on the screen. Default true. */
  readonly leave?: boolean;
  /** Draws nothing at all. Default false. */
  readonly disable?: boolean;
  /** Where the bar goes. Default `process.stderr`; nowhere in a browser. */
  readonly stream?: ProgressStream | undefined;
  /** Where {@link Progress.log} writes. Default `process.stdout`; the console in a browser. */
  readonly output?: ProgressStream | undefined;
  /** The time in milliseconds; for tests. Default `performance.now`. */
  readonly clock?: () => number;
}

/** What stands behind the rate: values by name, or any text. */
export type Postfix = string | Readonly<Record<string, string | number>>;

const REDRAW_MS = 100;
const PLAIN_MS = 30_000;
/** Weight of the newest rate in the running one, as in tqdm. */
const NEWEST = 0.3;

type Source<T> = Iterable<T> | AsyncIterable<T>;

const OPTIONS: readonly (keyof ProgressOptions)[] = [
  "description",
  "total",
  "initial",
  "unit",
  "scale",
  "leave",
  "disable",
  "stream",
  "output",
  "clock",
];

/**
 * A progress bar over what is iterated, in the spirit of Python's tqdm. Iterate it (`for … of` or `for await … of`), or
 * call {@link Progress.update} by hand and {@link Progress.close} at the end.
 *
 * On a terminal one line is redrawn at most ten times a second. Elsewhere, such as in a log file, it writes a plain
 * line when it is done, and one every 30 seconds until then. It goes to standard error, so a program's output stays its
 * own.
 *
 * Colours are left out where `NO_COLOR` is set.
 *
 * @throws {ValueError} for an unknown option, a number of items that is no whole number of at least 0, a `scale` that
 * is not above 0, or a negative `update`.
 * @throws {DTypeError} if an async source is looped over without `await`.
 * @example
 * const bar = progress(100, { description: "Epoch 1/5" });
 * for (const i of bar) if (i % 10 === 0) bar.setPostfix({ loss: 1 / (i + 1) });
 */
export class Progress<T> implements Iterable<T>, AsyncIterable<T> {
  readonly #source: Source<T>;
  readonly #total: number | undefined;
  readonly #initial: number;
  readonly #unit: string;
  readonly #scale: number;
  readonly #leave: boolean;
  readonly #stream: ProgressStream | undefined;
  readonly #output: ProgressStream;
  readonly #clock: () => number;
  readonly #live: boolean;
  #done = 0;
  #description: string;
  #postfix = "";
  #started: number;
  #drawnAt: number;
  #drawnDone = 0;
  /** Items per millisecond: a moving average, and the weight it has gathered. */
  #rate = 0;
  #rateWeight = 0;
  #onScreen = false;
  #closed = false;

  constructor(source: Source<T>, options: ProgressOptions) {
    checkOptions("progress", options, OPTIONS);
    this.#source = source;
    this.#total = checkTotal(options.total ?? sizeOf(source));
    this.#initial = checkTotal(options.initial ?? 0) as number;
    this.#done = this.#initial;
    this.#drawnDone = this.#initial;
    this.#scale = checkScale(options.scale ?? 1);
    this.#unit = options.unit ?? "it";
    this.#leave = options.leave ?? true;
    this.#description = options.description ?? "";
    this.#clock = options.clock ?? (() => performance.now());
    const node = (globalThis as { process?: Partial<NodeJS.Process> }).process;
    this.#stream = options.disable ? undefined : (options.stream ?? node?.stderr);
    this.#output = options.output ?? node?.stdout ?? { write: (line) => console.log(line.replace(/\n$/, "")) };
    this.#live = this.#stream?.isTTY === true && node?.env?.TERM !== "dumb";
    this.#started = this.#clock();
    this.#drawnAt = this.#live ? Number.NEGATIVE_INFINITY : this.#started;
  }

  /** How many items are done. */
  get done(): number {
    return this.#done;
  }

  /** Iterates the source, counting. Leaving the loop early, by `break` or an error, ends the bar where it stands. */
  *[Symbol.iterator](): Iterator<T> {
    if (!(Symbol.iterator in this.#source)) {
      throw new DTypeError("progress: this source is asynchronous; use `for await (… of progress(…))`");
    }
    this.#restart();
    try {
      for (const item of this.#source) {
        yield item;
        this.update();
      }
    } finally {
      this.close();
    }
  }

  /** Iterates a source of either kind, counting. */
  async *[Symbol.asyncIterator](): AsyncIterator<T> {
    this.#restart();
    try {
      for await (const item of this.#source) {
        yield item;
        this.update();
      }
    } finally {
      this.close();
    }
  }

  /** Counts `count` more items as done. */
  update(count = 1): void {
    if (!(count >= 0 && count < Number.POSITIVE_INFINITY)) {
      throw new ValueError(`Progress.update: expects a count of at least 0; got ${count}`);
    }
    this.#done += count;
    const now = this.#clock();
    if (now - this.#drawnAt >= (this.#live ? REDRAW_MS : PLAIN_MS)) this.#show(now);
  }

  /** Sets the text in front of the bar. */
  setDescription(description: string): void {
    this.#description = description;
  }

  /** Sets what stands behind the rate, such as `{ loss: loss.item() }`; numbers are shown with four significant digits. */
  setPostfix(postfix: Postfix): void {
    this.#postfix =
      typeof postfix === "string"
        ? postfix
        : Object.entries(postfix)
            .map(([name, value]) => `${name}=${typeof value === "number" ? significant(value) : value}`)
            .join(", ");
  }

  /** Writes a line to standard output without disturbing the bar. */
  log(line: string): void {
    this.#clear();
    this.#output.write(`${line}\n`);
    if (this.#live && !this.#closed) this.#show(this.#clock());
  }

  /** Ends the bar; iterating does so by itself. Later calls do nothing. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    const now = this.#clock();
    if (!this.#live) {
      if (this.#leave) this.#stream?.write(`${this.#plainLine(now)}\n`);
      return;
    }
    this.#clear();
    if (this.#leave) this.#stream?.write(`${this.#barLine(now, this.#average(now))}\n`);
  }

  /** The clock starts with the loop, not with the bar; a second loop over the same bar starts anew. */
  #restart(): void {
    this.#done = this.#initial;
    this.#drawnDone = this.#initial;
    this.#rate = 0;
    this.#rateWeight = 0;
    this.#closed = false;
    this.#started = this.#clock();
    this.#drawnAt = this.#started;
    if (this.#live) this.#show(this.#started);
  }

  #show(now: number): void {
    this.#measure(now);
    this.#drawnAt = now;
    this.#drawnDone = this.#done;
    if (!this.#live) {
      this.#stream?.write(`${this.#plainLine(now)}\n`);
      return;
    }
    const rate = this.#rateWeight > 0 ? this.#rate / this.#rateWeight : 0;
    this.#stream?.write(`\r${this.#barLine(now, rate)}\x1b[K`);
    this.#onScreen = true;
  }

  #measure(now: number): void {
    const elapsed = now - Math.max(this.#drawnAt, this.#started);
    if (elapsed <= 0) return;
    this.#rate = NEWEST * ((this.#done - this.#drawnDone) / elapsed) + (1 - NEWEST) * this.#rate;
    this.#rateWeight = NEWEST + (1 - NEWEST) * this.#rateWeight;
  }

  #average(now: number): number {
    return now > this.#started ? (this.#done - this.#initial) / (now - this.#started) : 0;
  }

  #clear(): void {
    if (this.#onScreen) this.#stream?.write("\r\x1b[K");
    this.#onScreen = false;
  }

  #barLine(now: number, rate: number): string {
    const head = this.#description === "" ? "" : `${oneLine(this.#description)}  `;
    const elapsed = clockTime(now - this.#started);
    const total = this.#total;
    const left = total !== undefined && rate > 0 ? `<${clockTime(Math.max(0, total - this.#done) / rate)}` : "";
    const tail = this.#tail(rate, `${elapsed}${total !== undefined && this.#done < total ? left : ""}`);
    // The last column stays free: a terminal may wrap a line that fills it.
    const columns = (this.#stream?.columns || 80) - 1;
    if (total === undefined) return cut(`${head}${grouped(this.#done)} ${tail}`, columns);
    const share = total === 0 ? 1 : Math.min(1, this.#done / total);
    const before = `${head}${String(Math.floor(share * 100)).padStart(3)} % `;
    const after = ` ${grouped(this.#done).padStart(grouped(total).length)}/${grouped(total)} ${tail}`;
    const room = Math.min(40, columns - textWidth(before) - textWidth(after));
    return room < 5 ? cut(`${before.trimEnd()}${after}`, columns) : before + bar(share, room) + after;
  }

  #plainLine(now: number): string {
    const head = this.#description === "" ? "" : `${oneLine(this.#description)}: `;
    const total = this.#total === undefined ? "" : `/${grouped(this.#total)}`;
    return `${head}${grouped(this.#done)}${total} ${this.#tail(this.#average(now), clockTime(now - this.#started))}`;
  }

  #tail(rate: number, time: string): string {
    const speed = rate > 0 ? `, ${rateText(rate * 1000 * this.#scale, this.#unit)}` : "";
    return `[${time}${speed}${this.#postfix === "" ? "" : `, ${oneLine(this.#postfix)}`}]`;
  }
}

/**
 * Shows how far a loop is.
 *
 * @param items What to iterate, such as a DataLoader; or a number n, for 0 … n − 1 or for counting by hand.
 * @throws {ValueError} for an unknown option, if the number or `total` is not a whole number of at least 0, or `scale`
 * is not above 0.
 * @throws {DTypeError} if `items` is neither.
 * @example
 * const bar = progress(loader, { description: "Epoch 1/5", unit: "images", scale: 100 });
 * for (const [x, y] of bar) bar.setPostfix({ loss: step(x, y) });
 */
export function progress<T>(items: Source<T>, options?: ProgressOptions): Progress<T>;
export function progress(items: number, options?: ProgressOptions): Progress<number>;
export function progress<T>(items: Source<T> | number, options: ProgressOptions = {}): Progress<T> | Progress<number> {
  if (typeof items === "number")
    return new Progress(counting(checkTotal(items) as number), { total: items, ...options });
  const source = items as Partial<Iterable<T> & AsyncIterable<T>> | null | undefined;
  if (source?.[Symbol.iterator] === undefined && source?.[Symbol.asyncIterator] === undefined) {
    throw new DTypeError(`progress: expects something to iterate or a number of items; got ${String(items)}`);
  }
  return new Progress(items, options);
}

function counting(count: number): Iterable<number> {
  return {
    *[Symbol.iterator]() {
      for (let i = 0; i < count; i++) yield i;
    },
  };
}

function sizeOf(source: object): number | undefined {
  const { length, size } = source as { length?: unknown; size?: unknown };
  return [length, size].find((count) => Number.isInteger(count) && (count as number) >= 0) as number | undefined;
}

function checkTotal(total: number | undefined): number | undefined {
  if (total === undefined || (Number.isInteger(total) && total >= 0)) return total;
  throw new ValueError(`progress: the number of items must be a whole number of at least 0; got ${total}`);
}

function checkScale(scale: number): number {
  if (scale > 0 && scale < Number.POSITIVE_INFINITY) return scale;
  throw new ValueError(`progress: scale must be above 0; got ${scale}`);
}

const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

function bar(share: number, width: number): string {
  const eighths = Math.floor(share * width * 8);
  const filled = "█".repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8];
  const rest = "·".repeat(width - filled.length);
  const node = (globalThis as { process?: Partial<NodeJS.Process> }).process;
  return node?.env?.NO_COLOR ? filled + rest : `\x1b[36m${filled}\x1b[2m${rest}\x1b[0m`;
}

/** Hours only where there are any: 01:05, 2:01:05. */
function clockTime(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const two = (n: number): string => String(n).padStart(2, "0");
  return `${hours > 0 ? `${hours}:` : ""}${two(minutes)}:${two(seconds % 60)}`;
}

/** Slow loops read better the other way round: 4.2 s/epoch. */
function rateText(perSecond: number, unit: string): string {
  return perSecond >= 1 ? `${significant(perSecond, 3)} ${unit}/s` : `${significant(1 / perSecond, 3)} s/${unit}`;
}

function significant(value: number, digits = 4): string {
  if (!Number.isFinite(value) || value === 0) return String(value);
  const size = Math.abs(value);
  if (size >= 10 ** digits) return size < 1e15 ? grouped(Math.round(value)) : value.toExponential(digits - 1);
  return size < 1e-3 ? value.toExponential(digits - 1) : value.toPrecision(digits);
}

function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

function oneLine(label: string): string {
  return label.replace(/\s*[\r\n]+\s*/g, " ");
}

const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}]/u;

/** Columns that a text takes in a terminal: Chinese, Japanese and Korean characters and emoji take two. */
function textWidth(label: string): number {
  let width = 0;
  for (const character of label) width += WIDE.test(character) ? 2 : 1;
  return width;
}

function cut(line: string, columns: number): string {
  if (textWidth(line) <= columns) return line;
  let kept = "";
  let width = 1;
  for (const character of line) {
    width += textWidth(character);
    if (width > columns) break;
    kept += character;
  }
  return `${kept}…`;
}
