import * as Plot from "@observablehq/plot";
import { DTypeError, ValueError } from "../errors.ts";
import { type Axis, axisAcross, axisUp, extent, logAxis } from "./axis.ts";
import type { Range } from "./checks.ts";
import { BOTTOM, drawFrame, frame, TOP } from "./frame.ts";
import { element, type Markup, text } from "./markup.ts";
import { describe, formatNumber, percentFormat, tickFormat } from "./numbers.ts";
import { at } from "./panel.ts";
import { drawPanels } from "./panels.ts";
import { checkPictureOptions, checkPixels, compose, PADDING, type Picture, type PictureOptions } from "./picture.ts";
import { colors, seriesColor } from "./theme.ts";

/** One trial: its parameters and its results, by name. */
export type SweepResult = Readonly<Record<string, unknown>>;

/** Options of {@link sweep}. */
export interface SweepOptions extends PictureOptions {
  /** The result that is drawn. Default `"accuracy"`. */
  readonly value?: string;
  /** Whether smaller is better, as for a loss. Default false. */
  readonly smaller?: boolean;
  /** Shows 0.98 as 98 %. Default: when all values lie from 0 to 1. */
  readonly percent?: boolean;
  /** Height of the chart in CSS pixels, without title; heat maps are as high as they need. Default 300. */
  readonly height?: number;
}

/** The trials with one setting of the parameters. */
interface Group {
  readonly setting: readonly number[];
  readonly values: readonly number[];
  readonly mean: number;
}

interface Look {
  readonly parameters: readonly string[];
  readonly value: string;
  readonly percent: boolean;
  readonly smaller: boolean;
  readonly best: Group;
}

const CELL = { width: 92, height: 46, gap: 3 };
const FORM = "{ lr: 0.1, accuracy: 0.95 }";

/**
 * Draws what a sweep found: for one parameter the result against it, for two a heat map. Trials with the same parameters (other seeds) are
 * drawn as their mean with a bar from the worst to the best. The best setting is marked. An axis whose values grow by factors is logarithmic.
 *
 * @param results One object per trial, with its parameters and its result by name.
 * @param parameters The names of the one or two parameters.
 * @throws {ValueError} for no results, more than two parameters, or a parameter or result that is not a finite number.
 * @throws {DTypeError} if results are not objects.
 * @example
 * const results = [{ lr: 0.01, accuracy: 0.92 }, { lr: 0.1, accuracy: 0.95 }, { lr: 0.3, accuracy: 0.94 }];
 * plot.sweep(results, ["lr"], { title: "Accuracy against learning rate" }).save("runs/lr.svg");
 */
export function sweep(
  results: readonly SweepResult[],
  parameters: readonly string[],
  options: SweepOptions = {},
): Picture {
  checkPictureOptions("sweep", options, ["value", "smaller", "percent", "height"]);
  const { width = 800, height = 300, value = "accuracy", smaller = false } = options;
  checkPixels("sweep: height", height, 120);
  if (!Array.isArray(parameters) || parameters.length < 1 || parameters.length > 2) {
    throw new ValueError(`sweep: draws one parameter or two, such as ["lr"]; got ${describe(parameters)}`);
  }
  const groups = groupTrials(results, parameters, value);
  const percent = options.percent ?? groups.every((group) => group.values.every((one) => one >= 0 && one <= 1));
  const best = groups.reduce((a, b) => (smaller === b.mean < a.mean && a.mean !== b.mean ? b : a));
  const look: Look = { parameters, value, percent, smaller, best };
  const names = parameters.map((name, i) => `${name} ${formatNumber(best.setting[i] as number)}`).join(", ");
  const description = `${value} of ${groups.length} settings of ${parameters.join(" and ")}; the best is ${valueText(best.mean, look)} with ${names}.`;
  if (parameters.length === 2) return compose({ ...heatMap(groups, look, width), description }, options);
  const panel = { title: "", legend: [], draw: (w: number, h: number) => drawChart(groups, look, w, h) };
  return compose({ width, ...drawPanels([panel], { width, height, columns: 1 }), description }, options);
}

