/** The documentation comments of the package's public functions and classes, read from the sources. */
import { readdirSync, readFileSync } from "node:fs";

const SOURCES = new URL("../../src/", import.meta.url);

/** A documented declaration. */
export interface Documented {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  /** The comment without its stars. */
  readonly text: string;
  /** The code of its `@example`, or null. */
  readonly example: string | null;
}

function sourceFiles(): string[] {
  const all = readdirSync(SOURCES, { recursive: true, encoding: "utf8" });
  return all.filter((file) => file.endsWith(".ts")).map((file) => file.replaceAll("\\", "/"));
}

const DECLARATION = /^export (?:declare )?(?:abstract )?(?:async )?(?:function\*?|class|const) (\w+)/;
/** A method of a class, whose comment may have an example too. */
const MEMBER = /^ {2}(?:static |async |override |get )*(\w+)(?:<[^(]*>)?\(/;

function exampleOf(text: string): string | null {
  const found = /@example\n([\s\S]*?)(?=\n@|$)/.exec(text);
  return found === null ? null : (found[1] as string).replace(/^```\w*\n|```$/gm, "").trimEnd();
}

function documentedIn(file: string): Documented[] {
  const lines = readFileSync(new URL(file, SOURCES), "utf8").split("\n");
  const found: Documented[] = [];
  let comment: string[] = [];
  let inside = false;
  for (const [i, line] of lines.entries()) {
    const trimmed = line.trim();
    if (trimmed.startsWith("/**")) {
      inside = true;
      comment = [];
    }
    if (inside) {
      comment.push(
        trimmed
          .replace(/^\/\*\*\s?/, "")
          .replace(/\*\/$/, "")
          .replace(/^\*\s?/, "")
          .trimEnd(),
      );
      if (trimmed.endsWith("*/")) inside = false;
      continue;
    }
    if (trimmed.startsWith("// biome-ignore") || trimmed.startsWith("@")) continue;
    const name = (DECLARATION.exec(line) ?? MEMBER.exec(line))?.[1];
    if (name !== undefined && comment.length > 0) {
      const text = comment.join("\n").trim();
      found.push({ name, file, line: i + 1, text, example: exampleOf(text) });
    }
    comment = [];
  }
  return found;
}

export const DOCUMENTED: readonly Documented[] = sourceFiles().flatMap(documentedIn);
