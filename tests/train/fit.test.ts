/** `fit` and the helpers around it, in `fit` and in loops of one's own. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";
import { DataLoader, TensorDataset } from "../../src/data/index.ts";
import {
  crossEntropy,
  FormatError,
  load,
  manualSeed,
  nn,
  optim,
  randn,
  StateDictError,
  saveCheckpoint,
  type Tensor,
  tensor,
  ValueError,
} from "../../src/index.ts";
import {
  Accuracy,
  Checkpoint,
  EarlyStopping,
  epochLine,
  evaluate,
  type FitOptions,
  fit,
  History,
  Interrupt,
  MAE,
  stepLine,
} from "../../src/train/index.ts";

const root = mkdtempSync(join(tmpdir(), "nabla-fit-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
afterEach(() => vi.restoreAllMocks());
let folders = 0;
const newFolder = (): string => join(root, String(folders++));

type Pair = [Tensor, Tensor];

/** A small classification: data, model and optimizer. */
function setup(seed = 1) {
  manualSeed(seed);
  const x: Tensor = randn(50, 4);
  const y: Tensor = x.sum(1).gt(0).to("int32") as Tensor;
  const dataset = new TensorDataset(x, y);
  const train = new DataLoader(dataset, { batchSize: 20, shuffle: true });
  const validation = new DataLoader(dataset, { batchSize: 30 });
  const model = new nn.Sequential(new nn.Linear(4, 8), new nn.Dropout(0.2), new nn.ReLU(), new nn.Linear(8, 2));
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.05 });
  const loss = new nn.CrossEntropyLoss();
  return { train, validation, model, optimizer, loss, x, y };
}

function options(given: ReturnType<typeof setup>, more: Partial<FitOptions<Pair>> = {}): FitOptions<Pair> {
  const { train, optimizer, loss } = given;
  return { train: train as unknown as FitOptions<Pair>["train"], optimizer, loss, epochs: 3, progress: false, ...more };
}

