/** What everything runs on. */
import { execFileSync } from "node:child_process";
import { arch, cpus, platform, release, totalmem } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { ROOT } from "./server.ts";
import { startNabla, type Torch } from "./servers.ts";

/** Lines that say which machine, versions, libraries and threads. */
export async function describeMachine(torches: readonly Torch[], threads: number): Promise<string[]> {
  const processors = cpus();
  const nabla = startNabla(threads);
  const own = await nabla.describe();
  await nabla.close();
  return [
    `machine: ${processors[0]?.model.trim()}, ${processors.length} cores, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, ` +
      `${platform()} ${arch()} ${release()}`,
    `nabla ${own.nabla}${revision()}: ${own.backend} kernels, ${own.instructionSet}, ${own.threads} threads, Node ${own.node}`,
    ...torches.map(({ version, description }) => {
      const blas = String(description.blas).split("/").slice(-2).join("/");
      return `${version}: PyTorch ${description.torch}, ${blas}, ${threads} threads`;
    }),
  ];
}

/** The share of the processors that other programs use, over a second in which the benchmark itself waits. */
export async function busyShare(): Promise<number> {
  const before = processorTimes();
  await sleep(1000);
  const after = processorTimes();
  return 1 - (after.idle - before.idle) / (after.all - before.all);
}

function processorTimes(): { idle: number; all: number } {
  const times = cpus().map((processor) => processor.times);
  const all = times.flatMap((one) => Object.values(one)).reduce((sum, value) => sum + value, 0);
  return { idle: times.reduce((sum, one) => sum + one.idle, 0), all };
}

/** The commit, where git knows it. */
function revision(): string {
  try {
    const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "ignore"],
    });
    return ` (${String(commit).trim()})`;
  } catch {
    return "";
  }
}
