import { DTypeError, ShapeError, ValueError } from "../errors.ts";
import { type Colormap, colormaps, colorTable } from "./colormaps.ts";
import { element, type Markup, text } from "./markup.ts";
import { describe, formatNumber, type TensorLike } from "./numbers.ts";
import { checkPictureOptions, checkPixels, compose, PADDING, type Picture, type PictureOptions } from "./picture.ts";
import { type ImageArray, type Pixels, pictureUri, readPixels } from "./pixels.ts";
import { colors } from "./theme.ts";

/** One table of numbers. */
export interface Heat {
  /** The numbers [rows, columns]: a tensor, or an array of rows. */
  readonly values: TensorLike | readonly (readonly number[])[];
  /** What it shows; stands above it. */
  readonly title?: string;
  /** Names of the rows, from the top. Default: the first and the last by their number from 1. */
  readonly rows?: readonly string[];
  /** Names of the columns. Default: the first and the last by their number from 1. */
  readonly columns?: readonly string[];
}

/** Options of {@link heatmap}. */
export interface HeatmapOptions extends PictureOptions {
  /** What the columns are, such as `"step"`. */
  readonly x?: string;
  /** What the rows are, such as `"unit"`. */
  readonly y?: string;
  /** The values with the colormap's first and last colour. Default: the least and the greatest of all tables. */
  readonly range?: readonly [low: number, high: number];
  /** Default `"Greys"`: white for low and black for high values. */
  readonly colormap?: Colormap;
  /** Tables beside each other. Default 2, or 1 for a single one. */
  readonly across?: number;
  /** The height of each table in CSS pixels. Default 220. */
  readonly height?: number;
}

const GAP = 28;
const FOOT = 36;
const CHARACTER = 6.6;
const BAR = { width: 120, height: 9 };
const small = { "font-size": 11, fill: colors.muted };

/**
 * Draws tables of numbers as rows of coloured cells, all with the same colours for the same numbers, which a bar
 * explains.
 *
 * @throws {ShapeError} if a table is not a matrix, or has not one name per row or column.
 * @throws {ValueError} for no table, a value that is not finite, or an option out of its range.
 * @throws {DTypeError} if it is not given a list of tables of numbers.
 * @example
 * plot.heatmap([{ title: "gates", values: rand(8, 20) }], { x: "step", y: "unit", range: [0, 1] }).save("runs/gates.svg");
 */
export function heatmap(tables: readonly Heat[], options: HeatmapOptions = {}): Picture {
  checkPictureOptions("heatmap", options, ["x", "y", "range", "colormap", "across", "height"]);
  const { width = 800, height = 220, across = tables?.length === 1 ? 1 : 2, colormap = "Greys" } = options;
  checkPixels("heatmap: height", height, 40);
  if (!Array.isArray(tables)) {
    throw new DTypeError(
      `heatmap: expects a list of tables, such as [{ values: rand(8, 20) }]; got ${describe(tables)}`,
    );
  }
  if (tables.length === 0) throw new ValueError("heatmap: expects at least one table; got []");
  if (!colormaps.includes(colormap)) {
    throw new ValueError(`heatmap: colormap must be one of ${colormaps.join(", ")}; got ${describe(colormap)}`);
  }
  if (!Number.isInteger(across) || across < 1) {
    throw new ValueError(`heatmap: across must be a whole number above 0; got ${describe(across)}`);
  }
  const read = tables.map((table, i) => readTable(table, i));
  const range = options.range ?? commonRange(read);
  if (!(range.length === 2 && range.every(Number.isFinite) && range[0] < range[1])) {
    throw new ValueError(`heatmap: range must be two finite values, the lower first; got ${JSON.stringify(range)}`);
  }
  const colorsOf = colorTable(colormap);
  const left = leftOf(tables, options);
  const pitch = (width - 2 * PADDING + GAP) / across;
  const box = { left, width: pitch - GAP - left, height };
  if (box.width < 20) throw new ValueError(`heatmap: ${across} tables do not fit into ${width} pixels; use fewer`);
  const parts = [drawBar(range, colorsOf, width)];
  const rowHeight = height + FOOT + 24;
  for (const [i, pixels] of read.entries()) {
    const place = `translate(${PADDING + (i % across) * pitch},${18 + Math.floor(i / across) * rowHeight})`;
    const drawn = drawTable(tables[i] as Heat, { ...pixels, range }, colorsOf, box, options);
    parts.push(element("g", { transform: place }, ...drawn));
  }
  const rows = Math.ceil(tables.length / across);
  const names = tables.map(({ title = "a table" }, i) => `${title}, ${read[i]?.height} × ${read[i]?.width}`).join("; ");
  const [low, high] = range.map((value) => formatNumber(value));
  const description = `Numbers as colours from ${low} to ${high}: ${names}.`;
  return compose({ width, height: 18 + rows * rowHeight - 10, body: parts.join("") as Markup, description }, options);
}

interface Box {
  /** Room for the names of rows. */
  readonly left: number;
  readonly width: number;
  readonly height: number;
}

