import { describe, expect, it } from "vitest";
import { DTypeError, ShapeError, ValueError } from "../../src/errors.ts";
import { type CurvesOptions, curves, type Series } from "../../src/plot/index.ts";
import { all, parseSvg, texts } from "./svg.ts";

/** A noisy loss curve: an exponential decay, jittered by a small generator of its own. */
function noisyLoss(count: number): number[] {
  let seed = 7;
  return Array.from({ length: count }, (_, i) => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return (2.3 * Math.exp(-i / 90) + 0.3 * Math.exp(-i / 700) + 0.015) * (0.4 + (1.2 * seed) / 2147483648);
  });
}

const loss = noisyLoss(3000);
const training: Series[] = [
  { name: "training loss", panel: "Loss", y: loss },
  { name: "train", panel: "Accuracy", y: [0.9532, 0.9771, 0.9865, 0.9921, 0.9954] },
  { name: "test", panel: "Accuracy", y: [0.9487, 0.9683, 0.974, 0.977, 0.9796] },
];
const options: CurvesOptions = {
  title: "MNIST",
  panels: { Loss: { x: "step", y: "cross-entropy", scale: "log" }, Accuracy: { x: "epoch", percent: true } },
};

/** The corners of a path, in pixels. */
function corners(path: string): number[][] {
  return path
    .slice(1)
    .split(/[LM]/)
    .map((corner) => corner.split(",").map(Number));
}

