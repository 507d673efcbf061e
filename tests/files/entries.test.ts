/** The entries of the package for Node.js are bundles of the modules that pages get: the same names, and one set of classes. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const { exports, bin } = JSON.parse(readFileSync(resolve(root, "package.json"), "utf8"));
const entries: string[] = Object.keys(exports).filter((name) => typeof exports[name] === "object");

/** What a program prints that has the repository as its package. */
function printed(program: string): unknown {
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", program], {
    cwd: root,
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  return JSON.parse(stdout);
}

test.each(entries)("%s has the same names for Node.js and for pages", (entry) => {
  const names = (file: string): string => `Object.keys(await import(${JSON.stringify(resolve(root, file))})).sort()`;
  const [node, page] = printed(
    `console.log(JSON.stringify([${names(exports[entry].node)}, ${names(exports[entry].default)}]))`,
  ) as [string[], string[]];
  expect(node).toEqual(page);
  expect(node.length).toBeGreaterThan(0);
});

test("all entries share their classes", () => {
  const program = `
    import { nn, randint, randn, Tensor } from "nabla";
    import { DataLoader, TensorDataset } from "nabla/data";
    import { Accuracy, evaluate } from "nabla/train";
    const dataset = new TensorDataset(randn(4, 2), randint(0, 2, [4]));
    const metrics = { accuracy: new Accuracy() };
    const { accuracy } = evaluate(new nn.Linear(2, 2), new DataLoader(dataset, { batchSize: 2 }), { metrics });
    const bundled = import.meta.resolve("nabla").endsWith("/dist/node/index.js");
    console.log(JSON.stringify([dataset.get(0)[0] instanceof Tensor, accuracy >= 0, bundled]));`;
  expect(printed(program)).toEqual([true, true, true]);
});

test("the command is in the bundle", () => {
  const { stdout } = spawnSync(process.execPath, [resolve(root, bin.nabla), "--version"], { encoding: "utf8" });
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});
