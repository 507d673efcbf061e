/** Schedules along half a cosine. */
import { ValueError } from "../../errors.ts";
import { checkOptions } from "../../options.ts";
import { finite, LRScheduler, type Scheduled, type SchedulerOptions, wholeNumber } from "./scheduler.ts";

/** Options of {@link CosineAnnealingLR}. */
export interface CosineAnnealingLROptions extends SchedulerOptions {
  /** The lowest learning rate; 0 unless said otherwise. */
  etaMin?: number;
}

/**
 * Lowers the learning rates along half a cosine in `tMax` steps, and raises them again (Loshchilov and Hutter 2017,
 * without restarts), as torch.optim.lr_scheduler.CosineAnnealingLR.
 *
 * @throws {ValueError} for something else than an optimizer, an unknown option, a `tMax` that is no whole number of at
 * least 1, an `etaMin` that is not finite, or a `lastEpoch` that the optimizer's groups do not know.
 * @example
 * const optimizer = new optim.SGD(new nn.Linear(2, 1).parameters(), { lr: 0.5 });
 * const scheduler = new optim.lrScheduler.CosineAnnealingLR(optimizer, 50, { etaMin: 0.001 });
 * scheduler.getLastLr(); // [0.5]
 */
export class CosineAnnealingLR extends LRScheduler {
  readonly tMax: number;
  readonly etaMin: number;

  constructor(optimizer: Scheduled, tMax: number, options: CosineAnnealingLROptions = {}) {
    super(optimizer);
    const { etaMin = 0 } = checkOptions("CosineAnnealingLR", options, ["etaMin", "lastEpoch"]);
    wholeNumber(this, "tMax", tMax, 1);
    finite(this, "etaMin", etaMin);
    this.tMax = tMax;
    this.etaMin = etaMin;
    this.begin(options);
  }

  protected override getLr(): number[] {
    const { tMax, etaMin, lastEpoch } = this;
    if (this.initial) return this.groups.map((group) => group.lr);
    if (this.stepCount === 1 && lastEpoch > 0) return this.closedForm();
    if ((lastEpoch - 1 - tMax) % (2 * tMax) === 0) {
      const rise = 1 - Math.cos(Math.PI / tMax);
      return this.groups.map((group, i) => group.lr + (((this.baseLrs[i] as number) - etaMin) * rise) / 2);
    }
    const height = (epoch: number): number => 1 + Math.cos((Math.PI * epoch) / tMax);
    const factor = height(lastEpoch) / height(lastEpoch - 1);
    return this.groups.map((group) => factor * (group.lr - etaMin) + etaMin);
  }

  protected override closedForm(): number[] {
    const { tMax, etaMin, lastEpoch } = this;
    return this.baseLrs.map((lr) => etaMin + ((lr - etaMin) * (1 + Math.cos((Math.PI * lastEpoch) / tMax))) / 2);
  }
}

/** Options of {@link CosineAnnealingWarmRestarts}. */
export interface CosineAnnealingWarmRestartsOptions extends CosineAnnealingLROptions {
  /** How much longer each period is than the one before; 1 unless said otherwise. */
  tMult?: number;
}

/**
 * Lowers the learning rates along half a cosine in `t0` steps and starts over, each time for `tMult` times as long
 * (Loshchilov and Hutter 2017), as torch.optim.lr_scheduler.CosineAnnealingWarmRestarts.
 *
 * @throws {ValueError} for something else than an optimizer, an unknown option, a `t0` or `tMult` that is no whole
 * number of at least 1, an `etaMin` that is not finite, or a `lastEpoch` that the optimizer's groups do not know.
 * @example
 * const optimizer = new optim.SGD(new nn.Linear(2, 1).parameters(), { lr: 0.5 });
 * const scheduler = new optim.lrScheduler.CosineAnnealingWarmRestarts(optimizer, 10, { tMult: 2 });
 * scheduler.getLastLr(); // [0.5]
 */
export class CosineAnnealingWarmRestarts extends LRScheduler {
  readonly t0: number;
  readonly tMult: number;
  readonly etaMin: number;
  /** The length of the present period. */
  protected tI: number;
  /** The steps since the last restart. */
  protected tCur: number;

  constructor(optimizer: Scheduled, t0: number, options: CosineAnnealingWarmRestartsOptions = {}) {
    super(optimizer);
    checkOptions("CosineAnnealingWarmRestarts", options, ["tMult", "etaMin", "lastEpoch"]);
    const { tMult = 1, etaMin = 0, lastEpoch = -1 } = options;
    wholeNumber(this, "t0", t0, 1);
    wholeNumber(this, "tMult", tMult, 1);
    finite(this, "etaMin", etaMin);
    this.t0 = t0;
    this.tMult = tMult;
    this.etaMin = etaMin;
    this.tI = t0;
    this.tCur = lastEpoch;
    this.begin(options);
  }

  protected override getLr(): number[] {
    const { etaMin, tCur, tI } = this;
    return this.baseLrs.map((lr) => etaMin + ((lr - etaMin) * (1 + Math.cos((Math.PI * tCur) / tI))) / 2);
  }

  /**
   * Goes on to the next step, or to a given one, which may be a fraction: `epoch + batch / batches`.
   *
   * @throws {ValueError} for an `epoch` that is negative or not finite.
   */
  override step(epoch?: number): void {
    if (epoch === undefined && this.lastEpoch >= 0) this.next();
    else this.place(epoch ?? 0);
    this.setLr(this.getLr());
  }

  private next(): void {
    this.lastEpoch++;
    this.tCur++;
    if (this.tCur < this.tI) return;
    this.tCur %= this.tI;
    this.tI *= this.tMult;
  }

  private place(epoch: number): void {
    if (!Number.isFinite(epoch) || epoch < 0) {
      throw new ValueError(`CosineAnnealingWarmRestarts: expected non-negative epoch; got ${String(epoch)}`);
    }
    const { t0, tMult } = this;
    this.lastEpoch = Math.floor(epoch);
    this.tI = t0;
    this.tCur = epoch;
    if (epoch < t0) return;
    if (tMult === 1) {
      this.tCur = epoch % t0;
      return;
    }
    const periods = Math.trunc(Math.log((epoch / t0) * (tMult - 1) + 1) / Math.log(tMult));
    this.tCur = epoch - (t0 * (tMult ** periods - 1)) / (tMult - 1);
    this.tI = t0 * tMult ** periods;
  }
}
