/** Trials in processes of their own: the program is run again in each, and gets to its sweep, where it is handed trials. */
import { NablaError } from "../../errors.ts";
import { nodeModule } from "../node.ts";
import type { Setting } from "./grid.ts";
import type { Trial } from "./result.ts";

/** Which of the program's sweeps a process works for, as the environment says. */
const WORKS_FOR = "NABLA_SWEEP";

/** One trial to do. */
export interface Task {
  readonly index: number;
  readonly config: Record<string, Setting>;
  readonly seed: number;
}

/** What a working process says. */
type Said = { kind: "ready"; sweep: number } | { kind: "trial"; trial: Trial } | { kind: "earlier"; sweep: number };
/** What it is told. */
type Told = { kind: "task"; task: Task } | { kind: "trials"; trials: readonly Trial[] } | { kind: "end" };

const node: Partial<NodeJS.Process> | undefined = (globalThis as { process?: NodeJS.Process }).process;

/** The number of the sweep that this process works for; undefined in the program that was started. */
export function worksFor(): number | undefined {
  const given = node?.env?.[WORKS_FOR];
  return given === undefined || node?.send === undefined ? undefined : Number(given);
}

/**
 * Whether the program can be run again: it is a file that Node was started with, and not itself a process that another program made to work
 * for it, as test runners do.
 */
export function canFork(): boolean {
  return node?.argv?.[1] !== undefined && node.send === undefined && nodeModule("child_process") !== undefined;
}

/** How many processes there are by default: one for each processor, and no more than trials. */
export function usualProcesses(): number {
  return nodeModule("os")?.availableParallelism?.() ?? 1;
}

const STDERR_KEPT = 2000;

interface Pool {
  readonly sweep: number;
  readonly tasks: Task[];
  readonly threads: number;
  /** The trials of the sweeps before this one. */
  readonly earlier: readonly (readonly Trial[])[];
  readonly done: (trial: Trial) => void;
  /** Ctrl-C: calls the function when it comes, and says whether it came. */
  readonly interrupted: { call(end: () => void): void; came(): boolean };
}

/** Runs the tasks in processes. A process that dies takes its trial with it, which is then listed as failed, and is replaced. */
export async function runInProcesses(processes: number, pool: Pool): Promise<void> {
  const running = new Set<() => void>();
  pool.interrupted.call(() => {
    for (const end of running) end();
  });
  try {
    await Promise.all(Array.from({ length: processes }, () => runOne(pool, running)));
  } finally {
    for (const end of running) end();
  }
}

async function runOne(pool: Pool, running: Set<() => void>): Promise<void> {
  while (pool.tasks.length > 0) await runProcess(pool, running);
}

function runProcess(pool: Pool, running: Set<() => void>): Promise<void> {
  const { fork } = nodeModule("child_process") as typeof import("node:child_process");
  const [, program = "", ...args] = node?.argv ?? [];
  const env = { ...node?.env, [WORKS_FOR]: String(pool.sweep), NABLA_THREADS: String(pool.threads) };
  // JSON has no NaN, which a trial that diverged gives.
  const child = fork(program, args, { env, stdio: ["ignore", "ignore", "pipe", "ipc"], serialization: "advanced" });
  const end = (): void => void child.kill();
  running.add(end);
  let errors = "";
  child.stderr?.on("data", (text) => {
    errors = `${errors}${text}`.slice(-STDERR_KEPT);
  });
  let task: Task | undefined;
  let ready = false;
  let started = 0;
  const next = (): void => {
    task = pool.tasks.shift();
    started = performance.now();
    child.send((task === undefined ? { kind: "end" } : { kind: "task", task }) satisfies Told);
  };
  return new Promise((resolve, reject) => {
    /** A trial that cannot be kept, as on a full disk, ends the sweep. */
    const keep = (trial: Trial): boolean => {
      try {
        pool.done(trial);
        return true;
      } catch (cause) {
        task = undefined;
        reject(cause);
        return false;
      }
    };
    child.on("message", (said: Said) => {
      if (said.kind === "earlier") {
        child.send({ kind: "trials", trials: pool.earlier[said.sweep] ?? [] } satisfies Told);
        return;
      }
      ready = true;
      if (said.kind === "ready" || keep(said.trial)) next();
    });
    child.on("error", reject);
    child.on("close", (code, signal) => {
      running.delete(end);
      const how = signal === null ? `with code ${code}` : `by ${signal}`;
      const said = errors.trim() === "" ? "" : `: ${errors.trim()}`;
      if (pool.interrupted.came()) {
        reject(new NablaError("sweep: interrupted"));
        return;
      }
      if (!ready) {
        reject(new NablaError(`sweep: a process ended ${how} before it came to the sweep${said}`));
        return;
      }
      if (task !== undefined) {
        const seconds = (performance.now() - started) / 1000;
        keep({ ...task, status: "failed", values: {}, error: `the process ended ${how}${said}`, seconds });
      }
      resolve();
    });
  });
}

/** Works for the program that started this process: does trials until there are none, and ends the process. */
export async function work(sweep: number, run: (task: Task) => Promise<Trial>): Promise<never> {
  await say({ kind: "ready", sweep });
  for (;;) {
    const told = await hear();
    if (told?.kind !== "task") break;
    await say({ kind: "trial", trial: await run(told.task) });
  }
  return process.exit(0);
}

/** The trials of a sweep that was before the one this process works for. */
export async function trialsOf(sweep: number): Promise<readonly Trial[]> {
  await say({ kind: "earlier", sweep });
  const told = await hear();
  return told?.kind === "trials" ? told.trials : [];
}

function say(said: Said): Promise<void> {
  return new Promise((resolve) => {
    process.send?.(said, undefined, undefined, () => resolve());
  });
}

/** What comes next; undefined when the program that started this process is gone, or needs it no more. */
function hear(): Promise<Told | undefined> {
  return new Promise((resolve) => {
    if (!process.connected) resolve(undefined);
    const listen = (told: Told | undefined): void => {
      process.off("message", heard);
      process.off("disconnect", gone);
      resolve(told);
    };
    const heard = (told: unknown): void => listen(told as Told);
    const gone = (): void => listen(undefined);
    process.on("message", heard);
    process.on("disconnect", gone);
  });
}
