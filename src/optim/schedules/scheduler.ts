/** What every schedule does: sets learning rates from one step to the next, and remembers where it is. */
import { StateDictError, ValueError } from "../../errors.ts";
import { listed } from "../../options.ts";
import { Optimizer } from "../optimizer.ts";

/** An optimizer of any kind whose groups have learning rates. */
export type Scheduled = Optimizer<{ lr: number }>;

/** What schedules keep in the groups beside the optimizer's options, and the momenta that some of them set. */
export interface ScheduledGroup {
  lr: number;
  initialLr?: number;
  maxLr?: number;
  minLr?: number;
  momentum?: number;
  betas?: readonly [number, number];
  baseMomentum?: number;
  maxMomentum?: number;
}

/** What a schedule gives by `stateDict()`: plain values, which JSON carries (`saveCheckpoint` also the infinite ones). */
export type SchedulerState = Record<string, unknown>;

/** Where a schedule begins. */
export interface SchedulerOptions {
  /** The step to go on from, with an optimizer that was restored; −1, the beginning, unless said otherwise. */
  lastEpoch?: number;
}

/**
 * What schedules have in common, whatever makes them step: see its subclasses.
 *
 * @throws {ValueError} for something else than an optimizer.
 * @throws {StateDictError} if `loadStateDict` is given the state of another kind of schedule.
 * @example
 * const schedule = new optim.lrScheduler.ExponentialLR(optimizer, 0.5);
 * schedule instanceof optim.lrScheduler.Schedule; // true
 */
export abstract class Schedule {
  /** The optimizer whose learning rates it sets. */
  readonly optimizer: Scheduled;
  /** How many steps were made. */
  lastEpoch = 0;
  protected lastLr: number[] = [];

  constructor(optimizer: Scheduled) {
    if (!(optimizer instanceof Optimizer)) {
      throw new ValueError(`${this.constructor.name}: takes an optimizer; got ${typeof optimizer}`);
    }
    this.optimizer = optimizer;
  }

  protected get groups(): ScheduledGroup[] {
    return this.optimizer.paramGroups;
  }

  /** The learning rates of the groups, as the last step set them. */
  getLastLr(): number[] {
    return [...this.lastLr];
  }

  /** What is needed to go on exactly; functions and the optimizer are not in it. */
  stateDict(): SchedulerState {
    const entries = Object.entries(this).filter(([, value]) => isPlain(value));
    return structuredClone(Object.fromEntries(entries));
  }

  /**
   * Takes over what `stateDict()` gave.
   *
   * @throws {StateDictError} if it is of another kind of schedule.
   */
  loadStateDict(state: SchedulerState): void {
    const own = Object.keys(Schedule.prototype.stateDict.call(this)).sort().join(", ");
    const given = Object.keys(state ?? {})
      .sort()
      .join(", ");
    if (own !== given) {
      throw new StateDictError(`${this.constructor.name}.loadStateDict: the keys are ${own}; got ${given || "none"}`);
    }
    Object.assign(this, structuredClone(state));
  }
}

/**
 * The base of schedules that step by themselves. Constructors of subclasses end with `this.begin(options)`.
 *
 * @throws {ValueError} for something else than an optimizer, or a `lastEpoch` that is no whole number from -1 on or
 * that its groups do not know.
 * @example
 * class Halving extends optim.lrScheduler.LRScheduler {
 *   constructor(optimizer: optim.lrScheduler.Scheduled) { super(optimizer); this.begin({}); }
 *   getLr() { return this.baseLrs.map((lr) => lr / 2 ** this.lastEpoch); }
 * }
 * const schedule = new Halving(optimizer);
 * optimizer.step();
 * schedule.step();
 * schedule.getLastLr(); // [0.005]
 */
export abstract class LRScheduler extends Schedule {
  /** The learning rates that the groups began with. */
  baseLrs: number[] = [];
  protected stepCount = 0;
  /** Whether the first rates are being set. */
  protected initial = false;

