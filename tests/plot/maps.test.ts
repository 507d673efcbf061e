/** Boundaries and surfaces, and the lines through fields that both draw. */
import { describe, expect, it } from "vitest";
import { DTypeError, ShapeError, ValueError } from "../../src/errors.ts";
import { boundary, surface } from "../../src/plot/index.ts";
import { isolines } from "../../src/plot/isolines.ts";
import { simplifyPath } from "../../src/plot/simplify.ts";
import { all, type Found, parseSvg, texts } from "./svg.ts";

describe("lines through a field", () => {
  it("follow a level from edge to edge, or around", () => {
    const slope = Float64Array.from({ length: 12 }, (_, i) => i % 4);
    expect(isolines(slope, 4, 1.25)).toEqual([
      [
        [1.25, 0],
        [1.25, 1],
        [1.25, 2],
      ],
    ]);
    const hill = [0, 0, 0, 0, 1, 0, 0, 0, 0];
    const [ring, ...more] = isolines(hill, 3, 0.5);
    expect(more).toEqual([]);
    expect(ring).toHaveLength(5);
    expect(ring?.[0]).toEqual(ring?.at(-1));
    expect(isolines(hill, 3, 2)).toEqual([]);
  });

  it("do not cross in a saddle", () => {
    const lines = isolines([1, 0, 0, 1], 2, 0.4);
    expect(lines).toHaveLength(2);
    // The mean is above the level: the two high corners are joined, and each low corner is cut off.
    const ends = lines.map((line) => line.map(([x, y]) => [Math.round(x * 10) / 10, Math.round(y * 10) / 10]));
    expect(ends).toEqual([
      [
        [0.6, 0],
        [1, 0.4],
      ],
      [
        [0.4, 1],
        [0, 0.6],
      ],
    ]);
    expect(isolines([1, 0, 0, 1], 2, 0.6).map((line) => line[0])).not.toEqual(ends.map((line) => line[0]));
  });

  it("need no more corners than can be seen", () => {
    expect(simplifyPath("M0,0L1,0.01L2,0L2,5", 0.1)).toBe("M0,0L2,0L2,5");
    expect(simplifyPath("M0,0L5,0L10,0L10,10L0,10Z", 0.1)).toBe("M0,0L10,0L10,10L0,10Z");
    expect(simplifyPath("M0,0C1,1,2,2,3,3", 1)).toBe("M0,0C1,1,2,2,3,3");
  });
});

const points = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
];
/** How many closed rings and corners the filled regions of this colour have. */
const fills = (svg: Found, color: string): string[] =>
  all(svg, `g[aria-label="contour"][fill="${color}"] path`).flatMap((path) => path.getAttribute("d") ?? []);

