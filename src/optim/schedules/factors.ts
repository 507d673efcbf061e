/** Schedules that multiply the learning rate from step to step. */
import { ValueError } from "../../errors.ts";
import { checkOptions, listed } from "../../options.ts";
import { finite, LRScheduler, type Scheduled, type SchedulerOptions, wholeNumber } from "./scheduler.ts";

/** A base of those that go from the rates before by a factor, and can also compute a rate from the first one. */
abstract class FactorLR extends LRScheduler {
  /** What the rates are multiplied by to come from the step before to this one. */
  protected abstract factor(): number;
  /** What the first rates are multiplied by at this step. */
  protected abstract total(): number;

  protected override getLr(): number[] {
    const factor = this.factor();
    return this.groups.map((group) => group.lr * factor);
  }

  protected override closedForm(): number[] {
    const total = this.total();
    return this.baseLrs.map((lr) => lr * total);
  }
}

/**
 * Multiplies the learning rates by `gamma` every `stepSize` steps, as torch.optim.lr_scheduler.StepLR.
 *
 * @throws {ValueError} for something else than an optimizer, an unknown option, a `stepSize` that is no whole number of
 * at least 1, a `gamma` that is not finite, or a `lastEpoch` that the optimizer's groups do not know.
 * @example
 * const optimizer = new optim.SGD(new nn.Linear(2, 1).parameters(), { lr: 0.5 });
 * const scheduler = new optim.lrScheduler.StepLR(optimizer, 30, { gamma: 0.1 });
 * scheduler.getLastLr(); // [0.5]
 */
export class StepLR extends FactorLR {
  readonly stepSize: number;
  readonly gamma: number;

  constructor(optimizer: Scheduled, stepSize: number, options: SchedulerOptions & { gamma?: number } = {}) {
    super(optimizer);
    checkOptions("StepLR", options, ["gamma", "lastEpoch"]);
    const { gamma = 0.1 } = options;
    wholeNumber(this, "stepSize", stepSize, 1);
    finite(this, "gamma", gamma);
    this.stepSize = stepSize;
    this.gamma = gamma;
    this.begin(options);
  }

  protected override factor(): number {
    return this.lastEpoch === 0 || this.lastEpoch % this.stepSize !== 0 ? 1 : this.gamma;
  }

  protected override total(): number {
    return this.gamma ** Math.floor(this.lastEpoch / this.stepSize);
  }
}

/**
 * Multiplies the learning rates by `gamma` at each of the steps listed (as often as it is listed), as
 * torch.optim.lr_scheduler.MultiStepLR.
 *
 * @throws {ValueError} for something else than an optimizer, an unknown option, a milestone that is no whole number
 * from 0, a `gamma` that is not finite, or a `lastEpoch` that the optimizer's groups do not know.
 * @example
 * const optimizer = new optim.SGD(new nn.Linear(2, 1).parameters(), { lr: 0.5 });
 * const scheduler = new optim.lrScheduler.MultiStepLR(optimizer, [30, 80], { gamma: 0.1 });
 * scheduler.getLastLr(); // [0.5]
 */
export class MultiStepLR extends FactorLR {
  readonly milestones: readonly number[];
  readonly gamma: number;

  constructor(optimizer: Scheduled, milestones: Iterable<number>, options: SchedulerOptions & { gamma?: number } = {}) {
    super(optimizer);
    checkOptions("MultiStepLR", options, ["gamma", "lastEpoch"]);
    const { gamma = 0.1 } = options;
    const sorted = listed("MultiStepLR", "milestones", milestones).sort((a, b) => a - b);
    for (const milestone of sorted) wholeNumber(this, "milestones", milestone, 0);
    finite(this, "gamma", gamma);
    this.milestones = sorted;
    this.gamma = gamma;
    this.begin(options);
  }

  protected override factor(): number {
    const times = this.milestones.filter((milestone) => milestone === this.lastEpoch).length;
    return times === 0 ? 1 : this.gamma ** times;
  }

