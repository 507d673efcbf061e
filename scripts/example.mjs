// `npm run example NAME`: builds what has changed and runs examples/NAME.ts; without a name, lists the examples.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { ROOT } from "./build/compiler.mjs";

const built = spawnSync(process.execPath, [join(ROOT, "scripts/build.mjs")], { stdio: "inherit" });
if (built.error) throw built.error;
if (built.status !== 0) process.exit(built.status ?? (built.signal === "SIGINT" ? 130 : 1));

const { exampleList, exampleNames, runExample } = await import("../dist/cli/examples.js");
const [name, ...args] = process.argv.slice(2);
if (name === undefined) {
  console.log(`npm run example NAME, with NAME one of:\n\n${exampleList()}`);
} else if (!exampleNames().includes(name)) {
  console.error(`example: there is no ${JSON.stringify(name)}; the examples are:\n`);
  console.log(exampleList());
  process.exitCode = 1;
} else {
  process.exitCode = await runExample(name, args);
}
