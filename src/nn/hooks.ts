/** Functions that run before and after a module's forward. */
import { type BackwardHook, withBackwardHooks } from "./backward-hooks.ts";
import type { Module } from "./module.ts";

/** Sees the arguments of a forward; a value it returns, or an array of them, takes their place. */
// biome-ignore lint/suspicious/noExplicitAny: a hook knows the arguments of the modules that it is put on
export type ForwardPreHook = (module: Module, args: any[]) => unknown;

/** Sees the arguments and the result of a forward; a value it returns takes the result's place. */
// biome-ignore lint/suspicious/noExplicitAny: as above
export type ForwardHook = (module: Module, args: any[], output: any) => unknown;

interface Hooks {
  before: ForwardPreHook[];
  after: ForwardHook[];
  backward: BackwardHook[];
}

const hooks = new WeakMap<Module, Hooks>();
/** How many modules ever had hooks: without any, calls need not look. */
let used = 0;

/** Whether any module ever had hooks. */
export function anyHooks(): boolean {
  return used > 0;
}

function hooksOf(module: Module): Hooks {
  let found = hooks.get(module);
  if (found === undefined) {
    found = { before: [], after: [], backward: [] };
    hooks.set(module, found);
    used++;
  }
  return found;
}

export function addPreHook(module: Module, hook: ForwardPreHook): () => void {
  const own = hooksOf(module);
  const added: ForwardPreHook = (...seen) => hook(...seen);
  own.before = [...own.before, added];
  return () => {
    own.before = own.before.filter((other) => other !== added);
  };
}

export function addHook(module: Module, hook: ForwardHook): () => void {
  const own = hooksOf(module);
  const added: ForwardHook = (...seen) => hook(...seen);
  own.after = [...own.after, added];
  return () => {
    own.after = own.after.filter((other) => other !== added);
  };
}

export function addBackwardHook(module: Module, hook: BackwardHook): () => void {
  const own = hooksOf(module);
  const added: BackwardHook = (...seen) => hook(...seen);
  own.backward = [...own.backward, added];
  return () => {
    own.backward = own.backward.filter((other) => other !== added);
  };
}

/** Runs a forward with the hooks of its module, in the order in which they were added. */
export function withHooks(module: Module, args: unknown[], forward: (args: unknown[]) => unknown): unknown {
  const own = hooks.get(module);
  if (own === undefined) return forward(args);
  let given = args;
  for (const hook of own.before) {
    const replaced = hook(module, given);
    if (replaced !== undefined) given = Array.isArray(replaced) ? replaced : [replaced];
  }
  let output =
    own.backward.length === 0 ? forward(given) : withBackwardHooks(module, () => own.backward, given, forward);
  for (const hook of own.after) {
    const replaced = hook(module, given, output);
    if (replaced !== undefined) output = replaced;
  }
  return output;
}
