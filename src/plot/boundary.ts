import * as Plot from "@observablehq/plot";
import { DTypeError, ShapeError, ValueError } from "../errors.ts";
import { axisBetween, extent } from "./axis.ts";
import { finiteNumbers, type Range } from "./checks.ts";
import { middleOf, rangeAround } from "./field.ts";
import { BOTTOM, drawFrame, type Frame, frame, RIGHT, TOP } from "./frame.ts";
import { isolines } from "./isolines.ts";
import type { LegendEntry } from "./legend.ts";
import type { Point } from "./line.ts";
import type { Markup } from "./markup.ts";
import { describe, isTensorLike, type Numbers, type TensorLike } from "./numbers.ts";
import { at } from "./panel.ts";
import { drawPanels } from "./panels.ts";
import { checkPictureOptions, checkPixels, compose, type Picture, type PictureOptions } from "./picture.ts";
import { colors, seriesColor } from "./theme.ts";

/** Options of {@link boundary}. */
export interface BoundaryOptions extends PictureOptions {
  /** Examples to draw, [n, 2]: a tensor or an array of rows. */
  readonly points?: TensorLike | readonly Numbers[];
  /** The class of each point, from 0. Default 0 for all. */
  readonly labels?: Numbers;
  /** Names of the classes, in order. Default their numbers. */
  readonly classes?: readonly string[];
  /** The name of the first input. Default `"x₁"`. */
  readonly x?: string;
  /** The name of the second input. Default `"x₂"`. */
  readonly y?: string;
  /** From where to where the first input runs. Default: as far as the points, and a little more. */
  readonly xRange?: Range;
  /** From where to where the second input runs. Default: as far as the points, and a little more. */
  readonly yRange?: Range;
  /** Height of the chart in CSS pixels, without title and legend. Default 420. */
  readonly height?: number;
}

/** What a network says at each place of the grid: the score of each class, [places × classes]. */
interface Scores {
  readonly values: Float64Array;
  readonly classes: number;
  /** Whether scores are probabilities, which shade the map. */
  readonly graded: boolean;
}

interface Examples {
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly labels: readonly number[];
}

const COLUMNS = 120;
const MOST_CLASSES = 8;
const MOST_POINTS = 3000;
/** Probabilities where a class's colour grows stronger, and by how much each. */
const SHADES = [0.6, 0.75, 0.9, 0.98];
const SHADE = 0.07;
const FLAT = 0.16;

/**
 * Draws what a classifier of two inputs answers in every place: a map in the classes' colours, stronger where the answer is surer, with the
 * boundary as a line and the examples as dots; examples on the wrong side have a red ring.
 *
 * @param predict Gets places as rows [n, 2] and returns for each the probability of class 1, [n] or [n, 1], the scores of the classes, [n, classes], or
 * whole numbers that are the classes themselves, [n].
 * @throws {ValueError} for values that are not finite, probabilities outside 0 to 1, more than 8 classes, or no points and no ranges.
 * @throws {ShapeError} if `predict` does not answer for each place, points are no pairs, or labels do not belong to the points.
 * @throws {DTypeError} if anything is not numbers.
 * @example
 * const net = new nn.Sequential(new nn.Linear(2, 4), new nn.Tanh(), new nn.Linear(4, 1), new nn.Sigmoid());
 * plot.boundary((places) => net.forward(tensor(places)), { points: [[0, 0], [0, 1], [1, 0], [1, 1]], labels: [0, 1, 1, 0] }).save("runs/xor.svg");
 */
export function boundary(
  predict: (places: number[][]) => Numbers | readonly Numbers[],
  options: BoundaryOptions = {},
): Picture {
  checkPictureOptions("boundary", options, ["points", "labels", "classes", "x", "y", "xRange", "yRange", "height"]);
  const { width = 560, height = 420 } = options;
  checkPixels("boundary: height", height, 160);
  if (typeof predict !== "function") throw new DTypeError(`boundary: predict is a function; got ${describe(predict)}`);
  const examples = readExamples(options);
  const room = { op: "boundary", of: "points", share: 0.12 };
  const xRange = rangeAround(options.xRange, [examples.x], { ...room, name: "xRange" });
  const yRange = rangeAround(options.yRange, [examples.y], { ...room, name: "yRange" });
  const rows = Math.max(20, Math.round((COLUMNS * height) / width));
  const grid = placesOf(xRange, yRange, rows);
  const places = [...grid, ...examples.x.map((x, i) => [x, examples.y[i] as number])];
  const all = readScores(predict(places), places.length);
  const scores = { ...all, values: all.values.subarray(0, grid.length * all.classes) };
  const answers = examples.x.map((_, i) => winner(all, grid.length + i));
  const highest = Math.max(scores.classes, ...examples.labels.map((label) => label + 1));
  if (highest > MOST_CLASSES) throw new ValueError(`boundary: draws at most ${MOST_CLASSES} classes; got ${highest}`);
  const names = readNames(options.classes, highest);
  const legend: LegendEntry[] = names.map((name, i) => ({ name, color: seriesColor(i), sign: "square" }));
  const draw = (w: number, h: number): Markup => {
    const drawn = frameOf(w, h, xRange, yRange, options);
    return drawFrame(drawn, [...regions(scores, rows, xRange, yRange), ...dots(examples, answers, drawn)]);
  };
  const description = `The answers of a classifier of ${scores.classes} classes over two inputs, with ${examples.x.length} examples.`;
  const panels = drawPanels([{ title: "", legend, draw }], { width, height, columns: 1 });
  return compose({ width, ...panels, description }, options);
}

