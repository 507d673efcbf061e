// The JavaScript and its declarations: plain tsc emit.
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { BUILD, fingerprint, ROOT, sources } from "./compiler.mjs";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";

/** The script behind the `tsc` command of the pinned TypeScript. */
export function tscScript() {
  const manifest = createRequire(join(ROOT, "package.json")).resolve("typescript/package.json");
  return join(dirname(manifest), JSON.parse(readFileSync(manifest, "utf8")).bin.tsc);
}

export function buildJavaScript() {
  const print = fingerprint([...sources("src", /\.ts$/, { deep: true }), "tsconfig.json", "tsconfig.build.json"]);
  const stamp = join(BUILD, "stamps", "javascript");
  if (existsSync(join(ROOT, "dist/index.js")) && existsSync(stamp) && readFileSync(stamp, "utf8") === print) return;
  for (const output of sources("src", /^[^.]*$/, { deep: false })) rmSync(join(ROOT, output.replace("src", "dist")), { recursive: true, force: true });
  const result = spawnSync(process.execPath, [tscScript(), "-p", "tsconfig.build.json"], { cwd: ROOT, stdio: "inherit" });
  if (result.status !== 0) {
    console.error("nabla: the TypeScript sources do not compile");
    process.exit(1);
  }
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, print);
}
