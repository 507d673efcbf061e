/** `nabla evaluate` and `nabla predict`. */
import { existsSync } from "node:fs";
import { DataLoader } from "../data/index.ts";
import { DataError, FileError, NablaError } from "../errors.ts";
import { noGrad } from "../index.ts";
import type { Tensor } from "../ops/index.ts";
import { transforms } from "../vision/index.ts";
import { featuresOf, readRows } from "./csv-data.ts";
import { type Loader, samplesOf } from "./dataset.ts";
import { readPicture } from "./image-data.ts";
import { measure } from "./report.ts";
import { type CsvRun, type ImageRun, readRun, trainedNetwork } from "./run-folder.ts";
import { split } from "./split.ts";

/** Measures a run on the data it held back, or on other data. */
export function evaluateRun(folder: string, options: { data?: string; json?: boolean }): void {
  const run = readRun(folder);
  const network = trainedNetwork(folder, run);
  const source = options.data ?? run.source;
  if (!existsSync(source))
    throw new FileError(`the data are not at ${JSON.stringify(source)}; say where by --data`, source);
  const { samples, labels } = samplesOf(run, source);
  const count = labels.count;
  if (options.data === undefined && count !== run.samples) {
    throw new DataError(
      `${source} had ${run.samples} samples when the network was trained, and has ${count} now, so that nobody knows which were held back; ` +
        `give data it has not seen by --data`,
    );
  }
  const groups = run.classes === null ? new Uint8Array(count) : labels.data();
  const places = options.data === undefined ? split(groups, run.held, run.seed).held : Array.from(Array(count).keys());
  const loader = new DataLoader(samples(places) as never, { batchSize: 250 }) as unknown as Loader;
  const report = measure(network, run, loader, places.length);
  if (options.json === true) {
    console.log(JSON.stringify({ ...report.values, samples: places.length, confusion: report.confusion ?? undefined }));
    return;
  }
  console.log(
    `${places.length} samples of ${source}${options.data === undefined ? ", those held back in training" : ""}`,
  );
  console.log(report.lines.join("\n"));
}

/** Says what a network takes inputs for: pictures, or the rows of tables. Gives how many inputs could not be read. */
export function predict(folder: string, inputs: readonly string[], options: { json?: boolean }): number {
  const run = readRun(folder);
  const network = trainedNetwork(folder, run);
  const forward = (x: Tensor): Tensor => noGrad(() => network.forward(x) as Tensor);
  let failed = 0;
  for (const path of inputs) {
    try {
      if (run.kind === "images") say(path, run.classes, pictureScores(run, path, forward), options.json === true);
      else predictRows(run, path, forward, options.json === true);
    } catch (cause) {
      if (!(cause instanceof NablaError)) throw cause;
      console.error(`error: ${cause.message}`);
      failed++;
    }
  }
  return failed;
}

function pictureScores(run: ImageRun, path: string, forward: (x: Tensor) => Tensor): number[] {
  const image = new transforms.Compose([
    new transforms.ToTensor(),
    new transforms.Normalize(run.mean, run.std),
  ]).forward(readPicture(path, run.network.channels, run.network.size));
  return [...(forward(image.unsqueeze(0) as Tensor).softmax(1) as Tensor).data()];
}

function predictRows(run: CsvRun, path: string, forward: (x: Tensor) => Tensor, json: boolean): void {
  const columns = run.columns.map((one) => ({ name: one.name, names: one.kind === "number" ? null : one.names }));
  const rows = readRows(path, { ...run, columns }, null);
  const output = forward(featuresOf(run.columns, rows));
  const classes = run.classes;
  const scores = (classes === null ? output.mul(run.std).add(run.mean) : output.softmax(1)) as Tensor;
  const width = classes?.length ?? 1;
  const values = scores.data();
  for (let i = 0; i < rows.length; i++) {
    const own = [...values.subarray(i * width, (i + 1) * width)];
    const name = `${path} row ${i + 2}`;
    if (classes !== null) say(name, classes, own, json);
    else if (json) console.log(JSON.stringify({ input: name, [run.target]: own[0] }));
    else console.log(`${name}: ${run.target} ${Number((own[0] as number).toPrecision(5))}`);
  }
}

const SHOWN = 3;

function say(input: string, classes: readonly string[], scores: readonly number[], json: boolean): void {
  const order = [...scores.keys()].sort((a, b) => (scores[b] as number) - (scores[a] as number));
  const probabilities = Object.fromEntries(order.map((i) => [classes[i], Number((scores[i] as number).toFixed(6))]));
  if (json) {
    console.log(JSON.stringify({ input, class: classes[order[0] as number], probabilities }));
    return;
  }
  const best = order.slice(0, SHOWN).map((i) => `${classes[i]} ${(100 * (scores[i] as number)).toFixed(1)} %`);
  console.log(`${input}: ${best.join(", ")}`);
}
