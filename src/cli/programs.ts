/** Programs of one's own, in TypeScript or JavaScript, run in a process of theirs. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { FileError, ValueError } from "../errors.ts";

/** Arguments with which Node runs a program: of TypeScript those of tsx, where Node itself cannot. */
function nodeArguments(program: string): string[] {
  if (!/\.[cm]?[jt]sx?$/.test(program)) {
    throw new ValueError(`a program ends in .ts, .mts, .js or .mjs; got ${JSON.stringify(program)}`);
  }
  if (!/\.[cm]?tsx?$/.test(program)) return [];
  const { typescript } = process.features as { typescript?: string | false };
  if (typescript) return [];
  for (const from of [program, fileURLToPath(import.meta.url)]) {
    try {
      return ["--import", pathToFileURL(createRequire(from).resolve("tsx")).href];
    } catch {
      // Another place may have it.
    }
  }
  throw new ValueError(
    `Node.js ${process.versions.node} does not run TypeScript; install tsx beside ${program} (npm install --save-dev tsx), or use Node.js 22.18 or later`,
  );
}

/** Runs a file with Node; gives its exit code. Ctrl-C reaches it from the terminal, and is left to it; without a terminal it is passed on. */
export function runProgram(
  file: string,
  args: readonly string[],
  environment: Record<string, string>,
  typed: string = file,
): Promise<number> {
  const path = resolve(file);
  if (!existsSync(path)) throw new FileError(`there is no program ${JSON.stringify(file)}`, path);
  const env = { ...process.env, ...environment };
  const child = spawn(process.execPath, [...nodeArguments(resolve(typed)), path, ...args], { stdio: "inherit", env });
  const forward = (signal: NodeJS.Signals): void => void child.kill(signal);
  // The terminal sends Ctrl-C to the program too; `kill` does not.
  const interrupt = process.stdin.isTTY ? (): void => undefined : forward;
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", forward);
  return new Promise((done, fail) => {
    child.once("error", fail);
    child.once("close", (code, signal) => {
      process.off("SIGINT", interrupt);
      process.off("SIGTERM", forward);
      done(code ?? 128 + (signal === "SIGINT" ? 2 : signal === "SIGTERM" ? 15 : 9));
    });
  });
}

/** The values of `--grid lr=0.1,0.01`: numbers where they are numbers, true and false, else texts. `wrong` ends the command. */
export function parseGrid(
  given: readonly string[],
  wrong: (message: string) => never,
): Record<string, (number | string | boolean)[]> {
  const grid: Record<string, (number | string | boolean)[]> = {};
  for (const setting of given) {
    const [, name, list] = /^([^=]+)=(.*)$/s.exec(setting) ?? [];
    if (name === undefined || list === undefined) {
      return wrong(`--grid is a setting with its values, as lr=0.1,0.01; got ${JSON.stringify(setting)}`);
    }
    if (name in grid) return wrong(`--grid says each setting once; got ${name} twice; write ${name}=1,2`);
    grid[name] = list === "" ? [] : list.split(",").map(valueOf);
  }
  return grid;
}

function valueOf(text: string): number | string | boolean {
  if (text === "true" || text === "false") return text === "true";
  return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
}

/** Runs a sweep over the function that a program exports by default. */
export function runSweep(program: string, setting: object, environment: Record<string, string>): Promise<number> {
  if (!existsSync(program)) throw new FileError(`there is no program ${JSON.stringify(program)}`, program);
  const here = fileURLToPath(import.meta.url);
  const worker = join(dirname(here), here.endsWith(".ts") ? "sweep-program.ts" : "sweep-program.js");
  return runProgram(worker, [resolve(program), JSON.stringify(setting)], environment, program);
}
