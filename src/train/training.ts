/** A training that `fit` runs: its state, and the order in which things happen. */
import { DataLoader } from "../data/loader.ts";
import { FileError, NablaError, ValueError } from "../errors.ts";
import { save } from "../files/tensors.ts";
import { clipGradNorm } from "../nn/clip.ts";
import type { Module } from "../nn/module.ts";
import { defaultGenerator, type Tensor } from "../ops/index.ts";
import { ReduceLROnPlateau } from "../optim/schedules/index.ts";
import { type Batches, lossOf, type Pass, passOf, sizeOfBatch } from "./batches.ts";
import type { Callback, FitRun } from "./callback.ts";
import { Checkpoint, type CheckpointPart } from "./checkpoint.ts";
import { checkMetrics, Evaluation } from "./evaluate.ts";
import type { FitOptions } from "./fit-options.ts";
import { History } from "./history.ts";
import { Interrupt } from "./interrupt.ts";
import { epochLine, stepLine } from "./lines.ts";
import { Mean, type Metric } from "./metrics/metric.ts";
import { type Progress, progress } from "./progress.ts";
import { resumesByEnvironment } from "./resumes.ts";

/** Where a training is, beside the states of its parts. */
interface Place {
  /** Epochs that are done. */
  epoch: number;
  /** Steps of the epoch that runs. */
  step: number;
  /** Whether they are all of its steps, so that only validation and what comes after it are missing. */
  trained?: boolean;
  running: { sum: number; weight: number };
  metrics: Record<string, object>;
}

/** Where in an epoch a run goes on. */
type Start = Required<Pick<Place, "step" | "trained">>;

const BEGINNING: Start = { step: 0, trained: false };

/** Throws when no parameter of the model is the optimizer's, so that nothing of the model would be trained. */
function checkTrained(model: Module, optimizer: FitOptions<never>["optimizer"]): void {
  const owned = new Set<unknown>(optimizer.paramGroups.flatMap((group) => group.params));
  const parameters = model.parameters();
  if (parameters.length === 0 || parameters.some((parameter) => owned.has(parameter))) return;
  throw new ValueError(
    "fit: the optimizer trains parameters of the model; got none of its " +
      `${parameters.length}; make the optimizer of this model's parameters(), after layers were replaced`,
  );
}

/** How long, in milliseconds, steps run without letting signals and timers in. */
const BREATHE_MS = 50;
const SAVE_SECONDS = 30;

const pause = (): Promise<void> =>
  new Promise((resolve) => (typeof setImmediate === "function" ? setImmediate(resolve) : setTimeout(resolve)));

export class Training<B> implements FitRun {
  readonly model: Module;
  readonly history: History = new History();
  readonly epochs: number;
  epoch = 1;
  step = 0;
  loss: number = Number.NaN;
  readonly #options: FitOptions<B>;
  readonly #metrics: Readonly<Record<string, Metric>>;
  readonly #callbacks: readonly Callback[];
  readonly #checkpoint: Checkpoint | null;
  readonly #interrupt: Interrupt | null;
  readonly #running = new Mean();
  readonly #pass: Pass<B>;
  readonly #criterion: ReturnType<typeof lossOf>;
  #bar: Progress<unknown> | null = null;
  /** What the model said of the batch, and what is true. */
  #last: { output: Tensor; target: Tensor } | null = null;
  #stopped: string | null = null;
  #breathedAt = 0;
  #savedAt = 0;
  /** Where the checkpoint in the folder stands. */
  #savedPlace = "";

