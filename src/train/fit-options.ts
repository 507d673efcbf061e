/** What a training is told. */
import { ValueError } from "../errors.ts";
import { Optimizer } from "../optim/optimizer.ts";
import type { ReduceLROnPlateau } from "../optim/schedules/index.ts";
import { Schedule } from "../optim/schedules/scheduler.ts";
import { checkOptions, shown } from "../options.ts";
import type { Batches, BatchOptions, Loss } from "./batches.ts";
import type { Callback } from "./callback.ts";
import type { Metric } from "./metrics/metric.ts";

/** A schedule of any kind; ReduceLROnPlateau is given the watched value. */
export type FitSchedule = (Schedule & { step(): void }) | ReduceLROnPlateau;

/** Options of `fit`. */
export interface FitOptions<B> extends BatchOptions<B> {
  /** The batches of an epoch, as a DataLoader. */
  train: Batches<B>;
  /** Batches that the model is measured on after every epoch. */
  validation?: Batches<B>;
  /** A module such as `new nn.CrossEntropyLoss()`, or a function of output and target. */
  loss: Loss;
  optimizer: Optimizer<{ lr: number }>;
  schedule?: FitSchedule;
  /** When the schedule steps: after every epoch unless said otherwise; OneCycleLR and CyclicLR are for steps. */
  scheduleEvery?: "epoch" | "step";
  /** How many epochs there are in all, those of a resumed run included. */
  epochs: number;
  /** Measured in training and on the validation data, under their names and as `validationName`. */
  metrics?: Readonly<Record<string, Metric>>;
  /** What looks in after every epoch or step, such as EarlyStopping; or functions that are called after every epoch. */
  callbacks?: readonly (Callback | NonNullable<Callback["onEpoch"]>)[];
  /** Where checkpoints, history and the trained weights go; nowhere unless given. */
  folder?: string;
  /** Takes up the run in the folder, if there is one; false unless said otherwise, or the environment has NABLA_RESUME=1. */
  resume?: boolean;
  /** Seconds between checkpoints within an epoch; 30. There is one after every epoch in any case. */
  saveEvery?: number;
  /** The column of the history that says which checkpoint is best, and what ReduceLROnPlateau watches: "validationLoss", or "loss". */
  monitor?: string;
  /** Gradients are scaled down to this norm; not unless given. */
  clipGradNorm?: number;
  /** Prints the loss every so many steps, as `Epoch[1/5], step [100/600], Loss:0.1234`; not unless given. */
  printEvery?: number;
  /** Shows bars and prints the line of every epoch; true unless said otherwise. */
  progress?: boolean;
}

const isObject = (value: unknown): boolean => typeof value === "object" && value !== null;

/** The rules of single options, in the order of the messages. */
const RULES: readonly (readonly [name: keyof FitOptions<unknown>, rule: string, holds: (value: never) => boolean])[] = [
  ["epochs", "is a whole number of at least 1", (n: number) => Number.isInteger(n) && n >= 1],
  ["scheduleEvery", 'is "epoch" or "step"', (s: string) => s === "epoch" || s === "step"],
  ["saveEvery", "is a number of seconds from 0 on", (n: number) => n >= 0],
  ["printEvery", "is a whole number of at least 1", (n: number) => Number.isInteger(n) && n >= 1],
  ["clipGradNorm", "is above 0", (n: number) => n > 0],
  ["folder", "is a folder's path", (path: string) => typeof path === "string" && path !== ""],
  ["resume", "is true or false", (flag: boolean) => typeof flag === "boolean"],
  ["progress", "is true or false", (flag: boolean) => typeof flag === "boolean"],
  ["monitor", "is the name of a column", (name: string) => typeof name === "string"],
  [
    "callbacks",
    "is a list of functions, and objects with functions such as onEpoch",
    (list: unknown) => Array.isArray(list) && list.every((one) => typeof one === "function" || isObject(one)),
  ],
  ["optimizer", "is an optimizer", (optimizer: unknown) => optimizer instanceof Optimizer],
  ["schedule", "is a schedule", (schedule: unknown) => schedule instanceof Schedule],
];

const NAMES: readonly (keyof FitOptions<unknown>)[] = [
  ...(["train", "validation", "loss", "optimizer", "schedule", "scheduleEvery", "epochs", "metrics"] as const),
  ...(["callbacks", "folder", "resume", "saveEvery", "monitor", "clipGradNorm", "printEvery", "progress"] as const),
  ...(["forward", "target"] as const),
];

/** The options; throws a ValueError for what is missing or wrong. */
export function checkFitOptions<B>(options: FitOptions<B>): FitOptions<B> {
  checkOptions("fit", options, NAMES);
  const given = options as unknown as Record<string, unknown>;
  for (const name of ["train", "loss", "optimizer", "epochs"]) {
    if (given[name] === undefined || given[name] === null) throw new ValueError(`fit: needs ${name}`);
  }
  for (const [name, rule, holds] of RULES) {
    const value = given[name];
    if (value === undefined || holds(value as never)) continue;
    throw new ValueError(`fit: ${name} ${rule}; got ${Array.isArray(value) ? `[${value.map(shown)}]` : shown(value)}`);
  }
  for (const name of ["train", "validation"]) {
    const batches = given[name] as object | undefined;
    if (batches === undefined) continue;
    if (typeof batches === "object" && (Symbol.iterator in batches || Symbol.asyncIterator in batches)) continue;
    throw new ValueError(`fit: ${name} has batches to iterate, as a DataLoader; got ${String(batches)}`);
  }
  return options;
}
