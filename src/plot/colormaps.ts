/** A colormap's name. */
export type Colormap = "gray" | "Greys";

/**
 * Colours from low to high values, by evenly spaced stops; in between they are interpolated in RGB. Names and colours are matplotlib's.
 * A new colormap is one name and one row.
 */
const STOPS: Readonly<Record<Colormap, readonly string[]>> = {
  /** Black to white. */
  gray: ["#000000", "#ffffff"],
  /** White to black, in ColorBrewer's steps: for print. */
  Greys: ["#ffffff", "#f0f0f0", "#d9d9d9", "#bdbdbd", "#969696", "#737373", "#525252", "#252525", "#000000"],
};

/** The names of all colormaps. */
export const colormaps: readonly Colormap[] = Object.keys(STOPS) as Colormap[];

/** The red, green and blue of each of the 256 levels: 768 bytes. */
export function colorTable(name: Colormap): Uint8Array {
  const stops = STOPS[name];
  const table = new Uint8Array(768);
  for (let level = 0; level < 256; level++) {
    const position = (level / 255) * (stops.length - 1);
    const below = Math.min(Math.floor(position), stops.length - 2);
    for (let channel = 0; channel < 3; channel++) {
      const [from, to] = [stops[below], stops[below + 1]].map((stop) =>
        Number.parseInt((stop as string).slice(1 + 2 * channel, 3 + 2 * channel), 16),
      ) as [number, number];
      table[level * 3 + channel] = Math.round(from + (to - from) * (position - below));
    }
  }
  return table;
}
