import { DTypeError, ShapeError, ValueError } from "../errors.ts";
import { describe, flatten, formatNumber, type Numbers } from "./numbers.ts";
import { type Curve, curvesPanel, type PanelOptions } from "./panel.ts";
import { drawPanels } from "./panels.ts";
import { checkPictureOptions, checkPixels, compose, type Picture, type PictureOptions } from "./picture.ts";

/** One named curve. */
export interface Series extends Pick<PanelOptions, "smooth"> {
  /** Its name in the legend. */
  readonly name: string;
  /** Its values. Those that are not finite leave a gap, and the first of them is marked. */
  readonly y: Numbers;
  /** Where each value stands, as long as `y`, finite. Default 1, 2, 3, … */
  readonly x?: Numbers;
  /** The panel it is drawn in, by title. Series without one share the first panel, which then has no title. */
  readonly panel?: string;
}

/** Options of {@link curves}; those of a panel hold for every panel that does not set its own. */
export interface CurvesOptions extends PictureOptions, PanelOptions {
  /** Height of each panel's chart in CSS pixels, without title and legend. Default 300. */
  readonly height?: number;
  /** Options of single panels, by title. */
  readonly panels?: Readonly<Record<string, PanelOptions>>;
}

/**
 * Draws training curves: one or several named series, in one panel or in several side by side.
 *
 * A long series is drawn as a thin line with its moving average on top; a short one with a dot at each value. The legend gives each
 * series' last value (of the average, where there is one). However long a series is, the picture stays small: the line keeps only the
 * corners that can be seen.
 *
 * @param series The curves; each `y` (and `x`) an array, a typed array or a tensor, of any shape, in row-major order.
 * @throws {ValueError} for no series, a series without points, an unknown panel, values of 0 or less on a log scale, an `x` that is not finite.
 * @throws {ShapeError} if `x` and `y` differ in length.
 * @throws {DTypeError} if `x` or `y` are not numbers.
 * @example
 * plot.curves([{ name: "train", panel: "Loss", y: losses }, { name: "test", panel: "Accuracy", y: accuracies }],
 *   { title: "MNIST", panels: { Loss: { x: "step", scale: "log" }, Accuracy: { x: "epoch", percent: true } } }).save("runs/curves.svg");
 */
export function curves(series: readonly Series[], options: CurvesOptions = {}): Picture {
  checkPictureOptions("curves", options, ["height", "panels", "x", "y", "scale", "smooth", "percent"]);
  const { width = 800, height = 300, panels: own = {} } = options;
  checkPixels("curves: height", height, 120);
  const panels = groupByPanel(series);
  for (const name of Object.keys(own)) {
    if (!panels.has(name)) {
      const known = [...panels.keys()].map((panel) => JSON.stringify(panel)).join(", ");
      throw new ValueError(
        `curves: options are given for panel ${JSON.stringify(name)}; no series has it; panels: ${known}`,
      );
    }
  }
  const drawn = [...panels].map(([title, list]) => {
    const merged = { ...options, ...own[title] };
    checkPanel(title, list, merged);
    return curvesPanel(title, list, merged);
  });
  const panelsDrawn = drawPanels(drawn, { width, height, columns: 2 });
  return compose({ width, ...panelsDrawn, description: description(panels) }, options);
}

function groupByPanel(series: readonly Series[]): Map<string, Curve[]> {
  if (!Array.isArray(series)) {
    throw new DTypeError(
      `curves: expects a list of series, such as [{ name: "loss", y: losses }]; got ${describe(series)}`,
    );
  }
  if (series.length === 0)
    throw new ValueError('curves: expects at least one series; got []; try [{ name: "loss", y: losses }]');
  const panels = new Map<string, Curve[]>();
  series.forEach((one: Series, i) => {
    const curve = readSeries(one, i);
    const title = one.panel ?? "";
    const panel = panels.get(title);
    if (panel === undefined) panels.set(title, [curve]);
    else if (!panel.some((other) => other.name === curve.name)) panel.push(curve);
    else throw new ValueError(`curves: names within a panel must differ; got ${JSON.stringify(curve.name)} twice`);
  });
  return panels;
}

function readSeries(series: Series, index: number): Curve {
  if (typeof series?.name !== "string" || series.y === undefined) {
    throw new DTypeError(
      `curves: each series needs a name and y: { name: "loss", y: losses }; got ${describe(series)} at ${index}`,
    );
  }
  const what = `curves: series ${JSON.stringify(series.name)}`;
  const y = flatten(series.y, `${what}, y`);
  const x =
    series.x === undefined ? Float64Array.from({ length: y.length }, (_, i) => i + 1) : flatten(series.x, `${what}, x`);
  if (y.length === 0) throw new ValueError(`${what} has no points; record at least one value before drawing`);
  if (x.length !== y.length) {
    throw new ShapeError(`${what}: x and y must have the same length; got ${x.length} and ${y.length}`);
  }
  for (let i = 0; i < x.length; i++) {
    if (!Number.isFinite(x[i])) throw new ValueError(`${what}: x must be finite; got ${x[i]} at index ${i}`);
  }
  return { name: series.name, x, y, smooth: series.smooth };
}

function checkPanel(title: string, list: readonly Curve[], options: PanelOptions): void {
  const where = title ? `curves: panel ${JSON.stringify(title)}` : "curves";
  if (options.scale !== undefined && options.scale !== "linear" && options.scale !== "log") {
    throw new ValueError(`${where}: scale must be "linear" or "log"; got ${describe(options.scale)}`);
  }
  for (const { name, y, smooth = options.smooth } of list) {
    const what = `${where}: series ${JSON.stringify(name)}`;
    if (smooth !== undefined && !(smooth >= 0 && smooth < 1)) {
      throw new ValueError(`${what}: smooth must be from 0 to below 1; got ${describe(smooth)}`);
    }
    for (let i = 0; i < y.length; i++) {
      const value = y[i] as number;
      if (options.scale === "log" && value <= 0 && value !== Number.NEGATIVE_INFINITY) {
        throw new ValueError(
          `${what}: a log scale needs positive values; got ${value} at index ${i}; use scale: "linear"`,
        );
      }
      if (Number.isFinite(value) && Math.abs(value) > 1e300) {
        throw new ValueError(`${what}: values beyond 1e300 cannot be drawn; got ${value} at index ${i}`);
      }
    }
  }
}

function description(panels: ReadonlyMap<string, readonly Curve[]>): string {
  const parts = [...panels].map(([title, list]) => {
    const names = list.map(({ name, y }) => {
      const last = y[y.length - 1] as number;
      return `${name} (${y.length} ${y.length === 1 ? "value" : "values"}, the last ${formatNumber(last)})`;
    });
    return `${title ? `${title}: ` : ""}${names.join(", ")}`;
  });
  return `Curves. ${parts.join("; ")}.`;
}
