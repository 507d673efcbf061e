/** Trainings that a signal stops between any two batches, of training or of validation, go on as if nothing had been. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, test, vi } from "vitest";
import { DataLoader, TensorDataset } from "../../src/data/index.ts";
import { Generator, manualSeed, nn, optim, randn, type Tensor } from "../../src/index.ts";
import { Accuracy, fit } from "../../src/train/index.ts";
import { files } from "./run-files.ts";

const root = mkdtempSync(join(tmpdir(), "nabla-interrupt-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
afterEach(() => vi.restoreAllMocks());

const EPOCHS = 2;
/** Batches of an epoch: of training, and of validation. */
const [STEPS, CHECKS] = [3, 2];

/** Trains in the folder, or goes on there; the signal comes in batch `stopAt` (from 1; 0 never), of both kinds. */
async function train(folder: string, own: boolean, stopAt: number): Promise<void> {
  manualSeed(1);
  const x: Tensor = randn(50, 4);
  const dataset = new TensorDataset(x, x.sum(1).gt(0).to("int32") as Tensor);
  const generator = own ? { generator: new Generator().manualSeed(5) } : {};
  const model = new nn.Sequential(new nn.Linear(4, 8), new nn.Dropout(0.2), new nn.ReLU(), new nn.Linear(8, 2));
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.05 });
  let batches = 0;
  await fit(model, {
    train: new DataLoader(dataset, { batchSize: 20, shuffle: true, ...generator }),
    validation: new DataLoader(dataset, { batchSize: 30, shuffle: true }),
    loss: new nn.CrossEntropyLoss(),
    optimizer,
    schedule: new optim.lrScheduler.OneCycleLR(optimizer, 0.1, { totalSteps: EPOCHS * STEPS }),
    scheduleEvery: "step",
    metrics: { accuracy: new Accuracy() },
    epochs: EPOCHS,
    folder,
    resume: true,
    progress: false,
    forward: ([inputs]) => {
      if (++batches === stopAt) process.emit("SIGTERM", "SIGTERM");
      return model.forward(inputs);
    },
  });
}

test.each([false, true])("a signal between any two batches; a generator of the loader's own: %s", async (own) => {
  const whole = join(root, `whole-${own}`);
  await train(whole, own, 0);
  const kill = vi.spyOn(process, "kill").mockReturnValue(true);
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
  // Signals are let in every 50 ms; here that is after every batch.
  let now = performance.now();
  vi.spyOn(performance, "now").mockImplementation(() => {
    now += 60;
    return now;
  });
  for (let stopAt = 1; stopAt <= EPOCHS * (STEPS + CHECKS); stopAt++) {
    const folder = join(root, `${own}-${stopAt}`);
    await expect(train(folder, own, stopAt)).rejects.toThrow("fit: interrupted");
    expect(kill).toHaveBeenLastCalledWith(process.pid, "SIGTERM");
    await train(folder, own, 0);
    expect(files(folder), `stopped in batch ${stopAt}`).toEqual(files(whole));
  }
});
