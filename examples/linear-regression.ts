/**
 * Linear regression on real cars, simple and multiple: gradient descent on the mean squared error, against the closed form, and against
 * drawing weights at random. Miles per gallon from the weight of a car, then from five of its properties. Writes the line, the way of the
 * descent over the loss and the comparison with random drawing to runs/linear-regression/.
 */
import { cat, manualSeed, noGrad, ones, type Tensor, tensor, zeros } from "nabla";
import { StandardScaler } from "nabla/data";
import * as plot from "nabla/plot";
import { records } from "./shared/records.ts";
import { SEED, setting } from "./shared/report.ts";

const STEPS = setting("STEPS", 1000, 1_000_000);
const DRAWS = setting("DRAWS", 100_000, 10_000_000, 100);
const FOLDER = "runs/linear-regression";
const COLUMNS = ["Weight_in_lbs", "Horsepower", "Displacement", "Acceleration", "Year"];

manualSeed(SEED);
const cars = records("cars", [...COLUMNS, "Miles_per_Gallon"]);
const column = (name: string) =>
  cars.map((car) => (name === "Year" ? Number.parseInt(car[name] as string, 10) : car[name]));
const table = tensor(COLUMNS.map(column) as number[][]).t(); // [cars, 5]
const y = tensor(column("Miles_per_Gallon") as number[]); // [cars]

const mse = (weights: Tensor, x: Tensor): Tensor => x.matmul(weights).sub(y).pow(2).mean();
/** A column of ones, so that the last weight is the bias b. */
const withOnes = (x: Tensor): Tensor => cat([x, ones(cars.length, 1)], 1);

const thousands = withOnes(table.narrow(1, 0, 1).div(1000));
const simple = descend("simple: mpg from the weight in 1000 lb", thousands, 0.09);
drawSimple(thousands, simple);
const scaled = withOnes(new StandardScaler().fitTransform(table));
const multiple = descend(`multiple: mpg from ${COLUMNS.join(", ")} (standardised)`, scaled, 0.1);
drawRandom();
console.log(`pictures: ${FOLDER}/`);

interface Descent {
  /** The weights of every step, the start included, and the loss there. */
  readonly path: readonly (readonly number[])[];
  readonly losses: readonly number[];
  readonly best: number;
}

/** Gradient descent from zero, and the closed form beside it. */
function descend(title: string, x: Tensor, lr: number): Descent {
  const weights = zeros([x.shape[1] as number], { requiresGrad: true }) as Tensor;
  const [path, losses]: [number[][], number[]] = [[], []];
  for (let step = 0; step <= STEPS; step++) {
    weights.grad = null;
    const loss = mse(weights, x);
    loss.backward();
    path.push([...weights.data()]);
    losses.push(loss.item());
    noGrad(() => weights.sub_((weights.grad as Tensor).mul(lr)));
  }
  const closed = closedForm(x);
  const best = mse(closed, x).item();
  const numbers = (values: ArrayLike<number>): string => Array.from(values, (value) => value.toFixed(3)).join(", ");
  console.log(title);
  console.log(`  closed form       w, b = ${numbers(closed.data())}   MSE ${best.toFixed(4)}`);
  console.log(`  gradient descent  w, b = ${numbers(path.at(-1) as number[])}   MSE ${losses.at(-1)?.toFixed(4)}`);
  return { path, losses, best };
}

/** The weights where the gradient is zero: XᵀX w = Xᵀy, by elimination with the largest pivot. */
function closedForm(x: Tensor): Tensor {
  const X = x.to("float64");
  const right = X.t().matmul(y.to("float64"));
  const rows = cat([X.t().matmul(X), right.unsqueeze(1)], 1).toArray() as number[][];
  const n = rows.length;
  for (let i = 0; i < n; i++) {
    const pivot = rows
      .slice(i)
      .reduce((most, row) => (Math.abs(row[i] as number) > Math.abs(most[i] as number) ? row : most));
    rows.splice(rows.indexOf(pivot), 1);
    rows.splice(i, 0, pivot);
    for (const row of rows) {
      if (row === pivot) continue;
      const factor = (row[i] as number) / (pivot[i] as number);
      for (let k = i; k <= n; k++) row[k] = (row[k] as number) - factor * (pivot[k] as number);
    }
  }
  return tensor(rows.map((row, i) => (row[n] as number) / (row[i] as number)));
}

/** The least loss among the first n of so many weights drawn between -`reach` and `reach`. */
function bestOfRandom(x: Tensor, reach: readonly number[]): { x: number[]; y: number[] } {
  const found: { x: number[]; y: number[] } = { x: [], y: [] };
  const chunk = 100;
  let least = Number.POSITIVE_INFINITY;
  for (let drawn = chunk; drawn <= DRAWS; drawn += chunk) {
    const weights = zeros(reach.length, chunk).uniform_(-1, 1).mul(tensor(reach).unsqueeze(1));
    const losses = x.matmul(weights).sub(y.unsqueeze(1)).pow(2).mean(0);
    least = Math.min(least, losses.min().item());
    found.x.push(drawn);
    found.y.push(least);
  }
  return found;
}

/** The line through the cars, and the way of w and b over the loss. */
function drawSimple(x: Tensor, { path }: Descent): void {
  const [w, b] = path.at(-1) as [number, number];
  const weights = x.select(1, 0);
  plot
    .functions(
      [
        { name: `${cars.length} cars`, x: weights, y, points: true },
        { name: "gradient descent", y: (weight) => w * weight + b },
      ],
      { title: "Miles per gallon from the weight of a car", x: "weight in 1000 lb", y: "miles per gallon" },
    )
    .save(`${FOLDER}/line.svg`);
  const way = { name: "gradient descent", x: path.map(([w]) => w as number), y: path.map(([, b]) => b as number) };
  plot
    .surface((w, b) => mse(tensor([w, b]), x).item(), {
      paths: [way],
      xRange: [-15, 20],
      yRange: [-5, 60],
      title: "The loss over w and b",
      subtitle: `${STEPS} steps from 0: down the steep sides at once, along the valley slowly`,
    })
    .save(`${FOLDER}/surface.svg`);
}

function drawRandom(): void {
  const simplest = bestOfRandom(thousands, [50, 50]);
  const five = bestOfRandom(scaled, [50, 50, 50, 50, 50, 50]);
  for (const [name, { best }, { y }] of [
    ["2 weights", simple, simplest],
    ["6 weights", multiple, five],
  ] as const) {
    const least = y.at(-1) as number;
    console.log(
      `best of ${DRAWS} random draws of ${name}: MSE ${least.toFixed(4)}, the closed form has ${best.toFixed(4)}`,
    );
  }
  plot
    .curves(
      [
        { name: "2 weights", panel: "Drawing at random", ...simplest, smooth: 0 },
        { name: "6 weights", panel: "Drawing at random", ...five, smooth: 0 },
        { name: "2 weights", panel: "Gradient descent", y: simple.losses, smooth: 0 },
        { name: "6 weights", panel: "Gradient descent", y: multiple.losses, smooth: 0 },
      ],
      {
        title: "Looking everywhere against going downhill",
        y: "mean squared error",
        scale: "log",
        panels: { "Drawing at random": { x: "draws" }, "Gradient descent": { x: "steps" } },
      },
    )
    .save(`${FOLDER}/random.svg`);
}
