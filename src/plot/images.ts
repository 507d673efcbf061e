import { IndexError, ShapeError, ValueError } from "../errors.ts";
import { type Colormap, colormaps, colorTable, diverging } from "./colormaps.ts";
import { element, type Markup, text } from "./markup.ts";
import { describe, flatten, type Numbers } from "./numbers.ts";
import { checkPictureOptions, compose, PADDING, type Picture, type PictureOptions } from "./picture.ts";
import { type ImageBatch, type Pixels, pictureUri, readPixels } from "./pixels.ts";
import { colors } from "./theme.ts";

/** Options of {@link images}. */
export interface ImagesOptions extends PictureOptions {
  /** The true class of each picture. */
  readonly labels?: Numbers;
  /** The predicted class of each picture; those that differ from `labels` are marked in red. */
  readonly predictions?: Numbers;
  /** Names of the classes, by number. Default: the numbers themselves. */
  readonly classes?: readonly string[];
  /** A caption per picture, in place of labels and predictions. */
  readonly captions?: readonly string[];
  /** Pictures to mark in red, true per picture; goes with `captions`. */
  readonly wrong?: readonly boolean[];
  /**
   * Colours of one-channel pictures. Default `"gray"`: low values black, high values white; `"Greys"` is the reverse. `"Reds"` and `"Blues"` go from white
   * to their colour, `"viridis"` from dark to light; `"RdBu"` and `"bwr"` diverge: zero is white, and red and blue are its two sides.
   */
  readonly colormap?: Colormap;
  /** The values shown as black and white. Default: 0 and 255 for bytes; else 0 and 1 if all values lie there; else the least and the greatest, or with a diverging colormap minus and plus the largest size. */
  readonly range?: readonly [low: number, high: number];
  /** Pictures per row. Default 10, or fewer if there are fewer. */
  readonly columns?: number;
}

interface Caption {
  readonly lines: readonly string[];
  readonly wrong: boolean;
}

const MOST = 2500;
const GAP = 10;
const LARGEST = 112;
const LINE = 15;
/** An average character of a caption at its size, in pixels; there is no font to measure with. */
const CHARACTER = 6.4;

/**
 * Draws a sheet of pictures in rows, each with a caption: the predicted class, and the true one where the two differ,
 * in a red frame.
 *
 * @param images A tensor [count, height, width] or [count, channels, height, width], or `{ data, count, height, width, channels }` with
 * the same layout; 1 channel (gray) or 3 (red, green, blue).
 * @throws {ShapeError} if the sizes do not fit the values, or there is not one label, prediction or caption per picture.
 * @throws {ValueError} for no pictures, more than 2500, a pixel that is not finite, or an option out of its range.
 * @throws {IndexError} if a label or prediction has no name in `classes`.
 * @throws {DTypeError} if the images are no numbers.
 * @example
 * plot.images(images.reshape(-1, 28, 28), { labels, predictions: model.forward(images).argmax(1), title: "Test digits" }).save("runs/digits.svg");
 */
export function images(images: ImageBatch, options: ImagesOptions = {}): Picture {
  checkOptions(options);
  const { width = 800, colormap = "gray", title = "" } = options;
  const pixels = readPixels(images, options.range, diverging.includes(colormap));
  if (pixels.count > MOST) {
    throw new ValueError(`images: draws at most ${MOST} pictures; got ${pixels.count}; pass the first ones only`);
  }
  const columns = Math.min(options.columns ?? 10, pixels.count);
  const cell = Math.floor((width - 2 * PADDING + GAP) / columns) - GAP;
  const scale = pictureScale(pixels, cell);
  const tile = { width: pixels.width * scale, height: pixels.height * scale };
  if (tile.width < 4) throw new ValueError(`images: ${columns} columns do not fit into ${width} pixels; use fewer`);
  const room = columns === (options.columns ?? 10) ? cell : Math.min(cell, Math.max(tile.width, 72));
  const captions = readCaptions(pixels.count, options, room);
  const lines = Math.max(...captions.map((caption) => caption.lines.length));
  const pitch = { x: room + GAP, y: tile.height + (lines > 0 ? LINE * lines + 8 : 0) + GAP };
  const table = colorTable(colormap);
  const tiles = captions.map((caption, i) => {
    const x = PADDING + (i % columns) * pitch.x + (room - tile.width) / 2;
    const y = 2 + Math.floor(i / columns) * pitch.y;
    return drawTile(pictureUri(pixels, i, table), caption, { ...tile, x, y }, scale);
  });
  const rows = Math.ceil(pixels.count / columns);
  const content = 2 * PADDING + columns * pitch.x - GAP;
  const headed = Math.max(content, 2 * PADDING + title.length * 9, 2 * PADDING + (options.subtitle ?? "").length * 7);
  const body = tiles.join("") as Markup;
  const drawn = { width: Math.min(width, headed), height: 4 + rows * pitch.y - GAP, body };
  return compose({ ...drawn, description: description(pixels, captions) }, options);
}

/** Whole multiples keep all pixels the same size; only pictures larger than their cell are shrunk. */
function pictureScale({ width, height }: Pixels, cell: number): number {
  const fit = Math.min(cell, LARGEST) / Math.max(width, height);
  return fit >= 1 ? Math.floor(fit) : fit;
}

