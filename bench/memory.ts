/** Resident memory over a long synchronous loop, which gives V8 no pause to collect in, on both homes of the kernels. */
import { join } from "node:path";
import type { Report } from "../tests/memory/child.ts";
import { runProgram } from "./process.ts";
import { ROOT } from "./server.ts";
import type { Setting } from "./setting.ts";
import type { Row } from "./table.ts";

const LOOPS = [
  { mode: "train", count: 20_000, title: "training steps" },
  { mode: "evaluate", count: 2_000, title: "evaluation batches" },
];
const CAP_MB = 400;
const GROWTH = 1.15;
const SLACK_MB = 32;
const MB = 2 ** 20;

/** The homes run side by side with a thread each: memory is measured here, not time. */
export async function memory({ quick }: Setting): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { mode, count, title } of LOOPS) {
    const steps = quick ? count / 10 : count;
    console.log(`\nresident memory over ${steps} ${title}`);
    rows.push(...(await Promise.all(["native", "wasm"].map((home) => measure(home, mode, steps, title)))));
  }
  return rows;
}

/** The loop is the one of the tests. */
async function measure(home: string, mode: string, steps: number, title: string): Promise<Row> {
  const loop = ["--import", "tsx", join(ROOT, "tests/memory/child.ts"), mode, String(steps)];
  const env = { NABLA_BACKEND: home, NABLA_THREADS: "1" };
  const { output } = await runProgram({ file: process.execPath, args: loop, env });
  const samples = (JSON.parse(output) as Report).samples.map(({ rss }) => rss / MB);
  const kept = samples.slice(Math.floor(samples.length / 10));
  const first = Math.max(...kept.slice(0, kept.length / 2));
  const second = Math.max(...kept.slice(kept.length / 2));
  const highest = Math.max(...samples);
  console.log(`  ${home}: first half ${first.toFixed(0)} MB, second half ${second.toFixed(0)} MB`);
  return {
    what: `resident memory, ${steps} ${title}, ${home}`,
    goal: `second half at most ${GROWTH} × first + ${SLACK_MB} MB; under ${CAP_MB} MB`,
    measured: `${second.toFixed(0)} MB after ${first.toFixed(0)} MB`,
    nabla: `${highest.toFixed(0)} MB at most`,
    other: "",
    reached: second <= GROWTH * first + SLACK_MB && highest < CAP_MB,
  };
}
