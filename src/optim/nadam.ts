/** NAdam. */
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

/** Options of {@link NAdam}, with PyTorch's meanings and defaults. */
export interface NAdamOptions {
  /** Learning rate; 2e-3 unless said otherwise. */
  lr?: number;
  /** How much of the means of the gradient and of its square is kept each step; [0.9, 0.999]. */
  betas?: readonly [number, number];
  /** Keeps the denominator from 0; 1e-8. */
  eps?: number;
  /** L2 penalty, added to the gradient; 0. */
  weightDecay?: number;
  /** How fast the look-ahead grows to betas[0]; 4e-3. */
  momentumDecay?: number;
  /** Takes the weight decay off the parameters themselves; false. */
  decoupledWeightDecay?: boolean;
  /** Climbs instead of descending; false. */
  maximize?: boolean;
}

type Group = Required<NAdamOptions>;
const kernels = family("nadam", FLOATS);
const COLUMNS = 8;

/**
 * Adam with Nesterov's look-ahead (Dozat 2016), as torch.optim.NAdam; one kernel call for the whole model.
 *
 * @throws {ValueError} for an unknown option, a number below 0, `betas` outside [0, 1), or unless the parameters are
 * leaves, each listed once, in row-major memory; from `step` for an option that was set wrongly.
 * @throws {DTypeError} if a parameter is not of a float dtype.
 * @example
 * const optimizer = new optim.NAdam(new nn.Linear(3, 2).parameters(), { lr: 1e-3 });
 */
export class NAdam extends Optimizer<Group> {
  protected override readonly kept: readonly string[] = ["exp_avg", "exp_avg_sq", "mu_product"];

  constructor(params: Params<NAdamOptions>, options: NAdamOptions = {}) {
    const defaults: Group = {
      lr: 2e-3,
      betas: [0.9, 0.999],
      eps: 1e-8,
      weightDecay: 0,
      momentumDecay: 4e-3,
      decoupledWeightDecay: false,
      maximize: false,
    };
    super(params as Params<Group>, withDefaults(new.target.name, defaults, options));
  }

  protected override check(name: string, group: Group): void {
    for (const option of ["lr", "eps", "weightDecay", "momentumDecay"] as const) {
      atLeastZero(name, option, group[option]);
    }
    checkBetas(name, group.betas);
  }

  protected override update(group: ParamGroup<Group>): void {
    const { lr, betas, eps, weightDecay, momentumDecay, decoupledWeightDecay, maximize } = group;
    const momentum = (step: number): number => betas[0] * (1 - 0.5 * 0.96 ** (step * momentumDecay));
    const write = rows(["exp_avg", "exp_avg_sq"], (table, at, state) => {
      const [now, next] = [momentum(state.step), momentum(state.step + 1)];
      // PyTorch keeps the product in float32, whatever the parameter's dtype.
      const product = Math.fround((state.mu_product as number) * Math.fround(now));
      state.mu_product = product;
      table[at] = (lr * (1 - now)) / (1 - product);
      table[at + 1] = (lr * next) / (1 - product * next);
      table[at + 2] = 1 / Math.sqrt(1 - betas[1] ** state.step);
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

const zeros = (x: Tensor): ParameterState => {
  return { step: 0, dtype: x.dtype, exp_avg: zerosLike(x), exp_avg_sq: zerosLike(x), mu_product: 1 };
};
