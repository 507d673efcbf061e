/** How values are laid out along an axis. */
export type Scale = "linear" | "log";

/** Values closer than this, relative to their size, count as one: ticks between them would need more digits than a number has. */
const CLOSE = 1e-12;

function areClose(low: number, high: number): boolean {
  return high - low <= CLOSE * Math.max(Math.abs(low), Math.abs(high));
}

/** An axis from `low` to `high`, with its ticks in between. */
export interface Axis {
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly number[];
}

/** The smallest and largest of the finite values, or undefined if there is none. */
export function extent(lists: Iterable<ArrayLike<number>>): readonly [low: number, high: number] | undefined {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const values of lists) {
    for (let i = 0; i < values.length; i++) {
      const value = values[i] as number;
      if (!Number.isFinite(value)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return low <= high ? [low, high] : undefined;
}

/** An axis along the bottom: as long as its values, from zero where they begin near it, with whole ticks if all of them are whole. */
export function axisAcross(low: number, high: number, whole: boolean, count: number): Axis {
  if (areClose(low, high)) {
    const room = Math.max(1, Math.abs(low) / 10);
    return { low: low - room, high: high + room, ticks: [low] };
  }
  const start = low > 0 && low < high / 50 ? 0 : low;
  return { low: start, high, ticks: linearTicks(start, high, count, whole ? 1 : 0) };
}

/** An axis up the side: a little longer than its values, from zero where they come near it. */
export function axisUp(low: number, high: number, scale: Scale, count: number): Axis {
  if (scale === "log") return logAxis(low, high, count);
  if (areClose(low, high)) {
    const room = Math.abs(low) / 2 || 1;
    return { low: low - room, high: high + room, ticks: linearTicks(low - room, high + room, count) };
  }
  const room = (high - low) * 0.05;
  const bottom = low >= 0 && low < high * 0.3 ? 0 : low - room;
  return { low: bottom, high: high + room, ticks: linearTicks(bottom, high + room, count) };
}

/** An axis exactly from `low` to `high`. */
export function axisBetween(low: number, high: number, count: number): Axis {
  return { low, high, ticks: linearTicks(low, high, count) };
}

/** A logarithmic axis, a little longer than its values. */
export function logAxis(low: number, high: number, count: number): Axis {
  const room = areClose(low, high) ? 2 : (high / low) ** 0.05;
  const [bottom, top] = [low / room, high * room];
  const decades = Math.log10(top / bottom);
  if (decades < 0.7) return { low: bottom, high: top, ticks: linearTicks(bottom, top, count) };
  const digits = decades < 1.4 ? [1, 2, 5] : decades < 3 ? [1, 3] : [1];
  const step = Math.max(1, Math.ceil(decades / 8));
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(bottom)); power <= Math.ceil(Math.log10(top)); power++) {
    if (power % step !== 0) continue;
    for (const digit of digits) ticks.push(Number(`${digit}e${power}`));
  }
  return { low: bottom, high: top, ticks: ticks.filter((tick) => tick >= bottom && tick <= top) };
}

/** About `count` round numbers from `low` to `high`, in steps of 1, 2 or 5 times a power of ten, each step at least `least`. */
function linearTicks(low: number, high: number, count: number, least = 0): number[] {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const digit = rough / power;
  const factor = digit < Math.SQRT2 ? 1 : digit < Math.sqrt(10) ? 2 : digit < Math.sqrt(50) ? 5 : 10;
  const step = Math.max(factor * power, least);
  const ticks: number[] = [];
  const first = Math.ceil(low / step - 1e-9);
  for (let i = first; i <= Math.floor(high / step + 1e-9); i++) ticks.push(Number((i * step).toPrecision(15)));
  return ticks;
}