describe("a decision boundary", () => {
  it("fills each class's part, draws the line between, and rings what is on the wrong side", () => {
    const picture = boundary((places) => places.map(([a, b]) => ((a as number) + (b as number) > 1.5 ? 1 : 0)), {
      points,
      labels: [0, 1, 1, 1],
      classes: ["false", "true"],
    });
    const svg = parseSvg(picture.svg);
    expect(texts(svg)[0]).toBe("■false■true");
    expect(fills(svg, "#0b69c7")).toHaveLength(1);
    expect(fills(svg, "#d1570a")).toHaveLength(1);
    expect(all(svg, 'path[aria-label="boundary"]')).toHaveLength(1);
    expect(all(svg, "circle")).toHaveLength(4 + 2);
  });

  it("is stronger where a probability is surer, and reads scores of several classes", () => {
    const sure = boundary((places) => places.map(([a]) => 1 / (1 + Math.exp(-20 * ((a as number) - 0.5)))), { points });
    const graded = parseSvg(sure.svg);
    expect(fills(graded, "#0b69c7").length).toBeGreaterThan(3);
    const three = boundary((places) => places.map(([a, b]) => [a as number, b as number, 0.5]), {
      points,
      labels: [2, 1, 0, 1],
    });
    const flat = parseSvg(three.svg);
    for (const color of ["#0b69c7", "#d1570a", "#16835a"]) expect(fills(flat, color)).toHaveLength(1);
    expect(all(flat, 'path[aria-label="boundary"]').length).toBeGreaterThan(2);
  });

  it("draws a classifier that always says the same, and takes tensors", () => {
    const flat = (places: number[][]) => ({ shape: [places.length, 1], toArray: () => places.map(() => [0.9]) });
    const svg = parseSvg(boundary(flat, { xRange: [0, 1], yRange: [0, 1] }).svg);
    expect(all(svg, 'path[aria-label="boundary"]')).toHaveLength(0);
    expect(fills(svg, "#d1570a").length).toBeGreaterThan(0);
    expect(fills(svg, "#0b69c7")).toEqual([]);
  });

  const zero = (places: number[][]) => places.map(() => 0);
  it.each<[string, unknown, object, unknown, string]>([
    ["no function", 3, { points }, DTypeError, "predict is a function; got 3"],
    ["no points and no range", zero, {}, ValueError, "without points, xRange says what is drawn"],
    ["points of three values", zero, { points: [[1, 2, 3]] }, ShapeError, "got 3 values in row 0"],
    ["points that are NaN", zero, { points: [[1, Number.NaN]] }, ValueError, "points, row 0 must be finite"],
    ["labels that do not belong", zero, { points, labels: [1] }, ShapeError, "got 1 for 4 points"],
    ["labels that are no classes", zero, { points, labels: [0, 1, 0.5, 1] }, ValueError, "got 0.5 at index 2"],
    ["too few answers", () => [1], { points }, ShapeError, "predict must answer for each of"],
    [
      "answers that are NaN",
      (p: number[][]) => p.map(() => Number.NaN),
      { points },
      ValueError,
      "must be finite; got NaN",
    ],
    [
      "logits for probabilities",
      (p: number[][]) => p.map(() => 1.5),
      { points },
      ValueError,
      "end the network in a sigmoid",
    ],
    ["too many classes", (p: number[][]) => p.map(() => 9), { points }, ValueError, "at most 8 classes"],
    ["too few names", zero, { points, classes: ["a"] }, ShapeError, "got 1 for 2 classes"],
  ])("refuses %s", (_, predict, options, kind, message) => {
    expect(() => boundary(predict as never, options)).toThrow(kind as never);
    expect(() => boundary(predict as never, options)).toThrow(message);
  });
});

describe("a surface", () => {
  it("draws levels, the lowest place, and ways with their ends", () => {
    const picture = surface((w, b) => w * w + b * b + 1, {
      paths: [{ name: "SGD", x: [2, 1, 0.5], y: [2, 1, 0.5] }],
      xRange: [-3, 3],
      yRange: [-3, 3],
      levels: 5,
    });
    const svg = parseSvg(picture.svg);
    expect(all(svg, 'g[aria-label="contour"] path')).toHaveLength(5);
    expect(texts(svg)[0]).toBe("━SGDends at 1.5");
    expect(all(svg, "circle")).toHaveLength(3);
    const [plus] = all(svg, "text").filter((one) => one.textContent === "+");
    expect(plus).toBeDefined();
    expect(picture.svg.length).toBeLessThan(40_000);
  });

  it("draws a flat surface, and ways that leave the picture", () => {
    const flat = surface(() => 3, {
      xRange: [0, 1],
      yRange: [0, 1],
      paths: [{ name: "away", x: [0.5, 9], y: [0.5, 9] }],
    });
    expect(all(parseSvg(flat.svg), 'g[aria-label="contour"]')).toHaveLength(0);
    expect(all(parseSvg(flat.svg), "circle")).toHaveLength(1);
  });

  it.each<[string, unknown, object, unknown, string]>([
    ["no function", 3, {}, DTypeError, "loss is a function of two numbers"],
    ["no paths and no ranges", () => 1, {}, ValueError, "without paths, xRange says"],
    ["NaN", () => Number.NaN, { xRange: [0, 1], yRange: [0, 1] }, ValueError, "loss must be finite; got NaN at"],
    ["text", () => "a", { xRange: [0, 1], yRange: [0, 1] }, DTypeError, "loss must return a number"],
    ["a path of two lengths", () => 1, { paths: [{ name: "a", x: [1, 2], y: [1] }] }, ShapeError, "got 2 and 1"],
    [
      "a path that diverged",
      () => 1,
      { paths: [{ name: "a", x: [1, Infinity], y: [1, 2] }] },
      ValueError,
      "got Infinity at index 1",
    ],
    [
      "a log of zero",
      (w: number) => w,
      { scale: "log", xRange: [-1, 1], yRange: [0, 1] },
      ValueError,
      "a log scale needs positive",
    ],
    ["no levels", () => 1, { levels: 0, xRange: [0, 1], yRange: [0, 1] }, ValueError, "levels must be from 2 to 40"],
  ])("refuses %s", (_, loss, options, kind, message) => {
    expect(() => surface(loss as never, options)).toThrow(kind as never);
    expect(() => surface(loss as never, options)).toThrow(message);
  });
});
