import { DTypeError, ShapeError, ValueError } from "../errors.ts";
import { finiteNumbers } from "./checks.ts";
import { drawLegend, LEGEND, type LegendEntry } from "./legend.ts";
import { element, type Markup, text } from "./markup.ts";
import { describe, formatNumber, isTensorLike, type Numbers, type TensorLike } from "./numbers.ts";
import { checkPictureOptions, checkPixels, compose, type Picture, type PictureOptions } from "./picture.ts";
import { colors } from "./theme.ts";

/** The weights of a layer, [out, in] as in `nn.Linear`: a tensor or an array of rows. */
export type LayerWeights = TensorLike | readonly Numbers[];

/** A model whose parameters have names, such as an `nn.Module`. */
export interface NamedModel {
  namedParameters(): readonly (readonly [name: string, parameter: TensorLike])[];
}

/** Options of {@link network}. */
export interface NetworkOptions extends PictureOptions {
  /** What stands under each layer, the inputs first. Default `"input"`, `"hidden 1"`, …, `"output"`. */
  readonly layers?: readonly string[];
  /** What stands in or beside the units of each layer, the inputs first; an empty list names none of a layer. */
  readonly units?: readonly (readonly string[])[];
  /** What stands on the edges: their weights, own texts per layer as [out][in], or nothing. Default the weights, up to 24 of them. */
  readonly edges?: "weights" | "none" | readonly (readonly (readonly string[])[])[];
  /** Units drawn per layer; larger layers leave out those in the middle. Default 10. */
  readonly most?: number;
  /** Height in CSS pixels, without title and legend. Default: as the largest layer needs. */
  readonly height?: number;
}

/** A layer's units: how many there are, and which of them are drawn where. */
interface Layer {
  readonly size: number;
  readonly x: number;
  /** Of each unit drawn. */
  readonly units: readonly { readonly index: number; readonly y: number }[];
  /** Where dots stand for the units left out, or null. */
  readonly gap: number | null;
}

interface Matrix {
  readonly values: ArrayLike<number>;
  readonly outputs: number;
  readonly inputs: number;
}

const NUMBERED = 24;
const PITCH = 44;
const RADIUS = 13;

/**
 * Draws a network of linear layers as units and weighted edges: blue for positive weights, red for negative ones, thicker for larger
 * ones. Of large layers the first and the last units are drawn.
 *
 * @param weights A model of linear layers, or the weights of its layers in order, each [out, in].
 * @throws {ShapeError} if a layer's weights are no matrix, or its inputs are not the outputs of the layer before.
 * @throws {ValueError} for no layers, weights that are not finite, or an option out of its range.
 * @throws {DTypeError} if anything is not numbers.
 * @example
 * plot.network(new nn.Sequential(new nn.Linear(2, 3), new nn.ReLU(), new nn.Linear(3, 1)), { units: [["x₁", "x₂"], [], ["y"]] }).save("runs/net.svg");
 */
export function network(weights: NamedModel | readonly LayerWeights[], options: NetworkOptions = {}): Picture {
  checkPictureOptions("network", options, ["layers", "units", "edges", "most", "height"]);
  const { width = 800, most = 10 } = options;
  if (!(Number.isInteger(most) && most >= 3 && most <= 60)) {
    throw new ValueError(`network: most must be from 3 to 60 units; got ${describe(most)}`);
  }
  const matrices = readMatrices(weights);
  const sizes = [(matrices[0] as Matrix).inputs, ...matrices.map((matrix) => matrix.outputs)];
  const shown = Math.min(most, Math.max(...sizes));
  const height = options.height ?? Math.max(shown === 1 ? 100 : 190, shown * PITCH + 12);
  checkPixels("network: height", height, 100);
  const layers = sizes.map((size, i) => layerOf(size, i, sizes.length, { width, height, most }));
  const names = readNames(options.layers, sizes.length);
  const units = readUnits(options.units, sizes);
  const texts = edgeTexts(matrices, options.edges, layers);
  const legend: LegendEntry[] = [
    { name: "positive weight", color: colors.right, sign: "line" },
    { name: "negative weight", color: colors.wrong, sign: "line" },
  ];
  const top = LEGEND + 8;
  const drawing = element(
    "g",
    { transform: `translate(0,${top})` },
    ...matrices.flatMap((matrix, i) => drawEdges(matrix, layers[i] as Layer, layers[i + 1] as Layer)),
    ...matrices.flatMap((_, i) => drawEdgeTexts(texts[i] ?? [], layers[i] as Layer, layers[i + 1] as Layer)),
    ...layers.flatMap((layer, i) => drawUnits(layer, units[i] ?? [], placeOf(i, layers.length))),
    ...layers.map((layer, i) => drawName(layer, names[i] as string, height)),
  );
  const body = [...drawLegend(legend, width, 0), drawing].join("") as Markup;
  const description = `A network of ${sizes.join("-")} units.`;
  return compose({ width, height: top + height + 44, body, description }, options);
}

