/** The one-cycle policy. */
import { ValueError } from "../../errors.ts";
import { checkOptions } from "../../options.ts";
import { momentumOption, setMomentum } from "./momentum.ts";
import {
  LRScheduler,
  perGroup,
  type Scheduled,
  type ScheduledGroup,
  type SchedulerOptions,
  wholeNumber,
} from "./scheduler.ts";

/** Options of {@link OneCycleLR}, with PyTorch's meanings and defaults. Either `totalSteps`, or `epochs` and `stepsPerEpoch`. */
export interface OneCycleLROptions extends SchedulerOptions {
  /** The number of steps of the cycle. */
  totalSteps?: number;
  /** How many epochs there are, where `totalSteps` is not given. */
  epochs?: number;
  /** How many steps an epoch has, where `totalSteps` is not given. */
  stepsPerEpoch?: number;
  /** The share of the steps in which the learning rate rises; 0.3. */
  pctStart?: number;
  /** Along a cosine or a line; "cos". */
  annealStrategy?: "cos" | "linear";
  /** Whether the momentum goes the other way (`momentum`, or the first of `betas`); true. */
  cycleMomentum?: boolean;
  /** The momentum where the learning rate is highest, of all groups or of each; 0.85. */
  baseMomentum?: number | readonly number[];
  /** The momentum at the beginning and at the end; 0.95. */
  maxMomentum?: number | readonly number[];
  /** maxLr over the first learning rate; 25. */
  divFactor?: number;
  /** The first learning rate over the last; 1e4. */
  finalDivFactor?: number;
  /** Falls as long as it rose before it vanishes; false. */
  threePhase?: boolean;
}

type Rate = "initialLr" | "maxLr" | "minLr";
type Momentum = "baseMomentum" | "maxMomentum";
interface Phase {
  endStep: number;
  lr: readonly [Rate, Rate];
  momentum: readonly [Momentum, Momentum];
}

const OPTIONS: readonly (keyof OneCycleLROptions)[] = [
  "totalSteps",
  "epochs",
  "stepsPerEpoch",
  "pctStart",
  "annealStrategy",
  "cycleMomentum",
  "baseMomentum",
  "maxMomentum",
  "divFactor",
  "finalDivFactor",
  "threePhase",
  "lastEpoch",
];

/**
 * Raises the learning rates to `maxLr` and lowers them to next to nothing, once (Smith and Topin 2018), as
 * torch.optim.lr_scheduler.OneCycleLR. It steps after every batch.
 *
 * @throws {ValueError} for something else than an optimizer, an unknown option, no number of steps, a `pctStart`
 * outside [0, 1], an unknown `annealStrategy`, a divisor that is not above 0, not one rate for each group, an optimizer
 * without momentum unless `cycleMomentum` is false, or a `lastEpoch` that the groups do not know; from `step` after
 * `totalSteps` steps.
 * @example
 * const optimizer = new optim.SGD(new nn.Linear(2, 1).parameters(), { lr: 0.1, momentum: 0.9 });
 * const scheduler = new optim.lrScheduler.OneCycleLR(optimizer, 0.5, { totalSteps: 100, annealStrategy: "linear" });
 * scheduler.getLastLr(); // [0.02]
 */
export class OneCycleLR extends LRScheduler {
  readonly totalSteps: number;
  readonly annealStrategy: "cos" | "linear";
  readonly cycleMomentum: boolean;
  protected readonly momentumOption: "momentum" | "betas" | null;
  protected readonly phases: readonly Phase[];

