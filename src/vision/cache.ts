import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/**
 * The folder in which nabla keeps what it downloads: `$XDG_CACHE_HOME/nabla` where that is set, else the system's usual place
 * (`~/.cache/nabla`; macOS `~/Library/Caches/nabla`; Windows `%LOCALAPPDATA%\nabla\Cache`). Undefined when the user has no home.
 *
 * @example
 * cacheFolder(); // "/home/ada/.cache/nabla"
 */
export function cacheFolder(
  environment: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string | undefined {
  // The XDG specification has relative paths ignored.
  const { XDG_CACHE_HOME: xdg, LOCALAPPDATA: local } = environment;
  if (xdg !== undefined && isAbsolute(xdg)) return join(xdg, "nabla");
  if (platform === "win32" && local !== undefined && local !== "") return join(local, "nabla", "Cache");
  const home = homeFolder();
  if (home === undefined) return undefined;
  if (platform === "win32") return join(home, "AppData", "Local", "nabla", "Cache");
  return platform === "darwin" ? join(home, "Library", "Caches", "nabla") : join(home, ".cache", "nabla");
}

/** homedir() throws for a user id without an account, as in some containers, and is empty when HOME is. */
function homeFolder(): string | undefined {
  try {
    return homedir() || undefined;
  } catch {
    return undefined;
  }
}
