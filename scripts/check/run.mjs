// Running commands from the project's root, and stopping when one fails.
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");

/** Runs a command with its output on this terminal; a failure ends the program with the command's exit code. */
export function run(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: ROOT, stdio: "inherit", ...options });
  if (result.status !== 0) {
    console.error(`check: ${command} ${args.join(" ")} failed (${result.signal ?? `exit code ${result.status}`})`);
    process.exit(result.status || 1);
  }
  return result;
}

/** The path of a package's script in node_modules, for `node`. */
export function script(path) {
  return join(ROOT, "node_modules", path);
}