  protected override total(): number {
    return this.gamma ** this.milestones.filter((milestone) => milestone <= this.lastEpoch).length;
  }
}

/**
 * Multiplies the learning rates by `gamma` at every step, as torch.optim.lr_scheduler.ExponentialLR.
 *
 * @throws {ValueError} for something else than an optimizer, an unknown option, a `gamma` that is not finite, or a
 * `lastEpoch` that the optimizer's groups do not know.
 * @example
 * const optimizer = new optim.SGD(new nn.Linear(2, 1).parameters(), { lr: 0.5 });
 * const scheduler = new optim.lrScheduler.ExponentialLR(optimizer, 0.9);
 * scheduler.getLastLr(); // [0.5]
 */
export class ExponentialLR extends FactorLR {
  readonly gamma: number;

  constructor(optimizer: Scheduled, gamma: number, options: SchedulerOptions = {}) {
    super(optimizer);
    checkOptions("ExponentialLR", options, ["lastEpoch"]);
    finite(this, "gamma", gamma);
    this.gamma = gamma;
    this.begin(options);
  }

  protected override factor(): number {
    return this.initial ? 1 : this.gamma;
  }

  protected override total(): number {
    return this.gamma ** this.lastEpoch;
  }
}

/** Options of {@link ConstantLR}. */
export interface ConstantLROptions extends SchedulerOptions {
  /** What the learning rates are multiplied by at first, in (0, 1]; 1/3 unless said otherwise. */
  factor?: number;
  /** The step at which they become themselves; 5. */
  totalIters?: number;
}

/**
 * Keeps the learning rates at a fraction until step `totalIters`, as torch.optim.lr_scheduler.ConstantLR.
 *
 * @throws {ValueError} for something else than an optimizer, an unknown option, a `factor` outside (0, 1], a
 * `totalIters` that is no whole number, or a `lastEpoch` that the optimizer's groups do not know.
 * @example
 * const optimizer = new optim.SGD(new nn.Linear(2, 1).parameters(), { lr: 0.5 });
 * const scheduler = new optim.lrScheduler.ConstantLR(optimizer, { factor: 0.5, totalIters: 4 });
 * scheduler.getLastLr(); // [0.25]
 */
export class ConstantLR extends FactorLR {
  readonly fraction: number;
  readonly totalIters: number;

  constructor(optimizer: Scheduled, options: ConstantLROptions = {}) {
    super(optimizer);
    checkOptions("ConstantLR", options, ["factor", "totalIters", "lastEpoch"]);
    const { factor = 1 / 3, totalIters = 5 } = options;
    checkFraction(this, "factor", factor, false);
    wholeNumber(this, "totalIters", totalIters, 0);
    this.fraction = factor;
    this.totalIters = totalIters;
    this.begin(options);
  }

  protected override factor(): number {
    if (this.lastEpoch === 0) return this.fraction;
    return this.lastEpoch === this.totalIters ? 1 / this.fraction : 1;
  }

  protected override total(): number {
    return this.fraction + (this.lastEpoch >= this.totalIters ? 1 - this.fraction : 0);
  }
}

/** Options of {@link LinearLR}. */
export interface LinearLROptions extends SchedulerOptions {
  /** What the learning rates are multiplied by at first, in (0, 1]; 1/3 unless said otherwise. */
  startFactor?: number;
  /** What they are multiplied by at the end, in [0, 1]; 1. */
  endFactor?: number;
  /** How many steps it takes; 5. */
  totalIters?: number;
}

/**
 * Changes the learning rates in equal steps from one fraction to another, as torch.optim.lr_scheduler.LinearLR: a
 * warm-up.
 *
 * @throws {ValueError} for something else than an optimizer, an unknown option, a factor outside (0, 1] (the last may
 * be 0), a `totalIters` below 1, or a `lastEpoch` that the optimizer's groups do not know.
 * @example
 * const optimizer = new optim.SGD(new nn.Linear(2, 1).parameters(), { lr: 0.5 });
 * const scheduler = new optim.lrScheduler.LinearLR(optimizer, { startFactor: 0.5, totalIters: 4 });
 * scheduler.getLastLr(); // [0.25]
 */
