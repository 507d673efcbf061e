/**
 * A training that is killed: `training-child.ts fit|hand FOLDER KILL`. It resumes what is in the folder, and kills itself after step KILL
 * (counted over the run; 0 never). Everything random is in it: initial weights, shuffling, dropout, noise on the samples.
 */
import { DataLoader, type Dataset, TensorDataset } from "../../src/data/index.ts";
import { Generator, manualSeed, nn, optim, rand, randn, type Tensor } from "../../src/index.ts";
import {
  Accuracy,
  type Callback,
  Checkpoint,
  EarlyStopping,
  evaluate,
  fit,
  History,
  Mean,
} from "../../src/train/index.ts";

const [kind, folder, killed] = process.argv.slice(2) as [string, string, string];
const EPOCHS = 4;
const N = 60;

manualSeed(777);
const truth: Tensor = randn(N, 6);
const labels: Tensor = truth.sum(1).gt(0).to("int32") as Tensor;
/** Samples with noise, as random transforms make it. */
const noisy: Dataset<[Tensor, Tensor]> = {
  length: N,
  get: (i) => [truth.select(0, i).add(rand(6)) as Tensor, labels.select(0, i) as Tensor],
};
const train = new DataLoader(noisy, { batchSize: 8, shuffle: true });
const validation = new DataLoader(new TensorDataset(truth, labels), { batchSize: 25 });
const model = new nn.Sequential(
  new nn.Linear(6, 16),
  new nn.BatchNorm1d(16),
  new nn.ReLU(),
  new nn.Dropout(0.3),
  new nn.Linear(16, 2),
);
const loss = new nn.CrossEntropyLoss();
const optimizer = new optim.Adam(model.parameters(), { lr: 0.01, amsgrad: true });
const schedule = new optim.lrScheduler.OneCycleLR(optimizer, 0.05, { totalSteps: EPOCHS * train.length });
const stopping = new EarlyStopping(model, { patience: 10 });
let steps = 0;

/** Counts steps over interruptions; ends the process where no code can run any more. */
const kill: Callback = {
  onStep() {
    if (++steps === Number(killed)) process.kill(process.pid, "SIGKILL");
  },
  stateDict: () => ({ steps }),
  loadStateDict(state: { steps: number }) {
    steps = state.steps;
  },
};

async function byFit(): Promise<void> {
  const metrics = { accuracy: new Accuracy() };
  const callbacks = [stopping, kill];
  const options = { train, validation, loss, optimizer, schedule, scheduleEvery: "step", metrics, callbacks } as const;
  await fit(model, { ...options, epochs: EPOCHS, folder, resume: true, saveEvery: 0, progress: false });
}

/** The same by hand, with a generator of its own for the order and a save every third step. */
function byHand(): void {
  const generator = new Generator().manualSeed(5);
  const loader = new DataLoader(noisy, { batchSize: 8, shuffle: true, generator });
  const history = new History();
  const parts = { model, optimizer, schedule, loader, history, stopping };
  const checkpoint = new Checkpoint(folder, parts);
  const running = new Mean();
  const place = checkpoint.resume<{ epoch: number; steps: number; running: ReturnType<Mean["stateDict"]> }>();
  if (place !== null) {
    ({ steps } = place);
    running.loadStateDict(place.running);
  }
  for (let epoch = place?.epoch ?? 0; epoch < EPOCHS; epoch++) {
    for (const [x, y] of loader) {
      optimizer.zeroGrad();
      const value = loss.forward(model.forward(x), y);
      value.backward();
      optimizer.step();
      schedule.step();
      running.add(value.item(), y.shape[0]);
      steps++;
      if (steps % 3 === 0) checkpoint.save({ epoch, steps, running: running.stateDict() });
      if (steps === Number(killed)) process.kill(process.pid, "SIGKILL");
    }
    const measured = evaluate(model, validation, { loss, metrics: { accuracy: new Accuracy() } });
    history.add({
      epoch: epoch + 1,
      loss: running.compute(),
      validationLoss: measured.loss,
      accuracy: measured.accuracy,
    });
    running.reset();
    stopping.step(measured.loss);
    checkpoint.save({ epoch: epoch + 1, steps, running: running.stateDict() }, { score: measured.loss });
  }
  stopping.restore();
  history.save(`${folder}/history.jsonl`);
}

if (kind === "fit") await byFit();
else byHand();
