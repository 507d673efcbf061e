/** Many trainings with different settings. */
import { NablaError, ValueError } from "../../errors.ts";
import { manualSeed } from "../../ops/index.ts";
import { checkOptions } from "../../options.ts";
import { Interrupt } from "../interrupt.ts";
import { progress } from "../progress.ts";
import { resumesByEnvironment } from "../resumes.ts";
import { type Config, configs, type Grid, type Setting } from "./grid.ts";
import { canFork, runInProcesses, type Task, trialsOf, usualProcesses, work, worksFor } from "./processes.ts";
import { SweepResult, type Trial } from "./result.ts";
import { openStore, storeTrial, trialFolder } from "./store.ts";

/** What a trial may know of itself. */
export interface TrialContext {
  readonly index: number;
  /** What `manualSeed` was called with. */
  readonly seed: number;
  /** A folder of its own, as for `fit`; undefined when the sweep has none. */
  readonly folder: string | undefined;
}

/** A trial: trains with the settings, and gives a number (called `value`), or several by name. */
export type TrialFunction<C> = (config: C, context: TrialContext) => TrialValues | Promise<TrialValues>;
type TrialValues = number | Readonly<Record<string, number>>;

/** Options of {@link sweep}. */
export interface SweepOptions {
  /** So many combinations at random instead of all. */
  random?: number;
  /** Trial i is seeded with `seed + i`; 0 unless said otherwise. */
  seed?: number;
  /** Where trials are kept, each as soon as it is done; nowhere unless given. */
  folder?: string;
  /** Keeps the trials in the folder that are done; false unless said otherwise, or the environment has NABLA_RESUME=1. */
  resume?: boolean;
  /** How many trials run at the same time, each in a process; the number of processors unless given. 1 runs them in this process. */
  processes?: number;
  /** Shows a bar; true unless said otherwise. */
  progress?: boolean;
}

/** How many sweeps the program has come to. */
let sweeps = 0;
/** Their trials. */
const earlier: (readonly Trial[])[] = [];
/** A sweep inside of a trial runs in the trial's process. */
let inTrial = false;

/**
 * Runs a trial for every combination of settings, several at a time, each in a process of its own: the program itself
 * is started again, and takes trials when it comes to the sweep, so that what stands before `sweep` runs in every
 * process. Where that cannot be (in a browser, or without a program's file) they run here, one after the other.
 *
 * Every trial has its own seed, so its result depends neither on the others nor on the number of processes. One that
 * throws, or whose process dies, is listed as failed while the others go on. With a `folder` and `resume: true` a sweep
 * that was killed goes on where it was.
 *
 * @throws {ValueError} for an unknown option or value, a grid without settings, a setting whose values are none or come
 * twice, a range without `random`, or a folder with a sweep of another grid.
 * @throws {FormatError} if `resume` finds a file that is damaged or of another version.
 * @throws {FileError} if the folder cannot be written.
 * @example
 * const result = await sweep(
 *   { lr: [0.1, 0.01], hidden: [4, 8] },
 *   async ({ lr, hidden }) => {
 *     const net = new nn.Sequential(new nn.Linear(784, hidden), new nn.ReLU(), new nn.Linear(hidden, 10));
 *     const optimizer = new optim.SGD(net.parameters(), { lr });
 *     const history = await fit(net, { train: loader, loss: new nn.CrossEntropyLoss(), optimizer, epochs: 1, progress: false });
 *     return { loss: history.last!.loss };
 *   },
 *   { processes: 1, progress: false },
 * );
 * result.trials.length; // 4
 */
export async function sweep<const G extends Grid>(
  grid: G,
  trial: TrialFunction<Config<G>>,
  options: SweepOptions = {},
): Promise<SweepResult<Config<G>>> {
  checkOptions("sweep", options, ["random", "seed", "folder", "resume", "processes", "progress"]);
  const { random, seed = 0, processes = usualProcesses() } = options;
  if (!Number.isSafeInteger(seed)) throw new ValueError(`sweep: seed is a whole number; got ${String(seed)}`);
  if (!Number.isInteger(processes) || processes < 1) {
    throw new ValueError(`sweep: processes is a whole number from 1 on; got ${String(processes)}`);
  }
  if (options.resume === true && options.folder === undefined)
    throw new ValueError("sweep: resume needs the folder of the sweep");
  if (typeof trial !== "function") throw new ValueError(`sweep: takes a function of the settings; got ${typeof trial}`);
  const tasks = configs(grid, random, seed).map((config, index) => ({ index, config, seed: seed + index }));
  const run = (task: Task): Promise<Trial> => runTrial(task, trial as TrialFunction<never>, options.folder);
  const number = inTrial ? -1 : sweeps++;
  const mine = worksFor();
  if (mine === number) return await work(number, run);
  const trials =
    mine !== undefined && number >= 0 ? await trialsOf(number) : await runAll(tasks, run, processes, number, options);
  if (number >= 0) earlier[number] = trials;
  return new SweepResult(trials as unknown as Trial<Config<G>>[]);
}

