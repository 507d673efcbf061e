/** A sweep in a folder: what it is in sweep.json, and one file for each trial that is over. */
import { FormatError, ValueError } from "../../errors.ts";
import { writeFileAtomic } from "../../files/atomic.ts";
import { restored, storable } from "../json-numbers.ts";
import { fileSystem } from "../node.ts";
import type { Task } from "./processes.ts";
import type { Trial } from "./result.ts";

const VERSION = 1;

interface Plan {
  readonly format: "nabla sweep";
  readonly version: number;
  readonly tasks: readonly Task[];
}

const fileOf = (folder: string, index: number): string => `${folder}/trial-${String(index).padStart(4, "0")}.json`;

/** The folder of one trial, for what it writes itself. */
export function trialFolder(folder: string, index: number): string {
  return fileOf(folder, index).replace(/\.json$/, "");
}

/** Begins a sweep in a folder, or takes it up; gives the trials that are done. Failed ones are tried again. */
export function openStore(folder: string, tasks: readonly Task[], resume: boolean): Trial[] {
  const fs = fileSystem("sweep", folder);
  const plan: Plan = { format: "nabla sweep", version: VERSION, tasks };
  const path = `${folder}/sweep.json`;
  if (!resume || !fs.existsSync(path)) {
    for (const name of fs.existsSync(folder) ? fs.readdirSync(folder) : []) {
      if (/^trial-\d{4,}\.json$/.test(name)) fs.rmSync(`${folder}/${name}`);
    }
    writeFileAtomic(path, `${JSON.stringify(plan)}\n`);
    return [];
  }
  const found = readJson<Plan>(path);
  if (found.format !== "nabla sweep" || found.version !== VERSION) {
    throw new FormatError(
      `sweep ${JSON.stringify(path)}: this nabla reads version ${VERSION}; got version ${found.version}`,
    );
  }
  if (JSON.stringify(found.tasks) !== JSON.stringify(tasks)) {
    throw new ValueError(
      `sweep: ${JSON.stringify(folder)} has a sweep of another grid or seed; choose another folder, or resume: false to begin anew`,
    );
  }
  const there = tasks.filter(({ index }) => fs.existsSync(fileOf(folder, index)));
  return there.map(({ index }) => readTrial(fileOf(folder, index))).filter((trial) => trial.status === "done");
}

/** Keeps a trial that is over. */
export function storeTrial(folder: string, trial: Trial): void {
  const stored = { ...trial, values: storable(trial.values) };
  writeFileAtomic(fileOf(folder, trial.index), `${JSON.stringify(stored)}\n`);
}

function readTrial(path: string): Trial {
  const trial = readJson<Trial>(path);
  return { ...trial, values: restored(trial.values) };
}

function readJson<T>(path: string): T {
  try {
    return JSON.parse(fileSystem("sweep", path).readFileSync(path, "utf8")) as T;
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new FormatError(`sweep ${JSON.stringify(path)}: the file is JSON; got ${cause.message}; delete it`, {
      cause,
    });
  }
}
