/** The settings that a sweep tries. */
import { ValueError } from "../../errors.ts";
import { Generator, rand } from "../../ops/index.ts";

/** One value of a setting. */
export type Setting = number | string | boolean;
/** A range that values are drawn from at random: evenly, or evenly in their logarithms. */
export interface Range {
  readonly from: number;
  readonly to: number;
  readonly log?: boolean;
}
/** The values that each setting may have. */
export type Grid = Readonly<Record<string, readonly Setting[] | Range>>;

/** The settings of a trial of a grid. */
export type Config<G extends Grid> = {
  -readonly [K in keyof G]: G[K] extends readonly (infer V)[] ? Widen<V> : number;
};
type Widen<V> = V extends number ? number : V extends string ? string : V extends boolean ? boolean : V;

function isList(values: readonly Setting[] | Range): values is readonly Setting[] {
  return Array.isArray(values);
}

/** Throws a ValueError for a grid without settings or values, or with others than numbers, texts and truth values. */
export function checkGrid(grid: Grid, random: number | undefined): void {
  const names = Object.keys(grid ?? {});
  if (typeof grid !== "object" || names.length === 0) {
    throw new ValueError("sweep: a grid has settings with their values, as { lr: [0.1, 0.01] }; got an empty grid");
  }
  if (random !== undefined && !(Number.isInteger(random) && random >= 1)) {
    throw new ValueError(`sweep: random is a whole number of trials from 1 on; got ${String(random)}`);
  }
  for (const name of names) {
    const values = grid[name] as readonly Setting[] | Range | undefined;
    if (values !== undefined && values !== null && isList(values)) checkList(name, values);
    else checkRange(name, values, random);
  }
}

function checkList(name: string, values: readonly Setting[]): void {
  if (values.length === 0) throw new ValueError(`sweep: ${name} has at least one value; got an empty grid`);
  const odd = values.find((value) => {
    return !(typeof value === "string" || typeof value === "boolean" || Number.isFinite(value));
  });
  if (odd !== undefined || values.includes(undefined as never)) {
    throw new ValueError(`sweep: values of ${name} are finite numbers, texts or true and false; got ${String(odd)}`);
  }
  const twice = values.find((value, i) => values.indexOf(value) !== i);
  if (twice !== undefined) throw new ValueError(`sweep: values of ${name} differ; got ${String(twice)} twice`);
}

function checkRange(name: string, range: Range | undefined | null, random: number | undefined): void {
  const { from, to, log = false } = range ?? ({} as Range);
  if (!Number.isFinite(from) || !Number.isFinite(to) || !(from < to) || (log && from <= 0)) {
    throw new ValueError(
      `sweep: ${name} is a list of values, or a range { from, to } with from < to (above 0 with log); got ${JSON.stringify(range)}`,
    );
  }
  if (random === undefined) {
    throw new ValueError(`sweep: ${name} is a range, which is drawn from at random; say how many trials by random: 20`);
  }
}

const TRIES = 1000;

/** All combinations of a grid in order, the last setting changing fastest; or some of them at random, each once. */
export function configs(grid: Grid, random: number | undefined, seed: number): Record<string, Setting>[] {
  checkGrid(grid, random);
  if (random === undefined) return product(grid as Readonly<Record<string, readonly Setting[]>>);
  const generator = new Generator().manualSeed(seed);
  const lists = Object.values(grid).every(isList);
  const count = lists
    ? Object.values(grid).reduce((n, values) => n * (values as readonly Setting[]).length, 1)
    : Infinity;
  const found = new Map<string, Record<string, Setting>>();
  // A narrow range has few values of six digits: then there are fewer trials.
  for (let tries = 0; found.size < Math.min(random, count) && tries < TRIES * random; tries++) {
    const config = Object.fromEntries(Object.entries(grid).map(([name, values]) => [name, drawn(values, generator)]));
    found.set(JSON.stringify(config), config);
  }
  return [...found.values()];
}

function product(grid: Readonly<Record<string, readonly Setting[]>>): Record<string, Setting>[] {
  return Object.entries(grid).reduce<Record<string, Setting>[]>(
    (all, [name, values]) => all.flatMap((config) => values.map((value) => ({ ...config, [name]: value }))),
    [{}],
  );
}

function drawn(values: readonly Setting[] | Range, generator: Generator): Setting {
  const unit = rand([1], { generator, dtype: "float64" }).item();
  if (isList(values)) return values[Math.floor(unit * values.length)] as Setting;
  const { from, to, log } = values;
  const value = log ? Math.exp(Math.log(from) + unit * (Math.log(to) - Math.log(from))) : from + unit * (to - from);
  return Number(value.toPrecision(6));
}
