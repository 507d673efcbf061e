import * as Plot from "@observablehq/plot";
import { chartDocument } from "./document.ts";
import { type Markup, serialize } from "./markup.ts";
import { simplifyPath } from "./simplify.ts";

/**
 * What Observable Plot draws for `options`, as the inside of a `<g>`: its own `<svg>`, style sheet and class names are left out.
 *
 * On screens of low density the library moves every mark by half a pixel, so that lines look crisp; in Node and on other screens it does
 * not. Rounding the marks' shifts down takes that out again, so that a picture is the same everywhere: give whole numbers as `dx` and `dy`.
 *
 * @param tolerance How far a line may lie from its exact place, in pixels, so that it needs fewer corners.
 */
export function chart(options: Plot.PlotOptions, tolerance: number = 0): Markup {
  const drawn = Plot.plot({ ...options, document: chartDocument() as Document });
  const marks = Array.from(drawn.children).filter((child) => child.localName !== "style");
  for (const mark of marks) {
    const shift = /^translate\(([^,]+),([^)]+)\)$/.exec(mark.getAttribute("transform") ?? "");
    if (shift === null) continue;
    const [x, y] = [Math.floor(Number(shift[1])), Math.floor(Number(shift[2]))];
    if (x === 0 && y === 0) mark.removeAttribute("transform");
    else mark.setAttribute("transform", `translate(${x},${y})`);
  }
  if (tolerance > 0) {
    for (const path of marks.flatMap((mark) => [...mark.querySelectorAll("path")])) {
      const d = path.getAttribute("d");
      if (d !== null) path.setAttribute("d", simplifyPath(d, tolerance));
    }
  }
  return marks.map(serialize).join("") as Markup;
}