describe("fit", () => {
  test("does what the loop by hand does, bit for bit", async () => {
    const a = setup();
    const metrics = { accuracy: new Accuracy() };
    const validation = a.validation as unknown as FitOptions<Pair>["validation"];
    const history = await fit(a.model, options(a, { validation, metrics }));

    const b = setup();
    const rows: object[] = [];
    for (let epoch = 1; epoch <= 3; epoch++) {
      b.model.train();
      const accuracy = new Accuracy();
      let sum = 0;
      for (const [x, y] of b.train) {
        const output = b.model.forward(x as Tensor) as Tensor;
        const value = crossEntropy(output, y as Tensor);
        b.optimizer.zeroGrad();
        value.backward();
        b.optimizer.step();
        sum += value.item() * (y as Tensor).count;
        accuracy.update(output, y as Tensor);
      }
      const measured = evaluate(b.model, b.validation, { loss: b.loss, metrics: { accuracy: new Accuracy() } });
      const { loss: validationLoss, accuracy: validationAccuracy } = measured;
      rows.push({ epoch, loss: sum / 50, accuracy: accuracy.compute(), validationLoss, validationAccuracy });
    }
    expect(history.rows).toEqual(rows);
    expect(a.model.stateDict()["0.weight"]?.toArray()).toEqual(b.model.stateDict()["0.weight"]?.toArray());
    expect(history.last?.validationAccuracy).toBeGreaterThan(0.8);
  });

  test("schedules by epoch, by step and by the validation loss", async () => {
    const { lrScheduler } = optim;
    const rates = async (
      make: (o: optim.Adam) => FitOptions<Pair>["schedule"],
      more: Partial<FitOptions<Pair>> = {},
    ) => {
      const given = setup();
      const seen: number[] = [];
      const schedule = make(given.optimizer);
      const note = (): void => void seen.push(given.optimizer.paramGroups[0]?.lr as number);
      await fit(given.model, options(given, { schedule, callbacks: [{ onEpoch: note }], ...more }));
      return seen.map((rate) => Number(rate.toPrecision(4)));
    };
    expect(await rates((o) => new lrScheduler.ExponentialLR(o, 0.5))).toEqual([0.025, 0.0125, 0.00625]);
    expect(await rates((o) => new lrScheduler.ExponentialLR(o, 0.5), { scheduleEvery: "step" })).toEqual([
      0.00625, 0.0007813, 0.00009766,
    ]);
    const plateau = (o: optim.Adam) =>
      new lrScheduler.ReduceLROnPlateau(o, { patience: 0, threshold: 100, factor: 0.1 });
    expect(await rates(plateau)).toEqual([0.005, 0.0005, 0.00005]);
  });

  test("L-BFGS, clipping, batches of one's own form, and data that come asynchronously", async () => {
    const given = setup();
    const model = new nn.Linear(4, 1);
    async function* stream(): AsyncGenerator<{ in: Tensor; out: Tensor }> {
      for (let i = 0; i < 2; i++) yield { in: given.x, out: given.x.sum(1, true) as Tensor };
    }
    const history = await fit(model, {
      train: { [Symbol.asyncIterator]: stream },
      forward: (batch) => model.forward(batch.in),
      target: (batch) => batch.out,
      loss: (output, target) => output.sub(target).square().mean() as Tensor,
      optimizer: new optim.LBFGS(model.parameters(), { lineSearchFn: "strong_wolfe" }) as never,
      metrics: { error: new MAE() },
      clipGradNorm: 1e6,
      epochs: 2,
      progress: false,
    });
    expect(history.last?.error).toBeLessThan(1e-3);
    expect([...model.weight.data()].every((w) => Math.abs(w - 1) < 1e-3)).toBe(true);
  });

  test("prints the notes' lines, and nothing with progress: false", async () => {
    const log = vi.spyOn(process.stdout, "write").mockReturnValue(true);
    vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const given = setup();
    await fit(given.model, options(given, { epochs: 1, printEvery: 2, progress: true }));
    const lines = log.mock.calls.map(([text]) => String(text));
    expect(lines[0]).toMatch(/^Epoch\[1\/1\], step \[2\/3\], Loss:\d\.\d{4}\n$/);
    expect(lines[1]).toMatch(/^Epoch\[1\/1\], Loss:\d\.\d{4}\n$/);
    log.mockClear();
    await fit(given.model, options(given, { printEvery: 1 }));
    expect(log).not.toHaveBeenCalled();
  });

  test("writes the folder; a run that is done is not run again, and one of more epochs goes on", async () => {
    const folder = newFolder();
    const first = setup();
    const history = await fit(first.model, options(first, { folder }));
    expect(readdirSync(folder).sort()).toEqual([
      "best.safetensors",
      "history.jsonl",
      "last.safetensors",
      "model.safetensors",
    ]);
    expect(History.load(`${folder}/history.jsonl`).rows).toEqual(history.rows);
    expect(load(`${folder}/model.safetensors`)["0.weight"]?.toArray()).toEqual(
      first.model.stateDict()["0.weight"]?.toArray(),
    );
    const again = setup(2);
    expect((await fit(again.model, options(again, { folder, resume: true }))).rows).toEqual(history.rows);
    const longer = setup();
    manualSeed(99);
    expect((await fit(longer.model, options(longer, { folder, resume: true, epochs: 5 }))).length).toBe(5);
    const whole = setup();
    const expected = await fit(whole.model, options(whole, { epochs: 5, folder: newFolder() }));
    expect(History.load(`${folder}/history.jsonl`).rows).toEqual(expected.rows);
  });

  test("the environment may ask to resume, as `nabla train PROGRAM --resume` does", async () => {
    const folder = newFolder();
    const first = setup();
    await fit(first.model, options(first, { folder }));
    vi.stubEnv("NABLA_RESUME", "1");
    const again = setup(2);
    await fit(again.model, options(again, { folder }));
    const without = setup();
    expect((await fit(without.model, options(without))).length).toBe(3);
    vi.unstubAllEnvs();
    expect(again.model.stateDict()["0.weight"]?.toArray()).toEqual(first.model.stateDict()["0.weight"]?.toArray());
  });

  test("early stopping ends it, and the best weights come back", async () => {
    const given = setup();
    const validation = given.validation as unknown as FitOptions<Pair>["validation"];
    const weights: unknown[] = [];
    const stopping = new EarlyStopping(given.model, { patience: 2, minDelta: 0.05 });
    const keep = (): void => void weights.push(given.model.stateDict()["0.weight"]?.toArray());
    const callbacks = [keep, stopping];
    const history = await fit(given.model, options(given, { validation, callbacks, epochs: 100 }));
    expect(history.length).toBe(stopping.bestEpoch + 2);
    expect(given.model.stateDict()["0.weight"]?.toArray()).toEqual(weights[stopping.bestEpoch - 1]);
    expect(weights.at(-1)).not.toEqual(weights[stopping.bestEpoch - 1]);
  });

  test("a loss that is no number ends the training, with the last checkpoint in place", async () => {
    const folder = newFolder();
    const given = setup();
    const broken = { ...given, loss: (o: Tensor, t: Tensor) => given.loss.forward(o, t).mul(Number.NaN) as Tensor };
    const training = fit(given.model, options(broken as never, { folder }));
    await expect(training).rejects.toThrow(/fit: the loss is finite; got NaN in epoch 1, step 1; try a smaller/);
    expect(new Checkpoint(folder, { model: given.model }).resume()).toMatchObject({ epoch: 0, step: 0 });
  });

  const plateau = () => new optim.lrScheduler.ReduceLROnPlateau(setup().optimizer);
  const bad: [string, Partial<FitOptions<Pair>>, RegExp][] = [
    ["no epochs", { epochs: undefined as never }, /fit: needs epochs/],
    ["epochs 0", { epochs: 0 }, /epochs is a whole number of at least 1; got 0/],
    ["epochs 1.5", { epochs: 1.5 }, /got 1\.5/],
    ["an unknown option", { epoch: 3 } as never, /there is no option epoch/],
    ["train that is no list", { train: 5 as never }, /train has batches to iterate, as a DataLoader; got 5/],
    [
      "no loss",
      { loss: {} as never },
      /loss is a module such as new nn.CrossEntropyLoss\(\), or a function; got object/,
    ],
    ["resume without a folder", { resume: true }, /resume needs the folder of the run/],
    ["an unknown column", { monitor: "accuracy" }, /no column "accuracy" to watch; there are loss$/],
    ["a metric's name", { metrics: { loss: new Accuracy() } }, /the name loss is taken/],
    ["no metric", { metrics: { accuracy: 5 as never } }, /got number as accuracy/],
    ["a plateau by step", { scheduleEvery: "step", schedule: plateau() }, /ReduceLROnPlateau steps after epochs/],
    ["no batches", { train: [] }, /fit: train has no batches/],
    ["batches of other things", { train: [5 as never] }, /a batch is \[inputs, targets\], both tensors; got number/],
    [
      "a mode against the metric",
      {
        metrics: { accuracy: new Accuracy() },
        monitor: "accuracy",
        callbacks: [new EarlyStopping(new nn.ReLU(), { mode: "min" })],
      },
      /accuracy is better when it is larger; got mode "min"/,
    ],
  ];
  test.each(bad)("%s", async (_, more, message) => {
    const given = setup();
    await expect(fit(given.model, options(given, more))).rejects.toThrow(message);
  });

  test("an optimizer of another model would train nothing", async () => {
    const given = setup();
    const other = setup().optimizer;
    await expect(fit(given.model, options({ ...given, optimizer: other }))).rejects.toThrow(
      "fit: the optimizer trains parameters of the model; got none of its 4; make the optimizer of this model's parameters()",
    );
  });
});

