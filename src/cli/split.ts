/** Which samples are held back. */
import { ValueError } from "../errors.ts";
import { Generator, randperm } from "../ops/index.ts";

/** Places of the samples to train on, and of those held back. */
export interface Split {
  readonly train: number[];
  readonly held: number[];
}

/** A share of every group at random, at least one of each that has two. Without groups give one label for all. */
export function split(labels: ArrayLike<number>, share: number, seed: number): Split {
  const groups = new Map<number, number[]>();
  for (let i = 0; i < labels.length; i++) {
    const group = groups.get(labels[i] as number) ?? [];
    groups.set(labels[i] as number, group);
    group.push(i);
  }
  const generator = new Generator().manualSeed(seed);
  const parts: Split = { train: [], held: [] };
  for (const [, places] of [...groups].sort(([a], [b]) => a - b)) {
    const order = Array.from(randperm(places.length, { generator }).data(), (i) => places[i] as number);
    const count = places.length < 2 ? 0 : Math.min(places.length - 1, Math.max(1, Math.round(places.length * share)));
    parts.held.push(...order.slice(0, count));
    parts.train.push(...order.slice(count));
  }
  if (parts.train.length < 2 || parts.held.length === 0) {
    throw new ValueError(`needs at least 2 samples of a class or 3 rows; got ${labels.length}`);
  }
  return { train: parts.train.sort((a, b) => a - b), held: parts.held.sort((a, b) => a - b) };
}
