/** Adagrad. */
import { full, type Tensor } from "../ops/index.ts";
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

/** Options of {@link Adagrad}, with PyTorch's meanings and defaults. */
export interface AdagradOptions {
  /** Learning rate; 1e-2 unless said otherwise. */
  lr?: number;
  /** The rate of step t is lr / (1 + (t − 1) · lrDecay); 0. */
  lrDecay?: number;
  /** L2 penalty, added to the gradient; 0. */
  weightDecay?: number;
  /** Where the sums of squares start; 0. */
  initialAccumulatorValue?: number;
  /** Keeps the denominator from 0; 1e-10. */
  eps?: number;
  /** Climbs instead of descending; false. */
  maximize?: boolean;
}

type Group = Required<AdagradOptions>;
const kernels = family("adagrad", FLOATS);
const COLUMNS = 5;

/**
 * Adagrad (Duchi, Hazan and Singer 2011), as torch.optim.Adagrad; one kernel call for the whole model.
 *
 * @throws {ValueError} for an unknown option, a number below 0, or unless the parameters are leaves, each listed once,
 * in row-major memory; from `step` for an option that was set wrongly.
 * @throws {DTypeError} if a parameter is not of a float dtype.
 * @example
 * const optimizer = new optim.Adagrad(new nn.Linear(3, 2).parameters(), { lr: 0.05, lrDecay: 1e-3 });
 */
export class Adagrad extends Optimizer<Group> {
  protected override readonly kept: readonly string[] = ["sum"];

  constructor(params: Params<AdagradOptions>, options: AdagradOptions = {}) {
    const defaults: Group = {
      lr: 1e-2,
      lrDecay: 0,
      weightDecay: 0,
      initialAccumulatorValue: 0,
      eps: 1e-10,
      maximize: false,
    };
    super(params as Params<Group>, withDefaults(new.target.name, defaults, options));
  }

  protected override check(name: string, group: Group): void {
    for (const option of ["lr", "lrDecay", "weightDecay", "initialAccumulatorValue", "eps"] as const) {
      atLeastZero(name, option, group[option]);
    }
  }

  protected override update(group: ParamGroup<Group>): void {
    const { lr, lrDecay, weightDecay, initialAccumulatorValue, eps, maximize } = group;
    const sums = (x: Tensor): ParameterState => {
      return { step: 0, dtype: x.dtype, sum: full(x.shape, initialAccumulatorValue, { dtype: x.dtype }) };
    };
    const write = rows(["sum"], (table, at, state) => {
      table[at] = lr / (1 + (state.step - 1) * lrDecay);
    });
    runFused(
      group.params,
      COLUMNS,
      (x) => this.stateOf(x, sums),
      write,
      (dtype, table, count) => kernels[dtype](table, count, eps, weightDecay, maximize ? 1 : 0),
    );
  }
}
