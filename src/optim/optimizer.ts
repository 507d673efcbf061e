/** What every optimizer does: keeps groups of parameters, clears gradients, and hands tables of pointers to a kernel. */
import { enableGrad } from "../autograd/mode.ts";
import { backend, type Storage } from "../backend/index.ts";
import { DTypeError, ValueError } from "../errors.ts";
import { Parameter } from "../nn/parameter.ts";
import { Tensor } from "../ops/index.ts";
import { checkOptions, listed, shown } from "../options.ts";
import { printedByToString } from "../printed.ts";
import { type DType, type FloatDType, isFloat } from "../tensor/dtypes.ts";
import { show } from "../tensor/sizes.ts";
import { changes, pointer } from "../tensor/tensor.ts";
import { warnOnce } from "../warnings.ts";
import { dictOf, type OptimizerState, readDict } from "./state.ts";

/** Parameters that are trained with the same options. */
export type ParamGroup<O> = { params: Tensor[] } & O;
/** What an optimizer is made from: parameters, or groups of parameters with options of their own. */
export type Params<O> = Iterable<Tensor> | readonly ({ params: Iterable<Tensor> } & Partial<O>)[];

/** What is kept for one parameter from step to step. */
export interface ParameterState {
  step: number;
  /** The dtype of the parameter and of the tensors here. */
  dtype: DType;
  /** Tensors of the parameter's shape, by PyTorch's names. */
  [name: string]: Tensor | number | string | null;
}

/**
 * The base of optimizers. `O` are the options of a group. Parameters are float32 or float64, of any shapes.
 *
 * @throws {ValueError} if there are no parameters, one is no tensor, no leaf, not in row-major memory or listed twice,
 * or an option is unknown or out of range.
 * @throws {DTypeError} if a parameter is not of a float dtype.
 * @example
 * for (const group of optimizer.paramGroups) group.lr = 1e-4;
 * optimizer instanceof optim.Optimizer; // true
 */
export abstract class Optimizer<O extends object> {
  /** The groups; their options may be changed between steps, for example `optimizer.paramGroups[0].lr = 1e-4`. */
  readonly paramGroups: ParamGroup<O>[] = [];
  /** The options of groups that do not say otherwise. */
  readonly defaults: Readonly<O>;
  /** @internal Whether `step()` ran, for schedules that have to come after it. */
  stepped = false;
  /** What the state of a parameter cannot go without: a dict that lacks it is another optimizer's. */
  protected readonly kept: readonly string[] = [];
  protected readonly states: Map<Tensor, ParameterState> = new Map<Tensor, ParameterState>();

  constructor(params: Params<O>, defaults: O) {
    const name = this.constructor.name;
    if (typeof (params as Partial<Iterable<unknown>> | null)?.[Symbol.iterator] !== "function") {
      throw new ValueError(
        `${name}: takes a list of parameters or of groups, as model.parameters(); got ${kind(params)}`,
      );
    }
    this.defaults = defaults;
    const entries = [...(params as Iterable<unknown>)];
    if (entries.length === 0) throw new ValueError(`${name}: got no parameters; pass model.parameters()`);
    const grouped = entries.every((group) => typeof (group as { params?: unknown } | null)?.params === "object");
    const groups = grouped ? (entries as ({ params: Iterable<Tensor> } & Partial<O>)[]) : [{ params: entries }];
    for (const group of groups) this.addGroup(name, group as { params: Iterable<Tensor> } & Partial<O>);
  }

  /** Throws when an option of a group is out of range. */
  protected abstract check(name: string, group: O): void;

  /** Updates the parameters of a group that have gradients. */
  protected abstract update(group: ParamGroup<O>): void;

  /**
   * Updates every parameter that has a gradient. With a closure, which clears the gradients, computes the loss, calls
   * its `backward()` and returns it, that runs first, and the loss comes back.
   *
   * @throws {ValueError} if an option of a group was set to a value it cannot have.
   */
  step(): void;
  step<L>(closure: () => L): L;
  step<L>(closure?: () => L): L | undefined {
    const loss = closure === undefined ? undefined : enableGrad(closure);
    const groups = this.paramGroups;
    for (let i = 0; i < groups.length; i++) this.check(this.constructor.name, groups[i] as ParamGroup<O>);
    for (let i = 0; i < groups.length; i++) this.update(groups[i] as ParamGroup<O>);
    this.stepped = true;
    return loss;
  }

  /** Clears the gradients of all parameters; call it before `backward()`. */
  zeroGrad(): void {
    for (const group of this.paramGroups) {
      const params = group.params;
      for (let i = 0; i < params.length; i++) (params[i] as Tensor).grad = null;
    }
  }

