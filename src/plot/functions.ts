import * as Plot from "@observablehq/plot";
import { DTypeError, ValueError } from "../errors.ts";
import { axisBetween, axisUp, extent } from "./axis.ts";
import { checkNamed, checkRange, checkSameLength, finiteNumbers, groupByTitle, type Range } from "./checks.ts";
import { BOTTOM, columnOf, drawFrame, type Frame, frame, TOP } from "./frame.ts";
import type { LegendEntry } from "./legend.ts";
import { clipLine, type Point, thinLine } from "./line.ts";
import type { Markup } from "./markup.ts";
import { describe, type Numbers } from "./numbers.ts";
import { at, noteFont } from "./panel.ts";
import { drawPanels, type Panel } from "./panels.ts";
import { checkPictureOptions, checkPixels, compose, type Picture, type PictureOptions } from "./picture.ts";
import { colors, seriesColor } from "./theme.ts";

/** A function, or values that belong to places. */
export interface FunctionSeries {
  /** Its name in the legend. */
  readonly name: string;
  /** The function itself, or its values at `x`. Where the function is not finite, its line breaks. */
  readonly y: ((x: number) => number) | Numbers;
  /** Where the values stand, as long as `y`; not for functions. */
  readonly x?: Numbers;
  /** Draws a dot at each value in place of a line. Default false. */
  readonly points?: boolean;
  /** Draws a dashed gray line: what the others are compared with, such as the true function. Default false. */
  readonly reference?: boolean;
  /** The panel it is drawn in, by title. Series without one share the first panel, which then has no title. */
  readonly panel?: string;
}

/** Options of {@link functions}. */
export interface FunctionsOptions extends PictureOptions {
  /** What runs along the bottom. Default `"x"`. */
  readonly x?: string;
  /** What runs up the side. Default `"y"`. */
  readonly y?: string;
  /** From where to where functions are drawn. Default: as far as the values given, or from −5 to 5. */
  readonly range?: Range;
  /** What is shown of the values; lines are cut off at its ends. Default: all of them. */
  readonly yRange?: Range;
  /** A shaded part of the x axis, such as where the training examples lie. */
  readonly interval?: Range;
  /** The name of the shaded part. Default `"training interval"`. */
  readonly intervalName?: string;
  /** Height of each panel's chart in CSS pixels, without title and legend. Default 300. */
  readonly height?: number;
  /** Panels side by side. Default 2. */
  readonly columns?: number;
}

/** A checked series. */
interface Line {
  readonly name: string;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  readonly kind: "line" | "points" | "reference";
  readonly panel: string;
  readonly color: string;
}

const SAMPLES = 400;
const MOST_POINTS = 2000;
const FORM = '{ name: "truth", y: (x) => x ** 2 }';

/**
 * Draws functions and sets of points in one chart, or in several side by side: a fit against the truth, inside and outside of the
 * interval that it was trained on.
 *
 * @param list What is drawn: a JavaScript function, or the values `y` of a network at the places `x`, as a line or as points.
 * @throws {ValueError} for an empty list, values or places that are not finite, a function without a finite value, a range that is none.
 * @throws {ShapeError} if `x` and `y` differ in length.
 * @throws {DTypeError} if `x` or `y` are not numbers, or values have no `x`.
 * @example
 * const xs = linspace(-2, 2, 100);
 * plot.functions([{ name: "x³", y: (x) => x ** 3, reference: true }, { name: "2x", x: xs, y: xs.mul(2) }], { range: [-3, 3], interval: [-2, 2] })
 *   .save("runs/fit.svg");
 */
export function functions(list: readonly FunctionSeries[], options: FunctionsOptions = {}): Picture {
  checkOptions(options);
  const { width = 800, height = 300, columns = 2 } = options;
  checkNamed("functions", list, FORM);
  const lines = readLines(list, options);
  const panels = [...groupByTitle("functions", lines)].map(([title, group]) => panelOf(title, group, options));
  const description = `Functions: ${lines.map((line) => line.name).join(", ")}.`;
  return compose({ width, ...drawPanels(panels, { width, height, columns }), description }, options);
}

function checkOptions(options: FunctionsOptions): void {
  checkPictureOptions("functions", options, [
    "x",
    "y",
    "range",
    "yRange",
    "interval",
    "intervalName",
    "height",
    "columns",
  ]);
  const { height = 300, columns = 2 } = options;
  checkPixels("functions: height", height, 120);
  for (const name of ["range", "yRange", "interval"] as const) {
    const range = options[name];
    if (range !== undefined) checkRange(`functions: ${name}`, range);
  }
  if (!(Number.isInteger(columns) && columns >= 1 && columns <= 4)) {
    throw new ValueError(`functions: columns must be from 1 to 4; got ${describe(columns)}`);
  }
}

