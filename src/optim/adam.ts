/** Adam and AdamW. */
import { type Tensor, zerosLike } from "../ops/index.ts";
import { FLOATS, family } from "../ops/kernels.ts";
import { pointer } from "../tensor/tensor.ts";
import {
  atLeastZero,
  checkBetas,
  Optimizer,
  type ParameterState,
  type ParamGroup,
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
  /** L2 penalty, added to the gradient; 0. */
  weightDecay?: number;
  /** Uses the largest mean square so far; false. */
  amsgrad?: boolean;
  /** Climbs instead of descending; false. */
  maximize?: boolean;
  /** Takes the weight decay off the parameters themselves, as {@link AdamW} does; false. */
  decoupledWeightDecay?: boolean;
}

/** Options of {@link AdamW}: those of Adam, with a weight decay of 0.01 unless said otherwise. */
export type AdamWOptions = Omit<AdamOptions, "decoupledWeightDecay">;

const kernels = family("adam", FLOATS);
const COLUMNS = 7;
const DEFAULTS: Required<AdamOptions> = {
  lr: 1e-3,
  betas: [0.9, 0.999],
  eps: 1e-8,
  weightDecay: 0,
  amsgrad: false,
  maximize: false,
  decoupledWeightDecay: false,
};

/**
 * Adam (Kingma and Ba 2015), as torch.optim.Adam; one kernel call for the whole model.
 *
 * @throws {ValueError} for an unknown option, a number below 0, `betas` outside [0, 1), or unless the parameters are
 * leaves, each listed once, in row-major memory; from `step` for an option that was set wrongly.
 * @throws {DTypeError} if a parameter is not of a float dtype.
 * @example
 * const optimizer = new optim.Adam(new nn.Linear(3, 2).parameters(), { lr: 1e-3 });
 */
export class Adam extends Optimizer<Required<AdamOptions>> {
  protected override readonly kept: readonly string[] = ["exp_avg", "exp_avg_sq"];

  constructor(params: Params<AdamOptions>, options: AdamOptions = {}) {
    super(params as Params<Required<AdamOptions>>, withDefaults(new.target.name, DEFAULTS, options));
  }

  protected override check(name: string, group: Required<AdamOptions>): void {
    atLeastZero(name, "lr", group.lr);
    atLeastZero(name, "eps", group.eps);
    atLeastZero(name, "weightDecay", group.weightDecay);
    checkBetas(name, group.betas);
  }

  protected override update(group: ParamGroup<Required<AdamOptions>>): void {
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
        const { lr, betas, eps, weightDecay, maximize, decoupledWeightDecay } = group;
        const decoupled = decoupledWeightDecay ? 1 : 0;
        kernels[dtype](table, count, lr, betas[0], betas[1], eps, weightDecay, decoupled, maximize ? 1 : 0);
      },
    );
  }
}

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter 2019), as torch.optim.AdamW; one kernel call for the whole
 * model.
 *
 * @throws {ValueError} for an unknown option, a number below 0, `betas` outside [0, 1), or unless the parameters are
 * leaves, each listed once, in row-major memory; from `step` for an option that was set wrongly.
 * @throws {DTypeError} if a parameter is not of a float dtype.
 * @example
 * const optimizer = new optim.AdamW(new nn.Linear(3, 2).parameters(), { lr: 1e-3, weightDecay: 0.05 });
 */
export class AdamW extends Adam {
  constructor(params: Params<AdamWOptions>, options: AdamWOptions = {}) {
    super(
      params,
      withDefaults(new.target.name, { ...DEFAULTS, weightDecay: 1e-2, decoupledWeightDecay: true }, options),
    );
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
