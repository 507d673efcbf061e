/** What looks into a training that `fit` runs. */
import type { Module } from "../nn/module.ts";
import type { History, HistoryRow } from "./history.ts";

/** A training under way, as callbacks see it. */
export interface FitRun {
  readonly model: Module;
  readonly history: History;
  /** The epoch that runs or just ended, from 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** How many steps of the epoch are done. */
  readonly step: number;
  /** The loss of the last step. */
  readonly loss: number;
  /** Ends the training after this epoch; the reason is printed. */
  stop(reason: string): void;
  /** Writes a line without disturbing the bar. */
  log(line: string): void;
  /** The value of a column in the newest row; the column is "validationLoss" (or "loss" without validation) unless given. */
  value(op: string, column?: string): number;
  /** Whether smaller or larger values of the column are better; throws when `given` says otherwise than the metric. */
  modeOf(op: string, column?: string, given?: "min" | "max"): "min" | "max";
}

/** Functions that `fit` calls on its way. What has `stateDict` is kept in its checkpoints. */
export interface Callback {
  onStart?(run: FitRun): void | Promise<void>;
  /** After every step. */
  onStep?(run: FitRun): void | Promise<void>;
  /** After every epoch, its row being in the history. */
  onEpoch?(run: FitRun, row: HistoryRow): void | Promise<void>;
  /** At the end, also when the training was stopped early. */
  onEnd?(run: FitRun): void | Promise<void>;
  stateDict?(): object;
  loadStateDict?(state: never): void;
}
