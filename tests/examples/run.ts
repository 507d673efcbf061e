/** Runs a program as built, in a folder of its own, and reads what it says and writes. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, expect } from "vitest";

export const root: string = resolve(import.meta.dirname, "../..");

/** What a program did. */
export interface Ran {
  readonly status: number | null;
  readonly lines: string[];
  readonly errors: string;
}

/** A folder to run programs in, gone after the tests of the file. */
export class Desk {
  readonly folder: string = mkdtempSync(join(tmpdir(), "nabla-examples-"));

  constructor() {
    afterAll(() => rmSync(this.folder, { recursive: true, force: true }));
  }

  run(name: string, env: Readonly<Record<string, string>> = {}): Ran {
    const program = join(root, "build/examples", `${name}.js`);
    const options = { cwd: this.folder, env: { ...process.env, ...env }, encoding: "utf8" as const };
    const { status, stdout, stderr } = spawnSync(process.execPath, [program], options);
    return { status, lines: stdout.trim().split("\n"), errors: stderr };
  }

  /** The files that a program wrote; its pictures are whole. */
  written(name: string): string[] {
    const files = readdirSync(join(this.folder, "runs", name)).sort();
    for (const file of files.filter((file) => file.endsWith(".svg"))) {
      expect(readFileSync(join(this.folder, "runs", name, file), "utf8")).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
    }
    return files;
  }
}