describe("evaluate", () => {
  test("weighs batches by their sizes, and puts every layer's mode back", () => {
    const { model, validation, loss, x, y } = setup();
    const layers = model.modules();
    model.train();
    (layers[2] as nn.Module).training = false;
    const { loss: mean } = evaluate(model, validation, { loss });
    expect(layers.map((layer) => layer.training)).toEqual([true, true, false, true, true]);
    model.eval();
    expect(mean).toBeCloseTo(crossEntropy(model.forward(x) as Tensor, y).item(), 5);
    expect(() => evaluate(model, [] as [Tensor, Tensor][], { loss })).toThrow(/needs at least one batch/);
    expect(() => evaluate(model, validation, { losses: loss } as never)).toThrow(/there is no option losses/);
  });

  test("an error in the middle puts the modes back too", () => {
    const { model } = setup();
    expect(() => evaluate(model, [[tensor([[1]]), tensor([1])]], {})).toThrow(/Linear/);
    expect(model.training).toBe(true);
  });
});

describe("EarlyStopping", () => {
  const model = new nn.Linear(1, 1);
  const end = (values: number[], given: ConstructorParameters<typeof EarlyStopping>[1]): number => {
    const stopping = new EarlyStopping(model, given);
    return values.findIndex((value) => stopping.step(value));
  };
  test("patience, minDelta, mode, and NaN", () => {
    expect(end([3, 2, 2.5, 2.4, 2.3], { patience: 3 })).toBe(4);
    expect(end([3, 2, 2.5, 1.9, 2.3, 2.4], { patience: 2 })).toBe(5);
    expect(end([3, 4], { patience: 0 })).toBe(1);
    expect(end([3, 2.95, 2.9, 2.85], { patience: 2, minDelta: 0.2 })).toBe(2);
    expect(end([0.5, 0.6, 0.6, 0.6], { patience: 2, mode: "max" })).toBe(3);
    expect(end([Number.NaN, Number.NaN], { patience: 2 })).toBe(1);
  });
  test("its state goes on in another one, weights included", () => {
    const [a, b] = [new EarlyStopping(model, { patience: 2 }), new EarlyStopping(model, { patience: 2 })];
    a.step(1);
    const best = model.weight.toArray();
    model.weight.data().fill(7);
    a.step(2);
    b.loadStateDict(a.stateDict());
    expect(b.step(3)).toBe(true);
    b.restore();
    expect(model.weight.toArray()).toEqual(best);
    expect([b.best, b.bestEpoch]).toEqual([1, 1]);
  });
  test("bad arguments", () => {
    expect(() => new EarlyStopping(model, { patience: -1 })).toThrow(
      /patience is a whole number of at least 0; got -1/,
    );
    expect(() => new EarlyStopping(model, { minDelta: Number.NaN })).toThrow(/minDelta is at least 0; got NaN/);
    expect(() => new EarlyStopping({ patience: 3 } as never)).toThrow(/takes the model first/);
    expect(() => new EarlyStopping(model).loadStateDict({} as never)).toThrow(StateDictError);
    expect(() => new EarlyStopping(model).step("0.5" as never)).toThrow(/takes a number; got string/);
  });
});