  /** The learning rates of the groups for step `lastEpoch`. */
  protected abstract getLr(): number[];

  /** The same computed from the step alone, by schedules that otherwise go from the rates before. */
  protected closedForm(): number[] {
    return this.getLr();
  }

  /** Notes the first learning rates and sets those of the first step. */
  protected begin({ lastEpoch = -1 }: SchedulerOptions): void {
    const name = this.constructor.name;
    if (!Number.isInteger(lastEpoch) || lastEpoch < -1) {
      throw new ValueError(`${name}: lastEpoch is a whole number from -1 on; got ${String(lastEpoch)}`);
    }
    for (const [i, group] of this.groups.entries()) {
      if (lastEpoch === -1) group.initialLr ??= group.lr;
      else if (group.initialLr === undefined) {
        throw new ValueError(
          `${name}: initialLr is not specified in paramGroups[${i}] when resuming with lastEpoch ${lastEpoch}; ` +
            `load the optimizer's state dict first`,
        );
      }
    }
    this.baseLrs = this.groups.map((group) => group.initialLr as number);
    this.lastEpoch = lastEpoch;
    this.initialStep();
  }

  /** @internal The step that sets the first rates. */
  initialStep(): void {
    this.stepCount = 0;
    this.initial = true;
    try {
      this.step();
    } finally {
      this.initial = false;
    }
  }

  /** Goes on to the next step: call it after `optimizer.step()`, once for each epoch or batch the schedule counts. */
  step(): void {
    if (this.stepCount === 1 && !this.optimizer.stepped) {
      console.warn(
        `${this.constructor.name}: step() was called before optimizer.step(), so the first learning rate of the schedule ` +
          `is skipped; call them in the opposite order`,
      );
    }
    this.stepCount++;
    this.lastEpoch++;
    this.setLr(this.getLr());
  }

  /** @internal Starts over, as one of a sequence. */
  restart(): void {
    this.lastEpoch = 0;
    this.setLr(this.closedForm());
  }

  /** @internal Takes back the step that the constructor made, before a sequence makes it. */
  undo(): void {
    this.lastEpoch--;
  }

  protected setLr(values: readonly number[]): void {
    for (const [i, group] of this.groups.entries()) group.lr = values[i] as number;
    this.lastLr = this.groups.map((group) => group.lr);
  }
}

/** Numbers, text, truth values and null, alone or in lists of them and objects. */
function isPlain(value: unknown): boolean {
  if (value === undefined) return false;
  if (Array.isArray(value)) return value.every(isPlain);
  if (value === null || ["number", "string", "boolean"].includes(typeof value)) return true;
  return Object.getPrototypeOf(value) === Object.prototype && Object.values(value as object).every(isPlain);
}

/** Throws unless the value is a whole number of at least `least`. */
export function wholeNumber(schedule: object, option: string, value: unknown, least: number): void {
  if (Number.isInteger(value) && (value as number) >= least) return;
  const rule = least === 1 ? "positive integer" : `integer of at least ${least}`;
  throw new ValueError(`${schedule.constructor.name}: expected ${rule} ${option}; got ${String(value)}`);
}

/** Throws unless the value is a finite number. */
export function finite(schedule: object, option: string, value: unknown): void {
  if (Number.isFinite(value)) return;
  throw new ValueError(`${schedule.constructor.name}: ${option} is a number; got ${String(value)}`);
}

/** One value for each group: the list that was given, or the one number for all. */
export function perGroup(schedule: Schedule, option: string, value: number | readonly number[]): number[] {
  const { length } = schedule.optimizer.paramGroups;
  const values =
    typeof value === "number"
      ? new Array<number>(length).fill(value)
      : listed(schedule.constructor.name, option, value);
  if (values.length !== length) {
    throw new ValueError(
      `${schedule.constructor.name}: ${option} has one value for each of the ${length} groups; got ${values.length}`,
    );
  }
  for (const each of values) finite(schedule, option, each);
  return values;
}
