/** Finding what a module owns, in its own fields: tensors, modules, and arrays, Maps and plain objects of them. */
import { MODULE } from "../module-mark.ts";
import { Tensor } from "../ops/index.ts";
import type { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";

function isModule(value: object): value is Module {
  return MODULE in value;
}

/** What the fields of a module hold, with the name of the field: `weight`, or `layers.0` for an element of an array. */
export interface Owned {
  tensors: [string, Tensor][];
  modules: [string, Module][];
}

/** The tensors and modules in a module's own fields. Private (`#`) fields cannot be seen. */
export function owned(module: Module): Owned {
  const found: Owned = { tensors: [], modules: [] };
  const seen = new Set<object>();
  const look = (name: string, value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    if (value instanceof Tensor) found.tensors.push([name, value]);
    else if (isModule(value)) found.modules.push([name, value]);
    else if (!seen.has(value)) {
      const entries = entriesOf(value);
      if (entries === undefined) return;
      seen.add(value);
      for (const [key, inner] of entries) look(`${name}.${key}`, inner);
    }
  };
  for (const [name, value] of Object.entries(module)) look(name, value);
  return found;
}

/** The entries of an array, a Map or a plain object; undefined for anything else. */
function entriesOf(value: object): [string, unknown][] | undefined {
  if (value instanceof Map) return [...value].map(([key, inner]) => [String(key), inner]);
  if (Array.isArray(value)) return value.map((inner, i) => [String(i), inner]);
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null ? Object.entries(value) : undefined;
}

/** A module and all modules inside it, each once, with their paths; the module itself has the path "". */
export function walkModules(root: Module): [string, Module][] {
  const found: [string, Module][] = [];
  const seen = new Set<Module>();
  const visit = (path: string, module: Module): void => {
    if (seen.has(module)) return;
    seen.add(module);
    found.push([path, module]);
    for (const [name, inner] of owned(module).modules) visit(join(path, name), inner);
  };
  visit("", root);
  return found;
}

/** As walkModules, but a module that is reached by several paths comes with each of them. A module is not found inside itself. */
export function walkPaths(root: Module): [string, Module][] {
  const found: [string, Module][] = [];
  const above = new Set<Module>();
  const visit = (path: string, module: Module): void => {
    if (above.has(module)) return;
    above.add(module);
    found.push([path, module]);
    for (const [name, inner] of owned(module).modules) visit(join(path, name), inner);
    above.delete(module);
  };
  visit("", root);
  return found;
}

/** The tensors that `wanted` says of modules with their paths, by default a module and all inside it. */
export function walkTensors(
  root: Module,
  wanted: (module: Module, name: string, x: Tensor) => boolean,
  modules: [string, Module][] = walkModules(root),
): [string, Tensor][] {
  return modules.flatMap(([path, module]) =>
    owned(module)
      .tensors.filter(([name, x]) => wanted(module, name, x))
      .map(([name, x]): [string, Tensor] => [join(path, name), x]),
  );
}

/** The trained tensors, each once. Listing them makes them known: their gradients have a use. */
export function walkParameters(root: Module): [string, Parameter][] {
  const seen = new Set<Tensor>();
  const found = walkTensors(root, (_, __, x) => x instanceof Parameter) as [string, Parameter][];
  return found.filter(([, parameter]) => {
    parameter.listed = true;
    if (seen.has(parameter)) return false;
    seen.add(parameter);
    return true;
  });
}

export function join(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}
