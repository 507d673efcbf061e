import { DTypeError, ShapeError, ValueError } from "../errors.ts";
import { describe, flatten, type Numbers } from "./numbers.ts";

/** Two finite values, the lower first. */
export type Range = readonly [low: number, high: number];

/** Checks that a range is two finite values, the lower first. */
export function checkRange(what: string, range: Range): Range {
  if (Array.isArray(range) && range.length === 2 && range.every(Number.isFinite) && range[0] < range[1]) return range;
  const got = Array.isArray(range) ? JSON.stringify(range) : describe(range);
  throw new ValueError(`${what} must be two finite values, the lower first; got ${got}`);
}

/** The numbers as an array without one that is not finite, and at least one. */
export function finiteNumbers(what: string, numbers: Numbers): ArrayLike<number> {
  const values = flatten(numbers, what);
  if (values.length === 0) throw new ValueError(`${what}: expects at least one value; got none`);
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) throw new ValueError(`${what} must be finite; got ${values[i]} at index ${i}`);
  }
  return values;
}

/** Checks that two lists of numbers belong together. */
export function checkSameLength(what: string, x: ArrayLike<number>, y: ArrayLike<number>): void {
  if (x.length === y.length) return;
  throw new ShapeError(`${what}: x and y must have the same length; got ${x.length} and ${y.length}`);
}

/** Checks a list of named things, such as series. `form` is an example of one for the errors. */
export function checkNamed(op: string, list: readonly { readonly name: string }[], form: string): void {
  if (!Array.isArray(list)) throw new DTypeError(`${op}: expects a list, such as [${form}]; got ${describe(list)}`);
  if (list.length === 0) throw new ValueError(`${op}: expects at least one entry; got []; try [${form}]`);
  list.forEach((one: { readonly name: string } | null, i) => {
    if (typeof one?.name === "string") return;
    throw new DTypeError(`${op}: each entry needs a name: ${form}; got ${describe(one)} at ${i}`);
  });
}

/** Groups by the title of the panel, in the order of appearance; names within a panel must differ. */
export function groupByTitle<T extends { readonly name: string; readonly panel?: string }>(
  op: string,
  list: readonly T[],
): Map<string, T[]> {
  const panels = new Map<string, T[]>();
  for (const one of list) {
    const panel = panels.get(one.panel ?? "") ?? [];
    if (panel.some((other) => other.name === one.name)) {
      throw new ValueError(`${op}: names within a panel must differ; got ${JSON.stringify(one.name)} twice`);
    }
    panel.push(one);
    panels.set(one.panel ?? "", panel);
  }
  return panels;
}
