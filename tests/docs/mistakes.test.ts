/** Each block of docs/mistakes.md says what stands below it. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, test, vi } from "vitest";
import * as errors from "../../src/errors.ts";
import { compiled } from "./run-example.ts";
import { scope } from "./scope.ts";

const page = readFileSync(new URL("../../docs/mistakes.md", import.meta.url), "utf8");
const blocks = [...page.matchAll(/```ts\n([\s\S]*?)```\n\n```text\n([\s\S]*?)```/g)];
const folder = mkdtempSync(join(tmpdir(), "nabla-mistakes-"));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.restoreAllMocks());

test("every block of the page is followed by what it says", () => {
  expect(blocks.length).toBeGreaterThanOrEqual(25);
  expect(page.match(/```ts\n/g)?.length).toBe(blocks.length);
});

test.each(blocks.map(([, code, said], i) => [i + 1, code as string, said as string] as const))(
  "block %i",
  async (_, code, said) => {
    const warn = vi.spyOn(console, "warn").mockReturnValue(undefined);
    const run = await compiled(code);
    const lines: string[] = [];
    try {
      await run({ ...scope(folder), __check: () => undefined });
    } catch (error) {
      if (!(error instanceof errors.NablaError)) throw error;
      lines.push(`${error.name}: ${error.message}`);
    }
    const warned = warn.mock.calls.map(([text]) => `warning: ${String(text).replace(/^nabla: /, "")}`);
    expect([...warned, ...lines].join("\n")).toBe(said.replaceAll("\n", " ").trim());
  },
);

test("the table has all classes of errors with their codes", () => {
  const listed = [...page.matchAll(/^\| `(\w+)` +\| `(ERR_\w+)`/gm)].map(([, name, code]) => `${name} ${code}`);
  const classes = Object.values(errors).filter((one) => one !== errors.NablaError);
  expect(listed.sort()).toEqual(classes.map((one) => `${one.prototype.name} ${one.prototype.code}`).sort());
});
