/** The lists of programs leave none out, and what the pages link to is there. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { expect, it } from "vitest";
import { PROGRAMS } from "../../bench/program-table.ts";

const root = resolve(import.meta.dirname, "../..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const names = readdirSync(join(root, "examples"))
  .filter((file) => file.endsWith(".ts"))
  .map((file) => file.slice(0, -3));
const pages = ["README.md", ...["docs", "docs/examples"].flatMap((folder) => pagesIn(folder))];

function pagesIn(folder: string): string[] {
  return readdirSync(join(root, folder))
    .filter((file) => file.endsWith(".md"))
    .map((file) => `${folder}/${file}`);
}

it("docs/results.md has a row for every program", () => {
  const rows = Array.from(read("docs/results.md").matchAll(/^\| \[([\w-]+)\]\(examples\//gm), ([, name]) => name);
  expect(rows).toEqual(names.toSorted());
});

it("every program but the one that only draws is measured against a form in PyTorch", () => {
  const measured = PROGRAMS.map(({ name }) => name);
  expect(measured).toEqual(names.toSorted().filter((name) => name !== "look-inside"));
  for (const name of measured) expect(existsSync(join(root, "bench/torch/programs", `${name}.py`)), name).toBe(true);
});

it.each(pages)("%s links to files that are there", (page) => {
  const links = Array.from(read(page).matchAll(/\]\(([^)#\s]+)[^)]*\)/g), ([, link]) => link as string);
  const missing = links
    .filter((link) => !/^https?:/.test(link))
    .filter((link) => !existsSync(join(root, dirname(page), link)));
  expect(missing).toEqual([]);
});

it("docs/notes.md names only programs that there are, and all of them", () => {
  const named = new Set(Array.from(read("docs/notes.md").matchAll(/\[([\w-]+)\]\(examples\//g), ([, name]) => name));
  expect([...named].filter((name) => !names.includes(name as string))).toEqual([]);
  expect(names.filter((name) => !named.has(name))).toEqual([]);
});
