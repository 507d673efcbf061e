import { parseHTML } from "linkedom";

/** The DOM document handed to the charting library; opaque to nabla. */
export type ChartDocument = object;

let made: ChartDocument | undefined;

/** A document to build charts with: the page's own where a program has put one in place (as jsdom does), else linkedom's. */
export function chartDocument(): ChartDocument {
  const page = (globalThis as { document?: ChartDocument }).document;
  if (page !== undefined) return page;
  made ??= parseHTML("<!doctype html><html><body></body></html>").document;
  return made;
}
