/** What pictures of a field over a plane share: how far it goes, and where its cells are. */
import { ValueError } from "../errors.ts";
import { extent } from "./axis.ts";
import { checkRange, type Range } from "./checks.ts";

/** What {@link rangeAround} leaves free, and what it says. */
export interface Room {
  readonly op: string;
  readonly name: "xRange" | "yRange";
  /** What the values are of. */
  readonly of: string;
  /** The room on either side, as a share of the values' extent. */
  readonly share: number;
}

/** The range that is given, or one with room around the values. Throws a ValueError without either. */
export function rangeAround(given: Range | undefined, values: Iterable<ArrayLike<number>>, room: Room): Range {
  const { op, name, of, share } = room;
  if (given !== undefined) return checkRange(`${op}: ${name}`, given);
  const found = extent(values);
  if (found === undefined) throw new ValueError(`${op}: without ${of}, ${name} says what is drawn; got none`);
  const free = share * (found[1] - found[0]) || 1;
  return [found[0] - free, found[1] + free];
}

/** The middle of a cell of a range that is cut into `count`; between cells for a `cell` that is no whole number. */
export function middleOf(range: Range, cell: number, count: number): number {
  return range[0] + ((range[1] - range[0]) * (cell + 0.5)) / count;
}
