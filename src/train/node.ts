/** Node's own modules, where there are any: a page that uses what needs none of them is not asked for them. */
import { FileError } from "../errors.ts";

interface Modules {
  fs: typeof import("node:fs");
  child_process: typeof import("node:child_process");
  os: typeof import("node:os");
}

/** One of Node's modules; undefined in a browser. */
export function nodeModule<Name extends keyof Modules>(name: Name): Modules[Name] | undefined {
  const node = (globalThis as { process?: Partial<NodeJS.Process> }).process;
  return node?.getBuiltinModule?.(`node:${name}`) as Modules[Name] | undefined;
}

/** The file system; throws a FileError that names what needs it where there is none. */
export function fileSystem(op: string, path: string): Modules["fs"] {
  const fs = nodeModule("fs");
  if (fs === undefined) throw new FileError(`${op} ${JSON.stringify(path)}: a browser has no files`, path);
  return fs;
}
