/** The programs that need no dataset or a small table, shortened. */
import { expect, it } from "vitest";
import { Desk, type Ran } from "./run.ts";

const desk = new Desk();

/** What the program says, after it ended well. */
function says(name: string, env: Readonly<Record<string, string>> = {}): string {
  const { status, lines, errors }: Ran = desk.run(name, env);
  expect(errors).not.toContain("Error");
  expect(status).toBe(0);
  expect(lines).toContain(`pictures: runs/${name}/`);
  return lines.join("\n");
}

/** The numbers that the one group of a pattern finds, in order. */
function numbers(text: string, pattern: RegExp): number[] {
  return Array.from(text.matchAll(pattern), ([, found]) => Number(found));
}

it("curve-cubic prints the weights of one step, and fits inside the interval only", () => {
  const text = says("curve-cubic", { STEPS: "3000" });
  expect(numbers(text, /^weight tensor\(\[\s*(-?[\d.]+)/gm)).toHaveLength(2);
  const [inside] = numbers(text, /^cubic: root mean square error ([\d.]+) in/gm) as [number];
  const [outside] = numbers(text, /^cubic: .* ([\d.]+) in \[5, 15\]/gm) as [number];
  expect(inside).toBeLessThan(30);
  expect(outside).toBeGreaterThan(500);
  const [few, many] = [/: 2: ([\d.]+)/g, /64: ([\d.]+)/g].map((pattern) => numbers(text, pattern));
  for (const layers of [0, 1]) expect(many?.[layers]).toBeLessThan((few?.[layers] as number) / 10);
  expect(desk.written("curve-cubic")).toEqual(["approximation.svg", "fit.svg"]);
});

it("curve-x2 comes close with Adam", () => {
  const text = says("curve-x2", { STEPS: "3000" });
  expect(numbers(text, /^Adam .* x² \+ 3: ([\d.]+)/gm)[0]).toBeLessThan(2);
  expect(desk.written("curve-x2")).toEqual(["fit.svg", "loss.svg"]);
});

it("linear-regression descends to the closed form, which random drawing does not reach", () => {
  const text = says("linear-regression", { DRAWS: "2000" });
  const closed = numbers(text, /closed form {7}w.* MSE ([\d.]+)/g) as [number, number];
  const descended = numbers(text, /gradient descent {2}w.* MSE ([\d.]+)/g) as [number, number];
  const drawn = numbers(text, /random draws of . weights: MSE ([\d.]+)/g) as [number, number];
  for (const i of [0, 1] as const) {
    expect(descended[i]).toBeCloseTo(closed[i], 3);
    expect(drawn[i]).toBeGreaterThan(closed[i]);
  }
  expect(drawn[1]).toBeGreaterThan(2 * closed[1]);
  expect(desk.written("linear-regression")).toEqual(["line.svg", "random.svg", "surface.svg"]);
});

it("perceptron: the gates by one unit, XOR by none of them but by a network", () => {
  const text = says("perceptron");
  expect(text).toContain("AND of NAND and OR  0  1  1  0");
  expect(text.match(/no mistake from round/g)).toHaveLength(3);
  expect(text).toMatch(/the rule on XOR: .* still \d of 4 wrong/);
  expect(text).toMatch(/XOR: 0 of 531441 perceptrons do it; the best has 3 of 4 right/);
  expect(text).toMatch(/network on XOR: .*; 4 of 4 right/);
  expect(desk.written("perceptron")).toHaveLength(6);
});

it("logistic-and-softmax tells penguins apart; the logistic unit is a perceptron", () => {
  const text = says("logistic-and-softmax", { STEPS: "300" });
  expect(text).toContain("says the same of 91 of 91 test penguins");
  for (const accuracy of numbers(text, /accuracy ([\d.]+)/g)) expect(accuracy).toBeGreaterThan(0.9);
  expect(desk.written("logistic-and-softmax")).toEqual(["logistic.svg", "softmax.svg"]);
});

it("activations: values and slopes, and six linear layers that are one", () => {
  const text = says("activations", { STEPS: "300" });
  expect(text).toMatch(/^sigmoid +0\.119 +0\.500 +0\.881 +0\.105 +0\.250 +0\.105$/m);
  expect(text).toMatch(/^leaky ReLU +-0\.200 +0\.000 +2\.000 +0\.100 +0\.100 +1\.000$/m);
  expect(numbers(text, /over 1000 inputs: ([\de.-]+)/g)[0]).toBeLessThan(1e-5);
  const [line] = numbers(text, /best straight line: ([\d.]+)/g) as [number];
  expect(numbers(text, /^no activation: mean squared error ([\d.]+)/gm)[0]).toBeGreaterThan(0.99 * line);
  expect(numbers(text, /^ReLU: mean squared error ([\d.]+)/gm)[0]).toBeLessThan(0.1 * line);
  expect(desk.written("activations")).toEqual(["collapse.svg", "zoo.svg"]);
});

it("backprop-by-hand agrees with autograd and with the known error of this network", () => {
  const text = says("backprop-by-hand", { STEPS: "10" });
  expect(text).toContain("E = ½(t1 - o1)² + ½(t2 - o2)² = 0.02397190");
  expect(text).toContain("dE/dW1 = dE/dz(h1) · x1 = 0.00080888");
  expect(text).toContain("  E = 0.02323634");
  expect(numbers(text, /difference of a derivative is ([\de.-]+)/g)[0]).toBeLessThan(1e-15);
  expect(desk.written("backprop-by-hand")).toEqual(["error.svg", "network.svg"]);
});

it("local-minimum: momentum leads out of the shallow valley", () => {
  const text = says("local-minimum");
  expect(text).toContain("with momentum 0: ends at x = 1.3470, f = -2.6186");
  expect(text).toContain("with momentum 0.9: ends at x = -1.4730, f = -5.4442");
  expect(desk.written("local-minimum")).toEqual(["descent.svg", "starts.svg", "ways.svg"]);
});

it("three-heads answers three kinds of questions", () => {
  const text = says("three-heads", { EPOCHS: "60" });
  const [off, usual] = numbers(text, /off by (\d+) g/g) as [number, number];
  expect(off).toBeLessThan(0.6 * usual);
  expect(numbers(text, /^sex: accuracy ([\d.]+)/gm)[0]).toBeGreaterThan(0.75);
  expect(numbers(text, /^species: accuracy ([\d.]+)/gm)[0]).toBeGreaterThan(0.9);
  expect(desk.written("three-heads")).toEqual(["losses.svg"]);
});

it("the same seed says the same", () => {
  expect(says("curve-x2", { STEPS: "50", SEED: "5" })).toBe(says("curve-x2", { STEPS: "50", SEED: "5" }));
});
