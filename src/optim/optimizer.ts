/** What every optimizer does: keeps groups of parameters, clears gradients, and hands tables of pointers to a kernel. */
import { backend } from "../backend/index.ts";
import { DTypeError, ValueError } from "../errors.ts";
import { Parameter } from "../nn/parameter.ts";
import { Tensor } from "../ops/index.ts";
import { type DType, type FloatDType, isFloat } from "../tensor/dtypes.ts";
import { show } from "../tensor/sizes.ts";

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

/** The base of optimizers. `O` are the options of a group. */
export abstract class Optimizer<O extends object> {
  /** The groups; their options may be changed between steps, for example `optimizer.paramGroups[0].lr = 1e-4`. */
  readonly paramGroups: ParamGroup<O>[];
  protected readonly states: Map<Tensor, ParameterState> = new Map<Tensor, ParameterState>();

  constructor(params: Params<O>, defaults: O) {
    const name = this.constructor.name;
    if (typeof (params as Partial<Iterable<unknown>> | null)?.[Symbol.iterator] !== "function") {
      throw new ValueError(
        `${name}: takes a list of parameters or of groups, as model.parameters(); got ${kind(params)}`,
      );
    }
    const given = [...(params as Iterable<unknown>)];
    if (given.length === 0) throw new ValueError(`${name}: got no parameters; pass model.parameters()`);
    const grouped = given.every((group) => typeof (group as { params?: unknown } | null)?.params === "object");
    const groups = grouped ? (given as ({ params: Iterable<unknown> } & Partial<O>)[]) : [{ params: given }];
    const seen = new Set<Tensor>();
    this.paramGroups = groups.map((group) => {
      const list = [...group.params].map((x) => checkParameter(name, x, seen));
      return { ...withDefaults(defaults, group as Partial<O>), params: list } as ParamGroup<O>;
    });
    for (const group of this.paramGroups) this.check(name, group);
  }

  /** Throws when an option of a group is out of range. */
  protected abstract check(name: string, group: O): void;

  /** Updates every parameter that has a gradient. */
  abstract step(): void;

  /** Clears the gradients of all parameters; call it before `backward()`. */
  zeroGrad(): void {
    for (const group of this.paramGroups) {
      const params = group.params;
      for (let i = 0; i < params.length; i++) (params[i] as Tensor).grad = null;
    }
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

/** Options on top of defaults; one that is undefined counts as not given. */
export function withDefaults<O extends object>(defaults: O, options: Partial<O>): O {
  return { ...defaults, ...Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) };
}

function kind(x: unknown): string {
  return x === null || typeof x !== "object" ? String(x) : x.constructor.name;
}

function checkParameter(name: string, x: unknown, seen: Set<Tensor>): Tensor {
  if (!(x instanceof Tensor)) throw new ValueError(`${name}: parameters are tensors; got ${typeof x}`);
  if (!isFloat(x.dtype)) {
    throw new DTypeError(`${name}: parameters are float32 or float64; got ${x.dtype} ${show(x.shape)}`);
  }
  if (!x.isLeaf)
    throw new ValueError(
      `${name}: a computed tensor ${show(x.shape)} cannot be trained; pass the leaf it was computed from`,
    );
  if (seen.has(x)) throw new ValueError(`${name}: a parameter ${show(x.shape)} is listed twice`);
  seen.add(x);
  if (x instanceof Parameter) x.listed = true;
  return x;
}

/** Throws unless the value is finite and at least 0. */
export function atLeastZero(name: string, option: string, value: number): void {
  if (!Number.isFinite(value) || value < 0) {
    throw new ValueError(`${name}: ${option} is a number of at least 0; got ${value}`);
  }
}

/** Throws unless the value lies in [0, 1). */
export function fraction(name: string, option: string, value: number): void {
  if (!(value >= 0 && value < 1)) throw new ValueError(`${name}: ${option} lies in [0, 1); got ${value}`);
}

/** Writes one parameter's row of the table from `at` on. Reads pointers only, so that nothing is allocated in between. */
export type WriteRow = (table: Float64Array, at: number, x: Tensor, gradient: Tensor, state: ParameterState) => void;

/** Runs a kernel once over all parameters of a group that have gradients: one table for each dtype, in parts if it is long. */
export function runFused(
  params: readonly Tensor[],
  columns: number,
  stateOf: (x: Tensor) => ParameterState,
  write: WriteRow,
  run: (dtype: FloatDType, table: number, count: number) => void,
): void {
  for (let i = 0; i < params.length; i++) {
    const x = params[i] as Tensor;
    if (x.gradient !== null) stateOf(x).step++;
  }
  for (const dtype of ["float32", "float64"] as const) {
    let rows = 0;
    let { values } = backend.table;
    const limit = Math.floor((values.length - 64) / columns);
    for (let i = 0; i < params.length; i++) {
      const x = params[i] as Tensor;
      if (x.gradient === null || x.dtype !== dtype) continue;
      write(values, rows * columns, x, x.gradient, stateOf(x));
      x.storage.version++;
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
