/** `nabla info`. */
import { createRequire } from "node:module";
import { info } from "../info.ts";
import { cacheFolder } from "../vision/cache.ts";
import { CIFAR10_FILES, CIFAR100_FILES } from "../vision/cifar-files.ts";
import { FASHION_MNIST_FILES, MNIST_FILES } from "../vision/published.ts";
import { locateSync } from "../vision/sources.ts";
import { version } from "./version.ts";

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
