/** The programs that read MNIST, shortened: few images, few steps. */
import { expect, it } from "vitest";
import { Desk } from "./run.ts";

const desk = new Desk();

function says(name: string, env: Readonly<Record<string, string>>): string {
  const { status, lines, errors } = desk.run(name, env);
  expect(errors).not.toContain("Error");
  expect(status).toBe(0);
  return lines.join("\n");
}

function numbers(text: string, pattern: RegExp): number[] {
  return Array.from(text.matchAll(pattern), ([, found]) => Number(found));
}

it("from-scratch: both first weights and both ways learn; the output update is the gradient, the hidden one is not", () => {
  const text = says("from-scratch", { EPOCHS: "1", IMAGES: "1200", HIDDEN: "50" });
  expect(text).toContain("after 0 digits, who: angle 0.00° to the gradient, length 1.000 times its");
  const [angle] = numbers(text, /after 1000 digits, wih: angle ([\d.]+)°/g) as [number];
  expect(angle).toBeGreaterThan(1);
  expect(angle).toBeLessThan(90);
  expect(numbers(text, /^after 0 digits, wih: .* length ([\d.]+)/gm)[0]).toBeGreaterThan(2);
  const accuracies = numbers(text, /accuracy ([\d.]+) \(200 test images\)/g);
  expect(accuracies).toHaveLength(3);
  for (const accuracy of accuracies) expect(accuracy).toBeGreaterThan(0.6);
  const csv = ["mnist_test_200.csv", "mnist_train_1200.csv"];
  expect(desk.written("from-scratch")).toEqual(["accuracy.svg", ...csv, "records.svg"]);
});

it("back-query sends labels backwards, and climbs to inputs that are read as their label", () => {
  const text = says("back-query", { EPOCHS: "1", IMAGES: "6000", STEPS: "150" });
  expect(numbers(text, /^accuracy ([\d.]+)/gm)[0]).toBeGreaterThan(0.8);
  expect(numbers(text, /^ascent: the network reads (\d+) of 10/gm)[0]).toBeGreaterThan(8);
  expect(desk.written("back-query")).toEqual(["ascent.svg", "back-query.svg"]);
});

it("rotations learns from turned digits", () => {
  const text = says("rotations", { EPOCHS: "1", IMAGES: "3000", HIDDEN: "50", ANGLE_EPOCHS: "1" });
  expect(numbers(text, /^accuracy ([\d.]+)/gm)[0]).toBeGreaterThan(0.75);
  expect(desk.written("rotations")).toEqual(["accuracy.svg", "angles.svg", "rotated.svg"]);
});

it("mnist-ann prints the running loss, at both learning rates", () => {
  const text = says("mnist-ann", { EPOCHS: "1", IMAGES: "12800" });
  expect(text).toMatch(/^\[Epoch 1, Batch 200\] loss: 0\.\d{3}$/m);
  const accuracies = numbers(text, /learning rate: accuracy ([\d.]+) \(10000 test images\)/g);
  expect(accuracies).toHaveLength(2);
  for (const accuracy of accuracies) expect(accuracy).toBeGreaterThan(0.85);
  const files = ["confusion.svg", "curves.svg", "metrics.jsonl", "mistakes.svg", "model.safetensors"];
  expect(desk.written("mnist-ann")).toEqual(files);
});

it("mnist-sequential: pixels to 255 make the network sure of itself, whole graphs hold memory", () => {
  const text = says("mnist-sequential", { EPOCHS: "1", IMAGES: "12000" });
  expect(text).toMatch(/^Epoch: 0001 cost = 0\.\d{9}$/m);
  const [raw, scaled] = numbers(text, /^Accuracy: ([\d.]+)/gm) as [number, number];
  expect(Math.min(raw, scaled)).toBeGreaterThan(0.85);
  const [rawSure, scaledSure] = numbers(text, /mean confidence ([\d.]+)/g) as [number, number];
  expect(rawSure).toBeGreaterThan(scaledSure);
  const [, emptied, whole] = numbers(text, /: (-?[\d.]+) MB held/g) as [number, number, number];
  expect(whole).toBeGreaterThan(2 * emptied);
  expect(desk.written("mnist-sequential")).toEqual(["memory.svg"]);
  const short = says("mnist-sequential", { EPOCHS: "1", IMAGES: "700" });
  expect(numbers(short, /: (-?[\d.]+) MB held/g)).toHaveLength(3);
});

it("mnist-one-by-one: as written, repaired, and at the right learning rate", () => {
  const text = says("mnist-one-by-one", { STEPS: "1500", TESTS: "100", UNITS: "64" });
  expect(text).toMatch(/^written: [\d.]+ % by its own test, which trains on 100 test images$/m);
  expect(numbers(text, /^right: accuracy ([\d.]+)/gm)[0]).toBeGreaterThan(0.6);
  expect(numbers(text, /accuracy ([\d.]+)/g)).toHaveLength(3);
  expect(desk.written("mnist-one-by-one")).toEqual(["loss.svg"]);
  const wrong = desk.run("mnist-one-by-one", { VARIANT: "fixed" });
  expect(wrong.status).toBe(1);
  expect(wrong.errors).toContain("VARIANT: one of written, repaired, right; got fixed");
});

it("vanishing-gradient: with the sigmoid the first layer's gradient is gone", () => {
  const text = says("vanishing-gradient", { EPOCHS: "1", IMAGES: "3000" });
  const times = numbers(text, /in the last, (\d+) times as much/g) as [number, number];
  expect(times[0]).toBeGreaterThan(1000);
  expect(times[1]).toBeLessThan(100);
  expect(desk.written("vanishing-gradient")).toEqual(["depth.svg"]);
});

it("early-stopping ends before the last epoch, with the weights of the best one", () => {
  const text = says("early-stopping", { EPOCHS: "25", TRAIN: "600" });
  expect(text).toMatch(/^stopped after epoch \d+ of 25; best was epoch \d+$/m);
  const [restored, last] = numbers(text, /accuracy ([\d.]+) \(10000 test images\)/g) as [number, number];
  expect(restored).toBeGreaterThan(last);
  expect(desk.written("early-stopping")).toEqual(["curves.svg"]);
});

it("sweeps compares learning rates, epochs and hidden nodes", () => {
  const text = says("sweeps", { EPOCHS: "2", HIDDEN_EPOCHS: "1", IMAGES: "1000" });
  expect(text).toContain("pictures: runs/sweeps/");
  expect(desk.written("sweeps")).toEqual(["both.svg", "epochs.svg", "hidden.svg", "lr.svg", "nodes", "rates"]);
});
