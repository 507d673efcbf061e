/** `nabla info` and `nabla examples`. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { ValueError } from "../errors.ts";
import { info } from "../info.ts";
import { cacheFolder } from "../vision/cache.ts";
import { CIFAR10_FILES, CIFAR100_FILES } from "../vision/cifar-files.ts";
import { FASHION_MNIST_FILES, MNIST_FILES } from "../vision/published.ts";
import { locateSync } from "../vision/sources.ts";
import { runProgram } from "./programs.ts";
import { version } from "./version.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** What runs here, and which data are found. */
export function showInfo(): void {
  const { backend, instructionSet, threads } = info();
  const homes = { native: "native (addon)", wasm: "WASM" } as const;
  const lines: [string, string][] = [
    ["nabla", version()],
    ["Node.js", `${process.versions.node}, ${process.platform} ${process.arch}`],
    ["kernels", `${homes[backend]}, ${instructionSet}`],
    ["threads", String(threads)],
    ["sharp", installed("sharp") ? "installed: more kinds of image files" : "not installed: PNG and JPEG"],
    ["cache", cacheFolder() ?? "none, as there is no home folder"],
    ...[MNIST_FILES, FASHION_MNIST_FILES, CIFAR10_FILES, CIFAR100_FILES].map(
      (files) => [files.name, place(files)] as [string, string],
    ),
  ];
  for (const [name, value] of lines) console.log(`${name.padEnd(13)} ${value}`);
}

function installed(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch {
    return false;
  }
}

/** Where a dataset's files are, if all of them are there. */
function place(files: Parameters<typeof locateSync>[0]): string {
  try {
    const found = locateSync(files, { onNotice: () => undefined });
    const { from } = Object.values(found)[0] as { from: string };
    return `found: ${from.replace(/\/[^/]*$/, "")}`;
  } catch {
    return "not found; downloaded when it is first used";
  }
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

/** Lists the example programs, or runs one. */
export async function examples(name: string | undefined, args: readonly string[]): Promise<number> {
  const folder = `${ROOT}examples`;
  if (!existsSync(folder))
    throw new ValueError("the example programs are in nabla's repository, not in the installed package");
  const names = readdirSync(folder)
    .filter((file) => file.endsWith(".ts"))
    .map((file) => file.slice(0, -3));
  if (name === undefined) {
    const width = Math.max(...names.map((one) => one.length));
    for (const one of names) console.log(`  ${one.padEnd(width)}  ${firstSentence(`${folder}/${one}.ts`)}`);
    return 0;
  }
  if (!names.includes(name))
    throw new ValueError(`there is no example ${JSON.stringify(name)}; there are ${names.join(", ")}`);
  return await runProgram(`${ROOT}build/examples/${name}.js`, args, {});
}
