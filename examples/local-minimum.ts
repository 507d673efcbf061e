/**
 * Local against global optimum: gradient descent on f(x) = x⁴ − 4x² + x, which has two valleys. From the wrong side it ends in the shallow
 * one; with momentum it rolls over the hill into the deep one. Then from a thousand starts at once, with more and more momentum. Writes
 * pictures to runs/local-minimum/.
 */
import { linspace, nn, optim, type Tensor } from "nabla";
import * as plot from "nabla/plot";
import { setting } from "./shared/report.ts";

const STEPS = setting("STEPS", 1000, 100_000);
const FOLDER = "runs/local-minimum";
const LEARNING_RATE = 0.01;
const START = 2.2;

const f = (x: Tensor): Tensor => x.pow(4).sub(x.pow(2).mul(4)).add(x);

/** The way of every start: x before each step and after the last. */
function descend(starts: Tensor, momentum: number): Tensor[] {
  const x = new nn.Parameter(starts);
  const optimizer = new optim.SGD([x], { lr: LEARNING_RATE, momentum });
  const way = [x.detach().clone()];
  for (let step = 0; step < STEPS; step++) {
    optimizer.zeroGrad();
    f(x).sum().backward();
    optimizer.step();
    way.push(x.detach().clone());
  }
  return way;
}

const [plain, rolling] = [0, 0.9].map((momentum) => {
  const way = descend(linspace(START, START, 1), momentum).map((x) => x.item());
  const end = way.at(-1) as number;
  console.log(
    `from x = ${START} with momentum ${momentum}: ends at x = ${end.toFixed(4)}, f = ${valueAt(end).toFixed(4)}`,
  );
  return way;
}) as [number[], number[]];
drawWays();
manyStarts();
console.log(`pictures: ${FOLDER}/`);

function valueAt(x: number): number {
  return f(linspace(x, x, 1)).item();
}

/** Both ways over the curve, and the height of every step. */
function drawWays(): void {
  const ways = Object.entries({ "no momentum": plain, "momentum 0.9": rolling });
  const points = ways.map(([name, way]) => ({
    name,
    panel: name,
    x: way.slice(0, 50),
    y: way.slice(0, 50).map(valueAt),
    points: true,
  }));
  const curve = ways.map(([panel]) => ({ name: "x⁴ − 4x² + x", panel, y: valueAt, reference: true }));
  plot
    .functions([...points, ...curve], { title: "Two valleys, and where the steps lead", range: [-2.4, 2.4] })
    .save(`${FOLDER}/ways.svg`);
  plot
    .curves(
      ways.map(([name, way]) => ({ name, y: way.slice(0, 150).map(valueAt), smooth: 0 })),
      { title: "f at every step", x: "step" },
    )
    .save(`${FOLDER}/descent.svg`);
}

/** Of a thousand starts from -2.2 to 2.2, how many end in the deep valley. */
function manyStarts(): void {
  const momenta = [0, 0.5, 0.8, 0.85, 0.9, 0.95, 0.98, 0.99];
  const shares = momenta.map((momentum) => {
    const ends = descend(linspace(-START, START, 1000), momentum).at(-1) as Tensor;
    return ends.lt(0).to("float32").mean().item();
  });
  for (const [i, momentum] of momenta.entries()) {
    console.log(
      `momentum ${momentum}: ${((shares[i] as number) * 100).toFixed(1)} % of 1000 starts end in the deep valley`,
    );
  }
  plot
    .curves([{ name: "starts that end in the deep valley", x: momenta, y: shares }], { x: "momentum", percent: true })
    .save(`${FOLDER}/starts.svg`);
}
