/**
 * Logistic regression is a perceptron with the sigmoid as its activation, softmax regression one with softmax. Both learn to tell penguins
 * by their beaks: two species by one unit, three species by three units. Writes the decision maps to runs/logistic-and-softmax/.
 */
import { manualSeed, nn, noGrad, optim, type Tensor, tensor } from "nabla";
import { randomSplit, StandardScaler, TensorDataset } from "nabla/data";
import * as plot from "nabla/plot";
import { records } from "./shared/records.ts";
import { SEED, setting } from "./shared/report.ts";

const STEPS = setting("STEPS", 1000, 1_000_000);
const FOLDER = "runs/logistic-and-softmax";
const SPECIES = ["Adelie", "Gentoo", "Chinstrap"];
const BEAK = ["Beak Length (mm)", "Beak Depth (mm)"];

const penguins = records("penguins", ["Species", ...BEAK]);
const scaler = new StandardScaler().fit(beaks(penguins));
logistic();
softmax();
console.log(`pictures: ${FOLDER}/`);

function beaks(rows: typeof penguins): Tensor {
  return tensor(rows.map((row) => BEAK.map((column) => row[column] as number))) as Tensor;
}

/** Beaks and species, two thirds to learn from and one third to test with. */
function split(species: readonly string[]): { train: [Tensor, Tensor]; test: [Tensor, Tensor] } {
  const rows = penguins.filter((row) => species.includes(row.Species as string));
  const labels = tensor(Int32Array.from(rows, (row) => species.indexOf(row.Species as string)));
  manualSeed(SEED);
  const data = new TensorDataset(scaler.transform(beaks(rows)), labels as Tensor);
  const [train, test] = randomSplit(data, [2 / 3, 1 / 3]).map((part) =>
    data.batch(tensor(Int32Array.from(part.indices))),
  );
  return { train, test } as unknown as { train: [Tensor, Tensor]; test: [Tensor, Tensor] };
}

/** y = sigmoid(W·x + b): above one half just where W·x ≥ θ = -b, as a perceptron says it. */
function logistic(): void {
  const { train, test } = split(SPECIES.slice(0, 2));
  const unit = new nn.Linear(2, 1);
  const optimizer = new optim.SGD(unit.parameters(), { lr: 0.5 });
  for (let step = 0; step < STEPS; step++) {
    const probability = unit.forward(train[0]).sigmoid().flatten();
    const loss = nn.functional.binaryCrossEntropy(probability, train[1].to("float32"));
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
  }
  noGrad(() => {
    const says = unit.forward(test[0]).sigmoid().flatten().ge(0.5);
    const theta = -(unit.bias as Tensor).item();
    const fires = test[0].matmul(unit.weight.flatten()).ge(theta);
    const [right, same] = [says.eq(test[1].gt(0)), says.eq(fires)].map((x) => x.sum().item());
    const n = test[1].numel();
    console.log(`logistic: W ${unit.weight.flatten()}, θ ${theta.toFixed(3)}`);
    console.log(`  the perceptron with these W and θ says the same of ${same} of ${n} test penguins`);
    console.log(`  accuracy ${((right as number) / n).toFixed(4)} (${n} test penguins, 2 species)`);
  });
  const says = (x: Tensor): Tensor => unit.forward(x).sigmoid().flatten();
  draw("logistic", "One unit with the sigmoid", SPECIES.slice(0, 2), test, says);
}

/** y = softmax(W·x + b): three units, whose outputs add up to 1. */
function softmax(): void {
  const { train, test } = split(SPECIES);
  const units = new nn.Linear(2, 3);
  const optimizer = new optim.SGD(units.parameters(), { lr: 0.5 });
  for (let step = 0; step < STEPS; step++) {
    const probabilities = units.forward(train[0]).softmax(1);
    const loss = nn.functional.nllLoss(probabilities.log(), train[1]);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
  }
  noGrad(() => {
    const probabilities = units.forward(test[0]).softmax(1);
    const right = probabilities.argmax(1).eq(test[1]).sum().item();
    const n = test[1].numel();
    const first = Array.from(probabilities.select(0, 0).data(), (p, i) => `${SPECIES[i]} ${p.toFixed(3)}`);
    console.log(`softmax: the first test penguin is ${first.join(", ")}`);
    console.log(`  accuracy ${(right / n).toFixed(4)} (${n} test penguins, 3 species)`);
  });
  draw("softmax", "Three units with softmax", SPECIES, test, (x) => units.forward(x).softmax(1));
}

/** What is said of every beak of the plane, with the test penguins on it. */
function draw(
  name: string,
  title: string,
  classes: readonly string[],
  [x, labels]: [Tensor, Tensor],
  says: (x: Tensor) => Tensor,
): void {
  plot
    .boundary((places) => noGrad(() => says(scaler.transform(tensor(places)) as Tensor)), {
      points: scaler.inverseTransform(x),
      labels,
      classes,
      title,
      subtitle: "The test penguins over what is said of every beak",
      x: "length of the beak in mm",
      y: "depth in mm",
    })
    .save(`${FOLDER}/${name}.svg`);
}