  constructor(model: Module, options: FitOptions<B>) {
    this.model = model;
    this.epochs = options.epochs;
    this.#options = options;
    this.#metrics = checkMetrics("fit", options.metrics ?? {});
    this.#callbacks = (options.callbacks ?? []).map((one) =>
      typeof one === "function" ? { onEpoch: (run, row) => one(run, row) } : one,
    );
    this.#pass = passOf("fit", model, options);
    this.#criterion = lossOf("fit", options.loss);
    checkTrained(model, options.optimizer);
    const mode = this.modeOf("fit", options.monitor);
    const { schedule } = options;
    if (schedule instanceof ReduceLROnPlateau && options.scheduleEvery === "step") {
      throw new ValueError('fit: ReduceLROnPlateau steps after epochs; got scheduleEvery "step"');
    }
    if (schedule instanceof ReduceLROnPlateau) this.modeOf("fit: ReduceLROnPlateau", options.monitor, schedule.mode);
    this.#checkpoint = options.folder === undefined ? null : new Checkpoint(options.folder, this.#parts(), { mode });
    this.#interrupt = this.#checkpoint && new Interrupt();
  }

  /** Everything that a resumed run needs. */
  #parts(): Record<string, CheckpointPart> {
    const { train, optimizer, schedule } = this.#options;
    const parts: Record<string, CheckpointPart> = { model: this.model, optimizer, history: this.history };
    if (schedule !== undefined) parts.schedule = schedule;
    if (this.#resumable) parts.loader = train as unknown as CheckpointPart;
    for (const [i, callback] of this.#callbacks.entries()) {
      if (callback.stateDict && callback.loadStateDict) parts[`callback${i}`] = callback as CheckpointPart;
    }
    return parts;
  }

  /** Whether an epoch can be taken up in the middle. */
  get #resumable(): boolean {
    return typeof (this.#options.train as { loadStateDict?: unknown }).loadStateDict === "function";
  }

  async run(): Promise<History> {
    try {
      let from = this.#resume();
      for (const callback of this.#callbacks) await callback.onStart?.(this);
      for (; this.epoch <= this.epochs && this.#stopped === null; this.epoch++) {
        await this.#runEpoch(from);
        from = BEGINNING;
      }
      this.epoch = Math.min(this.epoch, this.epochs);
      for (const callback of this.#callbacks) await callback.onEnd?.(this);
      if (this.#stopped !== null) this.log(`stopped: ${this.#stopped}`);
      if (this.#checkpoint) save(this.model.stateDict(), `${this.#checkpoint.folder}/model.safetensors`);
      return this.history;
    } finally {
      this.#bar?.close();
      this.#interrupt?.close();
    }
  }

  /** Takes up the run in the folder, if that is wanted; gives where in the epoch to go on. */
  #resume(): Start {
    const { resume = resumesByEnvironment() } = this.#options;
    const checkpoint = this.#checkpoint;
    if (this.#options.resume === true && checkpoint === null)
      throw new ValueError("fit: resume needs the folder of the run");
    const place = resume ? checkpoint?.resume<Place>() : null;
    // A folder that cannot be written is found out now, not after an epoch.
    if (!place) {
      this.#save();
      return BEGINNING;
    }
    this.epoch = place.epoch + 1;
    this.#running.loadStateDict(place.running);
    for (const [name, metric] of Object.entries(this.#metrics)) {
      const state = place.metrics[name];
      if (state !== undefined) metric.loadStateDict(state);
    }
    const where =
      place.step > 0 ? `epoch ${this.epoch}, step ${place.step}` : `epoch ${Math.min(this.epoch, this.epochs)}`;
    this.#savedPlace = savedPlace(place);
    this.log(`resumed from ${checkpoint?.folder}: ${where}`);
    return { step: place.step, trained: place.trained === true };
  }

  async #runEpoch(from: Start): Promise<void> {
    this.step = from.step;
    if (from.step === 0) {
      this.#running.reset();
      for (const metric of Object.values(this.#metrics)) metric.reset();
    }
    this.model.train();
    if (!from.trained) await this.#runSteps();
    const row: Record<string, number> = { epoch: this.epoch, loss: this.#running.compute() };
    for (const [name, metric] of Object.entries(this.#metrics)) row[name] = metric.compute();
    const validation = await this.#validate();
    for (const [name, value] of Object.entries(validation)) row[`validation${capital(name)}`] = value as number;
    this.history.add(row);
    this.#stepSchedule();
    for (const callback of this.#callbacks) await callback.onEpoch?.(this, row);
    this.log(epochLine(row, this.epochs));
    this.#endEpoch();
  }

  async #runSteps(): Promise<void> {
    for await (const batch of breathing(this.#options.train, this.#bars(), () => this.#breathe())) {
      this.#trainStep(batch);
      for (const callback of this.#callbacks) if (callback.onStep) await callback.onStep(this);
      this.#afterStep();
    }
    if (this.step === 0) throw new ValueError("fit: train has no batches");
  }

  /** The batches of the epoch, with a bar. */
  #bars(): Progress<B> {
    const { train, progress: shown = true } = this.#options;
    const bar = progress(train, {
      description: `Epoch ${this.epoch}/${this.epochs}`,
      initial: this.step,
      leave: false,
      disable: !shown,
    });
    this.#bar = bar;
    return bar;
  }

  #trainStep(batch: B): void {
    const { optimizer, clipGradNorm: most, schedule, scheduleEvery } = this.#options;
    this.#last = null;
    const loss = optimizer.step(() => {
      optimizer.zeroGrad();
      const { output, target } = this.#pass(batch);
      const value = this.#criterion(output, target);
      value.backward();
      if (most !== undefined) clipGradNorm(this.model.parameters(), most);
      this.#last ??= { output: output.detach(), target };
      return value;
    });
    this.step++;
    this.loss = Number(loss.item());
    if (!Number.isFinite(this.loss)) {
      throw new ValueError(
        `fit: the loss is finite; got ${this.loss} in epoch ${this.epoch}, step ${this.step}; try a smaller learning rate, clipGradNorm, ` +
          `or look for NaN in the data`,
      );
    }
    this.#measure(this.#last as unknown as { output: Tensor; target: Tensor });
    if (scheduleEvery === "step" && !(schedule instanceof ReduceLROnPlateau)) schedule?.step();
  }

  #measure({ output, target }: { output: Tensor; target: Tensor }): void {
    this.#running.add(this.loss, sizeOfBatch(target));
    for (const metric of Object.values(this.#metrics)) metric.update(output, target);
  }

  #afterStep(): void {
    const { printEvery } = this.#options;
    const steps = (this.#options.train as { length?: number }).length;
    const { epoch, epochs, step, loss } = this;
    if (printEvery !== undefined && step % printEvery === 0) this.log(stepLine({ epoch, epochs, step, steps, loss }));
    this.#bar?.setPostfix({ loss: loss.toFixed(4) });
    const seconds = this.#options.saveEvery ?? SAVE_SECONDS;
    if (this.#resumable && performance.now() - this.#savedAt >= seconds * 1000) this.#save();
  }

  /** Lets signals and timers in now and then, and ends the program where that was asked for. */
  async #breathe(save: () => void = () => this.#resumable && this.#save()): Promise<void> {
    if (performance.now() - this.#breathedAt < BREATHE_MS) return;
    await pause();
    this.#breathedAt = performance.now();
    if (this.#interrupt?.requested !== true) return;
    save();
    this.#bar?.close();
    this.#interrupt.leave(
      `stopped in epoch ${this.epoch}, step ${this.step}; saved in ${this.#checkpoint?.folder} (${this.#savedPlace}); ` +
        `resume it to go on (resume: true, or --resume at the command line)`,
    );
    throw new NablaError("fit: interrupted");
  }

  async #validate(): Promise<Record<string, unknown>> {
    const { validation, forward, target, loss } = this.#options;
    if (validation === undefined) return {};
    const options = { forward, target, loss, metrics: this.#metrics };
    const save = this.#savesWhatIsNow();
    const evaluation = new Evaluation<B>("fit", this.model, options);
    const shown = progress(validation, {
      description: `Validation ${this.epoch}/${this.epochs}`,
      leave: false,
      disable: this.#options.progress === false,
    });
    try {
      for await (const batch of breathing(validation, shown, () => this.#breathe(save))) evaluation.add(batch);
      return evaluation.result();
    } finally {
      evaluation.end();
    }
  }

  /** For a validation that is interrupted: it is repeated as a whole, so what is saved is the moment before it. */
  #savesWhatIsNow(): () => void {
    const place: Place = { ...this.#place(), trained: true };
    const random = defaultGenerator.getState();
    return () => {
      defaultGenerator.setState(random);
      this.#save(place);
    };
  }

  #stepSchedule(): void {
    const { schedule, scheduleEvery = "epoch" } = this.#options;
    if (schedule === undefined || scheduleEvery !== "epoch") return;
    if (schedule instanceof ReduceLROnPlateau) schedule.step(this.value("fit", this.#options.monitor));
    else schedule.step();
  }

  #endEpoch(): void {
    if (this.#checkpoint === null) return;
    this.step = 0;
    this.#running.reset();
    for (const metric of Object.values(this.#metrics)) metric.reset();
    this.#save(this.#place(this.epoch), this.value("fit", this.#options.monitor));
  }

  /** Where a training is in which `done` epochs are behind. */
  #place(done: number = this.epoch - 1): Place {
    const metrics = Object.entries(this.#metrics).map(([name, metric]) => [name, metric.stateDict()]);
    return {
      epoch: done,
      step: this.step,
      running: this.#running.stateDict(),
      metrics: Object.fromEntries(metrics),
    };
  }

  #save(place: Place = this.#place(), score?: number): void {
    if (this.#checkpoint === null) return;
    try {
      this.#checkpoint.save(place, score === undefined ? {} : { score });
      if (score !== undefined) this.history.save(`${this.#checkpoint.folder}/history.jsonl`);
    } catch (cause) {
      if (!(cause instanceof FileError) || this.#savedPlace === "") throw cause;
      throw new FileError(`${cause.message}; the run is saved as of ${this.#savedPlace}`, cause.path, { cause });
    }
    this.#savedAt = performance.now();
    this.#savedPlace = savedPlace(place);
  }

  stop(reason: string): void {
    this.#stopped ??= reason;
  }

  log(line: string): void {
    if (this.#options.progress === false) return;
    if (this.#bar === null) console.log(line);
    else this.#bar.log(line);
  }

  #column(column?: string): string {
    const { monitor, validation } = this.#options;
    return column ?? monitor ?? (validation === undefined ? "loss" : "validationLoss");
  }

  value(op: string, column?: string): number {
    const name = this.#column(column);
    const value = this.history.last?.[name];
    if (value !== undefined) return value;
    const names = Object.keys(this.history.last ?? {}).join(", ");
    throw new ValueError(`${op}: there is no column ${JSON.stringify(name)} to watch; there are ${names}`);
  }

  modeOf(op: string, column?: string, given?: "min" | "max"): "min" | "max" {
    const name = this.#column(column);
    const metric = Object.entries(this.#metrics).find(([own]) => name === own || name === `validation${capital(own)}`);
    const own = ["loss", ...Object.keys(this.#metrics)];
    const known = this.#options.validation ? [...own, ...own.map((one) => `validation${capital(one)}`)] : own;
    if (!known.includes(name)) {
      throw new ValueError(`${op}: there is no column ${JSON.stringify(name)} to watch; there are ${known.join(", ")}`);
    }
    const better = metric?.[1].better ?? "min";
    if (given === undefined || given === better) return better;
    throw new ValueError(
      `${op}: ${name} is better when it is ${better === "max" ? "larger" : "smaller"}; got mode "${given}"`,
    );
  }
}

/** Batches with a pause now and then before the next one is asked for; the bar is over them. */
async function* breathing<B>(batches: Batches<B>, bar: Progress<B>, breathe: () => Promise<void>): AsyncGenerator<B> {
  const asynchronous = batches instanceof DataLoader ? batches.isAsync : !(Symbol.iterator in batches);
  const source: Iterable<B> | AsyncIterable<B> = asynchronous
    ? bar
    : { [Symbol.iterator]: () => bar[Symbol.iterator]() };
  for await (const batch of source) {
    yield batch;
    await breathe();
  }
}

function savedPlace({ epoch, step }: Place): string {
  return step > 0 ? `epoch ${epoch + 1}, step ${step}` : `the end of epoch ${epoch}`;
}

function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
