import { RIGHT } from "./frame.ts";
import { element, type Markup, text } from "./markup.ts";
import { PADDING } from "./picture.ts";
import { colors } from "./theme.ts";

/** One entry of a legend. */
export interface LegendEntry {
  readonly name: string;
  readonly color: string;
  /** What follows the name in a paler colour, such as the last value. */
  readonly note?: string;
  /** Its sign. Default a dot. */
  readonly sign?: "dot" | "line" | "dashes" | "square" | "ring";
}

/** Height of one line of a legend. */
export const LEGEND = 20;
const SIGNS = { dot: "●", line: "━", dashes: "╍", square: "■", ring: "○" } as const;
/** An average character of the legend at its size, in pixels; there is no font to measure with. */
const CHARACTER = 7;

/** How many lines the entries take. */
export function legendLines(entries: readonly LegendEntry[], width: number): number {
  return arrange(entries, width).length;
}

/** The legend, its first line's top at `top`: for each entry a sign in its colour, its name and its note. */
export function drawLegend(entries: readonly LegendEntry[], width: number, top: number): Markup[] {
  const font = { "font-size": 12.5, fill: colors.ink };
  return arrange(entries, width).map((line, i) =>
    element("text", { x: PADDING, y: top + i * LEGEND + 13, ...font }, ...line.flatMap(spans)),
  );
}

function arrange(entries: readonly LegendEntry[], width: number): LegendEntry[][] {
  const lines: LegendEntry[][] = [];
  let used = Number.POSITIVE_INFINITY;
  for (const entry of entries) {
    const needed = (entry.name.length + (entry.note ?? "").length + 6) * CHARACTER;
    if (used + needed > width - PADDING - RIGHT) {
      lines.push([]);
      used = 0;
    }
    (lines.at(-1) as LegendEntry[]).push(entry);
    used += needed;
  }
  return lines;
}

function spans({ name, color, note, sign = "dot" }: LegendEntry, index: number): Markup[] {
  const gap = { dx: index === 0 ? undefined : 16 };
  return [
    element("tspan", { ...gap, fill: color }, text(SIGNS[sign])),
    element("tspan", { dx: 5 }, text(name)),
    ...(note === undefined ? [] : [element("tspan", { dx: 5, fill: colors.muted }, text(note))]),
  ];
}
