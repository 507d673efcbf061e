import { FileError } from "../errors.ts";

/** The browser's side of `read.ts`. */
export function readFileBytes(path: string): Uint8Array {
  throw new FileError(
    `cannot read ${JSON.stringify(path)}: a browser has no files; fetch the bytes, as load(await (await fetch(url)).arrayBuffer())`,
    path,
  );
}
