import { describe, expect, it } from "vitest";
import { DTypeError, ShapeError, ValueError } from "../../src/errors.ts";
import { activations, functions } from "../../src/plot/index.ts";
import { clipLine } from "../../src/plot/line.ts";
import { all, type Found, parseSvg, texts } from "./svg.ts";

/** The corners of the path with this name, in pixels; NaN between its parts. */
function corners(svg: Found, name: string): number[][] {
  const d = all(svg, `path[aria-label="${name}"]`)[0]?.getAttribute("d") as string;
  return d
    .split("M")
    .slice(1)
    .flatMap((part) => [...part.split("L").map((one) => one.split(",").map(Number)), [Number.NaN, Number.NaN]]);
}

describe("functions", () => {
  const picture = functions(
    [
      { name: "truth", y: (x) => 2 * x, reference: true },
      { name: "fit", x: [-2, 0, 2], y: Float32Array.of(-2, 0, 2) },
      { name: "samples", x: [-1, 1], y: [-2, 2], points: true },
    ],
    { range: [-4, 4], yRange: [-4, 4], interval: [-1, 1], title: "A fit" },
  );
  const svg = parseSvg(picture.svg);

  it("draws lines, points, the shaded interval and their names", () => {
    expect(texts(svg)).toEqual(expect.arrayContaining(["A fit", "training interval", "x", "y", "−4", "4"]));
    expect(texts(svg).some((text) => /truth.*fit.*samples/.test(text))).toBe(true);
    expect(all(svg, "circle")).toHaveLength(2);
    const [shade] = all(svg, 'g[aria-label="rect"] rect');
    const [left, width] = ["x", "width"].map((name) => Number(shade?.getAttribute(name)));
    const [first, last] = corners(svg, "fit"); // the one in the middle lies on the line between them
    // The fit spans from −2 to 2, the interval from −1 to 1: half of it, in its middle.
    const span = (last?.[0] as number) - (first?.[0] as number);
    expect((width as number) / span).toBeCloseTo(0.5, 2);
    expect(((left as number) - (first?.[0] as number)) / span).toBeCloseTo(0.25, 2);
  });

  it("cuts lines off at the ends of the range, where they cross it", () => {
    const points = corners(svg, "truth").filter(([x]) => !Number.isNaN(x));
    const fit = corners(svg, "fit");
    // 2x leaves −4…4 at x = −2 and 2, where the fit has its ends.
    expect(points[0]?.[0]).toBeCloseTo(fit[0]?.[0] as number, 0);
    expect(points.at(-1)?.[0]).toBeCloseTo(fit[1]?.[0] as number, 0);
    expect(
      clipLine(
        [
          [0, 0],
          [1, 10],
          [2, 0],
        ],
        -1,
        5,
      ),
    ).toEqual([
      [0, 0],
      [0.5, 5],
      [1, Number.NaN],
      [1.5, 5],
      [2, 0],
    ]);
    expect(
      clipLine(
        [
          [0, 10],
          [1, -10],
        ],
        -5,
        5,
      ),
    ).toEqual([
      [0, Number.NaN],
      [0.25, 5],
      [0.75, -5],
      [1, Number.NaN],
    ]);
  });

  it("breaks a function at its poles, and gives a name one colour in all panels", () => {
    const panels = ["a", "b"].flatMap((panel) => [
      { name: panel, panel, y: Math.sin },
      { name: "pole", panel, y: (x: number) => (x === 0 ? Infinity : 1 / x) },
    ]);
    const drawn = parseSvg(functions(panels, { yRange: [-5, 5] }).svg);
    const parts = corners(drawn, "pole").filter(([x]) => Number.isNaN(x));
    expect(parts).toHaveLength(2);
    const colors = all(drawn, 'path[aria-label="pole"]').map((path) => path.getAttribute("stroke"));
    expect(new Set(colors).size).toBe(1);
  });

  it.each<[string, unknown, object, unknown, string]>([
    ["no list", 3, {}, DTypeError, "functions: expects a list"],
    ["nothing", [], {}, ValueError, "at least one entry"],
    ["no name", [{ y: Math.sin }], {}, DTypeError, "each entry needs a name"],
    ["values without places", [{ name: "a", y: [1] }], {}, DTypeError, 'y of "a": values need the places x'],
    [
      "NaN",
      [{ name: "a", x: [0, 1], y: [1, Number.NaN] }],
      {},
      ValueError,
      'y of "a" must be finite; got NaN at index 1',
    ],
    ["lengths that differ", [{ name: "a", x: [0, 1], y: [1] }], {}, ShapeError, "got 2 and 1"],
    ["no values", [{ name: "a", x: [], y: [] }], {}, ValueError, "expects at least one value"],
    ["a function of text", [{ name: "a", y: () => "1" }], {}, DTypeError, "the function must return a number"],
    [
      "a function without values",
      [{ name: "a", y: () => Number.NaN }],
      {},
      ValueError,
      "no finite value from −5 to 5".replaceAll("−", "-"),
    ],
    [
      "a name twice",
      [
        { name: "a", y: Math.sin },
        { name: "a", y: Math.cos },
      ],
      {},
      ValueError,
      'got "a" twice',
    ],
    ["one place only", [{ name: "a", x: [1], y: [1] }], {}, ValueError, "all points lie at x = 1"],
    [
      "a range upside down",
      [{ name: "a", y: Math.sin }],
      { range: [1, 0] },
      ValueError,
      "functions: range must be two finite values",
    ],
    ["too many columns", [{ name: "a", y: Math.sin }], { columns: 9 }, ValueError, "columns must be from 1 to 4"],
  ])("refuses %s", (_, list, options, kind, message) => {
    expect(() => functions(list as never, options)).toThrow(kind as never);
    expect(() => functions(list as never, options)).toThrow(message);
  });
});

describe("activations", () => {
  const step = { name: "step", y: (x: number) => (x < 0 ? 0 : 1), derivative: () => 0 };

  it("draws each function with its derivative, and a jump as a gap", () => {
    const svg = parseSvg(activations([step, { name: "tanh", x: [-1, 0, 1], y: [-0.76, 0, 0.76] }]).svg);
    expect(texts(svg)).toEqual(expect.arrayContaining(["step", "tanh"]));
    expect(all(svg, 'path[aria-label="function"]')).toHaveLength(2);
    expect(all(svg, 'path[aria-label="derivative"]')).toHaveLength(1);
    expect(corners(svg, "function").filter(([x]) => Number.isNaN(x))).toHaveLength(2);
  });

  it.each<[string, unknown, object, unknown, string]>([
    ["nothing", [], {}, ValueError, "at least one entry"],
    ["values without places", [{ name: "a", y: [1] }], {}, DTypeError, "values need the places x"],
    [
      "another length",
      [{ name: "a", x: [0, 1], y: [0, 1], derivative: [1] }],
      {},
      ShapeError,
      'derivative of "a": x and y',
    ],
    ["NaN", [{ name: "a", x: [0, 1], y: [0, Number.NaN] }], {}, ValueError, "got NaN at index 1"],
    ["null", [{ name: "a", x: [0, 1], y: [0, 1], derivative: null }], {}, DTypeError, "got null"],
    ["no range", [step], { range: [0] }, ValueError, "activations: range"],
  ])("refuses %s", (_, list, options, kind, message) => {
    expect(() => activations(list as never, options)).toThrow(kind as never);
    expect(() => activations(list as never, options)).toThrow(message);
  });
});
