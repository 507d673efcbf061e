/** Around the training loop. */
export { type Metrics, MetricsLog } from "./metrics-log.ts";
export { type Postfix, Progress, type ProgressOptions, type ProgressStream, progress } from "./progress.ts";
