import { DTypeError, ShapeError, ValueError } from "../errors.ts";
import { element, type Markup, text } from "./markup.ts";
import { describe, flatten, formatNumber, isTensorLike, type Numbers, type TensorLike } from "./numbers.ts";
import { checkPictureOptions, compose, PADDING, type Picture, type PictureOptions } from "./picture.ts";
import { colors } from "./theme.ts";

/** Options of {@link confusion}. */
export interface ConfusionOptions extends PictureOptions {
  /** Names of the classes, in order. Default: their numbers from 0. */
  readonly labels?: readonly string[];
}

interface Cell {
  readonly row: number;
  readonly column: number;
  readonly count: number;
  /** Of its row, from 0 to 1; NaN in a row without counts. */
  readonly share: number;
}

const MOST = 50;
const LARGEST = 88;
/** Cells smaller than this have no room for a percentage, nor for zeros. */
const NUMBERED = 26;
const SMALLEST = 12;
const GAP = 2;
/** An average character at a font size of 1; there is no font to measure with. */
const CHARACTER = 0.56;
/** The sums at the right: classes found and predictions that hold. */
const SIDE = 52;
const NAME = 12;
/** Opacity of a whole row in one cell: the text on it keeps a contrast of 4.5:1, in light and dark. */
const STRONGEST = 0.6;

/**
 * Draws a confusion matrix: rows are the true classes, columns what they were taken for. Each cell shows its count and
 * its share of the row; its colour is that share, blue where the prediction holds and red where it does not, so that
 * classes of any size compare. The share of each class that is found (recall) stands at the right, the share of each
 * prediction that holds (precision) below.
 *
 * @param matrix The counts [classes, classes]: a tensor, or an array of rows. Not negative, finite.
 * @throws {ShapeError} if the matrix is not square, or there is not one label per class.
 * @throws {ValueError} for no classes, more than 50, a count that is negative or not finite, or a width with no room for the classes.
 * @throws {DTypeError} if the matrix is neither a tensor nor an array of rows of numbers.
 * @example
 * plot.confusion([[8, 2], [1, 9]], { labels: ["cat", "dog"], title: "Test images" }).save("runs/confusion.svg");
 */
export function confusion(matrix: readonly Numbers[] | TensorLike, options: ConfusionOptions = {}): Picture {
  checkPictureOptions("confusion", options, ["labels"]);
  const { width = 800 } = options;
  const { counts, classes } = readMatrix(matrix);
  const labels = readLabels(options.labels, classes);
  const cells = readCells(counts, classes);
  const longest = Math.max(...labels.map((label) => label.length));
  const left = PADDING + 18 + Math.min(150, Math.max(44, Math.ceil(longest * NAME * CHARACTER) + 10));
  const room = width - left - SIDE - PADDING;
  const size = Math.min(LARGEST, Math.floor((room + GAP) / classes) - GAP);
  if (size < SMALLEST) {
    throw new ValueError(`confusion: ${classes} classes do not fit into ${width} pixels; give a larger width`);
  }
  const tilted = longest * NAME * CHARACTER > size + GAP;
  const top = 22 + (tilted ? Math.min(110, longest * NAME * CHARACTER * 0.72 + 14) : 20);
  const grid: Grid = { left, top, size, pitch: size + GAP, classes };
  const body = [
    ...axisNames(grid),
    ...labels.flatMap((label, i) => classNames(label, i, grid, tilted)),
    ...cells.map((cell) => drawCell(cell, labels, grid)),
    ...drawSums(cells, grid),
  ].join("") as Markup;
  const side = classes * grid.pitch;
  const needed = left + side + SIDE + PADDING;
  const headed = Math.max(needed, 2 * PADDING + (options.title ?? "").length * 9);
  const drawn = { width: Math.min(width, headed), height: top + side + 30, body };
  return compose({ ...drawn, description: description(cells, classes) }, options);
}

