// Memory stays flat in synchronous loops, on both homes. NABLA_LONG=1 runs 20,000 training steps and 2,000 evaluation batches.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import type { Report, Sample } from "./child.ts";

const FULL = process.env.NABLA_LONG === "1";
const STEPS = { train: FULL ? 20000 : 600, evaluate: FULL ? 2000 : 400, leak: FULL ? 20000 : 600 };
const MINUTES = 60000;
const MB = 2 ** 20;
const MOST_RESIDENT = 400 * MB;
/** How much more the second half may have at its most. V8 lets tens of MB of array buffers come until it has collected those before. */
const MARGIN = { rss: 32 * MB, arrayBuffers: 64 * MB };
/** What may be left per step without being a leak: the loss that the loop keeps. */
const KEPT_BYTES = 1024;

async function run(mode: keyof typeof STEPS, backend: string): Promise<Report> {
  const script = fileURLToPath(new URL("child.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--import", "tsx", script, mode, String(STEPS[mode])],
    { env: { ...process.env, NABLA_BACKEND: backend }, maxBuffer: 2 ** 24 },
  );
  const report = JSON.parse(stdout) as Report;
  expect([report.backend, report.steps]).toEqual([backend, STEPS[mode]]);
  return report;
}

/** Everything that grows in a loop. */
function problems({ samples, pooled, settled, steps }: Report): string[] {
  const found: string[] = [];
  const settledSamples = samples.slice(Math.floor(samples.length / 10));
  const middle = Math.floor(settledSamples.length / 2);
  const most = (part: Sample[], key: keyof Sample): number => Math.max(...part.map((sample) => sample[key]));
  for (const key of ["rss", "arrayBuffers"] as const) {
    const [first, second] = [most(settledSamples.slice(0, middle), key), most(settledSamples.slice(middle), key)];
    if (!(second <= 1.15 * first + MARGIN[key])) found.push(`${key} grows from ${first} to ${second}`);
  }
  const resident = most(settledSamples, "rss");
  if (!(resident <= MOST_RESIDENT)) found.push(`rss is ${resident}`);
  if (pooled.least !== pooled.most) found.push(`the pool holds ${pooled.least} to ${pooled.most} bytes`);
  const growth = settled.end - settled.half;
  if (!(growth <= 2 * MB + (KEPT_BYTES * steps) / 2))
    found.push(`${growth} bytes are in use that were not after half of the steps`);
  return found;
}

describe.each(["native", "wasm"])("%s", (backend) => {
  test.each(["train", "evaluate"] as const)("%s", { timeout: 10 * MINUTES }, async (mode) => {
    const report = await run(mode, backend);
    expect(report.samples.length).toBeGreaterThanOrEqual(200);
    expect(problems(report)).toEqual([]);
  });
});

test("a leak of 16 KB in each step is noticed", { timeout: 10 * MINUTES }, async () => {
  const found = problems(await run("leak", "native"));
  expect(found).toContainEqual(expect.stringContaining("bytes are in use that were not after half"));
  if (FULL) expect(found).toContainEqual(expect.stringContaining("rss grows"));
});
