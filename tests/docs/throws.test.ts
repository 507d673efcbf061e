/** Every comment says which errors its function throws, by their classes, and calls that must throw give just those. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as errors from "../../src/errors.ts";
import { type Documented, publicDocumented } from "./doc-comments.ts";
import { NEVER_THROWS } from "./never-throws.ts";
import { THROWN } from "./thrown.ts";
import { THROWN as THROWN_ROOMS } from "./thrown-rooms.ts";

const SOURCES = new URL("../../src/", import.meta.url);
const { documented } = await publicDocumented();

function title({ owner, name }: Documented): string {
  return owner === null ? name : `${owner}.${name}`;
}

/** The classes that a comment promises, in its order. */
function promised(text: string): string[] {
  return [...text.matchAll(/^@throws \{(\w+)\}/gm)].map((match) => match[1] as string);
}

test("every comment with an example says what is thrown, or its title is listed as one that never throws", () => {
  const silent = documented.filter(({ text }) => promised(text).length === 0);
  const unlisted = silent.filter((one) => !NEVER_THROWS.includes(title(one)));
  expect(unlisted.map((one) => `${title(one)} (${one.file})`)).toEqual([]);
});

test("what is listed as never throwing exists, promises no error in one of its rooms, and is sorted", () => {
  const promising = NEVER_THROWS.filter((name) => {
    const comments = documented.filter((one) => title(one) === name);
    return comments.every(({ text }) => promised(text).length > 0);
  });
  expect(promising).toEqual([]);
  expect([...new Set(NEVER_THROWS)].sort()).toEqual([...NEVER_THROWS]);
});

test("every @throws names an error class and says when in one sentence or more", () => {
  const odd: string[] = [];
  for (const file of readdirSync(SOURCES, { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".ts")) continue;
    const comments = readFileSync(new URL(file.replaceAll("\\", "/"), SOURCES), "utf8").match(/\/\*\*[\s\S]*?\*\//g);
    for (const comment of comments ?? []) {
      const text = comment.replace(/\*\/$/, "").replace(/^[/ ]*\*+ ?/gm, "");
      const classes = promised(text);
      if (new Set(classes).size < classes.length) odd.push(`${file}: ${classes.join(", ")}`);
      for (const [line, rest] of text.matchAll(/^@throws\b([\s\S]*?)(?=\n@|\n\n|\n$|$(?![\s\S]))/gm)) {
        const [, type = "", condition = ""] =
          /^ \{(\w+)\} ((?:if|for|when|unless) [\s\S]*\.)$/.exec(rest?.trimEnd() ?? "") ?? [];
        if (condition === "" || !(type in errors)) odd.push(`${file}: ${line}`);
      }
    }
  }
  expect(odd).toEqual([]);
});

describe("calls that must throw give what the comment promises", () => {
  const titles = new Map<string, string[]>();
  for (const [name] of [...THROWN, ...THROWN_ROOMS]) titles.set(name, []);
  for (const one of documented) titles.get(title(one))?.push(...promised(one.text));
  for (const [name, call, type] of [...THROWN, ...THROWN_ROOMS]) {
    test(`${name} gives a ${type.name}`, async () => {
      let thrown: unknown;
      try {
        await call();
      } catch (error) {
        thrown = error;
      }
      expect(String((thrown as Error | undefined)?.name), String(thrown)).toBe(type.name);
      expect(titles.get(name)).toContain(type.name);
    });
  }
});
