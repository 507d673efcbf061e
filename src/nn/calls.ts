/** What happens around every `forward`: hooks, the module's path in errors, and a look-out for modules nobody lists. */
import { GradError, NablaError } from "../errors.ts";
import { requireTensor } from "../ops/kernels.ts";
import { show } from "../tensor/sizes.ts";
import { anyHooks, withHooks } from "./hooks.ts";
import { Layer, type Module, seen } from "./module.ts";
import { Parameter } from "./parameter.ts";
import { join, owned, walkModules, walkParameters } from "./walk.ts";

type Forward = (this: Module, ...args: unknown[]) => unknown;

const wrapped = new WeakSet<object>();
/** The module whose forward was called by the user, while it runs. */
let root: Module | null = null;

/** Wraps the `forward` of a class, once. */
export function wrapForward(type: { prototype: Module }): void {
  for (
    let prototype = type.prototype;
    prototype !== null && !wrapped.has(prototype);
    prototype = Object.getPrototypeOf(prototype)
  ) {
    wrapped.add(prototype);
    const forward = Object.getOwnPropertyDescriptor(prototype, "forward")?.value as Forward | undefined;
    if (forward !== undefined) prototype.forward = around(forward);
  }
}

function around(forward: Forward): Forward {
  return function around(this: Module, ...args: unknown[]): unknown {
    const outer = root;
    root ??= this;
    if (!seen.of(this)) check(this, root);
    try {
      // A forward that calls super.forward passes here twice; hooks belong to the outer call.
      if (!anyHooks() || this.forward !== around) return forward.apply(this, args);
      return withHooks(this, args, (given) => forward.apply(this, given));
    } catch (error) {
      throw locate(error, this, outer, args[0]);
    } finally {
      root = outer;
    }
  };
}

/** Sees to it that a gradient of a parameter that no walk from the root finds is an error, not a layer that never learns. */
function check(module: Module, top: Module): void {
  for (const [, parameter] of walkParameters(top)) if (parameter.node !== null) parameter.node.guard = null;
  for (const [, inner] of walkModules(top)) seen.mark(inner);
  if (seen.of(module)) return;
  seen.mark(module);
  for (const [name, x] of owned(module).tensors) {
    if (x instanceof Parameter && !x.listed && x.node !== null) x.node.guard = () => refuse(module, name, x, top);
  }
}

function refuse(module: Module, name: string, x: Parameter, top: Module): void {
  if (x.listed) return;
  throw new GradError(
    `backward: a gradient reached ${module.constructor.name}.${name} ${show(x.shape)}, which no module or optimizer lists, ` +
      `so it would never be trained; keep the layer in a public field of ${top.constructor.name} (a #private field cannot be seen)`,
  );
}

/** Where an error came from: the innermost module, and its path as far as it is known. */
interface Place {
  module: Module;
  innermost: Module;
  path: string;
}
const places = new WeakMap<NablaError, Place>();

/**
 * Gives the error with the path in its message longer by one module, on its way out. What JavaScript says of an input that is no tensor
 * becomes what a layer says of it.
 */
function locate(error: unknown, module: Module, outer: Module | null, input: unknown): unknown {
  if (error instanceof TypeError && module instanceof Layer) {
    try {
      requireTensor(module.constructor.name, input);
    } catch (better) {
      error = better;
    }
  }
  if (!(error instanceof NablaError)) return error;
  const place = places.get(error) ?? { module, innermost: module, path: "" };
  if (place.module !== module) {
    const name = walkModules(module).find(([, inner]) => inner === place.module)?.[0] ?? "";
    place.path = join(name, place.path).replace(/\.$/, "");
    place.module = module;
  }
  places.set(error, place);
  if (outer === null && place.path !== "") {
    const type = place.innermost.constructor.name;
    const text = error.message.startsWith(`${type}: `) ? error.message.slice(type.length + 2) : error.message;
    error.message = `${type} ${place.path}: ${text}`;
  }
  return error;
}
