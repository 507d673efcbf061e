/** The browser's side of `zlib.ts`. */
import { unzlibSync } from "fflate";

/** Unpacks a zlib stream of at most `most` bytes. Throws what the library says of a damaged one. */
export function inflate(packed: Uint8Array, most: number): Uint8Array {
  const bytes = unzlibSync(packed);
  if (bytes.length > most) throw new Error(`${bytes.length} bytes`);
  return bytes;
}
