/** The blocks of docs/plots.md run as one program, and draw the pictures that stand in the repository. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import * as plot from "../../src/plot/index.ts";
import { parseSvg, texts } from "../plot/svg.ts";
import { compiled } from "./run-example.ts";
import { scope } from "./scope.ts";

const docs = new URL("../../docs/", import.meta.url);
const page = readFileSync(new URL("plots.md", docs), "utf8");
const blocks = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1] as string);
const pictures = [...page.matchAll(/!\[[^\]]+\]\(plots\/([^)]+)\)/g)].map((match) => match[1] as string);
/** Their lines come out of kernels, whose last digits differ between instruction sets. */
const COMPUTED = ["boundary.svg", "functions.svg"];

let folder: string;
const before = process.cwd();
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "nabla-plots-"));
  process.chdir(folder);
  await (await compiled(blocks.join("\n")))(scope(folder));
});
afterAll(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true });
});

const kept = (name: string): string => readFileSync(new URL(`plots/${name}`, docs), "utf8");
const drawn = (name: string): string => readFileSync(join(folder, "docs/plots", name), "utf8");

test("the page shows each picture that is kept, and each kind of plot", () => {
  expect([...pictures].sort()).toEqual(readdirSync(new URL("plots", docs)).sort());
  const functions = Object.entries(plot).flatMap(([name, one]) =>
    /^[a-z]/.test(name) && typeof one === "function" ? [name] : [],
  );
  for (const name of functions) expect(page).toMatch(new RegExp(`\\.${name}\\(`));
});

for (const name of pictures) {
  test(name, () => {
    if (COMPUTED.includes(name))
      expect(texts(parseSvg(drawn(name).trim()))).toEqual(texts(parseSvg(kept(name).trim())));
    else expect(drawn(name) === kept(name), `${name} is drawn differently; look at it, and keep it anew`).toBe(true);
    expect(kept(name).length).toBeLessThan(100_000);
  });
}
