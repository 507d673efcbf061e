import type { Stats } from "node:fs";
import { FileError } from "../errors.ts";

const reasons: Record<string, string> = {
  EACCES: "no permission",
  EPERM: "not permitted",
  EROFS: "the disk is read-only",
  ENOSPC: "no space left on the disk",
  EDQUOT: "the disk quota is used up",
  EFBIG: "the file is larger than is allowed here",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of the path is a file, not a folder",
  ENOENT: "no such file or folder",
  ENAMETOOLONG: "the name is too long",
  ELOOP: "its symbolic links lead in a circle",
  EMFILE: "too many files are open",
  EBUSY: "it is in use",
};

/**
 * A {@link FileError} that names what was attempted, the path and the system's reason: `cannot write "/a/b": no permission (EACCES)`.
 *
 * @param attempt - what failed, such as `"save: cannot write"`
 * @param path - the file or folder concerned
 * @param cause - what the system threw
 */
export function fileError(attempt: string, path: string, cause: unknown): FileError {
  return new FileError(`${attempt} ${JSON.stringify(path)}: ${failureReason(cause)}`, path, { cause });
}

/** The reason inside a system error, in words and with its code. */
export function failureReason(cause: unknown): string {
  const code = systemCode(cause);
  if (code !== undefined) return reasons[code] === undefined ? code : `${reasons[code]} (${code})`;
  return cause instanceof Error ? cause.message : String(cause);
}

/** The system's error code (`"ENOENT"`, …), if `cause` carries one. */
export function systemCode(cause: unknown): string | undefined {
  if (!(cause instanceof Error) || !("code" in cause)) return undefined;
  return typeof cause.code === "string" ? cause.code : undefined;
}

/** Throws, as the system would, for a folder, a device or a pipe: reading one gives nothing, and renaming over one would remove it. */
export function requireRegularFile(status: Stats): void {
  if (status.isDirectory())
    throw Object.assign(new Error("a folder is not a file"), {
      code: "EISDIR",
    });
  if (!status.isFile()) throw new Error("it is a device or a pipe, not a regular file");
}
