/** Sweeps, in this process and in several. */
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { FormatError, rand, ValueError } from "../../src/index.ts";
import { type Grid, type SweepOptions, sweep, type Trial } from "../../src/train/index.ts";

const root = mkdtempSync(join(tmpdir(), "nabla-sweep-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const newFolder = (): string => mkdtempSync(join(root, "f-"));
const child = fileURLToPath(new URL("sweep-child.ts", import.meta.url));
const quiet = { progress: false };

function run(folder: string, mode: string): { status: number | null; trials: Trial[]; table: string; errors: string } {
  const args = ["--import", "tsx", child, folder, mode];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  const [json = "null", ...table] = stdout.trim().split("\n");
  return { status, trials: JSON.parse(json || "null"), table: table.join("\n"), errors: stderr };
}

describe("in processes", { timeout: 60_000 }, () => {
  const together = run(newFolder(), "usual");
  test("the same results as alone, whatever the number of processes", () => {
    expect(together.errors).toBe("");
    expect(together.trials.length).toBe(6);
    expect(together.trials.map((trial) => trial.seed)).toEqual([50, 51, 52, 53, 54, 55]);
    expect(together.trials[5]?.values.accuracy).toBeCloseTo(0.3 * 2 + 1);
    expect(run(newFolder(), "alone").trials).toEqual(together.trials);
  });

  test("a trial that throws is listed, the others finish; resumed, it alone is tried again", () => {
    const folder = newFolder();
    const { status, trials, table } = run(folder, "fails");
    expect(status).toBe(0);
    expect(trials.map((trial) => trial.status)).toEqual(["done", "failed", "done", "done", "done", "done"]);
    expect(trials[1]?.error).toBe("RangeError: too few");
    expect(table).toMatch(/1 +0\.1 +many .*RangeError: too few/);
    const resumed = run(folder, "usual resume");
    expect(resumed.trials).toEqual(together.trials);
    expect(readdirSync(folder).filter((name) => name.startsWith("first-")).length).toBe(1);
  });

  test("a trial whose process dies is listed with what it said, the others finish", () => {
    const { trials } = run(newFolder(), "dies");
    expect(trials.map((trial) => trial.status)).toEqual(["done", "done", "failed", "done", "done", "done"]);
    expect(trials[2]?.error).toBe("the process ended with code 3: out of breath");
  });

  test("NaN and infinities that trials give stay what they are, resumed too", () => {
    const folder = newFolder();
    const { table } = run(folder, "diverges");
    expect(table).toMatch(/^ +0 +0\.1 +few +NaN /m);
    expect(table).toMatch(/^ +1 +0\.1 +many +-Infinity /m);
    expect(run(folder, "diverges resume").table).toBe(table);
  });

  test("a trial that cannot be kept ends the sweep, with its reason", () => {
    const { status, errors } = run(newFolder(), "full");
    expect(status).toBe(1);
    expect(errors).toMatch(/^stopped; [345] of 6 trials are in .*; resume it to go on/m);
    expect(errors).toMatch(/FileError.* cannot write ".*trial-0003\.json"/);
  });

  for (const signal of ["SIGKILL", "SIGINT"] as const) {
    test(`${signal}, then resumed: finished trials are kept`, async () => {
      const folder = newFolder();
      const program = spawn(process.execPath, ["--import", "tsx", child, folder, "slow"], {
        stdio: ["ignore", "pipe", "pipe"],
      });
      let errors = "";
      program.stderr.on("data", (text) => {
        errors += text;
      });
      const finished = () => readdirSync(folder).filter((name) => /^trial-\d+\.json$/.test(name)).length;
      while (finished() < 2) await new Promise((resolve) => setTimeout(resolve, 50));
      program.kill(signal);
      expect(await new Promise((resolve) => program.once("close", (_, by) => resolve(by)))).toBe(signal);
      if (signal === "SIGINT") expect(errors).toContain(`stopped; 2 of 6 trials are in ${folder}; resume it to go on`);
      const resumed = run(folder, "usual resume");
      expect(resumed.trials).toEqual(together.trials);
      expect(readdirSync(folder).filter((name) => name.startsWith("first-")).length).toBe(1);
    });
  }
});

describe("in this process", () => {
  test("all combinations in order, the last setting changing fastest", async () => {
    const seen: object[] = [];
    const result = await sweep({ a: [1, 2], b: ["x"], c: [true, false] }, (config) => seen.push(config), quiet);
    expect(seen).toEqual([
      { a: 1, b: "x", c: true },
      { a: 1, b: "x", c: false },
      { a: 2, b: "x", c: true },
      { a: 2, b: "x", c: false },
    ]);
    expect(result.series("a", "value")).toEqual([
      { name: "b=x, c=true", x: [1, 2], y: [1, 3] },
      { name: "b=x, c=false", x: [1, 2], y: [2, 4] },
    ]);
    expect(() => result.series("b", "value")).toThrow(/a setting of numbers stands below; got "x" as b/);
    expect(result.best("value").index).toBe(0);
  });

  test("random: each combination once, repeatable; ranges even and logarithmic", async () => {
    const grid = { lr: { from: 1e-4, to: 1, log: true }, hidden: [4, 8], drop: { from: 0, to: 0.5 } };
    const trials = async (seed: number) => (await sweep(grid, ({ lr }) => lr, { random: 40, seed, ...quiet })).trials;
    const [a, b, c] = [await trials(1), await trials(1), await trials(2)];
    expect(a.map((one) => one.config)).toEqual(b.map((one) => one.config));
    expect(a[0]?.config).not.toEqual(c[0]?.config);
    const rates = a.map((one) => one.config.lr);
    expect(Math.min(...rates)).toBeGreaterThanOrEqual(1e-4);
    expect(rates.filter((rate) => rate < 1e-2).length).toBeGreaterThan(10);
    expect(rates.filter((rate) => rate > 1e-2).length).toBeGreaterThan(10);
    const narrow = await sweep({ a: { from: 100_000, to: 100_001 } }, ({ a }) => a, { random: 5, ...quiet });
    expect(narrow.trials.map((one) => one.config.a).sort()).toEqual([100_000, 100_001]);
    const few = await sweep({ a: [1, 2, 3] }, ({ a }) => a, { random: 50, ...quiet });
    expect(few.trials.map((one) => one.config.a).sort()).toEqual([1, 2, 3]);
  });

  test("a trial's numbers depend on its seed alone", async () => {
    const draws = async (list: number[]) =>
      (await sweep({ a: list }, () => rand(1).item(), { seed: 3, ...quiet })).trials;
    expect((await draws([1, 2, 3])).slice(0, 2).map((t) => t.values)).toEqual(
      (await draws([1, 2])).map((t) => t.values),
    );
  });

  test("the table as text and as CSV", async () => {
    const result = await sweep(
      { lr: [0.1, 0.25] },
      ({ lr }) => {
        if (lr > 0.2) throw new Error('no, "never"');
        return { loss: 1 / 3 };
      },
      quiet,
    );
    expect(result.failed.length).toBe(1);
    const path = join(newFolder(), "trials.csv");
    result.save(path);
    const csv = readFileSync(path, "utf8").split("\n");
    expect(csv[0]).toBe("trial,lr,loss,seconds,error");
    expect(csv[2]).toMatch(/^1,0\.25,,0\.\d,"Error: no, ""never"""$/);
    expect(result.table().split("\n")[1]).toMatch(/^ {4}0 +0\.1 +0\.333333 +0\.\d$/);
    expect(() => result.best("accuracy")).toThrow(/no trial has "accuracy"; there are loss/);
  });

  test("a folder of another grid, and files that are damaged", async () => {
    const folder = newFolder();
    const go = (grid: Grid, more: SweepOptions = {}) =>
      sweep(grid, () => 1, { folder, resume: true, ...quiet, ...more });
    await go({ a: [1, 2] });
    await expect(go({ a: [1, 3] })).rejects.toThrow(/has a sweep of another grid or seed; choose another folder/);
    await expect(go({ a: [1, 2] }, { seed: 9 })).rejects.toThrow(ValueError);
    writeFileSync(join(folder, "trial-0001.json"), '{"index":');
    await expect(go({ a: [1, 2] })).rejects.toThrow(FormatError);
    writeFileSync(join(folder, "sweep.json"), '{"format":"nabla sweep","version":7}');
    await expect(go({ a: [1, 2] })).rejects.toThrow(/reads version 1; got version 7/);
    expect((await go({ a: [1] }, { resume: false })).trials.length).toBe(1);
    expect(readdirSync(folder).sort()).toEqual(["sweep.json", "trial-0000.json"]);
  });

  test.each<[string, Grid, SweepOptions, RegExp]>([
    ["an empty grid", {}, {}, /got an empty grid/],
    ["a setting without values", { lr: [] }, {}, /lr has at least one value; got an empty grid/],
    ["NaN", { lr: [Number.NaN] }, {}, /values of lr are finite numbers, texts or true and false; got NaN/],
    ["twice the same", { lr: [1, 2, 1] }, {}, /values of lr differ; got 1 twice/],
    ["a range without a number of trials", { lr: { from: 0, to: 1 } }, {}, /say how many trials by random: 20/],
    ["a range the wrong way round", { lr: { from: 1, to: 0 } }, { random: 2 }, /from < to/],
    ["a logarithm of 0", { lr: { from: 0, to: 1, log: true } }, { random: 2 }, /above 0 with log/],
    ["no values at all", { lr: undefined as never }, {}, /lr is a list of values, or a range/],
    ["random 0", { lr: [1] }, { random: 0 }, /random is a whole number of trials from 1 on; got 0/],
    ["processes 0", { lr: [1] }, { processes: 0 }, /processes is a whole number from 1 on; got 0/],
    ["seed 0.5", { lr: [1] }, { seed: 0.5 }, /seed is a whole number; got 0.5/],
    ["resume without a folder", { lr: [1] }, { resume: true }, /resume needs the folder of the sweep/],
    ["an unknown option", { lr: [1] }, { trials: 3 } as never, /there is no option trials/],
  ])("%s", async (_, grid, options, message) => {
    await expect(sweep(grid, () => 1, options)).rejects.toThrow(ValueError);
    await expect(sweep(grid, () => 1, options)).rejects.toThrow(message);
  });

  test("what a trial gives is numbers", async () => {
    const { trials } = await sweep(
      { a: [1, 2, 3] },
      ({ a }) => [undefined, {}, { accuracy: "high" }][a - 1] as never,
      quiet,
    );
    expect(trials.map((trial) => trial.error)).toEqual([
      expect.stringContaining("got undefined"),
      expect.stringContaining("got object"),
      expect.stringContaining("got string as accuracy"),
    ]);
  });
});
