import { FormatError } from "../errors.ts";

const BLOCK = 512;

/**
 * The plain files of a tar archive by their paths, as views of its bytes. Links, folders and extended headers are left out; paths
 * longer than 256 characters are not needed here and not read.
 *
 * @throws {FormatError} when a header's checksum is wrong or the archive is cut off.
 * @see POSIX.1-2001, pax, "ustar Interchange Format"
 */
export function readTar(bytes: Uint8Array, name: string): Map<string, Uint8Array> {
  const fail = (rule: string): FormatError => new FormatError(`tar ${JSON.stringify(name)}: ${rule}`);
  const files = new Map<string, Uint8Array>();
  for (let at = 0; at + BLOCK <= bytes.length; ) {
    const header = bytes.subarray(at, at + BLOCK);
    if (header.every((byte) => byte === 0)) return files;
    const text = (from: number, length: number): string => {
      const field = header.subarray(from, from + length);
      const end = field.indexOf(0);
      return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end)).trim();
    };
    const checksum = header.reduce((sum, byte, i) => sum + (i >= 148 && i < 156 ? 32 : byte), 0);
    if (Number.parseInt(text(148, 8), 8) !== checksum) throw fail(`the header at byte ${at} has a wrong checksum`);
    const size = Number.parseInt(text(124, 12), 8);
    const begin = at + BLOCK;
    if (!(begin + size <= bytes.length)) {
      throw fail(`${text(0, 100)} has ${size} bytes; got ${bytes.length - begin}, so the archive is truncated`);
    }
    const prefix = text(257, 5) === "ustar" ? text(345, 155) : "";
    const type = header[156];
    if (type === 0 || type === 0x30) {
      files.set(prefix === "" ? text(0, 100) : `${prefix}/${text(0, 100)}`, bytes.subarray(begin, begin + size));
    }
    at = begin + Math.ceil(size / BLOCK) * BLOCK;
  }
  return files;
}
