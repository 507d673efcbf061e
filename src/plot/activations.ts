import * as Plot from "@observablehq/plot";
import { DTypeError } from "../errors.ts";
import { axisAcross, axisUp, extent } from "./axis.ts";
import { checkNamed, checkRange, checkSameLength, finiteNumbers, type Range } from "./checks.ts";
import { BOTTOM, columnOf, drawFrame, frame, TOP } from "./frame.ts";
import { sampled } from "./functions.ts";
import type { LegendEntry } from "./legend.ts";
import { type Point, thinLine } from "./line.ts";
import type { Markup } from "./markup.ts";
import { describe, type Numbers } from "./numbers.ts";
import { at } from "./panel.ts";
import { drawPanels, type Panel } from "./panels.ts";
import { checkPictureOptions, checkPixels, compose, type Picture, type PictureOptions } from "./picture.ts";
import { colors, seriesColor } from "./theme.ts";

/** An activation function with its derivative. */
export interface Activation {
  /** Its name, above its chart. */
  readonly name: string;
  /** The function itself, or its values at `x`. */
  readonly y: ((x: number) => number) | Numbers;
  /** Its derivative in the same form, such as the gradients of autograd. Without one only the function is drawn. */
  readonly derivative?: ((x: number) => number) | Numbers;
  /** Where values stand; not for functions. */
  readonly x?: Numbers;
}

/** Options of {@link activations}. */
export interface ActivationsOptions extends PictureOptions {
  /** From where to where functions are drawn. Default: as far as the values given, or from −5 to 5. */
  readonly range?: Range;
  /** Height of each chart in CSS pixels, without title and legend. Default 170. */
  readonly height?: number;
}

interface Drawn {
  readonly name: string;
  readonly lines: readonly { readonly x: ArrayLike<number>; readonly y: ArrayLike<number> }[];
}

const FORM = '{ name: "ReLU", y: (x) => Math.max(0, x) }';
/** A step between neighbours by more than this share of the whole height is a jump, where the line breaks. */
const JUMP = 0.2;

/**
 * Draws activation functions as small charts side by side, each with its derivative. A jump, such as that of a step function, is a gap.
 *
 * @param list Each function with its derivative: JavaScript functions, or values at `x`, for instance by autograd.
 * @throws {ValueError} for an empty list, values that are not finite, or a range that is none.
 * @throws {ShapeError} if `x`, `y` and `derivative` differ in length.
 * @throws {DTypeError} if they are not numbers, or values have no `x`.
 * @example
 * const at = linspace(-4, 4, 201, { requiresGrad: true });
 * const y = at.tanh();
 * y.sum().backward();
 * plot.activations([{ name: "tanh", x: at, y, derivative: at.grad }]).save("runs/tanh.svg");
 */
export function activations(list: readonly Activation[], options: ActivationsOptions = {}): Picture {
  checkPictureOptions("activations", options, ["range", "height"]);
  const { width = 800, height = 170, range } = options;
  checkPixels("activations: height", height, 100);
  if (range !== undefined) checkRange("activations: range", range);
  checkNamed("activations", list, FORM);
  const places = list.flatMap(({ x, name }) => (x === undefined ? [] : [finiteNumbers(placesOf(name), x)]));
  const [low, high] = range ?? extent(places) ?? [-5, 5];
  const panels = list.map((one) => panelOf(readActivation(one, [low, high]), [low, high]));
  const description = `Activation functions${list.some((one) => one.derivative) ? " with their derivatives" : ""}: ${list.map((one) => one.name).join(", ")}.`;
  return compose({ width, ...drawPanels(panels, { width, height, columns: 3 }), description }, options);
}

function placesOf(name: string): string {
  return `activations: x of ${JSON.stringify(name)}`;
}

function readActivation({ name, x, y, derivative }: Activation, range: Range): Drawn {
  const read = (what: string, values: ((x: number) => number) | Numbers): Drawn["lines"][number] => {
    if (typeof values === "function") return sampled(what, values, range);
    if (x === undefined) throw new DTypeError(`${what}: values need the places x that they stand at; got no x`);
    if (values === null) throw new DTypeError(`${what}: expects numbers or a function; got ${describe(values)}`);
    const pair = { x: finiteNumbers(placesOf(name), x), y: finiteNumbers(what, values) };
    checkSameLength(what, pair.x, pair.y);
    return pair;
  };
  const lines = [read(`activations: y of ${JSON.stringify(name)}`, y)];
  if (derivative !== undefined) lines.push(read(`activations: derivative of ${JSON.stringify(name)}`, derivative));
  return { name, lines };
}

function panelOf({ name, lines }: Drawn, range: Range): Panel {
  const legend: LegendEntry[] = [{ name: "function", color: seriesColor(0), sign: "line" }];
  if (lines.length > 1) legend.push({ name: "derivative", color: seriesColor(1), sign: "dashes" });
  return { title: name, legend, draw: (width, height) => drawChart(lines, range, width, height) };
}

function drawChart(lines: Drawn["lines"], range: Range, width: number, height: number): Markup {
  const [low, high] = extent(lines.map((line) => line.y)) as Range;
  const across = axisAcross(range[0], range[1], false, Math.max(2, Math.floor(width / 60)));
  const up = axisUp(low, high, "linear", Math.max(2, Math.floor((height - TOP - BOTTOM) / 30)));
  const drawn = frame({ width, height, across, up, grid: "both", tolerance: 0.1 });
  const marks = lines.map(({ x, y }, i) => {
    const look = i === 0 ? { strokeWidth: 2.25 } : { strokeWidth: 1.75, strokeDasharray: "5,3" };
    const points = brokenAtJumps(thinLine(x, y, columnOf(drawn)), high - low).filter(
      ([place]) => place >= across.low && place <= across.high,
    );
    return Plot.line(points, {
      ...at,
      ...look,
      stroke: seriesColor(i),
      ariaLabel: () => (i === 0 ? "function" : "derivative"),
    });
  });
  const axes = { stroke: colors.axis, strokeWidth: 1 };
  const zero = [
    ...(across.low < 0 && across.high > 0 ? [Plot.ruleX([0], axes)] : []),
    ...(up.low < 0 ? [Plot.ruleY([0], axes)] : []),
  ];
  return drawFrame(drawn, [...zero, ...marks.reverse()]);
}

function brokenAtJumps(points: readonly Point[], height: number): Point[] {
  return points.flatMap((point, i): Point[] => {
    const last = points[i - 1];
    const jumps = last !== undefined && Math.abs(point[1] - last[1]) > JUMP * height;
    return jumps ? [[point[0], Number.NaN], point] : [point];
  });
}
