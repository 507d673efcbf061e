/** Every example of the documentation comments runs and gives what it says; every public function has one. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DOCUMENTED, type Documented } from "./doc-comments.ts";
import { compiled } from "./run-example.ts";
import { scope } from "./scope.ts";

const EXAMPLES = DOCUMENTED.filter((d) => d.example !== null);

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
    test(`${documented.name} (${documented.file})`, () => run(documented));
  }
});

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

/** Compares a value with the comment behind it, where the comment is a value. */
function expectSaid(value: unknown, text: string): void {
  let said: unknown;
  try {
    said = new Function(`return (${text});`)();
  } catch {
    return;
  }
  expect(rounded(value), text).toEqual(rounded(said));
}

/** Numbers to 4 significant digits, as comments write them. */
function rounded(value: unknown): unknown {
  if (typeof value === "number") return Number(value.toPrecision(4));
  if (Array.isArray(value)) return value.map(rounded);
  return value;
}

/** Public names that need no example: their signature says everything, or a page does. */
const WITHOUT_EXAMPLE: Readonly<Record<string, string>> = {};

test("every public function and class has a documentation comment with an example", async () => {
  const missing = (await publicNames()).filter(
    (name) => !(name in WITHOUT_EXAMPLE) && !EXAMPLES.some((d) => d.name === name),
  );
  expect(missing).toEqual([]);
});

/** The functions and classes that the package exports, in namespaces and as methods of tensors too. Errors explain each other. */
async function publicNames(): Promise<string[]> {
  const rooms = await Promise.all([
    import("../../src/index.ts"),
    import("../../src/data/index.ts"),
    import("../../src/vision/index.ts"),
    import("../../src/train/index.ts"),
    import("../../src/plot/index.ts"),
    import("../../src/ops/methods.ts"),
  ]);
  const names = new Set<string>();
  const add = (room: object): void => {
    for (const [name, value] of Object.entries(room)) {
      if (typeof value === "function" && !/Error$/.test(name)) names.add(name);
      else if (typeof value === "object" && value !== null && value[Symbol.toStringTag] === "Module") add(value);
    }
  };
  rooms.forEach(add);
  return [...names].sort();
}