  /**
   * The options of each group, as PyTorch prints them.
   *
   * @example
   * new optim.SGD([new nn.Parameter(zeros(2))], { lr: 0.1 }).toString().split("\n").slice(0, 2);
   * // ["SGD (", "Parameter Group 0"]
   */
  toString(): string {
    const text = (group: ParamGroup<O>, i: number): string => {
      const options = Object.entries(group).filter(([name]) => name !== "params");
      const lines = options
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, value]) => `    ${name}: ${JSON.stringify(value)}\n`);
      return `Parameter Group ${i}\n${lines.join("")}`;
    };
    return `${this.constructor.name} (\n${this.paramGroups.map(text).join("\n")})`;
  }

  /**
   * Adds a group of parameters, as for layers that are trained from now on. Options that are left out are the
   * optimizer's.
   *
   * @throws {ValueError} if the group has no `params`, one of them is no leaf or in a group already, or an option is
   * unknown or out of range; nothing is then added.
   * @throws {DTypeError} if a parameter is not of a float dtype.
   * @example
   * const [body, head] = [new nn.Linear(4, 3), new nn.Linear(3, 2)];
   * const optimizer = new optim.SGD(head.parameters(), { lr: 0.1 });
   * optimizer.addParamGroup({ params: body.parameters(), lr: 0.01 });
   * optimizer.paramGroups.map((group) => group.lr); // [0.1, 0.01]
   */
  addParamGroup(group: { params: Iterable<Tensor> } & Partial<O>): void {
    this.addGroup(`${this.constructor.name}.addParamGroup`, group);
  }

  private addGroup(name: string, group: { params: Iterable<Tensor> } & Partial<O>): void {
    if (typeof (group as Partial<typeof group> | null)?.params !== "object") {
      throw new ValueError(`${name}: a group is an object with params; got ${kind(group)}`);
    }
    const seen = new Set(this.paramGroups.flatMap((other) => other.params));
    const own = group.params instanceof Tensor ? [group.params] : listed(name, "params", group.params);
    const params = own.map((x) => checkParameter(name, x, seen));
    checkOptions(name, group, [...Object.keys(this.defaults), ...BESIDE_OPTIONS]);
    const whole = { ...this.defaults, ...given(group), params } as ParamGroup<O>;
    this.check(name, whole);
    for (const x of params) if (x instanceof Parameter) x.listed = true;
    this.paramGroups.push(whole);
  }

  /**
   * What is needed to go on exactly: what is kept of each parameter, by its number, and the groups with their options.
   * As in PyTorch the tensors are the optimizer's own, and change with its next step; `saveCheckpoint` writes them to a file.
   *
   * @example
   * const x = new nn.Parameter(ones(2));
   * const optimizer = new optim.SGD([x], { lr: 0.1, momentum: 0.9 });
   * x.sum().backward();
   * optimizer.step();
   * optimizer.stateDict().state[0].momentum_buffer.toArray(); // [1, 1]
   */
  stateDict(): OptimizerState {
    return dictOf(this.paramGroups, this.states);
  }

  /**
   * Takes over copies of what `stateDict()` gave, options of the groups included. Parameters are matched by their
   * order.
   *
   * @throws {ValueError} if an option in it is out of range.
   * @throws {StateDictError} if groups, numbers of parameters or shapes differ, or the state is another optimizer's; nothing
   * is then changed.
   * @example
   * const x = new nn.Parameter(ones(2));
   * const optimizer = new optim.SGD([x], { lr: 0.1 });
   * optimizer.loadStateDict(new optim.SGD([x], { lr: 0.5 }).stateDict());
   * optimizer.paramGroups[0].lr; // 0.5
   */
  loadStateDict(state: OptimizerState): void {
    const name = this.constructor.name;
    const loaded = readDict(name, state, this.paramGroups, this.kept);
    for (const [i, group] of loaded.groups.entries()) {
      this.check(`${name}.loadStateDict`, { ...(this.paramGroups[i] as ParamGroup<O>), ...group });
    }
    this.states.clear();
    for (const [x, kept] of loaded.states) this.states.set(x, this.restored(kept));
    for (const [i, group] of loaded.groups.entries()) Object.assign(this.paramGroups[i] as object, group);
  }

  /** State as it was loaded, completed by what dicts do not carry. */
  protected restored(state: ParameterState): ParameterState {
    return state;
  }

  /** The state of a parameter, made by `create` the first time. */
  protected stateOf(x: Tensor, create: (x: Tensor) => ParameterState): ParameterState {
    let state = this.states.get(x);
    if (state === undefined) {
      state = create(x);
      this.states.set(x, state);
    }
    if (state.dtype !== x.dtype) convert(state, x.dtype);
    return state;
  }
}

/** Follows a parameter to another dtype. */
function convert(state: ParameterState, dtype: DType): void {
  for (const [name, value] of Object.entries(state)) if (value instanceof Tensor) state[name] = value.to(dtype);
  state.dtype = dtype;
}

/** Options on top of defaults; one that is undefined counts as not given, and one without a default is an error. */
export function withDefaults<O extends object>(name: string, defaults: O, options: Partial<O>): O {
  checkOptions(name, options, Object.keys(defaults));
  return { ...defaults, ...given(options) };
}