function readExamples({ points, labels }: BoundaryOptions): Examples {
  if (points === undefined) return { x: [], y: [], labels: [] };
  const rows = rowsOf("points", points);
  for (const [i, row] of rows.entries()) {
    if (row.length !== 2)
      throw new ShapeError(`boundary: points are pairs [n, 2]; got ${row.length} values in row ${i}`);
  }
  const given = labels === undefined ? rows.map(() => 0) : Array.from(finiteNumbers("boundary: labels", labels));
  if (given.length !== rows.length) {
    throw new ShapeError(`boundary: expects one label per point; got ${given.length} for ${rows.length} points`);
  }
  for (const [i, label] of given.entries()) {
    if (Number.isInteger(label) && label >= 0) continue;
    throw new ValueError(`boundary: labels are whole numbers from 0; got ${label} at index ${i}`);
  }
  return { x: rows.map((row) => row[0] as number), y: rows.map((row) => row[1] as number), labels: given };
}

/** A matrix as rows of finite numbers. */
function rowsOf(what: string, matrix: TensorLike | readonly Numbers[]): ArrayLike<number>[] {
  if (!isTensorLike(matrix)) {
    if (!Array.isArray(matrix)) {
      throw new DTypeError(`boundary: ${what} are a tensor or an array of rows; got ${describe(matrix)}`);
    }
    return matrix.map((row: Numbers, i) => finiteNumbers(`boundary: ${what}, row ${i}`, row));
  }
  const { shape } = matrix;
  if (shape.length !== 2) throw new ShapeError(`boundary: ${what} have the shape [n, 2]; got [${shape.join(", ")}]`);
  const flat = Array.from(finiteNumbers(`boundary: ${what}`, matrix));
  const length = shape[1] as number;
  return Array.from({ length: shape[0] as number }, (_, i) => flat.slice(i * length, (i + 1) * length));
}

/** The middles of the grid's cells, row after row from below. */
function placesOf(x: Range, y: Range, rows: number): number[][] {
  return Array.from({ length: COLUMNS * rows }, (_, i) => [
    middleOf(x, i % COLUMNS, COLUMNS),
    middleOf(y, Math.floor(i / COLUMNS), rows),
  ]);
}

function readScores(answer: Numbers | readonly Numbers[], places: number): Scores {
  const nested = Array.isArray(answer) && typeof answer[0] === "object";
  const values = nested
    ? (answer as readonly Numbers[]).flatMap((row, i) => Array.from(finiteNumbers(`boundary: answer ${i}`, row)))
    : finiteNumbers("boundary: the answers of predict", answer as Numbers);
  if (values.length % places !== 0 || values.length === 0) {
    throw new ShapeError(`boundary: predict must answer for each of ${places} places; got ${values.length} values`);
  }
  const classes = values.length / places;
  if (classes > 1) return { values: Float64Array.from(values), classes, graded: areShares(values, classes) };
  if (Array.prototype.every.call(values, Number.isInteger)) return oneHot(values);
  const both = new Float64Array(2 * places);
  for (let i = 0; i < places; i++) {
    const share = values[i] as number;
    if (!(share >= 0 && share <= 1)) {
      throw new ValueError(`boundary: probabilities are from 0 to 1; got ${share}; end the network in a sigmoid`);
    }
    both[2 * i] = 1 - share;
    both[2 * i + 1] = share;
  }
  return { values: both, classes: 2, graded: true };
}

/** Whether the scores of each place are probabilities that make 1. */
function areShares(values: ArrayLike<number>, classes: number): boolean {
  for (let i = 0; i < values.length; i += classes) {
    let sum = 0;
    for (let k = 0; k < classes; k++) {
      if ((values[i + k] as number) < 0) return false;
      sum += values[i + k] as number;
    }
    if (Math.abs(sum - 1) > 1e-3) return false;
  }
  return true;
}

function oneHot(labels: ArrayLike<number>): Scores {
  const [low, high] = extent([labels]) as Range;
  if (low < 0) throw new ValueError(`boundary: classes are whole numbers from 0; got ${low}`);
  if (high >= MOST_CLASSES) throw new ValueError(`boundary: draws at most ${MOST_CLASSES} classes; got class ${high}`);
  const classes = Math.max(2, high + 1);
  const values = new Float64Array(labels.length * classes);
  for (let i = 0; i < labels.length; i++) values[i * classes + (labels[i] as number)] = 1;
  return { values, classes, graded: false };
}

