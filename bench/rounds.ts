/** Interleaved rounds: every contender in turn, again and again, so that a busy moment of the machine hits all of them alike. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Measurement, Server } from "./server.ts";
import { median } from "./statistics.ts";

/** Worker threads spin for a moment after their last task; in the pause they go to sleep. */
const PAUSE_MS = 40;

export interface Pace {
  rounds: number;
  /** How long one contender runs in one round. */
  seconds: number;
  threads: number;
}

/** A workload of a server. `name` is its own; `workload` is what the server calls it. */
export interface Contender {
  name: string;
  server: Server;
  workload: string;
  threads?: number;
}

/** The rounds of one contender. */
export interface Series {
  contender: Contender;
  rounds: Measurement[];
}

/** Runs the contenders in turn; a first round, which is not kept, lets compilers and caches warm up. */
export async function interleave(contenders: readonly Contender[], pace: Pace): Promise<Series[]> {
  const series = contenders.map((contender) => ({ contender, rounds: [] as Measurement[] }));
  for (let round = -1; round < pace.rounds; round++) {
    for (const { contender, rounds } of series) {
      const { server, workload, threads = pace.threads } = contender;
      const measured = await server.measure(workload, pace.seconds, threads);
      if (round >= 0) rounds.push(measured);
      await sleep(PAUSE_MS);
    }
  }
  for (const one of series) console.log(describe(one));
  return series;
}

function describe({ contender, rounds }: Series): string {
  const p10 = median(rounds.map((round) => round.p10_us));
  const { variant } = rounds.at(-1) as Measurement;
  const form = variant === undefined ? "" : `  (${variant})`;
  return `  ${contender.name.padEnd(24)} median ${time(typical(rounds)).padStart(9)}   p10 ${time(p10).padStart(9)}${form}`;
}

/** The median of the rounds' medians, in microseconds. */
export function typical(rounds: readonly Measurement[]): number {
  return median(rounds.map((round) => round.median_us));
}

/** For every round, how many times longer the one takes than the other. */
export function ratios(longer: Series, shorter: Series): number[] {
  return longer.rounds.map((round, i) => round.median_us / (shorter.rounds[i] as Measurement).median_us);
}

/** Operations per microsecond. */
export function speed({ flops, median_us }: Measurement): number {
  return (flops as number) / median_us;
}

/** Microseconds as people read them. */
export function time(microseconds: number): string {
  if (microseconds >= 1e6) return `${(microseconds / 1e6).toFixed(2)} s`;
  if (microseconds >= 1e3) return `${(microseconds / 1e3).toPrecision(3)} ms`;
  return `${microseconds.toPrecision(3)} µs`;
}
