import { ValueError } from "../errors.ts";

/** The browser's side of `save.ts`. */
export function savePicture(path: string, _svg: string, _scale: number): void {
  throw new ValueError(
    `Picture.save: a browser has no files to write; got ${JSON.stringify(path)}; use picture.svg, the document as text`,
  );
}
