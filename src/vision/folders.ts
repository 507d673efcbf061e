/** What folders hold; `folders.browser.ts` stands in for it in browser bundles. */
import { readdirSync, statSync } from "node:fs";
import { fileError } from "../files/file-error.ts";

/** What a folder holds, in order of code points as Python sorts, without hidden files. */
export function entries(folder: string): string[] {
  try {
    const names = readdirSync(folder).filter((name) => !name.startsWith("."));
    return names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  } catch (cause) {
    throw fileError("ImageFolder: cannot read the folder", folder, cause);
  }
}

export function isFolder(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  } catch (cause) {
    throw fileError("ImageFolder: cannot read", path, cause);
  }
}
