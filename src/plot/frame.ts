import * as Plot from "@observablehq/plot";
import type { Axis, Scale } from "./axis.ts";
import { chart } from "./chart.ts";
import { element, type Markup, text } from "./markup.ts";
import { tickFormat } from "./numbers.ts";
import { PADDING } from "./picture.ts";
import { colors } from "./theme.ts";

/** A chart's size, axes and labels. */
export interface FrameOptions {
  readonly width: number;
  readonly height: number;
  readonly across: Axis;
  readonly up: Axis;
  readonly acrossScale?: Scale;
  readonly upScale?: Scale;
  readonly acrossText?: (tick: number) => string;
  readonly upText?: (tick: number) => string;
  /** What runs along the bottom. */
  readonly x?: string;
  /** What runs up the side. */
  readonly y?: string;
  /** How far a line may lie from its exact place, in pixels, to need fewer corners. Default 0. */
  readonly tolerance?: number;
  /** Which lines of the grid are drawn; a map that fills the chart has none. Default those of the side's ticks. */
  readonly grid?: "horizontal" | "both" | "none";
}

/** A chart with axes that waits for its marks. */
export interface Frame extends FrameOptions {
  readonly marginLeft: number;
  /** Width and height of the area that the marks are drawn in. */
  readonly area: { readonly width: number; readonly height: number };
}

export const RIGHT = 24;
export const BOTTOM = 44;
export const TOP = 10;
/** A digit of an axis at its size, in pixels. */
const DIGIT = 7.2;

/** Lays a chart out: the margin at the left is as wide as the ticks' texts need. */
export function frame(options: FrameOptions): Frame {
  const { up, upText = tickFormat(up.ticks), width, height } = options;
  const longest = Math.max(...up.ticks.map((tick) => upText(tick).length));
  const marginLeft = Math.ceil(PADDING + (options.y ? 18 : 0) + 8 + DIGIT * longest);
  return { ...options, upText, marginLeft, area: { width: width - marginLeft - RIGHT, height: height - TOP - BOTTOM } };
}

/** The pixel column of an x on a linear axis, from 0 at the left of the area. */
export function columnOf({ across, area }: Frame): (x: number) => number {
  return (x) => ((x - across.low) / (across.high - across.low)) * area.width;
}

/** The frame with its grid, axes and labels, and `marks` on top. `behind` lies under the grid. */
export function drawFrame(drawn: Frame, marks: Plot.Markish[], behind: Plot.Markish[] = []): Markup {
  const { width, height, marginLeft, across, up, acrossScale = "linear", upScale = "linear" } = drawn;
  const options: Plot.PlotOptions = {
    width,
    height,
    marginLeft,
    marginRight: RIGHT,
    marginBottom: BOTTOM,
    marginTop: TOP,
    x: { domain: [across.low, across.high], type: acrossScale, label: null, axis: null },
    y: { domain: [up.low, up.high], type: upScale, label: null, axis: null },
    marks: [...behind, ...axisMarks(drawn), ...marks],
  };
  const inside = chart(options, drawn.tolerance);
  const label = { "font-size": 12, fill: colors.muted, "text-anchor": "middle" };
  const below = { x: (marginLeft + width - RIGHT) / 2, y: height - 6, ...label };
  const beside = { transform: `translate(${PADDING + 8},${(TOP + height - BOTTOM) / 2}) rotate(-90)`, ...label };
  const labels = [
    ...(drawn.x ? [element("text", below, text(drawn.x))] : []),
    ...(drawn.y ? [element("text", beside, text(drawn.y))] : []),
  ];
  return element("g", { "font-size": 12, "text-anchor": "middle" }, inside, ...labels);
}

function axisMarks({
  across,
  up,
  acrossText,
  upText,
  acrossScale,
  upScale,
  grid = "horizontal",
}: Frame): Plot.Markish[] {
  const tick = { tickSize: 0, tickPadding: 8, fill: colors.muted, fontSize: 12, label: null };
  const line = { stroke: colors.grid, strokeOpacity: 1 };
  const acrossFormat = acrossText ?? tickFormat(across.ticks);
  const upFormat = upText ?? tickFormat(up.ticks);
  const below = acrossScale === "log" ? namedTicks(across, up, acrossFormat, { dy: 18 }, false) : [];
  const beside = upScale === "log" ? namedTicks(across, up, upFormat, { dx: -8, textAnchor: "end" }, true) : [];
  const acrossTicks = { ...tick, tickSize: 4, stroke: colors.axis, tickFormat: acrossFormat };
  return [
    ...(grid === "none" ? [] : [Plot.gridY(up.ticks, line)]),
    ...(grid === "both" ? [Plot.gridX(across.ticks, line)] : []),
    Plot.ruleY([up.low], { stroke: colors.axis }),
    Plot.axisX(across.ticks, acrossScale === "log" ? { ...acrossTicks, tickFormat: () => "" } : acrossTicks),
    ...below,
    ...(upScale === "log" ? beside : [Plot.axisY(up.ticks, { ...tick, tickFormat: upFormat })]),
  ] as Plot.Markish[];
}

/** The ticks' texts of a logarithmic axis: the library's own leaves out those between powers of ten. */
function namedTicks(
  across: Axis,
  up: Axis,
  format: (tick: number) => string,
  place: Plot.TextOptions,
  isUp: boolean,
): Plot.Markish[] {
  const ticks = (isUp ? up : across).ticks.map((tick) => ({
    tick,
    x: isUp ? across.low : tick,
    y: isUp ? tick : up.low,
  }));
  const text = (one: { readonly tick: number }): string => format(one.tick);
  return [Plot.text(ticks, { x: "x", y: "y", text, fill: colors.muted, fontSize: 12, ...place })];
}
