// Type tests: what the compiler says about the programs in tests/types, and what it costs.
//
// The programs import "nabla" as a user does, from declarations emitted for the occasion. Those in wrong/ must give
// exactly the messages in messages.txt; all others must compile. `--update` rewrites messages.txt.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { randomAssertions } from "../tests/types/random.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const tests = join(root, "tests", "types");
const golden = join(tests, "messages.txt");

/** Runs the compiler and gives what it prints. */
async function tsc(...args) {
  const run = spawn(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), ...args], { cwd: root });
  let output = "";
  run.stdout.on("data", (data) => (output += data));
  run.stderr.on("data", (data) => (output += data));
  await once(run, "close");
  return output;
}

/** Compiles the files of `include` against the declarations, in a project of their own. Gives the compiler's output. */
function compile(folder, declarations, include, skipLibCheck) {
  mkdirSync(folder, { recursive: true });
  const paths = { nabla: [join(declarations, "index.d.ts")], "nabla/*": [join(declarations, "*/index.d.ts")] };
  const compilerOptions = { paths, skipLibCheck, skipDefaultLibCheck: true };
  const extended = join(tests, "tsconfig.json");
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ extends: extended, compilerOptions, include }));
  return tsc("-p", folder, "--pretty", "false", "--singleThreaded", "--extendedDiagnostics");
}

/** Splits the compiler's output into messages, each with its file, and the number of instantiations. */
function parse(output, folder) {
  const messages = [];
  for (const line of output.split("\n")) {
    const start = /^(.*?)\((\d+),(\d+)\): error (TS\d+: .*)$/.exec(line);
    if (start) {
      const [, path, row, column, text] = start;
      const file = resolve(root, path);
      const source = readFileSync(file, "utf8").split("\n")[Number(row) - 1];
      const name = relative(file.startsWith(folder) ? folder : tests, file);
      messages.push({ name, column: Number(column), source, text: [text] });
    } else if (/^\s+\S/.test(line) && messages.length > 0) {
      messages.at(-1).text.push(line);
    } else if (/^error /.test(line)) {
      messages.push({ name: "tsconfig.json", column: 1, source: "", text: [line] });
    }
  }
  const count = /^Instantiations:\s+(\d+)/m.exec(output);
  if (!count) throw new Error(`check-types: the compiler did not report its instantiations; it said:\n${output}`);
  return { messages, instantiations: Number(count[1]) };
}

/** A message under its line of source. There are no line numbers, so that a program can grow. */
function show({ name, source, column, text }) {
  const indent = " ".repeat(name.length + 2 + column - 1 - source.search(/\S|$/));
  return `${name}: ${source.trim()}\n${indent}^\n${text.map((line) => `  ${line}\n`).join("")}`;
}

/** The messages that only one of two texts holds, each marked with its side. */
function difference(expected, got) {
  const [old, now] = [expected, got].map((text) => text.split(/\n(?=\S)/).map((block) => block.trimEnd()));
  const only = (blocks, others, sign) =>
    blocks.filter((b) => !others.includes(b)).map((b) => b.replace(/^/gm, `${sign} `));
  return [...only(old, now, "-"), ...only(now, old, "+")].join("\n") || "the same messages, in another order or number";
}

/** Everything that is wrong, and a line that sums up. */
async function check(folder) {
  const declarations = join(folder, "declarations");
  const build = ["-p", "tsconfig.build.json", "--emitDeclarationOnly", "--noCheck", "--sourceMap", "false"];
  const emitted = await tsc(...build, "--pretty", "false", "--outDir", declarations);
  if (emitted) return { problems: [`no declarations of src/: ${emitted}`] };
  writeFileSync(join(folder, "package.json"), `{ "type": "module" }`);
  const random = join(folder, "random", "random.ts");
  mkdirSync(join(folder, "random"));
  writeFileSync(random, randomAssertions(join(declarations, "tensor", "arith.js")));

  // The declarations are checked too, for users who do not skip that, but outside the count of instantiations.
  const [programs, assertions] = await Promise.all([
    compile(join(folder, "programs"), declarations, [tests], true),
    compile(join(folder, "random"), declarations, [random], false),
  ]);
  const { messages, instantiations } = parse(programs, folder);
  const unexpected = [...messages.filter((m) => !m.name.startsWith("wrong")), ...parse(assertions, folder).messages];
  const problems = [];
  if (unexpected.length > 0) problems.push(`these must compile:\n${unexpected.map(show).join("")}`);

  const wrong = messages.filter((m) => m.name.startsWith("wrong"));
  const text = wrong.map(show).join("");
  if (process.argv.includes("--update")) writeFileSync(golden, text);
  const expected = readFileSync(golden, "utf8");
  if (expected !== text) {
    const lines = difference(expected, text);
    const fix = "If the compiler is right: node scripts/check-types.mjs --update";
    problems.push(`messages.txt (-) and the compiler (+) differ:\n${lines}\n${fix}`);
  }

  const budget = JSON.parse(readFileSync(join(tests, "budget.json"), "utf8")).instantiations;
  if (instantiations > budget) {
    problems.push(`${instantiations} instantiations, over the ${budget} of tests/types/budget.json`);
  }
  return { problems, summary: `${wrong.length} messages as expected, ${instantiations} instantiations of ${budget}` };
}

// Inside the repository, where the declarations find what they import.
mkdirSync(join(root, "build"), { recursive: true });
const folder = mkdtempSync(join(root, "build", "types-"));
try {
  const { problems, summary } = await check(folder);
  if (problems.length > 0) {
    console.error(problems.map((problem) => `types: ${problem}`).join("\n\n"));
    process.exitCode = 1;
  } else {
    console.log(`types: ${summary}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
