import type { Markup } from "./markup.ts";

/** `auto` follows the reader's light or dark setting; `light` and `dark` fix it, for print and for slides. */
export type Theme = "auto" | "light" | "dark";

/** Colours by role, as they stand in a light picture. Each has exactly one counterpart in {@link DARK}. */
export const colors = {
  surface: "#ffffff",
  ink: "#1f2328",
  muted: "#59636e",
  grid: "#e4e7eb",
  axis: "#9aa4af",
  wrong: "#cf222e",
  right: "#0b69c7",
} as const;

/** Colours of series, in order; told apart by readers with any kind of colour vision, and at least 3:1 against both surfaces. */
export const seriesColors: readonly string[] = [
  "#0b69c7",
  "#d1570a",
  "#16835a",
  "#a03fb0",
  "#8f6b00",
  "#0e7f8c",
  "#b8366b",
  "#6e5fd0",
];

const DARK: Readonly<Record<string, string>> = {
  [colors.surface]: "#0d1117",
  [colors.ink]: "#e6edf3",
  [colors.muted]: "#9198a1",
  [colors.grid]: "#242b33",
  [colors.axis]: "#57606a",
  [colors.wrong]: "#ff7b72",
  "#0b69c7": "#58a6ff",
  "#d1570a": "#ff9b4a",
  "#16835a": "#3fcf8e",
  "#a03fb0": "#d58bea",
  "#8f6b00": "#e3c04b",
  "#0e7f8c": "#4fd1de",
  "#b8366b": "#ff86b0",
  "#6e5fd0": "#a99cff",
};

const PAINT = /(fill|stroke|color)="(#[0-9a-f]{6})"/g;

/** The colour of the series at `index`. */
export function seriesColor(index: number): string {
  return seriesColors[index % seriesColors.length] as string;
}

/**
 * The CSS that turns the light colours used in `body` into their dark counterparts.
 *
 * The light colours are plain attributes, so readers that know no CSS (printers, converters to PNG or PDF) show the light picture;
 * browsers let the rules below win where the reader prefers dark.
 */
export function darkRules(body: Markup, className: string): string {
  const rules = new Set<string>();
  for (const [, property, color] of body.matchAll(PAINT) as Iterable<[string, string, string]>) {
    const dark = DARK[color];
    if (dark !== undefined) rules.add(`.${className} [${property}="${color}"]{${property}:${dark}}`);
  }
  return `@media (prefers-color-scheme:dark){${[...rules].sort().join("")}}`;
}

/** `body` with its light colours replaced by the dark ones. */
export function darken(body: Markup): Markup {
  return body.replace(PAINT, (paint, property, color) => {
    const dark = DARK[color];
    return dark === undefined ? paint : `${property}="${dark}"`;
  }) as Markup;
}
