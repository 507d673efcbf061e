/** Adamax. */
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

/** Options of {@link Adamax}, with PyTorch's meanings and defaults. */
export interface AdamaxOptions {
  /** Learning rate; 2e-3 unless said otherwise. */
  lr?: number;
  /** How much of the mean gradient and of the largest one is kept each step; [0.9, 0.999]. */
  betas?: readonly [number, number];
  /** Keeps the denominator from 0; 1e-8. */
  eps?: number;
  /** L2 penalty, added to the gradient; 0. */
  weightDecay?: number;
  /** Climbs instead of descending; false. */
  maximize?: boolean;
}

type Group = Required<AdamaxOptions>;
const kernels = family("adamax", FLOATS);
const COLUMNS = 6;

/**
 * Adam with the largest gradient in place of the mean square (Kingma and Ba 2015), as torch.optim.Adamax; one kernel
 * call for the whole model.
 *
 * @throws {ValueError} for an unknown option, a number below 0, `betas` outside [0, 1), or unless the parameters are
 * leaves, each listed once, in row-major memory; from `step` for an option that was set wrongly.
 * @throws {DTypeError} if a parameter is not of a float dtype.
 * @example
 * const optimizer = new optim.Adamax(new nn.Linear(3, 2).parameters(), { lr: 1e-3 });
 */
export class Adamax extends Optimizer<Group> {
  protected override readonly kept: readonly string[] = ["exp_avg", "exp_inf"];

  constructor(params: Params<AdamaxOptions>, options: AdamaxOptions = {}) {
    const defaults: Group = { lr: 2e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0, maximize: false };
    super(params as Params<Group>, withDefaults(new.target.name, defaults, options));
  }

  protected override check(name: string, group: Group): void {
    for (const option of ["lr", "eps", "weightDecay"] as const) atLeastZero(name, option, group[option]);
    checkBetas(name, group.betas);
  }

  protected override update(group: ParamGroup<Group>): void {
    const { lr, betas, eps, weightDecay, maximize } = group;
    const write = rows(["exp_avg", "exp_inf"], (table, at, { step }) => {
      table[at] = lr / (1 - betas[0] ** step);
    });
    runFused(
      group.params,
      COLUMNS,
      (x) => this.stateOf(x, zeros),
      write,
      (dtype, table, count) => kernels[dtype](table, count, betas[0], betas[1], eps, weightDecay, maximize ? 1 : 0),
    );
  }
}

const zeros = (x: Tensor): ParameterState => {
  return { step: 0, dtype: x.dtype, exp_avg: zerosLike(x), exp_inf: zerosLike(x) };
};
