/** The nabla blocks of docs/from-pytorch.md run, and give what they say. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectSaid } from "./expect-said.ts";
import { compiled } from "./run-example.ts";
import { scope } from "./scope.ts";

const page = readFileSync(new URL("../../docs/from-pytorch.md", import.meta.url), "utf8");
const blocks = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1] as string);

let folder: string;
const before = process.cwd();
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "nabla-page-"));
  process.chdir(folder);
});
afterAll(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true });
});

test("the page has blocks", () => expect(blocks.length).toBeGreaterThanOrEqual(6));

for (const [i, block] of blocks.entries()) {
  test(`block ${i + 1}: ${block.split("\n", 1)[0]}`, async () => {
    const checks: [unknown, string][] = [];
    const check = (value: unknown, text: string): unknown => {
      checks.push([value, text]);
      return value;
    };
    const run = await compiled(block);
    await run({ ...scope(folder), __check: check });
    for (const [value, text] of checks) expectSaid(value, text);
  });
}
