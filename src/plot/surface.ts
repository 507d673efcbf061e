import * as Plot from "@observablehq/plot";
import { DTypeError, ValueError } from "../errors.ts";
import { axisBetween, extent, type Scale } from "./axis.ts";
import { checkNamed, checkSameLength, finiteNumbers, type Range } from "./checks.ts";
import { middleOf, rangeAround } from "./field.ts";
import { BOTTOM, drawFrame, type Frame, frame, RIGHT, TOP } from "./frame.ts";
import { isolines } from "./isolines.ts";
import type { LegendEntry } from "./legend.ts";
import { clipLine, type Point } from "./line.ts";
import type { Markup } from "./markup.ts";
import { describe, formatNumber, type Numbers } from "./numbers.ts";
import { at, noteFont } from "./panel.ts";
import { drawPanels } from "./panels.ts";
import { checkPictureOptions, checkPixels, compose, type Picture, type PictureOptions } from "./picture.ts";
import { colors, seriesColor } from "./theme.ts";

/** The way of an optimizer over a surface. */
export interface SurfacePath {
  /** Its name in the legend. */
  readonly name: string;
  /** Where it was after each step, the start first. */
  readonly x: Numbers;
  readonly y: Numbers;
}

/** Options of {@link surface}. */
export interface SurfaceOptions extends PictureOptions {
  /** From where to where the first parameter runs. Default: as far as the paths, and a little more. */
  readonly xRange?: Range;
  /** From where to where the second parameter runs. Default: as far as the paths, and a little more. */
  readonly yRange?: Range;
  /** Ways over the surface, such as those of gradient descent with and without momentum. */
  readonly paths?: readonly SurfacePath[];
  /** The name of the first parameter. Default `"w"`. */
  readonly x?: string;
  /** The name of the second parameter. Default `"b"`. */
  readonly y?: string;
  /** How the levels are spaced. Default `"log"` for a loss above 0 that spans more than a factor of 50, else `"linear"`. */
  readonly scale?: Scale;
  /** Number of levels. Default 12. */
  readonly levels?: number;
  /** Height of the chart in CSS pixels, without title and legend. Default 420. */
  readonly height?: number;
}

interface Way {
  readonly name: string;
  readonly points: readonly Point[];
}

/** The surface's values at the middles of a grid's cells, row after row from below. */
interface Field {
  readonly values: Float64Array;
  readonly columns: number;
  readonly x: Range;
  readonly y: Range;
}

const COLUMNS = 120;
const MOST_CORNERS = 3000;
const DOTS = 60;
/** Logarithmic levels reach down to this part of the highest value: below it there is only the bottom of a valley. */
const DECADES = 1000;

/**
 * Draws a function of two parameters, such as a loss, as contours: darker where it is lower, with the lowest place marked by a cross, and the
 * ways of optimizers over it from their start (a ring) to their end (a dot).
 *
 * @param loss The value at each place.
 * @throws {ValueError} for a value that is not finite, no paths and no ranges, or an option out of its range.
 * @throws {ShapeError} if `x` and `y` of a path differ in length.
 * @throws {DTypeError} if anything is not numbers.
 * @example
 * const way = { name: "gradient descent", x: [-2, -1, -0.5, -0.25], y: [1, 0.2, 0.04, 0.01] };
 * plot.surface((w, b) => w ** 2 + 4 * b ** 2, { paths: [way], title: "Loss" }).save("runs/surface.svg");
 */
export function surface(loss: (x: number, y: number) => number, options: SurfaceOptions = {}): Picture {
  checkOptions(loss, options);
  const { width = 640, height = 420 } = options;
  const ways = readPaths(options.paths ?? []);
  const room = { op: "surface", of: "paths", share: 0.2 };
  const along = (axis: 0 | 1): number[][] => ways.map((way) => way.points.map((point) => point[axis]));
  const x = rangeAround(options.xRange, along(0), { ...room, name: "xRange" });
  const y = rangeAround(options.yRange, along(1), { ...room, name: "yRange" });
  const field = fieldOf(loss, x, y, Math.max(20, Math.round((COLUMNS * height) / width)));
  const levels = levelsOf(field, options);
  const legend: LegendEntry[] = ways.map(({ name, points }, i) => {
    const [px, py] = points.at(-1) as Point;
    return { name, color: seriesColor(i + 1), note: `ends at ${formatNumber(loss(px, py))}`, sign: "line" };
  });
  const draw = (w: number, h: number): Markup => {
    const drawn = frameOf(w, h, field, options);
    const marks = [...contours(field, levels), lowest(field), ...ways.flatMap((way, i) => wayMarks(way, i, drawn))];
    return drawFrame(drawn, marks);
  };
  const panels = drawPanels([{ title: "", legend, draw }], { width, height, columns: 1 });
  const [low, high] = extent([field.values]) as Range;
  const description = `A surface from ${formatNumber(low)} to ${formatNumber(high)} over two parameters, with ${ways.length} paths.`;
  return compose({ width, ...panels, description }, options);
}

function checkOptions(loss: unknown, options: SurfaceOptions): void {
  checkPictureOptions("surface", options, ["xRange", "yRange", "paths", "x", "y", "scale", "levels", "height"]);
  const { height = 420, levels = 12, scale } = options;
  checkPixels("surface: height", height, 160);
  if (typeof loss !== "function")
    throw new DTypeError(`surface: loss is a function of two numbers; got ${describe(loss)}`);
  if (!(Number.isInteger(levels) && levels >= 2 && levels <= 40)) {
    throw new ValueError(`surface: levels must be from 2 to 40; got ${describe(levels)}`);
  }
  if (scale !== undefined && scale !== "linear" && scale !== "log") {
    throw new ValueError(`surface: scale must be "linear" or "log"; got ${describe(scale)}`);
  }
}

