/** Adam. */

import { type Tensor, zerosLike } from "../ops/index.ts";
import { FLOATS, family } from "../ops/kernels.ts";
import { pointer } from "../tensor/tensor.ts";
import {
  atLeastZero,
  fraction,
  Optimizer,
  type ParameterState,
  type Params,
  runFused,
  withDefaults,
} from "./optimizer.ts";

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
    const defaults: Required<AdamOptions> = {
      lr: 1e-3,
      betas: [0.9, 0.999],
      eps: 1e-8,
      weightDecay: 0,
      amsgrad: false,
      maximize: false,
    };
    super(params as Params<Required<AdamOptions>>, withDefaults(defaults, options));
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
        (x) => {
          const state = this.stateOf(x, zeros);
          if (group.amsgrad) state.max_exp_avg_sq ??= zerosLike(x);
          return state;
        },
        group.amsgrad ? writeRowWithMaximum : writeRow,
        (dtype, table, count) => {
          const { lr, betas, eps, weightDecay, maximize } = group;
          kernels[dtype](table, count, lr, betas[0], betas[1], eps, weightDecay, 0, maximize ? 1 : 0);
        },
      );
    }
  }
}

const zeros = (x: Tensor): ParameterState => ({
  step: 0,
  dtype: x.dtype,
  exp_avg: zerosLike(x),
  exp_avg_sq: zerosLike(x),
  max_exp_avg_sq: null,
});

function writeRow(table: Float64Array, at: number, x: Tensor, gradient: Tensor, state: ParameterState): void {
  table[at] = pointer(x);
  table[at + 1] = pointer(gradient);
  table[at + 2] = pointer(state.exp_avg as Tensor);
  table[at + 3] = pointer(state.exp_avg_sq as Tensor);
  table[at + 4] = 0;
  table[at + 5] = x.count;
  table[at + 6] = state.step;
}

function writeRowWithMaximum(
  table: Float64Array,
  at: number,
  x: Tensor,
  gradient: Tensor,
  state: ParameterState,
): void {
  writeRow(table, at, x, gradient, state);
  table[at + 4] = pointer(state.max_exp_avg_sq as Tensor);
}
