/** L-BFGS. */
import { enableGrad, noGrad } from "../autograd/mode.ts";
import { StateDictError, ValueError } from "../errors.ts";
import { checkCount } from "../nn/fan.ts";
import { cat, Tensor, zeros } from "../ops/index.ts";
import { type Point, strongWolfe } from "./line-search.ts";
import { atLeastZero, Optimizer, type ParamGroup, type Params, withDefaults } from "./optimizer.ts";
import type { OptimizerState } from "./state.ts";

/** Options of {@link LBFGS}, with PyTorch's meanings and defaults. */
export interface LBFGSOptions {
  /** Length of a step along the direction, or where the line search begins; 1 unless said otherwise. */
  lr?: number;
  /** Most iterations of one step; 20. */
  maxIter?: number;
  /** Most evaluations of the closure in one step; maxIter · 1.25, rounded down. */
  maxEval?: number | null;
  /** Ends a step when no element of the gradient is larger; 1e-7. */
  toleranceGrad?: number;
  /** Ends a step when the loss, or every parameter, changes by less; 1e-9. */
  toleranceChange?: number;
  /** How many changes are remembered; 100. */
  historySize?: number;
  /** "strong_wolfe", or null for steps of length lr; null. */
  lineSearchFn?: "strong_wolfe" | null;
  /** Climbs instead of descending; false. */
  maximize?: boolean;
}

type Group = Required<LBFGSOptions>;

/** What is kept from step to step; all tensors are flat, of the number of all parameters' elements. */
interface Memory {
  evaluations: number;
  iterations: number;
  direction: Tensor | null;
  t: number;
  /** Changes of the gradient, of the parameters, and 1 over their product. */
  changes: Tensor[];
  moves: Tensor[];
  ro: number[];
  scale: number;
  gradient: Tensor | null;
  loss: number;
}

const FRESH: Memory = {
  evaluations: 0,
  iterations: 0,
  direction: null,
  t: 0,
  changes: [],
  moves: [],
  ro: [],
  scale: 1,
  gradient: null,
  loss: 0,
};

/**
 * Limited-memory BFGS, as torch.optim.LBFGS: each step evaluates the closure several times, and takes one group of
 * parameters of one dtype.
 *
 * @throws {ValueError} for an unknown option, a number below 0, a count below 1, another `lineSearchFn`, several groups
 * or dtypes, or unless the parameters are leaves, each listed once, in row-major memory; from `step` without a closure.
 * @throws {DTypeError} if a parameter is not of a float dtype.
 * @example
 * const x = new nn.Parameter(tensor([3, -2]));
 * const optimizer = new optim.LBFGS([x], { lineSearchFn: "strong_wolfe" });
 * const loss = optimizer.step(() => {
 *   optimizer.zeroGrad();
 *   const y = x.square().sum();
 *   y.backward();
 *   return y;
 * });
 * loss.item(); // 13
 */
export class LBFGS extends Optimizer<Group> {
  private memory: Memory = structuredClone(FRESH);
  private closure: (() => unknown) | null = null;
  private firstLoss: unknown;

  constructor(params: Params<LBFGSOptions>, options: LBFGSOptions = {}) {
    const defaults: Group = {
      lr: 1,
      maxIter: 20,
      maxEval: null,
      toleranceGrad: 1e-7,
      toleranceChange: 1e-9,
      historySize: 100,
      lineSearchFn: null,
      maximize: false,
    };
    const whole = withDefaults(new.target.name, defaults, options);
    super(params as Params<Group>, { ...whole, maxEval: whole.maxEval ?? Math.floor((whole.maxIter * 5) / 4) });
    if (this.paramGroups.length > 1) severalGroups(this.paramGroups.length);
    if (new Set(this.group.params.map((x) => x.dtype)).size > 1) {
      throw new ValueError("LBFGS: parameters have one dtype; got float32 and float64");
    }
  }

  private get group(): ParamGroup<Group> {
    return this.paramGroups[0] as ParamGroup<Group>;
  }

