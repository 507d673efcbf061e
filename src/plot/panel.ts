import * as Plot from "@observablehq/plot";
import { type Axis, axisAcross, axisUp, extent, type Scale } from "./axis.ts";
import { chart } from "./chart.ts";
import { defaultSmoothing, movingAverage, type Point, thinLine } from "./line.ts";
import { element, type Markup, text } from "./markup.ts";
import { formatNumber, tickFormat } from "./numbers.ts";
import { PADDING } from "./picture.ts";
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

const RIGHT = 24;
const BOTTOM = 44;
const TOP = 10;
const HEADING = 22;
const LEGEND = 20;
/** Series of at most this many points get a dot at each. */
const DOTS = 30;
/** An average character of the legend at its size, in pixels; there is no font to measure with. */
const CHARACTER = 7;
/** A digit of an axis at its size, in pixels. */
const DIGIT = 7.2;

/** Room a panel's title and legend take above its chart. */
export function headingHeight(title: string, curves: readonly Curve[], options: PanelOptions, width: number): number {
  return (title ? HEADING : 0) + LEGEND * legendLines(curves, options, width).length;
}

/** One panel: title, legend and chart, as SVG with its top left corner at 0,0. */
export function drawPanel(
  title: string,
  curves: readonly Curve[],
  options: PanelOptions,
  size: { readonly width: number; readonly height: number; readonly heading: number },
): Markup {
  const { width, height, heading } = size;
  const titleFont = { "font-size": 14, "font-weight": 600, fill: colors.ink };
  const head = title ? [element("text", { x: PADDING, y: 15, ...titleFont }, text(title))] : [];
  const top = title ? HEADING : 0;
  const legendFont = { "font-size": 12.5, fill: colors.ink };
  const legend = legendLines(curves, options, width).map((line, i) =>
    element("text", { x: PADDING, y: top + i * LEGEND + 13, ...legendFont }, ...line),
  );
  const drawn = drawChart(curves, options, width, height - heading);
  return element("g", {}, ...head, ...legend, element("g", { transform: `translate(0,${heading})` }, drawn));
}

function drawChart(curves: readonly Curve[], options: PanelOptions, width: number, height: number): Markup {
  const { scale = "linear", percent = false } = options;
  const [left, right] = extent(curves.map((curve) => curve.x)) as readonly [number, number];
  const whole = curves.every((curve) => Array.prototype.every.call(curve.x, Number.isInteger));
  const across = axisAcross(left, right, whole, Math.max(2, Math.floor(width / 90)));
  const values = extent(curves.map((curve) => curve.y));
  const [low, high] = values ?? (scale === "log" ? [0.1, 1] : [0, 1]);
  const up = axisUp(low, high, scale, Math.max(2, Math.floor((height - TOP - BOTTOM) / 45)));
  const hundreds = tickFormat(up.ticks.map((tick) => tick * 100));
  const upText = percent ? (tick: number): string => `${hundreds(tick * 100)} %` : tickFormat(up.ticks);
  const marginLeft = Math.ceil(
    PADDING + (options.y ? 18 : 0) + 8 + DIGIT * Math.max(...up.ticks.map((t) => upText(t).length)),
  );
  const column = (x: number): number => ((x - across.low) / (across.high - across.low)) * (width - marginLeft - RIGHT);
  const marks = curves.flatMap((curve, i) => curveMarks(curve, seriesColor(i), column, options));
  const drawn = chart({
    width,
    height,
    marginLeft,
    marginRight: RIGHT,
    marginBottom: BOTTOM,
    marginTop: TOP,
    x: { domain: [across.low, across.high], label: null, axis: null },
    y: { domain: [up.low, up.high], type: scale, label: null, axis: null },
    marks: [
      ...axisMarks(across, up, upText),
      ...marks,
      ...brokenMarks(curves, across, up),
      ...(values ? [] : [emptyMark(across, up, scale)]),
    ],
  });
  const label = { "font-size": 12, fill: colors.muted, "text-anchor": "middle" };
  const below = { x: (marginLeft + width - RIGHT) / 2, y: height - 6, ...label };
  const beside = { transform: `translate(${PADDING + 8},${(TOP + height - BOTTOM) / 2}) rotate(-90)`, ...label };
  const labels = [
    ...(options.x ? [element("text", below, text(options.x))] : []),
    ...(options.y ? [element("text", beside, text(options.y))] : []),
  ];
  return element("g", { "font-size": 12, "text-anchor": "middle" }, drawn, ...labels);
}

function axisMarks(across: Axis, up: Axis, upText: (value: number) => string): Plot.Markish[] {
  const tick = { tickSize: 0, tickPadding: 8, fill: colors.muted, fontSize: 12, label: null };
  return [
    Plot.gridY(up.ticks, { stroke: colors.grid, strokeOpacity: 1 }),
    Plot.ruleY([up.low], { stroke: colors.axis }),
    Plot.axisX(across.ticks, { ...tick, tickSize: 4, stroke: colors.axis, tickFormat: tickFormat(across.ticks) }),
    Plot.axisY(up.ticks, { ...tick, tickFormat: upText }),
  ] as Plot.Markish[];
}

const at = { x: (point: Point): number => point[0], y: (point: Point): number => point[1] };

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
const noteFont = { fontSize: 12, stroke: colors.surface, strokeWidth: 4 };

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

/** The legend's lines, each a list of `tspan`s: a dot in the series' colour, its name and its last value. */
function legendLines(curves: readonly Curve[], options: PanelOptions, width: number): Markup[][] {
  const lines: Markup[][] = [];
  let used = Number.POSITIVE_INFINITY;
  curves.forEach((curve, i) => {
    const value = lastValue(curve, options);
    const needed = (curve.name.length + value.length + 6) * CHARACTER;
    if (used + needed > width - PADDING - RIGHT) {
      lines.push([]);
      used = 0;
    }
    const line = lines.at(-1) as Markup[];
    const gap = { dx: line.length === 0 ? undefined : 16 };
    line.push(
      element("tspan", { ...gap, fill: seriesColor(i) }, text("●")),
      element("tspan", { dx: 5 }, text(curve.name)),
      element("tspan", { dx: 5, fill: colors.muted }, text(value)),
    );
    used += needed;
  });
  return lines;
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
