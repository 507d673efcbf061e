/** Schedules by a function of one's own. */
import { ValueError } from "../../errors.ts";
import { checkOptions, listed } from "../../options.ts";
import { LRScheduler, type Scheduled, type SchedulerOptions } from "./scheduler.ts";

/** A factor from the number of the step. */
export type LRLambda = (epoch: number) => number;

abstract class FunctionLR extends LRScheduler {
  readonly lrLambdas: readonly LRLambda[];

  constructor(optimizer: Scheduled, lrLambda: LRLambda | readonly LRLambda[], options: SchedulerOptions) {
    super(optimizer);
    checkOptions(this.constructor.name, options, ["lastEpoch"]);
    const { length } = this.groups;
    const name = this.constructor.name;
    const functions =
      typeof lrLambda === "function" ? new Array<LRLambda>(length).fill(lrLambda) : listed(name, "lrLambda", lrLambda);
    if (functions.length !== length) {
      throw new ValueError(`${name}: expected ${length} lrLambdas, one for each group; got ${functions.length}`);
    }
    for (const each of functions) {
      if (typeof each !== "function") throw new ValueError(`${name}: lrLambda is a function; got ${typeof each}`);
    }
    this.lrLambdas = functions;
    this.begin(options);
  }

  /** What the function of a group gives for this step. */
  protected factor(group: number): number {
    const factor = (this.lrLambdas[group] as LRLambda)(this.lastEpoch);
    if (!Number.isFinite(factor)) {
      throw new ValueError(
        `${this.constructor.name}: lrLambda gives a number; got ${String(factor)} for step ${this.lastEpoch}`,
      );
    }
    return factor;
  }
}

/**
 * The first learning rates times a function of the step, as torch.optim.lr_scheduler.LambdaLR.
 * The function is not part of the state dict.
 *
 * @throws {ValueError} for something else than an optimizer, an unknown option, not one function for each group, one
 * that gives no finite number, or a `lastEpoch` that the optimizer's groups do not know.
 * @example
 * const optimizer = new optim.SGD(new nn.Linear(2, 1).parameters(), { lr: 0.5 });
 * const scheduler = new optim.lrScheduler.LambdaLR(optimizer, (epoch) => 0.95 ** epoch);
 * scheduler.getLastLr(); // [0.5]
 */
export class LambdaLR extends FunctionLR {
  constructor(optimizer: Scheduled, lrLambda: LRLambda | readonly LRLambda[], options: SchedulerOptions = {}) {
    super(optimizer, lrLambda, options);
  }

  protected override getLr(): number[] {
    return this.baseLrs.map((lr, i) => lr * this.factor(i));
  }
}

/**
 * The learning rates of the step before times a function of the step, as torch.optim.lr_scheduler.MultiplicativeLR.
 * The function is not part of the state dict.
 *
 * @throws {ValueError} for something else than an optimizer, an unknown option, not one function for each group, one
 * that gives no finite number, or a `lastEpoch` that the optimizer's groups do not know.
 * @example
 * const optimizer = new optim.SGD(new nn.Linear(2, 1).parameters(), { lr: 0.5 });
 * const scheduler = new optim.lrScheduler.MultiplicativeLR(optimizer, () => 0.95);
 * scheduler.getLastLr(); // [0.5]
 */
export class MultiplicativeLR extends FunctionLR {
  constructor(optimizer: Scheduled, lrLambda: LRLambda | readonly LRLambda[], options: SchedulerOptions = {}) {
    super(optimizer, lrLambda, options);
  }

  protected override getLr(): number[] {
    return this.groups.map((group, i) => (this.initial ? group.lr : group.lr * this.factor(i)));
  }
}
