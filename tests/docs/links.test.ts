/** Links of the pages: files are there, and so are the headings. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

function pagesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === "node_modules" || entry.name === "out") return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return pagesBelow(path);
    return entry.name.endsWith(".md") ? [path] : [];
  });
}

const topPages = readdirSync(ROOT).filter((name) => name.endsWith(".md"));
const PAGES = [...topPages.map((name) => join(ROOT, name)), ...pagesBelow(join(ROOT, "docs"))];

/** The text without code, in which brackets are no links. */
const prose = (page: string): string =>
  readFileSync(page, "utf8")
    .replace(/^```[\s\S]*?^```/gm, "")
    .replace(/`[^`\n]*`/g, "code");

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(page: string): string[] {
  const headings = readFileSync(page, "utf8")
    .replace(/^```[\s\S]*?^```/gm, "")
    .matchAll(/^#+ (.+)$/gm);
  return Array.from(headings, ([, heading]) =>
    (heading as string)
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

/** What a link leads to, where that is not there. */
function broken(page: string, link: string): string[] {
  const [path, anchor] = link.split("#", 2) as [string, string?];
  const target = path === "" ? page : join(dirname(page), decodeURIComponent(path));
  if (!existsSync(target)) return [`${link}: no such file`];
  if (anchor === undefined || !target.endsWith(".md") || anchorsOf(target).includes(anchor)) return [];
  return [`${link}: no such heading`];
}

const linksOf = (page: string): string[] =>
  Array.from(prose(page).matchAll(/\]\(([^)\s]+)\)/g), ([, link]) => link as string).filter(
    (link) => !/^[a-z]+:/.test(link),
  );

test.each(PAGES.map((page) => relative(ROOT, page)))("%s", (name) => {
  const page = join(ROOT, name);
  expect(linksOf(page).flatMap((link) => broken(page, link))).toEqual([]);
});

test("every page of docs is reached from README.md", () => {
  const reached = new Set([join(ROOT, "README.md")]);
  for (const page of reached) {
    for (const link of linksOf(page)) {
      const target = join(dirname(page), link.split("#")[0] as string);
      if (target.endsWith(".md") && existsSync(target)) reached.add(target);
    }
  }
  expect(PAGES.filter((page) => page.includes("/docs/") && !reached.has(page))).toEqual([]);
});

test("every picture of docs is shown on a page", () => {
  const shown = new Set(PAGES.flatMap((page) => linksOf(page).map((link) => join(dirname(page), link))));
  const pictures = [join(ROOT, "docs"), join(ROOT, "docs/examples"), join(ROOT, "docs/plots")].flatMap((folder) =>
    readdirSync(folder).flatMap((name) => (/\.(svg|png)$/.test(name) ? [join(folder, name)] : [])),
  );
  expect(pictures.filter((picture) => !shown.has(picture)).map((picture) => relative(ROOT, picture))).toEqual([]);
});

test("every example that a page names exists", () => {
  const named = PAGES.flatMap((page) =>
    Array.from(readFileSync(page, "utf8").matchAll(/npm run example ([a-z][\w-]*)/g), ([, name]) => name as string),
  );
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((name) => !existsSync(join(ROOT, "examples", `${name}.ts`)))).toEqual([]);
});