export class LinearLR extends FactorLR {
  readonly startFactor: number;
  readonly endFactor: number;
  readonly totalIters: number;

  constructor(optimizer: Scheduled, options: LinearLROptions = {}) {
    super(optimizer);
    checkOptions("LinearLR", options, ["startFactor", "endFactor", "totalIters", "lastEpoch"]);
    const { startFactor = 1 / 3, endFactor = 1, totalIters = 5 } = options;
    checkFraction(this, "startFactor", startFactor, false);
    checkFraction(this, "endFactor", endFactor, true);
    wholeNumber(this, "totalIters", totalIters, 1);
    this.startFactor = startFactor;
    this.endFactor = endFactor;
    this.totalIters = totalIters;
    this.begin(options);
  }

  protected override factor(): number {
    const { startFactor, totalIters, lastEpoch } = this;
    if (lastEpoch === 0) return startFactor;
    if (this.initial || lastEpoch > totalIters) return 1;
    const change = this.endFactor - startFactor;
    return 1 + change / (totalIters * startFactor + (lastEpoch - 1) * change);
  }

  protected override total(): number {
    const { startFactor, endFactor, totalIters, lastEpoch } = this;
    return startFactor + ((endFactor - startFactor) * Math.min(totalIters, lastEpoch)) / totalIters;
  }
}

/** Options of {@link PolynomialLR}. */
export interface PolynomialLROptions extends SchedulerOptions {
  /** The step at which the learning rates are 0; 5 unless said otherwise. */
  totalIters?: number;
  /** The power of the polynomial; 1, a straight line. */
  power?: number;
}

/**
 * Multiplies the first learning rates by (1 − step / totalIters) ^ power, as torch.optim.lr_scheduler.PolynomialLR.
 *
 * @throws {ValueError} for something else than an optimizer, an unknown option, a `totalIters` below 1, a `power` that
 * is not finite, or a `lastEpoch` that the optimizer's groups do not know.
 * @example
 * const optimizer = new optim.SGD(new nn.Linear(2, 1).parameters(), { lr: 0.5 });
 * const scheduler = new optim.lrScheduler.PolynomialLR(optimizer, { totalIters: 100, power: 2 });
 * scheduler.getLastLr(); // [0.5]
 */
export class PolynomialLR extends FactorLR {
  readonly totalIters: number;
  readonly power: number;

  constructor(optimizer: Scheduled, options: PolynomialLROptions = {}) {
    super(optimizer);
    checkOptions("PolynomialLR", options, ["totalIters", "power", "lastEpoch"]);
    const { totalIters = 5, power = 1 } = options;
    wholeNumber(this, "totalIters", totalIters, 1);
    finite(this, "power", power);
    this.totalIters = totalIters;
    this.power = power;
    this.begin(options);
  }

  protected override factor(): number {
    const { totalIters, lastEpoch } = this;
    if (this.initial || lastEpoch > totalIters) return 1;
    return ((1 - lastEpoch / totalIters) / (1 - (lastEpoch - 1) / totalIters)) ** this.power;
  }

  protected override total(): number {
    return (1 - Math.min(this.totalIters, this.lastEpoch) / this.totalIters) ** this.power;
  }
}

function checkFraction(schedule: object, option: string, value: number, zero: boolean): void {
  if (typeof value === "number" && value <= 1 && (zero ? value >= 0 : value > 0)) return;
  const rule = zero ? "is expected to be between 0 and 1" : "is expected to be greater than 0 and at most 1";
  throw new ValueError(`${schedule.constructor.name}: ${option} ${rule}; got ${String(value)}`);
}
