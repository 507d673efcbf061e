/** Adam. */

import { type Tensor, zerosLike } from "../ops/index.ts";
import { FLOATS, family } from "../ops/kernels.ts";
import { pointer } from "../tensor/tensor.ts";
import { atLeastZero, fraction, Optimizer, type ParameterState, type Params, runFused } from "./optimizer.ts";

/** Options of {@link Adam}, with PyTorch's meanings and defaults. */
export interface AdamOptions {
  /** Learning rate; 1e-3 unless said otherwise. */
  lr?: number;
  /** How much of the means of the gradient and of its square is kept each step; [0.9, 0.999]. */
  betas?: readonly [number, number];
  /** Keeps the denominator from 0; 1e-8. */
  eps?: number;
  /** L2 penalty, added to the gradient. */
  weightDecay?: number;
  /** Uses the largest mean square so far. */
  amsgrad?: boolean;
  /** Climbs instead of descending. */
  maximize?: boolean;
}

const kernels = family("adam", FLOATS);
const COLUMNS = 7;

/**
 * Adam (Kingma and Ba 2015), as torch.optim.Adam; one kernel call for the whole model.
 *
 * @example
 * const optimizer = new optim.Adam(model.parameters(), { lr: 1e-3 });
 */
export class Adam extends Optimizer<Required<AdamOptions>> {
  constructor(params: Params<AdamOptions>, options: AdamOptions = {}) {
    const defaults = {
      lr: 1e-3,
      betas: [0.9, 0.999] as const,
      eps: 1e-8,
      weightDecay: 0,
      amsgrad: false,
      maximize: false,
    };
    super(params as Params<Required<AdamOptions>>, { ...defaults, ...options });
  }

  protected override check(name: string, group: Required<AdamOptions>): void {
    atLeastZero(name, "lr", group.lr);
    atLeastZero(name, "eps", group.eps);
    atLeastZero(name, "weightDecay", group.weightDecay);
    fraction(name, "betas[0]", group.betas[0]);
    fraction(name, "betas[1]", group.betas[1]);
  }

  override step(): void {
    for (const group of this.paramGroups) {
      runFused(
        group.params,
        COLUMNS,
        (x) => this.stateOf(x, group.amsgrad ? withMaximum : withoutMaximum),
        writeRow,
        (dtype, table, count) => {
          const { lr, betas, eps, weightDecay, maximize } = group;
          kernels[dtype](table, count, lr, betas[0], betas[1], eps, weightDecay, 0, maximize ? 1 : 0);
        },
      );
    }
  }
}

const withoutMaximum = (x: Tensor): ParameterState => ({
  step: 0,
  exp_avg: zerosLike(x),
  exp_avg_sq: zerosLike(x),
  max_exp_avg_sq: null,
});
const withMaximum = (x: Tensor): ParameterState => ({ ...withoutMaximum(x), max_exp_avg_sq: zerosLike(x) });

function writeRow(table: Float64Array, at: number, x: Tensor, gradient: Tensor, state: ParameterState): void {
  const maximum = state.max_exp_avg_sq as Tensor | null;
  table[at] = pointer(x);
  table[at + 1] = pointer(gradient);
  table[at + 2] = pointer(state.exp_avg as Tensor);
  table[at + 3] = pointer(state.exp_avg_sq as Tensor);
  table[at + 4] = maximum === null ? 0 : pointer(maximum);
  table[at + 5] = x.count;
  table[at + 6] = state.step;
}
