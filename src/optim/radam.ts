/** RAdam. */
import { type Tensor, zerosLike } from "../ops/index.ts";
import { FLOATS, family } from "../ops/kernels.ts";
import {
  atLeastZero,
  checkBetas,
  Optimizer,
  type ParameterState,
  type ParamGroup,
  type Params,
  rows,
  runFused,
  withDefaults,
} from "./optimizer.ts";

/** Options of {@link RAdam}, with PyTorch's meanings and defaults. */
export interface RAdamOptions {
  /** Learning rate; 1e-3 unless said otherwise. */
  lr?: number;
  /** How much of the means of the gradient and of its square is kept each step; [0.9, 0.999]. */
  betas?: readonly [number, number];
  /** Keeps the denominator from 0; 1e-8. */
  eps?: number;
  /** L2 penalty, added to the gradient; 0. */
  weightDecay?: number;
  /** Takes the weight decay off the parameters themselves; false. */
  decoupledWeightDecay?: boolean;
  /** Climbs instead of descending; false. */
  maximize?: boolean;
}

type Group = Required<RAdamOptions>;
const kernels = family("radam", FLOATS);
const COLUMNS = 7;

/**
 * Adam with rectified variance (Liu and others 2020), as torch.optim.RAdam; one kernel call for the whole model.
 *
 * @throws {ValueError} for an unknown option, a number below 0, `betas` outside [0, 1), or unless the parameters are
 * leaves, each listed once, in row-major memory; from `step` for an option that was set wrongly.
 * @throws {DTypeError} if a parameter is not of a float dtype.
 * @example
 * const optimizer = new optim.RAdam(new nn.Linear(3, 2).parameters(), { lr: 1e-3 });
 */
export class RAdam extends Optimizer<Group> {
  protected override readonly kept: readonly string[] = ["exp_avg", "exp_avg_sq"];

  constructor(params: Params<RAdamOptions>, options: RAdamOptions = {}) {
    const defaults: Group = {
      lr: 1e-3,
      betas: [0.9, 0.999],
      eps: 1e-8,
      weightDecay: 0,
      decoupledWeightDecay: false,
      maximize: false,
    };
    super(params as Params<Group>, withDefaults(new.target.name, defaults, options));
  }

  protected override check(name: string, group: Group): void {
    for (const option of ["lr", "eps", "weightDecay"] as const) atLeastZero(name, option, group[option]);
    checkBetas(name, group.betas);
  }

  protected override update(group: ParamGroup<Group>): void {
    const { lr, betas, eps, weightDecay, decoupledWeightDecay, maximize } = group;
    const write = rows(["exp_avg", "exp_avg_sq"], (table, at, { step }) => {
      const rectification = rectify(betas[1], step);
      table[at] = (lr / (1 - betas[0] ** step)) * (rectification ?? 1);
      table[at + 1] = rectification === null ? 0 : 1;
    });
    const decay = decoupledWeightDecay ? 0 : weightDecay;
    const shrink = decoupledWeightDecay ? 1 - lr * weightDecay : 1;
    runFused(
      group.params,
      COLUMNS,
      (x) => this.stateOf(x, zeros),
      write,
      (dtype, table, count) => kernels[dtype](table, count, betas[0], betas[1], eps, decay, shrink, maximize ? 1 : 0),
    );
  }
}

/** The factor of the step, bias correction of the second moment included; null while its variance is unknown. */
function rectify(beta2: number, step: number): number | null {
  const power = beta2 ** step;
  const limit = 2 / (1 - beta2) - 1;
  const length = limit - (2 * step * power) / (1 - power);
  if (length <= 5) return null;
  const variance = ((length - 4) * (length - 2) * limit) / ((limit - 4) * (limit - 2) * length);
  return Math.sqrt(variance) * Math.sqrt(1 - power);
}

const zeros = (x: Tensor): ParameterState => {
  return { step: 0, dtype: x.dtype, exp_avg: zerosLike(x), exp_avg_sq: zerosLike(x) };
};
