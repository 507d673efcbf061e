/** Containers that only hold: they have no forward of their own. */
import { ModuleError } from "../errors.ts";
import { Tensor } from "../ops/index.ts";
import { Module } from "./module.ts";
import { Numbered } from "./numbered.ts";
import { Parameter } from "./parameter.ts";

function noForward(module: Module): never {
  const type = module.constructor.name;
  throw new ModuleError(`${type}: has no forward; call its elements, for example for (const layer of list) …`);
}

/** Types only: the elements. */
export interface ModuleList<M extends Module = Module> {
  [index: number]: M;
}

/**
 * Modules in a list. A plain array in a field trains as well; this one has PyTorch's methods and its way of printing.
 *
 * @throws {ModuleError} if an element is no module, and always from `forward`: its elements are called one by one.
 * @throws {ValueError} for something else than a list.
 * @example
 * const layers = new nn.ModuleList([new nn.Linear(4, 4), new nn.Linear(4, 2)]);
 * layers.length; // 2
 */
export class ModuleList<M extends Module = Module> extends Numbered<M> {
  constructor(modules: Iterable<M> = []) {
    super();
    this.extend(modules);
  }

  override forward(): never {
    return noForward(this);
  }

  /** Neighbours that print alike share a line: "(0-5): 6 x Linear(…)". */
  protected override innerRepr(): string[] {
    const runs: { first: number; count: number; text: string }[] = [];
    for (const [i, module] of [...this].entries()) {
      const last = runs.at(-1);
      const text = String(module);
      if (last?.text === text) last.count++;
      else runs.push({ first: i, count: 1, text });
    }
    return runs.map(({ first, count, text }) =>
      count === 1 ? `(${first}): ${text}` : `(${first}-${first + count - 1}): ${count} x ${text}`,
    );
  }
}

/** Elements that are fields of their own names. */
abstract class Named<T extends object> extends Module {
  /** @internal Whether the value may be an element. */
  protected abstract isElement(value: unknown): boolean;

  /** The names, in the order in which they were set. */
  keys(): string[] {
    return this.entries().map(([key]) => key);
  }

  /** The elements, in the order in which they were set. */
  values(): T[] {
    return this.entries().map(([, value]) => value);
  }

  /** Names and elements. */
  entries(): [string, T][] {
    return Object.entries(this).filter(([, value]) => this.isElement(value)) as [string, T][];
  }

  /** The number of elements. */
  get size(): number {
    return this.entries().length;
  }

  /** Whether there is an element of this name. */
  has(key: string): boolean {
    return Object.hasOwn(this, key) && this.isElement(this.#fields()[key]);
  }

  /**
   * The element of a name.
   *
   * @throws {ModuleError} if there is none; the message lists the names.
   */
  get(key: string): T {
    if (this.has(key)) return this.#fields()[key] as T;
    throw new ModuleError(
      `${this.constructor.name}: has no ${JSON.stringify(key)}; it has ${this.keys().join(", ") || "nothing"}`,
    );
  }

  /**
   * Sets the element of a name.
   *
   * @throws {ModuleError} if it cannot be an element, or the name is empty, has a dot or is that of a member.
   */
  set(key: string, value: T): this {
    if (!this.isElement(value)) {
      throw new ModuleError(`${this.constructor.name}: ${JSON.stringify(key)} cannot be a ${typeof value}`);
    }
    if (key === "" || key.includes(".") || (key in this && !this.has(key))) {
      throw new ModuleError(
        `${this.constructor.name}: ${JSON.stringify(key)} cannot be a name: it is empty, has a dot or is a member`,
      );
    }
    this.#fields()[key] = value;
    return this;
  }

  /** Takes an element away; says whether it was there. */
  delete(key: string): boolean {
    return this.has(key) && delete this.#fields()[key];
  }

  /** Sets several elements, from an object or from pairs. */
  update(elements: Readonly<Record<string, T>> | Iterable<readonly [string, T]>): this {
    let pairs: Iterable<readonly [string, T]>;
    try {
      pairs = new Map(
        Symbol.iterator in elements ? (elements as Iterable<readonly [string, T]>) : Object.entries(elements),
      );
    } catch (cause) {
      throw new ModuleError(`${this.constructor.name}: takes elements by name`, { cause });
    }
    for (const [key, value] of pairs) this.set(key, value);
    return this;
  }

  *[Symbol.iterator](): Generator<[string, T]> {
    yield* this.entries();
  }

  override forward(): never {
    return noForward(this);
  }

  #fields(): Record<string, T> {
    return this as unknown as Record<string, T>;
  }
}

