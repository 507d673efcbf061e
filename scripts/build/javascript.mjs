// The JavaScript and its declarations, and the examples: tsc emits them, and the library is bundled for Node.js.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { bundleForNode } from "./bundle.mjs";
import { fingerprint, ROOT, sources, unlessFresh } from "./compiler.mjs";

/** The script behind the `tsc` command of the pinned TypeScript. */
export function tscScript() {
  const manifest = createRequire(join(ROOT, "package.json")).resolve("typescript/package.json");
  return join(dirname(manifest), JSON.parse(readFileSync(manifest, "utf8")).bin.tsc);
}

/** Builds dist/ from src/, and build/examples/ from examples/ (Node.js 20 does not run TypeScript). */
export async function buildJavaScript() {
  const library = [...sources("src", /\.ts$/, { deep: true }), "tsconfig.json", "tsconfig.build.json"];
  const builders = [...sources("scripts/build", /\.mjs$/), "package.json"];
  await unlessFresh("dist/node/index.js", fingerprint([...library, ...builders]), async () => {
    emit("tsconfig.build.json");
    removeOrphans("dist", "src");
    await bundleForNode();
  });
  const examples = [...sources("examples", /\.ts$/, { deep: true }), ...library, "tsconfig.examples.json"];
  await unlessFresh("build/examples/mnist-mlp.js", fingerprint(examples), () => {
    emit("tsconfig.examples.json");
    removeOrphans("build/examples", "examples");
  });
}

function emit(project) {
  const result = spawnSync(process.execPath, [tscScript(), "-p", project], { cwd: ROOT, stdio: "inherit" });
  if (result.status !== 0) {
    console.error(`nabla: the TypeScript sources do not compile (${project})`);
    process.exit(1);
  }
}

/** Removes output whose source is gone. */
function removeOrphans(output, source) {
  for (const entry of readdirSync(join(ROOT, output), { recursive: true })) {
    const base = /^(.*?)\.(js|js\.map|d\.ts)$/.exec(entry)?.[1];
    if (base && !existsSync(join(ROOT, source, `${base}.ts`))) rmSync(join(ROOT, output, entry));
  }
}
