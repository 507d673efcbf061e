/** A contender: a child process that measures what it is asked to, one JSON line for a request and one for an answer. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** The folder of the repository. */
export const ROOT: string = fileURLToPath(new URL("..", import.meta.url));

/** One round of one workload. Times are microseconds of one step. */
export interface Measurement {
  name: string;
  /** The form of the workload that was measured, where there are several. */
  variant?: string;
  median_us: number;
  p10_us: number;
  /** Operations of one step, where the workload knows them. */
  flops?: number;
}

/** What a contender is: versions, threads, libraries. */
export type Description = Record<string, unknown>;

export interface Command {
  file: string;
  args: readonly string[];
  env?: Record<string, string>;
}

type Waiting = { resolve: (answer: Record<string, unknown>) => void; reject: (error: Error) => void };

/** A running child process; requests are answered in their order. */
export class Server {
  readonly label: string;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #waiting: Waiting[] = [];
  #ended: Error | undefined;
  #complaints = "";

  constructor(label: string, command: Command) {
    this.label = label;
    this.#child = spawn(command.file, command.args, { cwd: ROOT, env: { ...process.env, ...command.env } });
    createInterface(this.#child.stdout).on("line", (line) => this.#answered(line));
    this.#child.stderr.on("data", (text) => {
      this.#complaints = `${this.#complaints}${text}`.slice(-2000);
    });
    this.#child.stdin.on("error", () => {}); // the end of the process is what tells
    this.#child.on("error", (error) => this.#end(error));
    this.#child.on("close", (code) => this.#end(new Error(this.#complaints.trim() || `exit code ${code}`)));
  }

  #answered(line: string): void {
    if (!line.startsWith("{")) return; // a library's greeting
    const { resolve, reject } = this.#waiting.shift() as Waiting;
    const answer = JSON.parse(line) as Record<string, unknown>;
    if (answer.error === undefined) resolve(answer);
    else reject(new Error(`${this.label}: ${answer.name}: ${answer.error}`));
  }

  #end(reason: Error): void {
    this.#ended ??= reason;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#ended);
  }

  #ask(request: Record<string, unknown>): Promise<Record<string, unknown>> {
    return new Promise((resolve, reject) => {
      if (this.#ended !== undefined) return reject(this.#ended);
      this.#waiting.push({ resolve, reject });
      this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    });
  }

  /** What it is. Throws when it does not start, with what it said. */
  describe(): Promise<Description> {
    return this.#ask({ name: "list" });
  }

  /** Runs a workload for some seconds. */
  async measure(name: string, seconds: number, threads: number): Promise<Measurement> {
    return (await this.#ask({ name, seconds, threads })) as unknown as Measurement;
  }

  /** Ends the process, and waits until it is gone. */
  async close(): Promise<void> {
    if (this.#ended !== undefined) return;
    const gone = new Promise((resolve) => this.#child.once("close", resolve));
    this.#child.kill();
    await gone;
  }
}
