import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { FileError } from "../../src/errors.ts";
import { writeFileAtomic } from "../../src/files/atomic.ts";
import { readFileBytes } from "../../src/files/read.ts";

/** The system calls a test makes fail, by name; everything else goes to the real file system. */
const broken = vi.hoisted(() => new Map<string, string>());

vi.mock("node:fs", async (original) => {
  const real = await original<typeof import("node:fs")>();
  const breakable = (name: "writeSync" | "renameSync" | "fsyncSync") =>
    vi.fn((...args: unknown[]) => {
      const code = broken.get(name);
      if (code !== undefined) throw Object.assign(new Error(`${code}: ${name}`), { code });
      return (real[name] as (...args: unknown[]) => unknown)(...args);
    });
  const replaced = {
    writeSync: breakable("writeSync"),
    renameSync: breakable("renameSync"),
    fsyncSync: breakable("fsyncSync"),
  };
  return { ...real, ...replaced, default: { ...real, ...replaced } };
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nabla-files-"));
});
afterEach(() => {
  broken.clear();
  rmSync(folder, { recursive: true, force: true });
});

function failure(action: () => unknown): FileError {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(FileError);
    return error as FileError;
  }
  throw new Error("no error");
}

describe("writeFileAtomic", () => {
  test("writes bytes and text, makes folders, leaves nothing else behind", () => {
    const path = join(folder, "a/b/c.bin");
    writeFileAtomic(path, Uint8Array.of(1, 2, 3));
    expect([...readFileSync(path)]).toEqual([1, 2, 3]);
    writeFileAtomic(path, "∇ text");
    expect(readFileSync(path, "utf8")).toBe("∇ text");
    writeFileAtomic(path, "");
    expect(readFileSync(path).length).toBe(0);
    expect(readdirSync(join(folder, "a/b"))).toEqual(["c.bin"]);
  });

  test("writes only the part of the buffer that a view shows", () => {
    const path = join(folder, "view");
    writeFileAtomic(path, Uint8Array.of(9, 1, 2, 9).subarray(1, 3));
    expect([...readFileSync(path)]).toEqual([1, 2]);
  });

  test.each([
    ["writeSync", "ENOSPC", "no space left on the disk (ENOSPC)"],
    ["fsyncSync", "EIO", "EIO"],
    ["renameSync", "EACCES", "no permission (EACCES)"],
  ])("keeps the old content and removes its temporary file when %s fails", (call, code, reason) => {
    const path = join(folder, "model.safetensors");
    writeFileAtomic(path, "old");
    broken.set(call, code);
    const error = failure(() => writeFileAtomic(path, "new"));
    expect(error.message).toBe(`cannot write ${JSON.stringify(path)}: ${reason}`);
    expect(error.path).toBe(path);
    expect(error.cause).toBeInstanceOf(Error);
    expect(readFileSync(path, "utf8")).toBe("old");
    expect(readdirSync(folder)).toEqual(["model.safetensors"]);
  });

  test("names the reason: a folder, a file in the way, a name too long", () => {
    mkdirSync(join(folder, "taken"));
    writeFileSync(join(folder, "file"), "");
    expect(failure(() => writeFileAtomic(join(folder, "taken"), "x")).message).toMatch(/it is a folder \(EISDIR\)$/);
    expect(failure(() => writeFileAtomic(join(folder, "file/x"), "x")).message).toMatch(/a part of the path is a file/);
    expect(failure(() => writeFileAtomic(join(folder, "n".repeat(300)), "x")).message).toMatch(/\(ENAMETOOLONG\)$/);
    expect(readdirSync(folder).sort()).toEqual(["file", "taken"]);
  });

  test.skipIf(process.getuid?.() === 0 || process.platform === "win32")(
    "names a folder without permission (root may write everywhere, Windows has no such bits)",
    () => {
      chmodSync(folder, 0o500);
      expect(failure(() => writeFileAtomic(join(folder, "x"), "x")).message).toMatch(/no permission \(EACCES\)$/);
      chmodSync(folder, 0o700);
    },
  );

  test.skipIf(process.platform === "win32")("never renames over a device (Windows has no /dev)", () => {
    const device = "/dev/null";
    expect(failure(() => writeFileAtomic(device, "x")).message).toMatch(/not a regular file/);
    expect(statSync(device).isCharacterDevice()).toBe(true);
  });

  test.skipIf(process.platform === "win32")("keeps permissions and links (Windows needs rights to make links)", () => {
    const path = join(folder, "script");
    writeFileSync(path, "old");
    chmodSync(path, 0o640);
    symlinkSync("script", join(folder, "link"));
    writeFileAtomic(join(folder, "link"), "new");
    expect(readlinkSync(join(folder, "link"))).toBe("script");
    expect(readFileSync(path, "utf8")).toBe("new");
    expect(statSync(path).mode & 0o777).toBe(0o640);
  });
});

describe("readFileBytes", () => {
  test("gives a whole file in memory of its own", () => {
    const path = join(folder, "x");
    const content = Uint8Array.from({ length: 100_003 }, (_, i) => i % 251);
    writeFileSync(path, content);
    const bytes = readFileBytes(path);
    expect(Buffer.compare(bytes, content)).toBe(0);
    expect(bytes.byteOffset).toBe(0);
    expect(bytes.buffer.byteLength).toBe(bytes.length);
  });

  test("names path and reason", () => {
    const missing = join(folder, "missing");
    const error = failure(() => readFileBytes(missing));
    expect(error.message).toBe(`cannot read ${JSON.stringify(missing)}: no such file or folder (ENOENT)`);
    expect(error.code).toBe("ERR_FILE");
    expect(failure(() => readFileBytes(folder)).message).toMatch(/it is a folder \(EISDIR\)$/);
    expect(existsSync(missing)).toBe(false);
  });
});
