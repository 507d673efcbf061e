import { describe, expect, it } from "vitest";
import { DTypeError, ShapeError, ValueError } from "../../src/errors.ts";
import { type ConfusionOptions, confusion } from "../../src/plot/index.ts";
import { all, type Found, parseSvg, texts } from "./svg.ts";

const counts = [
  [80, 15, 5],
  [0, 1, 0],
  [0, 0, 0],
];
const labels = ["cat", "dog", "frog"];

/** The colour and the opacity of the cell whose tooltip starts with `told`. */
function paint(svg: Found, told: string): (string | null)[] {
  const cell = all(svg, "g").find((group) => {
    const titles = all(group, "title");
    return titles.length === 1 && titles[0]?.textContent.startsWith(told);
  });
  const rect = all(cell as Found, "rect")[0];
  return ["fill", "fill-opacity"].map((name) => rect?.getAttribute(name) ?? null);
}

describe("a confusion matrix", () => {
  const picture = confusion(counts, { labels, title: "Pets" });
  const svg = parseSvg(picture.svg);

  it("shows counts, shares of the row, recall at the right and precision below", () => {
    const words = texts(svg);
    for (const word of ["Pets", "predicted", "true", "80", "80 %", "15", "15 %", "5", "5 %"])
      expect(words).toContain(word);
    expect(words.filter((word) => labels.includes(word))).toEqual(["cat", "cat", "dog", "dog", "frog", "frog"]);
    // Recall and precision by class: 80/100 and 80/80, 1/1 and 1/16, none of frogs.
    expect(words.slice(words.indexOf("found"))).toEqual([
      "found",
      "correct",
      "80 %",
      "100 %",
      "100 %",
      "6 %",
      "–",
      "0 %",
    ]);
  });

  it("is coloured by the share of the row, whatever the row's size, and red only off the diagonal", () => {
    expect(paint(svg, "cat taken for cat: 80 (80 %)")).toEqual(["#0b69c7", "0.480"]);
    expect(paint(svg, "dog taken for dog: 1 (100 %)")).toEqual(["#0b69c7", "0.600"]);
    const [fill, opacity] = paint(svg, "cat taken for dog");
    expect(fill).toBe("#cf222e");
    expect(Number(opacity)).toBeGreaterThan(Number(paint(svg, "cat taken for frog")[1]));
    expect(paint(svg, "dog taken for cat: 0 (0 %)")[0]).toBe("#e4e7eb");
    expect(paint(svg, "frog taken for frog: 0")[0]).toBe("#e4e7eb");
  });

  it("rounds no share to nothing or to all", () => {
    const words = texts(
      parseSvg(
        confusion([
          [99_999, 1],
          [1, 99],
        ]).svg,
      ),
    );
    for (const word of ["99.9 %", "0.1 %", "99.0 %", "1 %"]) expect(words).toContain(word);
    expect(words).not.toContain("100 %");
  });

  it("says what it shows to screen readers, and has a dark side", () => {
    expect(all(svg, "desc")[0]?.textContent).toBe(
      "Confusion matrix of 3 classes: 101 predictions, 80 % on the diagonal.",
    );
    expect(all(svg, "style")[0]?.textContent).toContain('[fill="#0b69c7"]{fill:#58a6ff}');
    expect(confusion(counts, { theme: "dark" }).svg).not.toContain("#0b69c7");
  });

  it("takes tensors and typed rows, and numbers classes that have no names", () => {
    const { svg: plain } = confusion(counts);
    const flat = Float32Array.from(counts.flat());
    expect(confusion({ shape: [3, 3], toArray: () => counts, data: () => flat }).svg).toBe(plain);
    expect(confusion(counts.map((row) => Int32Array.from(row))).svg).toBe(plain);
    expect(texts(parseSvg(plain)).filter((word) => word === "2")).toHaveLength(2);
  });

  it("stays within its width, from one class to many", () => {
    for (const n of [1, 2, 10, 40]) {
      const { width, svg } = confusion(
        Array.from({ length: n }, () => new Array(n).fill(12345)),
        { title: "n" },
      );
      expect(width).toBeLessThanOrEqual(800);
      const rects = all(parseSvg(svg), "rect").slice(1);
      expect(rects).toHaveLength(n * n);
      for (const rect of rects) {
        expect(Number(rect.getAttribute("x")) + Number(rect.getAttribute("width"))).toBeLessThan(width - 40);
      }
    }
  });
});

describe("wrong arguments", () => {
  it.each<[string, unknown, ConfusionOptions, typeof ShapeError | typeof ValueError | typeof DTypeError, string]>([
    ["not a matrix", 3, {}, DTypeError, "an array of rows; got 3"],
    ["rows that are not numbers", [["a"]], {}, DTypeError, "confusion: row 0: expects numbers only"],
    ["rows of other lengths", [[1, 2], [3]], {}, ShapeError, "needs 2 counts; got 1 in row 1"],
    ["a tensor of three axes", { shape: [1, 1, 1], toArray: () => 1 }, {}, ShapeError, "got [1, 1, 1]"],
    ["a matrix that is not square", { shape: [1, 2], toArray: () => [[1, 2]] }, {}, ShapeError, "got [1, 2]"],
    ["no classes", [], {}, ValueError, "draws 1 to 50 classes; got 0"],
    [
      "a negative count",
      [
        [1, 2],
        [-1, 0],
      ],
      {},
      ValueError,
      "got -1 in row 1, column 0",
    ],
    ["NaN", [[Number.NaN]], {}, ValueError, "got NaN in row 0, column 0"],
    ["too few labels", counts, { labels: ["a"] }, ShapeError, "got 1 for 3 classes"],
    ["labels that are not strings", counts, { labels: [1, 2, 3] as never }, ValueError, "an array of strings"],
    [
      "no room",
      Array.from({ length: 40 }, () => new Array(40).fill(1)),
      { width: 300 },
      ValueError,
      "do not fit into 300",
    ],
    ["a theme there is not", counts, { theme: "sepia" as never }, ValueError, "confusion: theme must be"],
  ])("%s", (_, matrix, options, kind, message) => {
    const draw = () => confusion(matrix as never, options);
    expect(draw).toThrow(kind);
    expect(draw).toThrow(message);
  });
});