function groupTrials(results: readonly SweepResult[], parameters: readonly string[], value: string): Group[] {
  if (!Array.isArray(results))
    throw new DTypeError(`sweep: expects a list of results, such as [${FORM}]; got ${describe(results)}`);
  if (results.length === 0) throw new ValueError(`sweep: expects at least one result; got []; try [${FORM}]`);
  const groups = new Map<string, { setting: number[]; values: number[] }>();
  results.forEach((result: SweepResult, i) => {
    if (typeof result !== "object" || result === null) {
      throw new DTypeError(`sweep: each result is an object, such as ${FORM}; got ${describe(result)} at ${i}`);
    }
    const setting = parameters.map((name) => numberOf(result, name, i));
    const group = groups.get(setting.join()) ?? { setting, values: [] };
    group.values.push(numberOf(result, value, i));
    groups.set(setting.join(), group);
  });
  return [...groups.values()].map(({ setting, values }) => ({
    setting,
    values,
    mean: values.reduce((sum, one) => sum + one, 0) / values.length,
  }));
}

function numberOf(result: SweepResult, name: string, index: number): number {
  const value = result[name];
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (value !== undefined) {
    throw new ValueError(`sweep: ${name} must be a finite number; got ${describe(value)} in result ${index}`);
  }
  throw new ValueError(
    `sweep: each result needs ${JSON.stringify(name)}; result ${index} has ${Object.keys(result).join(", ") || "nothing"}`,
  );
}

function valueText(value: number, { percent }: Look, digits = 4): string {
  return percent ? `${formatNumber(value * 100, digits)} %` : formatNumber(value, digits);
}

/** Whether values grow by factors rather than by steps. */
function growsByFactors(values: readonly number[]): boolean {
  return (values[0] as number) > 0 && values.length > 2 && (values.at(-1) as number) / (values[0] as number) >= 20;
}

function drawChart(groups: readonly Group[], look: Look, width: number, height: number): Markup {
  const sorted = [...groups].sort((a, b) => (a.setting[0] as number) - (b.setting[0] as number));
  const places = sorted.map((group) => group.setting[0] as number);
  const log = growsByFactors(places);
  const [left, right] = [places[0] as number, places.at(-1) as number];
  const across: Axis = log
    ? { ...logAxis(left, right, 8), ticks: places.length <= 10 ? places : logAxis(left, right, 8).ticks }
    : axisAcross(left, right, places.every(Number.isInteger), Math.max(2, Math.floor(width / 90)));
  const [low, high] = extent(sorted.map((group) => group.values)) as Range;
  const room = 0.08 * (high - low);
  const up = axisUp(
    low - (look.smaller ? room : 0),
    high + (look.smaller ? 0 : room),
    "linear",
    Math.max(2, Math.floor((height - TOP - BOTTOM) / 45)),
  );
  const upText = look.percent ? percentFormat(up.ticks) : tickFormat(up.ticks);
  const color = seriesColor(0);
  const points = sorted.map((group) => [group.setting[0] as number, group.mean] as const);
  const spread = sorted.filter((group) => group.values.length > 1);
  const best = [[look.best.setting[0] as number, look.best.mean] as const];
  const [atStart, atEnd] = [look.best === sorted[0], look.best === sorted.at(-1)];
  const marks = [
    Plot.ruleX(spread, {
      x: (group: Group) => group.setting[0] as number,
      y1: (group: Group) => Math.min(...group.values),
      y2: (group: Group) => Math.max(...group.values),
      stroke: color,
      strokeOpacity: 0.4,
      strokeWidth: 4,
    }),
    Plot.line(points, { ...at, stroke: color, strokeWidth: 2.25 }),
    Plot.dot(points, { ...at, r: 4, fill: color, stroke: colors.surface }),
    Plot.dot(best, { ...at, r: 8, stroke: color, strokeWidth: 1.75 }),
    Plot.text(best, {
      ...at,
      text: () => `best ${valueText(look.best.mean, look)}`,
      textAnchor: atStart ? "start" : atEnd ? "end" : "middle",
      dy: look.smaller ? 20 : -17,
      fontSize: 12.5,
      fontWeight: 600,
      fill: colors.ink,
      stroke: colors.surface,
      strokeWidth: 4,
    }),
  ];
  const [x] = look.parameters;
  const scale = log ? "log" : "linear";
  return drawFrame(frame({ width, height, across, up, upText, acrossScale: scale, x, y: look.value }), marks);
}

