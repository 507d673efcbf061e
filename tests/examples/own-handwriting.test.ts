/** own-handwriting, shortened: it trains a little, reads photos that it makes, then files with labels in their names. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, expect, it } from "vitest";

const program = resolve(import.meta.dirname, "../../build/examples/own-handwriting.js");
const folder = mkdtempSync(join(tmpdir(), "nabla-handwriting-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const options = { cwd: folder, env: { ...process.env, ...env }, encoding: "utf8" as const };
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], options);
  return { status, lines: stdout.trim().split("\n"), errors: stderr };
}

it("reads photos that it makes, and says that they are synthesised", () => {
  const { status, lines, errors } = run([], { EPOCHS: "1", IMAGES: "1000", PHOTOS: "6" });
  expect(errors).not.toContain("Error");
  expect(status).toBe(0);
  expect(lines.join("\n")).toContain("synthesised photos: 6 test digits of MNIST on paper made by this program");
  expect(lines.at(-1)).toMatch(/^accuracy [01]\.\d{4} \(\d of 6 synthesised photos\)$/);
  const written = readdirSync(join(folder, "runs/own-handwriting"));
  expect(written).toEqual(expect.arrayContaining(["model.safetensors", "photos", "steps.svg"]));
  expect(readFileSync(join(folder, "runs/own-handwriting/steps.svg"), "utf8")).toContain("step by step");
});

it("reads a folder, scores it by the names of the files, and goes on behind a bad one", () => {
  const photos = join(folder, "runs/own-handwriting/photos");
  writeFileSync(join(photos, "3_broken.png"), "no image");
  const { status, lines } = run([photos]);
  expect(status).toBe(0);
  expect(lines[0]).toBe("weights: runs/own-handwriting/model.safetensors");
  expect(lines.filter((line) => /^\d_\d\.png: /.test(line))).toHaveLength(6);
  expect(lines.find((line) => line.startsWith("3_broken.png"))).toContain("must be PNG or JPEG");
  expect(lines.at(-1)).toMatch(/^accuracy [01]\.\d{4} \(\d of 7 photos\)$/);
});

it("says what is wrong with what it is given", () => {
  const { status, errors } = run([join(folder, "none")]);
  expect([status, errors.trim()]).toEqual([2, `own-handwriting: there is no file or folder ${join(folder, "none")}`]);
  expect(run([folder]).errors).toContain("there are no PNG or JPEG files");
});
