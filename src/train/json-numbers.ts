/** Numbers by name in files of JSON, which has none for NaN and infinities: their names as text stand for them. */

const NOT_FINITE: ReadonlyMap<unknown, number> = new Map(
  [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map((value) => [String(value), value]),
);

type Values<V> = Readonly<Record<string, V>>;

function each<V, W>(values: Values<V>, change: (value: V) => W): Record<string, W> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]));
}

/** The values as JSON can hold them. */
export function storable(values: Values<number | string>): Record<string, number | string> {
  return each(values, (value) => (typeof value === "number" && !Number.isFinite(value) ? String(value) : value));
}

/** The values of which `storable` made these. */
export function restored<V>(values: Values<V>): Record<string, V | number> {
  return each(values, (value) => NOT_FINITE.get(value) ?? value);
}
