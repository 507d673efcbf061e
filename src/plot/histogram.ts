import * as Plot from "@observablehq/plot";
import { DTypeError, ValueError } from "../errors.ts";
import { axisBetween, axisUp, extent } from "./axis.ts";
import { checkNamed, checkRange, groupByTitle, type Range } from "./checks.ts";
import { BOTTOM, drawFrame, frame, TOP } from "./frame.ts";
import type { LegendEntry } from "./legend.ts";
import type { Point } from "./line.ts";
import type { Markup } from "./markup.ts";
import { describe, flatten, formatNumber, type Numbers } from "./numbers.ts";
import { at } from "./panel.ts";
import { drawPanels, type Panel } from "./panels.ts";
import { checkPictureOptions, checkPixels, compose, type Picture, type PictureOptions } from "./picture.ts";
import { colors, seriesColor } from "./theme.ts";

/** Values whose distribution is drawn. */
export interface HistogramSeries {
  /** Its name in the legend. */
  readonly name: string;
  /** The values, of any shape, such as a layer's weights. */
  readonly values: Numbers;
  /** The panel it is drawn in, by title. Series without one share the first panel, which then has no title. */
  readonly panel?: string;
}

/** Options of {@link histogram}. */
export interface HistogramOptions extends PictureOptions {
  /** What runs along the bottom. Default nothing. */
  readonly x?: string;
  /** Number of bins over the range. Default 40. */
  readonly bins?: number;
  /** What is counted; values outside fall into no bin. Default: from the least to the greatest value of the panel. */
  readonly range?: Range;
  /** Height of each panel's chart in CSS pixels, without title and legend. Default 170. */
  readonly height?: number;
  /** Panels side by side. Default 3, or as many as there are. */
  readonly columns?: number;
}

interface Sample {
  readonly name: string;
  readonly values: ArrayLike<number>;
  readonly panel: string;
}

/**
 * Draws how values are distributed, such as the weights of each layer before and after training: for each series the share of its
 * values in each bin, with mean and standard deviation in the legend.
 *
 * @throws {ValueError} for an empty list, a series without values or with one that is not finite, or an option out of its range.
 * @throws {DTypeError} if values are not numbers.
 * @example
 * plot.histogram(model.namedParameters().map(([name, parameter]) => ({ name: "start", panel: name, values: parameter }))).save("runs/weights.svg");
 */
export function histogram(list: readonly HistogramSeries[], options: HistogramOptions = {}): Picture {
  checkOptions(options);
  const { width = 800, height = 170 } = options;
  checkNamed("histogram", list, '{ name: "fc1.weight", values: model.fc1.weight }');
  const panels = [...groupByTitle("histogram", list.map(readSample))].map(([title, group]) =>
    panelOf(title, group, options),
  );
  const columns = options.columns ?? Math.min(3, panels.length);
  const description = `Histograms of ${list.map((one) => one.name).join(", ")}.`;
  return compose({ width, ...drawPanels(panels, { width, height, columns }), description }, options);
}

function checkOptions(options: HistogramOptions): void {
  checkPictureOptions("histogram", options, ["x", "bins", "range", "height", "columns"]);
  const { height = 170, bins = 40, columns = 3, range } = options;
  checkPixels("histogram: height", height, 100);
  if (range !== undefined) checkRange("histogram: range", range);
  if (!(Number.isInteger(bins) && bins >= 2 && bins <= 400)) {
    throw new ValueError(`histogram: bins must be from 2 to 400; got ${describe(bins)}`);
  }
  if (!(Number.isInteger(columns) && columns >= 1 && columns <= 4)) {
    throw new ValueError(`histogram: columns must be from 1 to 4; got ${describe(columns)}`);
  }
}

