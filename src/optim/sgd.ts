/** Stochastic gradient descent. */
import { ValueError } from "../errors.ts";
import { type Tensor, zerosLike } from "../ops/index.ts";
import { FLOATS, family } from "../ops/kernels.ts";
import { pointer } from "../tensor/tensor.ts";
import {
  atLeastZero,
  Optimizer,
  type ParameterState,
  type ParamGroup,
  type Params,
  runFused,
  withDefaults,
} from "./optimizer.ts";

/** Options of {@link SGD}, with PyTorch's meanings and defaults. */
export interface SGDOptions {
  /** Learning rate; 1e-3 unless said otherwise. */
  lr?: number;
  /** The share of the last step in the next one; 0 unless said otherwise. */
  momentum?: number;
  /** What of a gradient is left out of the momentum; 0 unless said otherwise. */
  dampening?: number;
  /** L2 penalty, added to the gradient. */
  weightDecay?: number;
  /** Whether to look ahead as Nesterov's momentum does; false unless said otherwise. */
  nesterov?: boolean;
  /** Climbs instead of descending. */
  maximize?: boolean;
}

const kernels = family("sgd", FLOATS);
const COLUMNS = 5;

/**
 * Stochastic gradient descent with momentum, as torch.optim.SGD; one kernel call for the whole model.
 *
 * @throws {ValueError} for an unknown option, a number below 0, Nesterov's way without momentum, or unless the
 * parameters are leaves, each listed once, in row-major memory; from `step` for an option that was set wrongly.
 * @throws {DTypeError} if a parameter is not of a float dtype.
 * @example
 * const optimizer = new optim.SGD(new nn.Linear(3, 2).parameters(), { lr: 0.01, momentum: 0.9 });
 */
export class SGD extends Optimizer<Required<SGDOptions>> {
  constructor(params: Params<SGDOptions>, options: SGDOptions = {}) {
    const defaults = { lr: 1e-3, momentum: 0, dampening: 0, weightDecay: 0, nesterov: false, maximize: false };
    super(params as Params<Required<SGDOptions>>, withDefaults(new.target.name, defaults, options));
  }

  protected override check(name: string, group: Required<SGDOptions>): void {
    atLeastZero(name, "lr", group.lr);
    atLeastZero(name, "momentum", group.momentum);
    atLeastZero(name, "weightDecay", group.weightDecay);
    if (!Number.isFinite(group.dampening)) {
      throw new ValueError(`${name}: dampening is a number; got ${group.dampening}`);
    }
    if (group.nesterov && (group.momentum <= 0 || group.dampening !== 0)) {
      throw new ValueError(
        `${name}: nesterov needs a momentum above 0 and no dampening; got ${group.momentum} and ${group.dampening}`,
      );
    }
  }

  protected override update(group: ParamGroup<Required<SGDOptions>>): void {
    const buffered = group.momentum !== 0;
    runFused(
      group.params,
      COLUMNS,
      (x) => {
        const state = this.stateOf(x, withoutBuffer);
        if (buffered && state.momentum_buffer === null) addBuffer(state, x);
        return state;
      },
      buffered ? writeRowWithBuffer : writeRow,
      (dtype, table, count) => {
        const { lr, momentum, dampening, weightDecay, nesterov, maximize } = group;
        kernels[dtype](table, count, lr, momentum, dampening, weightDecay, nesterov ? 1 : 0, maximize ? 1 : 0);
      },
    );
  }

  /** As PyTorch's, dicts have the buffer alone: it had its first step, or will have it. */
  protected override restored(state: ParameterState): ParameterState {
    return { ...state, momentum_buffer: state.momentum_buffer ?? null, step: Math.max(state.step, 1) };
  }
}

const withoutBuffer = (x: Tensor): ParameterState => ({ step: 0, dtype: x.dtype, momentum_buffer: null });

/** The coming step is the buffer's first, in which it becomes the gradient. */
function addBuffer(state: ParameterState, x: Tensor): void {
  state.momentum_buffer = zerosLike(x);
  state.step = 0;
}

function writeRow(table: Float64Array, at: number, x: Tensor, gradient: Tensor, state: ParameterState): void {
  table[at] = pointer(x);
  table[at + 1] = pointer(gradient);
  table[at + 2] = 0;
  table[at + 3] = x.count;
  table[at + 4] = state.step;
}

function writeRowWithBuffer(table: Float64Array, at: number, x: Tensor, gradient: Tensor, state: ParameterState): void {
  writeRow(table, at, x, gradient, state);
  table[at + 2] = pointer(state.momentum_buffer as Tensor);
}
