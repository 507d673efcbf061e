import { describe, expect, it } from "vitest";
import { ShapeError, ValueError } from "../../src/errors.ts";
import { tensor } from "../../src/index.ts";
import { type Heat, type HeatmapOptions, heatmap } from "../../src/plot/index.ts";
import { all, parseSvg, texts } from "./svg.ts";

const values = [
  [0, 0.5, 1],
  [1, 0.5, 0],
];

describe("a heat map", () => {
  it("shows each table with its title, the ends of its axes, and a bar of colours", () => {
    const svg = parseSvg(heatmap([{ title: "gates", values }], { title: "Open", x: "step", y: "unit" }).svg);
    const words = texts(svg);
    for (const word of ["Open", "gates", "step", "unit", "1", "2", "3", "0"]) expect(words).toContain(word);
    expect(all(svg, "image")).toHaveLength(2); // the bar and the table
    expect(all(svg, "desc")[0]?.textContent).toBe("Numbers as colours from 0 to 1: gates, 2 × 3.");
  });

  it("takes names of rows and columns, and tensors", () => {
    const heat = { values: tensor(values), rows: ["up", "down"], columns: ["a", "b", "c"] };
    const words = texts(parseSvg(heatmap([heat, heat]).svg));
    expect(words.filter((word) => ["up", "down", "a", "b", "c"].includes(word))).toHaveLength(10);
    expect(words).not.toContain("3");
  });

  it("gives the same numbers the same colours in all tables", () => {
    const hrefs = (tables: Heat[], options?: HeatmapOptions): (string | null)[] =>
      all(parseSvg(heatmap(tables, options).svg), "image").map((image) => image.getAttribute("href"));
    const [, first, second] = hrefs([{ values }, { values: [[0, 2, 4]] }]);
    const [, alone] = hrefs([{ values }]);
    expect(first).not.toBe(alone);
    expect(hrefs([{ values }], { range: [0, 4] })[1]).toBe(first);
    expect(second).not.toBe(first);
    expect(hrefs([{ values: [[3, 3]] }])[1]).toMatch(/^data:image\/png/);
  });

  it("refuses what is no table, with its place", () => {
    const wrong = (tables: unknown, options?: unknown) => () => heatmap(tables as Heat[], options as HeatmapOptions);
    expect(wrong([])).toThrow(ValueError);
    expect(wrong(values as never)).toThrow(
      "heatmap: a table is { values: … }, a matrix or a tensor; got a function at 0",
    );
    expect(wrong(tensor(values) as never)).toThrow(
      "heatmap: expects a list of tables, such as [{ values: rand(8, 20) }]",
    );
    expect(wrong([{ values: [] }])).toThrow(ShapeError);
    expect(wrong([{ values }, { values: [[1, 2], [3]] }])).toThrow("equal rows; got another form at 1"); // biome-ignore format: a matrix
    expect(wrong([{ values: tensor([1, 2]) }])).toThrow(ShapeError);
    expect(wrong([{ values: [[1, Number.NaN]] }])).toThrow("values are finite; got NaN in row 0, column 1 of table 0");
    expect(wrong([{ values, rows: ["a"] }])).toThrow("one name per row; got 1 names for 2 in table 0");
    expect(wrong([{ values, columns: ["a"] }])).toThrow("one name per column; got 1 names for 3 in table 0");
    expect(wrong([{ values }], { range: [1, 1] })).toThrow("range must be two finite values");
    expect(wrong([{ values }], { colormap: "rainbow" })).toThrow("colormap must be one of gray");
    expect(wrong([{ values }], { across: 0 })).toThrow("across must be a whole number");
    expect(wrong([{ values }], { height: 5 })).toThrow("heatmap: height must be a whole number of pixels from 40");
    expect(wrong([{ values }], { across: 50 })).toThrow("50 tables do not fit into 800 pixels");
  });
});
