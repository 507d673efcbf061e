/** Schedules of learning rates, as torch.optim.lr_scheduler. */
export { ChainedScheduler, SequentialLR } from "./combined.ts";
export {
  CosineAnnealingLR,
  type CosineAnnealingLROptions,
  CosineAnnealingWarmRestarts,
  type CosineAnnealingWarmRestartsOptions,
} from "./cosine.ts";
export { CyclicLR, type CyclicLROptions } from "./cyclic.ts";
export {
  ConstantLR,
  type ConstantLROptions,
  ExponentialLR,
  LinearLR,
  type LinearLROptions,
  MultiStepLR,
  PolynomialLR,
  type PolynomialLROptions,
  StepLR,
} from "./factors.ts";
export { LambdaLR, type LRLambda, MultiplicativeLR } from "./lambda.ts";
export { OneCycleLR, type OneCycleLROptions } from "./one-cycle.ts";
export { ReduceLROnPlateau, type ReduceLROnPlateauOptions } from "./plateau.ts";
export { LRScheduler, Schedule, type Scheduled, type SchedulerOptions, type SchedulerState } from "./scheduler.ts";
