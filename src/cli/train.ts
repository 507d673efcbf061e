/** `nabla train images` and `nabla train csv`. */
import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { DataLoader } from "../data/index.ts";
import { FileError } from "../errors.ts";
import { manualSeed, nn, optim } from "../index.ts";
import type { Tensor } from "../ops/index.ts";
import { Accuracy, EarlyStopping, type FitOptions, fit } from "../train/index.ts";
import { type CsvSetting, columnsOf, featuresOf, planCsv, readRows, statistics } from "./csv-data.ts";
import { type Loader, pictureSamples, rowSamples, rowsAt, type Samples } from "./dataset.ts";
import { checkLearnable, lookAt, readPictures } from "./image-data.ts";
import { measure, writeReport } from "./report.ts";
import { beginRun, type CsvRun, type ImageRun, networkOf, type Run } from "./run-folder.ts";
import { split } from "./split.ts";

/** What can be said of any training. */
export interface TrainSetting {
  readonly out: string;
  readonly epochs: number;
  readonly batchSize: number;
  readonly lr: number;
  readonly patience: number;
  readonly validation: number;
  readonly seed: number;
  readonly resume: boolean;
}

/** A path that exists, in full. */
function existing(path: string, kind: "folder" | "file"): string {
  if (!existsSync(path)) throw new FileError(`there is no ${kind} ${JSON.stringify(path)}`, path);
  if (statSync(path).isDirectory() !== (kind === "folder"))
    throw new FileError(`${JSON.stringify(path)} is no ${kind}`, path);
  return resolve(path);
}

/** Trains on a folder with a folder of pictures for each class. */
export async function trainImages(
  folder: string,
  setting: TrainSetting,
  own: { size?: number; gray?: boolean; skipBroken?: boolean },
): Promise<void> {
  const source = existing(folder, "folder");
  const seen = lookAt(source);
  const channels = own.gray === true ? 1 : seen.channels;
  const size = own.size ?? seen.size;
  const pictures = readPictures(source, channels, size, own.skipBroken === true);
  checkLearnable(pictures, source);
  const parts = split(pictures.labels.data(), setting.validation, setting.seed);
  const images = rowsAt(pictures.images, parts.train);
  const { mean, std } = pixelStatistics(images);
  const run: ImageRun = {
    kind: "images",
    ...common(source, setting, pictures.paths.length),
    classes: pictures.classes,
    network: { channels, size, classes: pictures.classes.length },
    mean,
    std,
  };
  console.log(
    `${pictures.paths.length} ${channels === 1 ? "gray" : "colour"} pictures at ${size} × ${size} of ${pictures.classes.length} classes: ` +
      `${parts.train.length} to train, ${parts.held.length} to validate`,
  );
  const train = pictureSamples(run, images, rowsAt(pictures.labels, parts.train), true);
  const held = pictureSamples(run, rowsAt(pictures.images, parts.held), rowsAt(pictures.labels, parts.held), false);
  await trainRun(run, setting, train, held, new nn.CrossEntropyLoss());
}

/** Mean and deviation of the pixels of each channel, from 0 to 1. */
function pixelStatistics(images: Tensor): { mean: number[]; std: number[] } {
  const found = Array.from({ length: images.shape[1] as number }, (_, channel) => {
    const values: Tensor = (images.select(1, channel) as Tensor).to("float32").div(255);
    return { mean: Number(values.mean().item()), std: Number(values.std().item()) || 1 };
  });
  return { mean: found.map(({ mean }) => mean), std: found.map(({ std }) => std) };
}

/** Trains on the rows of a table. */
export async function trainCsv(
  file: string,
  setting: TrainSetting,
  own: Omit<CsvSetting, "path"> & { hidden: readonly number[] },
): Promise<void> {
  const source = existing(file, "file");
  const { target, delimiter, missing, hidden } = own;
  const plan = planCsv({ ...own, path: file });
  const columns = plan.inputs.map(({ name, numeric, names }) => ({ name, names: numeric ? null : names }));
  const rows = readRows(file, { delimiter, missing, columns }, { name: target, classes: plan.classes });
  const y = rows.y as Tensor;
  const groups = plan.classes === null ? new Uint8Array(rows.length) : y.data();
  const parts = split(groups, setting.validation, setting.seed);
  const scaled =
    plan.classes === null ? statistics(parts.train.map((i) => y.data()[i] as number)) : { mean: 0, std: 1 };
  const run: CsvRun = {
    kind: "csv",
    ...common(source, setting, rows.length),
    target,
    delimiter,
    missing,
    columns: columnsOf(plan.inputs, rows, parts.train),
    hidden,
    classes: plan.classes,
    ...scaled,
  };
  console.log(
    `${rows.length} rows, ${plan.inputs.length} columns to learn ${target} from ` +
      `(${plan.classes === null ? "a number" : `classes ${plan.classes.join(", ")}`}): ${parts.train.length} to train, ${parts.held.length} to validate`,
  );
  const features = featuresOf(run.columns, rows);
  const part = (places: readonly number[]): Samples => rowSamples(run, rowsAt(features, places), rowsAt(y, places));
  await trainRun(
    run,
    setting,
    part(parts.train),
    part(parts.held),
    plan.classes === null ? new nn.MSELoss() : new nn.CrossEntropyLoss(),
  );
}

function common(source: string, setting: TrainSetting, samples: number) {
  const { seed, validation: held, epochs, batchSize, lr } = setting;
  return { source, seed, held, epochs, batchSize, lr, samples };
}

/** Trains with AdamW and one cycle of the learning rate, measures, and writes everything to the folder. */
async function trainRun(
  run: Run,
  setting: TrainSetting,
  train: Samples,
  held: Samples,
  loss: FitOptions<unknown>["loss"],
): Promise<void> {
  const { out, epochs, batchSize, lr, patience, seed, resume } = setting;
  beginRun(out, run, resume);
  manualSeed(seed);
  const network = networkOf(run);
  const parameters = network.parameters().reduce((sum, x) => sum + x.count, 0);
  console.log(`network of ${parameters} parameters, at most ${epochs} epochs; everything goes to ${out}`);
  const dropLast = train.length % batchSize === 1 && train.length > batchSize;
  const loader = new DataLoader(train as never, { batchSize, shuffle: true, dropLast }) as unknown as Loader;
  const validation = new DataLoader(held as never, { batchSize: 250 }) as unknown as Loader;
  const optimizer = new optim.AdamW(network.parameters(), { lr, weightDecay: 0.01 });
  const schedule = new optim.lrScheduler.OneCycleLR(optimizer, lr, { totalSteps: epochs * loader.length });
  const history = await fit(network, {
    train: loader as unknown as FitOptions<readonly [Tensor, Tensor]>["train"],
    validation: validation as unknown as FitOptions<readonly [Tensor, Tensor]>["train"],
    loss,
    optimizer,
    schedule,
    scheduleEvery: "step",
    epochs,
    metrics: run.classes === null ? {} : { accuracy: new Accuracy() },
    callbacks: [new EarlyStopping(network, { patience })],
    folder: out,
    resume,
  });
  const report = measure(network, run, validation, held.length);
  console.log(report.lines.join("\n"));
  await writeReport(out, run, report, history);
  console.log(`weights, history, report and pictures: ${out}`);
}
