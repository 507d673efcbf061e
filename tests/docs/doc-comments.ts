/** The documentation comments of the package's public functions and classes, read from the sources. */
import { readdirSync, readFileSync } from "node:fs";

const SOURCES = new URL("../../src/", import.meta.url);

/** A documented declaration. */
export interface Documented {
  readonly name: string;
  /** The class whose method it is, or null. */
  readonly owner: string | null;
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

const DECLARATION = /^(?:export )?(?:declare )?(?:abstract )?(?:async )?(?:function\*?|class|const) (\w+)/;
/** An export under another name. */
const RENAMED = /^export \{ (\w+) as (\w+) \};/gm;
/** The line that opens a class. */
const CLASS = /^(?:export )?(?:abstract )?class (\w+)/;
/** A method of a class, whose comment may have an example too. */
const MEMBER = /^ {2}(?:static |async |override |get )*(\w+)(?:<[^(]*>)?\(/;

function exampleOf(text: string): string | null {
  const found = /@example\n([\s\S]*?)(?=\n@|$)/.exec(text);
  return found === null ? null : (found[1] as string).replace(/^```\w*\n|```$/gm, "").trimEnd();
}

function documentedIn(file: string): Documented[] {
  const source = readFileSync(new URL(file, SOURCES), "utf8");
  const renamed = new Map([...source.matchAll(RENAMED)].map(([, own, shown]) => [own as string, shown]));
  const lines = source.split("\n");
  const found: Documented[] = [];
  let comment: string[] = [];
  let inside = false;
  let owner: string | null = null;
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
    owner = line === "}" ? null : (CLASS.exec(line)?.[1] ?? owner);
    const declared = DECLARATION.exec(line)?.[1];
    const name = renamed.get(declared ?? "") ?? declared ?? (owner === null ? undefined : MEMBER.exec(line)?.[1]);
    if (name !== undefined && comment.length > 0) {
      const text = comment.join("\n").trim();
      const of = declared === undefined ? owner : null;
      found.push({ name, owner: of, file, line: i + 1, text, example: exampleOf(text) });
    }
    comment = [];
  }
  return found;
}

const DOCUMENTED: readonly Documented[] = sourceFiles().flatMap(documentedIn);

/** What the package's entries export, in their namespaces and as methods of tensors too, by value: all its names. */
async function exported(): Promise<ReadonlyMap<unknown, ReadonlySet<string>>> {
  const rooms = await Promise.all([
    import("../../src/index.ts"),
    import("../../src/data/index.ts"),
    import("../../src/vision/index.ts"),
    import("../../src/train/index.ts"),
    import("../../src/plot/index.ts"),
    import("../../src/ops/methods.ts"),
  ]);
  const names = new Map<unknown, Set<string>>();
  const add = (room: object): void => {
    for (const [name, value] of Object.entries(room)) {
      if (typeof value === "function") names.set(value, (names.get(value) ?? new Set()).add(name));
      else if (typeof value === "object" && value !== null && value[Symbol.toStringTag] === "Module") add(value);
    }
  };
  rooms.forEach(add);
  return names;
}

/** The documented functions, classes and methods that a user can reach. */
export async function publicDocumented(): Promise<{
  readonly documented: readonly Documented[];
  /** Names that are exported and have no documentation comment with an example. Error classes explain each other. */
  readonly missing: readonly string[];
}> {
  const names = await exported();
  const shown = new Set<unknown>();
  const documented: Documented[] = [];
  const known = new Set([...names.values()].flatMap((all) => [...all]));
  for (const found of DOCUMENTED) {
    if (!known.has(found.owner ?? found.name)) continue;
    const value = (await import(new URL(found.file, SOURCES).href))[found.owner ?? found.name];
    if (!names.has(value)) continue;
    if (found.example === null) {
      if (found.owner === null && found.text.includes("@internal")) shown.add(value);
      continue;
    }
    documented.push(found);
    if (found.owner === null) shown.add(value);
  }
  const missing = [...names].filter(([value]) => !shown.has(value)).map(([, all]) => [...all].join(" or "));
  return { documented, missing: missing.filter((name) => !/Error$/.test(name)).sort() };
}
