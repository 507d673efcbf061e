/** What a trained network is, beside its weights: run.json in the folder of a run. */
import { existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { FileError, FormatError, ValueError } from "../errors.ts";
import { writeFileAtomic } from "../files/atomic.ts";
import { load } from "../files/tensors.ts";
import type { nn } from "../index.ts";
import { type CsvColumn, classifierOf, type ImageNetwork, regressorOf } from "./networks.ts";

const VERSION = 1;

/** What was trained on which data, and how. */
interface Training {
  /** The folder or file of the data. */
  readonly source: string;
  readonly seed: number;
  /** The share of the data that is held back. */
  readonly held: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly lr: number;
  /** How many samples there were. */
  readonly samples: number;
}

/** A classifier of images. */
export interface ImageRun extends Training {
  readonly kind: "images";
  readonly classes: readonly string[];
  readonly network: ImageNetwork;
  /** Of the pixels from 0 to 1, by channel. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** A network on the rows of a table. */
export interface CsvRun extends Training {
  readonly kind: "csv";
  readonly target: string;
  readonly delimiter: string;
  readonly missing: "error" | "mean";
  readonly columns: readonly CsvColumn[];
  readonly hidden: readonly number[];
  /** The names of the classes; null where a number is predicted. */
  readonly classes: readonly string[] | null;
  /** Of the numbers that are predicted. */
  readonly mean: number;
  readonly std: number;
}

export type Run = ImageRun | CsvRun;

/** The network of a run, with initial weights. */
export function networkOf(run: Run): nn.Module {
  return run.kind === "images"
    ? classifierOf(run.network)
    : regressorOf(run.columns, run.hidden, run.classes?.length ?? 1);
}

/** What a training writes at its end. */
const OUTCOME = ["model.safetensors", "report.json", "curves.svg", "confusion.svg"];

/** Writes run.json, and removes what an earlier run in the folder came to; of a run that is resumed, checks that it is the same. */
export function beginRun(folder: string, run: Run, resume: boolean): void {
  const path = `${folder}/run.json`;
  if (resume && existsSync(path)) {
    const found = readRun(folder);
    const differs = Object.keys(run).filter((key) => {
      return JSON.stringify(found[key as keyof Run]) !== JSON.stringify(run[key as keyof Run]);
    });
    if (differs.length === 0) return;
    throw new ValueError(
      `${folder} has a run with other settings or data (${differs.join(", ")}); give those again, leave --resume out, or choose another --out`,
    );
  }
  const text = `${JSON.stringify({ format: "nabla network", version: VERSION, ...run }, null, 2)}\n`;
  // Weights of other settings would be taken for this run's until it comes to its end; on a full disk they stay.
  writeFileAtomic(`${path}.new`, text);
  for (const name of OUTCOME) rmSync(`${folder}/${name}`, { force: true });
  renameSync(`${path}.new`, path);
}

/** Reads run.json. Throws a FileError or FormatError that says what is wrong with the folder. */
export function readRun(folder: string): Run {
  const path = `${folder}/run.json`;
  if (!existsSync(folder)) throw new FileError(`there is no folder ${JSON.stringify(folder)}`, folder);
  if (!existsSync(path)) {
    const trained = existsSync(`${folder}/last.safetensors`);
    throw new FormatError(
      trained
        ? `${JSON.stringify(folder)} is the run of a program of one's own, which alone knows its network; measure it there by evaluate()`
        : `${JSON.stringify(folder)} is no run: there is no run.json; give the folder that "nabla train images" or "nabla train csv" wrote`,
    );
  }
  let found: { format?: unknown; version?: unknown };
  try {
    found = JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new FormatError(`${JSON.stringify(path)} is damaged: it is no JSON; train again`, { cause });
  }
  if (found?.format !== "nabla network")
    throw new FormatError(`${JSON.stringify(path)} was not written by nabla train`);
  if (found.version !== VERSION) {
    throw new FormatError(
      `${JSON.stringify(path)} is of version ${String(found.version)}, and this nabla reads version ${VERSION}; use the nabla that wrote it, or train again`,
    );
  }
  const { format: _, version: __, ...run } = found as unknown as Run & { format: string; version: number };
  const lists = run.kind === "images" ? [run.classes, run.mean, run.std] : [run.columns, run.hidden];
  if ((run.kind !== "images" && run.kind !== "csv") || !lists.every(Array.isArray))
    throw new FormatError(`${JSON.stringify(path)} is damaged: parts of it are missing; train again`);
  return run as Run;
}

/** The trained network of a run, in evaluation mode. */
export function trainedNetwork(folder: string, run: Run): nn.Module {
  const path = `${folder}/model.safetensors`;
  if (!existsSync(path)) {
    throw new FormatError(
      `${JSON.stringify(folder)} is half-written: its training has not come to an end; give the same nabla train again, with --resume`,
    );
  }
  const network = networkOf(run);
  network.loadStateDict(load(path));
  return network.eval();
}