function drawTile(
  uri: string,
  caption: Caption,
  box: {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
  },
  scale: number,
): Markup {
  const rendering = scale >= 1 ? { style: "image-rendering:pixelated" } : {};
  const out = caption.wrong ? 1.5 : 0.5;
  const frame = {
    x: box.x - out,
    y: box.y - out,
    width: box.width + 2 * out,
    height: box.height + 2 * out,
    fill: "none",
    stroke: caption.wrong ? colors.wrong : colors.axis,
    "stroke-width": caption.wrong ? 3 : 1,
  };
  const font = {
    "font-size": 12,
    "text-anchor": "middle",
    fill: caption.wrong ? colors.wrong : colors.ink,
    "font-weight": caption.wrong ? 600 : undefined,
  };
  const left = box.x + box.width / 2;
  const top = box.y + box.height + LINE + 1;
  return element(
    "g",
    {},
    element("image", { ...box, href: uri, preserveAspectRatio: "none", ...rendering }),
    element("rect", frame),
    ...caption.lines.map((line, i) => element("text", { x: left, y: top + i * LINE, ...font }, text(line))),
  );
}

function readCaptions(count: number, options: ImagesOptions, room: number): Caption[] {
  const { captions, wrong, labels, predictions } = options;
  const given = {
    captions,
    wrong,
    labels: classList("labels", labels),
    predictions: classList("predictions", predictions),
  };
  for (const [name, list] of Object.entries(given)) {
    if (list !== undefined && list.length !== count) {
      throw new ShapeError(`images: expects one of ${name} per picture; got ${list.length} for ${count} pictures`);
    }
  }
  const fitting = (parts: readonly string[]): string[] => fitLines(parts, room);
  return Array.from({ length: count }, (_, i) => {
    if (captions !== undefined) return { lines: fitting([captions[i] as string]), wrong: wrong?.[i] === true };
    const [label, prediction] = [given.labels?.[i], given.predictions?.[i]];
    const shown = prediction ?? label;
    if (shown === undefined) return { lines: [], wrong: wrong?.[i] === true };
    const differs = label !== undefined && prediction !== undefined && label !== prediction;
    const name = className(shown, options, i);
    return {
      lines: fitting(differs ? [name, `(is ${className(label, options, i)})`] : [name]),
      wrong: differs,
    };
  });
}

function classList(name: string, numbers: Numbers | undefined): ArrayLike<number> | undefined {
  return numbers === undefined ? undefined : flatten(numbers, `images: ${name}`);
}

function className(index: number, { classes }: ImagesOptions, picture: number): string {
  if (classes === undefined) return String(index);
  const name = classes[index];
  if (name !== undefined) return name;
  throw new IndexError(`images: classes has ${classes.length} names; got class ${index} for picture ${picture}`);
}

/** The parts in one line if they fit, else one line each, cut to the room there is. */
function fitLines(parts: readonly string[], room: number): string[] {
  const most = Math.max(1, Math.floor((room + GAP / 2) / CHARACTER));
  const joined = parts.join(" ");
  if (joined.length <= most) return joined === "" ? [] : [joined];
  return parts.map((part) => (part.length <= most ? part : `${part.slice(0, most - 1)}…`));
}

function checkOptions(options: ImagesOptions): void {
  checkPictureOptions("images", options, [
    "labels",
    "predictions",
    "classes",
    "captions",
    "wrong",
    "colormap",
    "range",
    "columns",
  ]);
  const { colormap, range, columns, captions, labels, predictions } = options;
  if (colormap !== undefined && !colormaps.includes(colormap)) {
    throw new ValueError(`images: colormap must be one of ${colormaps.join(", ")}; got ${describe(colormap)}`);
  }
  for (const [name, list] of Object.entries({ captions, wrong: options.wrong, classes: options.classes, range })) {
    if (list !== undefined && !Array.isArray(list)) {
      throw new ValueError(`images: ${name} must be an array; got ${describe(list)}`);
    }
  }
  if (range !== undefined && !(range.length === 2 && range.every(Number.isFinite) && range[0] < range[1])) {
    throw new ValueError(`images: range must be two finite values, the lower first; got ${JSON.stringify(range)}`);
  }
  if (columns !== undefined && !(Number.isInteger(columns) && columns > 0)) {
    throw new ValueError(`images: columns must be a whole number above 0; got ${describe(columns)}`);
  }
  if (captions !== undefined && (labels !== undefined || predictions !== undefined)) {
    throw new ValueError("images: captions stand in place of labels and predictions; got both; give one of them");
  }
  for (const [i, caption] of (captions ?? []).entries()) {
    if (typeof caption !== "string")
      throw new ValueError(`images: captions must be strings; got ${describe(caption)} at ${i}`);
  }
}

function description({ count, height, width }: Pixels, captions: readonly Caption[]): string {
  const wrong = captions.filter((caption) => caption.wrong).length;
  const marked = wrong > 0 ? `; ${wrong} marked as wrong` : "";
  return `${count === 1 ? "One picture" : `${count} pictures`} of ${height} by ${width} pixels${marked}.`;
}