function readMatrices(weights: NamedModel | readonly LayerWeights[]): Matrix[] {
  const named = isModel(weights)
    ? weights
        .namedParameters()
        .filter(([name, { shape }]) => /(^|\.)weight$/.test(name) && shape.length === 2)
        .map(([name, weight]) => [name, weight] as const)
    : listOf(weights).map((weight, i) => [`weights ${i}`, weight] as const);
  if (named.length === 0)
    throw new ValueError("network: expects a model with linear layers, or their weights; got none");
  const matrices = named.map(([name, weight]) => readMatrix(name, weight));
  matrices.slice(1).forEach(({ inputs }, i) => {
    const { outputs } = matrices[i] as Matrix;
    if (inputs === outputs) return;
    throw new ShapeError(
      `network: each layer takes what the one before gives; got ${named[i + 1]?.[0]} with ${inputs} inputs after ${outputs} outputs`,
    );
  });
  return matrices;
}

function isModel(weights: unknown): weights is NamedModel {
  return typeof (weights as Partial<NamedModel> | null)?.namedParameters === "function";
}

function listOf(weights: readonly LayerWeights[]): readonly LayerWeights[] {
  if (Array.isArray(weights)) return weights;
  throw new DTypeError(`network: expects a model, or an array of weights; got ${describe(weights)}`);
}

function readMatrix(name: string, weight: LayerWeights): Matrix {
  const what = `network: ${name}`;
  if (isTensorLike(weight)) {
    const { shape } = weight;
    if (shape.length !== 2) throw new ShapeError(`${what}: expects weights [out, in]; got [${shape.join(", ")}]`);
    return { values: finiteNumbers(what, weight), outputs: shape[0] as number, inputs: shape[1] as number };
  }
  if (!Array.isArray(weight)) throw new DTypeError(`${what}: expects a tensor or rows; got ${describe(weight)}`);
  const rows = weight.map((row: Numbers, i) => finiteNumbers(`${what}, row ${i}`, row));
  const inputs = rows[0]?.length ?? 0;
  if (inputs === 0) throw new ShapeError(`${what}: expects weights [out, in]; got no rows`);
  rows.forEach((row, i) => {
    if (row.length === inputs) return;
    throw new ShapeError(`${what}: all rows are as long as the first, ${inputs}; got ${row.length} in row ${i}`);
  });
  return { values: rows.flatMap((row) => Array.from(row)), outputs: rows.length, inputs };
}

function readNames(names: readonly string[] | undefined, layers: number): readonly string[] {
  if (names === undefined) {
    const hidden = Array.from({ length: layers - 2 }, (_, i) => (layers === 3 ? "hidden" : `hidden ${i + 1}`));
    return ["input", ...hidden, "output"];
  }
  if (Array.isArray(names) && names.length === layers) return names;
  const got = Array.isArray(names) ? `${names.length} names` : describe(names);
  throw new ShapeError(`network: expects a name for each of ${layers} layers, the inputs included; got ${got}`);
}

function readUnits(
  units: readonly (readonly string[])[] | undefined,
  sizes: readonly number[],
): readonly (readonly string[])[] {
  (units ?? []).forEach((list, i) => {
    if (list.length === 0 || list.length === sizes[i]) return;
    throw new ShapeError(
      `network: expects a name for each of the ${sizes[i] ?? 0} units of layer ${i}, or none; got ${list.length}`,
    );
  });
  return units ?? [];
}

/** The texts on the edges between shown units, as [out][in], for each layer; an empty list where there are none. */
function edgeTexts(
  matrices: readonly Matrix[],
  edges: NetworkOptions["edges"],
  layers: readonly Layer[],
): readonly (readonly (readonly string[])[])[] {
  if (edges === "none") return [];
  if (typeof edges === "object") {
    edges.forEach((rows, i) => {
      const { outputs, inputs } = matrices[i] ?? { outputs: 0, inputs: 0 };
      if (rows.length === outputs && rows.every((row) => row.length === inputs)) return;
      throw new ShapeError(`network: edges are [out][in] texts; got others than ${outputs} × ${inputs} for layer ${i}`);
    });
    return edges;
  }
  if (edges !== undefined && edges !== "weights") {
    throw new ValueError(`network: edges must be "weights", "none" or texts; got ${describe(edges)}`);
  }
  const drawn = matrices.reduce((sum, { values }) => sum + values.length, 0);
  if (edges === undefined && drawn > NUMBERED) return [];
  if (layers.some((layer) => layer.gap !== null)) return [];
  return matrices.map(({ values, outputs, inputs }) =>
    Array.from({ length: outputs }, (_, o) =>
      Array.from({ length: inputs }, (_, i) => formatNumber(values[o * inputs + i] as number, 3)),
    ),
  );
}