/** Every task that is not done yet, in the order of the tasks. */
async function runAll(
  tasks: readonly Task[],
  run: (task: Task) => Promise<Trial>,
  processes: number,
  number: number,
  { folder, resume = resumesByEnvironment(), progress: shown = true }: SweepOptions,
): Promise<Trial[]> {
  const trials = folder === undefined ? [] : openStore(folder, tasks, resume);
  const done = new Set(trials.map((trial) => trial.index));
  const left = tasks.filter((task) => !done.has(task.index));
  const bar = progress(tasks.length, { description: "Sweep", unit: "trials", initial: done.size, disable: !shown });
  const over = (trial: Trial): void => {
    if (folder !== undefined) storeTrial(folder, trial);
    trials.push(trial);
    if (shown) bar.log(lineOf(trial, tasks.length));
    bar.update();
  };
  let end: () => void = () => undefined;
  const interrupt = folder === undefined ? null : new Interrupt(() => end());
  const interrupted = {
    call: (by: () => void) => {
      end = by;
    },
    came: () => interrupt?.requested === true,
  };
  try {
    const count = Math.min(processes, left.length);
    if (count > 1 && number >= 0 && canFork()) {
      const threads = Math.max(1, Math.floor(usualProcesses() / count));
      await runInProcesses(count, { sweep: number, tasks: left, threads, earlier, done: over, interrupted });
    } else {
      for (const task of left) {
        if (!interrupted.came()) over(await run(task));
      }
    }
    if (interrupted.came()) throw new NablaError("sweep: interrupted");
  } catch (cause) {
    bar.close();
    interrupt?.leave(
      `stopped; ${trials.length} of ${tasks.length} trials are in ${folder}; resume it to go on (resume: true, or --resume at the command line)`,
    );
    throw cause;
  } finally {
    bar.close();
    interrupt?.close();
  }
  return trials.sort((a, b) => a.index - b.index);
}

function lineOf({ index, config, values, error }: Trial, count: number): string {
  const settings = shown(config);
  return `trial [${index + 1}/${count}] ${settings}: ${error === undefined ? shown(values) : `failed: ${error}`}`;
}

function shown(values: Readonly<Record<string, Setting>>): string {
  const short = (value: Setting): Setting => (typeof value === "number" ? Number(value.toPrecision(5)) : value);
  return Object.entries(values)
    .map(([name, value]) => `${name}=${short(value)}`)
    .join(" ");
}

async function runTrial(task: Task, trial: TrialFunction<never>, folder: string | undefined): Promise<Trial> {
  const { index, config, seed } = task;
  const start = performance.now();
  const seconds = (): number => (performance.now() - start) / 1000;
  const nested = inTrial;
  inTrial = true;
  try {
    manualSeed(seed);
    const own = folder === undefined ? undefined : trialFolder(folder, index);
    const given = await trial({ ...config } as never, { index, seed, folder: own });
    return { ...task, status: "done", values: checkValues(given), seconds: seconds() };
  } catch (cause) {
    const error = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    return { ...task, status: "failed", values: {}, error, seconds: seconds() };
  } finally {
    inTrial = nested;
  }
}

function checkValues(given: unknown): Record<string, number> {
  const values = typeof given === "number" ? { value: given } : given;
  const numbers = typeof values === "object" && values !== null ? Object.entries(values) : [];
  const odd = numbers.find(([, value]) => typeof value !== "number");
  if (numbers.length > 0 && odd === undefined) return Object.fromEntries(numbers);
  const got = odd === undefined ? typeof given : `${typeof odd[1]} as ${odd[0]}`;
  throw new ValueError(`sweep: a trial gives a number, or numbers by name as { accuracy: 0.9 }; got ${got}`);
}
