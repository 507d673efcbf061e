/** The browser's side of `package-file.ts`. */
import { DataError } from "../errors.ts";

/** There are no files in a browser: serve the file beside the page and fetch it. */
export function packageFile(name: string, path: string): string {
  throw new DataError(
    `packageFile: a browser has no files; got ${JSON.stringify(path)} of ${name}; serve it beside the page and use fetch`,
  );
}