  protected override check(name: string, group: Group): void {
    for (const option of ["lr", "toleranceGrad", "toleranceChange"] as const) atLeastZero(name, option, group[option]);
    for (const option of ["maxIter", "maxEval", "historySize"] as const) {
      checkCount(name, option, group[option]);
    }
    if (group.lineSearchFn !== null && group.lineSearchFn !== "strong_wolfe") {
      throw new ValueError(`${name}: only "strong_wolfe" is supported; got lineSearchFn ${String(group.lineSearchFn)}`);
    }
  }

  /**
   * There is one group.
   *
   * @throws {ValueError} for any group.
   */
  override addParamGroup(): void {
    severalGroups(2);
  }

  /** Evaluates the closure, which clears the gradients, computes the loss and calls its `backward()`, until the loss is least. */
  override step(): never;
  override step<L>(closure: () => L): L;
  override step<L>(closure?: () => L): L {
    if (typeof closure !== "function") {
      throw new ValueError(`LBFGS: step(closure) takes a function that computes the loss; got ${typeof closure}`);
    }
    this.closure = closure;
    try {
      noGrad(() => super.step());
      return this.firstLoss as L;
    } finally {
      this.closure = null;
      this.firstLoss = undefined;
    }
  }

  protected override update(group: ParamGroup<Group>): void {
    const { maxIter, toleranceGrad, toleranceChange, lineSearchFn } = group;
    const maxEval = group.maxEval as number;
    const { memory } = this;
    let { loss, gradient } = this.evaluate(true);
    memory.evaluations++;
    if (gradient.count === 0 || largest(gradient) <= toleranceGrad) return;
    let evaluations = 1;
    for (let iteration = 1; iteration <= maxIter; iteration++) {
      memory.iterations++;
      const direction = this.nextDirection(gradient);
      const before = loss;
      memory.direction = direction;
      memory.gradient = gradient;
      memory.loss = loss;
      memory.t = memory.iterations === 1 ? Math.min(1, 1 / Number(gradient.abs().sum().item())) * group.lr : group.lr;
      const slope = dot(gradient, direction);
      if (slope > -toleranceChange) break;
      let used = 0;
      if (lineSearchFn === "strong_wolfe") {
        const start: Point = { t: 0, loss, gradient, slope };
        const found = this.search(start, direction, maxEval - evaluations);
        ({ loss, gradient } = found.point);
        memory.t = found.point.t;
        used = found.evaluations;
        this.move(memory.t, direction);
      } else {
        this.move(memory.t, direction);
        if (iteration === maxIter) break;
        ({ loss, gradient } = this.evaluate(false));
        used = 1;
      }
      evaluations += used;
      memory.evaluations += used;
      if (evaluations >= maxEval || largest(gradient) <= toleranceGrad) break;
      if (largest(direction.mul(memory.t)) <= toleranceChange || Math.abs(loss - before) < toleranceChange) break;
    }
  }

  /** Minus the gradient times the inverse Hessian that the remembered changes suggest (two-loop recursion). */
  private nextDirection(gradient: Tensor): Tensor {
    const { memory } = this;
    const { changes, moves, ro } = memory;
    if (memory.iterations === 1 || memory.gradient === null || memory.direction === null) return gradient.neg();
    const change = gradient.sub(memory.gradient);
    const move = memory.direction.mul(memory.t);
    const product = dot(change, move);
    if (product > 1e-10) {
      if (changes.length === this.group.historySize) for (const list of [changes, moves, ro]) list.shift();
      changes.push(change);
      moves.push(move);
      ro.push(1 / product);
      memory.scale = product / dot(change, change);
    }
    let direction: Tensor = gradient.neg();
    const shares: number[] = [];
    for (let i = changes.length - 1; i >= 0; i--) {
      shares[i] = dot(moves[i] as Tensor, direction) * (ro[i] as number);
      direction = direction.sub((changes[i] as Tensor).mul(shares[i] as number));
    }
    direction = direction.mul(memory.scale);
    for (let i = 0; i < changes.length; i++) {
      const share = (shares[i] as number) - dot(changes[i] as Tensor, direction) * (ro[i] as number);
      direction = direction.add((moves[i] as Tensor).mul(share));
    }
    return direction;
  }

