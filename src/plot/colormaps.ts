/** A colormap's name. */
export type Colormap = "gray" | "Greys" | "Reds" | "Blues" | "RdBu" | "bwr" | "viridis";

/**
 * Colours from low to high values, by evenly spaced stops; in between they are interpolated in RGB. Names and colours are matplotlib's.
 * A new colormap is one name and one row.
 */
const STOPS: Readonly<Record<Colormap, readonly string[]>> = {
  /** Black to white. */
  gray: ["#000000", "#ffffff"],
  /** White to black, in ColorBrewer's steps: for print. */
  Greys: ["#ffffff", "#f0f0f0", "#d9d9d9", "#bdbdbd", "#969696", "#737373", "#525252", "#252525", "#000000"],
  /** White to dark red. */
  Reds: ["#fff5f0", "#fee0d2", "#fcbba1", "#fc9272", "#fb6a4a", "#ef3b2c", "#cb181d", "#a50f15", "#67000d"],
  /** White to dark blue. */
  Blues: ["#f7fbff", "#deebf7", "#c6dbef", "#9ecae1", "#6baed6", "#4292c6", "#2171b5", "#08519c", "#08306b"],
  /** Diverging: red over white to blue. */
  RdBu: [
    ...["#67001f", "#b2182b", "#d6604d", "#f4a582", "#fddbc7"],
    ...["#f7f7f7", "#d1e5f0", "#92c5de", "#4393c3", "#2166ac", "#053061"],
  ],
  /** Diverging: blue over white to red. */
  bwr: ["#0000ff", "#ffffff", "#ff0000"],
  /** Dark blue over green to yellow, as bright as they are high. Every 32nd of its 256 colours. */
  viridis: ["#440154", "#472d7b", "#3b528b", "#2c728e", "#21918c", "#28ae80", "#5ec962", "#addc30", "#fde725"],
};

/** Colormaps whose middle means zero. */
export const diverging: readonly Colormap[] = ["RdBu", "bwr"];

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
