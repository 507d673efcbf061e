/** Sweeps, histograms and colormaps. */
import { describe, expect, it } from "vitest";
import { DTypeError, ValueError } from "../../src/errors.ts";
import { colorTable } from "../../src/plot/colormaps.ts";
import { histogram, images, sweep } from "../../src/plot/index.ts";
import { all, parseSvg, texts } from "./svg.ts";

const results = [0.01, 0.1, 0.3, 1].flatMap((lr, i) =>
  [1, 2].map((seed) => ({ lr, seed, accuracy: ([0.9, 0.95, 0.96, 0.8][i] as number) + seed / 1000 })),
);

describe("a sweep of one parameter", () => {
  const svg = parseSvg(sweep(results, ["lr"]).svg);

  it("has the mean of each setting, the spread of its seeds, and the best", () => {
    expect(texts(svg)).toEqual(expect.arrayContaining(["0.01", "0.1", "0.3", "1", "lr", "accuracy", "best 96.15 %"]));
    expect(all(svg, 'g[aria-label="dot"] circle')).toHaveLength(5);
    expect(
      all(svg, 'g[aria-label="rule"] line').filter((line) => line.getAttribute("y1") !== line.getAttribute("y2")),
    ).toHaveLength(4);
    expect(all(svg, "desc")[0]?.textContent).toBe("accuracy of 4 settings of lr; the best is 96.15 % with lr 0.3.");
  });

  it("has a logarithmic axis where values grow by factors", () => {
    const x = all(svg, 'g[aria-label="dot"]')[0];
    const [a, b, , d] = all(x as never, "circle").map((circle) => Number(circle.getAttribute("cx")));
    expect(((b as number) - (a as number)) / ((d as number) - (a as number))).toBeCloseTo(0.5, 2);
    const linear = parseSvg(
      sweep(
        [1, 2, 3].map((epochs) => ({ epochs, loss: 1 / epochs })),
        ["epochs"],
        { value: "loss", smaller: true },
      ).svg,
    );
    expect(texts(linear)).toContain("best 33.33 %");
    const places = all(linear, 'g[aria-label="dot"] circle').map((circle) => Number(circle.getAttribute("cx")));
    expect((places[1] as number) - (places[0] as number)).toBeCloseTo((places[2] as number) - (places[1] as number), 0);
  });
});

it("a sweep of two parameters is a heat map, stronger where it is better, with a frame around the best", () => {
  const grid = [1, 5].flatMap((epochs) =>
    [0.1, 0.2].map((lr) => ({ epochs, lr, accuracy: 0.9 + lr / 10 + epochs / 100 })),
  );
  const svg = parseSvg(sweep(grid, ["epochs", "lr"]).svg);
  const cells = all(svg, "rect")
    .slice(1)
    .map((rect) => [Number(rect.getAttribute("fill-opacity")), rect.getAttribute("stroke")] as const);
  expect(cells).toHaveLength(4);
  expect(cells.map(([opacity]) => opacity)).toEqual([...cells.map(([opacity]) => opacity)].sort());
  expect(cells.map(([, stroke]) => stroke !== null)).toEqual([false, false, false, true]);
  expect(texts(svg)).toEqual(expect.arrayContaining(["92 %", "93 %", "96 %", "97 %", "epochs", "lr", "0.1", "5"]));
});

