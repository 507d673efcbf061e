/** What is laid out: boxes and arrows between them, which never lead around in a circle. */
export interface LayoutInput {
  readonly widths: readonly number[];
  /** From the box at `from` down to the one at `to`. */
  readonly arrows: readonly { readonly from: number; readonly to: number }[];
}

/** Where the middle of a box is, and in which row, from 0 at the top. */
export interface Placed {
  x: number;
  readonly row: number;
}

/** The layout: places of the boxes and, for each arrow, its corners in the rows between its ends. */
export interface Layout {
  readonly boxes: readonly Placed[];
  readonly bends: readonly (readonly Placed[])[];
  readonly rows: number;
  readonly width: number;
}

/** A box, or the place where a long arrow passes a row. */
interface Stop extends Placed {
  readonly width: number;
  readonly above: Stop[];
  readonly below: Stop[];
}

const GAP = 18;
const PASSING = 6;
const SWEEPS = 8;

/**
 * Lays boxes out in rows, so that all arrows lead down: each box in the row above the highest that needs it, ordered so that few arrows
 * cross, and placed near the boxes that it is joined to.
 *
 * @see Sugiyama, Tagawa and Toda (1981), Methods for visual understanding of hierarchical system structures
 */
export function layeredLayout({ widths, arrows }: LayoutInput): Layout {
  const row = rowsOf(widths.length, arrows);
  const boxes = widths.map((width, i): Stop => ({ x: 0, row: row[i] as number, width, above: [], below: [] }));
  const rows: Stop[][] = Array.from({ length: Math.max(...row) + 1 }, () => []);
  for (const box of boxes) rows[box.row]?.push(box);
  const bends = arrows.map(({ from, to }) => {
    const passed: Stop[] = [];
    let last = boxes[from] as Stop;
    for (let between = (row[from] as number) + 1; between < (row[to] as number); between++) {
      const stop: Stop = { x: 0, row: between, width: PASSING, above: [], below: [] };
      rows[between]?.push(stop);
      passed.push(stop);
      connect(last, stop);
      last = stop;
    }
    connect(last, boxes[to] as Stop);
    return passed;
  });
  order(rows);
  place(rows);
  const all = rows.flat();
  const left = Math.min(...all.map((stop) => stop.x - stop.width / 2));
  for (const stop of all) stop.x -= left;
  const width = Math.max(...all.map((stop) => stop.x + stop.width / 2));
  return { boxes, bends, rows: rows.length, width };
}

function connect(above: Stop, below: Stop): void {
  above.below.push(below);
  below.above.push(above);
}

/** The row of each box: the last box is at the bottom, and each stands right above the highest box that it leads to. */
function rowsOf(count: number, arrows: LayoutInput["arrows"]): number[] {
  const targets = Array.from({ length: count }, (): number[] => []);
  for (const { from, to } of arrows) targets[from]?.push(to);
  const height = new Array<number>(count).fill(-1);
  const pending = Array.from({ length: count }, (_, i) => i);
  while (pending.length > 0) {
    const box = pending.at(-1) as number;
    const open = (targets[box] as number[]).filter((target) => height[target] === -1);
    if (open.length > 0) pending.push(...open);
    else {
      height[box] = Math.max(-1, ...(targets[box] as number[]).map((target) => height[target] as number)) + 1;
      pending.pop();
    }
  }
  const highest = Math.max(...height);
  return height.map((one) => highest - one);
}

/** Sorts each row by the mean place of the neighbours in the row before it, downwards and upwards in turn. */
function order(rows: readonly Stop[][]): void {
  const number = (): void => {
    for (const row of rows)
      row.forEach((stop, i) => {
        stop.x = i - (row.length - 1) / 2;
      });
  };
  number();
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const down = sweep % 2 === 0;
    for (const row of down ? rows : rows.toReversed()) {
      const wish = new Map(row.map((stop) => [stop, mean(down ? stop.above : stop.below) ?? stop.x]));
      row.sort((a, b) => (wish.get(a) as number) - (wish.get(b) as number));
      row.forEach((stop, i) => {
        stop.x = i - (row.length - 1) / 2;
      });
    }
  }
}

/** Moves each stop to the mean of its neighbours, as far as those beside it leave room. */
function place(rows: readonly Stop[][]): void {
  for (const row of rows)
    settle(
      row,
      row.map((stop) => stop.x * 80),
    );
  for (let sweep = 0; sweep < 2 * SWEEPS; sweep++) {
    const down = sweep % 2 === 0;
    for (const row of down ? rows : rows.toReversed()) {
      const towards = (stop: Stop): number | undefined =>
        sweep >= 2 * SWEEPS - 2 ? mean([...stop.above, ...stop.below]) : mean(down ? stop.above : stop.below);
      settle(
        row,
        row.map((stop) => towards(stop) ?? stop.x),
      );
    }
  }
}

/** The places nearest to those wished for, in squares, at which the stops of a row do not overlap: an isotonic regression. */
function settle(row: readonly Stop[], wishes: readonly number[]): void {
  const offsets: number[] = [];
  let offset = 0;
  row.forEach((stop, i) => {
    if (i > 0) offset += ((row[i - 1] as Stop).width + stop.width) / 2 + GAP;
    offsets.push(offset);
  });
  const blocks: { sum: number; count: number }[] = [];
  wishes.forEach((wish, i) => {
    let block = { sum: wish - (offsets[i] as number), count: 1 };
    for (
      let last = blocks.at(-1);
      last !== undefined && last.sum / last.count > block.sum / block.count;
      last = blocks.at(-1)
    ) {
      block = { sum: block.sum + last.sum, count: block.count + last.count };
      blocks.pop();
    }
    blocks.push(block);
  });
  let i = 0;
  for (const { sum, count } of blocks) {
    for (let k = 0; k < count; k++, i++) (row[i] as Stop).x = sum / count + (offsets[i] as number);
  }
}

function mean(stops: readonly Stop[]): number | undefined {
  return stops.length === 0 ? undefined : stops.reduce((sum, stop) => sum + stop.x, 0) / stops.length;
}
