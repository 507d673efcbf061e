import { DTypeError, ValueError } from "../errors.ts";
import { type Layout, layeredLayout, type Placed } from "./graph-layout.ts";
import { drawLegend, LEGEND, type LegendEntry } from "./legend.ts";
import { element, type Markup, text } from "./markup.ts";
import type { NamedModel } from "./network.ts";
import { describe, isTensorLike } from "./numbers.ts";
import { checkPictureOptions, compose, PADDING, type Picture, type PictureOptions } from "./picture.ts";
import { colors, seriesColor } from "./theme.ts";

/** What is read of a recorded operation: its name, the shape of its result, the tensor of a leaf, and the operations of its inputs. */
export interface GraphNode {
  readonly op: string;
  readonly shape: readonly number[];
  readonly leaf: unknown;
  readonly edges: readonly (GraphNode | null)[];
  /** Null once `backward()` has freed the graph. */
  readonly gradients: unknown;
}

/** A tensor with what autograd has recorded of it. */
export interface RecordedTensor {
  readonly shape: readonly number[];
  readonly node: GraphNode | null;
}

/** Options of {@link graph}. */
export interface GraphOptions extends PictureOptions {
  /** A model whose parameters' names stand in the picture. */
  readonly model?: NamedModel;
  /** Names of further leaves: `{ x, w }`. */
  readonly names?: Readonly<Record<string, unknown>>;
}

interface Box {
  readonly lines: readonly [name: string, shape: string];
  readonly kind: "leaf" | "op" | "result";
  readonly width: number;
}

const MOST = 250;
const HEIGHT = 38;
const PITCH = 66;
/** An average character at a bold font size of 12; there is no font to measure with. */
const CHARACTER = 7.3;

/**
 * Draws what autograd has recorded of a tensor: every operation with the shape of its result, from the leaves that gather gradients, at the
 * top, down to the tensor. `backward()` goes along the arrows in reverse. Tensors that need no gradient are not recorded, so they are not seen.
 *
 * @param tensor The result, such as a loss, before `backward()` frees the graph.
 * @throws {ValueError} if nothing is recorded, the graph is freed, or it has more than 250 operations.
 * @throws {DTypeError} if it is no tensor.
 * @example
 * const loss = crossEntropy(model.forward(images), labels);
 * plot.graph(loss, { model, title: "What backward() goes through" }).save("runs/graph.svg");
 */
export function graph(tensor: RecordedTensor, options: GraphOptions = {}): Picture {
  checkPictureOptions("graph", options, ["model", "names"]);
  if (!isTensorLike(tensor)) throw new DTypeError(`graph: expects a tensor; got ${describe(tensor)}`);
  const nodes = reachable(tensor as RecordedTensor);
  const names = leafNames(options);
  const boxes = nodes.map((node, i) => boxOf(node, i === 0, names));
  const index = new Map(nodes.map((node, i) => [node, i]));
  const arrows = nodes.flatMap((node, to) =>
    [...new Set(node.edges)].flatMap((input) => (input === null ? [] : [{ from: index.get(input) as number, to }])),
  );
  const layout = layeredLayout({ widths: boxes.map((box) => box.width), arrows });
  const legend: LegendEntry[] = [
    { name: "gathers a gradient", color: seriesColor(0), sign: "square" },
    { name: "operation", color: colors.axis, sign: "square" },
    { name: "result", color: seriesColor(1), sign: "square" },
  ];
  const headed = Math.max(380, (options.title ?? "").length * 9) + 2 * PADDING;
  const width = Math.ceil(Math.max(options.width ?? 0, headed, layout.width + 2 * PADDING));
  const top = LEGEND + 12;
  const place = { transform: `translate(${Math.round((width - layout.width) / 2)},${top})` };
  const lines = arrows.map(({ from, to }, i) => arrow(layout, from, to, layout.bends[i] as readonly Placed[]));
  const drawing = element("g", place, ...lines, ...boxes.map((box, i) => drawBox(box, layout.boxes[i] as Placed)));
  const body = [...drawLegend(legend, width, 0), drawing].join("") as Markup;
  const leaves = boxes.filter((box) => box.kind === "leaf").length;
  const description = `The recorded graph of a tensor: ${nodes.length - leaves} operations on ${leaves} leaves.`;
  return compose({ width, height: top + (layout.rows - 1) * PITCH + HEIGHT, body, description }, options);
}