describe("a picture of a training run", () => {
  const picture = curves(training, options);
  const svg = parseSvg(picture.svg);

  it("has both panels with titles, axis labels and legends", () => {
    const words = texts(svg);
    for (const word of ["MNIST", "Loss", "Accuracy", "step", "cross-entropy", "epoch"]) expect(words).toContain(word);
    expect(words).toContain("●train99.54 %●test97.96 %");
    expect(words.some((word) => word.startsWith("●training lossaverage 0.0"))).toBe(true);
    expect(words).toEqual(expect.arrayContaining(["95 %", "97 %", "99 %", "1,000", "3,000", "0.1"]));
  });

  it("draws a thin line with its average for the long series, dots for the short ones", () => {
    const [raw, average] = [
      all(svg, 'path[aria-label^="training loss"]')[0],
      all(svg, 'path[aria-label="training loss"]')[0],
    ];
    expect(raw?.getAttribute("aria-label")).toBe("training loss, every value");
    expect(average).toBeDefined();
    expect(all(svg, 'g[aria-label="dot"] circle')).toHaveLength(10);
    const [train] = all(svg, 'path[aria-label="train"]');
    const points = corners(train?.getAttribute("d") as string);
    expect(points).toHaveLength(5);
    const rises = points.slice(1).map((point, i) => (points[i]?.[1] as number) - (point[1] as number));
    const steps = [0.0239, 0.0094, 0.0056, 0.0033];
    for (const [i, rise] of rises.entries()) {
      expect(rise / (rises[0] as number)).toBeCloseTo((steps[i] as number) / 0.0239, 2);
    }
  });

  it("is as wide as a README, small, and the same every time", () => {
    expect(picture.width).toBe(800);
    expect(svg.getAttribute("viewBox")).toBe(`0 0 800 ${picture.height}`);
    expect(picture.svg.length).toBeLessThan(50_000);
    expect(curves([{ name: "loss", y: noisyLoss(100_000) }]).svg.length).toBeLessThan(150_000);
    expect(curves(training, options).svg).toBe(picture.svg);
    expect(String(picture)).toBe(picture.svg);
    expect(picture.svg).not.toMatch(/\sid="/);
    expect(picture.svg).not.toMatch(/\d\.\d{2,}[^<]*" [a-z-]*="[^"]*"\/>/);
  });

  it("follows the reader's light or dark setting, or is fixed to one", () => {
    const [style] = all(svg, "style");
    expect(style?.textContent).toMatch(/^@media \(prefers-color-scheme:dark\)\{.*\[fill="#ffffff"\]\{fill:#0d1117\}/);
    const light = curves(training, { ...options, theme: "light" }).svg;
    const dark = curves(training, { ...options, theme: "dark" }).svg;
    expect(light).not.toContain("<style>");
    expect(light).toContain('fill="#ffffff"');
    expect(dark).toContain('fill="#0d1117"');
    const lightColors = new Set(light.match(/#[0-9a-f]{6}/g));
    expect([...lightColors].filter((color) => dark.includes(color))).toEqual([]);
  });

  it("says what it shows to screen readers", () => {
    expect(svg.getAttribute("role")).toBe("img");
    expect(all(svg, "desc")[0]?.textContent).toContain("test (5 values, the last 0.9796)");
  });
});

describe("data of every kind", () => {
  it("takes typed arrays and tensors", () => {
    const y = [0.5, 0.25, 0.125];
    const svg = curves([{ name: "a", y }]).svg;
    expect(curves([{ name: "a", y: Float32Array.from(y) }]).svg).toBe(svg);
    expect(curves([{ name: "a", y: { shape: [3], toArray: () => y }, x: [1, 2, 3] }]).svg).toBe(svg);
    const withData = { shape: [3, 1], toArray: () => [["unused"]], data: () => Float64Array.from(y) };
    expect(curves([{ name: "a", y: withData }]).svg).toBe(svg);
  });

  it("keeps every peak while leaving points out", () => {
    const y = Array.from({ length: 50_000 }, (_, i) => (i === 31_234 ? 9 : Math.sin(i)));
    const svg = parseSvg(curves([{ name: "a", y, smooth: 0 }]).svg);
    const points = corners(all(svg, 'path[aria-label="a"]')[0]?.getAttribute("d") as string);
    expect(points.length).toBeLessThan(4 * 800);
    const top = Math.min(...points.map((point) => point[1] as number));
    const [peak, next] = points.filter((point) => (point[1] as number) < top + 20);
    expect(next).toBeUndefined();
    const [first, last] = [points[0]?.[0] as number, points.at(-1)?.[0] as number];
    expect(((peak?.[0] as number) - first) / (last - first)).toBeCloseTo(31_234 / 49_999, 2);
  });

  it("smooths by a bias-corrected moving average", () => {
    const svg = parseSvg(curves([{ name: "a", y: [1, 2, 3, 4], smooth: 0.5 }]).svg);
    // ((1·½²+2·½+3)·½²+4)/… by hand: (0.0625·1 + 0.125·2 + 0.25·3 + 0.5·4) / (1 − 0.0625) = 3.2667
    expect(texts(svg)).toContain("●aaverage 3.267");
  });

  it("marks where a series stops being a number, and leaves gaps", () => {
    const y = [3, 2, Number.NaN, Number.POSITIVE_INFINITY, 1, Number.NaN, 2];
    const svg = parseSvg(curves([{ name: "sgd", y }]).svg);
    expect(texts(svg)).toContain("sgd: NaN at 3, 3 of 7 values not finite");
    const path = all(svg, 'path[aria-label="sgd"]')[0]?.getAttribute("d") as string;
    expect(path.match(/M/g)).toHaveLength(3);
    expect(path).not.toMatch(/NaN|Infinity/);
    expect(all(svg, 'g[aria-label="rule"][stroke="#cf222e"] line')).toHaveLength(1);
  });

  it("draws a clear picture when there is almost nothing to draw", () => {
    const lost = parseSvg(curves([{ name: "a", y: [Number.NaN, Number.NaN] }]).svg);
    expect(texts(lost)).toContain("no finite values to draw");
    expect(texts(parseSvg(curves([{ name: "a", y: [Number.NaN] }], { scale: "log" }).svg))).toContain(
      "no finite values to draw",
    );
    const one = parseSvg(curves([{ name: "a", x: [450], y: [1.5] }]).svg);
    expect(all(one, "circle")).toHaveLength(1);
    expect(texts(one)).toEqual(expect.arrayContaining(["450", "●a1.5"]));
    const flat = parseSvg(curves([{ name: "a", y: new Float32Array(2000) }]).svg);
    expect(all(flat, 'path[aria-label="a"]')).toHaveLength(1);
  });

  it.each([
    ["nearly equal values", [1, 1 + 2e-16]],
    ["very close values", [1.000001, 1.000002]],
    ["tiny values", [1e-300, 2e-300]],
    ["huge values", [-1e300, 1e300]],
    ["negative values", [-5, -3]],
  ])("draws %s with finite coordinates and ticks that differ", (_, y) => {
    const { svg } = curves([{ name: "a", y }]);
    const ticks = all(parseSvg(svg), 'g[aria-label="y-axis tick label"] text').map((tick) => tick.textContent);
    expect(ticks.length).toBeGreaterThan(1);
    expect(new Set(ticks).size).toBe(ticks.length);
    expect(svg).not.toMatch(/NaN|Infinity/);
  });

  it.each([
    [[0.5, 0.55], 2],
    [[0.02, 2.5], 3],
    [[1e-9, 1e9], 4],
    [[3, 3], 1],
  ])("has ticks on a log scale of %j", (y, least) => {
    const svg = parseSvg(curves([{ name: "a", y }], { scale: "log" }).svg);
    expect(all(svg, 'g[aria-label="text"] text').length).toBeGreaterThanOrEqual(least);
  });

  it("counts epochs in whole numbers", () => {
    const svg = parseSvg(curves([{ name: "a", y: [1, 2, 3] }]).svg);
    expect(all(svg, 'g[aria-label="x-axis tick label"] text').map((tick) => tick.textContent)).toEqual(["1", "2", "3"]);
  });

  it("escapes every text", () => {
    const nasty = `<script>"&'\u0000\ud800</text>`;
    const svg = parseSvg(
      curves([{ name: nasty, panel: nasty, y: [1, 2] }], { title: nasty, subtitle: nasty, x: nasty, y: nasty }).svg,
    );
    const shown = `<script>"&'\ufffd\ufffd</text>`;
    expect(texts(svg).filter((text) => text === shown)).toHaveLength(5);
    expect(all(svg, "script")).toHaveLength(0);
  });
});

describe("bad arguments", () => {
  const y = [1, 2];
  it.each<[string, () => unknown, new (message: string) => Error, string]>([
    ["no series", () => curves([]), ValueError, "curves: expects at least one series"],
    ["not a list", () => curves(y as never).svg, DTypeError, "curves: each series needs a name and y"],
    ["an object", () => curves({ loss: y } as never), DTypeError, "curves: expects a list of series"],
    ["no points", () => curves([{ name: "a", y: [] }]), ValueError, 'curves: series "a" has no points'],
    ["lengths", () => curves([{ name: "a", x: [1], y }]), ShapeError, "same length; got 1 and 2"],
    [
      "x not finite",
      () => curves([{ name: "a", x: [1, Number.NaN], y }]),
      ValueError,
      "x must be finite; got NaN at index 1",
    ],
    ["strings", () => curves([{ name: "a", y: ["1"] as never }]), DTypeError, 'got "1" at index 0'],
    ["bigints", () => curves([{ name: "a", y: new BigInt64Array(2) as never }]), DTypeError, "got BigInt64Array"],
    [
      "same names",
      () =>
        curves([
          { name: "a", y },
          { name: "a", y },
        ]),
      ValueError,
      'got "a" twice',
    ],
    ["a log of zero", () => curves([{ name: "a", y: [1, 0] }], { scale: "log" }), ValueError, "got 0 at index 1"],
    ["unknown panel", () => curves([{ name: "a", y }], { panels: { Loss: {} } }), ValueError, 'panel "Loss"'],
    [
      "smoothing of 1",
      () => curves([{ name: "a", y, smooth: 1 }]),
      ValueError,
      "smooth must be from 0 to below 1; got 1",
    ],
    ["unknown scale", () => curves([{ name: "a", y }], { scale: "sqrt" as never }), ValueError, 'got "sqrt"'],
    ["unknown theme", () => curves([{ name: "a", y }], { theme: "blue" as never }), ValueError, 'got "blue"'],
    ["no width", () => curves([{ name: "a", y }], { width: 0 }), ValueError, "width must be a whole number of pixels"],
    [
      "no height",
      () => curves([{ name: "a", y }], { height: 1.5 }),
      ValueError,
      "height must be a whole number of pixels",
    ],
    ["beyond drawing", () => curves([{ name: "a", y: [1, 1e308] }]), ValueError, "values beyond 1e300"],
  ])("%s", (_, draw, type, message) => {
    expect(draw).toThrow(type);
    expect(draw).toThrow(message);
  });
});
