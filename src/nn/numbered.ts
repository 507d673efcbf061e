/** Modules whose elements are their own numbered fields: `list[0]`, with the keys "0.weight", … in a state dict. */
import { IndexError, ModuleError } from "../errors.ts";
import { listed } from "../options.ts";
import { Module } from "./module.ts";

/** A module that holds elements of one kind in order. Setting `list[i]` replaces an element. */
export abstract class Numbered<T extends object = Module> extends Module {
  /** @internal Throws unless the value may be element i. */
  protected checkElement(value: unknown, i: number): void {
    if (value instanceof Module) return;
    throw new ModuleError(`${this.constructor.name}: layer ${i} is no module but ${typeof value}`);
  }

  /** The number of elements. */
  get length(): number {
    let count = 0;
    while (Object.hasOwn(this, count)) count++;
    return count;
  }

  /**
   * Element i, counted from the end when i is negative.
   *
   * @throws {IndexError} if there is none.
   */
  at(i: number): T {
    const { length } = this;
    const position = i < 0 ? i + length : i;
    if (!Number.isInteger(i) || position < 0 || position >= length) {
      throw new IndexError(`${this.constructor.name}: there is no element ${i}; there are ${length}`);
    }
    return this.#elements()[position] as T;
  }

  /** Adds an element at the end. Gives the list itself. */
  append(element: T): this {
    return this.insert(this.length, element);
  }

  /** Adds several elements at the end. Gives the list itself. */
  extend(elements: Iterable<T>): this {
    for (const element of listed(this.constructor.name, "elements", elements)) this.append(element);
    return this;
  }

  /** Puts an element before element i; the later ones move up. Gives the list itself. */
  insert(i: number, element: T): this {
    const { length } = this;
    const position = i < 0 ? i + length : i;
    if (!Number.isInteger(i) || position < 0 || position > length) {
      throw new IndexError(`${this.constructor.name}: cannot insert at ${i}; there are ${length} elements`);
    }
    this.checkElement(element, position);
    const elements = this.#elements();
    for (let k = length; k > position; k--) elements[k] = elements[k - 1] as T;
    elements[position] = element;
    return this;
  }

  *[Symbol.iterator](): Generator<T> {
    for (let i = 0; Object.hasOwn(this, i); i++) yield this.#elements()[i] as T;
  }

  #elements(): Record<number, T> {
    return this as unknown as Record<number, T>;
  }
}
