import * as Plot from "@observablehq/plot";
import { chartDocument } from "./document.ts";
import { type Markup, serialize } from "./markup.ts";

/**
 * What Observable Plot draws for `options`, as the inside of a `<g>`: its own `<svg>`, style sheet and class names are left out.
 *
 * On screens of low density the library moves every mark by half a pixel, so that lines look crisp; in Node and on other screens it does
 * not. Rounding the marks' shifts down takes that out again, so that a picture is the same everywhere: give whole numbers as `dx` and `dy`.
 */
export function chart(options: Plot.PlotOptions): Markup {
  const drawn = Plot.plot({ ...options, document: chartDocument() as Document });
  const marks = Array.from(drawn.children).filter((child) => child.localName !== "style");
  for (const mark of marks) {
    const shift = /^translate\(([^,]+),([^)]+)\)$/.exec(mark.getAttribute("transform") ?? "");
    if (shift === null) continue;
    const [x, y] = [Math.floor(Number(shift[1])), Math.floor(Number(shift[2]))];
    if (x === 0 && y === 0) mark.removeAttribute("transform");
    else mark.setAttribute("transform", `translate(${x},${y})`);
  }
  return marks.map(serialize).join("") as Markup;
}