function layerOf(
  size: number,
  index: number,
  layers: number,
  { width, height, most }: { readonly width: number; readonly height: number; readonly most: number },
): Layer {
  const side = Math.min(110, width / 7);
  const x = side + ((width - 2 * side) * index) / Math.max(1, layers - 1);
  const rows = Math.min(size, most);
  const pitch = Math.min(PITCH * 2.6, (height - 12) / rows);
  const first = height / 2 - ((rows - 1) * pitch) / 2;
  const all = Array.from({ length: rows }, (_, row) => ({ row, y: first + row * pitch }));
  if (size <= most) return { size, x, units: all.map(({ row, y }) => ({ index: row, y })), gap: null };
  const middle = Math.floor(rows / 2);
  const units = all.flatMap(({ row, y }) =>
    row === middle ? [] : [{ index: row < middle ? row : size - rows + row, y }],
  );
  return { size, x, units, gap: (all[middle] as { y: number }).y };
}

function drawEdges({ values, inputs }: Matrix, from: Layer, to: Layer): Markup[] {
  let strongest = 0;
  for (let i = 0; i < values.length; i++) strongest = Math.max(strongest, Math.abs(values[i] as number));
  const crowded = from.units.length * to.units.length > 60;
  const edges = to.units.flatMap((end) =>
    from.units.map((start) => {
      const weight = values[end.index * inputs + start.index] as number;
      return { start, end, weight, size: strongest === 0 ? 0 : Math.abs(weight) / strongest };
    }),
  );
  return edges
    .sort((a, b) => a.size - b.size)
    .map(({ start, end, weight, size }) =>
      element("line", {
        x1: from.x,
        y1: start.y,
        x2: to.x,
        y2: end.y,
        stroke: weight < 0 ? colors.wrong : colors.right,
        "stroke-width": (0.5 + (crowded ? 2 : 3.5) * size).toFixed(2),
        "stroke-opacity": (crowded ? 0.08 + 0.62 * size : 0.25 + 0.6 * size).toFixed(2),
      }),
    );
}

/** Each text on its edge, nearer to the layer with more units, staggered so that texts of crossing edges stand apart. */
function drawEdgeTexts(texts: readonly (readonly string[])[], from: Layer, to: Layer): Markup[] {
  const middle = to.units.length > from.units.length ? 0.68 : 0.32;
  return to.units.flatMap((end, row) =>
    from.units.flatMap((start, column) => {
      const label = texts[end.index]?.[start.index];
      if (label === undefined || label === "") return [];
      const crossing = from.units.length > 1 && to.units.length > 1;
      const share = middle + (crossing ? 0.08 * ((row + column) % 2) - 0.04 : 0);
      const x = from.x + (to.x - from.x) * share;
      const y = start.y + (end.y - start.y) * share;
      const width = label.length * 6.6 + 6;
      const back = { x: x - width / 2, y: y - 8, width, height: 16, rx: 3, fill: colors.surface };
      const font = { "font-size": 11.5, fill: colors.ink, "text-anchor": "middle" };
      return [element("rect", back), element("text", { x, y: y + 4, ...font }, text(label))];
    }),
  );
}

type Place = "first" | "inner" | "last";

function placeOf(index: number, layers: number): Place {
  return index === 0 ? "first" : index === layers - 1 ? "last" : "inner";
}

function drawUnits(layer: Layer, names: readonly string[], place: Place): Markup[] {
  const { x, units, gap } = layer;
  const pitch = units.length > 1 ? (units[1] as { y: number }).y - (units[0] as { y: number }).y : PITCH;
  const r = Math.max(3, Math.min(RADIUS, pitch * 0.36));
  const circles = units.flatMap(({ index, y }) => {
    const circle = element("circle", {
      cx: x,
      cy: y,
      r,
      fill: colors.surface,
      stroke: colors.axis,
      "stroke-width": 1.5,
    });
    const name = names[index];
    return name === undefined ? [circle] : [circle, unitName(name, x, y, r, place)];
  });
  const dots =
    gap === null ? [] : [-6, 0, 6].map((dy) => element("circle", { cx: x, cy: gap + dy, r: 1.75, fill: colors.muted }));
  return [...circles, ...dots];
}

/** A short name stands in its unit, a longer one beside it where there is room. */
function unitName(name: string, x: number, y: number, r: number, place: Place): Markup {
  const font = { "font-size": 12, fill: colors.ink };
  if (name.length * 7 <= 2 * r) return element("text", { x, y: y + 4, ...font, "text-anchor": "middle" }, text(name));
  if (place === "inner") return element("text", { x, y: y - r - 4, ...font, "text-anchor": "middle" }, text(name));
  const out = place === "first" ? -r - 7 : r + 7;
  return element(
    "text",
    { x: x + out, y: y + 4, ...font, "text-anchor": place === "first" ? "end" : "start" },
    text(name),
  );
}

function drawName({ x, size, units }: Layer, name: string, height: number): Markup {
  const count = `${formatNumber(size, 8)} ${size === 1 ? "unit" : "units"}`;
  const lines = size === units.length && size === 1 ? [name] : [name, count];
  return element(
    "g",
    { "text-anchor": "middle", "font-size": 12 },
    ...lines.map((line, i) =>
      element("text", { x, y: height + 20 + 16 * i, fill: i === 0 ? colors.ink : colors.muted }, text(line)),
    ),
  );
}