/** The options that are not undefined. */
function given<O extends object>(options: O): O {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as O;
}

/** What a group may hold beside options: what schedules keep in it, and a name for its user. */
const BESIDE_OPTIONS = ["params", "name", "initialLr", "maxLr", "minLr", "baseMomentum", "maxMomentum"];

/** What something is, for messages: the name of its class, or the value. */
export function kind(x: unknown): string {
  return x === null || typeof x !== "object" ? String(x) : x.constructor.name;
}

function checkParameter(name: string, x: unknown, seen: Set<Tensor>): Tensor {
  if (!(x instanceof Tensor)) throw new ValueError(`${name}: parameters are tensors; got ${typeof x}`);
  if (!isFloat(x.dtype)) {
    throw new DTypeError(`${name}: parameters are float32 or float64; got ${x.dtype} ${show(x.shape)}`);
  }
  if (!x.isLeaf) {
    throw new ValueError(
      `${name}: a computed tensor ${show(x.shape)} cannot be trained; pass the leaf it was computed from`,
    );
  }
  if (x.strides !== null) {
    throw new ValueError(`${name}: a parameter lies row by row in memory; got a view ${show(x.shape)} with strides`);
  }
  if (seen.has(x)) {
    throw new ValueError(
      `${name}: a parameter ${show(x.shape)} is listed twice, or in more than one parameter group; list it once`,
    );
  }
  seen.add(x);
  return x;
}

/** Throws unless the value is finite and at least 0. */
export function atLeastZero(name: string, option: string, value: number): void {
  if (!Number.isFinite(value) || value < 0) {
    throw new ValueError(`${name}: ${option} is a number of at least 0; got ${shown(value)}`);
  }
}

/** Throws unless the value lies in [0, 1). */
export function fraction(name: string, option: string, value: number): void {
  if (typeof value !== "number" || !(value >= 0 && value < 1)) {
    throw new ValueError(`${name}: ${option} lies in [0, 1); got ${String(value)}`);
  }
}

/** Throws unless both values lie in [0, 1). */
export function checkBetas(name: string, betas: readonly [number, number]): void {
  if (!Array.isArray(betas) || betas.length !== 2) {
    throw new ValueError(`${name}: betas are two numbers, as [0.9, 0.999]; got ${String(betas)}`);
  }
  fraction(name, "betas[0]", betas[0]);
  fraction(name, "betas[1]", betas[1]);
}

/** Writes one parameter's row of the table from `at` on. Reads pointers only, so that nothing is allocated in between. */
export type WriteRow = (table: Float64Array, at: number, x: Tensor, gradient: Tensor, state: ParameterState) => void;

/**
 * Rows of: parameter, gradient, the state's tensors by name (0 where the name is null), number of elements, and the numbers
 * that `more` writes for the parameter's step.
 */
export function rows(
  names: readonly (string | null)[],
  more: (table: Float64Array, at: number, state: ParameterState) => void = () => undefined,
): WriteRow {
  return (table, at, x, gradient, state) => {
    table[at++] = pointer(x);
    table[at++] = pointer(gradient);
    for (const name of names) table[at++] = name === null ? 0 : pointer(state[name] as Tensor);
    table[at++] = x.count;
    more(table, at, state);
  };
}

/** Notes that a step uses a gradient; warns when it is the one of the last step, with another added to it. */
function noteUse(gradient: Storage): void {
  if (gradient.used === "and added to") {
    warnOnce("step: backward() added to gradients that a step had already used; call zeroGrad() before backward()");
  }
  gradient.used = "yes";
}

function counted(state: ParameterState): ParameterState {
  state.step++;
  return state;
}

/** Runs a kernel once over all parameters of a group that have gradients: one table for each dtype, in parts if it is long. */
export function runFused(
  params: readonly Tensor[],
  columns: number,
  stateOf: (x: Tensor) => ParameterState,
  write: WriteRow,
  run: (dtype: FloatDType, table: number, count: number) => void,
): void {
  const states = new Array<ParameterState | null>(params.length);
  for (let i = 0; i < params.length; i++) {
    const x = params[i] as Tensor;
    states[i] = x.gradient === null ? null : counted(stateOf(x));
  }
  for (const dtype of ["float32", "float64"] as const) {
    let rows = 0;
    let { values } = backend.table;
    const limit = Math.floor((values.length - 64) / columns);
    for (let i = 0; i < params.length; i++) {
      const x = params[i] as Tensor;
      if (x.gradient === null || x.dtype !== dtype) continue;
      changes(x);
      write(values, rows * columns, x, x.gradient, states[i] as ParameterState);
      noteUse(x.gradient.storage);
      rows++;
      if (rows === limit) {
        run(dtype, backend.table.address, rows);
        rows = 0;
        values = backend.table.values;
      }
    }
    if (rows > 0) run(dtype, backend.table.address, rows);
  }
}

printedByToString(Optimizer.prototype);
