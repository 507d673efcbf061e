/** The answering side of a benchmark server: reads requests from stdin, writes answers to stdout (see `server.ts`). */
import { createInterface } from "node:readline";
import { quantile } from "./statistics.ts";

/** One step, and the number of operations it does where that is of interest. A step may give a promise. */
export interface Workload {
  step: () => unknown;
  flops?: number;
}

const WARM_UP_SHARE = 0.2;
const FEWEST_GROUPS = 5;
/** Steps are timed in groups of about this many microseconds, so that reading the clock costs nothing. */
const GROUP = 200;

/** Microseconds of one step, of `count` steps in a row. */
async function time(step: () => unknown, count: number, asynchronous: boolean): Promise<number> {
  const start = performance.now();
  if (asynchronous) for (let i = 0; i < count; i++) await step();
  else for (let i = 0; i < count; i++) step();
  return ((performance.now() - start) * 1000) / count;
}

/** Microseconds of one step, for each group of steps in the seconds given. */
async function run(step: () => unknown, seconds: number, count: number, asynchronous: boolean): Promise<number[]> {
  const times: number[] = [];
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end || times.length < FEWEST_GROUPS) times.push(await time(step, count, asynchronous));
  return times;
}

async function measure(step: () => unknown, seconds: number): Promise<Record<string, number>> {
  const first = step();
  const asynchronous = first instanceof Promise;
  await first;
  const warmUp = await run(step, seconds * WARM_UP_SHARE, 1, asynchronous);
  const count = Math.max(1, Math.ceil(GROUP / Math.max(quantile(warmUp, 0.5), 0.01)));
  const times = await run(step, seconds, count, asynchronous);
  return {
    median_us: quantile(times, 0.5),
    p10_us: quantile(times, 0.1),
    p90_us: quantile(times, 0.9),
    n: times.length * count,
  };
}

/** Answers requests until stdin ends. `build` makes the workload of a name; `describe` says who answers. */
export async function answerRequests(
  build: (name: string) => Workload | Promise<Workload>,
  describe: () => Record<string, unknown>,
): Promise<void> {
  const built = new Map<string, Workload>();
  for await (const line of createInterface(process.stdin)) {
    const { name, seconds } = JSON.parse(line) as { name: string; seconds: number };
    let answer: Record<string, unknown>;
    try {
      if (name === "list") answer = describe();
      else {
        const workload = built.get(name) ?? (await build(name));
        built.set(name, workload);
        answer = { ...(await measure(workload.step, seconds)), flops: workload.flops };
      }
    } catch (error) {
      answer = { error: String(error) };
    }
    console.log(JSON.stringify({ name, ...answer }));
  }
}