describe("Checkpoint", () => {
  test("best and last, and the best weights back", () => {
    const folder = newFolder();
    const model = new nn.Linear(1, 1, { bias: false });
    const checkpoint = new Checkpoint(folder, { model }, { mode: "max" });
    for (const [i, score] of [0.5, 0.9, 0.7, Number.NaN].entries()) {
      nn.init.constant_(model.weight, i);
      checkpoint.save({ i }, { score });
    }
    expect(checkpoint.bestScore).toBe(0.9);
    const other = new Checkpoint(folder, { model }, { mode: "max" });
    expect(other.resume()).toEqual({ i: 3 });
    expect(other.bestScore).toBe(0.9);
    other.restoreBest();
    expect(model.weight.toArray()).toEqual([[1]]);
  });
  test("the best of an earlier run is none of a new one", () => {
    const folder = newFolder();
    const model = new nn.Linear(1, 1);
    new Checkpoint(folder, { model }).save({}, { score: 1 });
    const fresh = new Checkpoint(folder, { model });
    fresh.save({});
    expect(readdirSync(folder)).toEqual(["last.safetensors"]);
  });
  test("files of another version, of another program, without a part", () => {
    const folder = newFolder();
    const model = new nn.Linear(1, 1);
    const path = `${folder}/last.safetensors`;
    const resume = () => new Checkpoint(folder, { model }).resume();
    expect(resume()).toBe(null);
    saveCheckpoint({ model: model.stateDict() }, path);
    expect(resume).toThrow(/expects what Checkpoint.save wrote; got another checkpoint/);
    saveCheckpoint({ run: { format: "nabla run", version: 9 } }, path);
    expect(resume).toThrow(FormatError);
    expect(resume).toThrow(/reads version 1; got version 9; use the nabla that wrote it/);
    new Checkpoint(folder, { model }).save();
    expect(() => new Checkpoint(folder, { model, second: model }).resume()).toThrow(
      /has the parts model; got no second/,
    );
    expect(() => new Checkpoint(folder, { model: new nn.Linear(2, 1) }).resume()).toThrow(StateDictError);
    const whole = readFileSync(path);
    writeFileSync(path, whole.subarray(0, whole.length - 3));
    expect(resume).toThrow(FormatError);
    expect(resume).toThrow(/last\.safetensors.*delete the file to begin anew/);
  });
  test("bad arguments", () => {
    const make =
      (...args: unknown[]) =>
      () =>
        new Checkpoint(...(args as [string, never]));
    expect(make("", {})).toThrow(/takes a folder's path; got ""/);
    expect(make("a", { model: 5 })).toThrow(
      /parts have stateDict and loadStateDict, or are Generators; got 5 as model/,
    );
    expect(make("a", { run: new nn.ReLU() })).toThrow(/the name run is taken/);
    expect(make("a", null)).toThrow(ValueError);
  });
});

describe("History", () => {
  const history = new History()
    .add({ epoch: 1, loss: 2 })
    .add({ epoch: 2, loss: 1, other: 5 })
    .add({ epoch: 3, loss: Number.NaN });
  test("columns, best rows, series, files", () => {
    expect(history.column("other")).toEqual([5]);
    expect(history.best("loss").epoch).toBe(2);
    expect(history.best("loss", "max").epoch).toBe(1);
    expect(history.series(["other"])).toEqual([{ name: "other", x: [2], y: [5] }]);
    const path = `${newFolder()}/history.jsonl`;
    history.save(path);
    expect(History.load(path).rows).toEqual(history.rows);
    writeFileSync(path, '{"epoch":1}\n{"epo');
    expect(() => History.load(path)).toThrow(/line 2 is none/);
  });
  test("bad arguments", () => {
    expect(() => history.column("accuracy")).toThrow(/there is no "accuracy"; there are epoch, loss, other/);
    expect(() => new History().add({ loss: tensor(1) as never })).toThrow(/use loss.item\(\)/);
  });
});

test("the lines of the notes", () => {
  const line = stepLine({ epoch: 1, epochs: 5, step: 100, steps: 600, loss: 0.1234 });
  expect(line).toBe("Epoch[1/5], step [100/600], Loss:0.1234");
  expect(stepLine({ epoch: 1, epochs: 1, step: 7, loss: 1 })).toBe("Epoch[1/1], step [7], Loss:1.0000");
  expect(epochLine({ epoch: 1, loss: 0.5, small: 0.00001234 }, 2)).toBe("Epoch[1/2], Loss:0.5000, small:0.00001234");
});

test("signals close together are one to an Interrupt; a later one, or one after close(), ends the program as usual", async () => {
  const before = process.listenerCount("SIGINT");
  let noted = 0;
  const interrupt = new Interrupt(() => noted++);
  expect(process.listenerCount("SIGINT")).toBe(before + 1);
  expect(interrupt.requested).toBe(false);
  for (let i = 0; i < 2; i++) process.emit("SIGINT", "SIGINT");
  expect([interrupt.requested, noted]).toEqual([true, 1]);
  expect(process.listenerCount("SIGINT")).toBe(before + 1);
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(process.listenerCount("SIGINT")).toBe(before);
  const closed = new Interrupt();
  closed.close();
  expect(process.listenerCount("SIGINT")).toBe(before);
});
