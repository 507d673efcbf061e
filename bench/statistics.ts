/** Medians and quantiles. */

/** The value below which the share `q` (0 to 1) of the values lies; NaN of no values. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * q;
  const below = sorted[Math.floor(at)] ?? Number.NaN;
  const above = sorted[Math.ceil(at)] ?? Number.NaN;
  return below + (above - below) * (at - Math.floor(at));
}

/** The middle value; NaN of no values. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}
