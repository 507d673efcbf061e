/** What PNG files need of zlib; `zlib.browser.ts` stands in for it in browser bundles. */
import { inflateSync } from "node:zlib";

/** Unpacks a zlib stream of at most `most` bytes. Throws what zlib says of a damaged or longer one. */
export function inflate(packed: Uint8Array, most: number): Uint8Array {
  return inflateSync(packed, { maxOutputLength: most });
}