it.each<[string, unknown, unknown, object, unknown, string]>([
  ["no list", 3, ["lr"], {}, DTypeError, "expects a list of results"],
  ["no results", [], ["lr"], {}, ValueError, "at least one result"],
  ["a result that is none", [3], ["lr"], {}, DTypeError, "each result is an object"],
  ["no parameters", results, [], {}, ValueError, "one parameter or two"],
  ["three parameters", results, ["a", "b", "c"], {}, ValueError, "one parameter or two"],
  [
    "a parameter there is not",
    results,
    ["rate"],
    {},
    ValueError,
    'each result needs "rate"; result 0 has lr, seed, accuracy',
  ],
  [
    "a result that is NaN",
    [{ lr: 1, accuracy: Number.NaN }],
    ["lr"],
    {},
    ValueError,
    "accuracy must be a finite number; got NaN in result 0",
  ],
  ["a parameter of text", [{ lr: "1", accuracy: 1 }], ["lr"], {}, ValueError, 'lr must be a finite number; got "1"'],
  [
    "no room",
    Array.from({ length: 40 }, (_, i) => ({ a: i, b: 1, accuracy: 1 })),
    ["a", "b"],
    { width: 300 },
    ValueError,
    "do not fit into 300",
  ],
])("sweep refuses %s", (_, list, parameters, options, kind, message) => {
  expect(() => sweep(list as never, parameters as never, options)).toThrow(kind as never);
  expect(() => sweep(list as never, parameters as never, options)).toThrow(message);
});

describe("a histogram", () => {
  it("has each bin as high as its share", () => {
    const values = [0, 0, 0, 1.5, 2.5, 2.6, 4];
    const svg = parseSvg(histogram([{ name: "w", values }], { bins: 4, x: "weight" }).svg);
    expect(texts(svg)).toContain("■w1.5 ± 1.5");
    const path = all(svg, 'path[aria-label="w"]')[0]?.getAttribute("d") as string;
    const heights = path
      .slice(1)
      .split("L")
      .map((corner) => Number(corner.split(",")[1]));
    const floor = heights[0] as number;
    const tops = [...new Set(heights.slice(1, -1))].map((height) => floor - height);
    // 3, 1, 2 and 1 of seven.
    expect(tops.map((top) => Math.round((3 * top) / (tops[0] as number)))).toEqual([3, 1, 2]);
  });

  it("lays series over one another, panels side by side, and draws values that are all one", () => {
    const list = ["a", "b"].flatMap((panel) => ["before", "after"].map((name) => ({ name, panel, values: [1, 1, 1] })));
    const svg = parseSvg(histogram(list).svg);
    expect(all(svg, 'path[aria-label="before"]')).toHaveLength(2);
    expect(texts(svg)).toEqual(expect.arrayContaining(["a", "b"]));
  });

  it.each<[string, unknown, object, unknown, string]>([
    ["nothing", [], {}, ValueError, "at least one entry"],
    ["no values", [{ name: "w", values: [] }], {}, ValueError, '"w" has no values'],
    ["undefined", [{ name: "w" }], {}, DTypeError, "expects values; got undefined"],
    ["NaN", [{ name: "w", values: [1, Number.NaN] }], {}, ValueError, "1 of 2 values is not finite"],
    ["one bin", [{ name: "w", values: [1] }], { bins: 1 }, ValueError, "bins must be from 2 to 400"],
    ["no range", [{ name: "w", values: [1] }], { range: [1, 1] }, ValueError, "range must be two finite values"],
  ])("refuses %s", (_, list, options, kind, message) => {
    expect(() => histogram(list as never, options)).toThrow(kind as never);
    expect(() => histogram(list as never, options)).toThrow(message);
  });
});

it("colormaps have their ends, and diverging ones white at zero", () => {
  const hex = (name: Parameters<typeof colorTable>[0], level: number): string =>
    Buffer.from(colorTable(name).subarray(3 * level, 3 * level + 3)).toString("hex");
  expect([hex("Reds", 0), hex("Reds", 255)]).toEqual(["fff5f0", "67000d"]);
  expect([hex("viridis", 0), hex("viridis", 255)]).toEqual(["440154", "fde725"]);
  const twice = (data: number[]) => images({ data, count: 1, height: 1, width: 2 }, { colormap: "bwr" }).svg;
  expect(twice([0, 2])).toBe(twice([0, 7]));
  expect(twice([0, 2])).toBe(
    images({ data: [0, 2], count: 1, height: 1, width: 2 }, { colormap: "bwr", range: [-2, 2] }).svg,
  );
});
