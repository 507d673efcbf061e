/**
 * Three kinds of problems, one body: a network reads the measures of a penguin, and three heads answer. Its mass (regression: one linear
 * output, mean squared error), its sex (two classes: a sigmoid, binary cross-entropy), its species (several classes: softmax,
 * cross-entropy). Writes pictures to runs/three-heads/.
 */
import { manualSeed, nn, noGrad, optim, type Tensor, tensor } from "nabla";
import { DataLoader, randomSplit, StandardScaler, TensorDataset } from "nabla/data";
import * as plot from "nabla/plot";
import { records } from "./shared/records.ts";
import { SEED, setting } from "./shared/report.ts";

const EPOCHS = setting("EPOCHS", 200, 100_000);
const FOLDER = "runs/three-heads";
const MEASURES = ["Beak Length (mm)", "Beak Depth (mm)", "Flipper Length (mm)"];
const SPECIES = ["Adelie", "Gentoo", "Chinstrap"];

class ThreeHeads extends nn.Module {
  body = new nn.Sequential(new nn.Linear(3, 32), new nn.ReLU(), new nn.Linear(32, 32), new nn.ReLU());
  mass = new nn.Linear(32, 1);
  sex = new nn.Linear(32, 1);
  species = new nn.Linear(32, 3);

  forward(x: Tensor): { mass: Tensor; sex: Tensor; species: Tensor } {
    const features = this.body.forward(x) as Tensor;
    return {
      mass: this.mass.forward(features).flatten(),
      sex: this.sex.forward(features).sigmoid().flatten(),
      species: this.species.forward(features).softmax(1),
    };
  }
}

const penguins = records("penguins", [...MEASURES, "Body Mass (g)", "Sex", "Species"]).filter(({ Sex }) => Sex !== ".");
const column = (name: string): number[] => penguins.map((row) => row[name] as number);
const kilograms = tensor(column("Body Mass (g)")).div(1000);
const male = tensor(penguins.map(({ Sex }) => (Sex === "MALE" ? 1 : 0)));
const species = tensor(Int32Array.from(penguins, (row) => SPECIES.indexOf(row.Species as string)));
const measures = tensor(MEASURES.map(column)).t() as Tensor;

manualSeed(SEED);
const all = new TensorDataset(measures, kilograms as Tensor, male as Tensor, species as Tensor);
const [train, test] = randomSplit(all, [2 / 3, 1 / 3]);
const scaler = new StandardScaler().fit(all.batch(tensor(Int32Array.from(train.indices)))[0] as Tensor);
const loader = new DataLoader(train, { batchSize: 32, shuffle: true });
const model = new ThreeHeads();
const optimizer = new optim.Adam(model.parameters(), { lr: 0.003, weightDecay: 1e-4 });
const losses = { mass: [] as number[], sex: [] as number[], species: [] as number[] };

for (let epoch = 0; epoch < EPOCHS; epoch++) {
  const sums = { mass: 0, sex: 0, species: 0 };
  for (const [x, mass, sex, kind] of loader) {
    const says = model.forward(scaler.transform(x as Tensor));
    const parts = {
      mass: nn.functional.mseLoss(says.mass, mass as Tensor),
      sex: nn.functional.binaryCrossEntropy(says.sex, sex as Tensor),
      species: nn.functional.nllLoss(says.species.log(), kind as Tensor),
    };
    optimizer.zeroGrad();
    parts.mass.add(parts.sex).add(parts.species).backward();
    optimizer.step();
    for (const head of ["mass", "sex", "species"] as const) sums[head] += parts[head].item() / loader.length;
  }
  for (const head of ["mass", "sex", "species"] as const) losses[head].push(sums[head]);
}

const [x, mass, sex, kind] = all.batch(tensor(Int32Array.from(test.indices))) as [Tensor, Tensor, Tensor, Tensor];
const says = noGrad(() => model.forward(scaler.transform(x)));
const share = (right: Tensor): string => right.to("float32").mean().item().toFixed(4);
console.log(`${train.length} penguins to learn from, ${test.length} to test with`);
console.log(`mass: off by ${(says.mass.sub(mass).abs().mean().item() * 1000).toFixed(0)} g on average`);
console.log(`  (the mean mass would be off by ${(mass.sub(mass.mean()).abs().mean().item() * 1000).toFixed(0)} g)`);
console.log(`sex: accuracy ${share(says.sex.ge(0.5).eq(sex.ge(0.5)))}`);
console.log(`species: accuracy ${share(says.species.argmax(1).eq(kind))}`);
plot
  .curves(
    Object.entries(losses).map(([name, y]) => ({ name, y, smooth: 0 })),
    { title: "One body, three heads", subtitle: "Training loss of each head", x: "epoch", scale: "log" },
  )
  .save(`${FOLDER}/losses.svg`);
console.log(`pictures: ${FOLDER}/`);
