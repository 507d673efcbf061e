/** The base of layers and models. */
import { ModuleError } from "../errors.ts";
import { checkDevice } from "../ops/devices.ts";
import { Tensor } from "../ops/index.ts";
import { checkDType, DTYPES, type DType, isFloat } from "../tensor/dtypes.ts";
import { become } from "../tensor/tensor.ts";
import { wrapForward } from "./calls.ts";
import type { Parameter } from "./parameter.ts";
import type { IN, OUT } from "./shapes.ts";
import { type LoadOptions, loadState, type StateDict, stateOf } from "./state.ts";
import { MODULE, owned, walkModules, walkParameters, walkTensors } from "./walk.ts";

/** Types only: the rule by which a layer changes shapes. */
export interface Module {
  readonly [IN]: unknown;
  readonly [OUT]: unknown;
}

/** The modules whose text is being made. */
const printing = new Set<Module>();

/**
 * The base of layers and models: a class with layers and parameters in its fields, and a `forward`.
 * Parameters and modules are found in fields, and in arrays, Maps and plain objects in fields; private `#` fields cannot be seen.
 *
 * @example
 * class Net extends nn.Module {
 *   fc = new nn.Linear(784, 10);
 *   forward(x: Tensor) { return this.fc.forward(x); }
 * }
 */
export abstract class Module {
  /** Whether layers such as Dropout behave as in training; see `train()` and `eval()`. */
  training = true;
  readonly #buffers = new Map<string, boolean>();

  constructor() {
    wrapForward(new.target);
  }

  /** What the module computes. Calls go through the module's hooks, and errors name its path. */
  // biome-ignore lint/suspicious/noExplicitAny: every layer has its own parameters, and a list of layers must stay callable
  abstract forward(...args: any[]): any;

  /** The trained tensors of this module and of those inside it, each once. */
  parameters(): Parameter[] {
    return walkParameters(this).map(([, parameter]) => parameter);
  }

  /** The trained tensors with their paths, for example ["fc1.weight", …]. */
  namedParameters(): [string, Parameter][] {
    return walkParameters(this);
  }

  /** This module and all modules inside it, with their paths; this one has the path "". */
  namedModules(): [string, Module][] {
    return walkModules(this);
  }

  /** The modules in this module's own fields. */
  children(): Module[] {
    return owned(this).modules.map(([, module]) => module);
  }

  /**
   * Puts a tensor that is saved but not trained into the field `name`. `persistent: false` keeps it out of files.
   * Throws a ModuleError when the name is taken by something that is no buffer.
   */
  registerBuffer(name: string, x: Tensor, options: { persistent?: boolean } = {}): void {
    const fields = this as unknown as Record<string, unknown>;
    if (name in fields && fields[name] !== undefined && !this.#buffers.has(name)) {
      throw new ModuleError(`registerBuffer: ${this.constructor.name} already has a member ${JSON.stringify(name)}`);
    }
    if (!(x instanceof Tensor))
      throw new ModuleError(`registerBuffer: ${JSON.stringify(name)} is a tensor; got ${typeof x}`);
    fields[name] = x;
    this.#buffers.set(name, options.persistent ?? true);
  }

  /** @internal Whether the field holds a buffer, and one that is saved. */
  isBuffer(name: string, persistent = false): boolean {
    return this.#buffers.has(name) && (!persistent || this.#buffers.get(name) === true);
  }

  /** The registered buffers of this module and of those inside it, with their paths. */
  namedBuffers(): [string, Tensor][] {
    return walkTensors(this, (module, name) => module.isBuffer(name));
  }

  /**
   * The parameters and persistent buffers by PyTorch's keys. The tensors share the module's memory and are outside the graph.
   *
   * @example
   * save(model.stateDict(), "model.safetensors");
   */
  stateDict(): StateDict {
    return stateOf(this);
  }

  /**
   * Copies tensors into the parameters and buffers of the same keys. Nothing is changed when something does not fit:
   * a StateDictError then lists every missing, unexpected and misshaped key. `strict: false` leaves out what is missing or unexpected.
   */
  loadStateDict(state: StateDict, options: LoadOptions = {}): { missing: string[]; unexpected: string[] } {
    return loadState(this, state, options);
  }

  /** Training mode for this module and all inside it. */
  train(mode = true): this {
    for (const [, module] of walkModules(this)) module.training = mode;
    return this;
  }

  /** Evaluation mode: Dropout passes everything, and the like. */
  eval(): this {
    return this.train(false);
  }

  /** Clears the gradients of all parameters. */
  zeroGrad(): void {
    for (const parameter of this.parameters()) parameter.grad = null;
  }

  /** Turns training of all parameters on or off. */
  requiresGrad_(value = true): this {
    for (const parameter of this.parameters()) parameter.requiresGrad_(value);
    return this;
  }

  /** Moves the parameters and buffers of float dtype to another float dtype, or everything to a device. In place. */
  to(target: DType | (string & {})): this {
    if (!Object.hasOwn(DTYPES, target)) {
      checkDevice("Module.to", target);
      return this;
    }
    const dtype = checkDType("Module.to", target);
    if (!isFloat(dtype)) throw new ModuleError(`Module.to: parameters are float32 or float64; got ${dtype}`);
    for (const [, x] of [...walkParameters(this), ...this.namedBuffers()]) {
      if (isFloat(x.dtype)) become(x, x.detach().to(dtype));
    }
    return this;
  }

  /** What a layer shows of itself in parentheses, for example "784, 500, bias=true". */
  extraRepr(): string {
    return "";
  }

  /** The module and those inside it as PyTorch prints them; "…" stands for a module inside itself. */
  toString(): string {
    const type = this.constructor.name;
    if (printing.has(this)) return `${type}(…)`;
    printing.add(this);
    try {
      const inner = owned(this).modules.map(
        ([name, module]) => `  (${name}): ${String(module).replaceAll("\n", "\n  ")}`,
      );
      return inner.length === 0 ? `${type}(${this.extraRepr()})` : `${type}(\n${inner.join("\n")}\n)`;
    } finally {
      printing.delete(this);
    }
  }
}

Object.defineProperties(Module.prototype, {
  [MODULE]: { value: true },
  /** Node prints modules as `toString` does. */
  [Symbol.for("nodejs.util.inspect.custom")]: {
    value(this: Module): string {
      return this.toString();
    },
  },
});
