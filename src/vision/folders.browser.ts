/** The browser's side of `folders.ts`: a page has none. */
import { DataError } from "../errors.ts";

export function entries(folder: string): string[] {
  throw new DataError(
    `ImageFolder: a browser reads no folders; got ${JSON.stringify(folder)}; fetch the images and readImage() their bytes`,
  );
}

export function isFolder(): boolean {
  return false;
}
