import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { DataError, FormatError } from "../errors.ts";
import type { PublishedArchive, PublishedFile } from "./published.ts";
import { readTar } from "./tar.ts";

/** Is this a gzip archive, by its first two bytes? */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * Unpacks a gzip archive.
 *
 * @param name - named in errors
 * @param limit - the most bytes it may unpack to
 * @throws {FormatError} when the archive is damaged, cut off or unpacks to more than `limit`.
 */
export function gunzip(archive: Uint8Array, name: string, limit?: number): Uint8Array {
  try {
    const { buffer, byteOffset, byteLength } = gunzipSync(
      archive,
      limit === undefined ? {} : { maxOutputLength: limit },
    );
    return new Uint8Array(buffer, byteOffset, byteLength);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new FormatError(`gzip ${JSON.stringify(name)}: the archive must be whole; got ${reason}`, { cause });
  }
}

/**
 * The files inside a downloaded `.tar.gz`, each checked against its published checksum.
 *
 * @throws {DataError} when the archive or one of the files is not the published one.
 * @throws {FormatError} when the archive is damaged.
 */
export function unpackArchive(
  bytes: Uint8Array,
  archive: PublishedArchive,
  files: readonly PublishedFile[],
): Uint8Array[] {
  const md5 = createHash("md5").update(bytes).digest("hex");
  if (md5 !== archive.md5) {
    throw new DataError(`the MD5 of ${archive.name} must be ${archive.md5}; got ${md5} from ${bytes.length} bytes`);
  }
  const entries = readTar(gunzip(bytes, archive.name), archive.name);
  return files.map((file) => {
    const content = entries.get(`${archive.folder}/${file.name}`);
    if (content === undefined)
      throw new DataError(`${archive.name} must hold ${archive.folder}/${file.name}; got none`);
    const wrong = mismatch(content, file);
    if (wrong !== undefined) throw new DataError(`${file.name} in ${archive.name} is not the published file: ${wrong}`);
    return content;
  });
}

/** What is wrong with an unpacked file, or undefined when it is the published one. */
export function mismatch(bytes: Uint8Array, file: PublishedFile): string | undefined {
  if (bytes.length !== file.bytes) return `it must have ${file.bytes} bytes; got ${bytes.length}`;
  const found = createHash("sha256").update(bytes).digest("hex");
  return found === file.sha256 ? undefined : `its SHA-256 must be ${file.sha256}; got ${found}`;
}

/**
 * The file inside a downloaded archive, checked against both published checksums. A server may also have unpacked it on the way.
 *
 * @throws {DataError} when it is not the published one.
 * @throws {FormatError} when the archive is damaged.
 */
export function unpackPublished(archive: Uint8Array, file: PublishedFile): Uint8Array {
  let bytes = archive;
  if (isGzip(archive)) {
    const found = createHash("md5").update(archive).digest("hex");
    if (found !== file.md5) {
      throw new DataError(`the MD5 of ${file.name}.gz must be ${file.md5}; got ${found} from ${archive.length} bytes`);
    }
    bytes = gunzip(archive, `${file.name}.gz`, file.bytes);
  }
  const wrong = mismatch(bytes, file);
  if (wrong !== undefined) throw new DataError(`${file.name} is not the published file: ${wrong}`);
  return bytes;
}
