import { drawLegend, LEGEND, type LegendEntry, legendLines } from "./legend.ts";
import { element, type Markup, text } from "./markup.ts";
import { PADDING } from "./picture.ts";
import { colors } from "./theme.ts";

/** One of several charts side by side: its title, its legend, and the chart drawn at the size it is given. */
export interface Panel {
  readonly title: string;
  readonly legend: readonly LegendEntry[];
  readonly draw: (width: number, height: number) => Markup;
}

const GAP = 12;
const HEADING = 22;

/** Panels in rows of at most `columns`, each chart `height` pixels high under its heading; those of a row begin at one height. */
export function drawPanels(
  panels: readonly Panel[],
  options: { readonly width: number; readonly height: number; readonly columns: number },
): { readonly body: Markup; readonly height: number } {
  const columns = Math.min(options.columns, panels.length);
  const width = Math.floor((options.width - GAP * (columns - 1)) / columns);
  const parts: Markup[] = [];
  let top = 0;
  for (let i = 0; i < panels.length; i += columns) {
    const row = panels.slice(i, i + columns);
    const heading = Math.max(...row.map((panel) => headingHeight(panel, width)));
    row.forEach((panel, column) => {
      const place = { transform: `translate(${column * (width + GAP)},${top})` };
      parts.push(element("g", place, drawPanel(panel, width, options.height, heading)));
    });
    top += options.height + heading + GAP;
  }
  return { body: parts.join("") as Markup, height: top - GAP - 6 };
}

function headingHeight({ title, legend }: Panel, width: number): number {
  return (title ? HEADING : 0) + LEGEND * legendLines(legend, width);
}

function drawPanel({ title, legend, draw }: Panel, width: number, height: number, heading: number): Markup {
  const font = { "font-size": 14, "font-weight": 600, fill: colors.ink };
  const head = title ? [element("text", { x: PADDING, y: 15, ...font }, text(title))] : [];
  const chart = element("g", { transform: `translate(0,${heading})` }, draw(width, height));
  return element("g", {}, ...head, ...drawLegend(legend, width, title ? HEADING : 0), chart);
}
