/** Around the training loop. */
export type { Batches, BatchOptions, Loss } from "./batches.ts";
export type { Callback, FitRun } from "./callback.ts";
export { Checkpoint, type CheckpointOptions, type CheckpointPart } from "./checkpoint.ts";
export { EarlyStopping, type EarlyStoppingOptions } from "./early-stopping.ts";
export { type Evaluated, type EvaluateOptions, evaluate, type Metrics as MetricsByName } from "./evaluate.ts";
export { fit } from "./fit.ts";
export type { FitOptions, FitSchedule } from "./fit-options.ts";
export { History, type HistoryRow, type HistorySeries } from "./history.ts";
export { Interrupt } from "./interrupt.ts";
export { epochLine, type StepLine, stepLine } from "./lines.ts";
export type { ThresholdOptions } from "./metrics/classes.ts";
export {
  Accuracy,
  ConfusionMatrix,
  type ConfusionMatrixOptions,
  F1,
  Precision,
  Recall,
  type ScoreOptions,
  TopK,
} from "./metrics/classification.ts";
export { Mean, Metric } from "./metrics/metric.ts";
export { ROCAUC, type ROCAUCOptions } from "./metrics/ranking.ts";
export { MAE, R2, RMSE } from "./metrics/regression.ts";
export { type Metrics, MetricsLog } from "./metrics-log.ts";
export { type Postfix, Progress, type ProgressOptions, type ProgressStream, progress } from "./progress.ts";
export type { Config, Grid, Range, Setting } from "./sweep/grid.ts";
export { SweepResult, type Trial } from "./sweep/result.ts";
export { type SweepOptions, sweep, type TrialContext, type TrialFunction } from "./sweep/sweep.ts";