/** The class with the highest score. */
function winner({ values, classes }: Scores, place: number): number {
  const own = values.subarray(place * classes, (place + 1) * classes);
  return own.indexOf(Math.max(...own));
}

function readNames(names: readonly string[] | undefined, classes: number): readonly string[] {
  if (names === undefined) return Array.from({ length: classes }, (_, i) => `class ${i}`);
  if (!Array.isArray(names) || !names.every((name) => typeof name === "string")) {
    throw new ValueError(`boundary: classes must be an array of strings; got ${describe(names)}`);
  }
  if (names.length >= classes) return names;
  throw new ShapeError(`boundary: expects a name per class; got ${names.length} for ${classes} classes`);
}

function frameOf(width: number, height: number, xRange: Range, yRange: Range, options: BoundaryOptions): Frame {
  const { x = "x₁", y = "x₂" } = options;
  const across = axisBetween(...xRange, Math.max(2, Math.floor((width - RIGHT) / 90)));
  const up = axisBetween(...yRange, Math.max(2, Math.floor((height - TOP - BOTTOM) / 45)));
  return frame({ width, height, across, up, x, y, grid: "none", tolerance: 0.2 });
}

/** The part of the map where each class wins, its stronger shades, and the line around it. */
function regions({ values, classes, graded }: Scores, rows: number, x: Range, y: Range): Plot.Markish[] {
  const grid = { width: COLUMNS, height: rows, x1: x[0], x2: x[1], y1: y[0], y2: y[1] };
  const marks: Plot.Markish[] = [];
  for (let k = 0; k < classes; k++) {
    const lead = Float64Array.from({ length: COLUMNS * rows }, (_, i) => leadOf(values, classes, i, k));
    if (!lead.some((value) => value > 0)) continue;
    const fill = seriesColor(k);
    const base = { ...grid, fill, stroke: "none", fillOpacity: graded ? 0.1 : FLAT };
    marks.push(Plot.contour(lead, { ...base, thresholds: [0] }));
    if (!graded) continue;
    const share = lead.map((_, i) => values[i * classes + k] as number);
    const thresholds = SHADES.filter((threshold) => share.some((value) => value > threshold));
    if (thresholds.length > 0) marks.push(Plot.contour(share, { ...base, thresholds, fillOpacity: SHADE }));
  }
  for (let k = classes === 2 ? 1 : 0; k < classes; k++) {
    const lead = Float64Array.from({ length: COLUMNS * rows }, (_, i) => leadOf(values, classes, i, k));
    if (!lead.some((value) => value > 0) || lead.every((value) => value > 0)) continue;
    marks.push(...outline(lead, rows, x, y));
  }
  return marks;
}

/** How much higher the score of class k is than that of the best other one. */
function leadOf(values: Float64Array, classes: number, place: number, k: number): number {
  let best = Number.NEGATIVE_INFINITY;
  for (let other = 0; other < classes; other++) {
    if (other !== k) best = Math.max(best, values[place * classes + other] as number);
  }
  return (values[place * classes + k] as number) - best;
}

/** The line where the lead is zero. */
function outline(lead: Float64Array, rows: number, x: Range, y: Range): Plot.Markish[] {
  return isolines(lead, COLUMNS, 0).map((line) => {
    const points = line.map(([column, row]): Point => [middleOf(x, column, COLUMNS), middleOf(y, row, rows)]);
    return Plot.line(points, { ...at, stroke: colors.muted, strokeWidth: 1.5, ariaLabel: () => "boundary" });
  });
}

/** The examples in their classes' colours, those on the wrong side in a red ring. */
function dots({ x, y, labels }: Examples, answers: readonly number[], { across, up }: Frame): Plot.Markish[] {
  const inside = labels.flatMap((_, i) => {
    const [px, py] = [x[i] as number, y[i] as number];
    return px >= across.low && px <= across.high && py >= up.low && py <= up.high ? [i] : [];
  });
  const shown = inside.filter((_, i) => i % Math.ceil(inside.length / MOST_POINTS) === 0);
  const place = { x: (i: number) => x[i] as number, y: (i: number) => y[i] as number };
  const r = shown.length > 300 ? 2.5 : 4;
  const wrong = shown.filter((i) => answers[i] !== labels[i]);
  return [
    Plot.dot(shown, { ...place, r, fill: (i: number) => seriesColor(labels[i] as number), stroke: colors.surface }),
    Plot.dot(wrong, {
      ...place,
      r: r + 2.5,
      fill: "none",
      stroke: colors.wrong,
      strokeWidth: 1.75,
      ariaLabel: () => "wrong",
    }),
  ];
}