  private search(start: Point, direction: Tensor, most: number): ReturnType<typeof strongWolfe> {
    const { params } = this.group;
    const values = params.map((x) => x.clone());
    const evaluate = (t: number): Point => {
      this.move(t, direction);
      const { loss, gradient } = this.evaluate(false);
      for (const [i, x] of params.entries()) x.copy_(values[i] as Tensor);
      return { t, loss, gradient, slope: dot(gradient, direction) };
    };
    const length = largest(direction);
    return strongWolfe({ start, t: this.memory.t, evaluate, length, toleranceChange: SEARCH_TOLERANCE, most });
  }

  private evaluate(first: boolean): { loss: number; gradient: Tensor } {
    const { params, maximize } = this.group;
    const found = enableGrad(this.closure as () => unknown);
    if (first) this.firstLoss = found;
    const loss = found instanceof Tensor ? Number(found.item()) : found;
    if (typeof loss !== "number") throw new ValueError(`LBFGS: the closure returns the loss; got ${typeof found}`);
    const flat = params.map((x) => (x.grad ?? zeros(x.shape, { dtype: x.dtype })).reshape(-1));
    const gradient: Tensor = cat(flat);
    return maximize ? { loss: -loss, gradient: gradient.neg() } : { loss, gradient };
  }

  private move(t: number, direction: Tensor): void {
    let at = 0;
    for (const x of this.group.params) {
      x.add_(
        direction
          .narrow(0, at, x.count)
          .reshape(...x.shape)
          .mul(t),
      );
      at += x.count;
    }
  }

  override stateDict(): OptimizerState {
    const { paramGroups } = super.stateDict();
    if (this.memory.evaluations === 0) return { state: {}, paramGroups };
    const entries = Object.entries(NAMES).map(([name, key]) => [name, listed(this.memory[key])]);
    return { state: { 0: Object.fromEntries(entries) }, paramGroups };
  }

  override loadStateDict(state: OptimizerState): void {
    const kept = state?.state?.[0];
    const memory: Memory = { ...structuredClone(FRESH) };
    const elements = this.group.params.reduce((sum, x) => sum + x.count, 0);
    const copy = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(copy);
      if (!(value instanceof Tensor)) return value;
      if (value.count === elements)
        return value
          .detach()
          .to(this.group.params[0]?.dtype ?? value.dtype)
          .clone();
      throw new StateDictError(
        `LBFGS.loadStateDict: tensors have the ${elements} elements of all parameters; got ${value.count}; nothing was loaded`,
      );
    };
    for (const [name, key] of kept === undefined ? [] : Object.entries(NAMES)) {
      const value = (kept as Record<string, unknown>)[name];
      if (value === undefined) throw new StateDictError(`LBFGS.loadStateDict: ${name} is missing; nothing was loaded`);
      Object.assign(memory, { [key]: copy(value) });
    }
    super.loadStateDict({ ...state, state: {} });
    this.memory = memory;
  }
}

/** PyTorch's names of what is remembered. */
const NAMES: Readonly<Record<string, keyof Memory>> = {
  func_evals: "evaluations",
  n_iter: "iterations",
  d: "direction",
  t: "t",
  old_dirs: "changes",
  old_stps: "moves",
  ro: "ro",
  H_diag: "scale",
  prev_flat_grad: "gradient",
  prev_loss: "loss",
};

/** The line search ends at this length, whatever toleranceChange is, as in PyTorch. */
const SEARCH_TOLERANCE = 1e-9;

function severalGroups(count: number): never {
  throw new ValueError(`LBFGS: doesn't support per-parameter options (parameter groups); got ${count} groups`);
}

/** A list as it is now. */
const listed = (value: unknown): unknown => (Array.isArray(value) ? [...value] : value);
const dot = (a: Tensor, b: Tensor): number => Number(a.dot(b).item());
const largest = (x: Tensor): number => Number(x.abs().max().item());
