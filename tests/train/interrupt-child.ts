/** A loop of one's own that saves on Ctrl-C: `interrupt-child.ts FOLDER`. */
import { DataLoader, TensorDataset } from "../../src/data/index.ts";
import { nn, optim, randn } from "../../src/index.ts";
import { Checkpoint, Interrupt } from "../../src/train/index.ts";

const [folder] = process.argv.slice(2) as [string];
const x = randn(100, 3);
const loader = new DataLoader(new TensorDataset(x, x.sum(1, true)), { batchSize: 5 });
const model = new nn.Linear(3, 1);
const optimizer = new optim.SGD(model.parameters(), { lr: 1e-4 });
const checkpoint = new Checkpoint(folder, { model, optimizer, loader });
const interrupt = new Interrupt();
process.stdout.write("ready\n");
for (let epoch = 0; ; epoch++) {
  for await (const [input, target] of loader) {
    optimizer.zeroGrad();
    new nn.MSELoss().forward(model.forward(input), target).backward();
    optimizer.step();
    if (!interrupt.requested) continue;
    checkpoint.save({ epoch });
    interrupt.leave(`saved in ${folder}`);
  }
}
