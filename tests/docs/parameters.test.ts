/** What a comment has to say: its function's parameters, and what every option means. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { publicDocumented } from "./doc-comments.ts";

const SOURCES = new URL("../../src/", import.meta.url);

/** Parameters that need no word of their own: what is computed with, and options, which are explained where they are declared. */
const EVIDENT = /^(this|options|other|self|tensors?|values?|x\d?|y|[a-cpqk]|n)$/;
/** What comments call a parameter besides its name. */
const CALLED: Readonly<Record<string, RegExp>> = {
  dim: /\baxis|\baxes|\bvectors|\brows/i,
  dims: /\baxis|\baxes/i,
  sizes: /\bsize|\bshape/i,
  keepdim: /./,
  numGroups: /groups/i,
  inputs: /inputs|arguments/i,
};

/** The names of the parameters of the first signature in a text that begins with a function. */
function parametersOf(text: string): string[] {
  const open = text.indexOf("(");
  let [depth, end] = [0, open];
  do {
    const char = text[end] as string;
    if ("([{".includes(char)) depth++;
    if (")]}".includes(char)) depth--;
    end++;
  } while (depth > 0 && end < text.length);
  const found = text.slice(open + 1, end - 1).matchAll(/(?:^|,|\n)\s*(?:\.\.\.)?(\w+)\??\s*[:=]/g);
  return [...found].map((match) => match[1] as string);
}

function isNamed(name: string, comment: string): boolean {
  return EVIDENT.test(name) || (CALLED[name] ?? new RegExp(`\\b${name}|\`${name}\``, "i")).test(comment);
}

const { documented } = await publicDocumented();

test("every parameter is named in its function's comment, or in the one that the comment points to", () => {
  const silent: string[] = [];
  for (const { name, owner, file, line, text } of documented) {
    if (owner !== null) continue;
    const lines = readFileSync(new URL(file, SOURCES), "utf8").split("\n");
    const source = lines.slice(line - 1, line + 40).join("\n");
    const comment = text.split("@example")[0] as string;
    if (!/^export (async )?function/.test(source) || /\{@link|\bsee `|the same as|\bsee \w/i.test(comment)) continue;
    const missing = parametersOf(source).filter((parameter) => !isNamed(parameter, comment));
    if (missing.length > 0) silent.push(`${file} ${name}: ${missing.join(", ")}`);
  }
  expect(silent).toEqual([]);
});

test("every option says what it means", () => {
  const silent: string[] = [];
  for (const room of ["ops", "nn", "optim", "data", "derive", "files"]) {
    const files = readdirSync(new URL(`${room}/`, SOURCES), { recursive: true, encoding: "utf8" });
    for (const file of files.filter((name) => name.endsWith(".ts"))) {
      const source = readFileSync(new URL(`${room}/${file}`, SOURCES), "utf8");
      for (const [, name, body] of source.matchAll(/^export interface (\w+Options)\b[^{]*\{\n([\s\S]*?)^\}/gm)) {
        const lines = (body as string).split("\n");
        for (const [i, line] of lines.entries()) {
          const option = /^ {2}(?:readonly )?(\w+)\??:/.exec(line)?.[1];
          if (option !== undefined && !/\*\/$/.test(lines[i - 1]?.trim() ?? "")) silent.push(`${name}.${option}`);
        }
      }
    }
  }
  expect(silent).toEqual([]);
});
