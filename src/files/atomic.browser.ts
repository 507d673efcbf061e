import { FileError } from "../errors.ts";

/** The browser's side of `atomic.ts`. */
export function writeFileAtomic(path: string, _data: Uint8Array | string): void {
  throw new FileError(
    `cannot write ${JSON.stringify(path)}: a browser has no files; give the bytes or text to a download, as new Blob([serialize(tensors)])`,
    path,
  );
}