function readLines(list: readonly FunctionSeries[], options: FunctionsOptions): Line[] {
  const places = list.map(({ name, x }) =>
    x === undefined ? [] : finiteNumbers(`functions: x of ${JSON.stringify(name)}`, x),
  );
  const range = options.range ?? extent(places) ?? [-5, 5];
  if (range[0] === range[1]) throw new ValueError(`functions: all points lie at x = ${range[0]}; give a range`);
  const names = [...new Set(list.flatMap((one) => (one.reference ? [] : [one.name])))];
  return list.map((one, i) => {
    const { name, panel = "", points = false, reference = false } = one;
    const what = `functions: y of ${JSON.stringify(name)}`;
    const kind = points ? "points" : reference ? "reference" : "line";
    const color = reference ? colors.muted : seriesColor(names.indexOf(name));
    if (typeof one.y === "function") return { name, panel, kind, color, ...sampled(what, one.y, range) };
    if (one.x === undefined) throw new DTypeError(`${what}: values need the places x that they stand at; got no x`);
    const [x, y] = [places[i] as ArrayLike<number>, finiteNumbers(what, one.y)];
    checkSameLength(`functions: ${JSON.stringify(name)}`, x, y);
    return { name, panel, kind, color, x, y };
  });
}

/** The function's values at evenly spaced places. */
export function sampled(
  what: string,
  f: (x: number) => number,
  [low, high]: Range,
): { readonly x: Float64Array; readonly y: Float64Array } {
  const x = Float64Array.from({ length: SAMPLES + 1 }, (_, i) => low + ((high - low) * i) / SAMPLES);
  const y = x.map((place) => {
    const value: unknown = f(place);
    if (typeof value === "number") return value;
    throw new DTypeError(`${what}: the function must return a number; got ${describe(value)} at ${place}`);
  });
  if (y.some(Number.isFinite)) return { x, y };
  throw new ValueError(`${what}: the function has no finite value from ${low} to ${high}; got ${y[0]}`);
}

function panelOf(title: string, lines: readonly Line[], options: FunctionsOptions): Panel {
  const signs = { line: "line", points: "dot", reference: "dashes" } as const;
  const legend: LegendEntry[] = lines.map(({ name, color, kind }) => ({ name, color, sign: signs[kind] }));
  return { title, legend, draw: (width, height) => drawChart(lines, options, width, height) };
}

function drawChart(lines: readonly Line[], options: FunctionsOptions, width: number, height: number): Markup {
  const { range, yRange, interval, x = "x", y = "y" } = options;
  const across = extent([...lines.map((line) => line.x), ...(range ? [range] : []), ...(interval ? [interval] : [])]);
  const [left, right] = across as Range;
  const inside = lines.map((line) => Array.from(line.y).filter((_, i) => isWithin(line.x[i] as number, range)));
  const [low, high] = yRange ?? extent(inside) ?? [0, 1];
  const steps = Math.max(2, Math.floor((height - TOP - BOTTOM) / 45));
  const drawn = frame({
    width,
    height,
    across: axisBetween(range?.[0] ?? left, range?.[1] ?? right, Math.max(2, Math.floor(width / 90))),
    up: yRange ? axisBetween(low, high, steps) : axisUp(low, high, "linear", steps),
    x,
    y,
    grid: "both",
    tolerance: 0.1,
  });
  const order = ["points", "reference", "line"];
  const sorted = [...lines].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
  const marks = sorted.map((line) => (line.kind === "points" ? dots(line, drawn) : stroke(line, drawn)));
  return drawFrame(drawn, [...marks, ...intervalName(drawn, options)], shading(drawn, interval));
}

function isWithin(x: number, range: Range | undefined): boolean {
  return range === undefined || (x >= range[0] && x <= range[1]);
}

function dots({ name, x, y, color }: Line, { across, up }: Frame): Plot.Markish {
  const step = Math.ceil(x.length / MOST_POINTS);
  const points: Point[] = [];
  for (let i = 0; i < x.length; i += step) {
    const [px, py] = [x[i] as number, y[i] as number];
    if (px >= across.low && px <= across.high && py >= up.low && py <= up.high) points.push([px, py]);
  }
  const many = points.length > 100;
  const look = { r: many ? 2 : 3, fillOpacity: many ? 0.5 : 0.9, stroke: many ? "none" : colors.surface };
  return Plot.dot(points, { ...at, ...look, fill: color, ariaLabel: () => name });
}

function stroke({ name, x, y, color, kind }: Line, drawn: Frame): Plot.Markish {
  const { across, up } = drawn;
  const points = clipLine(thinLine(x, y, columnOf(drawn)), up.low, up.high).filter(
    ([place]) => place >= across.low && place <= across.high,
  );
  const look = kind === "reference" ? { strokeWidth: 1.75, strokeDasharray: "6,4" } : { strokeWidth: 2.25 };
  return Plot.line(points, { ...at, ...look, stroke: color, ariaLabel: () => name });
}

function shading({ across, up }: Frame, interval: Range | undefined): Plot.Markish[] {
  if (interval === undefined) return [];
  const [x1, x2] = [Math.max(interval[0], across.low), Math.min(interval[1], across.high)];
  return [Plot.rect([0], { x1, x2, y1: up.low, y2: up.high, fill: seriesColor(0), fillOpacity: 0.09 })];
}

function intervalName(
  { across, up }: Frame,
  { interval, intervalName = "training interval" }: FunctionsOptions,
): Plot.Markish[] {
  if (interval === undefined) return [];
  const middle = (Math.max(interval[0], across.low) + Math.min(interval[1], across.high)) / 2;
  const place: Point[] = [[middle, up.low]];
  return [Plot.text(place, { ...at, ...noteFont, dy: -9, text: () => intervalName, fill: colors.muted })];
}
