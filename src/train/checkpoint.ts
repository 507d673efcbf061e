/** Trainings that can be taken up where they ended. */
import { FormatError, StateDictError, ValueError } from "../errors.ts";
import { loadCheckpoint, saveCheckpoint } from "../files/checkpoint.ts";
import { fileError } from "../files/file-error.ts";
import { Module } from "../nn/module.ts";
import { defaultGenerator, Generator, type Tensor } from "../ops/index.ts";
import { checkOptions } from "../options.ts";
import { fileSystem, nodeModule } from "./node.ts";

/** What a checkpoint keeps: whatever has `stateDict` and `loadStateDict`, such as models, optimizers, schedules and loaders; or a Generator. */
export type CheckpointPart = { stateDict(): object; loadStateDict(state: never): unknown } | Generator;

/** Options of {@link Checkpoint}. */
export interface CheckpointOptions {
  /** Whether a smaller or a larger score is better; "min" unless said otherwise. */
  mode?: "min" | "max";
}

/** The version of the files; another one is refused. */
const VERSION = 1;
/** What beside the parts stands in a file. */
const RUN = "run";

interface RunState<V> {
  format: "nabla run";
  version: number;
  /** The default generator. */
  random: Tensor;
  score: number | null;
  values: V;
}

type Stored<V> = Record<string, unknown> & { run: RunState<V> };

/**
 * Keeps a training in a folder: `last.safetensors`, and `best.safetensors` with the best score. Files are written
 * beside and renamed, so that a program that is killed at any moment leaves one that can be loaded. With model,
 * optimizer, schedule and loader as parts, a training that is resumed gives bit for bit what it would have given
 * without interruption; the default generator is always kept.
 *
 * @throws {ValueError} for an unknown option or mode, a folder that is no path, or parts that are neither Generators
 * nor have `stateDict` and `loadStateDict`; from `save` for a `score` that is no number.
 * @throws {StateDictError} if `resume` finds parts that do not fit.
 * @throws {FormatError} if `resume` finds a file that is damaged or of another version.
 * @throws {FileError} if `save` cannot write a file (earlier ones are then untouched), or `restoreBest` finds none.
 * @example
 * const checkpoint = new Checkpoint("runs/digits", { model, optimizer, loader });
 * const { epoch } = checkpoint.resume<{ epoch: number }>() ?? { epoch: 0 };
 * for (let i = epoch; i < 2; i++) {
 *   for (const [x, y] of loader) step(x, y);
 *   checkpoint.save({ epoch: i + 1 });
 * }
 * checkpoint.resume(); // ({ epoch: 2 })
 */
export class Checkpoint {
  readonly folder: string;
  readonly mode: "min" | "max";
  readonly #parts: Readonly<Record<string, CheckpointPart>>;
  #score: number | null = null;
  /** Whether the files in the folder are of this run. */
  #begun = false;

  constructor(folder: string, parts: Readonly<Record<string, CheckpointPart>>, options: CheckpointOptions = {}) {
    checkOptions("Checkpoint", options, ["mode"]);
    const { mode = "min" } = options;
    if (typeof folder !== "string" || folder === "") {
      throw new ValueError(`Checkpoint: takes a folder's path; got ${JSON.stringify(folder)}`);
    }
    if (mode !== "min" && mode !== "max") {
      throw new ValueError(`Checkpoint: mode is "min" or "max"; got ${JSON.stringify(mode)}`);
    }
    this.folder = folder;
    this.mode = mode;
    this.#parts = checkParts(parts);
  }

  /** The file of the newest state. */
  get last(): string {
    return `${this.folder}/last.safetensors`;
  }

  /** The file of the state with the best score. */
  get best(): string {
    return `${this.folder}/best.safetensors`;
  }

  /** The best score so far. */
  get bestScore(): number | null {
    return this.#score;
  }

