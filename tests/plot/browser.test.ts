import { readFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { chartDocument as documentOfPage } from "../../src/plot/document.browser.ts";
import { chartDocument } from "../../src/plot/document.ts";
import { savePicture } from "../../src/plot/save.browser.ts";

const root = resolve(import.meta.dirname, "../../src");

/** Everything that importing `file` loads, in a browser bundle: files by path under src/, packages by name. */
function reach(file: string, seen = new Set<string>()): Set<string> {
  const path = file.replace(/\/(save|document)\.ts$/, "/$1.browser.ts");
  if (seen.has(relative(root, path))) return seen;
  seen.add(relative(root, path));
  const source = readFileSync(path, "utf8");
  for (const [, types, name] of source.matchAll(/^(?:import|export)( type)?\b[^;]*?\bfrom "([^"]+)";/gm)) {
    if (types) continue;
    if (name?.startsWith(".")) reach(resolve(dirname(path), name), seen);
    else seen.add(name as string);
  }
  return seen;
}

afterEach(() => vi.unstubAllGlobals());

it("a browser bundle holds the charting library, but neither a DOM nor anything of Node", () => {
  const reached = reach(resolve(root, "plot/index.ts"));
  expect([...reached].filter((name) => !name.endsWith(".ts")).sort()).toEqual(["@observablehq/plot", "fflate"]);
  expect(reached).toContain("plot/save.browser.ts");
  expect(
    [...reached].filter(
      (name) => name.endsWith(".ts") && !/^(plot\/|errors\.ts|module-mark\.ts|options\.ts)/.test(name),
    ),
  ).toEqual([]);
});

it("draws on the page's document where there is one", () => {
  const page = {};
  vi.stubGlobal("document", page);
  expect(chartDocument()).toBe(page);
  expect(documentOfPage()).toBe(page);
});

it("makes one document in Node, and says so where a browser has none", () => {
  expect(chartDocument()).toBe(chartDocument());
  expect(documentOfPage).toThrow("plot: drawing needs a document");
});

it("cannot save in a browser", () => {
  expect(() => savePicture("a.svg", "<svg/>", 1)).toThrow("a browser has no files to write");
});
