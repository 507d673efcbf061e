/** Schedules made of schedules. */
import { StateDictError, ValueError } from "../../errors.ts";
import { checkOptions, listed } from "../../options.ts";
import { kind } from "../optimizer.ts";
import { LRScheduler, type Scheduled, type SchedulerState, wholeNumber } from "./scheduler.ts";

abstract class CombinedLR extends LRScheduler {
  readonly schedulers: readonly LRScheduler[];

  constructor(optimizer: Scheduled | undefined, schedulers: readonly LRScheduler[]) {
    super(optimizer as Scheduled);
    const name = this.constructor.name;
    for (const [i, scheduler] of schedulers.entries()) {
      if (!(scheduler instanceof LRScheduler)) {
        throw new ValueError(`${name}: takes schedules that step by themselves; got ${kind(scheduler)} at index ${i}`);
      }
      if (scheduler.optimizer !== optimizer) {
        throw new ValueError(
          `${name}: expects all schedulers to belong to the same optimizer; got ${kind(scheduler)} at index ${i} of another`,
        );
      }
    }
    this.schedulers = [...schedulers];
  }

  protected override getLr(): number[] {
    return this.groups.map((group) => group.lr);
  }

  override undo(): void {
    for (const scheduler of this.schedulers) scheduler.undo();
  }

  override stateDict(): SchedulerState {
    return { ...super.stateDict(), schedulers: this.schedulers.map((scheduler) => scheduler.stateDict()) };
  }

  override loadStateDict(state: SchedulerState): void {
    const { schedulers, ...own } = state ?? {};
    if (!Array.isArray(schedulers) || schedulers.length !== this.schedulers.length) {
      const count = Array.isArray(schedulers) ? schedulers.length : "none";
      throw new StateDictError(
        `${this.constructor.name}.loadStateDict: there are ${this.schedulers.length} schedulers; got state of ${count}`,
      );
    }
    super.loadStateDict(own);
    for (const [i, scheduler] of this.schedulers.entries()) scheduler.loadStateDict(schedulers[i] as SchedulerState);
  }
}

function notEmpty(name: string, schedulers: readonly LRScheduler[]): void {
  if (Array.isArray(schedulers) && schedulers.length > 0) return;
  throw new ValueError(`${name}: expects at least one scheduler; got no scheduler`);
}

/**
 * One schedule after the other: `schedulers[i + 1]` takes over at step `milestones[i]`, as
 * torch.optim.lr_scheduler.SequentialLR.
 *
 * @throws {ValueError} for no schedules, an unknown option, one that does not step by itself or belongs to another
 * optimizer, or unless there is one milestone, a whole number, between two schedules, none
 * smaller than the one before.
 * @example
 * const optimizer = new optim.SGD(new nn.Linear(2, 1).parameters(), { lr: 0.5 });
 * const warmUp = new optim.lrScheduler.LinearLR(optimizer, { startFactor: 0.1, totalIters: 5 });
 * const fall = new optim.lrScheduler.CosineAnnealingLR(optimizer, 95);
 * const scheduler = new optim.lrScheduler.SequentialLR(optimizer, [warmUp, fall], [5]);
 * scheduler.getLastLr(); // [0.05]
 */
export class SequentialLR extends CombinedLR {
  readonly milestones: readonly number[];

  constructor(
    optimizer: Scheduled,
    schedulers: readonly LRScheduler[],
    milestones: readonly number[],
    options: { lastEpoch?: number } = {},
  ) {
    notEmpty("SequentialLR", schedulers);
    checkOptions("SequentialLR", options, ["lastEpoch"]);
    super(optimizer, schedulers);
    const steps = listed("SequentialLR", "milestones", milestones);
    if (steps.length !== schedulers.length - 1) {
      throw new ValueError(
        `SequentialLR: expects one scheduler more than milestones; ` +
          `got ${schedulers.length} schedulers and ${steps.length} milestones`,
      );
    }
    for (const [i, step] of steps.entries()) wholeNumber(this, "milestones", step, steps[i - 1] ?? 0);
    this.milestones = steps;
    this.lastEpoch = (options.lastEpoch ?? -1) + 1;
    for (const group of this.groups) group.lr = group.initialLr as number;
    this.undo();
    const first = this.current();
    first.initialStep();
    this.lastLr = first.getLastLr();
  }

  override step(): void {
    this.lastEpoch++;
    const scheduler = this.current();
    const at = this.schedulers.indexOf(scheduler);
    if (at > 0 && this.milestones[at - 1] === this.lastEpoch) scheduler.restart();
    else scheduler.step();
    this.lastLr = scheduler.getLastLr();
  }

  private current(): LRScheduler {
    const passed = this.milestones.filter((milestone) => milestone <= this.lastEpoch).length;
    return this.schedulers[passed] as LRScheduler;
  }
}

/**
 * Several schedules at once, each on what the ones before it made of the learning rates, as
 * torch.optim.lr_scheduler.ChainedScheduler.
 *
 * @throws {ValueError} for no schedules, an unknown option, or one that does not step by itself or belongs to another
 * optimizer.
 * @example
 * const optimizer = new optim.SGD(new nn.Linear(2, 1).parameters(), { lr: 0.5 });
 * const warmUp = new optim.lrScheduler.ConstantLR(optimizer, { factor: 0.5, totalIters: 4 });
 * const fall = new optim.lrScheduler.ExponentialLR(optimizer, 0.9);
 * const scheduler = new optim.lrScheduler.ChainedScheduler([warmUp, fall]);
 * scheduler.getLastLr(); // [0.25]
 */
export class ChainedScheduler extends CombinedLR {
  constructor(schedulers: readonly LRScheduler[], options: { optimizer?: Scheduled } = {}) {
    notEmpty("ChainedScheduler", schedulers);
    checkOptions("ChainedScheduler", options, ["optimizer"]);
    super(options.optimizer ?? schedulers[0]?.optimizer, schedulers);
    this.lastLr = this.groups.map((group) => group.lr);
  }

  override step(): void {
    for (const scheduler of this.schedulers) scheduler.step();
    this.lastLr = this.groups.map((group) => group.lr);
  }
}
