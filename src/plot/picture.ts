import { ValueError } from "../errors.ts";
import { checkOptions } from "../options.ts";
import { element, type Markup, text } from "./markup.ts";
import { describe } from "./numbers.ts";
import { savePicture } from "./save.ts";
import { colors, darken, darkRules, type Theme } from "./theme.ts";

/** Options that every plot takes. */
export interface PictureOptions {
  /** A heading above the picture; also its name for screen readers. */
  readonly title?: string;
  /** A line under the title, smaller and paler. */
  readonly subtitle?: string;
  /** Width in CSS pixels. Default 800, the width of a README. */
  readonly width?: number;
  /** `auto` (default) follows the reader's light or dark setting; `light` and `dark` fix it. */
  readonly theme?: Theme;
}

/** What a plot hands to {@link compose}: its drawing, and how much room that takes below the heading. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly body: Markup;
  /** One sentence that says what is seen, for screen readers. */
  readonly description: string;
}

/** Space between the picture's edge and what is drawn, in pixels. */
export const PADDING = 16;

/**
 * A finished plot: an SVG document as text.
 *
 * @example
 * plot.curves([{ name: "loss", y: losses }]).svg.startsWith("<svg"); // true
 */
export class Picture {
  /** The SVG document. In a browser, put it into an element's `innerHTML` or a `data:image/svg+xml` URL. */
  readonly svg: string;
  /** Width in CSS pixels. */
  readonly width: number;
  /** Height in CSS pixels. */
  readonly height: number;

  constructor(svg: string, width: number, height: number) {
    this.svg = svg;
    this.width = width;
    this.height = height;
  }

  /** The SVG document, so that a picture can stand in a template string. */
  toString(): string {
    return this.svg;
  }

  /**
   * Writes the picture to `path`: an SVG document, or an image in the light theme's colours (unless drawn with `theme: "dark"`) if `path`
   * ends in `.png`. Written beside the old file first, so that a failure leaves the old one whole.
   *
   * @param path - Ends in `.svg` or `.png`; folders on the way are made.
   * @param options - `scale`: image pixels for each CSS pixel of a PNG, from 0.1 to 10. Default 2, which is sharp on most screens.
   * @throws {ValueError} for any other ending or scale, or in a browser, which has no files.
   * @throws {FileError} if the file cannot be written.
   * @throws {NablaError} for a PNG on a machine without any font.
   * @example
   * plot.curves([{ name: "loss", y: losses }]).save("runs/loss.svg");
   * plot.curves([{ name: "loss", y: losses }]).save("runs/loss.png", { scale: 1 });
   */
  save(path: string, options: { scale?: number } = {}): void {
    if (typeof path !== "string" || !/.\.(svg|png)$/i.test(path)) {
      throw new ValueError(`Picture.save: expects a path ending in .svg or .png; got ${describe(path)}`);
    }
    const { scale = 2 } = checkOptions("Picture.save", options, ["scale"]);
    if (!(typeof scale === "number" && scale >= 0.1 && scale <= 10)) {
      throw new ValueError(`Picture.save: scale must be a number from 0.1 to 10; got ${describe(scale)}`);
    }
    savePicture(path, this.svg, scale);
  }
}

const SHARED: readonly (keyof PictureOptions)[] = ["title", "subtitle", "width", "theme"];

/** Checks the options that every plot shares, and that there are no others than these and its `own`. `op` names the plot in errors. */
export function checkPictureOptions<O extends PictureOptions>(
  op: string,
  options: O,
  own: readonly Exclude<keyof O & string, keyof PictureOptions>[],
): void {
  checkOptions(op, options, [...own, ...SHARED]);
  const { title, subtitle, width, theme } = options;
  for (const [name, value] of Object.entries({ title, subtitle })) {
    if (value !== undefined && typeof value !== "string") {
      throw new ValueError(`${op}: ${name} must be a string; got ${describe(value)}`);
    }
  }
  if (theme !== undefined && !["auto", "light", "dark"].includes(theme)) {
    throw new ValueError(`${op}: theme must be "auto", "light" or "dark"; got ${describe(theme)}`);
  }
  if (width !== undefined) checkPixels(`${op}: width`, width, 200);
}

/** Checks a size in pixels: a whole number from `least` to 10,000. */
export function checkPixels(what: string, value: number, least: number): void {
  if (!Number.isInteger(value) || value < least || value > 10_000) {
    throw new ValueError(`${what} must be a whole number of pixels from ${least} to 10000; got ${describe(value)}`);
  }
}

const CLASS = "nabla-picture";
const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";

/** Puts heading, background and colours around a drawing. */
export function compose(drawing: Drawing, options: PictureOptions): Picture {
  const { title, subtitle, theme = "auto" } = options;
  const { width } = drawing;
  const heading: Markup[] = [];
  let top = PADDING;
  if (title) {
    const font = { "font-size": 16, "font-weight": 600, fill: colors.ink };
    heading.push(element("text", { x: PADDING, y: top + 14, ...font }, text(title)));
    top += 22;
  }
  if (subtitle) {
    heading.push(element("text", { x: PADDING, y: top + 12, "font-size": 12, fill: colors.muted }, text(subtitle)));
    top += 20;
  }
  if (heading.length > 0) top += 8;
  const height = Math.ceil(top + drawing.height + PADDING);
  const light = [
    element("rect", { width, height, rx: 6, fill: colors.surface }),
    ...heading,
    element("g", { transform: `translate(0,${top})` }, drawing.body),
  ].join("") as Markup;
  const svg = element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      class: CLASS,
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
      "font-family": FONT,
      role: "img",
    },
    element("title", {}, text(title ?? drawing.description)),
    element("desc", {}, text(drawing.description)),
    ...(theme === "auto" ? [element("style", {}, text(darkRules(light, CLASS)))] : []),
    theme === "dark" ? darken(light) : light,
  );
  return new Picture(svg, width, height);
}
