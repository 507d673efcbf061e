/** State dicts: a module's tensors by PyTorch's keys. */
import { noGrad } from "../autograd/mode.ts";
import { StateDictError } from "../errors.ts";
import { Tensor } from "../ops/index.ts";
import { checkOptions } from "../options.ts";
import { sameShape, show } from "../tensor/sizes.ts";
import type { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";
import { walkPaths, walkTensors } from "./walk.ts";

/** Tensors by key, for example `{ "fc1.weight": … }`. */
export type StateDict = Record<string, Tensor>;

/** Options of `loadStateDict`. */
export interface LoadOptions {
  /** Whether every key must be there on both sides; true unless said otherwise. */
  strict?: boolean;
}

/** What a module saves: its parameters and persistent buffers; what is shared under each of its names, as PyTorch does. */
function saved(module: Module): [string, Tensor][] {
  const wanted = (owner: Module, name: string, x: Tensor): boolean =>
    x instanceof Parameter || owner.isBuffer(name, true);
  return walkTensors(module, wanted, walkPaths(module));
}

export function stateOf(module: Module): StateDict {
  return Object.fromEntries(saved(module).map(([key, x]) => [key, x.detach()]));
}

export function loadState(
  module: Module,
  state: StateDict,
  options: LoadOptions,
): { missing: string[]; unexpected: string[] } {
  checkOptions("loadStateDict", options, ["strict"]);
  if (typeof state !== "object" || state === null) {
    throw new StateDictError(`loadStateDict: takes an object of tensors by key; got ${String(state)}`);
  }
  const own = saved(module);
  const keys = new Set(own.map(([key]) => key));
  const missing = own.filter(([key]) => !Object.hasOwn(state, key)).map(([key]) => key);
  const unexpected = Object.keys(state).filter((key) => !keys.has(key));
  const shared = own.filter(([key]) => Object.hasOwn(state, key));
  const problems = shared.flatMap(([key, x]) => misfit(key, x, state[key]));
  if (options.strict ?? true) {
    if (missing.length > 0) problems.push(`missing ${missing.join(", ")}`);
    if (unexpected.length > 0) problems.push(`unexpected ${unexpected.join(", ")}`);
  }
  if (problems.length > 0) {
    throw new StateDictError(
      `loadStateDict: does not fit ${module.constructor.name}: ${problems.join("; ")}; nothing was loaded`,
    );
  }
  noGrad(() => {
    for (const [key, x] of shared) x.copy_(state[key] as Tensor);
  });
  return { missing, unexpected };
}

function misfit(key: string, x: Tensor, given: unknown): string[] {
  if (!(given instanceof Tensor)) return [`${key} is no tensor but ${typeof given}`];
  return sameShape(x.shape, given.shape)
    ? []
    : [`${key} is ${show(x.shape)} in the module and ${show(given.shape)} in the state`];
}
