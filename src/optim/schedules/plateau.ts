/** A schedule that watches a number. */
import { ValueError } from "../../errors.ts";
import { Tensor } from "../../ops/index.ts";
import { checkOptions } from "../../options.ts";
import { finite, perGroup, Schedule, type Scheduled, wholeNumber } from "./scheduler.ts";

/** Options of {@link ReduceLROnPlateau}, with PyTorch's meanings and defaults. */
export interface ReduceLROnPlateauOptions {
  /** Whether a smaller or a larger number is better; "min". */
  mode?: "min" | "max";
  /** What the learning rates are multiplied by, below 1; 0.1. */
  factor?: number;
  /** How many steps without improvement are waited for; 10. */
  patience?: number;
  /** How much better counts as an improvement; 1e-4. */
  threshold?: number;
  /** Whether the threshold is a fraction of the best number or an amount; "rel". */
  thresholdMode?: "rel" | "abs";
  /** How many steps are not counted after a reduction; 0. */
  cooldown?: number;
  /** The lowest learning rate, of all groups or of each; 0. */
  minLr?: number | readonly number[];
  /** The least change of a learning rate that is made; 1e-8. */
  eps?: number;
}

const OPTIONS: readonly (keyof ReduceLROnPlateauOptions)[] = [
  "mode",
  "factor",
  "patience",
  "threshold",
  "thresholdMode",
  "cooldown",
  "minLr",
  "eps",
];

/**
 * Reduces the learning rates when a number has stopped improving, as torch.optim.lr_scheduler.ReduceLROnPlateau.
 *
 * @throws {ValueError} for something else than an optimizer, an unknown option, mode or threshold mode, a `factor` from
 * 1 on, numbers that are not finite, waits that are no whole numbers, or not one `minLr` for each group; from `step` if
 * the metric is no number.
 * @example
 * const optimizer = new optim.SGD(new nn.Linear(2, 1).parameters(), { lr: 0.5 });
 * const scheduler = new optim.lrScheduler.ReduceLROnPlateau(optimizer, { factor: 0.5, patience: 0 });
 * for (const loss of [2, 1, 1]) scheduler.step(loss);
 * scheduler.getLastLr(); // [0.25]
 */
export class ReduceLROnPlateau extends Schedule {
  readonly mode: "min" | "max";
  readonly factor: number;
  readonly patience: number;
  readonly threshold: number;
  readonly thresholdMode: "rel" | "abs";
  readonly cooldown: number;
  readonly minLrs: number[];
  readonly eps: number;
  /** The best number so far. */
  best: number;
  protected cooldownCounter = 0;
  protected numBadEpochs = 0;
  private readonly oneMinLr: number | null;

  constructor(optimizer: Scheduled, options: ReduceLROnPlateauOptions = {}) {
    super(optimizer);
    checkOptions("ReduceLROnPlateau", options, OPTIONS);
    const { mode = "min", factor = 0.1, patience = 10, threshold = 1e-4, thresholdMode = "rel" } = options;
    const { cooldown = 0, minLr = 0, eps = 1e-8 } = options;
    for (const [option, value] of Object.entries({ factor, threshold, eps })) finite(this, option, value);
    if (factor >= 1) throw new ValueError(`ReduceLROnPlateau: factor should be < 1.0; got ${factor}`);
    if (mode !== "min" && mode !== "max") throw new ValueError(`ReduceLROnPlateau: mode ${String(mode)} is unknown!`);
    if (thresholdMode !== "rel" && thresholdMode !== "abs") {
      throw new ValueError(`ReduceLROnPlateau: threshold mode ${String(thresholdMode)} is unknown!`);
    }
    wholeNumber(this, "patience", patience, 0);
    wholeNumber(this, "cooldown", cooldown, 0);
    this.mode = mode;
    this.factor = factor;
    this.patience = patience;
    this.threshold = threshold;
    this.thresholdMode = thresholdMode;
    this.cooldown = cooldown;
    this.minLrs = perGroup(this, "minLr", minLr);
    this.oneMinLr = typeof minLr === "number" ? minLr : null;
    this.eps = eps;
    this.best = mode === "min" ? Infinity : -Infinity;
    this.lastLr = this.groups.map((group) => group.lr);
  }

  /** Takes note of the number after an epoch, a plain one or a tensor of one element, for example the validation loss. */
  step(metric: number | Tensor): void {
    const value = metric instanceof Tensor ? Number(metric.item()) : metric;
    if (typeof value !== "number") {
      throw new ValueError(`ReduceLROnPlateau: step(metric) takes a number; got ${typeof metric}`);
    }
    this.lastEpoch++;
    if (this.isBetter(value)) {
      this.best = value;
      this.numBadEpochs = 0;
    } else {
      this.numBadEpochs++;
    }
    if (this.cooldownCounter > 0) {
      this.cooldownCounter--;
      this.numBadEpochs = 0;
    }
    if (this.numBadEpochs > this.patience) {
      this.reduce();
      this.cooldownCounter = this.cooldown;
      this.numBadEpochs = 0;
    }
    this.lastLr = this.groups.map((group) => group.lr);
  }

  private reduce(): void {
    for (const [i, group] of this.groups.entries()) {
      const least = this.minLrs[i] ?? this.oneMinLr;
      if (least === null) {
        throw new ValueError(
          `ReduceLROnPlateau: minLr has one value for each of the ${this.groups.length} groups; got ${this.minLrs.length}, ` +
            `since a group was added; push one to minLrs`,
        );
      }
      const lr = Math.max(group.lr * this.factor, least);
      if (group.lr - lr > this.eps) group.lr = lr;
    }
  }

  private isBetter(value: number): boolean {
    const { mode, thresholdMode, threshold, best } = this;
    if (mode === "min") return value < (thresholdMode === "rel" ? best * (1 - threshold) : best - threshold);
    return value > (thresholdMode === "rel" ? best * (1 + threshold) : best + threshold);
  }
}
