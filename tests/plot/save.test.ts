import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { FileError, NablaError, ValueError } from "../../src/errors.ts";
import { curves, images, type Picture } from "../../src/plot/index.ts";
import { readImage } from "../../src/vision/index.ts";

const folder = mkdtempSync(join(tmpdir(), "nabla-plot-"));
afterAll(() => rmSync(folder, { recursive: true }));
const draw = (theme: "auto" | "light" | "dark"): Picture =>
  curves([{ name: "a", y: [1, 2] }], { title: "HHHHHHHH", theme });

describe("saving as SVG", () => {
  it("writes the document, and makes the folders on the way", () => {
    const path = join(folder, "runs", "a.svg");
    draw("auto").save(path);
    expect(readFileSync(path, "utf8")).toBe(`${draw("auto").svg}\n`);
  });
});

/** Why no PNG can be drawn on this machine, if so: none of its fonts, or no binary of the rasteriser for its platform. */
function reason(): string | undefined {
  try {
    draw("light").save(join(folder, "probe.png"));
    return undefined;
  } catch (error) {
    if (error instanceof NablaError && !(error instanceof ValueError)) return error.message;
    throw error;
  }
}

const missing = reason();
describe.skipIf(missing !== undefined)(`saving as PNG${missing === undefined ? "" : `, not here: ${missing}`}`, () => {
  /** The picture saved and read again: red, green and blue at column x and row y in CSS pixels. */
  function pixels(picture: Picture, scale?: number) {
    const path = join(folder, "a.PNG");
    picture.save(path, { scale });
    const image = readImage(path);
    const at = (x: number, y: number): number[] => {
      const [row, column] = [Math.floor(y * (scale ?? 2)), Math.floor(x * (scale ?? 2))];
      return [0, 1, 2].map((channel) => Number(image.at(channel, row, column).item()));
    };
    return { shape: image.shape as readonly number[], at };
  }

  it("has two pixels a CSS pixel, or as many as are asked for", () => {
    const { width, height } = draw("auto");
    expect(pixels(draw("auto")).shape).toEqual([3, 2 * height, 2 * width]);
    expect(pixels(draw("auto"), 0.5).shape).toEqual([3, Math.round(height / 2), Math.round(width / 2)]);
  });

  it("has the colours of the theme, light where the reader would choose", () => {
    expect(pixels(draw("auto")).at(400, 5)).toEqual([255, 255, 255]);
    expect(pixels(draw("dark")).at(400, 5)).toEqual([13, 17, 23]);
  });

  it("shows text and lines", () => {
    const { at } = pixels(draw("light"), 4);
    const row = (y: number, from: number, to: number): string[] =>
      Array.from({ length: 4 * (to - from) }, (_, i) => at(from + i / 4, y).join());
    expect(row(22, 16, 60)).toContain("31,35,40"); // the stems of the title's letters
    const { height } = draw("light");
    expect(row(height / 2, 100, 780)).toContain("11,105,199"); // the line of the chart
  });

  it("keeps the pixels of enlarged images apart", () => {
    const { at } = pixels(
      images({ data: new Uint8Array([0, 255, 0, 255]), count: 1, height: 2, width: 2 }, { theme: "light" }),
      1,
    );
    const shades = Array.from({ length: 100 }, (_, x) => at(x, 30)[0] as number);
    expect(shades.filter((shade) => shade > 5 && shade < 200).length).toBeLessThan(4); // the frame
    expect(shades.filter((shade) => shade < 5).length).toBeGreaterThan(30);
  });
});

describe("refusals", () => {
  it.each([
    ["a.txt", {}, ValueError, 'Picture.save: expects a path ending in .svg or .png; got "a.txt"'],
    ["a.png", { scale: 0 }, ValueError, "Picture.save: scale must be a number from 0.1 to 10; got 0"],
    ["a.png", { scale: Number.NaN }, ValueError, "Picture.save: scale must be a number from 0.1 to 10; got NaN"],
    ["a.png", { scale: "2" as never }, ValueError, 'Picture.save: scale must be a number from 0.1 to 10; got "2"'],
    ["/proc/none/a.svg", {}, FileError, "cannot write"],
  ])("%s %o", (path, options, type, message) => {
    expect(() => draw("auto").save(path, options)).toThrow(type);
    expect(() => draw("auto").save(path, options)).toThrow(message);
  });
});
