/** Networks and graphs. */
import { describe, expect, it } from "vitest";
import { DTypeError, ShapeError, ValueError } from "../../src/errors.ts";
import { crossEntropy, nn, rand, tensor } from "../../src/index.ts";
import { layeredLayout } from "../../src/plot/graph-layout.ts";
import { graph, network } from "../../src/plot/index.ts";
import { all, parseSvg, texts } from "./svg.ts";

const rows = [
  [
    [0.15, -0.2],
    [0.25, 0.5],
  ],
  [[1, 2]],
];

describe("a network", () => {
  it("has a unit per unit, and an edge per weight: blue or red, thicker for larger ones, with its number", () => {
    const svg = parseSvg(network(rows, { units: [["a", "b"], [], ["out = 0.5"]] }).svg);
    expect(all(svg, "circle")).toHaveLength(5);
    const edges = all(svg, "line").map((line) => [
      line.getAttribute("stroke"),
      Number(line.getAttribute("stroke-width")),
    ]);
    expect(edges.filter(([stroke]) => stroke === "#cf222e")).toHaveLength(1);
    expect(edges).toHaveLength(6);
    // Within a layer the width grows with the size: 0.15, 0.2, 0.25, 0.5.
    const widths = edges.slice(0, 4).map(([, width]) => width as number);
    expect(widths).toEqual([...widths].sort((a, b) => a - b));
    expect((widths[3] as number) - 0.5).toBeCloseTo(2 * ((widths[2] as number) - 0.5), 1);
    for (const word of ["0.15", "−0.2", "0.25", "0.5", "1", "2", "a", "b", "out = 0.5", "input", "hidden", "output"]) {
      expect(texts(svg)).toContain(word);
    }
  });

  it("reads a model, and leaves out the middle of large layers", () => {
    const model = new nn.Sequential(new nn.Linear(784, 12), new nn.ReLU(), new nn.Linear(12, 3));
    const svg = parseSvg(network(model, { most: 6 }).svg);
    expect(texts(svg)).toEqual(expect.arrayContaining(["784 units", "12 units", "3 units"]));
    expect(all(svg, "line")).toHaveLength(5 * 5 + 5 * 3);
    expect(all(svg, "circle")).toHaveLength(5 + 5 + 3 + 2 * 3);
  });

  it("takes tensors and own texts", () => {
    const labels = [
      [
        ["w1", "w2"],
        ["w3", "w4"],
      ],
      [["w5", "w6"]],
    ];
    const svg = parseSvg(
      network(
        rows.map((row) => tensor(row)),
        { edges: labels },
      ).svg,
    );
    expect(
      texts(svg)
        .filter((word) => /^w\d$/.test(word))
        .sort(),
    ).toEqual(labels.flat(2));
    expect(texts(parseSvg(network(rows, { edges: "none" }).svg))).not.toContain("0.15");
  });

  it.each<[string, unknown, object, unknown, string]>([
    ["a number", 3, {}, DTypeError, "expects a model, or an array of weights; got 3"],
    ["no layers", [], {}, ValueError, "got none"],
    ["a model without linear layers", new nn.Sequential(new nn.ReLU()), {}, ValueError, "got none"],
    ["a vector", [tensor([1, 2])], {}, ShapeError, "expects weights [out, in]; got [2]"],
    ["rows of other lengths", [[[1, 2], [3]]], {}, ShapeError, "got 1 in row 1"],
    ["layers that do not fit", [[[1, 2]], [[1, 2]]], {}, ShapeError, "weights 1 with 2 inputs after 1 outputs"],
    ["NaN", [[[1, Number.NaN]]], {}, ValueError, "must be finite; got NaN"],
    ["too few names of layers", rows, { layers: ["a"] }, ShapeError, "a name for each of 3 layers"],
    ["too few names of units", rows, { units: [["a"]] }, ShapeError, "the 2 units of layer 0, or none; got 1"],
    ["texts of another shape", rows, { edges: [[["a"]]] }, ShapeError, "2 × 2 for layer 0"],
    ["other edges", rows, { edges: "all" }, ValueError, '"weights", "none" or texts; got "all"'],
    ["too few units", rows, { most: 1 }, ValueError, "most must be from 3 to 60"],
  ])("refuses %s", (_, weights, options, kind, message) => {
    expect(() => network(weights as never, options)).toThrow(kind as never);
    expect(() => network(weights as never, options)).toThrow(message);
  });
});