interface Grid {
  readonly left: number;
  readonly top: number;
  /** Of one cell, without and with the gap to the next. */
  readonly size: number;
  readonly pitch: number;
  readonly classes: number;
}

function readMatrix(matrix: readonly Numbers[] | TensorLike): { counts: ArrayLike<number>; classes: number } {
  let rows: ArrayLike<number>[];
  if (isTensorLike(matrix)) {
    const { shape } = matrix;
    if (shape.length !== 2 || shape[0] !== shape[1]) {
      throw new ShapeError(`confusion: expects a matrix [classes, classes]; got [${shape.join(", ")}]`);
    }
    const flat = Array.from(flatten(matrix, "confusion"));
    const n = shape[0] as number;
    rows = Array.from({ length: n }, (_, i) => flat.slice(i * n, (i + 1) * n));
  } else if (Array.isArray(matrix)) {
    rows = matrix.map((row: Numbers, i) => flatten(row, `confusion: row ${i}`));
  } else {
    throw new DTypeError(`confusion: expects a tensor [classes, classes] or an array of rows; got ${describe(matrix)}`);
  }
  const classes = rows.length;
  if (classes === 0 || classes > MOST) {
    throw new ValueError(`confusion: draws 1 to ${MOST} classes; got ${classes}`);
  }
  const counts = rows.flatMap((row, i) => {
    if (row.length === classes) return Array.from(row);
    throw new ShapeError(
      `confusion: each of the ${classes} rows needs ${classes} counts; got ${row.length} in row ${i}`,
    );
  });
  counts.forEach((count, i) => {
    if (count >= 0 && Number.isFinite(count)) return;
    const place = `row ${Math.floor(i / classes)}, column ${i % classes}`;
    throw new ValueError(`confusion: counts are finite and not negative; got ${count} in ${place}`);
  });
  return { counts, classes };
}

function readLabels(labels: readonly string[] | undefined, classes: number): readonly string[] {
  if (labels === undefined) return Array.from({ length: classes }, (_, i) => String(i));
  if (!Array.isArray(labels) || !labels.every((label) => typeof label === "string")) {
    throw new ValueError(`confusion: labels must be an array of strings; got ${describe(labels)}`);
  }
  if (labels.length === classes) return labels.map((label) => (label.length > 22 ? `${label.slice(0, 21)}…` : label));
  throw new ShapeError(`confusion: expects one label per class; got ${labels.length} for ${classes} classes`);
}

function readCells(counts: ArrayLike<number>, classes: number): Cell[] {
  const sums = new Float64Array(classes);
  for (let i = 0; i < counts.length; i++) (sums[Math.floor(i / classes)] as number) += counts[i] as number;
  return Array.from(counts, (count, i) => {
    const row = Math.floor(i / classes);
    return { row, column: i % classes, count, share: count / (sums[row] as number) };
  });
}

function axisNames({ left, top, pitch, classes }: Grid): Markup[] {
  const font = { "font-size": 12, "font-weight": 600, fill: colors.muted, "text-anchor": "middle" };
  const middle = (classes * pitch) / 2;
  return [
    element("text", { x: left + middle, y: 12, ...font }, text("predicted")),
    element("text", { transform: `translate(${PADDING + 10},${top + middle}) rotate(-90)`, ...font }, text("true")),
  ];
}

function classNames(label: string, index: number, grid: Grid, tilted: boolean): Markup[] {
  const { left, top, pitch, size } = grid;
  const middle = index * pitch + size / 2;
  const font = { "font-size": NAME, fill: colors.ink };
  const above = tilted
    ? { transform: `translate(${left + middle + 4},${top - 7}) rotate(-40)` }
    : { x: left + middle, y: top - 8, "text-anchor": "middle" };
  return [
    element("text", { x: left - 8, y: top + middle + 4, "text-anchor": "end", ...font }, text(label)),
    element("text", { ...above, ...font }, text(label)),
  ];
}

