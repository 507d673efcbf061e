/** Adadelta. */
import { ValueError } from "../errors.ts";
import { type Tensor, zerosLike } from "../ops/index.ts";
import { FLOATS, family } from "../ops/kernels.ts";
import {
  atLeastZero,
  Optimizer,
  type ParameterState,
  type ParamGroup,
  type Params,
  rows,
  runFused,
  withDefaults,
} from "./optimizer.ts";

/** Options of {@link Adadelta}, with PyTorch's meanings and defaults. */
export interface AdadeltaOptions {
  /** Factor of each step; 1 unless said otherwise. */
  lr?: number;
  /** How much of the mean squares is kept each step, in [0, 1]; 0.9. */
  rho?: number;
  /** Keeps the roots from 0; 1e-6. */
  eps?: number;
  /** L2 penalty, added to the gradient; 0. */
  weightDecay?: number;
  /** Climbs instead of descending; false. */
  maximize?: boolean;
}

type Group = Required<AdadeltaOptions>;
const kernels = family("adadelta", FLOATS);
const COLUMNS = 5;

/**
 * Adadelta (Zeiler 2012), as torch.optim.Adadelta; one kernel call for the whole model.
 *
 * @throws {ValueError} for an unknown option, a number below 0, a `rho` above 1, or unless the parameters are leaves,
 * each listed once, in row-major memory; from `step` for an option that was set wrongly.
 * @throws {DTypeError} if a parameter is not of a float dtype.
 * @example
 * const optimizer = new optim.Adadelta(new nn.Linear(3, 2).parameters(), { rho: 0.95 });
 */
export class Adadelta extends Optimizer<Group> {
  protected override readonly kept: readonly string[] = ["square_avg", "acc_delta"];

  constructor(params: Params<AdadeltaOptions>, options: AdadeltaOptions = {}) {
    const defaults: Group = { lr: 1, rho: 0.9, eps: 1e-6, weightDecay: 0, maximize: false };
    super(params as Params<Group>, withDefaults(new.target.name, defaults, options));
  }

  protected override check(name: string, group: Group): void {
    for (const option of ["lr", "rho", "eps", "weightDecay"] as const) atLeastZero(name, option, group[option]);
    if (group.rho > 1) throw new ValueError(`${name}: rho lies in [0, 1]; got ${group.rho}`);
  }

  protected override update(group: ParamGroup<Group>): void {
    const { lr, rho, eps, weightDecay, maximize } = group;
    const write = rows(["square_avg", "acc_delta"]);
    runFused(
      group.params,
      COLUMNS,
      (x) => this.stateOf(x, squares),
      write,
      (dtype, table, count) => kernels[dtype](table, count, lr, rho, eps, weightDecay, maximize ? 1 : 0),
    );
  }
}

const squares = (x: Tensor): ParameterState => {
  return { step: 0, dtype: x.dtype, square_avg: zerosLike(x), acc_delta: zerosLike(x) };
};