describe("a layout in rows", () => {
  it("has all arrows lead down, boxes apart, and the bends of long arrows in the rows between", () => {
    const arrows = [
      [0, 3],
      [1, 3],
      [3, 4],
      [2, 4],
      [0, 4],
      [4, 5],
    ].map(([from, to]) => ({ from: from as number, to: to as number }));
    const { boxes, bends, rows: count, width } = layeredLayout({ widths: [60, 60, 60, 80, 80, 100], arrows });
    expect(boxes.map((box) => box.row)).toEqual([0, 0, 1, 1, 2, 3]);
    expect(count).toBe(4);
    expect(bends.map((list) => list.map((bend) => bend.row))).toEqual([[], [], [], [], [1], []]);
    expect(Math.abs((boxes[2]?.x as number) - (boxes[3]?.x as number))).toBeGreaterThanOrEqual(70 + 18);
    expect(Math.abs((boxes[0]?.x as number) - (boxes[1]?.x as number))).toBeGreaterThanOrEqual(60 + 18);
    expect(width).toBeLessThan(400);
  });
});

describe("a graph", () => {
  const model = new nn.Sequential(new nn.Linear(4, 3), new nn.ReLU(), new nn.Linear(3, 2));
  const loss = () => crossEntropy(model.forward(rand(5, 4)), tensor([0, 1, 0, 1, 0], { dtype: "int32" }));

  it("has the operations with their shapes, and the leaves with their names", () => {
    const svg = parseSvg(graph(loss(), { model, title: "Loss" }).svg);
    const words = texts(svg);
    for (const word of [
      "0.weight",
      "[3, 4]",
      "0.bias",
      "2.weight",
      "2.bias",
      "relu",
      "[5, 3]",
      "crossEntropy",
      "scalar",
    ]) {
      expect(words).toContain(word);
    }
    expect(words.filter((word) => word === "linear")).toHaveLength(2);
    // linear, relu, linear, crossEntropy on four leaves: each leaf and each operation but the last leads somewhere.
    expect(all(svg, 'path[fill="none"]')).toHaveLength(7);
  });

  it("draws a tensor that is used twice once, and names given leaves", () => {
    const x = tensor([1, 2], { requiresGrad: true });
    const svg = parseSvg(graph(x.mul(x).add(x), { names: { x } }).svg);
    expect(texts(svg).filter((word) => word === "x")).toHaveLength(1);
    expect(all(svg, 'path[fill="none"]')).toHaveLength(3);
  });

  it("changes nothing: backward() still runs", () => {
    const drawn = loss();
    graph(drawn);
    drawn.backward();
    expect(model.parameters().every((parameter) => parameter.grad !== null)).toBe(true);
    expect(() => graph(drawn)).toThrow("the graph is freed at crossEntropy; draw it before backward()");
  });

  it.each<[string, () => unknown, object, unknown, string]>([
    ["a number", () => 3, {}, DTypeError, "expects a tensor; got 3"],
    ["a tensor without a graph", () => tensor([1]), {}, ValueError, "nothing is recorded"],
    ["no model", () => loss(), { model: 3 }, DTypeError, "model has named parameters; got 3"],
    [
      "a graph too large",
      () => Array.from({ length: 300 }).reduce<ReturnType<typeof loss>>((sum) => sum.mul(1.01), loss()),
      {},
      ValueError,
      "at most 250 operations",
    ],
  ])("refuses %s", (_, made, options, kind, message) => {
    const tensorLike = made() as never;
    expect(() => graph(tensorLike, options)).toThrow(kind as never);
    expect(() => graph(tensorLike, options)).toThrow(message);
  });
});
