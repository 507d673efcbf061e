/** State dicts of optimizers, in PyTorch's layout. */
import { StateDictError } from "../errors.ts";
import { Tensor } from "../ops/index.ts";
import { sameShape, show } from "../tensor/sizes.ts";
import type { ParameterState } from "./optimizer.ts";

/** What an optimizer gives by `stateDict()`: `state` by the number of the parameter, and the groups with these numbers. */
export interface OptimizerState {
  state: Record<number, Record<string, Tensor | number | null | Tensor[] | number[]>>;
  paramGroups: ({ params: number[] } & Record<string, unknown>)[];
}

type Group = { params: Tensor[] };

export function dictOf(groups: readonly Group[], states: ReadonlyMap<Tensor, ParameterState>): OptimizerState {
  const numbers = new Map(groups.flatMap((group) => group.params).map((x, i) => [x, i]));
  const state: OptimizerState["state"] = {};
  for (const [x, i] of numbers) {
    const kept = states.get(x);
    if (kept === undefined) continue;
    const { dtype, ...entries } = kept;
    state[i] = entries as Record<string, Tensor | number | null>;
  }
  const paramGroups = groups.map((group) => ({
    ...structuredClone({ ...group, params: null }),
    params: group.params.map((x) => numbers.get(x) as number),
  }));
  return { state, paramGroups };
}

/** What a dict holds for these groups: copies of the state by parameter, and the options of the groups. */
export function readDict(
  name: string,
  given: OptimizerState,
  groups: readonly Group[],
  needed: readonly string[],
): { states: Map<Tensor, ParameterState>; groups: object[] } {
  const fail = (rule: string): never => {
    throw new StateDictError(`${name}.loadStateDict: ${rule}; nothing was loaded`);
  };
  if (typeof given?.state !== "object" || given.state === null || !Array.isArray(given.paramGroups)) {
    fail("takes what stateDict() gives: an object of state and paramGroups");
  }
  const saved = given.paramGroups;
  if (saved.length !== groups.length) {
    fail(`loaded state dict has a different number of parameter groups; got ${saved.length} for ${groups.length}`);
  }
  const byNumber = new Map<number, Tensor>();
  for (const [i, { params }] of groups.entries()) {
    const numbers = saved[i]?.params;
    if (!Array.isArray(numbers) || numbers.length !== params.length) {
      fail(
        `loaded state dict contains a parameter group that doesn't match the size of optimizer's group; ` +
          `got ${Array.isArray(numbers) ? numbers.length : "no"} parameters for ${params.length} in group ${i}`,
      );
    }
    for (const [k, number] of (numbers as number[]).entries()) byNumber.set(number, params[k] as Tensor);
  }
  const states = new Map<Tensor, ParameterState>();
  for (const [key, kept] of Object.entries(given.state)) {
    const x = byNumber.get(Number(key)) ?? fail(`state of parameter ${key}, which is in no group`);
    const state = readState(x, key, kept, fail);
    if (needed.some((entry) => (state[entry] ?? null) === null)) {
      const found = Object.keys(kept).filter((entry) => entry !== "step");
      fail(
        `the state of parameter ${key} has ${needed.join(", ")}; got ${found.join(", ") || "nothing"}; is it another optimizer's?`,
      );
    }
    states.set(x, state);
  }
  return { states, groups: saved.map(({ params, ...options }) => structuredClone(options)) };
}

function readState(
  x: Tensor,
  key: string,
  kept: Record<string, unknown>,
  fail: (rule: string) => never,
): ParameterState {
  const state: ParameterState = { step: 0, dtype: x.dtype };
  for (const [name, value] of Object.entries(kept)) {
    const known = value === null || typeof value === "number" || value instanceof Tensor;
    if (!known) fail(`${name} of parameter ${key} is a tensor, a number or null; got ${typeof value}`);
    if (!(value instanceof Tensor)) state[name] = value as number | null;
    else if (NUMBERS.has(name)) state[name] = Number(value.item());
    else if (sameShape(value.shape, x.shape)) state[name] = value.detach().to(x.dtype).clone();
    else fail(`${name} of parameter ${key} is ${show(value.shape)} for a parameter ${show(x.shape)}`);
  }
  return state;
}

/** Kept as numbers; PyTorch writes them as tensors of one element. */
const NUMBERS: ReadonlySet<string> = new Set(["step", "mu_product"]);