/** The tensor's node and all that it rests on, each once, the tensor's own first. */
function reachable({ node }: RecordedTensor): GraphNode[] {
  if (node === null || node === undefined) {
    throw new ValueError(
      "graph: nothing is recorded; got a tensor that needs no gradient; use requiresGrad, and no noGrad()",
    );
  }
  const found = new Set<GraphNode>([node]);
  for (const one of found) {
    if (one.leaf === null && one.gradients === null) {
      throw new ValueError(
        `graph: the graph is freed at ${one.op}; draw it before backward(), or call backward({ retainGraph: true })`,
      );
    }
    for (const input of one.edges) if (input !== null) found.add(input);
    if (found.size > MOST) {
      throw new ValueError(`graph: draws at most ${MOST} operations; got more; draw the result of a smaller part`);
    }
  }
  return [...found];
}

function leafNames({ model, names = {} }: GraphOptions): Map<unknown, string> {
  if (model !== undefined && typeof model?.namedParameters !== "function") {
    throw new DTypeError(`graph: model has named parameters; got ${describe(model)}`);
  }
  const parameters = (model?.namedParameters() ?? []).map(([name, parameter]) => [parameter, name] as const);
  return new Map<unknown, string>([...parameters, ...Object.entries(names).map(([name, one]) => [one, name] as const)]);
}

function boxOf({ op, leaf, shape }: GraphNode, isResult: boolean, names: ReadonlyMap<unknown, string>): Box {
  const name = leaf === null ? op : (names.get(leaf) ?? "leaf");
  const size = shape.length === 0 ? "scalar" : `[${shape.join(", ")}]`;
  const width = Math.max(64, Math.ceil(Math.max(name.length * CHARACTER, size.length * CHARACTER * 0.9)) + 18);
  return { lines: [name, size], kind: leaf !== null ? "leaf" : isResult ? "result" : "op", width };
}

function drawBox({ lines, kind, width }: Box, { x, row }: Placed): Markup {
  const paint = {
    leaf: { fill: seriesColor(0), "fill-opacity": "0.14", stroke: seriesColor(0) },
    op: { fill: colors.grid, "fill-opacity": "0.6", stroke: colors.axis },
    result: { fill: seriesColor(1), "fill-opacity": "0.14", stroke: seriesColor(1) },
  }[kind];
  const y = row * PITCH;
  const back = { x: x - width / 2, y, width, height: HEIGHT, rx: kind === "op" ? 6 : HEIGHT / 2 };
  const font = { x, "text-anchor": "middle" };
  return element(
    "g",
    {},
    element("rect", { ...back, fill: colors.surface }),
    element("rect", { ...back, ...paint }),
    element("text", { ...font, y: y + 16, "font-size": 12, "font-weight": 600, fill: colors.ink }, text(lines[0])),
    element("text", { ...font, y: y + 30, "font-size": 10.5, fill: colors.muted }, text(lines[1])),
  );
}

/** A curve from under one box to above the other, through the rows between, with a tip. */
function arrow({ boxes }: Layout, from: number, to: number, bends: readonly Placed[]): Markup {
  const [start, end] = [boxes[from] as Placed, boxes[to] as Placed];
  const stops: (readonly [number, number])[] = [
    [start.x, start.row * PITCH + HEIGHT],
    ...bends.flatMap(({ x, row }): [number, number][] => [
      [x, row * PITCH],
      [x, row * PITCH + HEIGHT],
    ]),
    [end.x, end.row * PITCH - 3],
  ];
  let d = `M${point(stops[0] as readonly [number, number])}`;
  stops.slice(1).forEach((stop, i) => {
    const last = stops[i] as readonly [number, number];
    const half = (stop[1] - last[1]) / 2;
    const passes = i % 2 === 1;
    d += passes
      ? `L${point(stop)}`
      : `C${point([last[0], last[1] + half])} ${point([stop[0], stop[1] - half])} ${point(stop)}`;
  });
  const [x, y] = stops.at(-1) as readonly [number, number];
  const tip = `M${point([x - 3.5, y - 5])}L${point([x, y + 2])}L${point([x + 3.5, y - 5])}Z`;
  return element(
    "g",
    {},
    element("path", { d, fill: "none", stroke: colors.axis, "stroke-width": 1.5 }),
    element("path", { d: tip, fill: colors.axis }),
  );
}

function point([x, y]: readonly [number, number]): string {
  return `${Math.round(x * 10) / 10},${Math.round(y * 10) / 10}`;
}
