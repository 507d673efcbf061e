/** A program may load the library twice (as sources and as a bundle, or by a loader of its own): both compute what they should. */
import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const url = (file: string): string => JSON.stringify(pathToFileURL(resolve(root, file)).href);

/** Loads the library twice, with `between` in between, and lets both compute and train in turns. */
function computed(between: string): { stdout: string; stderr: string; status: number | null } {
  const program = `
    import { createRequire } from "node:module";
    const first = await import(${url("dist/index.js")});
    ${between}
    const second = await import(${url("dist/node/index.js")});
    const sums = new Set();
    for (let i = 0; i < 200; i++) {
      for (const { arange, nn, optim } of [first, second]) {
        const x = arange(6).reshape(2, 3).to("float32");
        sums.add(x.add(1).matmul(x.t()).sum().item());
        const w = new nn.Parameter(x.add(1));
        w.mul(x.narrow(1, 0, 1)).sum().backward();
        new optim.SGD([w], { lr: 0.5 }).step();
        sums.add(w.sum().item());
      }
    }
    console.log(JSON.stringify([first.info().backend, second.info().backend, first.Tensor !== second.Tensor, ...sums]));`;
  const env = { ...process.env, NABLA_BACKEND: "native" };
  return spawnSync(process.execPath, ["--input-type=module", "--eval", program], { cwd: root, encoding: "utf8", env });
}

test.each([
  ["the addon being loaded once", ""],
  [
    "the addon being loaded by each",
    "const { cache } = createRequire(process.cwd() + '/x.js'); for (const name in cache) delete cache[name];",
  ],
])("two instances in one process, %s", (_, between) => {
  const { stdout, stderr, status } = computed(between);
  expect([stderr, status]).toEqual(["", 0]);
  expect(JSON.parse(stdout)).toEqual(["native", "native", true, 113, 16.5]);
});

test("a worker's instance is apart from that of its program", () => {
  const program = `
    import { Worker, isMainThread, workerData } from "node:worker_threads";
    const { arange } = await import(${url("dist/node/index.js")});
    const work = \`import("\${${url("dist/node/index.js")}}").then(({ arange }) => {
      for (let i = 0; i < 2000; i++) if (arange(5).sum().item() !== 10) process.exit(3);
    })\`;
    const workers = [1, 2].map(() => new Worker(work, { eval: true }));
    const ends = Promise.all(workers.map((one) => new Promise((done) => one.on("exit", done))));
    let wrong = 0;
    for (let i = 0; i < 50; i++) {
      for (let k = 0; k < 50; k++) if (arange(4).sum().item() !== 6) wrong++;
      await new Promise(setImmediate);
    }
    console.log(JSON.stringify([wrong, ...(await ends), arange(4).sum().item()]));`;
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", program], {
    cwd: root,
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  expect(JSON.parse(stdout)).toEqual([0, 0, 0, 6]);
});
