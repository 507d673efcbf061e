/** Every example of the documentation comments runs and gives what it says; every public function has one. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Documented, publicDocumented } from "./doc-comments.ts";
import { expectSaid } from "./expect-said.ts";
import { compiled } from "./run-example.ts";
import { NOT_RUN, scope } from "./scope.ts";

const { documented: DOCUMENTED, missing } = await publicDocumented();
const EXAMPLES = DOCUMENTED.filter((d) => d.example !== null && !(title(d) in NOT_RUN));

let folder: string;
const before = process.cwd();
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "nabla-examples-"));
  process.chdir(folder);
});
afterAll(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true });
});

describe("examples run and give what they say", () => {
  for (const documented of EXAMPLES) {
    test(`${title(documented)} (${documented.file})`, () => run(documented));
  }
});

test("every public function and class has a documentation comment with an example", () => {
  expect(missing).toEqual([]);
});

test("every example that does not run exists", () => {
  const titles = DOCUMENTED.map(title);
  expect(Object.keys(NOT_RUN).filter((name) => !titles.includes(name))).toEqual([]);
});

function title({ owner, name }: Documented): string {
  return owner === null ? name : `${owner}.${name}`;
}

async function run({ example }: Documented): Promise<void> {
  const names = scope(folder);
  const checks: [unknown, string][] = [];
  const check = (value: unknown, text: string): unknown => {
    checks.push([value, text]);
    return value;
  };
  const body = await compiled(example as string);
  await body({ ...names, __check: check });
  for (const [value, text] of checks) expectSaid(value, text);
}
