import { NablaError } from "../errors.ts";
import type { ChartDocument } from "./document.ts";

/**
 * The browser's side of `document.ts`: the page's document.
 *
 * @throws {NablaError} if there is none, such as in a web worker.
 */
export function chartDocument(): ChartDocument {
  const page = (globalThis as { document?: ChartDocument }).document;
  if (page !== undefined) return page;
  throw new NablaError("plot: drawing needs a document; there is none here (a web worker?): draw on the page instead");
}
