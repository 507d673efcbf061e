import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { FileError, MemoryError } from "../errors.ts";
import { fileError, requireRegularFile } from "./file-error.ts";

// One call of read(2) transfers at most 2^31 - 1 bytes.
const CHUNK = 2 ** 30;

/**
 * Reads a whole file, of any size, into memory of its own (so typed arrays can be laid over it without a copy).
 *
 * @throws {FileError} if the file cannot be read.
 * @throws {MemoryError} if it does not fit in memory.
 *
 * @example
 * const bytes = readFileBytes("model.safetensors");
 * const { entries } = decodeSafetensors(bytes, "model.safetensors");
 */
export function readFileBytes(path: string): Uint8Array {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (cause) {
    throw fileError("cannot read", path, cause);
  }
  try {
    return readAll(file, path);
  } catch (cause) {
    throw cause instanceof FileError || cause instanceof MemoryError ? cause : fileError("cannot read", path, cause);
  } finally {
    closeSync(file);
  }
}

function readAll(file: number, path: string): Uint8Array {
  const status = fstatSync(file);
  requireRegularFile(status);
  const { size } = status;
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(size);
  } catch (cause) {
    throw new MemoryError(`cannot read ${JSON.stringify(path)}: it must fit in memory; got ${size} bytes`, { cause });
  }
  let done = 0;
  while (done < size) {
    const count = readSync(file, bytes, done, Math.min(CHUNK, size - done), done);
    if (count === 0) {
      throw new FileError(`cannot read ${JSON.stringify(path)}: it shrank from ${size} to ${done} bytes`, path);
    }
    done += count;
  }
  return bytes;
}
