import { parseHTML } from "linkedom";

/** The part of the DOM that the tests look at. */
export interface Found {
  readonly textContent: string;
  getAttribute(name: string): string | null;
  querySelectorAll(selector: string): Iterable<Found>;
}

const TOKEN = /<(\/?)([A-Za-z][A-Za-z0-9]*)((?: [A-Za-z][A-Za-z0-9:-]*="[^"<]*")*)(\/?)>|([^<]+)/gy;
const ENTITY = /&(?!(?:amp|lt|gt|quot);)/;

/** Checks by XML's own rules, more strictly than an HTML parser, that `svg` is one well-formed element; returns a DOM to query. */
export function parseSvg(svg: string): Found {
  const open: string[] = [];
  let end = 0;
  for (const [token, close, name = "", attributes = "", empty, text] of svg.matchAll(TOKEN)) {
    end += token.length;
    if (ENTITY.test(token)) throw new Error(`a bare & in ${token}`);
    if (text !== undefined) {
      if (open.length === 0) throw new Error(`text outside of the root: ${text}`);
      continue;
    }
    const names = [...attributes.matchAll(/ ([A-Za-z][A-Za-z0-9:-]*)=/g)].map((match) => match[1]);
    if (new Set(names).size < names.length) throw new Error(`an attribute twice in ${token}`);
    if (close) {
      const opened = open.pop();
      if (opened !== name) throw new Error(`<${opened}> is closed by ${token}`);
    } else if (!empty) open.push(name);
  }
  if (end !== svg.length) throw new Error(`not XML: ${svg.slice(end, end + 80)}`);
  if (open.length > 0) throw new Error(`never closed: ${open.join(", ")}`);
  const { document } = parseHTML(`<!doctype html><html><body>${svg}</body></html>`);
  return document.querySelector("svg") as unknown as Found;
}

/** All descendants that fit `selector`. */
export function all(root: Found, selector: string): Found[] {
  return [...root.querySelectorAll(selector)];
}

/** The text of every `<text>` element, in order. */
export function texts(root: Found): string[] {
  return all(root, "text").map((element) => element.textContent);
}