  /**
   * Writes the state of all parts, and values of one's own such as `{ epoch, step }`. With a `score` that is better
   * than all before, also as the best.
   *
   * @throws {ValueError} for an unknown option, or a `score` that is no number.
   * @throws {FileError} if the files cannot be written; earlier ones are then untouched.
   */
  save(values: object = {}, options: { score?: number } = {}): void {
    checkOptions("Checkpoint.save", options, ["score"]);
    const { score } = options;
    const better = score !== undefined && this.#isBetter(score);
    const best = better ? score : this.#score;
    const run: RunState<object> = {
      format: "nabla run",
      version: VERSION,
      random: defaultGenerator.getState(),
      score: best,
      values,
    };
    const states = Object.entries(this.#parts).map(([name, part]) => [name, stateOf(part)]);
    const stored = { ...Object.fromEntries(states), [RUN]: run };
    // The best comes first: killed in between, the last state leads to the same best again.
    if (!this.#begun) this.#begin();
    if (better) saveCheckpoint(stored, this.best);
    saveCheckpoint(stored, this.last);
    this.#score = best;
  }

  /** The best state of an earlier run in this folder is none of this one. */
  #begin(): void {
    try {
      nodeModule("fs")?.rmSync(this.best, { force: true });
    } catch (cause) {
      throw fileError("cannot remove", this.best, cause);
    }
    this.#begun = true;
  }

  #isBetter(score: number): boolean {
    if (typeof score !== "number") throw new ValueError(`Checkpoint.save: score is a number; got ${typeof score}`);
    if (this.#score === null) return !Number.isNaN(score);
    return this.mode === "min" ? score < this.#score : score > this.#score;
  }

  /** Whether there is a state to resume. */
  exists(): boolean {
    return fileSystem("Checkpoint", this.folder).existsSync(this.last);
  }

  /**
   * Takes up the newest state: loads every part, sets the default generator, and gives the values that were saved with
   * it; null when there is none yet.
   *
   * @throws {StateDictError} if parts do not fit.
   * @throws {FormatError} for files that are damaged or of another version.
   */
  resume<V extends object = Record<string, unknown>>(): V | null {
    removeUnfinished(this.folder);
    if (!this.exists()) return null;
    const stored = readStored<V>(this.last);
    this.#load(stored, Object.keys(this.#parts), this.last);
    this.#begun = true;
    this.#score = stored.run.score;
    defaultGenerator.setState(stored.run.random);
    return stored.run.values;
  }

  /**
   * Gives the models among the parts the weights of the best score.
   *
   * @throws {FileError} if no score was saved.
   */
  restoreBest(): void {
    const models = Object.keys(this.#parts).filter((name) => this.#parts[name] instanceof Module);
    this.#load(readStored(this.best), models, this.best);
  }

  #load(stored: Stored<unknown>, names: readonly string[], path: string): void {
    const missing = names.filter((name) => !(name in stored));
    if (missing.length > 0) {
      const there = Object.keys(stored).filter((name) => name !== RUN);
      throw new StateDictError(
        `Checkpoint ${JSON.stringify(path)}: has the parts ${there.join(", ")}; got no ${missing.join(", ")}`,
      );
    }
    for (const name of names) {
      const part = this.#parts[name] as CheckpointPart;
      if (part instanceof Generator) part.setState((stored[name] as { state: Tensor }).state);
      else part.loadStateDict(stored[name] as never);
    }
  }
}

function stateOf(part: CheckpointPart): object {
  return part instanceof Generator ? { state: part.getState() } : part.stateDict();
}

function checkParts(parts: Readonly<Record<string, CheckpointPart>>): Readonly<Record<string, CheckpointPart>> {
  if (typeof parts !== "object" || parts === null) {
    throw new ValueError(`Checkpoint: takes parts by name, as { model, optimizer }; got ${String(parts)}`);
  }
  for (const [name, part] of Object.entries(parts)) {
    if (name === RUN) throw new ValueError(`Checkpoint: the name ${RUN} is taken; give the part another`);
    const given = part as Partial<Exclude<CheckpointPart, Generator>> | null | undefined;
    if (part instanceof Generator) continue;
    if (typeof given?.stateDict === "function" && typeof given.loadStateDict === "function") continue;
    throw new ValueError(
      `Checkpoint: parts have stateDict and loadStateDict, or are Generators; got ${String(given)} as ${name}`,
    );
  }
  return parts;
}

/** The content of a checkpoint's file. Throws a FormatError unless it is one of this version. */
export function readStored<V>(path: string): Stored<V> {
  let stored: Partial<Stored<V>>;
  try {
    stored = loadCheckpoint<Partial<Stored<V>>>(path);
  } catch (cause) {
    if (!(cause instanceof FormatError)) throw cause;
    throw new FormatError(`${cause.message}; delete the file to begin anew`, { cause });
  }
  const { run } = stored;
  if (run?.format !== "nabla run") {
    throw new FormatError(
      `Checkpoint ${JSON.stringify(path)}: expects what Checkpoint.save wrote; got another checkpoint`,
    );
  }
  if (run.version !== VERSION) {
    throw new FormatError(
      `Checkpoint ${JSON.stringify(path)}: this nabla reads version ${VERSION}; got version ${run.version}; use the nabla that wrote it`,
    );
  }
  return stored as Stored<V>;
}

const UNFINISHED = /^\.nabla-(\d+)-[0-9a-f]{12}\.tmp$/;

/** Removes what processes that were killed left half-written. */
function removeUnfinished(folder: string): void {
  const fs = fileSystem("Checkpoint", folder);
  if (!fs.existsSync(folder)) return;
  for (const name of fs.readdirSync(folder)) {
    const process = UNFINISHED.exec(name)?.[1];
    if (process !== undefined && !isRunning(Number(process))) fs.rmSync(`${folder}/${name}`, { force: true });
  }
}

function isRunning(id: number): boolean {
  if (id === process.pid) return false;
  try {
    return process.kill(id, 0);
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === "EPERM";
  }
}