function readPaths(paths: readonly SurfacePath[]): Way[] {
  if (Array.isArray(paths) && paths.length === 0) return [];
  checkNamed("surface: paths", paths, '{ name: "SGD", x: [2, 1], y: [1, 0] }');
  return paths.map(({ name, x, y }) => {
    const what = `surface: path ${JSON.stringify(name)}`;
    const [xs, ys] = [finiteNumbers(`${what}, x`, x), finiteNumbers(`${what}, y`, y)];
    checkSameLength(what, xs, ys);
    return { name, points: Array.from(xs, (px, i): Point => [px, ys[i] as number]) };
  });
}

function fieldOf(loss: (x: number, y: number) => number, x: Range, y: Range, rows: number): Field {
  const values = Float64Array.from({ length: COLUMNS * rows }, (_, i) => {
    const px = middleOf(x, i % COLUMNS, COLUMNS);
    const py = middleOf(y, Math.floor(i / COLUMNS), rows);
    const value: unknown = loss(px, py);
    if (typeof value !== "number") throw new DTypeError(`surface: loss must return a number; got ${describe(value)}`);
    if (Number.isFinite(value)) return value;
    throw new ValueError(`surface: loss must be finite; got ${value} at ${formatNumber(px)}, ${formatNumber(py)}`);
  });
  return { values, columns: COLUMNS, x, y };
}

/** The values between the levels' colours, rising. A flat surface has none. */
function levelsOf({ values }: Field, { scale, levels = 12 }: SurfaceOptions): number[] {
  const [low, high] = extent([values]) as Range;
  if (high - low <= 1e-12 * Math.max(Math.abs(low), Math.abs(high))) return [];
  if (scale === "log" && low <= 0) {
    throw new ValueError(`surface: a log scale needs positive values; got ${low}; use scale: "linear"`);
  }
  const log = scale === "log" || (scale === undefined && low > 0 && high / low > 50);
  const lowest = Math.max(low, high / DECADES);
  return Array.from({ length: levels }, (_, i) => {
    const share = (i + 1) / (levels + 1);
    return log ? lowest * (high / lowest) ** share : low + (high - low) * share;
  });
}

function frameOf(width: number, height: number, field: Field, { x = "w", y = "b" }: SurfaceOptions): Frame {
  const across = axisBetween(...field.x, Math.max(2, Math.floor((width - RIGHT) / 90)));
  const up = axisBetween(...field.y, Math.max(2, Math.floor((height - TOP - BOTTOM) / 45)));
  return frame({ width, height, across, up, x, y, grid: "none", tolerance: 0.2 });
}

/** For each level what lies below it in a thin layer of colour, so that low places gather many layers, and its line. */
function contours({ values, columns, x, y }: Field, levels: readonly number[]): Plot.Markish[] {
  const rows = values.length / columns;
  const grid = { width: columns, height: rows, x1: x[0], x2: x[1], y1: y[0], y2: y[1] };
  const paint = { fill: seriesColor(0), fillOpacity: Math.min(0.12, 0.8 / levels.length), stroke: "none" };
  const below = values.map((value) => -value);
  const fills = levels.map((level) => Plot.contour(below, { ...grid, ...paint, thresholds: [-level] }));
  const lines = levels.flatMap((level) =>
    isolines(values, columns, level).map((line) => {
      const points = line.map(([column, row]): Point => [middleOf(x, column, columns), middleOf(y, row, rows)]);
      return Plot.line(points, { ...at, stroke: seriesColor(0), strokeOpacity: 0.3, strokeWidth: 1 });
    }),
  );
  return [...fills, ...lines];
}

function lowest({ values, columns, x, y }: Field): Plot.Markish {
  let best = 0;
  values.forEach((value, i) => {
    if (value < (values[best] as number)) best = i;
  });
  const rows = values.length / columns;
  const place: Point = [middleOf(x, best % columns, columns), middleOf(y, Math.floor(best / columns), rows)];
  return Plot.text([place], { ...at, ...noteFont, text: () => "+", fontSize: 18, fill: colors.ink, stroke: "none" });
}

function wayMarks({ points }: Way, index: number, { across, up }: Frame): Plot.Markish[] {
  const color = seriesColor(index + 1);
  const step = Math.ceil(points.length / MOST_CORNERS);
  const kept = points.filter((_, i) => i % step === 0 || i === points.length - 1);
  const isInside = ([x, y]: Point): boolean => x >= across.low && x <= across.high && y >= up.low && y <= up.high;
  const line = clipLine(kept, up.low, up.high).map(
    (point): Point => (point[0] >= across.low && point[0] <= across.high ? point : [point[0], Number.NaN]),
  );
  const steps = points.length <= DOTS ? points.slice(1, -1).filter(isInside) : [];
  const ends = [points[0] as Point, points.at(-1) as Point];
  return [
    Plot.line(line, { ...at, stroke: colors.surface, strokeWidth: 4, strokeOpacity: 0.7 }),
    Plot.line(line, { ...at, stroke: color, strokeWidth: 2 }),
    Plot.dot(steps, { ...at, r: 2.25, fill: color }),
    Plot.dot(ends.slice(0, 1).filter(isInside), { ...at, r: 4.5, fill: colors.surface, stroke: color, strokeWidth: 2 }),
    Plot.dot(ends.slice(1).filter(isInside), { ...at, r: 5, fill: color, stroke: colors.surface, strokeWidth: 1.5 }),
  ];
}
