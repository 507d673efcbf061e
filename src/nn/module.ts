/** The base of layers and models. */
import { ModuleError } from "../errors.ts";
import { MODULE } from "../module-mark.ts";
import { checkDevice } from "../ops/devices.ts";
import { Tensor } from "../ops/index.ts";
import { checkOptions } from "../options.ts";
import { printedByToString } from "../printed.ts";
import { checkDType, DTYPES, type DType, isFloat } from "../tensor/dtypes.ts";
import { become } from "../tensor/tensor.ts";
import type { BackwardHook } from "./backward-hooks.ts";
import { wrapForward } from "./calls.ts";
import { addBackwardHook, addHook, addPreHook, type ForwardHook, type ForwardPreHook } from "./hooks.ts";
import { Parameter } from "./parameter.ts";
import type { IN, OUT } from "./shapes.ts";
import { type LoadOptions, loadState, type StateDict, stateOf } from "./state.ts";
import { owned, walkModules, walkParameters, walkPaths, walkTensors } from "./walk.ts";

/** Types only: the rule by which a layer changes shapes. */
export interface Module {
  readonly [IN]: unknown;
  readonly [OUT]: unknown;
}

/** The modules whose text is being made. */
const printing = new Set<Module>();

/** Whether a module's parameters are known to be listed, or are guarded because they are not; set and read by every forward. */
export let seen: { of(module: Module): boolean; mark(module: Module): void };

