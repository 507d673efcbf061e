// `npm run example NAME`: builds what has changed and runs examples/NAME.ts; without a name, lists the examples.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./build/compiler.mjs";

const names = readdirSync(join(ROOT, "examples"))
  .filter((file) => file.endsWith(".ts"))
  .map((file) => file.slice(0, -3));

/** The first sentence of the comment at the top of an example. */
function firstSentence(name) {
  const source = readFileSync(join(ROOT, "examples", `${name}.ts`), "utf8");
  const comment = /^\/\*\*(.*?)\*\//s.exec(source)?.[1] ?? "";
  const text = comment
    .replace(/^\s*\* ?/gm, "")
    .replace(/\s+/g, " ")
    .trim();
  return /^.*?\.(?= |$)/.exec(text)?.[0] ?? text;
}

function list() {
  const width = Math.max(...names.map((name) => name.length));
  for (const name of names) console.log(`  ${name.padEnd(width)}  ${firstSentence(name)}`);
}

function run(script, args) {
  const { status, signal, error } = spawnSync(process.execPath, [join(ROOT, script), ...args], { stdio: "inherit" });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? (signal === "SIGINT" ? 130 : 1));
}

const [name, ...args] = process.argv.slice(2);
if (name === undefined) {
  console.log("npm run example NAME, with NAME one of:\n");
  list();
} else if (!names.includes(name)) {
  console.error(`example: there is no ${JSON.stringify(name)}; the examples are:\n`);
  list();
  process.exit(1);
} else {
  run("scripts/build.mjs", []);
  run(`build/examples/${name}.js`, args);
}
