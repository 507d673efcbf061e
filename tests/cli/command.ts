/** The `nabla` command as it is built, in a folder of its own. */
import { spawn, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect } from "vitest";

export const repository: string = resolve(import.meta.dirname, "../..");
export const main: string = join(repository, "dist/node/cli.js");
export const folder: string = mkdtempSync(join(tmpdir(), "nabla-cli-"));
export const at = (...names: string[]): string => join(folder, ...names);
beforeAll(() => cpSync(join(repository, "tests/parity/fixtures/iris.csv"), at("iris.csv")));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

export interface Ran {
  readonly status: number | null;
  readonly out: string;
  readonly errors: string;
}

export function nabla(...args: string[]): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { cwd: folder, encoding: "utf8" });
  return { status, out: stdout, errors: stderr };
}

/** A run that has to be in order. */
export function good(...args: string[]): string {
  const { status, out, errors } = nabla(...args);
  expect({ status, errors: errors.replace(/^(Epoch|Validation|Sweep)[ :].*\n/gm, "") }).toEqual({
    status: 0,
    errors: "",
  });
  return out;
}

export const TIME = { timeout: 180_000 };

/** Runs a command, sends a signal once a line of its output matches, and gives how it ended. */
export async function stopped(
  args: string[],
  when: RegExp,
  signal: NodeJS.Signals,
): Promise<{ code: number | null; by: string | null; errors: string }> {
  const child = spawn(process.execPath, [main, ...args], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  let [out, errors, sent] = ["", "", false];
  child.stdout.on("data", (text) => {
    out += text;
    if (!sent && when.test(out)) sent = child.kill(signal);
  });
  child.stderr.on("data", (text) => {
    errors += text;
  });
  const [code, by] = await new Promise<[number | null, string | null]>((done) =>
    child.once("close", (...how) => done(how)),
  );
  return { code, by, errors };
}
