/** Hooks that see the gradients of a module's inputs and outputs. */
import { tracks } from "../autograd/node.ts";
import { Function, type FunctionContext } from "../derive/function.ts";
import { Tensor } from "../ops/index.ts";
import type { Module } from "./module.ts";

/**
 * Sees the gradients of a module's inputs (null where none is wanted) and of its outputs when all have come; a tensor that it
 * returns, or an array of them, takes the place of the inputs' gradients.
 */
export type BackwardHook = (
  module: Module,
  gradInput: readonly (Tensor | null)[],
  gradOutput: readonly (Tensor | null)[],
  // biome-ignore lint/suspicious/noConfusingVoidType: a hook that only looks is an arrow function without a value
) => Tensor | readonly (Tensor | null)[] | undefined | void;

type Watcher = (gradients: readonly Tensor[]) => readonly (Tensor | null)[];

/** Passes tensors on, and their gradients through a function. */
class Watched extends Function {
  static forward(ctx: FunctionContext<Watcher>, watcher: Watcher, ...xs: readonly Tensor[]): readonly Tensor[] {
    ctx.kept = watcher;
    return xs;
  }
  static backward(ctx: FunctionContext<Watcher>, ...gradients: Tensor[]): readonly (Tensor | null)[] {
    return [null, ...ctx.kept(gradients)];
  }
}

/** A list with its tracked tensors watched. */
function watched(list: readonly unknown[], watcher: Watcher): { all: unknown[]; some: boolean } {
  const tracked = list.filter((x): x is Tensor => x instanceof Tensor && tracks(x));
  if (tracked.length === 0) return { all: [...list], some: false };
  const passed = Watched.apply<[Watcher, ...Tensor[]], readonly Tensor[], Watcher>(watcher, ...tracked);
  return {
    all: list.map((x) => (tracked.includes(x as Tensor) ? passed[tracked.indexOf(x as Tensor)] : x)),
    some: true,
  };
}

/** Runs a forward between watched inputs and outputs. Outputs are a tensor, or tensors in an array or a plain object. */
export function withBackwardHooks(
  module: Module,
  hooks: () => readonly BackwardHook[],
  args: readonly unknown[],
  forward: (args: unknown[]) => unknown,
): unknown {
  let seen: readonly (Tensor | null)[] = [];
  const run = (gradients: readonly (Tensor | null)[]): readonly (Tensor | null)[] => {
    let found = gradients;
    for (const hook of hooks()) {
      const replaced = hook(module, found, seen) ?? undefined;
      if (replaced !== undefined) found = replaced instanceof Tensor ? [replaced] : replaced;
    }
    return found;
  };
  const inputs = watched(args, run);
  const result = forward(inputs.all);
  const watcher: Watcher = (gradients) => {
    seen = gradients;
    if (!inputs.some) run(args.filter((x) => x instanceof Tensor).map(() => null));
    return gradients;
  };
  if (result instanceof Tensor) return watched([result], watcher).all[0];
  if (Array.isArray(result)) return watched(result, watcher).all;
  if (typeof result !== "object" || result === null) return result;
  const { all } = watched(Object.values(result), watcher);
  return Object.fromEntries(Object.keys(result).map((name, i) => [name, all[i]]));
}