function drawCell({ row, column, count, share }: Cell, labels: readonly string[], grid: Grid): Markup {
  const { left, top, pitch, size } = grid;
  const [x, y] = [left + column * pitch, top + row * pitch];
  const known = Number.isFinite(share);
  const right = row === column;
  const box = { x, y, width: size, height: size, rx: Math.min(3, size / 8) };
  const told = `${labels[row]} taken for ${labels[column]}: ${formatNumber(count, 7)}${known ? ` (${percent(share)})` : ""}`;
  const parts = [element("title", {}, text(told))];
  if (!known || share === 0) parts.push(element("rect", { ...box, fill: colors.grid, "fill-opacity": "0.45" }));
  else {
    const strength = STRONGEST * (right ? share : Math.min(1, 0.08 + 2.5 * share));
    const paint = { fill: right ? colors.right : colors.wrong, "fill-opacity": strength.toFixed(3) };
    parts.push(element("rect", { ...box, ...paint }));
  }
  parts.push(...cellText(count, share, x + size / 2, y + size / 2, size));
  return element("g", {}, ...parts);
}

/** The count with its share below, as far as the cell has room for them. */
function cellText(count: number, share: number, x: number, y: number, size: number): Markup[] {
  const shown = formatNumber(count, 5);
  const font = Math.min(15, size * 0.36, (size - 4) / (shown.length * CHARACTER));
  if (font < 6 || (count === 0 && size < NUMBERED)) return [];
  const fill = count === 0 ? colors.axis : colors.ink;
  const middle = { x, "text-anchor": "middle", fill };
  const withShare = size >= 34 && count > 0;
  return [
    element("text", { ...middle, y: withShare ? y - 1 : y + font * 0.36, "font-size": font }, text(shown)),
    ...(withShare ? [element("text", { ...middle, y: y + 12, "font-size": 10 }, text(percent(share)))] : []),
  ];
}

function drawSums(cells: readonly Cell[], { left, top, pitch, size, classes }: Grid): Markup[] {
  const side = classes * pitch;
  const font = { "font-size": 11, fill: colors.muted };
  const middle = { "text-anchor": "middle", ...font };
  const parts = [element("text", { x: left + side + 4, y: top - 8, ...font }, text("found"))];
  if (size >= NUMBERED) {
    parts.push(element("text", { x: left - 8, y: top + side + 14, "text-anchor": "end", ...font }, text("correct")));
  }
  for (let i = 0; i < classes; i++) {
    const { count, share } = cells[i * classes + i] as Cell;
    const predicted = cells.reduce((sum, cell) => sum + (cell.column === i ? cell.count : 0), 0);
    const at = i * pitch + size / 2;
    parts.push(element("text", { x: left + side + 4, y: top + at + 4, ...font }, text(percent(share))));
    if (size >= NUMBERED) {
      parts.push(element("text", { x: left + at, y: top + side + 14, ...middle }, text(percent(count / predicted))));
    }
  }
  return parts;
}

/** Whole percent, with a digit more near 0 and 100; only 1 itself is 100 %. */
function percent(share: number): string {
  if (!Number.isFinite(share)) return "–";
  const value = share * 100;
  if (value === 0 || value === 100) return `${value} %`;
  if (value >= 0.95 && value < 98.5) return `${Math.round(value)} %`;
  return `${Math.min(99.9, Math.max(0.1, value)).toFixed(1)} %`;
}

function description(cells: readonly Cell[], classes: number): string {
  const total = cells.reduce((sum, { count }) => sum + count, 0);
  const right = cells.reduce((sum, { row, column, count }) => sum + (row === column ? count : 0), 0);
  const share = total > 0 ? `, ${percent(right / total)} on the diagonal` : "";
  return `Confusion matrix of ${classes} classes: ${formatNumber(total, 7)} predictions${share}.`;
}
