/** Cyclical learning rates. */
import { ValueError } from "../../errors.ts";
import { checkOptions } from "../../options.ts";
import { momentumOption, setMomentum } from "./momentum.ts";
import { finite, LRScheduler, perGroup, type Scheduled, type SchedulerOptions, wholeNumber } from "./scheduler.ts";

/** Options of {@link CyclicLR}, with PyTorch's meanings and defaults. */
export interface CyclicLROptions extends SchedulerOptions {
  /** Steps of the rising half; 2000. */
  stepSizeUp?: number;
  /** Steps of the falling half; as many as the rising half has. */
  stepSizeDown?: number;
  /** Cycles of equal height, of half the height each time, or of a height times gamma ^ step; "triangular". */
  mode?: "triangular" | "triangular2" | "exp_range";
  /** For "exp_range"; 1. */
  gamma?: number;
  /** The height from the number of the cycle (from 1) or of the step; takes the place of `mode`. */
  scaleFn?: (x: number) => number;
  /** What `scaleFn` is called with; "cycle". */
  scaleMode?: "cycle" | "iterations";
  /** Whether the momentum goes the other way (`momentum`, or the first of `betas`); true. */
  cycleMomentum?: boolean;
  /** The momentum where the learning rate is highest, of all groups or of each; 0.8. */
  baseMomentum?: number | readonly number[];
  /** The momentum where it is lowest; 0.9. */
  maxMomentum?: number | readonly number[];
}

const OPTIONS: readonly (keyof CyclicLROptions)[] = [
  "stepSizeUp",
  "stepSizeDown",
  "mode",
  "gamma",
  "scaleFn",
  "scaleMode",
  "cycleMomentum",
  "baseMomentum",
  "maxMomentum",
  "lastEpoch",
];

/**
 * Moves the learning rates between two bounds along lines (Smith 2017), as torch.optim.lr_scheduler.CyclicLR.
 * It steps after every batch.
 *
 * @throws {ValueError} for something else than an optimizer, an unknown option, step sizes that are no whole numbers of
 * at least 1, an unknown `mode` or `scaleMode`, not one rate for each group, an optimizer without momentum unless
 * `cycleMomentum` is false, or a `lastEpoch` that the optimizer's groups do not know.
 * @example
 * const optimizer = new optim.SGD(new nn.Linear(2, 1).parameters(), { lr: 0.1, momentum: 0.9 });
 * const scheduler = new optim.lrScheduler.CyclicLR(optimizer, 0.01, 0.1, { stepSizeUp: 100 });
 * scheduler.getLastLr(); // [0.01]
 */
export class CyclicLR extends LRScheduler {
  readonly maxLrs: readonly number[];
  readonly totalSize: number;
  readonly stepRatio: number;
  readonly mode: "triangular" | "triangular2" | "exp_range";
  readonly gamma: number;
  readonly scaleMode: "cycle" | "iterations";
  readonly cycleMomentum: boolean;
  protected readonly scaleFn: ((x: number) => number) | undefined;
  protected readonly momentumOption: "momentum" | "betas" | null;
  protected readonly baseMomentums: readonly number[];
  protected readonly maxMomentums: readonly number[];

  constructor(
    optimizer: Scheduled,
    baseLr: number | readonly number[],
    maxLr: number | readonly number[],
    options: CyclicLROptions = {},
  ) {
    super(optimizer);
    checkOptions("CyclicLR", options, OPTIONS);
    const {
      stepSizeUp = 2000,
      mode = "triangular",
      gamma = 1,
      scaleFn,
      cycleMomentum = true,
      lastEpoch = -1,
    } = options;
    const { stepSizeDown = stepSizeUp, scaleMode = "cycle" } = options;
    wholeNumber(this, "stepSizeUp", stepSizeUp, 1);
    wholeNumber(this, "stepSizeDown", stepSizeDown, 1);
    finite(this, "gamma", gamma);
    if (!["triangular", "triangular2", "exp_range"].includes(mode) && scaleFn === undefined) {
      throw new ValueError(`CyclicLR: mode is "triangular", "triangular2" or "exp_range"; got ${String(mode)}`);
    }
    if (scaleMode !== "cycle" && scaleMode !== "iterations") {
      throw new ValueError(`CyclicLR: scaleMode is "cycle" or "iterations"; got ${String(scaleMode)}`);
    }
    const bases = perGroup(this, "baseLr", baseLr);
    this.maxLrs = perGroup(this, "maxLr", maxLr);
    this.totalSize = stepSizeUp + stepSizeDown;
    this.stepRatio = stepSizeUp / this.totalSize;
    this.mode = mode;
    this.gamma = gamma;
    this.scaleFn = scaleFn;
    this.scaleMode = scaleFn === undefined ? (mode === "exp_range" ? "iterations" : "cycle") : scaleMode;
    this.cycleMomentum = cycleMomentum;
    this.momentumOption = cycleMomentum ? momentumOption(this) : null;
    this.baseMomentums = perGroup(this, "baseMomentum", options.baseMomentum ?? 0.8);
    this.maxMomentums = perGroup(this, "maxMomentum", options.maxMomentum ?? 0.9);
    for (const [i, group] of lastEpoch === -1 ? this.groups.entries() : []) {
      group.lr = bases[i] as number;
      if (this.momentumOption === null) continue;
      group.maxMomentum = this.maxMomentums[i] as number;
      group.baseMomentum = this.baseMomentums[i] as number;
      setMomentum(group, this.momentumOption, group.maxMomentum);
    }
    this.begin(options);
    this.baseLrs = bases;
  }

  protected override getLr(): number[] {
    const cycle = Math.floor(1 + this.lastEpoch / this.totalSize);
    const x = 1 + this.lastEpoch / this.totalSize - cycle;
    const height = x <= this.stepRatio ? x / this.stepRatio : (x - 1) / (this.stepRatio - 1);
    const scale = this.scale(this.scaleMode === "cycle" ? cycle : this.lastEpoch);
    return this.groups.map((group, i) => {
      if (this.momentumOption !== null) {
        const [low, high] = [this.baseMomentums[i] as number, this.maxMomentums[i] as number];
        setMomentum(group, this.momentumOption, high - (high - low) * height * scale);
      }
      const base = this.baseLrs[i] as number;
      return base + ((this.maxLrs[i] as number) - base) * height * scale;
    });
  }

  private scale(x: number): number {
    if (this.scaleFn !== undefined) return this.scaleFn(x);
    if (this.mode === "triangular") return 1;
    return this.mode === "triangular2" ? 1 / 2 ** (x - 1) : this.gamma ** x;
  }
}
