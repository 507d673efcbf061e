/** The programs that read sequences, shortened: few steps, little data. They run as built, in a folder of their own. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, expect, it, vi } from "vitest";

vi.setConfig({ testTimeout: 300_000 }); // each is a program that trains; a busy machine takes its time
const root = resolve(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "nabla-sequences-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a program printed, line by line. */
function example(name: string, env: Readonly<Record<string, string>>): string[] {
  const program = join(root, "build/examples", `${name}.js`);
  const options = { cwd: folder, env: { ...process.env, ...env }, encoding: "utf8" as const };
  const { status, stdout, stderr } = spawnSync(process.execPath, [program], options);
  expect(stderr).not.toContain("Error");
  expect(status).toBe(0);
  return stdout.trim().split("\n");
}

/** The number after `before` in the line that has it. */
function numberAfter(lines: readonly string[], before: string): number {
  const line = lines.find((line) => line.includes(before));
  expect(line, `a line with ${before} in:\n${lines.join("\n")}`).toBeDefined();
  return Number.parseFloat((line as string).split(before)[1] as string);
}

/** The files that a program wrote. Its pictures are SVG, its metrics JSON. */
function written(name: string): string[] {
  const read = (file: string): string => readFileSync(join(folder, "runs", name, file), "utf8");
  const files = readdirSync(join(folder, "runs", name)).sort();
  for (const file of files.filter((file) => file.endsWith(".svg")))
    expect(read(file)).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
  for (const line of read("metrics.jsonl").trim().split("\n"))
    expect(Object.keys(JSON.parse(line)).length).toBeGreaterThan(2);
  return files;
}

it("mnist-rows: three networks read the same rows, and learn", () => {
  const lines = example("mnist-rows", { EPOCHS: "2", IMAGES: "3000" });
  for (const kind of ["RNN", "GRU", "LSTM"]) {
    expect(lines.at(-1 - ["LSTM", "GRU", "RNN"].indexOf(kind))).toMatch(
      new RegExp(`^accuracy 0\\.\\d{4} of ${kind} \\(500 test images\\)$`),
    );
  }
  expect(numberAfter(lines.slice(-3), "accuracy ")).toBeGreaterThan(0.3);
  expect(written("mnist-rows")).toEqual(["confusion.svg", "curves.svg", "metrics.jsonl", "reading.svg"]);
});

it("stock-forecast: judged against yesterday, on days after those of the training", () => {
  const lines = example("stock-forecast", { EPOCHS: "2" });
  expect(lines[0]).toBe("S&P 500, the last 990 days:");
  // What "tomorrow is like today" has is no matter of training.
  expect(numberAfter(lines, "tomorrow is as today RMSE ")).toBeCloseTo(32.47, 2);
  expect(numberAfter(lines.slice(4), "tomorrow is as today RMSE ")).toBeCloseTo(3.12, 2);
  expect(numberAfter(lines, "network              RMSE ")).toBeLessThan(40);
  expect(lines.filter((line) => line.includes("the network "))).toHaveLength(2);
  expect(written("stock-forecast")).toEqual(["metrics.jsonl", "seattle.svg", "sp500.svg"]);
});

it("name-classifier: learns more than the last letter, and names what stands in both lists", () => {
  const lines = example("name-classifier", { EPOCHS: "3", NAMES: "1200" });
  const accuracy = numberAfter(lines.slice(-1), "accuracy ");
  expect(accuracy).toBeGreaterThan(numberAfter(lines, "last letter ") - 0.05);
  expect(lines.at(-1)).toMatch(/\(480 test names\)$/);
  expect(lines.some((line) => line.startsWith("419 names are in both lists, such as Abbe "))).toBe(true);
  expect(written("name-classifier")).toEqual(["confusion.svg", "curves.svg", "metrics.jsonl"]);
});

it("name-generator: does better than pairs of letters, and counts the names that it only repeats", () => {
  const lines = example("name-generator", { EPOCHS: "6", NAMES: "2500" });
  const bits = Number.parseFloat(lines.at(-1) as string);
  expect(bits).toBeLessThan(numberAfter(lines, "letters "));
  expect(bits).toBeGreaterThan(2);
  expect(lines.at(-1)).toMatch(/^\d\.\d{3} bits per letter \(250 test names\)$/);
  expect(lines.filter((line) => /^temperature .* % of 1000 names are training names/.test(line))).toHaveLength(3);
  expect(written("name-generator")).toEqual(["curves.svg", "metrics.jsonl", "names.txt", "next-letter.svg"]);
});

it("remember-the-first: gated networks remember where the plain one does not", () => {
  const lines = example("remember-the-first", { STEPS: "300", LONGEST: "20" });
  expect(numberAfter(lines, "length 20, GRU: accuracy ")).toBeGreaterThan(0.9);
  expect(numberAfter(lines, "length 20, LSTM: accuracy ")).toBeGreaterThan(0.9);
  expect(numberAfter(lines, "length 20, RNN: accuracy ")).toBeLessThan(0.6);
  expect(written("remember-the-first")).toEqual(["accuracy.svg", "gates.svg", "gradients.svg", "metrics.jsonl"]);
});

it("tiny-gpt: learns from a book, and writes", () => {
  const lines = example("tiny-gpt", { STEPS: "15", CHARACTERS: "12000" });
  expect(lines[0]).toMatch(/^The whale/);
  expect(Number.parseFloat(lines.at(-1) as string)).toBeLessThan(5);
  expect(lines.at(-1)).toMatch(/^\d\.\d{3} bits per character \(1200 test characters\)$/);
  expect(written("tiny-gpt")).toEqual(["attention.svg", "curves.svg", "metrics.jsonl", "text.txt"]);
});
