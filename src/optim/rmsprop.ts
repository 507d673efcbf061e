/** RMSprop. */
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

/** Options of {@link RMSprop}, with PyTorch's meanings and defaults. */
export interface RMSpropOptions {
  /** Learning rate; 1e-2 unless said otherwise. */
  lr?: number;
  /** How much of the mean square of the gradient is kept each step; 0.99. */
  alpha?: number;
  /** Keeps the denominator from 0; 1e-8. */
  eps?: number;
  /** L2 penalty, added to the gradient; 0. */
  weightDecay?: number;
  /** How much of the last step is added to the next; 0. */
  momentum?: number;
  /** Divides by the standard deviation of the gradient instead of its root mean square; false. */
  centered?: boolean;
  /** Climbs instead of descending; false. */
  maximize?: boolean;
}

type Group = Required<RMSpropOptions>;
const kernels = family("rmsprop", FLOATS);
const COLUMNS = 6;

/**
 * RMSprop (Hinton 2012), centered on request (Graves 2013), as torch.optim.RMSprop; one kernel call for the whole
 * model.
 *
 * @throws {ValueError} for an unknown option, a number below 0, or unless the parameters are leaves, each listed once,
 * in row-major memory; from `step` for an option that was set wrongly.
 * @throws {DTypeError} if a parameter is not of a float dtype.
 * @example
 * const optimizer = new optim.RMSprop(new nn.Linear(3, 2).parameters(), { lr: 1e-3, momentum: 0.9 });
 */
export class RMSprop extends Optimizer<Group> {
  protected override readonly kept: readonly string[] = ["square_avg"];

  constructor(params: Params<RMSpropOptions>, options: RMSpropOptions = {}) {
    const defaults: Group = {
      lr: 1e-2,
      alpha: 0.99,
      eps: 1e-8,
      weightDecay: 0,
      momentum: 0,
      centered: false,
      maximize: false,
    };
    super(params as Params<Group>, withDefaults(new.target.name, defaults, options));
  }

  protected override check(name: string, group: Group): void {
    for (const option of ["lr", "alpha", "eps", "weightDecay", "momentum"] as const) {
      atLeastZero(name, option, group[option]);
    }
  }

  protected override update(group: ParamGroup<Group>): void {
    const { lr, alpha, eps, weightDecay, momentum, centered, maximize } = group;
    const stateOf = (x: Tensor): ParameterState => {
      const state = this.stateOf(x, squares);
      if (momentum > 0) state.momentum_buffer ??= zerosLike(x);
      if (centered) state.grad_avg ??= zerosLike(x);
      return state;
    };
    const write = rows(["square_avg", momentum > 0 ? "momentum_buffer" : null, centered ? "grad_avg" : null]);
    runFused(group.params, COLUMNS, stateOf, write, (dtype, table, count) =>
      kernels[dtype](table, count, lr, alpha, eps, weightDecay, momentum, maximize ? 1 : 0),
    );
  }
}

const squares = (x: Tensor): ParameterState => ({ step: 0, dtype: x.dtype, square_avg: zerosLike(x) });
