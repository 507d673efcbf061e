import type { Point } from "./line.ts";

/** Corners of a cell from its lower left, counterclockwise, as steps in columns and rows. */
const CORNERS = [
  [0, 0],
  [1, 0],
  [1, 1],
  [0, 1],
] as const;

/**
 * The lines along which a field is `level`, in units of its grid: the value at column `c` and row `r` stands at the point [c, r].
 * They end where the grid ends.
 *
 * @param field columns × rows values, row after row.
 * @see Marching squares; a saddle is joined by the mean of its four corners.
 */
export function isolines(field: ArrayLike<number>, columns: number, level: number): Point[][] {
  const rows = field.length / columns;
  const crossings = new Map<number, Point>();
  const joins = new Map<number, number[]>();
  const join = (a: number, b: number): void => {
    joins.set(a, [...(joins.get(a) ?? []), b]);
    joins.set(b, [...(joins.get(b) ?? []), a]);
  };
  for (let row = 0; row + 1 < rows; row++) {
    for (let column = 0; column + 1 < columns; column++) {
      const places = CORNERS.map(([dx, dy]) => (row + dy) * columns + column + dx);
      const above = places.map((place) => (field[place] as number) > level);
      const crossed = [0, 1, 2, 3].filter((edge) => above[edge] !== above[(edge + 1) % 4]);
      if (crossed.length === 0) continue;
      const edges = crossed.map((edge) => crossing(places[edge] as number, places[(edge + 1) % 4] as number));
      if (edges.length === 2) join(edges[0] as number, edges[1] as number);
      else {
        const mean = places.reduce((sum, place) => sum + (field[place] as number), 0) / 4;
        const turned = mean > level === above[0] ? [0, 1, 2, 3] : [3, 0, 1, 2];
        const [a, b, c, d] = turned.map((i) => edges[i] as number) as [number, number, number, number];
        join(a, b);
        join(c, d);
      }
    }
  }
  return chain(joins).map((line) => line.map((edge) => crossings.get(edge) as Point));

  /** The place where the level lies between two neighbours, and its number. */
  function crossing(from: number, to: number): number {
    const [low, high] = from < to ? [from, to] : [to, from];
    const upwards = high - low > 1 || columns === 1;
    const edge = 2 * low + (upwards ? 1 : 0);
    if (!crossings.has(edge)) {
      const share = (level - (field[low] as number)) / ((field[high] as number) - (field[low] as number));
      const [column, row] = [low % columns, Math.floor(low / columns)];
      crossings.set(edge, upwards ? [column, row + share] : [column + share, row]);
    }
    return edge;
  }
}

/** Pairs of neighbours as lines, from an end where there is one, else around. */
function chain(joins: Map<number, number[]>): number[][] {
  const lines: number[][] = [];
  const used = new Set<number>();
  const walk = (start: number): void => {
    const line: number[] = [];
    let at: number | undefined = start;
    while (at !== undefined) {
      used.add(at);
      line.push(at);
      at = (joins.get(at) as number[]).find((next) => !used.has(next));
    }
    const closes = line.length > 2 && (joins.get(line.at(-1) as number) as number[]).includes(start);
    lines.push(closes ? [...line, start] : line);
  };
  for (const [edge, next] of joins) if (next.length === 1 && !used.has(edge)) walk(edge);
  for (const edge of joins.keys()) if (!used.has(edge)) walk(edge);
  return lines;
}
