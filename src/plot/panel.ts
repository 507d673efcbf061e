import * as Plot from "@observablehq/plot";
import { type Axis, axisAcross, axisUp, extent, type Scale } from "./axis.ts";
import { BOTTOM, columnOf, drawFrame, frame, TOP } from "./frame.ts";
import { defaultSmoothing, movingAverage, type Point, thinLine } from "./line.ts";
import type { Markup } from "./markup.ts";
import { formatNumber, percentFormat, tickFormat } from "./numbers.ts";
import type { Panel } from "./panels.ts";
import { colors, seriesColor } from "./theme.ts";

/** How one panel of curves looks. */
export interface PanelOptions {
  /** What runs along the bottom, such as `"step"` or `"epoch"`. */
  readonly x?: string;
  /** What runs up the side, such as `"cross-entropy"`. */
  readonly y?: string;
  /** The vertical scale. Default `"linear"`. */
  readonly scale?: Scale;
  /**
   * Weight of the past in the moving average, from 0 (off) to below 1. By default a memory of 2 % of the points, for series of more than 100.
   * The series itself stays as a thin line behind its average.
   */
  readonly smooth?: number;
  /** Shows 0.98 as 98 %. */
  readonly percent?: boolean;
}

/** A checked series: `x` is finite, `y` of the same length, neither is empty. */
export interface Curve {
  readonly name: string;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  readonly smooth?: number | undefined;
}

/** Series of at most this many points get a dot at each. */
const DOTS = 30;

/** The panel of these curves. */
export function curvesPanel(title: string, curves: readonly Curve[], options: PanelOptions): Panel {
  const legend = curves.map((curve, i) => ({
    name: curve.name,
    color: seriesColor(i),
    note: lastValue(curve, options),
  }));
  return { title, legend, draw: (width, height) => drawChart(curves, options, width, height) };
}

function drawChart(curves: readonly Curve[], options: PanelOptions, width: number, height: number): Markup {
  const { scale = "linear", percent = false, x, y } = options;
  const [left, right] = extent(curves.map((curve) => curve.x)) as readonly [number, number];
  const whole = curves.every((curve) => Array.prototype.every.call(curve.x, Number.isInteger));
  const across = axisAcross(left, right, whole, Math.max(2, Math.floor(width / 90)));
  const values = extent(curves.map((curve) => curve.y));
  const [low, high] = values ?? (scale === "log" ? [0.1, 1] : [0, 1]);
  const up = axisUp(low, high, scale, Math.max(2, Math.floor((height - TOP - BOTTOM) / 45)));
  const upText = percent ? percentFormat(up.ticks) : tickFormat(up.ticks);
  const drawn = frame({ width, height, across, up, upScale: scale, upText, x, y });
  return drawFrame(drawn, [
    ...curves.flatMap((curve, i) => curveMarks(curve, seriesColor(i), columnOf(drawn), options)),
    ...brokenMarks(curves, across, up),
    ...(values ? [] : [emptyMark(across, up, scale)]),
  ]);
}

/** Reads a point. */
export const at: { readonly x: (point: Point) => number; readonly y: (point: Point) => number } = {
  x: (point) => point[0],
  y: (point) => point[1],
};

function curveMarks(curve: Curve, color: string, column: (x: number) => number, options: PanelOptions): Plot.Markish[] {
  const weight = smoothing(curve, options);
  const raw = thinLine(curve.x, curve.y, column);
  const solid = { ...at, stroke: color, strokeWidth: 2.25, ariaLabel: () => curve.name };
  const withDots = curve.y.length <= DOTS;
  const radius = curve.y.length <= 12 ? 3.5 : 2.5;
  const dot = { ...at, fill: color, r: radius, stroke: colors.surface, strokeWidth: 1 };
  const dots = withDots ? [Plot.dot(raw, dot)] : loneDots(raw, color);
  if (weight === 0) return [Plot.line(raw, solid), ...dots];
  const average = thinLine(curve.x, movingAverage(curve.y, weight), column);
  const every = `${curve.name}, every value`;
  const behind = { ...at, stroke: color, strokeWidth: 1, strokeOpacity: 0.25, ariaLabel: () => every };
  return [Plot.line(raw, behind), Plot.line(average, solid), ...dots];
}

/** A point between two gaps makes no line, so it gets a dot. */
function loneDots(points: readonly Point[], color: string): Plot.Markish[] {
  const missing = (point: Point | undefined): boolean => point === undefined || Number.isNaN(point[1]);
  const lone = points.filter((p, i) => !missing(p) && missing(points[i - 1]) && missing(points[i + 1]));
  return lone.length === 0 ? [] : [Plot.dot(lone, { ...at, fill: color, r: 2 })];
}

/** Notes inside the chart; the stroke in the background's colour keeps them readable on top of lines. */
export const noteFont: { readonly fontSize: number; readonly stroke: string; readonly strokeWidth: number } = {
  fontSize: 12,
  stroke: colors.surface,
  strokeWidth: 4,
};

/** A red line where a series first stops being a number, and what it became: the first thing to look for when a run diverges. */
function brokenMarks(curves: readonly Curve[], across: Axis, up: Axis): Plot.Markish[] {
  let row = 0;
  return curves.flatMap((curve) => {
    const broken = Array.from(curve.y).flatMap((value, i) => (Number.isFinite(value) ? [] : [i]));
    const [first] = broken;
    if (first === undefined) return [];
    const x = curve.x[first] as number;
    const more = broken.length > 1 ? `, ${broken.length} of ${curve.y.length} values not finite` : "";
    const label = `${curve.name}: ${formatNumber(curve.y[first] as number)} at ${formatNumber(x, 8)}${more}`;
    const onRight = x - across.low > (across.high - across.low) / 2;
    const place = { textAnchor: onRight ? "end" : "start", dx: onRight ? -6 : 6, dy: 10 + 16 * row++ } as const;
    return [
      Plot.ruleX([x], { stroke: colors.wrong, strokeDasharray: "4,3", strokeWidth: 1.5 }),
      Plot.text([[x, up.high] as const], { ...at, ...noteFont, ...place, text: () => label, fill: colors.wrong }),
    ];
  });
}

function emptyMark(across: Axis, up: Axis, scale: Scale): Plot.Markish {
  const half = scale === "log" ? Math.sqrt(up.low * up.high) : (up.low + up.high) / 2;
  const middle = [[(across.low + across.high) / 2, half] as const];
  return Plot.text(middle, { ...at, ...noteFont, text: () => "no finite values to draw", fill: colors.muted });
}

function lastValue(curve: Curve, options: PanelOptions): string {
  const weight = smoothing(curve, options);
  const last = movingAverage(curve.y, weight).findLast(Number.isFinite);
  if (last === undefined) return "";
  const value = options.percent ? `${formatNumber(last * 100, 4)} %` : formatNumber(last, 4);
  return weight === 0 ? value : `average ${value}`;
}

function smoothing(curve: Curve, options: PanelOptions): number {
  return curve.smooth ?? options.smooth ?? defaultSmoothing(curve.y.length);
}
