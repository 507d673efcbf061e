/** Saves and saves, a model whose weights are all the number of the save: `saving-child.ts FOLDER [MOST]`. */
import { nn, noGrad } from "../../src/index.ts";
import { Checkpoint } from "../../src/train/index.ts";

const [folder, most = "1e9"] = process.argv.slice(2) as [string, string?];
const model = new nn.Linear(400, 400, { bias: false });
const checkpoint = new Checkpoint(folder, { model }, { mode: "max" });
let count = checkpoint.resume<{ count: number }>()?.count ?? 0;
process.stdout.write("ready\n");
for (let i = 0; i < Number(most); i++) {
  count++;
  noGrad(() => model.weight.fill_(count));
  checkpoint.save({ count }, { score: count });
}
