/** What a browser's bundle reaches, by the `browser` map of package.json: nothing of Node. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { expect, test } from "vitest";

const root = resolve(import.meta.dirname, "../..");
interface Manifest {
  browser: Record<string, string>;
  exports: Record<string, { default: string } | string>;
}
const manifest = JSON.parse(readFileSync(resolve(root, "package.json"), "utf8")) as Manifest;
const toSource = (path: string): string => path.replace(/^\.\/dist\/(.*)\.js$/, "src/$1.ts");
const map = new Map(Object.entries(manifest.browser).map(([from, to]) => [toSource(from), toSource(to)]));

/** Every file under src/ and every package that importing `file` loads. */
function reach(file: string, seen = new Set<string>()): Set<string> {
  const name = relative(root, file);
  const path = map.get(name) ?? name;
  if (seen.has(path)) return seen;
  seen.add(path);
  const source = readFileSync(resolve(root, path), "utf8");
  for (const [, types, from] of source.matchAll(/^(?:import|export)( type)?\b[^;]*?\bfrom "([^"]+)";/gm)) {
    if (types) continue;
    if (from?.startsWith(".")) reach(resolve(root, dirname(path), from), seen);
    else seen.add(from as string);
  }
  return seen;
}

test("the browser map leads from files that are there to files that are there", () => {
  expect(map.size).toBeGreaterThan(0);
  for (const path of [...map.keys(), ...map.values()]) expect(existsSync(resolve(root, path)), path).toBe(true);
});

const entries = Object.entries(manifest.exports).flatMap(([name, target]) =>
  typeof target === "string" ? [] : [[name, toSource(target.default)] as const],
);
test.each(entries)("%s reaches nothing of Node and no code made from text", (_, entry) => {
  const reached = [...reach(resolve(root, entry))];
  expect(reached.filter((name) => name.startsWith("node:"))).toEqual([]);
  for (const file of reached.filter((name) => name.endsWith(".ts"))) {
    const code = readFileSync(resolve(root, file), "utf8");
    expect(code, file).not.toMatch(/\bnew Function\b/);
  }
});

test("what a browser's file exports is what the file it stands for exports", () => {
  const names = (path: string): string[] =>
    [...readFileSync(resolve(root, path), "utf8").matchAll(/^export (?:async )?(?:function|const|class) (\w+)/gm)]
      .map(([, name]) => name as string)
      .sort();
  for (const [from, to] of map) expect(names(from), to).toEqual(expect.arrayContaining(names(to)));
});
