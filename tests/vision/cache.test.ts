import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { cacheFolder } from "../../src/vision/cache.ts";

const home = homedir();

test.each([
  ["XDG_CACHE_HOME first", { XDG_CACHE_HOME: resolve("/x") }, "linux", join(resolve("/x"), "nabla")],
  ["XDG_CACHE_HOME on macOS too", { XDG_CACHE_HOME: resolve("/x") }, "darwin", join(resolve("/x"), "nabla")],
  ["a relative XDG_CACHE_HOME is ignored", { XDG_CACHE_HOME: "x" }, "linux", join(home, ".cache/nabla")],
  ["Linux", {}, "linux", join(home, ".cache/nabla")],
  ["macOS", {}, "darwin", join(home, "Library/Caches/nabla")],
  ["Windows", { LOCALAPPDATA: "L" }, "win32", join("L", "nabla/Cache")],
  ["Windows without LOCALAPPDATA", {}, "win32", join(home, "AppData/Local/nabla/Cache")],
] as const)("%s", (_, environment, platform, folder) => {
  expect(cacheFolder(environment, platform)).toBe(folder);
});