/**
 * Modules by name.
 *
 * @throws {ModuleError} if it is given neither an object nor pairs, an element is no module, or its name is empty, has a dot or is that of a member; always from
 * `forward`.
 * @example
 * const choices = new nn.ModuleDict({ relu: new nn.ReLU(), tanh: new nn.Tanh() });
 * choices.get("relu").forward(tensor([-1, 2])).toArray(); // [0, 2]
 */
export class ModuleDict<M extends Module = Module> extends Named<M> {
  constructor(modules: Readonly<Record<string, M>> | Iterable<readonly [string, M]> = {}) {
    super();
    this.update(modules);
  }

  protected override isElement(value: unknown): boolean {
    return value instanceof Module;
  }
}

/** A tensor that is listed becomes a parameter, as PyTorch does. */
function asParameter(x: unknown): unknown {
  return x instanceof Tensor && !(x instanceof Parameter) ? new Parameter(x as Tensor) : x;
}

function describe(x: Parameter): string {
  return `Parameter containing: [${x.dtype} of size ${x.shape.join("x") || "1"}]`;
}

/** Types only: the elements. */
export interface ParameterList {
  [index: number]: Parameter;
}

/**
 * Parameters in a list; tensors become parameters.
 *
 * @throws {DTypeError} if a tensor is not of a float dtype.
 * @throws {ModuleError} if an element is no tensor, and always from `forward`.
 * @throws {ValueError} for something else than a list.
 * @example
 * [...new nn.ParameterList([zeros(2), zeros(3)]).parameters()].length; // 2
 */
export class ParameterList extends Numbered<Parameter> {
  constructor(parameters: Iterable<Tensor> = []) {
    super();
    this.extend(parameters as Iterable<Parameter>);
  }

  override insert(i: number, element: Parameter): this {
    return super.insert(i, asParameter(element) as Parameter);
  }

  protected override checkElement(value: unknown, i: number): void {
    if (value instanceof Parameter) return;
    throw new ModuleError(`ParameterList: element ${i} is no parameter but ${typeof value}`);
  }

  override forward(): never {
    return noForward(this);
  }

  override extraRepr(): string {
    return [...this].map((x, i) => `(${i}): ${describe(x)}`).join("\n");
  }
}

/**
 * Parameters by name; tensors become parameters.
 *
 * @throws {DTypeError} if a tensor is not of a float dtype.
 * @throws {ModuleError} if it is given neither an object nor pairs, an element is no tensor, or its name is empty, has a dot or is that of a member; always from
 * `forward`.
 * @example
 * new nn.ParameterDict({ scale: ones(2) }).get("scale")?.toArray(); // [1, 1]
 */
export class ParameterDict extends Named<Parameter> {
  constructor(parameters: Readonly<Record<string, Tensor>> | Iterable<readonly [string, Tensor]> = {}) {
    super();
    this.update(parameters as Readonly<Record<string, Parameter>>);
  }

  override set(key: string, value: Parameter): this {
    return super.set(key, asParameter(value) as Parameter);
  }

  protected override isElement(value: unknown): boolean {
    return value instanceof Parameter;
  }

  override extraRepr(): string {
    return this.entries()
      .map(([key, x]) => `(${key}): ${describe(x)}`)
      .join("\n");
  }
}