function heatMap(groups: readonly Group[], look: Look, width: number): { width: number; height: number; body: Markup } {
  const [columns, rows] = [0, 1].map((axis) =>
    [...new Set(groups.map((group) => group.setting[axis] as number))].sort((a, b) => a - b),
  ) as [number[], number[]];
  const left = PADDING + 26 + 8 * Math.max(...rows.map((row) => formatNumber(row).length));
  const cell = Math.min(CELL.width, Math.floor((width - left - PADDING) / columns.length) - CELL.gap);
  if (cell < 34)
    throw new ValueError(`sweep: ${columns.length} columns do not fit into ${width} pixels; give a larger width`);
  const [low, high] = extent([groups.map((group) => group.mean)]) as Range;
  const cells = groups.map((group) => {
    const x = left + columns.indexOf(group.setting[0] as number) * (cell + CELL.gap);
    const y = (rows.length - 1 - rows.indexOf(group.setting[1] as number)) * (CELL.height + CELL.gap);
    const share = high > low ? (group.mean - low) / (high - low) : 1;
    return drawCell(group, look, { x, y, width: cell, height: CELL.height }, share);
  });
  const bottom = rows.length * (CELL.height + CELL.gap);
  const span = columns.length * (cell + CELL.gap);
  const font = { "font-size": 12, fill: colors.ink };
  const columnNames = columns.map((column, i) =>
    element(
      "text",
      { x: left + i * (cell + CELL.gap) + cell / 2, y: bottom + 14, ...font, "text-anchor": "middle" },
      text(formatNumber(column)),
    ),
  );
  const rowNames = rows.map((row, i) =>
    element(
      "text",
      {
        x: left - 8,
        y: (rows.length - 1 - i) * (CELL.height + CELL.gap) + CELL.height / 2 + 4,
        ...font,
        "text-anchor": "end",
      },
      text(formatNumber(row)),
    ),
  );
  const label = { "font-size": 12, fill: colors.muted, "text-anchor": "middle" };
  const axes = [
    element("text", { x: left + span / 2, y: bottom + 34, ...label }, text(look.parameters[0] as string)),
    element(
      "text",
      { transform: `translate(${PADDING + 8},${bottom / 2}) rotate(-90)`, ...label },
      text(look.parameters[1] as string),
    ),
  ];
  const body = [...cells, ...columnNames, ...rowNames, ...axes].join("") as Markup;
  return { width: Math.min(width, Math.max(320, left + span + PADDING)), height: bottom + 38, body };
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function drawCell(group: Group, look: Look, box: Box, share: number): Markup {
  const best = group === look.best;
  const frameOf = best ? { stroke: colors.ink, "stroke-width": 2 } : {};
  const paint = { fill: seriesColor(0), "fill-opacity": (0.06 + 0.5 * share).toFixed(3), ...frameOf };
  const font = { x: box.x + box.width / 2, "text-anchor": "middle", fill: colors.ink };
  const several = group.values.length > 1;
  const shown = element(
    "text",
    {
      ...font,
      y: box.y + box.height / 2 + (several ? -1 : 4),
      "font-size": 12.5,
      "font-weight": best ? 700 : undefined,
    },
    text(valueText(group.mean, look)),
  );
  const spread = Math.max(...group.values) - Math.min(...group.values);
  const below = several
    ? [
        element(
          "text",
          { ...font, y: box.y + box.height / 2 + 14, "font-size": 10.5, fill: colors.ink },
          text(`± ${valueText(spread / 2, look, 2)}`),
        ),
      ]
    : [];
  return element("g", {}, element("rect", { ...box, rx: 3, ...paint }), shown, ...below);
}
