/** `nabla examples`, and the list that `npm run example` shows too. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ValueError } from "../errors.ts";
import { runProgram } from "./programs.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const FOLDER = `${ROOT}examples`;

/** The names of the programs. */
export function exampleNames(): string[] {
  if (!existsSync(FOLDER))
    throw new ValueError("the example programs are in nabla's repository, not in the installed package");
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith(".ts"))
    .map((file) => file.slice(0, -3));
}

/** A line for each program: its name, and what it does. */
export function exampleList(): string {
  const names = exampleNames();
  const width = Math.max(...names.map((name) => name.length));
  return names.map((name) => `  ${name.padEnd(width)}  ${firstSentence(`${FOLDER}/${name}.ts`)}`).join("\n");
}

/** The first sentence of the comment at the top of a program. */
function firstSentence(file: string): string {
  const comment = /^\/\*\*(.*?)\*\//s.exec(readFileSync(file, "utf8"))?.[1] ?? "";
  const text = comment
    .replace(/^\s*\* ?/gm, "")
    .replace(/\s+/g, " ")
    .trim();
  return /^.*?\.(?= |$)/.exec(text)?.[0] ?? text;
}

/** Runs a program as it was built; gives its exit code. */
export async function runExample(name: string, args: readonly string[]): Promise<number> {
  const names = exampleNames();
  if (!names.includes(name))
    throw new ValueError(`there is no example ${JSON.stringify(name)}; there are ${names.join(", ")}`);
  return await runProgram(`${ROOT}build/examples/${name}.js`, args, {});
}