function readSample({ name, values, panel = "" }: HistogramSeries): Sample {
  const what = `histogram: ${JSON.stringify(name)}`;
  if (values === undefined) throw new DTypeError(`${what}: expects values; got undefined`);
  const flat = flatten(values, what);
  if (flat.length === 0) throw new ValueError(`${what} has no values`);
  let bad = 0;
  for (let i = 0; i < flat.length; i++) if (!Number.isFinite(flat[i])) bad++;
  if (bad === 0) return { name, values: flat, panel };
  const verb = bad === 1 ? "is" : "are";
  throw new ValueError(
    `${what}: ${bad} of ${flat.length} values ${verb} not finite; look for the step that made them so`,
  );
}

function panelOf(title: string, samples: readonly Sample[], options: HistogramOptions): Panel {
  const legend: LegendEntry[] = samples.map(({ name, values }, i) => ({
    name,
    color: seriesColor(i),
    note: momentsOf(values),
    sign: "square",
  }));
  return { title, legend, draw: (width, height) => drawChart(samples, options, width, height) };
}

/** Mean and standard deviation as text. */
function momentsOf(values: ArrayLike<number>): string {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] as number;
  const mean = sum / values.length;
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += ((values[i] as number) - mean) ** 2;
  const deviation = Math.sqrt(squares / values.length);
  const shown = Math.abs(mean) < deviation / 1000 ? 0 : mean;
  return `${formatNumber(shown, 2)} ± ${formatNumber(deviation, 2)}`;
}

function drawChart(samples: readonly Sample[], options: HistogramOptions, width: number, height: number): Markup {
  const { bins = 40, x } = options;
  const [low, high] = rangeOf(samples, options.range);
  const shares = samples.map(({ values }) => sharesOf(values, low, high, bins));
  const most = Math.max(...shares.map((list) => Math.max(...list)));
  const up = axisUp(0, most === 0 ? 1 : most, "linear", Math.max(2, Math.floor((height - TOP - BOTTOM) / 35)));
  const upText = (tick: number): string => `${formatNumber(tick * 100, 3)} %`;
  const across = axisBetween(low, high, Math.max(2, Math.floor(width / 75)));
  const marks = shares.flatMap((list, i) => {
    const steps = stairs(list, low, high);
    return [
      Plot.areaY(steps, {
        x: at.x,
        y1: 0,
        y2: at.y,
        fill: seriesColor(i),
        fillOpacity: samples.length > 1 ? 0.22 : 0.35,
      }),
      Plot.line(steps, {
        ...at,
        stroke: seriesColor(i),
        strokeWidth: 1.5,
        ariaLabel: () => (samples[i] as Sample).name,
      }),
    ];
  });
  const zero = low < 0 && high > 0 ? [Plot.ruleX([0], { stroke: colors.axis, strokeDasharray: "2,3" })] : [];
  return drawFrame(frame({ width, height, across, up, upText, x, tolerance: 0.05 }), [...zero, ...marks]);
}

function rangeOf(samples: readonly Sample[], given: Range | undefined): Range {
  const [low, high] = given ?? (extent(samples.map((sample) => sample.values)) as Range);
  const room = Math.max(Math.abs(low) / 10, 1e-3);
  return high - low > 1e-12 * Math.max(Math.abs(low), Math.abs(high)) ? [low, high] : [low - room, high + room];
}

/** The share of the values in each bin; the last bin holds its upper end too. */
function sharesOf(values: ArrayLike<number>, low: number, high: number, bins: number): number[] {
  const counts = new Array<number>(bins).fill(0);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (value < low || value > high) continue;
    const bin = Math.min(bins - 1, Math.floor(((value - low) / (high - low)) * bins));
    (counts[bin] as number)++;
  }
  return counts.map((count) => count / values.length);
}

/** The outline of the bars. */
function stairs(shares: readonly number[], low: number, high: number): Point[] {
  const edge = (i: number): number => low + ((high - low) * i) / shares.length;
  const steps = shares.flatMap((share, i): Point[] => [
    [edge(i), share],
    [edge(i + 1), share],
  ]);
  return [[low, 0], ...steps, [high, 0]];
}
