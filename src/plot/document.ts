import { NablaError } from "../errors.ts";

/** The DOM document handed to the charting library; opaque to nabla. */
export type ChartDocument = object;

let made: ChartDocument | undefined;

/**
 * A document to build charts with: the page's own where there is one, else linkedom's.
 *
 * Drawing is synchronous, so linkedom is loaded synchronously, on first use. It is found through Node's `module` built-in, which is itself
 * asked for at run time: neither name stands in an import, so a browser bundle holds neither and importing `nabla/plot` costs no DOM.
 *
 * @throws {NablaError} where there is neither a page nor Node, such as in a web worker.
 */
export function chartDocument(): ChartDocument {
  const page = (globalThis as { document?: ChartDocument }).document;
  if (page !== undefined) return page;
  made ??= makeDocument();
  return made;
}

function makeDocument(): ChartDocument {
  const builtins = (globalThis as { process?: Partial<NodeJS.Process> }).process;
  const nodeModule = builtins?.getBuiltinModule?.("node:module");
  if (!nodeModule) {
    throw new NablaError(
      "plot: drawing needs a document; there is none here (a web worker?): draw on the page instead",
    );
  }
  const { parseHTML } = nodeModule.createRequire(import.meta.url)("linkedom") as {
    parseHTML(html: string): { document: ChartDocument };
  };
  return parseHTML("<!doctype html><html><body></body></html>").document;
}
