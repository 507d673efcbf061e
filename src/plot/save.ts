import { writeFileAtomic } from "../files/atomic.ts";

/**
 * Writes a picture's text to a file. The one part of this room that needs Node: `save.browser.ts` stands in for it in browser bundles
 * (the `browser` map of package.json).
 */
export function savePicture(path: string, svg: string): void {
  writeFileAtomic(path, svg);
}