function readTable(table: Heat, index: number): Pixels {
  const { values, rows, columns } = table ?? {};
  if (!Array.isArray(values) && typeof (values as TensorLike | undefined)?.toArray !== "function") {
    throw new DTypeError(
      `heatmap: a table is { values: … }, a matrix or a tensor; got ${describe(values ?? table)} at ${index}`,
    );
  }
  const nested = (Array.isArray(values) ? values : (values as TensorLike).toArray()) as number[][];
  const sizes = Array.isArray(nested) && Array.isArray(nested[0]) ? [nested.length, nested[0].length] : [];
  const [height = 0, width = 0] = sizes;
  if (height * width === 0 || nested.some((row) => row.length !== width)) {
    throw new ShapeError(`heatmap: a table is a matrix [rows, columns] with equal rows; got another form at ${index}`);
  }
  for (const [name, list, size] of [["row", rows, height] as const, ["column", columns, width] as const]) {
    if (list === undefined || list.length === size) continue;
    throw new ShapeError(`heatmap: one name per ${name}; got ${list.length} names for ${size} in table ${index}`);
  }
  const flat: ImageArray = { data: nested.flat(), count: 1, height, width };
  const bad = nested.flat().findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    const place = `row ${Math.floor(bad / width)}, column ${bad % width} of table ${index}`;
    throw new ValueError(`heatmap: values are finite; got ${nested.flat()[bad]} in ${place}`);
  }
  return readPixels(flat, undefined, false);
}

function commonRange(tables: readonly Pixels[]): readonly [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { values } of tables) {
    for (let i = 0; i < values.length; i++) {
      low = Math.min(low, values[i] as number);
      high = Math.max(high, values[i] as number);
    }
  }
  return low < high ? [low, high] : [low - 0.5, high + 0.5];
}

function leftOf(tables: readonly Heat[], { y }: HeatmapOptions): number {
  const longest = Math.max(...tables.flatMap(({ rows = ["100"] }) => rows.map((name) => name.length)));
  return (y === undefined ? 0 : 16) + 8 + Math.ceil(longest * CHARACTER);
}

/** The colours from low to high, at the right above the tables. */
function drawBar(range: readonly [number, number], table: Uint8Array, width: number): Markup {
  const levels: Pixels = {
    values: [...Array(256).keys()],
    count: 1,
    channels: 1,
    height: 1,
    width: 256,
    range: [0, 255],
  };
  const [low, high] = range.map((value) => formatNumber(value)) as [string, string];
  const x = width - PADDING - high.length * CHARACTER - 6 - BAR.width;
  const box = { x, y: -4, ...BAR };
  return element(
    "g",
    {},
    element("image", { ...box, href: pictureUri(levels, 0, table), preserveAspectRatio: "none" }),
    element("rect", { ...box, fill: "none", stroke: colors.axis }),
    element("text", { x: x - 6, y: 5, "text-anchor": "end", ...small }, text(low)),
    element("text", { x: x + BAR.width + 6, y: 5, ...small }, text(high)),
  );
}

function drawTable(table: Heat, pixels: Pixels, palette: Uint8Array, box: Box, { x, y }: HeatmapOptions): Markup[] {
  const { left, width, height } = box;
  const top = 10;
  const frame = { x: left, y: top, width, height };
  const parts: Markup[] = [];
  if (table.title) {
    parts.push(
      element("text", { x: left, y: 3, "font-size": 13, "font-weight": 600, fill: colors.ink }, text(table.title)),
    );
  }
  parts.push(
    element("image", {
      ...frame,
      href: pictureUri(pixels, 0, palette),
      preserveAspectRatio: "none",
      style: "image-rendering:pixelated",
    }),
    element("rect", { ...frame, fill: "none", stroke: colors.axis }),
  );
  for (const [at, name] of namesOf(table.rows, pixels.height)) {
    const middle = top + ((at + 0.5) * height) / pixels.height;
    parts.push(element("text", { x: left - 6, y: middle + 4, "text-anchor": "end", ...small }, text(name)));
  }
  for (const [at, name] of namesOf(table.columns, pixels.width)) {
    const middle = left + ((at + 0.5) * width) / pixels.width;
    parts.push(element("text", { x: middle, y: top + height + 14, "text-anchor": "middle", ...small }, text(name)));
  }
  const under = { x: left + width / 2, y: top + height + 27, "text-anchor": "middle", ...small };
  if (x !== undefined) parts.push(element("text", under, text(x)));
  const beside = { transform: `translate(9,${top + height / 2}) rotate(-90)`, "text-anchor": "middle", ...small };
  if (y !== undefined) parts.push(element("text", beside, text(y)));
  return parts;
}

/** Where names stand: at every place, or the numbers of the first and the last. */
function namesOf(names: readonly string[] | undefined, count: number): (readonly [number, string])[] {
  if (names !== undefined) return names.map((name, i) => [i, name] as const);
  return [...new Set([0, count - 1])].map((i) => [i, String(i + 1)] as const);
}