/**
 * The base of layers and models: a class with layers and parameters in its fields, and a `forward`. Parameters and
 * modules are found in fields, and in arrays, Maps and plain objects in fields; private `#` fields cannot be seen.
 *
 * @throws {GradError} when `backward` reaches a parameter in a private `#` field, where no module lists it, so that it
 * would never be trained.
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
  #seen = false;

  static {
    seen = {
      of: (module) => module.#seen,
      mark: (module) => {
        module.#seen = true;
      },
    };
  }

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

  /** This module and all modules inside it, each once. */
  modules(): Module[] {
    return walkModules(this).map(([, module]) => module);
  }

  /** The modules in this module's own fields, each once, with the names of the fields. */
  namedChildren(): [string, Module][] {
    const seen = new Set<Module>();
    return owned(this).modules.filter(([, module]) => !seen.has(module) && seen.add(module));
  }

  /** The modules in this module's own fields, each once. */
  children(): Module[] {
    return this.namedChildren().map(([, module]) => module);
  }

  /**
   * The module at a path such as "layers.0"; "" is this module.
   *
   * @throws {ModuleError} if there is none.
   */
  getSubmodule(path: string): Module {
    return find(this, "getSubmodule", path, walkPaths(this));
  }

  /**
   * The parameter at a path such as "fc1.weight".
   *
   * @throws {ModuleError} if there is none.
   */
  getParameter(path: string): Parameter {
    const all = walkTensors(this, (_, __, x) => x instanceof Parameter, walkPaths(this));
    return find(this, "getParameter", path, all) as Parameter;
  }

  /**
   * The buffer at a path such as "bn.running_mean".
   *
   * @throws {ModuleError} if there is none.
   */
  getBuffer(path: string): Tensor {
    return find(
      this,
      "getBuffer",
      path,
      walkTensors(this, (module, name) => module.isBuffer(name), walkPaths(this)),
    );
  }

  /**
   * Calls a function with every module inside this one, those inside first, and with this one last.
   *
   * @throws {ModuleError} if `fn` is no function.
   * @example
   * new nn.Sequential(new nn.Linear(2, 2)).apply((module) => {
   *   if (module instanceof nn.Linear) nn.init.ones_(module.weight);
   * });
   */
  apply(fn: (module: Module) => void): this {
    requireFunction("apply", fn);
    for (const module of this.children()) module.apply(fn);
    fn(this);
    return this;
  }

  /**
   * Calls `hook` with the module and its arguments before every forward. A value that it returns, or an array of
   * values, takes the arguments' place. Gives a function that removes the hook.
   *
   * @throws {ModuleError} if `hook` is no function.
   * @example
   * const remove = new nn.ReLU().registerForwardPreHook((_, [x]) => x.neg());
   */
  registerForwardPreHook(hook: ForwardPreHook): () => void {
    requireFunction("registerForwardPreHook", hook);
    return addPreHook(this, hook);
  }

  /**
   * Calls `hook` with the module, its arguments and its result after every forward. A value that it returns takes the
   * result's place. Gives a function that removes the hook.
   *
   * @throws {ModuleError} if `hook` is no function.
   * @example
   * const shapes: (readonly number[])[] = [];
   * const remove = new nn.ReLU().registerForwardHook((_, __, y) => void shapes.push(y.shape));
   */
  registerForwardHook(hook: ForwardHook): () => void {
    requireFunction("registerForwardHook", hook);
    return addHook(this, hook);
  }

  /**
   * Calls `hook` with the module, the gradients of its inputs and those of its outputs, both in arrays, whenever
   * backward has computed them; null stands for one that is not wanted. Gradients that it returns take the place of the
   * inputs'. Gives a function that removes the hook.
   *
   * @throws {ModuleError} if `hook` is no function.
   * @example
   * const layer = new nn.ReLU();
   * layer.registerFullBackwardHook((_, gradInput) => gradInput.map((g) => g && g.mul(10)));
   * layer.forward(w.add(1)).sum().backward();
   * w.grad?.toArray(); // [10, 10]
   */
  registerFullBackwardHook(hook: BackwardHook): () => void {
    requireFunction("registerFullBackwardHook", hook);
    return addBackwardHook(this, hook);
  }

  /**
   * Puts a module into the field `name`, as an assignment does.
   *
   * @throws {ModuleError} if it is no module, or the name is empty, has a dot or is taken by something else.
   * @example
   * const net = new nn.Sequential();
   * net.addModule("0", new nn.Linear(2, 3));
   */
  addModule(name: string, module: Module): void {
    this.#put("addModule", name, module, Module);
  }

  /**
   * Puts a parameter into the field `name`, as an assignment does.
   *
   * @throws {ModuleError} if it is no Parameter, or the name is empty, has a dot or is taken by something else.
   * @example
   * new nn.Identity().registerParameter("scale", new nn.Parameter(ones(3)));
   */
  registerParameter(name: string, parameter: Parameter): void {
    this.#put("registerParameter", name, parameter, Parameter);
  }

  #put(op: string, name: string, value: unknown, kind: typeof Module | typeof Parameter): void {
    const fields = this as unknown as Record<string, unknown>;
    const shown = JSON.stringify(name);
    if (!(value instanceof kind)) throw new ModuleError(`${op}: ${shown} is a ${kind.name}; got ${typeof value}`);
    const taken = name in fields && !((fields[name] ?? value) instanceof kind);
    if (typeof name !== "string" || name === "" || name.includes(".") || taken) {
      throw new ModuleError(
        `${op}: ${shown} cannot be a name: it is empty, has a dot or is a member of ${this.constructor.name}`,
      );
    }
    fields[name] = value;
  }

  /**
   * Puts a tensor that is saved but not trained into the field `name`. `persistent: false` keeps it out of files.
   *
   * @throws {ModuleError} if it is no tensor, or the name is taken by something that is no buffer.
   * @throws {ValueError} for an unknown option.
   */
  registerBuffer(name: string, x: Tensor, options: { persistent?: boolean } = {}): void {
    checkOptions("registerBuffer", options, ["persistent"]);
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

  /** The registered buffers of this module and of those inside it. */
  buffers(): Tensor[] {
    return this.namedBuffers().map(([, x]) => x);
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
   * Copies tensors into the parameters and buffers of the same keys. `strict: false` leaves out what is missing or
   * unexpected.
   *
   * @throws {StateDictError} if something does not fit, with every missing, unexpected and misshaped key; nothing is
   * then changed.
   * @throws {ValueError} for an unknown option.
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

  /** Stops the training of all parameters. */
  freeze(): this {
    return this.requiresGrad_(false);
  }

  /** Lets all parameters train again. */
  unfreeze(): this {
    return this.requiresGrad_(true);
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

  /** Float parameters and buffers as float32, in place. */
  float(): this {
    return this.to("float32");
  }

  /** Float parameters and buffers as float64, in place. */
  double(): this {
    return this.to("float64");
  }

  /** The module itself: it is on the cpu already. */
  cpu(): this {
    return this;
  }

  /** What a layer shows of itself in parentheses, for example "784, 500, bias=true". */
  extraRepr(): string {
    return "";
  }

  /** @internal What is printed of the modules inside, one text each. */
  protected innerRepr(): string[] {
    return owned(this).modules.map(([name, module]) => `(${name}): ${String(module)}`);
  }

  /** The module and those inside it as PyTorch prints them; "…" stands for a module inside itself. */
  toString(): string {
    const type = this.constructor.name;
    if (printing.has(this)) return `${type}(…)`;
    printing.add(this);
    try {
      const extra = this.extraRepr();
      const own = extra === "" ? [] : extra.split("\n");
      const inner = this.innerRepr();
      if (inner.length === 0 && own.length <= 1) return `${type}(${extra})`;
      return `${type}(\n${[...own, ...inner].map((line) => `  ${line.replaceAll("\n", "\n  ")}`).join("\n")}\n)`;
    } finally {
      printing.delete(this);
    }
  }
}

/** A layer of this library whose input is a tensor: an error that comes of another input says so. */
export abstract class Layer extends Module {}

/** What stands at a path. */
function find<T>(module: Module, op: string, path: string, all: [string, T][]): T {
  const found = all.find(([name]) => name === path);
  if (found !== undefined) return found[1];
  const names = all.map(([name]) => name).filter((name) => name !== "");
  throw new ModuleError(
    `${op}: ${module.constructor.name} has nothing at ${JSON.stringify(path)}; it has ${names.join(", ") || "nothing"}`,
  );
}

function requireFunction(op: string, hook: unknown): void {
  if (typeof hook !== "function") throw new ModuleError(`${op}: takes a function; got ${typeof hook}`);
}

Object.defineProperty(Module.prototype, MODULE, { value: true });
printedByToString(Module.prototype);