  constructor(optimizer: Scheduled, maxLr: number | readonly number[], options: OneCycleLROptions = {}) {
    super(optimizer);
    checkOptions("OneCycleLR", options, OPTIONS);
    const { pctStart = 0.3, annealStrategy = "cos", cycleMomentum = true, threePhase = false } = options;
    const { divFactor = 25, finalDivFactor = 1e4, lastEpoch = -1 } = options;
    this.totalSteps = totalSteps(this, options);
    if (!(pctStart >= 0 && pctStart <= 1)) {
      throw new ValueError(`OneCycleLR: expected pctStart between 0 and 1; got ${String(pctStart)}`);
    }
    if (annealStrategy !== "cos" && annealStrategy !== "linear") {
      throw new ValueError(
        `OneCycleLR: annealStrategy must be one of "cos" or "linear"; got ${String(annealStrategy)}`,
      );
    }
    for (const [option, value] of Object.entries({ divFactor, finalDivFactor })) {
      if (!(Number.isFinite(value) && value > 0)) {
        throw new ValueError(`OneCycleLR: ${option} is a number above 0; got ${String(value)}`);
      }
    }
    this.annealStrategy = annealStrategy;
    this.cycleMomentum = cycleMomentum;
    this.phases = phases(this.totalSteps, pctStart, threePhase);
    const peaks = perGroup(this, "maxLr", maxLr);
    this.momentumOption = cycleMomentum ? momentumOption(this) : null;
    const lowest = perGroup(this, "baseMomentum", options.baseMomentum ?? 0.85);
    const highest = perGroup(this, "maxMomentum", options.maxMomentum ?? 0.95);
    for (const [i, group] of lastEpoch === -1 ? this.groups.entries() : []) {
      group.maxLr = peaks[i] as number;
      group.initialLr = group.maxLr / divFactor;
      group.minLr = group.initialLr / finalDivFactor;
      if (this.momentumOption === null) continue;
      group.maxMomentum = highest[i] as number;
      group.baseMomentum = lowest[i] as number;
      setMomentum(group, this.momentumOption, group.maxMomentum);
    }
    this.begin(options);
  }

  protected override getLr(): number[] {
    const { lastEpoch, totalSteps, phases } = this;
    if (lastEpoch > totalSteps) {
      throw new ValueError(
        `OneCycleLR: tried to step ${lastEpoch} times; got ${totalSteps} as the number of total steps`,
      );
    }
    let at = phases.findIndex(({ endStep }) => lastEpoch <= endStep);
    if (at === -1) at = phases.length - 1;
    const phase = phases[at] as Phase;
    const start = phases[at - 1]?.endStep ?? 0;
    if (phase.endStep === start) {
      throw new ValueError(
        `OneCycleLR: every phase takes more than one step; got one that begins and ends at step ${start} of ${totalSteps}; ` +
          `choose another pctStart or more steps`,
      );
    }
    const share = (lastEpoch - start) / (phase.endStep - start);
    return this.groups.map((group) => {
      if (this.momentumOption !== null)
        setMomentum(group, this.momentumOption, this.between(group, phase.momentum, share));
      return this.between(group, phase.lr, share);
    });
  }

  private between(group: ScheduledGroup, [from, to]: Phase["lr"] | Phase["momentum"], share: number): number {
    const [start, end] = [group[from] as number, group[to] as number];
    if (this.annealStrategy === "linear") return (end - start) * share + start;
    return end + ((start - end) / 2) * (Math.cos(Math.PI * share) + 1);
  }
}

function totalSteps(schedule: OneCycleLR, { totalSteps, epochs, stepsPerEpoch }: OneCycleLROptions): number {
  if (totalSteps !== undefined) {
    wholeNumber(schedule, "totalSteps", totalSteps, 1);
    return totalSteps;
  }
  if (epochs === undefined || stepsPerEpoch === undefined) {
    throw new ValueError(
      "OneCycleLR: you must define either totalSteps or (epochs and stepsPerEpoch); " +
        `got epochs ${String(epochs)} and stepsPerEpoch ${String(stepsPerEpoch)}`,
    );
  }
  wholeNumber(schedule, "epochs", epochs, 1);
  wholeNumber(schedule, "stepsPerEpoch", stepsPerEpoch, 1);
  return epochs * stepsPerEpoch;
}

function phases(steps: number, pctStart: number, threePhase: boolean): Phase[] {
  const rise: Phase = {
    endStep: pctStart * steps - 1,
    lr: ["initialLr", "maxLr"],
    momentum: ["maxMomentum", "baseMomentum"],
  };
  if (!threePhase) {
    return [rise, { endStep: steps - 1, lr: ["maxLr", "minLr"], momentum: ["baseMomentum", "maxMomentum"] }];
  }
  return [
    rise,
    { endStep: 2 * pctStart * steps - 2, lr: ["maxLr", "initialLr"], momentum: ["baseMomentum", "maxMomentum"] },
    { endStep: steps - 1, lr: ["initialLr", "minLr"], momentum: ["maxMomentum", "maxMomentum"] },
  ];
}
