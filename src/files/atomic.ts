import { randomBytes } from "node:crypto";
import {
  chmodSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileError, requireRegularFile, systemCode } from "./file-error.ts";

// One call of write(2) transfers at most 2^31 - 1 bytes.
const CHUNK = 2 ** 30;

/**
 * Writes a file so that `path` holds either its old content or all of the new one, even when the process or the machine stops half-way:
 * the bytes go to a temporary file in the same folder, reach the disk, and are then renamed over `path`.
 * Missing folders are made. A file that exists keeps its permissions; a symbolic link keeps pointing at its file, which is replaced.
 *
 * @param path - the file to write
 * @param data - bytes, or text to be written as UTF-8
 * @throws {FileError} if the file cannot be written; it names path and reason (no permission, no space, a folder of that
 * name, …), and the old content is untouched.
 *
 * @example
 * writeFileAtomic("runs/1/model.safetensors", encodeSafetensors(entries));
 * writeFileAtomic("runs/1/log.json", JSON.stringify(log));
 */
export function writeFileAtomic(path: string, data: Uint8Array | string): void {
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
  let temporary: string | undefined;
  try {
    const target = throughLinks(path);
    const existing = statSync(target, { throwIfNoEntry: false });
    if (existing !== undefined) requireRegularFile(existing);
    const folder = dirname(target);
    makeFolder(folder);
    temporary = join(folder, `.nabla-${process.pid}-${randomBytes(6).toString("hex")}.tmp`);
    writeToDisk(temporary, bytes, existing);
    renameSync(temporary, target);
    syncFolder(folder);
  } catch (cause) {
    if (temporary !== undefined) removeQuietly(temporary);
    throw fileError("cannot write", path, cause);
  }
}

/** Makes a folder and those above it. (Node's own recursion never ends where a file system such as /proc answers ENOENT.) */
function makeFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false }) !== undefined) return;
  const above = dirname(path);
  if (above !== path) makeFolder(above);
  try {
    mkdirSync(path);
  } catch (cause) {
    if (systemCode(cause) !== "EEXIST") throw cause;
  }
}

/** The file a path leads to; a path that leads nowhere yet stands for itself. */
function throughLinks(path: string): string {
  try {
    return realpathSync(path);
  } catch (cause) {
    if (systemCode(cause) === "ENOENT") return path;
    throw cause;
  }
}

function writeToDisk(path: string, bytes: Uint8Array, existing: Stats | undefined): void {
  const file = openSync(path, "wx");
  try {
    let done = 0;
    while (done < bytes.length) done += writeSync(file, bytes, done, Math.min(CHUNK, bytes.length - done));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  if (existing !== undefined) chmodSync(path, existing.mode & 0o777);
}

/** The failure that led here is the one to report, so a second failure while cleaning up is not. */
function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    return;
  }
}

/** Makes the rename itself durable. Windows cannot open folders and some network disks refuse; there the file is complete all the same. */
function syncFolder(folder: string): void {
  let file: number | undefined;
  try {
    file = openSync(folder, "r");
    fsyncSync(file);
  } catch {
    return;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
