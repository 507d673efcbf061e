/** Trainings that are killed with SIGKILL and resumed end bit for bit as those that were not. */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { load } from "../../src/index.ts";
import { readStored } from "../../src/train/checkpoint.ts";
import { files } from "./run-files.ts";

const child = fileURLToPath(new URL("training-child.ts", import.meta.url));
const root = mkdtempSync(join(tmpdir(), "nabla-resume-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

function run(
  kind: string,
  folder: string,
  kill: number,
): { status: number | null; signal: string | null; text: string } {
  const args = ["--import", "tsx", child, kind, folder, String(kill)];
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  return { status, signal, text: `${stdout}${stderr}` };
}

describe.each(["fit", "hand"])("%s", (kind) => {
  test("killed in the middle of epochs, at their ends and at once, then resumed", { timeout: 120_000 }, () => {
    const whole = join(root, `${kind}-whole`);
    expect(run(kind, whole, 0)).toEqual({ status: 0, signal: null, text: "" });
    const killed = join(root, `${kind}-killed`);
    // An epoch has 8 steps.
    for (const step of [5, 8, 9, 29]) {
      expect(run(kind, killed, step), `step ${step}`).toEqual({ status: null, signal: "SIGKILL", text: "" });
    }
    expect(run(kind, killed, 0).status).toBe(0);
    expect(readdirSync(killed).sort()).toEqual(readdirSync(whole).sort());
    const [a, b] = [files(killed), files(whole)];
    for (const name of Object.keys(b)) expect(a[name] === b[name], name).toBe(true);
    expect((a["history.jsonl"] as string).trim().split("\n").length).toBe(4);
  });
});

test("killed at any moment, most of them within a save: there is always a state that can be loaded", {
  timeout: 120_000,
}, async () => {
  const folder = join(root, "moments");
  const saving = fileURLToPath(new URL("saving-child.ts", import.meta.url));
  let saves = 0;
  for (let i = 0; i < 6; i++) {
    const process_ = spawn(process.execPath, ["--import", "tsx", saving, folder], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await new Promise((resolve) => process_.stdout.once("data", resolve));
    await new Promise((resolve) => setTimeout(resolve, 20 + 31 * i));
    process_.kill("SIGKILL");
    await new Promise((resolve) => process_.once("exit", resolve));
    for (const name of ["last", "best"]) {
      const path = join(folder, `${name}.safetensors`);
      if (!existsSync(path)) continue;
      const { values } = readStored<{ count: number }>(path).run;
      const weights = load(path)["model.weight"]?.data() as Float32Array;
      // All weights are the number of the save: a file with parts of two would show.
      expect(new Set(weights)).toEqual(new Set([values.count]));
      saves = Math.max(saves, values.count);
    }
  }
  expect(saves).toBeGreaterThan(0);
  // What a killed process left half-written goes with the next start.
  writeFileSync(join(folder, ".nabla-999999999-0123456789ab.tmp"), "half");
  const done = spawnSync(process.execPath, ["--import", "tsx", saving, folder, "1"], { encoding: "utf8" });
  expect(done.status).toBe(0);
  expect(readdirSync(folder).sort()).toEqual(["best.safetensors", "last.safetensors"]);
});

test("a file of another run's format is left in peace", () => {
  const folder = mkdtempSync(join(root, "foreign-"));
  writeFileSync(join(folder, "last.safetensors"), "nothing of the kind");
  const { status, text } = run("fit", folder, 0);
  expect(status).toBe(1);
  expect(text).toMatch(/FormatError: .*last\.safetensors.*delete the file to begin anew/);
  expect(readFileSync(join(folder, "last.safetensors"), "utf8")).toBe("nothing of the kind");
});

test("Ctrl-C in a loop of one's own: it saves, says where, and ends as by the signal", {
  timeout: 60_000,
}, async () => {
  const folder = join(root, "interrupted");
  const program = fileURLToPath(new URL("interrupt-child.ts", import.meta.url));
  const process_ = spawn(process.execPath, ["--import", "tsx", program, folder], { stdio: ["ignore", "pipe", "pipe"] });
  let errors = "";
  process_.stderr.on("data", (text) => {
    errors += text;
  });
  await new Promise((resolve) => process_.stdout.once("data", resolve));
  process_.kill("SIGINT");
  const signal = await new Promise((resolve) => process_.once("close", (_, by) => resolve(by)));
  expect([signal, errors]).toEqual(["SIGINT", `saved in ${folder}\n`]);
  expect(readStored(join(folder, "last.safetensors")).run.values).toEqual({ epoch: expect.any(Number) });
});
